package io.jld.cli;

import io.jld.arch.Arch;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Location;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of {@code -z}: keywords with an option of their own set it, the rest is passed on by
 * name.
 */
final class ZOptions {
  private final LinkRequest.Builder request;
  private final List<String> rest = new ArrayList<>();

  ZOptions(LinkRequest.Builder request) {
    this.request = request;
  }

  /**
   * Applies one keyword. Of two that contradict each other the later one counts.
   *
   * @return a warning, or null
   * @throws UsageException for an invalid value, or a keyword that is refused
   */
  Diagnostic apply(String argument) {
    ZKeyword z = ZKeyword.of(argument);
    if (z == null) {
      if (isOfAnArchitecture(argument)) {
        rest.add(argument);
        return null;
      }
      return Diagnostic.warning(
          DiagnosticCode.UNKNOWN_OPTION, Location.NONE, "unknown -z option ignored: " + argument);
    }
    if (z.status() == Status.IGNORED) {
      return null;
    }
    if (z.status() == Status.REFUSED) {
      throw new UsageException(
          DiagnosticCode.UNSUPPORTED_OPTION,
          "option '-z " + argument + "' is not supported: " + z.why());
    }
    String value = z.value().isEmpty() ? "" : argument.substring(z.keyword().length() + 1);
    switch (z) {
      case NOW -> request.set(LinkOption.BIND_NOW, true);
      case LAZY -> request.set(LinkOption.BIND_NOW, false);
      case RELRO -> request.set(LinkOption.RELRO, true);
      case NORELRO -> request.set(LinkOption.RELRO, false);
      case SEPARATE_CODE, SEPARATE_LOADABLE_SEGMENTS -> request.set(LinkOption.SEPARATE_CODE, true);
      case NOSEPARATE_CODE -> request.set(LinkOption.SEPARATE_CODE, false);
      case GNUSTACK -> request.set(LinkOption.GNU_STACK, true);
      case NOGNUSTACK -> request.set(LinkOption.GNU_STACK, false);
      case RODYNAMIC -> request.set(LinkOption.READ_ONLY_DYNAMIC, true);
      case NORODYNAMIC -> request.set(LinkOption.READ_ONLY_DYNAMIC, false);
      case SECTIONHEADER -> request.set(LinkOption.SECTION_HEADERS, true);
      case NOSECTIONHEADER -> request.set(LinkOption.SECTION_HEADERS, false);
      case EXECSTACK -> request.set(LinkOption.EXEC_STACK, true);
      case NOEXECSTACK -> request.set(LinkOption.EXEC_STACK, false);
      case STACK_SIZE -> request.set(LinkOption.STACK_SIZE, Numbers.c(value, "stack size"));
      case TEXT -> request.set(LinkOption.TEXT_RELOCATIONS, LinkOption.TextRelocations.REFUSE);
      case NOTEXT, TEXTOFF ->
          request.set(LinkOption.TEXT_RELOCATIONS, LinkOption.TextRelocations.ALLOW);
      case DEFS -> request.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.REPORT_ALL);
      case UNDEFS ->
          request.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_IN_OBJECT_FILES);
      case NODEFS ->
          request.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_IN_OBJECT_FILES);
      case EXECSTACK_IF_NEEDED -> request.set(LinkOption.EXEC_STACK, null);
      case KEEP_TEXT_PREFIX -> request.set(LinkOption.KEEP_TEXT_PREFIX, true);
      case NOKEEP_TEXT_PREFIX -> request.set(LinkOption.KEEP_TEXT_PREFIX, false);
      case MULDEFS -> request.set(LinkOption.ALLOW_MULTIPLE_DEFINITION, true);
      case MAX_PAGE_SIZE ->
          request.set(LinkOption.MAX_PAGE_SIZE, Numbers.powerOfTwo(value, "maximum page size"));
      case COMMON_PAGE_SIZE ->
          request.set(LinkOption.COMMON_PAGE_SIZE, Numbers.powerOfTwo(value, "common page size"));
      case START_STOP_GC -> request.set(LinkOption.START_STOP_GC, true);
      case NOSTART_STOP_GC -> request.set(LinkOption.START_STOP_GC, false);
      case PACK_RELATIVE_RELOCS -> request.set(LinkOption.PACK_RELATIVE_RELOCS, true);
      case NOPACK_RELATIVE_RELOCS -> request.set(LinkOption.PACK_RELATIVE_RELOCS, false);
      case START_STOP_VISIBILITY -> {
        check(argument, value, "default", "protected", "hidden", "internal");
        pass(z, argument);
      }
      case CET_REPORT -> {
        check(argument, value, "none", "warning", "error");
        pass(z, argument);
      }
      default -> pass(z, argument);
    }
    return null;
  }

  /** Whether an architecture that is plugged in has a keyword that GNU ld's x86 lacks. */
  private static boolean isOfAnArchitecture(String argument) {
    for (Arch arch : Architectures.installed().sorted()) {
      if (arch.properties().hasKeyword(argument)) {
        return true;
      }
    }
    return false;
  }

  private static void check(String argument, String value, String... allowed) {
    for (String a : allowed) {
      if (a.equals(value)) {
        return;
      }
    }
    throw new UsageException(
        DiagnosticCode.INVALID_VALUE,
        "invalid value in '-z " + argument + "': one of " + String.join(", ", allowed));
  }

  /** Adds to the rest what is not in it yet, and takes the opposite out. */
  private void pass(ZKeyword z, String argument) {
    String opposite = z.keyword().startsWith("no") ? z.keyword().substring(2) : "no" + z.keyword();
    for (int i = rest.size() - 1; i >= 0; i--) {
      String other = rest.get(i);
      if (other.equals(opposite)
          || other.equals(z.keyword())
          || (!z.value().isEmpty() && other.startsWith(z.keyword() + "="))) {
        rest.remove(i);
      }
    }
    rest.add(argument);
  }

  void finish() {
    if (!rest.isEmpty()) {
      request.set(LinkOption.Z_KEYWORDS, List.copyOf(rest));
    }
  }
}
