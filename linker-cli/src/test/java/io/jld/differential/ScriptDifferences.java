package io.jld.differential;

import io.jld.differential.Bench.Linker;

/** Where jld's outputs of scripts are not those of GNU ld 2.40, and why. */
final class ScriptDifferences extends AcceptedRules {
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

  /** Beside what {@link #except} says: what comes after it is at another address. */
  private void moves(String names, String reason) {
    acceptMoved(Linker.GNU, "/(" + names + ")$", reason);
  }

  /** The facts about a section of the output, or several: {@code a|b}. */
  private static String of(String sections) {
    return "[-+](section|content|load address) \\.(" + sections + ") .*";
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
    except(
        "pattern-commas",
        of("both|data|rest")
            + "|[-+]symbol (one_[ab]|two_b|rb?|ra) .*|[-+]order .*|[-+]segment 0 .*",
        "GNU ld takes a comma without a blank for a part of the name");
    moves("pattern-commas", "the same");
    String number = "GNU ld takes the symbol fb for a number, f with the suffix of binary numbers";
    except("data-symbols", "[-+]content \\.d .*", number);
    except("functions-log", "[-+]symbol j .*", number);
    except("object-symbols", "[-+]symbol [bd] .*", number);
    except("object-symbols-layout", of("data|gap") + "|[-+]load address \\.rest .*", number);
    moves("object-symbols-layout", number);
    except(
        "provide-hidden",
        "[-+]symbol fb .*",
        "PROVIDE_HIDDEN hides an object's definition too, which it does not replace");
    except("memory-unknown", "\\+fails|-.*", "a region that is not declared: GNU ld only warns");
    except("region-alias-unknown", more, "an alias that nothing uses may stand for no region");
    except(
        "never-settles|generated/many-parentheses",
        "\\+fails|-.*",
        "addresses that each pass makes larger, and depths that only an attacker needs");
    except("expr-division-far", "[-+]at line .*", "the line of the operator, not of the end");
    except(
        "empty-script",
        of("text|data|bss") + "|[-+]segment \\d .*|[-+]order .*",
        "a script that says nothing is no layout: the built-in one is used");
    moves("empty-script", "the same");
  }

  private void symbols() {
    except(
        "assign-common",
        "[-+]symbol common_b value \\w+ size \\w+ .*",
        "GNU ld leaves an assigned symbol the size of the common symbol whose place it takes");
    except(
        "only-if-empty",
        "\\+symbol x value 0 .* in ABS",
        "an assignment in a section that is not made counts");
    except("assign-redefine", "[-+]symbol fb .* size [02] .*", "the size of what is replaced");
    except("type-set-number", "[-+]section \\.n type .*", "a type by its number");
    except(
        "comdat-discard",
        "\\+symbol in_comdat value 0 .* bind 2 .* in UND",
        "GNU ld leaves out a weak symbol that only a group which is left out defines");
    except(
        "expr-conditional|header-symbols(-own)?",
        "\\+symbol \\w+ value 0 size 0 type 0 bind 2 visibility 0 in UND",
        "GNU ld leaves out weak references that stay undefined");
    except(
        "gc-.*|keep-.*|flags-keep",
        "\\+symbol only_of_collected value 0 .* in UND",
        "GNU ld leaves out what only collected sections refer to");
    except(
        "entry-missing",
        "[-+]symbol nobody_defines_it .* in UND",
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
    except(
        "type-set",
        of("p") + "|[-+]segment [12] .*",
        "TYPE is the type, whatever the contents are");
  }

  private void contents() {
    except(
        "eh-frame|eh-frame-hdr",
        "[-+](section|content) \\.eh_frame .*|[-+]symbol end .*|-symbol __GNU_EH_FRAME_HDR .*",
        "GNU ld pads the last record of each input, and leaves out its terminator; it has a symbol"
            + " for the table");
    except(
        "merge-strings",
        "[-+](section|content) \\.rodata .*|[-+]symbol (between|string_b) .*",
        "GNU ld merges the tails of strings without -O2");
    moves("merge-strings", "the same");
    except(
        "flags-merge",
        of("strings|merged|rest") + "|[-+]symbol string_b .*|[-+]order .*|[-+]segment \\d .*",
        "the same; and a number in INPUT_SECTION_FLAGS is one");
    moves("flags-merge", "the same");
    except("sort-several", "[-+](section|content) \\.s .*", "keys that contradict each other");
    except("generated/patterns-1", "[-+]symbol (hot_a|second_b|unlikely_a) .*", "the same");
    except("generated/patterns-8", "[-+]section \\.out0 .*|[-+]symbol r[ab] .*", "the same");
    except(
        "emit-relocs",
        "-(section|content) \\.note\\.GNU-stack .*|[-+]order .*",
        "the empty .note.GNU-stack says the stack's rights and is dropped");
    except(
        "phdrs-types",
        "[-+](section|load address) \\.(notes|orphan_ro) .*|[-+]order .*|[-+]segment 2 .*",
        "an orphan after notes is none itself");
    except(
        "flags-keep",
        "-(section|content|load address) \\.keep_also\\.2 .*|[-+]order .*|[-+]segment 0 .*",
        "KEEP keeps what its description matches, flags included");
    except(
        "gc-discard",
        "[-+]section \\.text .*|[-+]segment 0 .*|[-+]symbol fb .*|-symbol kept_target .*",
        "what is thrown away keeps nothing, though KEEP names it");
    except(
        "assign-forward-size",
        "[-+]order .*",
        "which of two sections that ask for each other's size is in the file first");
    except(
        "implicit|input-(memory|memory-section|phdrs)|insert-(after|before|chain|several)",
        "[-+]section .*|[-+](load )?address .*|[-+]content .*|[-+]symbol .*|[-+]order .*"
            + "|[-+]segment .*|[-+]type 2 entry .*",
        "the layout that is added to is jld's own: read-only data stand before the code");
    except(
        "phdrs-at|phdrs-expression-flags",
        "[-+]segment [01] type 1 .*",
        "GNU ld fills the segment up to its address");
    except("orphans-(error|warn)", "-says .*", "sections that the linker makes and then drops");
    except("warn-rwx", "-says RWX", "jld does not warn of that");
    except(
        "oformat-binary-discarded",
        "\\+fails|-(bytes|length) .*",
        "a reference to what the script discards is an error in every format");
    except(
        "target-command",
        "\\+symbol \\w+ .* local in .*",
        "GNU ld drops local symbols of what it takes for another format");
    except(
        "non-contiguous.*",
        "-section \\.(d[12]|t1|small|third|large|some) .* align [12]0 .*"
            + "|\\+section \\.(d[12]|t1|small|third|large|some) .* align (1|4|8|10) .*",
        "GNU ld aligns a section as strictly as what goes elsewhere in the end");
    except(
        "generated/layout-(7|21)",
        "[-+]content \\.bss .*",
        "GNU ld leaves a gap zero that FILL fills, where common symbols follow it as orphans");
  }

  /**
   * GNU ld leaves room in .dynamic, has other hash tables, a symbol _DYNAMIC, and no GOT in which
   * nothing is; what comes after them moves.
   */
  private void dynamic() {
    String names =
        "functions-data-segment-relro-shared|got-plt|inhibit-common-option|phdrs-shared|pie"
            + "|relative-shared|shared|shared-orphans|shared-version";
    String reason = "the loader's tables";
    except(
        names,
        of("dynamic|dyn|hash|gnu\\.hash|got|got\\.plt|table") + "|-symbol _DYNAMIC .*",
        reason);
    except(names, "[-+]order .*", "the GOT");
    moves(names, reason);
    except(
        "got-plt",
        "[-+]symbol got_(start|end) .*|[-+]type [23] entry .*|[-+]section \\.rela .*",
        "the same; and GNU ld's type of such an output is ET_EXEC");
    except(
        "shared-version",
        of("dynsym|dynstr|gnu\\.version(_d)?") + "|-symbol VERS_[12] .*",
        "GNU ld has symbols for versions");
    except(
        "inhibit-common-option",
        "[-+]symbol common_\\w+ value 0 size 0 type [01] .* in UND",
        "the type of what is undefined");
  }

  /** Where those of lld 14 are not, as far as it concerns nearly every output. */
  static AcceptedRules ofLld() {
    AcceptedRules r = new AcceptedRules();
    String every = "";
    r.accept(Linker.LLD, every, "[-+]segment \\d type 6474e551 .*", "the stack's alignment");
    return r;
  }
}
