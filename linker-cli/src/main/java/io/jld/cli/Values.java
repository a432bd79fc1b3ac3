package io.jld.cli;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Location;

/** Values that are one of a few words. */
final class Values {
  private Values() {}

  /** Refuses a value that is not one of the allowed ones. */
  static void check(String spelling, String value, String... allowed) {
    for (String a : allowed) {
      if (a.equals(value)) {
        return;
      }
    }
    throw new UsageException(
        DiagnosticCode.INVALID_VALUE,
        "invalid value '"
            + value
            + "' for '"
            + spelling
            + "': one of "
            + String.join(", ", allowed));
  }

  /** Refuses all values but the one that is as good as not given. */
  static void only(String spelling, String value, String supported, String why) {
    if (!value.equals(supported)) {
      throw new UsageException(
          DiagnosticCode.UNSUPPORTED_OPTION,
          "'" + spelling + "=" + value + "' is not supported: " + why);
    }
  }

  /**
   * {@code --sort-common}.
   *
   * @param order null where none is given
   */
  static void sortCommon(LinkRequest.Builder request, String order) {
    String o = order == null ? "descending" : order;
    check("--sort-common", o, "ascending", "descending");
    request.set(
        LinkOption.SORT_COMMON,
        o.equals("ascending") ? LinkOption.SortCommon.ASCENDING : LinkOption.SortCommon.DESCENDING);
  }

  /**
   * {@code --shuffle-sections}: mold's {@code SEED}, or lld's {@code GLOB=SEED}, where 0 is another
   * one each time.
   *
   * @param value null where none is given
   */
  static LinkOption.Shuffle shuffle(String value) {
    int equals = value == null ? -1 : value.lastIndexOf('=');
    String glob = equals < 0 ? "*" : value.substring(0, equals);
    String number = value == null ? "0" : value.substring(equals + 1);
    long seed =
        number.equals("-1")
            ? LinkOption.Shuffle.REVERSE
            : Numbers.c(number, "seed for --shuffle-sections");
    boolean any = seed == 0 && (value == null || equals >= 0);
    return new LinkOption.Shuffle(glob, any ? System.nanoTime() >>> 1 : seed);
  }

  /** {@code --format}: whether files are data. */
  static boolean isBinary(String value) {
    if (value.equals("binary")) {
      return true;
    }
    if (!value.equals("default") && Architectures.installed().byOutputFormat(value).isEmpty()) {
      throw new UsageException(
          DiagnosticCode.UNSUPPORTED_OPTION,
          "input format '" + value + "' is not supported: binary and the ELF formats are");
    }
    return false;
  }

  /**
   * Sets the build ID.
   *
   * @param style null where none is given
   * @return a warning, or null
   */
  static Diagnostic buildId(LinkRequest.Builder request, String style) {
    String id = style == null ? "fast" : style.equals("tree") ? "sha1" : style;
    switch (id) {
      case "none", "fast", "md5", "sha1", "sha256", "uuid" -> request.set(LinkOption.BUILD_ID, id);
      default -> {
        if (id.startsWith("0x") || id.startsWith("0X")) {
          request.set(LinkOption.BUILD_ID, hexBytes(id));
        } else {
          return Diagnostic.warning(
              DiagnosticCode.INVALID_VALUE,
              Location.NONE,
              "unknown --build-id style ignored: " + id);
        }
      }
    }
    return null;
  }

  /**
   * {@code 0x} and an even number of hexadecimal digits; {@code -} and {@code :} may stand between
   * the bytes.
   */
  private static String hexBytes(String id) {
    StringBuilder digits = new StringBuilder("0x");
    for (int i = 2; i < id.length(); i++) {
      char c = id.charAt(i);
      if (Character.digit(c, 16) >= 0 && c < 128) {
        digits.append(c);
      } else if ((c != '-' && c != ':') || digits.length() % 2 != 0) {
        throw new UsageException(
            DiagnosticCode.INVALID_VALUE,
            "invalid --build-id '" + id + "': not a hexadecimal number");
      }
    }
    if (digits.length() == 2 || digits.length() % 2 != 0) {
      throw new UsageException(
          DiagnosticCode.INVALID_VALUE,
          "invalid --build-id '" + id + "': not a whole number of bytes");
    }
    return digits.toString();
  }

  static void compressDebug(LinkRequest.Builder request, String value) {
    switch (value) {
      case "none" -> request.set(LinkOption.COMPRESS_DEBUG_SECTIONS, LinkOption.CompressDebug.NONE);
      // zlib-gnu is how sections were compressed before the gABI said how; whoever reads it reads
      // the other too.
      case "zlib", "zlib-gabi", "zlib-gnu" ->
          request.set(LinkOption.COMPRESS_DEBUG_SECTIONS, LinkOption.CompressDebug.ZLIB);
      case "zstd" -> request.set(LinkOption.COMPRESS_DEBUG_SECTIONS, LinkOption.CompressDebug.ZSTD);
      default ->
          check(
              "--compress-debug-sections", value, "none", "zlib", "zlib-gabi", "zlib-gnu", "zstd");
    }
  }

  static void unresolved(LinkRequest.Builder request, String method) {
    switch (method) {
      case "ignore-all" -> request.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_ALL);
      case "report-all" -> {
        request.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.REPORT_ALL);
        request.set(LinkOption.ALLOW_SHLIB_UNDEFINED, false);
      }
      case "ignore-in-object-files" -> { // and in no others, as with GNU ld and lld
        request.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_IN_OBJECT_FILES);
        request.set(LinkOption.ALLOW_SHLIB_UNDEFINED, false);
      }
      case "ignore-in-shared-libs" ->
          request.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_IN_SHARED_LIBS);
      default ->
          check(
              "--unresolved-symbols",
              method,
              "ignore-all",
              "report-all",
              "ignore-in-object-files",
              "ignore-in-shared-libs");
    }
  }

  static void hashStyle(LinkRequest.Builder request, String value) {
    check("--hash-style", value, "sysv", "gnu", "both");
    request.set(
        LinkOption.HASH_STYLE,
        switch (value) {
          case "sysv" -> LinkOption.HashStyle.SYSV;
          case "gnu" -> LinkOption.HashStyle.GNU;
          default -> LinkOption.HashStyle.BOTH;
        });
  }
}
