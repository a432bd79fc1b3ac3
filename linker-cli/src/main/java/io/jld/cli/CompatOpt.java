package io.jld.cli;

import static io.jld.cli.Status.IGNORED;

/** What is accepted for the sake of those who pass it, and changes nothing. */
enum CompatOpt implements Opt {
  G_IGNORED("-g", "", "Other linkers' option for debug information", IGNORED, "GNU ld ignores it"),
  GPSIZE(
      "-G --gpsize",
      "SIZE",
      "Largest small data; without a number, -shared",
      IGNORED,
      "the architectures have no small data"),
  ASSERT("-assert", "KEYWORD", "SunOS", IGNORED, "GNU ld ignores it"),
  FLTO("-flto", "[=ARG]", "gcc's option", IGNORED, "GNU ld ignores it: -plugin says it all"),
  FLTO_PARTITION(
      "-flto-partition", "ARG", "gcc's option", IGNORED, "GNU ld ignores it: -plugin says it all"),
  FUSE_LD("-fuse-ld", "NAME", "The compiler's option", IGNORED, "this linker has been chosen"),
  MAP_WHOLE_FILES(
      "--map-whole-files!", "", "gold's option", IGNORED, "GNU ld ignores it: files are mapped"),
  NO_MAP_WHOLE_FILES(
      "--no-map-whole-files", "", "gold's option", IGNORED, "GNU ld ignores it: files are mapped"),
  FORK("--fork", "", "mold's option", IGNORED, "there is one process"),
  NO_FORK("--no-fork", "", "mold's option", IGNORED, "there is one process"),
  NO_KEEP_MEMORY(
      "--no-keep-memory", "", "Use less memory", IGNORED, "input files are mapped, not read"),
  REDUCE_MEMORY(
      "--reduce-memory-overheads",
      "",
      "Use less memory",
      IGNORED,
      "input files are mapped, not read"),
  MAX_CACHE_SIZE(
      "--max-cache-size!", "SIZE", "Use less memory", IGNORED, "input files are mapped, not read"),
  HASH_SIZE("--hash-size", "N", "Size of tables", IGNORED, "tables grow as they need"),
  QY("-Qy", "", "SVR4", IGNORED, "GNU ld ignores it"),
  QMAGIC("-qmagic", "", "Linux a.out", IGNORED, "GNU ld ignores it"),
  TRADITIONAL_FORMAT(
      "--traditional-format", "", "Use the system linker's format", IGNORED, "there is one ELF"),
  EMBEDDED_RELOCS(
      "--embedded-relocs", "", "For MIPS embedded systems", IGNORED, "the architectures have none");

  private final Form form;

  CompatOpt(String names, String value, String help, Status status, String why) {
    form = new Form(names, value, help, status, why);
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
