package io.jld.differential;

import io.jld.e2e.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What may be collected, with each reason to keep it. A cell is a thing with a symbol X, some
 * sections that belong to it with symbols X_..., and a root; all cells are in one link, with a
 * number of their own each: X is c and the number.
 */
final class CollectionTable {
  /**
   * @param number of the cell
   * @param name what it is about: the thing, and why it should stay
   */
  record Cell(int number, String name) {}

  /** The things; X stands for the cell's symbol, W for a word's directive. */
  private static final Map<String, String> THINGS = new LinkedHashMap<>();

  static {
    THINGS.put("code", ".section .text.X,\"axFLAGS\",@progbits\nX: ret\n");
    THINGS.put("data", ".section .data.X,\"awFLAGS\",@progbits\nX: W 1\n");
    THINGS.put("bss", ".section .bss.X,\"awFLAGS\",@nobits\nX: .zero 8\n");
    THINGS.put("tdata", ".section .tdata.X,\"awTFLAGS\",@progbits\n.type X,@object\nX: W 1\n");
    THINGS.put("tbss", ".section .tbss.X,\"awTFLAGS\",@nobits\n.type X,@object\nX: .zero 8\n");
    THINGS.put("common", ".comm X,8,8\n");
    THINGS.put("string", ".section .rodata.X.str,\"aMS\",@progbits,1\nX: .string \"text:X:\"\n");
    THINGS.put("constant", ".section .rodata.X.cst,\"aM\",@progbits,8\nX: .ascii \"k:X:\"\n");
    THINGS.put("own", ".section own.X,\"awFLAGS\",@progbits\nX: W 1\n");
    THINGS.put("note", ".section .note.X,\"aFLAGS\",@note\nX: .long 4,0,1\n.ascii \"own\\0\"\n");
    THINGS.put(
        "ifunc",
        ".section .text.X,\"axFLAGS\",@progbits\n.type X,@gnu_indirect_function\nX: ret\n");
    THINGS.put(
        "group",
        """
        .section .text.X,"axG",@progbits,X,comdat
        X: ret
        .section .data.X,"awG",@progbits,X,comdat
        X_data: W X_far
        .section .debug_X,"G",@progbits,X,comdat
        X_debug: W X
        .section .data.X.far,"aw",@progbits
        X_far: W 1
        """);
    THINGS.put(
        "group of no COMDAT",
        """
        .section .text.X,"axG",@progbits,X_name
        X: ret
        .section .data.X,"awG",@progbits,X_name
        X_data: W 1
        .section .note.X,"aG",@note,X_name
        X_note: .long 4,0,1
        .ascii "own\\0"
        """);
    THINGS.put(
        "note's group",
        """
        .section .text.X,"axG",@progbits,X_name,comdat
        X_code: ret
        .section .note.X,"aG",@note,X_name,comdat
        X: .long 4,0,1
        .ascii "own\\0"
        """);
    THINGS.put(
        "ordered",
        """
        .section .text.X,"ax",@progbits
        X: ret
        .section meta.X,"awo",@progbits,.text.X
        X_meta: W X_far
        .section .data.X.far,"aw",@progbits
        X_far: W 1
        """);
    THINGS.put(
        "ordered unloaded",
        """
        .section .text.X,"ax",@progbits
        X: ret
        .section meta.X,"o",@progbits,.text.X
        X_meta: W X
        """);
    THINGS.put(
        "ordered by the ordered",
        """
        .section .data.X,"aw",@progbits
        X: W 1
        .section meta.X,"awo",@progbits,.data.X
        X_meta: W 1
        .section more.X,"awo",@progbits,meta.X
        X_more: W 1
        """);
    THINGS.put(
        "ordered in a group",
        """
        .section .text.X,"axG",@progbits,X,comdat
        X: ret
        .section meta.X,"awoG",@progbits,.text.X,X,comdat
        X_meta: W 1
        """);
    THINGS.put(
        "frame",
        """
        .section .text.X,"ax",@progbits
        X: .cfi_startproc
        .cfi_personality 0x1b,X_personality
        .cfi_lsda 0x1b,X_lsda
        ret
        .cfi_endproc
        .section .gcc_except_table.X,"a",@progbits
        X_lsda: .long X_type-.
        .section .data.X.type,"aw",@progbits
        X_type: W 1
        .section .text.X.personality,"ax",@progbits
        X_personality: ret
        """);
    THINGS.put(
        "frame in a group",
        """
        .section .text.X,"axG",@progbits,X,comdat
        X: .cfi_startproc
        .cfi_lsda 0x1b,X_lsda
        ret
        .cfi_endproc
        .section .gcc_except_table.X,"aG",@progbits,X,comdat
        X_lsda: .long X_landing-.
        .section .text.X.landing,"ax",@progbits
        X_landing: .cfi_startproc
        ret
        .cfi_endproc
        """);
    THINGS.put(
        "frame of two",
        """
        .section .text.X,"ax",@progbits
        X: .cfi_startproc
        ret
        .cfi_endproc
        .globl X_second
        X_second: .cfi_startproc
        .cfi_lsda 0x1b,X_lsda
        ret
        .cfi_endproc
        .section .gcc_except_table.X,"a",@progbits
        X_lsda: .long 1
        """);
    THINGS.put(
        "chain",
        """
        .section .text.X,"ax",@progbits
        X: ret
        .section .data.X.next,"aw",@progbits
        X_next: W X_last
        .section .data.X.last,"aw",@progbits
        X_last: W X_next
        .section .data.rel.ro.X,"aw",@progbits
        X_from: W X
        W X_next
        """);
    THINGS.put("set", ".section set_X,\"awFLAGS\",@progbits\nX: W 1\n");
    THINGS.put(
        "set in a group",
        """
        .section .text.X,"axG",@progbits,X_name,comdat
        X_code: ret
        .section set_X,"awG",@progbits,X_name,comdat
        X: W 1
        """);
    THINGS.put(
        "set that is ordered",
        """
        .section .text.X,"ax",@progbits
        X_code: ret
        .section set_X,"awo",@progbits,.text.X
        X: W X_code
        """);
  }

  /** What stays or goes whoever refers to it. */
  private static final Map<String, String> ALONE = new LinkedHashMap<>();

  static {
    for (String s :
        List.of(
            ".init_array",
            ".init_array.00100",
            ".fini_array",
            ".ctors",
            ".ctors.00100",
            ".dtors",
            ".jcr")) {
      String type = s.contains("_array") ? "@" + s.substring(1).replace(".00100", "") : "@progbits";
      ALONE.put(
          s,
          ".section NAME,\"aw\",TYPE\nX_entry: W X\n.section .text.X,\"ax\",@progbits\nX: ret\n"
              .replace("NAME", s)
              .replace("TYPE", type));
    }
    ALONE.put(".init", ".section .init,\"ax\",@progbits\nX: nop\n");
    ALONE.put(".fini", ".section .fini,\"ax\",@progbits\nX: nop\n");
    ALONE.put(
        ".init_array of a group",
        """
        .section .init_array,"awG",@init_array,X_name,comdat
        X_entry: W X
        .section .data.X,"awG",@progbits,X_name,comdat
        X_data: W 1
        .section .text.X,"ax",@progbits
        X: ret
        """);
    ALONE.put(
        ".init_array that is ordered",
        """
        .section .text.X,"ax",@progbits
        X: ret
        .section .init_array,"awo",@init_array,.text.X
        X_entry: W X
        """);
    ALONE.put("not loaded", ".section .own.X,\"\",@progbits\nX: W 1\n");
    ALONE.put("note unloaded", ".section .note.X,\"\",@note\nX: .long 4,0,1\n.ascii \"own\\0\"\n");
    ALONE.put("excluded", ".section .own.X,\"e\",@progbits\nX: W 1\n");
    ALONE.put("kept unloaded", ".section .own.X,\"R\",@progbits\nX: W 1\n");
    ALONE.put(
        "kept in a group",
        """
        .section .text.X,"axG",@progbits,X_name,comdat
        X_code: ret
        .section .data.X,"awGR",@progbits,X_name,comdat
        X: W 1
        """);
    ALONE.put(
        "kept with a reference",
        """
        .section .data.X,"awR",@progbits
        X: W X_code
        .section .text.X,"ax",@progbits
        X_code: ret
        """);
    ALONE.put(
        "ordered by the kept",
        """
        .section .data.X,"awR",@progbits
        X: W 1
        .section meta.X,"awo",@progbits,.data.X
        X_meta: W 1
        """);
    ALONE.put(
        "string reached by addend",
        """
        .section .rodata.X.str,"aMS",@progbits,1
        .string "first:X:"
        .string "second:X:"
        .section .data.keep,"aw",@progbits
        W .rodata.X.str+13
        """);
    ALONE.put(
        "string of the dead",
        """
        .section .rodata.X.str,"aMS",@progbits,1
        X: .string "text:X:"
        .section .data.X,"aw",@progbits
        W X
        """);
  }

  /** Roots for {@link #THINGS}. */
  private static final List<String> ROOTS =
      List.of(
          "nothing",
          "live",
          "live by section",
          "live by weak",
          "dead",
          "debug",
          "hidden",
          "protected",
          "-u",
          "--require-defined",
          "--defsym",
          "--export-dynamic-symbol",
          "--dynamic-list",
          "library",
          "constructor",
          "retain");

  /** Further ones for sections whose names are C identifiers. */
  private static final List<String> SET_ROOTS =
      List.of(
          "__start",
          "__start by strong",
          "__stop",
          "__start by hidden",
          "__start by dead",
          "__start by debug",
          "__start by itself");

  private final Target target;
  final List<Cell> cells = new ArrayList<>();

  /** The cells' things, and what refers to them, in files of their own. */
  final StringBuilder things = new StringBuilder();

  final StringBuilder references = new StringBuilder();

  /** What can't be linked where references to {@code __start_X} keep nothing. */
  final StringBuilder strong = new StringBuilder();

  /** What the library refers to. */
  final StringBuilder library = new StringBuilder();

  final StringBuilder dynamicList = new StringBuilder("{ none;");
  final List<String> options = new ArrayList<>();

  CollectionTable(Target target) {
    this.target = target;
    strong.append(".section .data.strong,\"awR\",@progbits\n");
    references.append(".globl _start\n.text\n_start: ret\n");
    references.append(".section .data.root,\"awR\",@progbits\n");
    word(references, "keep_things");
    word(references, "keep");
    references.append(".section .data.keep,\"aw\",@progbits\nkeep: ").append(w()).append(" 1\n");
    things.append(".globl keep_things\n.section .data.keep,\"aw\",@progbits\nkeep_things:\n");
    THINGS.forEach(
        (thing, asm) -> {
          for (String root : ROOTS) {
            thing(thing, asm, root);
          }
          if (thing.startsWith("set")) {
            for (String root : SET_ROOTS) {
              if (!thing.equals("set that is ordered") || !root.endsWith("strong")) {
                thing(thing, asm, root);
              }
            }
          }
        });
    ALONE.forEach(
        (thing, asm) -> {
          String x = cell(thing);
          things.append(asm.replace("X", x).replace("W ", w() + " "));
        });
    String note = ".section .note.GNU-stack,\"\",@progbits\n";
    things.append(note);
    references.append(note);
    strong.append(note);
    library.append(note);
    dynamicList.append(" };\n");
  }

  private String w() {
    return target == Target.AMD64 ? ".quad" : ".long";
  }

  private void word(StringBuilder s, String symbol) {
    s.append(w()).append(' ').append(symbol).append('\n');
  }

  private String cell(String name) {
    Cell c = new Cell(1000 + cells.size(), name);
    cells.add(c);
    return "c" + c.number;
  }

  private void thing(String thing, String asm, String root) {
    boolean kept = root.equals("retain");
    boolean tls = thing.startsWith("t");
    if ((kept && !asm.contains("FLAGS"))
        || (root.contains("section") && (tls || !asm.startsWith(".section")))
        || (tls && root.matches("live.*|dead|debug|library|constructor|--defsym"))) {
      return;
    }
    if (thing.equals("ifunc") && root.equals("--defsym") && target == Target.X86) {
      return; // has no address in a position-independent output: refused there
    }
    String x = cell(thing + ": " + root);
    things.append(".globl ").append(x).append('\n');
    if (root.equals("hidden") || root.equals("protected")) {
      things.append('.').append(root).append(' ').append(x).append('\n');
    }
    if (asm.startsWith(".section .text") && !asm.contains("@gnu_ind")) {
      things.append(".type ").append(x).append(",@function\n");
    }
    things.append(asm.replace("FLAGS", kept ? "R" : "").replace("X", x).replace("W ", w() + " "));
    String start = root.startsWith("__stop") ? "__stop_set_" + x : "__start_set_" + x;
    String symbol = root.startsWith("__") ? start : x;
    if (root.startsWith("__") && !root.endsWith("strong")) {
      (root.endsWith("itself") ? things : references).append(".weak ").append(symbol).append('\n');
    }
    switch (root.replaceFirst("^__st(art|op)", "live")) {
      case "live" -> refer(".data.keep,\"aw\"", symbol);
      case "live by section" -> {
        things.append(".section .data.keep,\"aw\",@progbits\n");
        word(things, asm.substring(9, asm.indexOf(',')).replace("X", x));
      }
      case "live by weak" -> {
        references.append(".weak ").append(symbol).append('\n');
        refer(".data.keep,\"aw\"", symbol);
      }
      case "live by strong" -> word(strong, symbol);
      case "live by hidden" -> {
        references.append(".hidden ").append(symbol).append('\n');
        refer(".data.keep,\"aw\"", symbol);
      }
      case "live by itself" -> word(things, symbol);
      case "dead", "live by dead" -> refer(".data.dead." + x + ",\"aw\"", symbol);
      case "debug", "live by debug" -> refer(".debug_of_" + x + ",\"\"", symbol);
      case "constructor" -> refer(".init_array,\"aw\"", symbol);
      case "library" -> word(library.append(".data\n"), symbol);
      case "-u" -> options.add("-u" + symbol);
      case "--require-defined" -> options.add("--require-defined=" + symbol);
      case "--defsym" -> options.add("--defsym=" + symbol + "_alias=" + symbol);
      case "--export-dynamic-symbol" -> options.add("--export-dynamic-symbol=" + symbol);
      case "--dynamic-list" -> dynamicList.append(' ').append(symbol).append(';');
      default -> {}
    }
  }

  private void refer(String section, String symbol) {
    references.append(".section ").append(section).append('\n');
    word(references, symbol);
  }
}
