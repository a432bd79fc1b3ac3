package io.jld.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Scripts that nobody would write by hand: random combinations of what the hand-written ones have
 * one by one. The same in each run.
 */
final class ScriptGenerator {
  private static final int EXPRESSIONS = 20;
  private static final int LAYOUTS = 40;
  private static final int PATTERNS = 20;

  private static final String[] BINARY = {
    "+", "-", "*", "&", "|", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&&", "||",
  };
  private static final String[] INPUTS = {
    ".text",
    ".text.*",
    ".text*",
    ".data",
    ".data.*",
    ".data*",
    ".bss",
    "COMMON",
    ".rodata",
    ".rodata*",
    ".sort.*",
    ".sort.[a-c]",
    ".init_array*",
    ".ctors*",
    ".tdata",
    ".tbss",
  };
  private static final String[] FILES = {"*", "*a.o", "*b.o", "*sort.o", "*sort?.o", "*[ab].o"};
  private static final String[] SORTS = {
    "%s",
    "%s",
    "%s",
    "SORT(%s)",
    "SORT_BY_ALIGNMENT(%s)",
    "SORT_BY_NAME(SORT_BY_ALIGNMENT(%s))",
    "SORT_BY_ALIGNMENT(SORT_BY_NAME(%s))",
    "SORT_BY_INIT_PRIORITY(%s)",
    "SORT_NONE(%s)",
    "EXCLUDE_FILE(*b.o) %s",
    "EXCLUDE_FILE(*a.o *sort.o) %s",
    "SORT(EXCLUDE_FILE(*sort2.o) %s)",
  };

  private final Random random;

  private ScriptGenerator(long seed) {
    random = new Random(seed);
  }

  /** The scripts by their names. */
  static Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>();
    for (int i = 0; i < EXPRESSIONS; i++) {
      all.put("generated/expressions-" + i, new ScriptGenerator(i).expressions(i));
    }
    for (int i = 0; i < LAYOUTS; i++) {
      all.put("generated/layout-" + i, new ScriptGenerator(1000 + i).layout());
    }
    for (int i = 0; i < PATTERNS; i++) {
      all.put("generated/patterns-" + i, new ScriptGenerator(2000 + i).patterns());
    }
    all.put("generated/deep-parentheses", deep(100_000, "/* fails: yes */\n"));
    all.put("generated/many-parentheses", deep(1_000, ""));
    all.put("generated/many-sections", many(500));
    return all;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private String oneOf(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  // Expressions

  /**
   * @param number below a half numbers alone, else addresses too
   */
  private String expressions(int number) {
    boolean addresses = number >= EXPRESSIONS / 2;
    List<String> names = new ArrayList<>();
    StringBuilder b = new StringBuilder("SECTIONS\n{\n  . = 0x10000;\n");
    assignments(b, names, "before", 12, false);
    b.append("  .text : {\n");
    assignments(b, names, "inside", addresses ? 12 : 4, addresses);
    b.append("    *(.text*)\n");
    assignments(b, names, "behind", addresses ? 12 : 4, addresses);
    b.append("  }\n  .data : { *(.data*) }\n");
    assignments(b, names, "between", 6, addresses);
    return b.append("  .rest : { *(.rodata* .data* .bss* COMMON) }\n}\n").toString();
  }

  private void assignments(
      StringBuilder b, List<String> names, String where, int count, boolean addresses) {
    for (int i = 0; i < count; i++) {
      String name = where + i;
      b.append("  ").append(name).append(" = ");
      b.append(expression(3, names, addresses)).append(";\n");
      names.add(name);
    }
  }

  private String expression(int depth, List<String> names, boolean addresses) {
    if (depth == 0 || chance(15)) {
      return leaf(names, addresses);
    }
    String a = expression(depth - 1, names, addresses);
    String b = expression(depth - 1, names, addresses);
    return switch (random.nextInt(10)) {
      case 0 -> oneOf("-", "~", "!") + "(" + a + ")";
      case 1 -> "(" + a + ") ? " + b + " : " + leaf(names, addresses);
      case 2 -> "(" + a + ") / (1 + ((" + b + ") & 7))";
      case 3 -> "(" + a + ") % (1 + ((" + b + ") & 15))";
      case 4 -> oneOf("MAX", "MIN") + "(" + a + ", " + b + ")";
      case 5 -> "ALIGN(" + a + ", " + oneOf("1", "4", "16", "0x100") + ")";
      case 6 -> "ABSOLUTE(" + a + ")";
      case 7 -> operation("(" + a + ")", leaf(names, addresses));
      default -> operation(a, b);
    };
  }

  /** Shifts are by less than a number has bits. */
  private String operation(String a, String b) {
    String operator = oneOf(BINARY);
    boolean isShift = operator.equals("<<") || operator.equals(">>");
    return a + " " + operator + " " + (isShift ? "((" + b + ") & 15)" : b);
  }

  private String leaf(List<String> names, boolean addresses) {
    if (addresses && chance(40)) {
      return oneOf(".", "fa", "da", "ADDR(.text)", "ADDR(.data)", "LOADADDR(.data)");
    }
    if (!names.isEmpty() && chance(30)) {
      return names.get(random.nextInt(names.size()));
    }
    return oneOf("0", "1", "2", "3", "7", "0x10", "0xff", "0x1234", "4K", "1M", "SIZEOF(.text)");
  }

  // Layouts

  private String layout() {
    boolean regions = chance(40);
    boolean phdrs = chance(40);
    StringBuilder b = new StringBuilder("/* inputs: a.o b.o sort.o orphan.o */\n");
    if (regions) {
      b.append("MEMORY { r1 : ORIGIN = 0x100000, LENGTH = 1M r2 : ORIGIN = 0x400000, LENGTH = 1M");
      b.append(" flash : ORIGIN = 0x800000, LENGTH = 1M }\n");
    }
    if (phdrs) {
      b.append("PHDRS { one PT_LOAD; two PT_LOAD FLAGS(6); three PT_LOAD; }\n");
    }
    b.append("SECTIONS\n{\n  . = 0x20000;\n");
    String[] contents = {
      "*(.text .text.*)", "*(.rodata*)", "*(.sort.*)", "*(.data*)", "*(.init_array*)", "*(.bss*)",
    };
    String[] names = {".text", ".rodata", ".sort", ".data", ".init_array", ".bss"};
    String[] segments = {"one", "one", "one", "two", "two", "three"};
    for (int i = 0; i < contents.length; i++) {
      between(b, i, phdrs && (i == 3 || i == 5));
      b.append("  ").append(names[i]).append(' ');
      if (!regions && chance(20)) {
        b.append(oneOf("ALIGN(0x100) ", "(. + 0x40) ", "ALIGN(64) "));
      }
      if (chance(8)) {
        b.append("(NOLOAD) ");
      }
      b.append(": ");
      if (chance(20)) {
        b.append(
            regions ? "" : i == 0 ? "AT(0x8000) " : "AT(LOADADDR(.text) + 0x1000 * " + i + ") ");
      }
      if (chance(25)) {
        b.append("ALIGN(").append(oneOf("8", "32", "0x80")).append(") ");
      }
      if (chance(15)) {
        b.append("SUBALIGN(").append(oneOf("2", "16")).append(") ");
      }
      b.append("{ ");
      statement(b, "s" + i);
      b.append(contents[i]).append(' ');
      statement(b, "e" + i);
      b.append('}');
      if (regions) {
        b.append(oneOf(" >r1", " >r1", " >r2", " >r1 AT>flash", " >r2 AT>flash"));
      }
      if (phdrs) {
        b.append(" :").append(segments[i]);
      }
      if (chance(25)) {
        b.append(" =").append(oneOf("0x90", "0xdeadbeef", "(0x42)", "0x010203"));
      }
      b.append('\n');
    }
    return b.append("  end = .;\n}\n").toString();
  }

  private void between(StringBuilder b, int i, boolean page) {
    if (page) {
      b.append("  . = ALIGN(0x1000);\n");
    } else if (chance(30)) {
      b.append(oneOf("  . = ALIGN(0x40);\n", "  . += 0x20;\n", "  . = ALIGN(0x1000);\n"));
    }
    if (chance(30)) {
      b.append("  between").append(i).append(" = .;\n");
    }
  }

  private void statement(StringBuilder b, String name) {
    switch (random.nextInt(8)) {
      case 0 -> b.append(name).append(" = .; ");
      case 1 -> b.append("BYTE(0x5a) ");
      case 2 -> b.append(". = ALIGN(16); ").append(name).append(" = .; ");
      case 3 -> b.append("LONG(0x01020304) ");
      case 4 -> b.append("FILL(0x77) . += 6; ");
      case 5 -> b.append("PROVIDE(").append(name).append(" = .); ");
      default -> {}
    }
  }

  // Patterns

  private String patterns() {
    StringBuilder b = new StringBuilder("/* inputs: a.o b.o sort.o sort2.o */\n");
    b.append("SECTIONS\n{\n  . = 0x20000;\n");
    int sections = 3 + random.nextInt(5);
    for (int i = 0; i < sections; i++) {
      b.append("  .out").append(i).append(" : {");
      int statements = 1 + random.nextInt(3);
      for (int j = 0; j < statements; j++) {
        b.append(' ').append(pattern());
      }
      b.append(" }\n");
    }
    return b.append("  .text : { *(.text*) }\n  .rest : { *(*) }\n}\n").toString();
  }

  private String pattern() {
    StringBuilder b = new StringBuilder();
    boolean sortedFile = chance(15);
    String file = oneOf(FILES);
    b.append(sortedFile ? "SORT(" + file + ")" : file).append('(');
    int patterns = 1 + random.nextInt(3);
    for (int i = 0; i < patterns; i++) {
      b.append(i == 0 ? "" : " ");
      String input = oneOf(INPUTS);
      b.append(
          input.equals("COMMON") && !sortedFile ? input : String.format(sort(sortedFile), input));
    }
    b.append(')');
    return chance(15) ? "KEEP(" + b + ")" : b.toString();
  }

  /** GNU ld aborts where files are sorted and their sections are not. */
  private String sort(boolean needed) {
    String sort = oneOf(SORTS);
    while (needed && (!sort.startsWith("SORT") || sort.startsWith("SORT_NONE"))) {
      sort = oneOf(SORTS);
    }
    return sort;
  }

  // Sizes

  private static String deep(int parentheses, String head) {
    return head
        + "SECTIONS { .text : { *(.text*) } .rest : { *(.rodata* .data* .bss* COMMON) } }\na = "
        + "(".repeat(parentheses)
        + "1"
        + ")".repeat(parentheses)
        + ";\n";
  }

  private static String many(int sections) {
    StringBuilder b = new StringBuilder("SECTIONS\n{\n  . = 0x10000;\n");
    for (int i = 0; i < sections; i++) {
      b.append("  .s").append(i).append(" : { start").append(i).append(" = .; BYTE(").append(i);
      b.append(") }\n");
    }
    return b.append("  .text : { *(.text*) }\n  .rest : { *(*) }\n}\n").toString();
  }
}
