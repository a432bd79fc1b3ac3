package io.jld.builtin;

import static io.jld.builtin.Parts.*;

import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.FilePattern;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.InputSections.Sort;
import io.jld.plan.LayoutPlan;
import io.jld.plan.Node;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OutputSectionStatement.Constraint;
import io.jld.plan.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The layout of programs and shared libraries where no script gives one. The order is that of the
 * segments: what the loader reads and read-only data, code, what is read only once it is relocated,
 * data, zeros, then what is not loaded. Names, patterns and symbols are those of GNU ld's built-in
 * scripts, which compilers and C libraries count on; unlike there, read-only data stand before the
 * code, in one segment with the headers.
 */
public final class DefaultPlan {
  /** Sections of unwind tables, which are data where an object has them writable. */
  private static final String[] UNWIND = {".eh_frame", ".gcc_except_table"};

  private final Machine machine;
  private final OutputKind kind;
  private final LinkOption.Magic magic;
  private final boolean binary;

  /** Whether code shares no page of the file with anything else. */
  private final boolean separateCode;

  /** Whether read-only data and code have segments of their own. */
  private final boolean rosegment;

  private final boolean relro;
  private final boolean textReorder;
  private final boolean keepTextPrefix;

  /** Whether the loader's table of contents is among what is never written. */
  private final boolean readOnlyDynamic;

  private final LayoutPlan.Builder plan = new LayoutPlan.Builder();

  private DefaultPlan(Machine machine, Function<LinkOption<?>, Object> options, boolean binary) {
    this.machine = machine;
    this.binary = binary;
    this.kind = (OutputKind) options.apply(LinkOption.OUTPUT_KIND);
    this.magic = (LinkOption.Magic) options.apply(LinkOption.MAGIC);
    boolean paged = magic == LinkOption.Magic.DEMAND_PAGED;
    this.separateCode = paged && (Boolean) options.apply(LinkOption.SEPARATE_CODE);
    this.rosegment = (Boolean) options.apply(LinkOption.ROSEGMENT);
    this.textReorder = (Boolean) options.apply(LinkOption.TEXT_REORDER);
    this.keepTextPrefix = (Boolean) options.apply(LinkOption.KEEP_TEXT_PREFIX);
    this.readOnlyDynamic = (Boolean) options.apply(LinkOption.READ_ONLY_DYNAMIC);
    this.relro = paged && !binary && (Boolean) options.apply(LinkOption.RELRO);
  }

  /**
   * The plan for a link's options.
   *
   * @param options gives the value of each
   * @param binary whether the output is the bytes of memory alone: {@code --oformat binary}
   */
  public static LayoutPlan of(
      Machine machine, Function<LinkOption<?>, Object> options, boolean binary) {
    DefaultPlan p = new DefaultPlan(machine, options, binary);
    p.plan.add(LayoutPlan.Flag.SECTIONS);
    p.start();
    p.loader();
    boolean codeFirst = binary || p.magic != LinkOption.Magic.DEMAND_PAGED;
    if (codeFirst) {
      p.code();
      p.readOnly();
    } else {
      p.readOnly();
      p.code();
    }
    p.relocatedOnce();
    p.data();
    p.zeros();
    p.notLoaded();
    return p.plan.build();
  }

  private void add(Statement s) {
    plan.add(s);
  }

  private void section(String name, Statement... body) {
    section(name, Constraint.NONE, body);
  }

  private void section(String name, Constraint constraint, Statement... body) {
    OutputSectionStatement.Builder s = new OutputSectionStatement.Builder(PLACE, name);
    plan.add(s.constraint(constraint).addAll(List.of(body)).build());
  }

  /** Sections of the same name. */
  private void section(String name) {
    section(name, inputs(name));
  }

  private void start() {
    Node base = number(kind == OutputKind.EXECUTABLE ? imageBase() : 0);
    Node start = segmentStart("text-segment", base);
    add(provide("__executable_start", start));
    add(counter(binary ? start : binary(Node.Operator.ADD, start, HEADERS)));
  }

  private long imageBase() {
    return machine.imageBase() & -machine.maxPageSize();
  }

  /** What the loader reads stands at the start, next to the file's headers. */
  private void loader() {
    section(".interp");
    section(".note.gnu.property"); // loaders want it to be the first note
    section(".note.ABI-tag");
    section(".note.go.buildid");
    section(".note.gnu.build-id");
    section(".note.package");
    section(".hash");
    section(".gnu.hash");
    if (readOnlyDynamic) {
      section(".dynamic");
    }
    section(".dynsym");
    section(".dynstr");
    section(".gnu.version");
    section(".gnu.version_d");
    section(".gnu.version_r");
    String rel = machine.relPrefix();
    section(rel + ".dyn", inputs(rel + ".dyn", rel + ".got", rel + ".ifunc", rel + ".dyn.*"));
    section(".relr.dyn");
    if (kind == OutputKind.EXECUTABLE) {
      String iplt = "__" + rel.substring(1) + "_iplt_"; // what a static program applies itself
      section(
          rel + ".plt",
          inputs(rel + ".plt"),
          provideHidden(iplt + "start"),
          inputs(rel + ".iplt"),
          provideHidden(iplt + "end"));
    } else {
      section(rel + ".plt", inputs(rel + ".plt"), inputs(rel + ".iplt"));
    }
  }

  private void readOnly() {
    if (separateCode && binary) {
      add(counter(align(PAGE)));
    }
    add(counter(segmentStart("rodata-segment", DOT)));
    section(".rodata", family(".rodata", "r"));
    section(".rodata1");
    section(
        ".eh_frame_hdr", inputs(".eh_frame_hdr"), inputs(".eh_frame_entry", ".eh_frame_entry.*"));
    unwind(Constraint.ONLY_IF_RO);
  }

  private void unwind(Constraint constraint) {
    for (String name : UNWIND) {
      InputSections tables = name.equals(".eh_frame") ? keep(name) : inputs(name, name + ".*");
      section(name, constraint, tables);
    }
  }

  private void code() {
    if (separateCode && (rosegment || binary)) {
      add(counter(align(PAGE)));
    } else if (magic == LinkOption.Magic.DEMAND_PAGED && rosegment && !binary) {
      add(counter(nextPage()));
    }
    section(".init", keepSorted(Sort.NONE, ".init"));
    section(".plt", inputs(".plt"), inputs(".iplt"));
    section(".plt.got");
    section(".plt.sec");
    text();
    section(".fini", keepSorted(Sort.NONE, ".fini"));
    for (String symbol : List.of("__etext", "_etext", "etext")) {
      add(provide(symbol, DOT));
    }
  }

  /** Code, by how often it is run, if it is to be told apart. */
  private void text() {
    List<Statement> body = new ArrayList<>();
    for (String often : List.of(".text.unlikely", ".text.exit", ".text.startup", ".text.hot")) {
      if (keepTextPrefix) {
        section(often, inputs(often, often + ".*"));
      } else if (textReorder) {
        body.add(inputs(often, often + ".*"));
      }
    }
    body.add(inputs(".text", ".stub", ".text.*", ".gnu.linkonce.t.*"));
    section(".text", body.toArray(Statement[]::new));
  }

  /** Where other rights begin: on a page of its own, but not with {@code -N}. */
  private Node otherRights() {
    return switch (magic) {
      case OMAGIC -> DOT;
      case NMAGIC -> align(PAGE);
      case DEMAND_PAGED -> separateCode && !binary ? align(PAGE) : nextPage();
    };
  }

  /** What is read only once it is relocated; it shares no page with anything else. */
  private void relocatedOnce() {
    add(counter(relro ? new Node.Unary(Node.Function1.RELRO_BEGIN, otherRights()) : otherRights()));
    section(".tdata", provideHidden("__tdata_start"), family(".tdata", "td"));
    section(".tbss", family(".tbss", "tb"), inputs(".tcommon"));
    array(".preinit_array", keep(".preinit_array", ".preinit_array.*"));
    array(".init_array", constructors(".init_array", ".ctors"));
    array(".fini_array", constructors(".fini_array", ".dtors"));
    table(".ctors");
    table(".dtors");
    section(".jcr", keep(".jcr"));
    section(
        ".data.rel.ro",
        inputs(".gnu.linkonce.d.rel.ro.local.*"),
        family(".data.rel.ro", "d.rel.ro"));
    if (!readOnlyDynamic) {
      section(".dynamic");
    }
    section(".got", inputs(".got"), inputs(".igot"));
    section(".bss.rel.ro", inputs(".bss.rel.ro", ".bss.rel.ro.*"));
    if (relro) {
      add(counter(new Node.Unary(Node.Function1.RELRO_END, nextPage())));
    }
  }

  /** Symbols around an array of addresses, by which start-up code finds it. */
  private void array(String name, Statement... body) {
    Statement[] all = new Statement[body.length + 2];
    all[0] = provideHidden("__" + name.substring(1) + "_start");
    System.arraycopy(body, 0, all, 1, body.length);
    all[all.length - 1] = provideHidden("__" + name.substring(1) + "_end");
    section(name, all);
  }

  /**
   * Constructors, or destructors: those with a priority first; those of old objects among them, but
   * for the ends of their table, which gcc's start files hold.
   */
  private static Statement[] constructors(String name, String old) {
    List<String> ends = List.of("*crtbegin.o", "*crtbegin?.o", "*crtend.o", "*crtend?.o");
    List<SectionPattern> others =
        List.of(SectionPattern.of(name), new SectionPattern(old, List.of(), ends));
    return new Statement[] {
      keepSorted(Sort.INIT_PRIORITY, name + ".*", old + ".*"), inputs(FilePattern.ALL, others, true)
    };
  }

  /** A table whose start and end gcc's crtbegin.o and crtend.o hold. */
  private void table(String name) {
    List<String> ends = List.of("*crtend.o", "*crtend?.o");
    section(
        name,
        keepOf("*crtbegin.o", name),
        keepOf("*crtbegin?.o", name),
        inputs(FilePattern.ALL, List.of(new SectionPattern(name, List.of(), ends)), true),
        keepSorted(Sort.NAME, name + ".*"),
        keep(name));
  }

  private void data() {
    unwind(Constraint.ONLY_IF_RW);
    section(".got.plt", inputs(".got.plt"), inputs(".igot.plt"));
    section(
        ".data",
        family(".data", "d"),
        new Statement.Marker(PLACE, Statement.Marker.Kind.SORTED_CONSTRUCTORS));
    section(".data1");
    if (machine.smallData()) {
      section(".sdata", inputs(".srodata", ".srodata.*"), family(".sdata", "s"));
    }
    add(provide("_edata", DOT));
    add(provide("edata", DOT));
  }

  private void zeros() {
    add(counter(DOT));
    add(provide("__bss_start", DOT));
    if (machine.smallData()) {
      section(".sbss", inputs(".dynsbss"), family(".sbss", "sb"), inputs(".scommon"));
    }
    section(".bss", inputs(".dynbss"), family(".bss", "b"), inputs("COMMON"));
    if (machine.is64()) {
      large();
    }
    add(counter(DOT));
    add(provide("_end", DOT));
    add(provide("end", DOT));
    add(counter(DOT));
  }

  /**
   * What amd64's medium and large code models reach by addresses of 64 bits (psABI amd64, "Special
   * Sections"): behind all that others reach by 32, and in the order that GNU ld has it in, which
   * has no {@code .ltext}.
   */
  private void large() {
    section(
        ".lbss",
        inputs(".dynlbss"),
        inputs(".lbss", ".lbss.*", ".gnu.linkonce.lb.*"),
        inputs("LARGE_COMMON"));
    largeSection(".ltext", "lt");
    add(counter(segmentStart("ldata-segment", DOT)));
    largeSection(".lrodata", "lr");
    largeSection(".ldata", "l");
  }

  /** One that shares no page with the section before it, which has other rights or is all zeros. */
  private void largeSection(String name, String linkOnce) {
    OutputSectionStatement.Builder s = new OutputSectionStatement.Builder(PLACE, name);
    plan.add(s.address(expression(otherRights())).add(family(name, linkOnce)).build());
  }

  private void notLoaded() {
    for (String name : DebugSections.COMMENTS) {
      unloaded(name, inputs(name));
    }
    unloaded(".gnu.build.attributes", inputs(".gnu.build.attributes", ".gnu.build.attributes.*"));
    for (String name : DebugSections.DWARF) {
      switch (name) {
        case ".debug_info" -> unloaded(name, inputs(name, ".gnu.linkonce.wi.*"));
        case ".debug_line" -> unloaded(name, inputs(name, ".debug_line.*", ".debug_line_end"));
        default -> unloaded(name, inputs(name));
      }
    }
    unloaded(".gdb_index", inputs(".gdb_index"));
    unloaded(".gnu.attributes", keep(".gnu.attributes"));
    section(
        OutputSectionStatement.DISCARD,
        inputs(".note.GNU-stack"),
        inputs(".gnu_debuglink"),
        inputs(".gnu.lto_*"));
  }

  private void unloaded(String name, InputSections inputs) {
    OutputSectionStatement.Builder s = new OutputSectionStatement.Builder(PLACE, name);
    plan.add(s.address(expression(number(0))).add(inputs).build());
  }
}
