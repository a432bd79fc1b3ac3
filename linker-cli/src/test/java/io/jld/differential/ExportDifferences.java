package io.jld.differential;

import io.jld.differential.Bench.Linker;

/** The accepted differences of {@link ExportTable}, each with its reason. */
final class ExportDifferences extends AcceptedRules {
  ExportDifferences() {
    accept(
        Linker.GNU,
        " versions?\\b",
        "-symbol [VW] OBJECT GLOBAL DEFAULT defined",
        "a version is no symbol, and nothing looks for one; as lld");
    accept(
        Linker.GNU,
        "\\bexport\\b",
        "-symbol (__bss_start|_edata|_end) NOTYPE GLOBAL DEFAULT defined",
        "what the linker itself defines is not exported; as lld");
    accept(
        Linker.GNU,
        " shared",
        "-reloc R_\\w+ pro_.*|\\+reloc R_\\w+_RELATIVE",
        "a protected symbol means this output's definition, whose address is known; as lld");
    accept(
        Linker.GNU,
        " shared.* functions",
        "\\+reloc R_\\w+ def_nt.*",
        "what has no type is no function, and -Bsymbolic-functions does not bind it; as lld");
    accept(
        Linker.LLD,
        " shared.* symbolic",
        "\\+dynamic SYMBOLIC",
        "DT_SYMBOLIC besides DF_SYMBOLIC, for loaders that know only the older one; as GNU ld");
    accept(
        Linker.LLD,
        " symbolic",
        "-dynamic FLAGS SYMBOLIC",
        "DF_SYMBOLIC says nothing of a program, and too much of a library with a dynamic list,"
            + " whose symbols the loader would not look for elsewhere any more; as GNU ld");
    accept(
        Linker.LLD,
        " shared.* symbol functions",
        "-reloc R_\\w+ (def|ar)_.*|\\+reloc R_\\w+_RELATIVE",
        "with -Bsymbolic-functions only what --export-dynamic-symbol names is preemptible; as GNU"
            + " ld");
    accept(
        Linker.LLD,
        " (no-pie|static)\\b(?!-).*\\bexport\\b",
        "-symbol .*",
        "a program that has no loader has nobody to export to; as GNU ld");
    accept(
        Linker.LLD,
        " (no-)?pie-libs anonymous",
        "\\+link fails|-.*",
        "a library refers to what the script hides, and would not find it; as GNU ld");
  }
}
