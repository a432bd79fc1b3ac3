package io.jld.differential;

import io.jld.differential.Bench.Linker;

/** The accepted differences of {@link CollectionTable}, each with its reason. */
final class CollectionDifferences extends AcceptedRules {
  CollectionDifferences() {
    accept(
        Linker.GNU,
        "--gc-sections.*: --defsym$",
        "[+].*|-X_alias in ABS",
        "what --defsym refers to is kept, as by lld; GNU ld collects it, and the alias is 0");
    accept(
        Linker.GNU,
        "--gc-sections.*: __start by debug$",
        "-.*",
        "debug information keeps nothing, as with lld, not even by the name __start_X");
    accept(
        Linker.GNU,
        "-shared.*: __start by hidden$",
        "-exports __start_set_X",
        "a hidden symbol is not exported");
    accept(
        Linker.GNU,
        "/ifunc: ",
        "-X(_alias)? in .text|[+]X(_alias)? in .plt",
        "an IFUNC whose address is that of its PLT entry stands there in .symtab as in .dynsym");

    accept(
        Linker.LLD,
        "--gc-sections.*/common: ",
        "[+]X in .bss",
        "commons have space whoever refers to them, as with GNU ld");
    accept(
        Linker.LLD,
        "--gc-sections[^/]*/[.]init_array that is ordered",
        "[+]X(_entry)? in .*",
        "what .init_array has runs, as with GNU ld");
    accept(
        Linker.LLD,
        "--gc-sections/set.*: __st(art|op)",
        ".*",
        "references to __start_X keep the sections X, as with GNU ld; lld does so with"
            + " -z nostart-stop-gc");
    accept(
        Linker.LLD,
        "nostart-stop-gc/set that is ordered: __st(art|op)",
        "[+].*",
        "the same where X is ordered by another section");
    accept(
        Linker.LLD,
        "--gc-sections.*/string reached by addend",
        "[+]text first",
        "of a live section all strings are kept, as with GNU ld");
    accept(
        Linker.LLD,
        "--gc-sections.*/frame( of two)?: ",
        "-X_(lsda|personality|type) in .*",
        "what the unwind records of collected functions refer to is collected, as by GNU ld");
    accept(
        Linker.LLD,
        "-static --gc-sections.*: --(export-dynamic-symbol|dynamic-list)$",
        "-.*",
        "a static program exports nothing, as with GNU ld");
    accept(
        Linker.LLD,
        "/[.][cd]tors",
        "[-+]X_entry in .*",
        "old constructors are moved to where they run, as by GNU ld");
    accept(
        Linker.LLD,
        "/ifunc: ",
        "[-+]X(_alias)? in .(text|i?plt)",
        "an IFUNC whose address is that of its PLT entry stands there as with lld, whose section"
            + " for it is .iplt; any other one stays where it is");
    acceptOfBoth(
        "/ifunc: ",
        "[+]frame of X(_alias)?",
        "the PLT's entries for indirect functions have an unwind record of their own");
    acceptOfBoth(
        " -pie.*/ifunc: library$",
        "[+]refused",
        "a warning says that the loader can bind it for a call alone");
  }

  /** Differences from both. */
  private void acceptOfBoth(String where, String fact, String reason) {
    accept(Linker.GNU, where, fact, reason);
    accept(Linker.LLD, where, fact, reason);
  }
}
