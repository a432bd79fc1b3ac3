package io.jld.layout;

import io.jld.arch.Need;
import io.jld.input.ObjectFile;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.model.AssignedValue;
import io.jld.model.Assignments;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.plan.Expression;
import io.jld.plan.Statement;
import io.jld.resolve.CommonSymbols;
import io.jld.resolve.Commons;
import io.jld.segment.ProgramHeaders;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The values of {@link Assignments}. In a relocatable output a section has no address yet, and a
 * value is a number or an offset in one section: an expression is relative to a section if it grows
 * by as much as the section's address does.
 */
public final class AssignedValues {
  private static final long MOVE = 1 << 20;

  private final Context ctxt;
  private final Assignments assignments;
  private final boolean relocatable;
  private final AssignedValue[] values;

  private AssignedValues(Context ctxt) {
    this.ctxt = ctxt;
    this.assignments = ctxt.assignments;
    this.relocatable = ctxt.kind() == OutputKind.RELOCATABLE;
    this.values = new AssignedValue[assignments.statements().size()];
  }

  /** Finds all values, and looks at what is asserted; everything has its address. */
  public static void evaluate(Context ctxt) {
    if (!ctxt.assignments.isPlaced()) { // else while the layout was made
      AssignedValues v = new AssignedValues(ctxt);
      ctxt.assignments.evaluated(v.values);
      v.evaluate();
    }
  }

  private void evaluate() {
    for (int i : assignments.order()) {
      if (assignments.statements().get(i) instanceof Statement.Assign a) {
        evaluate(i, a.expression());
      }
    }
    for (int i = 0; i < values.length; i++) {
      if (assignments.statements().get(i) instanceof Statement.Assert a) {
        check(i, a);
      }
    }
  }

  private void check(int statement, Statement.Assert a) {
    try {
      if (!holds(statement, a.expression())) {
        ctxt.error(a.expression().place().location(), a.message());
      }
    } catch (LinkException problem) {
      problem.diagnostics().forEach(ctxt::report);
    }
  }

  /**
   * Whether a condition comes out as true. In a relocatable output sections have the address 0 for
   * it, as with GNU ld.
   *
   * @throws LinkException where it can't be evaluated
   */
  private boolean holds(int statement, Expression condition) {
    return condition.evaluate(new Scope(statement, condition, null, new HashSet<>())) != 0;
  }

  /** Evaluates a statement; an error is reported, and leaves the value 0. */
  private void evaluate(int statement, Expression e) {
    try {
      Set<OutputSection> used = new LinkedHashSet<>();
      long plain = e.evaluate(new Scope(statement, e, null, used));
      OutputSection section = null;
      for (OutputSection s : Set.copyOf(used)) {
        long by = e.evaluate(new Scope(statement, e, s, used)) - plain;
        if (by == MOVE && section == null) {
          section = s;
        } else if (by != 0) {
          throw e.place().error("the value is relative to more than a section");
        }
      }
      values[statement] = new AssignedValue(section, plain);
    } catch (LinkException problem) {
      problem.diagnostics().forEach(ctxt::report);
      values[statement] = new AssignedValue(null, 0);
    }
  }

  /** What a statement sees of the link. */
  private final class Scope implements Expression.Scope {
    private final int statement;
    private final Expression expression;
    private final OutputSection moved;
    private final Set<OutputSection> used;

    /**
     * @param moved a section that stands {@link #MOVE} after its place; or null
     * @param used takes the sections that values are relative to
     */
    Scope(int statement, Expression expression, OutputSection moved, Set<OutputSection> used) {
      this.statement = statement;
      this.expression = expression;
      this.moved = moved;
      this.used = used;
    }

    @Override
    public OptionalLong symbol(String name) {
      int seen = assignments.seenBy(statement, name);
      if (seen != Assignments.NONE && values[seen] == null) {
        throw expression.place().error("the symbol '" + name + "' depends on itself");
      }
      if (seen == Assignments.NONE && name.equals(".")) {
        throw expression
            .place()
            .error("the location counter '.' has no value before one is assigned to it");
      }
      return number(seen != Assignments.NONE ? values[seen] : defined(name));
    }

    /** A symbol that is assigned by a later statement only is not defined yet. */
    @Override
    public boolean isDefined(String name) {
      int seen = assignments.seenBy(statement, name);
      if (seen == Assignments.NONE) {
        return defined(name) != null;
      }
      return seen < statement || assignments.replaced(name) != null;
    }

    @Override
    public OptionalLong section(Expression.Property property, String name) {
      OutputSection s = ctxt.outputSection(name);
      if (s == null) {
        return OptionalLong.empty();
      }
      return switch (property) {
        case SIZEOF -> OptionalLong.of(s.size);
        case ALIGNOF -> OptionalLong.of(s.align());
        case ADDR, LOADADDR ->
            number(relocatable ? new AssignedValue(s, 0) : AssignedValue.of(s.headerAddr()));
      };
    }

    @Override
    public long constant(Expression.Constant constant) {
      return switch (constant) {
        case MAXPAGESIZE -> ProgramHeaders.maxPageSize(ctxt);
        case COMMONPAGESIZE -> ProgramHeaders.commonPageSize(ctxt);
        case SIZEOF_HEADERS ->
            relocatable
                ? ctxt.elf.ehdrSize
                : ProgramHeaders.headerSize(
                    ctxt, ProgramHeaders.make(ctxt, ctxt.layout.base()).size());
      };
    }

    @Override
    public OptionalLong segmentStart(String name) {
      Long start =
          switch (name) {
            case "text-segment" -> ctxt.option(LinkOption.IMAGE_BASE);
            case "rodata-segment" -> ctxt.option(LinkOption.RODATA_SEGMENT);
            case "text", "data", "bss" -> ctxt.option(LinkOption.SECTION_START).get("." + name);
            default -> null;
          };
      return start == null ? OptionalLong.empty() : OptionalLong.of(start);
    }

    private OptionalLong number(AssignedValue v) {
      if (v == null) {
        return OptionalLong.empty();
      }
      if (v.section() != null) {
        used.add(v.section());
      }
      boolean moves = v.section() != null && v.section() == moved;
      return OptionalLong.of(v.offset() + (moves ? MOVE : 0));
    }
  }

  /** What objects, libraries or the linker itself define; null where nothing does. */
  private AssignedValue defined(String name) {
    Assignments.Replaced before = assignments.replaced(name);
    int id = ctxt.names.find(name);
    SymbolTable symbols = ctxt.symbols;
    if (before != null) {
      return relocatable
          ? placed(name, before.object(), before.sym(), id)
          : AssignedValue.of(SymbolValues.of(ctxt).inObject(before.object(), before.sym(), id));
    }
    if (id == 0 || !symbols.isDefined(id)) {
      return null;
    }
    if (relocatable) {
      return symbols.file(id) instanceof LinkedObject o
          ? placed(name, o, symbols.index(id), id)
          : offset(ctxt, id);
    }
    boolean plt = symbols.isIfunc(id) && symbols.has(id, Need.CANONICAL_PLT);
    return AssignedValue.of(plt ? symbols.callTarget(id) : SymbolValues.of(ctxt).defined(id));
  }

  /** The value of what an object defines, in a relocatable output. */
  private AssignedValue placed(String name, LinkedObject object, int sym, int id) {
    ObjectFile f = object.file();
    AssignedValue v = offset(ctxt, object, sym, id);
    if (v == null && f.shndx(sym) == ObjectFile.COMMON) {
      throw new LinkException(
          f.location().symbol(name),
          "an expression refers to '"
              + name
              + "', a common symbol, which has no place in a relocatable output; give it one with"
              + " -d");
    }
    return v;
  }

  /**
   * The value of a symbol in a relocatable output; null where that leaves it undefined. What
   * statements assign has been evaluated.
   */
  public static AssignedValue offset(Context ctxt, int id) {
    LinkedFile file = ctxt.symbols.file(id);
    if (file instanceof LinkedObject o) {
      return offset(ctxt, o, ctxt.symbols.index(id), id);
    }
    boolean assigned = file == ctxt.linker && ctxt.symbols.kind(id) == SymbolTable.KIND_ASSIGNED;
    return assigned ? ctxt.assignments.value(ctxt.symbols.name(id)) : null;
  }

  private static AssignedValue offset(Context ctxt, LinkedObject object, int sym, int id) {
    ObjectFile f = object.file();
    int ndx = f.shndx(sym);
    if (ndx == ObjectFile.COMMON && ctxt.placesCommons()) {
      Commons commons = CommonSymbols.of(ctxt).of(object, sym);
      OutputSection out = commons.out();
      return new AssignedValue(out, commons.address(id) - out.addr);
    }
    int section = object.sectionId(ndx);
    if (ndx > 0 && ctxt.sections.isLive(section)) {
      OutputSection out = ctxt.outputOf(section);
      return new AssignedValue(out, f.symbolValue(sym) + ctxt.sections.addr[section] - out.addr);
    }
    return ndx == ObjectFile.ABS ? AssignedValue.of(f.symbolValue(sym)) : null;
  }
}
