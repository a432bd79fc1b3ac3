package io.jld.cli;

import static io.jld.cli.Status.IGNORED;
import static io.jld.cli.Status.REFUSED;

/**
 * Options of gold, lld and mold of which jld knows nothing but that they are not its own, so that
 * it can say why. They are in no {@link Group}: an ordinary link does not load them. Their names
 * are not abbreviated.
 */
enum OtherOpt implements Opt {
  BE8("--be8", "", "Write BE8 images", REFUSED, "32-bit Arm alone has it"),
  NO_ENUM_SIZE_WARNING(
      "--no-enum-size-warning",
      "",
      "Do not warn about sizes of enumerations",
      REFUSED,
      "32-bit Arm alone has it"),
  NO_WCHAR_SIZE_WARNING(
      "--no-wchar-size-warning",
      "",
      "Do not warn about sizes of wchar_t",
      REFUSED,
      "32-bit Arm alone has it"),
  FIX_ARM1176(
      "--fix-arm1176 --no-fix-arm1176",
      "",
      "Work around an erratum",
      REFUSED,
      "32-bit Arm alone has it"),
  FIX_CORTEX_A8(
      "--fix-cortex-a8 --no-fix-cortex-a8",
      "",
      "Work around an erratum",
      REFUSED,
      "32-bit Arm alone has it"),
  FIX_V4BX(
      "--fix-v4bx --fix-v4bx-interworking",
      "",
      "Rewrite BX for ARMv4",
      REFUSED,
      "32-bit Arm alone has it"),
  LONG_PLT(
      "--long-plt --no-long-plt", "", "Write long PLT entries", REFUSED, "32-bit Arm alone has it"),
  MERGE_EXIDX_ENTRIES(
      "--merge-exidx-entries --no-merge-exidx-entries",
      "",
      "Merge unwind entries",
      REFUSED,
      "32-bit Arm alone has it"),
  PIC_VENEER(
      "--pic-veneer", "", "Write position-independent veneers", REFUSED, "32-bit Arm alone has it"),
  TARGET1_ABS(
      "--target1-abs --target1-rel",
      "",
      "What R_ARM_TARGET1 is",
      REFUSED,
      "32-bit Arm alone has it"),
  TARGET2("--target2", "TYPE", "What R_ARM_TARGET2 is", REFUSED, "32-bit Arm alone has it"),
  NO_PIPELINE_KNOWLEDGE(
      "--no-pipeline-knowledge", "", "An old option", REFUSED, "32-bit Arm alone has it"),
  FIX_CORTEX_A53_843419(
      "--fix-cortex-a53-843419 --no-fix-cortex-a53-843419",
      "",
      "Work around an erratum",
      REFUSED,
      "no architecture of jld has the workaround; gcc passes it unless asked not to by"
          + " -mno-fix-cortex-a53-843419"),
  FIX_CORTEX_A53_835769(
      "--fix-cortex-a53-835769 --no-fix-cortex-a53-835769",
      "",
      "Work around an erratum",
      REFUSED,
      "no architecture of jld has the workaround; gcc passes it if asked to by"
          + " -mfix-cortex-a53-835769"),
  EMIT_STUB_SYMS(
      "--emit-stub-syms --no-emit-stub-syms",
      "",
      "Name stubs by symbols",
      REFUSED,
      "PowerPC alone has it"),
  PCREL_OPTIMIZE(
      "--pcrel-optimize --no-pcrel-optimize",
      "",
      "Relax loads relative to the place",
      REFUSED,
      "PowerPC alone has it"),
  PLT_ALIGN("--plt-align", "[=P2ALIGN]", "Align PLT call stubs", REFUSED, "PowerPC alone has it"),
  PLT_LOCALENTRY(
      "--plt-localentry --no-plt-localentry",
      "",
      "Calls to local entries",
      REFUSED,
      "PowerPC alone has it"),
  PLT_STATIC_CHAIN(
      "--plt-static-chain --no-plt-static-chain",
      "",
      "Stubs load r11",
      REFUSED,
      "PowerPC alone has it"),
  PLT_THREAD_SAFE(
      "--plt-thread-safe --no-plt-thread-safe",
      "",
      "Stubs with a barrier",
      REFUSED,
      "PowerPC alone has it"),
  POWER10_STUBS(
      "--power10-stubs", "[=MODE]", "Instructions of stubs", REFUSED, "PowerPC alone has it"),
  NO_POWER10_STUBS("--no-power10-stubs", "", "The same", REFUSED, "PowerPC alone has it"),
  SECURE_PLT("--secure-plt", "", "The PLT's form", REFUSED, "PowerPC alone has it"),
  STUB_GROUP_SIZE(
      "--stub-group-size", "SIZE", "Distance of stubs", REFUSED, "PowerPC alone has it"),
  STUB_GROUP_MULTI(
      "--stub-group-multi --no-stub-group-multi",
      "",
      "Share groups of stubs",
      REFUSED,
      "PowerPC alone has it"),
  TLS_OPTIMIZE(
      "--tls-optimize --no-tls-optimize",
      "",
      "Relax thread-local accesses",
      REFUSED,
      "PowerPC alone has it"),
  TLS_GET_ADDR_OPTIMIZE(
      "--tls-get-addr-optimize --no-tls-get-addr-optimize",
      "",
      "A special __tls_get_addr",
      REFUSED,
      "PowerPC alone has it"),
  TOC_OPTIMIZE(
      "--toc-optimize --no-toc-optimize",
      "",
      "Relax accesses of the TOC",
      REFUSED,
      "PowerPC alone has it"),
  TOC_SORT("--toc-sort --no-toc-sort", "", "Sort the TOC", REFUSED, "PowerPC alone has it"),
  SPLIT_STACK_ADJUST_SIZE(
      "--split-stack-adjust-size",
      "SIZE",
      "Stack of code without split stacks",
      REFUSED,
      "code without -fsplit-stack is linked as it is, as by GNU ld"),
  LTO_AA_PIPELINE(
      "--lto-aa-pipeline",
      "VALUE",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_BASIC_BLOCK_SECTIONS(
      "--lto-basic-block-sections",
      "VALUE",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_CS_PROFILE_FILE(
      "--lto-cs-profile-file",
      "FILE",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_CS_PROFILE_GENERATE(
      "--lto-cs-profile-generate",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_DEBUG_PASS_MANAGER(
      "--lto-debug-pass-manager",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_EMIT_ASM(
      "--lto-emit-asm",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_LEGACY_PASS_MANAGER(
      "--lto-legacy-pass-manager --no-lto-legacy-pass-manager",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_NEWPM_PASSES(
      "--lto-newpm-passes",
      "VALUE",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_O(
      "--lto-O",
      "LEVEL",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_PARTITIONS(
      "--lto-partitions",
      "N",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_PGO_WARN_MISMATCH(
      "--lto-pgo-warn-mismatch --no-lto-pgo-warn-mismatch",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_SAMPLE_PROFILE(
      "--lto-sample-profile",
      "FILE",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_UNIQUE_BASIC_BLOCK_SECTION_NAMES(
      "--lto-unique-basic-block-section-names --no-lto-unique-basic-block-section-names",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_WHOLE_PROGRAM_VISIBILITY(
      "--lto-whole-program-visibility --no-lto-whole-program-visibility",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  LTO_OBJ_PATH(
      "--lto-obj-path",
      "FILE",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  MLLVM(
      "--mllvm",
      "OPTION",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  OPT_REMARKS_FILENAME(
      "--opt-remarks-filename",
      "FILE",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  OPT_REMARKS_FORMAT(
      "--opt-remarks-format",
      "FORMAT",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  OPT_REMARKS_HOTNESS_THRESHOLD(
      "--opt-remarks-hotness-threshold",
      "N",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  OPT_REMARKS_PASSES(
      "--opt-remarks-passes",
      "PASSES",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  OPT_REMARKS_WITH_HOTNESS(
      "--opt-remarks-with-hotness",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  THINLTO_CACHE_DIR(
      "--thinlto-cache-dir",
      "DIR",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  THINLTO_CACHE_POLICY(
      "--thinlto-cache-policy",
      "POLICY",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  THINLTO_JOBS(
      "--thinlto-jobs",
      "N",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  THINLTO_SINGLE_MODULE(
      "--thinlto-single-module",
      "NAME",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  THINLTO_EMIT_IMPORTS_FILES(
      "--thinlto-emit-imports-files",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  THINLTO_INDEX_ONLY(
      "--thinlto-index-only",
      "[=FILE]",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  THINLTO_OBJECT_SUFFIX_REPLACE(
      "--thinlto-object-suffix-replace",
      "OLD;NEW",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  THINLTO_PREFIX_REPLACE(
      "--thinlto-prefix-replace",
      "OLD;NEW",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  DISABLE_VERIFY(
      "--disable-verify",
      "",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  SAVE_TEMPS(
      "--save-temps",
      "[=VALUE]",
      "Link-time optimisation by LLVM",
      REFUSED,
      "-plugin-opt has it for LLVM's plug-in, where that knows it"),
  OPTIMIZE_BB_JUMPS(
      "--optimize-bb-jumps",
      "",
      "Remove jumps between basic blocks that lie side by side",
      REFUSED,
      "code is not rewritten so far"),
  NO_OPTIMIZE_BB_JUMPS("--no-optimize-bb-jumps", "", "Do not", IGNORED, "it is so"),
  INCREMENTAL(
      "--incremental --incremental-full --incremental-update --incremental-changed"
          + " --incremental-unchanged --incremental-unknown --incremental-startup-unchanged",
      "",
      "Link anew what has changed",
      REFUSED,
      "each link is a whole one"),
  INCREMENTAL_BASE(
      "--incremental-base", "FILE", "The output to change", REFUSED, "each link is a whole one"),
  INCREMENTAL_PATCH(
      "--incremental-patch", "PERCENT", "Room for changes", REFUSED, "each link is a whole one"),
  NO_INCREMENTAL("--no-incremental", "", "Make a whole link", IGNORED, "it is so"),
  ICF_ITERATIONS(
      "--icf-iterations",
      "COUNT",
      "Rounds of --icf",
      IGNORED,
      "--icf goes on until nothing changes, and needs no more rounds than the program has depth"),
  KEEP_FILES_MAPPED(
      "--keep-files-mapped --no-keep-files-mapped --preread-archive-symbols --mmap-output-file"
          + " --no-mmap-output-file --posix-fallocate --no-posix-fallocate",
      "",
      "How files are read and written",
      IGNORED,
      "files are mapped, and the output's bytes are the same either way"),
  THREAD_COUNT_INITIAL(
      "--thread-count-initial --thread-count-middle --thread-count-final",
      "COUNT",
      "Threads of a part of the link",
      IGNORED,
      "--threads says how many there are for all parts; the output is the same"),
  HASH_BUCKET_EMPTY_FRACTION(
      "--hash-bucket-empty-fraction",
      "FRACTION",
      "Empty buckets of hash tables",
      IGNORED,
      "loaders find the same; the size of the tables follows GNU ld's"),
  P_OPTION("-p", "", "An old option of Arm's", IGNORED, "gold ignores it, too"),
  BUILD_ID_CHUNK_SIZE_FOR_TREEHASH(
      "--build-id-chunk-size-for-treehash --build-id-min-file-size-for-treehash",
      "SIZE",
      "Pieces of the build ID",
      IGNORED,
      "an ID is a name, and the pieces are of one mebibyte each"),
  CTORS_IN_INIT_ARRAY(
      "--ctors-in-init-array", "", "Put .ctors into .init_array", IGNORED, "it is so"),
  NO_CTORS_IN_INIT_ARRAY(
      "--no-ctors-in-init-array", "", "Leave .ctors alone", REFUSED, "glibc no longer runs .ctors"),
  PRINT_SYMBOL_COUNTS(
      "--print-symbol-counts",
      "FILE",
      "Write how many symbols each object has",
      REFUSED,
      "--print-map and --cref say more"),
  PRINT_ARCHIVE_STATS(
      "--print-archive-stats",
      "FILE",
      "Write how many members of each archive are linked",
      REFUSED,
      "-Map and -t -t list them"),
  ROSEGMENT_GAP(
      "--rosegment-gap",
      "OFFSET",
      "Distance of code and read-only data",
      REFUSED,
      "-Trodata-segment places read-only data, -Ttext code"),
  STRIP_DEBUG_NON_LINE(
      "--strip-debug-non-line --strip-debug-gdb",
      "",
      "Leave out a part of the debug information",
      REFUSED,
      "-S leaves it out, --separate-debug-file puts it elsewhere"),
  STRIP_LTO_SECTIONS(
      "--strip-lto-sections", "", "Leave intermediate code out", IGNORED, "it is so"),
  WARN_DROP_VERSION(
      "--warn-drop-version --no-warn-drop-version",
      "",
      "Warn where a version is dropped",
      IGNORED,
      "none is"),
  WARN_IFUNC_TEXTREL(
      "--warn-ifunc-textrel --no-warn-ifunc-textrel",
      "",
      "Warn about IFUNCs in text relocations",
      IGNORED,
      "text relocations are errors unless -z notext allows them, and a warning then"),
  NO_DETECT_ODR_VIOLATIONS(
      "--no-detect-odr-violations", "", "Do not compare C++ definitions", IGNORED, "it is so"),
  DEBUG(
      "--debug",
      "[=WHAT]",
      "Messages for developers of gold",
      REFUSED,
      "--verbose, --stats and --print-blocks say what jld does"),
  DEPENDENT_LIBRARIES(
      "--dependent-libraries",
      "",
      "Link the libraries that objects name in .deplibs",
      REFUSED,
      "-l names libraries, as for GNU ld"),
  NO_DEPENDENT_LIBRARIES("--no-dependent-libraries", "", "Do not", IGNORED, "it is so"),
  FORTRAN_COMMON(
      "--fortran-common",
      "",
      "Extract members that define what is common so far",
      IGNORED,
      "it is so, as with GNU ld"),
  NO_FORTRAN_COMMON(
      "--no-fortran-common",
      "",
      "Do not",
      REFUSED,
      "the other linkers would not agree which definition is linked"),
  TIME_TRACE_GRANULARITY(
      "--time-trace-granularity",
      "MICROSECONDS",
      "The least time that is shown",
      IGNORED,
      "all is shown"),
  VS_DIAGNOSTICS(
      "--vs-diagnostics", "", "Messages for Visual Studio", REFUSED, "messages have GNU ld's form"),
  C_OPTION(
      "-C --directory",
      "DIR",
      "Change to DIR first",
      REFUSED,
      "a JVM cannot change its directory: start jld in DIR"),
  QUICK_EXIT(
      "--quick-exit --no-quick-exit",
      "",
      "End without cleaning up",
      IGNORED,
      "it is so, and nothing depends on it"),
  DETACH(
      "--detach --no-detach",
      "",
      "Go on in the background when the output is there",
      IGNORED,
      "the output is there when the process ends"),
  REPRO(
      "--repro",
      "",
      "Embed the inputs in the output",
      REFUSED,
      "--reproduce=FILE.tar has them in a file"),
  RUN(
      "--run",
      "COMMAND",
      "Run a command whose linker this is",
      REFUSED,
      "compilers take it from -B DIR"),
  APPLY_DYNAMIC_RELOCS(
      "--apply-dynamic-relocs",
      "",
      "Write what dynamic relocations make of addresses at load address 0",
      IGNORED,
      "it is so"),
  NO_APPLY_DYNAMIC_RELOCS(
      "--no-apply-dynamic-relocs",
      "",
      "Do not, on amd64",
      IGNORED,
      "the loader writes over it: programs are the same"),
  NO_WARN_CONSTRUCTORS(
      "--no-warn-constructors",
      "",
      "Do not warn about constructors",
      IGNORED,
      "gold ignores it, too"),
  SECTION_ALIGN(
      "--section-align", "SECTION=N", "Align an output section", REFUSED, "a script's ALIGN does"),
  SECTION_ORDER(
      "--section-order",
      "ORDER",
      "Order of the output's sections",
      REFUSED,
      "a script's SECTIONS has one"),
  PHYSICAL_IMAGE_BASE(
      "--physical-image-base",
      "ADDRESS",
      "Load address of the output",
      REFUSED,
      "a script's AT has one"),
  SPARE_PROGRAM_HEADERS(
      "--spare-program-headers",
      "N",
      "Empty program headers for other tools",
      REFUSED,
      "patchelf makes room itself"),
  ZERO_TO_BSS(
      "--zero-to-bss", "", "Make zeros of what is zero", REFUSED, "compilers put zeros into .bss"),
  DISCARD_SECTION(
      "--discard-section --no-discard-section",
      "NAME",
      "Leave a section out",
      REFUSED,
      "a script's /DISCARD/ does");

  private final Form form;

  OtherOpt(String names, String value, String help, Status status, String why) {
    form = new Form(names, value, help, status, why);
  }

  /**
   * The option of a name.
   *
   * @param name without dashes
   * @return null if there is none
   */
  static OtherOpt of(String name) {
    for (OtherOpt o : values()) {
      for (String n : o.names().split(" ")) {
        if (n.replaceFirst("^--?", "").equals(name)) {
          return o;
        }
      }
    }
    return null;
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public void apply(Settings s, String value, String spelling) {
    throw new AssertionError(this);
  }
}
