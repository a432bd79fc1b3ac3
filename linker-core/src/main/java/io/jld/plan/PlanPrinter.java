package io.jld.plan;

import io.jld.plan.InputSections.FilePattern;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.InputSections.Sort;
import io.jld.plan.OutputSectionStatement.Constraint;
import java.util.List;
import java.util.Set;

/** Writes a {@link LayoutPlan} as a linker script. */
final class PlanPrinter {
  /** What begins another statement than an output section, unless it is quoted. */
  private static final Set<String> WORDS =
      Set.of(
          "ASSERT", "ENTRY", "GROUP", "HIDDEN", "INCLUDE", "OVERLAY", "PROVIDE", "PROVIDE_HIDDEN");

  /** What has a meaning of its own where a pattern may stand, unless it is quoted. */
  private static final Set<String> PATTERN_WORDS =
      Set.of(
          "ASCIZ",
          "ASSERT",
          "BYTE",
          "CONSTRUCTORS",
          "CREATE_OBJECT_SYMBOLS",
          "EXCLUDE_FILE",
          "FILL",
          "HIDDEN",
          "INCLUDE",
          "INPUT_SECTION_FLAGS",
          "KEEP",
          "LINKER_VERSION",
          "LONG",
          "PROVIDE",
          "PROVIDE_HIDDEN",
          "QUAD",
          "REVERSE",
          "SHORT",
          "SORT",
          "SORT_BY_ALIGNMENT",
          "SORT_BY_INIT_PRIORITY",
          "SORT_BY_NAME",
          "SORT_NONE",
          "SQUAD");

  private static final long[] FLAG_BITS = SectionConstants.bits();

  private final StringBuilder out = new StringBuilder();

  String print(LayoutPlan plan) {
    for (LayoutPlan.Flag flag : LayoutPlan.Flag.values()) {
      if (plan.has(flag)) {
        flag(flag);
      }
    }
    if (plan.has(LayoutPlan.Flag.MEMORY)) {
      line(0, "MEMORY {");
      plan.regions().forEach(this::region);
      line(0, "}");
    }
    for (RegionAlias a : plan.aliases()) {
      line(0, "REGION_ALIAS(" + quoted(a.alias()) + ", " + quoted(a.region()) + ")");
    }
    if (plan.has(LayoutPlan.Flag.PHDRS)) {
      line(0, "PHDRS {");
      plan.headers().forEach(this::header);
      line(0, "}");
    }
    statements(plan);
    return out.toString();
  }

  private void flag(LayoutPlan.Flag flag) {
    switch (flag) {
      case SECTIONS, MEMORY, PHDRS -> {}
      case SANE_EXPR -> line(0, "LD_FEATURE(\"SANE_EXPR\")");
      default -> line(0, flag.name());
    }
  }

  /** One {@code SECTIONS}, or one before each {@code INSERT}, which stands outside of it. */
  private void statements(LayoutPlan plan) {
    boolean sections = plan.has(LayoutPlan.Flag.SECTIONS);
    boolean open = false;
    for (Statement s : plan.statements()) {
      if (s instanceof Statement.Insert i) {
        if (open) {
          line(0, "}");
        }
        open = false;
        line(0, "INSERT " + (i.after() ? "AFTER " : "BEFORE ") + name(i.section()) + ";");
        continue;
      }
      if (sections && !open) {
        line(0, "SECTIONS {");
        open = true;
      }
      statement(open ? 1 : 0, s);
    }
    if (open) {
      line(0, "}");
    } else if (sections && plan.statements().isEmpty()) {
      line(0, "SECTIONS { }");
    }
  }

  private void region(MemoryRegion r) {
    String attributes = r.attributes();
    line(
        1,
        name(r.name())
            + (attributes.isEmpty() ? "" : " (" + attributes + ")")
            + " : ORIGIN = "
            + text(r.origin())
            + ", LENGTH = "
            + text(r.length()));
  }

  private void header(HeaderStatement h) {
    StringBuilder s = new StringBuilder(name(h.name()));
    s.append(' ').append(HeaderStatement.typeName(h.type()));
    if (h.fileHeader()) {
      s.append(" FILEHDR");
    }
    if (h.programHeaders()) {
      s.append(" PHDRS");
    }
    call(s, " AT", h.loadAddress());
    call(s, " FLAGS", h.flags());
    line(1, s.append(';').toString());
  }

  private void statement(int depth, Statement statement) {
    switch (statement) {
      case Statement.Assign a -> line(depth, assign(a) + ";");
      case Statement.Assert a ->
          line(depth, "ASSERT(" + text(a.expression()) + ", \"" + a.message() + "\");");
      case Statement.Entry e -> line(depth, "ENTRY(" + ExpressionPrinter.symbol(e.symbol()) + ")");
      case Statement.Insert i -> throw new IllegalStateException("INSERT inside of SECTIONS");
      case OutputSectionStatement o -> section(depth, o, true);
      case OverlayStatement o -> overlay(depth, o);
      case InputSections i -> line(depth, input(i));
      case Statement.Data d -> line(depth, d.width() + "(" + text(d.value()) + ")");
      case Statement.Asciz a -> line(depth, "ASCIZ " + quoted(a.text()));
      case Statement.SetFill f -> line(depth, "FILL(" + f.fill() + ")");
      case Statement.Marker m ->
          line(
              depth,
              m.kind() == Statement.Marker.Kind.SORTED_CONSTRUCTORS
                  ? "SORT_BY_NAME(CONSTRUCTORS)"
                  : m.kind().name());
    }
  }

  private static String assign(Statement.Assign a) {
    String text = ExpressionPrinter.symbol(a.symbol()) + " = " + text(a.expression());
    if (a.provide()) {
      return (a.hidden() ? "PROVIDE_HIDDEN(" : "PROVIDE(") + text + ")";
    }
    return a.hidden() ? "HIDDEN(" + text + ")" : text;
  }

  private void section(int depth, OutputSectionStatement o, boolean withHead) {
    StringBuilder s = new StringBuilder(sectionName(o.name()));
    if (withHead) {
      if (o.address() != null) {
        s.append(' ').append(ExpressionPrinter.operand(o.address().root()));
      }
      s.append(type(o)).append(" :");
      call(s, " AT", o.loadAddress());
      call(s, " ALIGN", o.align());
      s.append(o.alignWithInput() ? " ALIGN_WITH_INPUT" : "");
      call(s, " SUBALIGN", o.subalign());
      s.append(o.constraint() == Constraint.NONE ? "" : " " + o.constraint());
    }
    line(depth, s.append(" {").toString());
    for (Statement b : o.body()) {
      statement(depth + 1, b);
    }
    line(depth, "}" + tail(o.region(), o.loadRegion(), o.headers(), o.fill()));
  }

  private static String type(OutputSectionStatement o) {
    return switch (o.type()) {
      case NORMAL -> "";
      case TYPE -> " (TYPE = " + text(o.typeValue()) + ")";
      case READONLY_TYPE -> " (READONLY (TYPE = " + text(o.typeValue()) + "))";
      default -> " (" + o.type() + ")";
    };
  }

  private static String tail(String region, String loadRegion, List<String> headers, Fill fill) {
    StringBuilder s = new StringBuilder();
    if (region != null) {
      s.append(" >").append(name(region));
    }
    if (loadRegion != null) {
      s.append(" AT>").append(name(loadRegion));
    }
    for (String header : headers) {
      s.append(" :").append(name(header));
    }
    return fill == null ? s.toString() : s.append(" =").append(fill).append(',').toString();
  }

  private void overlay(int depth, OverlayStatement o) {
    StringBuilder s = new StringBuilder("OVERLAY");
    if (o.start() != null) {
      s.append(' ').append(ExpressionPrinter.operand(o.start().root()));
    }
    s.append(o.noCrossRefs() ? " : NOCROSSREFS" : " :");
    call(s, " AT", o.loadAddress());
    call(s, " SUBALIGN", o.subalign());
    line(depth, s.append(" {").toString());
    o.sections().forEach(section -> section(depth + 1, section, false));
    line(depth, "}" + tail(o.region(), o.loadRegion(), o.headers(), o.fill()));
  }

  private static String input(InputSections i) {
    return i.keep() ? "KEEP(" + pattern(i) + ")" : pattern(i);
  }

  static String pattern(InputSections i) {
    StringBuilder s = new StringBuilder();
    s.append(flags(i.flags()));
    FilePattern f = i.files();
    sorted(s, f.sorts(), excluded(f.excludes()) + pattern(f.name()));
    if (!i.sections().isEmpty()) {
      s.append('(');
      for (SectionPattern p : i.sections()) {
        s.append(s.charAt(s.length() - 1) == '(' ? "" : " ");
        sorted(s, p.sorts(), excluded(p.excludes()) + pattern(p.name()));
      }
      s.append(')');
    }
    return s.toString();
  }

  private static String flags(InputSections.Flags flags) {
    if (flags.isAny()) {
      return "";
    }
    StringBuilder s = new StringBuilder("INPUT_SECTION_FLAGS(");
    flags(s, flags.with(), "");
    flags(s, flags.without(), "!");
    return s.append(") ").toString();
  }

  private static void flags(StringBuilder s, long flags, String not) {
    long rest = flags;
    for (long bit : FLAG_BITS) {
      if ((rest & bit) != 0) {
        flag(s, not + SectionConstants.name(bit));
        rest &= ~bit;
      }
    }
    if (rest != 0) {
      flag(s, not + "0x" + Long.toHexString(rest));
    }
  }

  private static void flag(StringBuilder s, String flag) {
    s.append(s.charAt(s.length() - 1) == '(' ? "" : " & ").append(flag);
  }

  private static String excluded(List<String> files) {
    if (files.isEmpty()) {
      return "";
    }
    StringBuilder s = new StringBuilder("EXCLUDE_FILE(");
    for (String file : files) {
      s.append(s.charAt(s.length() - 1) == '(' ? "" : " ").append(pattern(file));
    }
    return s.append(") ").toString();
  }

  private static void sorted(StringBuilder s, List<Sort> sorts, String pattern) {
    for (Sort sort : sorts) {
      s.append(sort.text()).append('(');
    }
    s.append(pattern);
    s.append(")".repeat(sorts.size()));
  }

  /** A glob, in quotes if it has something in it that would end it. */
  private static String pattern(String glob) {
    boolean plain =
        !glob.isEmpty()
            && !glob.startsWith("/*")
            && !glob.startsWith("[")
            && !PATTERN_WORDS.contains(glob);
    for (int i = 0; i < glob.length() && plain; i++) {
      char c = glob.charAt(i);
      plain = c > ' ' && c != 0x7f && "(),;\"{}=#&|".indexOf(c) < 0;
    }
    return plain ? glob : quoted(glob);
  }

  private static String sectionName(String name) {
    return name.equals(OutputSectionStatement.DISCARD)
        ? name
        : WORDS.contains(name) ? quoted(name) : name(name);
  }

  private static String name(String name) {
    return ExpressionPrinter.name(name);
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  private static void call(StringBuilder s, String function, Expression argument) {
    if (argument != null) {
      s.append(function).append('(').append(text(argument)).append(')');
    }
  }

  private static String text(Expression e) {
    return ExpressionPrinter.print(e.root());
  }

  private void line(int depth, String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }
}
