package io.jld.cli;

import static io.jld.cli.Status.IGNORED;
import static io.jld.cli.Status.REFUSED;

import io.jld.arch.Arch;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;

/** What is made, for which architecture, and by how many threads. */
enum OutputOpt implements Opt {
  OUTPUT(
      "-o --output!", "FILE", "Write the output to FILE, or to standard output (-); default a.out"),
  SHARED("-shared -Bshareable", "", "Make a shared library"),
  PIE("-pie --pic-executable", "", "Make a position-independent executable"),
  NO_PIE(
      "-no-pie -nopie --no-pic-executable!",
      "",
      "Make an executable for a fixed address; the default"),
  RELOCATABLE("-r -i --relocatable --relocateable -Ur", "", "Make an object file of the inputs"),
  ARCHIVE(
      "--archive!",
      "",
      "Make an archive: what -r makes of the inputs, and the objects of --start-lib as they are"),
  ENTRY("-e --entry", "ADDRESS", "Start at this symbol or address; default _start"),
  ARCH("--arch", "NAME", "Link for the architecture of this name, e.g. amd64, x86"),
  EMULATION("-m", "EMULATION", "Link for the architecture with this GNU ld emulation"),
  OFORMAT("--oformat!", "FORMAT", "Output format: binary, or an architecture's ELF format"),
  INIT("-init", "SYMBOL", "Function that the loader calls first; default _init"),
  FINI("-fini", "SYMBOL", "Function that the loader calls last; default _fini"),
  BUILD_ID(
      "--build-id",
      "[=STYLE]",
      "Write a build ID: fast (the default), sha1, sha256, md5, uuid, 0xHEX, none"),
  NO_BUILD_ID("--no-build-id!", "", "Write none; the default"),
  PACKAGE_METADATA("--package-metadata", "[=JSON]", "Write the note .note.package"),
  COMPRESS_DEBUG(
      "--compress-debug-sections",
      "FORMAT",
      "Compress debug sections: none, zlib (also as zlib-gabi, zlib-gnu), zstd"),
  SEPARATE_DEBUG_FILE(
      "--separate-debug-file",
      "[=FILE]",
      "Write debug sections and symbol table to FILE, or the output's name with .dbg"),
  NO_SEPARATE_DEBUG_FILE("--no-separate-debug-file", "", "Do not; the default"),
  REPRODUCE(
      "--reproduce!", "FILE", "Write an archive (tar) with all inputs, to make the link elsewhere"),
  DEPENDENCY_FILE("--dependency-file", "FILE", "Write a Makefile rule with all input files"),
  NOINHIBIT_EXEC("--noinhibit-exec", "", "Errors about symbols are warnings"),
  THREADS(
      "--threads",
      "[=N]",
      "Run N tasks at once; default: one per processor, one less for small inputs"),
  THREAD_COUNT("--thread-count", "N", "The same"),
  NO_THREADS("--no-threads", "", "Run on one thread"),
  OUT_IMPLIB(
      "--out-implib",
      "FILE",
      "Write an import library",
      REFUSED,
      "only Arm's secure gateways use it"),
  EB("-EB", "", "Link big-endian objects", REFUSED, "the architectures are little-endian"),
  EL("-EL", "", "Link little-endian objects", IGNORED, "the architectures are little-endian"),
  ARCHITECTURE(
      "-A --architecture",
      "ARCH",
      "Architecture of the inputs",
      IGNORED,
      "objects say what they are for; --arch chooses the architecture"),
  FORCE_EXE_SUFFIX(
      "--force-exe-suffix",
      "",
      "Add .exe to the output's name",
      IGNORED,
      "for systems that cannot run a file without it");

  private final Form form;

  OutputOpt(String names, String value, String help) {
    this(names, value, help, Status.HONOURED, "");
  }

  OutputOpt(String names, String value, String help, Status status, String why) {
    form = new Form(names, value, help, status, why);
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public void apply(Settings s, String value, String spelling) {
    switch (this) {
      case OUTPUT -> {
        s.output = value;
        s.outputNamed = true;
      }
      case SHARED -> s.kind = OutputKind.SHARED;
      case PIE -> s.kind = OutputKind.PIE;
      case NO_PIE -> s.kind = OutputKind.EXECUTABLE;
      case RELOCATABLE -> s.relocatable = true;
      case ARCHIVE -> {
        s.relocatable = true;
        s.set(LinkOption.ARCHIVE, true);
      }
      case ENTRY -> s.set(LinkOption.ENTRY, value);
      case ARCH -> s.arch = value;
      case EMULATION -> s.emulation = value;
      case OFORMAT -> outputFormat(s, value);
      case INIT -> s.set(LinkOption.INIT, value);
      case FINI -> s.set(LinkOption.FINI, value);
      case BUILD_ID -> s.warn(Values.buildId(s.request, value));
      case NO_BUILD_ID -> s.set(LinkOption.BUILD_ID, "none");
      case PACKAGE_METADATA -> s.set(LinkOption.PACKAGE_METADATA, value == null ? "" : value);
      case COMPRESS_DEBUG -> Values.compressDebug(s.request, value);
      case SEPARATE_DEBUG_FILE -> s.debugFile = value == null ? "" : value;
      case NO_SEPARATE_DEBUG_FILE -> s.debugFile = null;
      case REPRODUCE -> s.reproduce = value;
      case DEPENDENCY_FILE -> s.dependencyFile = value;
      case NOINHIBIT_EXEC -> s.set(LinkOption.NOINHIBIT_EXEC, true);
      case THREADS, THREAD_COUNT -> threads(s, value);
      case NO_THREADS -> threads(s, "1");
      default -> throw new AssertionError(this);
    }
  }

  private static void outputFormat(Settings s, String value) {
    Arch found = Architectures.installed().byOutputFormat(value).orElse(null);
    if (found != null) {
      s.arch = found.info().name();
    } else if (value.equals("binary")) {
      s.set(LinkOption.OUTPUT_FORMAT, value);
    } else if (!value.equals("default")) {
      throw new UsageException(
          DiagnosticCode.UNSUPPORTED_OPTION,
          "output format '" + value + "' is not supported: binary and the ELF formats are");
    }
  }

  private static void threads(Settings s, String value) {
    if (value != null) {
      s.request.threads(Numbers.count(value, 1, "number of threads"));
      s.threadsGiven = true;
    }
  }
}
