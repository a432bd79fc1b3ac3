package io.jld.differential;

import io.jld.differential.Bench.Linker;

/** Where jld's outputs of scripts are not those of GNU ld 2.40, and why. */
final class ScriptDifferences extends AcceptedRules {
  private static final String ANY = "[-+].*";

  ScriptDifferences() {
    language();
    symbols();
    types();
    contents();
    dynamic();
  }

  private void except(String names, String facts, String reason) {
    accept(Linker.GNU, "/(" + names + ")$", facts, reason);
  }

  private void language() {
    String more = "-fails|-at line .*|\\+.*";
    except("asciz|linker-version", more, "statements that binutils 2.41 added to the language");
    except(
        "implicit-insert",
        more,
        "INSERT in an input is into the layout in force, as for lld; GNU ld finds no section"
            + " there");
    except(
        "assert-no-semicolon|expr-xor|extern-inside|fill-symbol|names-of-memory|semicolons-more",
        more,
        "what later versions of GNU ld, lld or the manual allow, and 2.40 does not");
    except(
        "sort-files", more, "GNU ld 2.40 aborts where files are sorted and their sections are not");
    except("pattern-commas", ANY, "GNU ld takes a comma without a blank for a part of the name");
    except(
        "data-symbols|functions-log|object-symbols|provide-hidden|object-symbols-layout",
        ANY,
        "GNU ld takes the symbol fb for a number, f with the suffix of binary numbers");
    except("memory-unknown", "\\+fails|-.*", "a region that is not declared: GNU ld only warns");
    except("region-alias-unknown", more, "an alias that nothing uses may stand for no region");
    except(
        "never-settles|generated/many-parentheses",
        "\\+fails|-.*",
        "addresses that each pass makes larger, and depths that only an attacker needs");
    except("expr-division-far", "[-+]at line .*", "the line of the operator, not of the end");
  }

  private void symbols() {
    except(
        "only-if-empty|assign-redefine|type-set-number",
        ANY,
        "values and types that say nothing: of sections that are not made, and of numbers");
    accept(
        Linker.GNU,
        "",
        "\\+symbol \\w+ value 0 size 0 type 0 bind \\d visibility 0 in UND",
        "GNU ld leaves out undefined symbols that only weak, collected or discarded references"
            + " name");
    accept(
        Linker.GNU,
        "/entry-missing$",
        "-symbol nobody_defines_it .* in UND",
        "an entry that nothing defines is no strong reference");
    except(
        "header-symbols(-own)?",
        "\\+symbol __ehdr_start .*",
        "the file's headers have their symbol");
  }

  private void types() {
    except(
        "generated/expressions-19",
        "[-+]symbol between0 .*",
        "GNU ld asks for the first operand of a function twice, as it seems");
  }

  private void contents() {
    except(
        "eh-frame|eh-frame-hdr",
        ANY,
        "GNU ld pads the last record of each input, and leaves out its terminator");
    except(
        "flags-merge|merge-strings",
        ANY,
        "which strings share a tail, and the merged section's place among those that are not");
    except(
        "sort-several|generated/patterns-[18]", ANY, "patterns whose keys contradict each other");
    except("emit-relocs", ANY, "the empty .note.GNU-stack says the stack's rights and is dropped");
    except("phdrs-types", ANY, "the same; GNU ld has the section's type from it");
    except("flags-keep", ANY, "KEEP keeps what its description matches, flags included");
    except("gc-discard", ANY, "what is thrown away keeps nothing, though KEEP names it");
    except(
        "assign-forward-size",
        "[-+]order .*",
        "which of two sections that ask for each other's size is in the file first");
    except(
        "empty-script", ANY, "a script that says nothing is no layout: the built-in one is used");
    except("phdrs-at|phdrs-expression-flags", ANY, "GNU ld fills the segment up to its address");
    except("orphans-(error|warn)", "-says .*", "sections that the linker makes and then drops");
    except("warn-rwx", "-says RWX", "jld does not warn of that");
    except("type-set", ANY, "TYPE is the type, whatever the contents are");
    except(
        "oformat-binary",
        ANY,
        "a reference to what the script discards is an error in every format");
    except("target-command", ANY, "another format's symbols");
    except(
        "generated/layout-(7|21)",
        "[-+]content \\.bss .*",
        "GNU ld leaves a gap zero that FILL fills, where common symbols follow it as orphans");
    except("overlay-region", ANY, "what follows an overlay with a load region");
  }

  private void dynamic() {
    except(
        "functions-data-segment-relro-shared|got-plt|inhibit-common-option|phdrs-shared|pie"
            + "|relative-shared|shared|shared-orphans|shared-version",
        ANY,
        "the loader's tables: GNU ld leaves room in .dynamic, has other hash tables and no"
            + " .got.plt");
    except("non-contiguous.*", ANY, "--enable-non-contiguous-regions is not supported");
  }

  /** Where those of lld 14 are not, as far as it concerns nearly every output. */
  static AcceptedRules ofLld() {
    AcceptedRules r = new AcceptedRules();
    String every = "";
    r.accept(Linker.LLD, every, "[-+]segment \\d type 6474e551 .*", "the stack's alignment");
    return r;
  }
}
