package io.jld.builtin;

import java.util.List;

/** Sections that are not loaded, in the order in which GNU ld puts them. */
final class DebugSections {
  /** What GNU ld puts first of what is not loaded. */
  static final List<String> COMMENTS =
      List.of(
          ".stab",
          ".stabstr",
          ".stab.excl",
          ".stab.exclstr",
          ".stab.index",
          ".stab.indexstr",
          ".comment");

  /** Debug information, by the version of DWARF that brought a section. */
  static final List<String> DWARF =
      List.of(
          ".debug",
          ".line",
          ".debug_srcinfo",
          ".debug_sfnames",
          ".debug_aranges",
          ".debug_pubnames",
          ".debug_info",
          ".debug_abbrev",
          ".debug_line",
          ".debug_frame",
          ".debug_str",
          ".debug_loc",
          ".debug_macinfo",
          ".debug_weaknames",
          ".debug_funcnames",
          ".debug_typenames",
          ".debug_varnames",
          ".debug_pubtypes",
          ".debug_ranges",
          ".debug_addr",
          ".debug_line_str",
          ".debug_loclists",
          ".debug_macro",
          ".debug_names",
          ".debug_rnglists",
          ".debug_str_offsets",
          ".debug_sup");

  private DebugSections() {}
}
