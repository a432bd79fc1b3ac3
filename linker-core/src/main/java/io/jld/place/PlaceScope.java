package io.jld.place;

import io.jld.arch.Need;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.model.Assignments;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.plan.Expression;
import io.jld.plan.LayoutPlan;
import io.jld.plan.SectionRef;
import io.jld.plan.Value;
import io.jld.plan.ValueScope;
import io.jld.resolve.CommonSymbols;
import io.jld.segment.ProgramHeaders;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import io.jld.synth.Synthetics;
import java.util.List;
import java.util.OptionalLong;

/** What the expressions of a script see while the placer is at a certain place. */
final class PlaceScope implements ValueScope {
  private final Context ctxt;
  private final Placer placer;
  private final DataSegment data;
  private final ContentSections contents;

  /** The output section in whose braces the placer is; null outside. */
  private OutputSection section;

  /** The statement that is evaluated; {@link Assignments#NONE} for another expression. */
  private int statement = Assignments.NONE;

  /** The last symbol that the value comes from, and how many there were. */
  private String only;

  private int referred;

  /** Depth of conditions that the evaluation is in. */
  private int conditions;

  /** The items at which the data and their read-only part begin and end; -1: not seen. */
  private int relroStart = -1;

  private int relroEnd = -1;

  private boolean marksRelro;

  PlaceScope(Context ctxt, Placer placer, DataSegment data) {
    this.ctxt = ctxt;
    this.placer = placer;
    this.data = data;
    this.contents = new ContentSections(ctxt);
  }

  /**
   * Evaluates an expression.
   *
   * @param in the section in whose braces it stands; null outside
   * @param number of the statement; {@link Assignments#NONE} for another expression, which sees
   *     what has been assigned so far
   */
  Value evaluate(Expression e, OutputSection in, int number) {
    section = in;
    statement = number == Assignments.NONE ? placer.nextFormula() : number;
    only = null;
    referred = 0;
    conditions = 0;
    return e.value(this);
  }

  /** What a symbol is worth behind all statements. */
  Value valueOf(String symbol) {
    section = null;
    statement = placer.nextFormula();
    return symbol(symbol);
  }

  /** Whether a symbol has the value 0. */
  boolean isZero(String symbol) {
    Value v = symbol(symbol);
    return v != null && v.isAbsolute() && v.number() == 0;
  }

  /** Whether content lies where the walk has seen the data begin and their read-only part end. */
  boolean hasRelro(List<PlanItem> items) {
    int end = relroEnd < 0 ? items.size() : relroEnd;
    for (int i = relroStart; relroStart >= 0 && i < end; i++) {
      if (items.get(i) instanceof PlanSection p && p.kept && !Traits.isIgnored(p.traits())) {
        return true;
      }
    }
    return false;
  }

  /** Marks the sections between {@code RELRO_BEGIN} and {@code RELRO_END}. */
  void markRelro(List<PlanItem> items) {
    for (int i = relroStart; marksRelro && relroStart >= 0 && i < relroEnd; i++) {
      if (items.get(i) instanceof PlanSection p) {
        p.out.isRelro = ctxt.hasRelro();
      }
    }
  }

  @Override
  public SectionRef section() {
    return section == null ? SectionRef.ABSOLUTE : section;
  }

  @Override
  public long counter() {
    return placer.counter();
  }

  @Override
  public SectionRef counterSection() {
    return placer.counterSection();
  }

  @Override
  public boolean isLast() {
    return placer.isLast();
  }

  @Override
  public boolean isSane() {
    return placer.plan().has(LayoutPlan.Flag.SANE_EXPR);
  }

  @Override
  public void condition(boolean begins) {
    conditions += begins ? 1 : -1;
  }

  /** The symbol that the last value came from; null where it was none or several. */
  String onlySymbol() {
    return referred == 1 ? only : null;
  }

  @Override
  public Value symbol(String written) {
    String name = ctxt.assignments.meant(written);
    if (conditions == 0) {
      only = name;
      referred++;
    }
    int seen = ctxt.assignments.seenBy(statement, name);
    if (seen != Assignments.NONE && placer.hasWalked(seen)) {
      return placer.value(seen);
    }
    placer.readAhead();
    if (seen != Assignments.NONE) {
      return placer.value(seen);
    }
    Assignments.Replaced before = ctxt.assignments.replaced(name);
    if (before != null) {
      return ofObject(before.object(), before.sym(), ctxt.names.find(name));
    }
    int id = ctxt.names.find(name);
    SymbolTable symbols = ctxt.symbols();
    if (id == 0 || !symbols.isDefined(id)) {
      return null;
    }
    if (symbols.isIfunc(id) && symbols.has(id, Need.CANONICAL_PLT)) {
      OutputSection plt = Synthetics.of(ctxt).pltEntries(ctxt).out();
      return new Value(plt, symbols.callTarget(id) - plt.addr);
    }
    if (symbols.file(id) instanceof LinkedObject o) {
      return ofObject(o, symbols.index(id), id);
    }
    return Value.ofAddress(ctxt.values().defined(id));
  }

  private Value ofCommon(LinkedObject object, int sym, long address) {
    boolean relocatable = ctxt.kind() == OutputKind.RELOCATABLE;
    if (!relocatable && !ctxt.script.isBuiltIn()) {
      return Value.ofAddress(address);
    }
    ObjectFile f = object.file();
    if (relocatable && !ctxt.placesCommons()) {
      String name = f.symbolName(sym);
      throw new LinkException(
          DiagnosticCode.SCRIPT_EXPRESSION,
          f.location().symbol(name),
          "an expression refers to '"
              + name
              + "', a common symbol, which has no place in a relocatable output; give it one with"
              + " -d");
    }
    OutputSection out = CommonSymbols.of(ctxt).of(object, sym).out();
    return new Value(out, address - out.addr);
  }

  private Value ofObject(LinkedObject object, int sym, int id) {
    long address = ctxt.values().inObject(object, sym, id);
    int ndx = object.file().shndx(sym);
    if (ndx == ObjectFile.COMMON) {
      return ofCommon(object, sym, address);
    }
    OutputSection out = ndx <= 0 ? null : contents.of(object, ndx);
    return out == null ? Value.ofAddress(address) : new Value(out, address - out.addr);
  }

  @Override
  public boolean isDefined(String written) {
    String name = ctxt.assignments.meant(written);
    placer.readAhead();
    int seen = ctxt.assignments.seenBy(statement, name);
    if (seen != Assignments.NONE && (seen < statement || statement == Assignments.NONE)) {
      return placer.value(seen) != null;
    }
    if (ctxt.assignments.replaced(name) != null) {
      return true;
    }
    int id = ctxt.names.find(name);
    return seen == Assignments.NONE && id != 0 && ctxt.symbols().isDefined(id);
  }

  @Override
  public Value section(Expression.Property property, String name) {
    placer.readAhead();
    PlanSection p = placer.section(name);
    if (p == null) {
      boolean isSize =
          property == Expression.Property.SIZEOF || property == Expression.Property.ALIGNOF;
      return isSize && placer.describes(name) ? Value.ofNumber(0) : null;
    }
    return switch (property) {
      case ADDR -> new Value(p.out, 0);
      case LOADADDR -> Value.ofAddress(p.out.loadAddr);
      case SIZEOF -> Value.ofNumber(p.out.size);
      case ALIGNOF -> Value.ofNumber(p.out.align());
    };
  }

  @Override
  public long constant(Expression.Constant constant) {
    return switch (constant) {
      case MAXPAGESIZE -> ProgramHeaders.maxPageSize(ctxt);
      case COMMONPAGESIZE -> ProgramHeaders.commonPageSize(ctxt);
      case SIZEOF_HEADERS -> placer.headerSize();
    };
  }

  @Override
  public OptionalLong region(boolean origin, String name) {
    placer.readAhead();
    Regions.Region r = placer.regions().of(name);
    return r == null ? OptionalLong.empty() : OptionalLong.of(origin ? r.origin : r.length);
  }

  @Override
  public OptionalLong segmentStart(String name) {
    Long start =
        switch (name) {
          case "text-segment" -> ctxt.option(LinkOption.IMAGE_BASE);
          case "rodata-segment" -> ctxt.option(LinkOption.RODATA_SEGMENT);
          case "ldata-segment" -> ctxt.option(LinkOption.LDATA_SEGMENT);
          case "text", "data", "bss" -> ctxt.option(LinkOption.SECTION_START).get("." + name);
          default -> null;
        };
    return start == null ? OptionalLong.empty() : OptionalLong.of(start);
  }

  @Override
  public OptionalLong dataSegmentAlign(long maxPage, long commonPage) {
    placer.readAhead();
    relroStart = relroStart < 0 ? placer.position() : relroStart;
    return OptionalLong.of(data.align(placer.counter(), maxPage, commonPage));
  }

  @Override
  public OptionalLong dataSegmentRelroEnd(long offset, long address) {
    placer.readAhead();
    relroEnd = relroEnd < 0 ? placer.position() : relroEnd;
    return OptionalLong.of(data.relroEnd(offset, address));
  }

  @Override
  public OptionalLong dataSegmentEnd(long address) {
    placer.readAhead();
    data.end(address);
    return OptionalLong.of(address);
  }

  /** Whether the walk has seen {@code RELRO_END}. */
  boolean marksRelro() {
    return marksRelro;
  }

  @Override
  public long relroBegin(long address) {
    relroStart = relroStart < 0 ? placer.position() : relroStart;
    return address;
  }

  @Override
  public long relroEnd(long address) {
    marksRelro = true;
    relroEnd = relroEnd < 0 ? placer.position() : relroEnd;
    return data.hasRelro() ? address : placer.counter();
  }
}
