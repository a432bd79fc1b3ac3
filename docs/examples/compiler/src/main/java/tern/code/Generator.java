package tern.code;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tern.elf.Section;
import tern.elf.Symbol;
import tern.lang.Source.Place;
import tern.lang.Tree;
import tern.lang.Type;

/**
 * Makes machine code of a file. Each expression leaves its value in the register A; while the right
 * side of an operator is computed, the left one waits on the stack, unless the right one is so
 * simple that the register C can be loaded with it.
 */
public final class Generator {
  /** Where break and continue lead to. */
  private record Exits(Label out, Label next) {}

  /** A check that failed: the message is made out of the way of the code that passes. */
  private record Failure(Label label, String function, Place place, boolean withIndex) {}

  private final Code code;
  private final Machine m;
  private final Section strings;
  private final Section data;
  private final Section bss;
  private final Map<String, Symbol> texts = new HashMap<>();

  // Of the function that is being generated.
  private Tree.Function function;
  private Label end;
  private final Deque<Exits> loops = new ArrayDeque<>();
  private final List<Failure> failures = new ArrayList<>();

  private Generator(Code code) {
    this.code = code;
    m = code.machine;
    strings =
        code.object.section(
            ".rodata.str1.1", Section.PROGBITS, Section.ALLOC | Section.MERGE | Section.STRINGS, 1);
    data = code.object.section(".data", Section.PROGBITS, Section.ALLOC | Section.WRITE, 8);
    bss = code.object.section(".bss", Section.NOBITS, Section.ALLOC | Section.WRITE, 8);
    // Without it a stack would be executable for the sake of old compilers' code.
    code.object.section(".note.GNU-stack", Section.PROGBITS, 0, 1);
  }

  public static Code generate(Tree.Unit unit, Target target) {
    Code code = new Code(target, unit.source().name());
    Generator g = new Generator(code);
    // All symbols first: to know which are this object's own.
    unit.variables().forEach(g::variable);
    for (Tree.Function f : unit.functions()) {
      Symbol s = code.object.symbol(f.symbol()).function(code.text, 0);
      if (f.isPrivate()) {
        s.local();
      }
    }
    unit.functions().forEach(g::function);
    return code;
  }

  // Data.

  private void variable(Tree.Variable v) {
    int size = v.type().size(m.wordSize());
    Symbol s = code.object.symbol(v.symbol());
    if (v.isPrivate()) {
      s.local();
    }
    switch (v.value()) {
      case Tree.Text t -> {
        data.bytes.align(size);
        define(s, data, data.size(), size, v.place());
        m.pointer(data, text(t.value()));
      }
      case Tree.Number n when n.value() != 0 -> {
        data.bytes.align(size);
        define(s, data, data.size(), size, v.place());
        if (size == 1) {
          data.bytes.u8(n.value());
        } else {
          data.bytes.u32(n.value());
        }
      }
      default -> define(s, bss, bss.reserve(size), size, v.place());
    }
  }

  private void define(Symbol s, Section section, int at, int size, Place place) {
    s.data(section, at, size);
    code.site(section, at, place);
  }

  /** Equal strings are one here; those of several objects are merged by the linker. */
  private Symbol text(String value) {
    return texts.computeIfAbsent(
        value,
        t -> {
          int at = strings.size();
          strings.bytes.text(t);
          return code.object
              .fresh(".L.text." + texts.size())
              .data(strings, at, strings.size() - at);
        });
  }

  // Functions.

  private void function(Tree.Function f) {
    function = f;
    end = new Label();
    m.out.align(16);
    int start = m.out.size();
    Symbol symbol = code.object.symbol(f.symbol()).function(code.text, start);
    code.site(code.text, start, f.place());
    row(f.place());
    m.enter(f.parameters().size(), f.locals().size());
    stmt(f.body());
    row(f.end());
    m.bind(end);
    int leave = m.out.size();
    m.leave();
    for (Failure failure : failures) {
      row(failure.place());
      m.bind(failure.label());
      Symbol place = text(failure.place().toString());
      m.fail(code.object.symbol(failure.function()), place, failure.withIndex());
    }
    failures.clear();
    symbol.size(m.out.size() - start);
    code.functions.add(new Code.Function(f, symbol, start, leave, m.out.size()));
  }

  private void row(Place place) {
    code.rows.add(new Code.Row(m.out.size(), place));
  }

  /** The four bytes before are a field that refers to a symbol. */
  private void refersAt(Place place) {
    code.site(code.text, m.out.size() - 4, place);
  }

  private int displacement(Tree.Slot slot) {
    return m.displacement(slot, function.parameters().size());
  }

  private int size(Type type) {
    return type.size(m.wordSize());
  }

  // Statements.

  private void stmt(Tree.Stmt stmt) {
    switch (stmt) {
      case Tree.Block b -> b.statements().forEach(this::stmt);
      case Tree.SetLocal s -> {
        row(s.place());
        expr(s.value());
        m.store(displacement(s.to()));
      }
      case Tree.SetGlobal s -> {
        row(s.place());
        expr(s.value());
        setGlobal(s.to());
      }
      case Tree.SetElement s -> {
        row(s.place());
        address(s.to());
        if (isSimple(s.value())) {
          m.copyToC();
          expr(s.value());
        } else {
          m.push();
          expr(s.value());
          m.popC();
        }
        m.storeAtC(size(s.to().element()), 0);
      }
      case Tree.If i -> {
        Label otherwise = new Label();
        Label done = new Label();
        row(i.place());
        branch(i.condition(), false, otherwise);
        stmt(i.then());
        if (!i.otherwise().equals(Tree.Block.EMPTY)) {
          m.jump(done);
        }
        m.bind(otherwise);
        stmt(i.otherwise());
        m.bind(done);
      }
      case Tree.Loop l -> loop(l);
      case Tree.Return r -> {
        row(r.place());
        if (r.value() != null) {
          expr(r.value());
        }
        m.jump(end);
      }
      case Tree.Jump j -> {
        row(j.place());
        m.jump(j.out() ? loops.element().out() : loops.element().next());
      }
      case Tree.Do d -> {
        row(d.place());
        expr(d.expr());
      }
    }
  }

  /** The condition stands at the end, so that each round has one jump. */
  private void loop(Tree.Loop l) {
    Label body = new Label();
    Label test = new Label();
    Exits exits = new Exits(new Label(), new Label());
    row(l.place());
    m.jump(test);
    m.bind(body);
    loops.push(exits);
    stmt(l.body());
    loops.pop();
    m.bind(exits.next());
    stmt(l.step());
    row(l.place());
    m.bind(test);
    branch(l.condition(), true, body);
    m.bind(exits.out());
  }

  private void setGlobal(Tree.Global g) {
    Symbol s = code.object.symbol(g.symbol());
    if (s.isDefined()) {
      m.store(size(g.type()), s);
    } else {
      m.push();
      m.address(s);
      refersAt(g.place());
      m.copyToC();
      m.popA();
      m.storeAtC(size(g.type()), 0);
    }
  }

  /** Jumps to the label if the condition is as wanted; otherwise goes on. */
  private void branch(Tree.Expr condition, boolean when, Label to) {
    switch (condition) {
      case Tree.Number n -> {
        if (n.value() != 0 == when) {
          m.jump(to);
        }
      }
      case Tree.Not n -> branch(n.of(), !when, to);
      case Tree.Logic l when l.and() != when -> {
        branch(l.left(), when, to);
        branch(l.right(), when, to);
      }
      case Tree.Logic l -> {
        Label decided = new Label();
        branch(l.left(), !when, decided);
        branch(l.right(), when, to);
        m.bind(decided);
      }
      case Tree.Compare c -> {
        compare(c);
        m.jump(when ? c.relation() : c.relation().opposite(), to);
      }
      default -> {
        expr(condition);
        m.testA();
        m.jump(when ? Tree.Relation.NOT_EQUAL : Tree.Relation.EQUAL, to);
      }
    }
  }

  // Expressions.

  /** A = the value. */
  private void expr(Tree.Expr expr) {
    switch (expr) {
      case Tree.Number n -> m.constant(n.value());
      case Tree.Text t -> m.address(text(t.value()));
      case Tree.Local l -> m.load(displacement(l.slot()));
      case Tree.Global g -> {
        Symbol s = code.object.symbol(g.symbol());
        if (s.isDefined()) {
          m.load(size(g.type()), s);
        } else {
          m.address(s);
          refersAt(g.place());
          m.loadAt(size(g.type()));
        }
      }
      case Tree.FunctionAddress f -> {
        m.address(code.object.symbol(f.symbol()));
        refersAt(f.place());
      }
      case Tree.Arithmetic a -> arithmetic(a);
      case Tree.Compare c -> {
        compare(c);
        m.flag(c.relation());
      }
      case Tree.Logic l -> {
        Label no = new Label();
        Label done = new Label();
        branch(l, false, no);
        m.constant(1);
        m.jump(done);
        m.bind(no);
        m.constant(0);
        m.bind(done);
      }
      case Tree.Not n -> {
        expr(n.of());
        m.not();
      }
      case Tree.Call c -> call(c);
      case Tree.Element e -> {
        address(e);
        m.loadAt(size(e.element()));
      }
      case Tree.Offset o -> {
        operands(o.pointer(), o.count());
        m.widenC();
        m.element(size(o.type().to()));
      }
      case Tree.Length l -> {
        expr(l.of());
        checkArray(l.place());
        m.length();
      }
      case Tree.Size s -> m.constant(size(s.of()));
      case Tree.New n -> make(n.place(), n.element(), n.count());
      case Tree.Items i -> {
        make(i.place(), i.element(), new Tree.Number(i.place(), Type.INT, i.items().size()));
        m.store(displacement(i.slot()));
        for (int k = 0; k < i.items().size(); k++) {
          expr(i.items().get(k));
          m.loadC(displacement(i.slot()));
          m.storeAtC(size(i.element()), k * size(i.element()));
        }
        m.load(displacement(i.slot()));
      }
    }
  }

  /** A = the left value, C = the right one. */
  private void operands(Tree.Expr left, Tree.Expr right) {
    expr(left);
    switch (right) {
      case Tree.Number n -> m.constantToC(n.value());
      case Tree.Local l -> m.loadC(displacement(l.slot()));
      default -> {
        m.push();
        expr(right);
        m.popLeft();
      }
    }
  }

  /** Computed without the register C and the stack. */
  private static boolean isSimple(Tree.Expr e) {
    return e instanceof Tree.Number || e instanceof Tree.Local || e instanceof Tree.Text;
  }

  private void arithmetic(Tree.Arithmetic a) {
    operands(a.left(), a.right());
    boolean divides =
        a.operation() == Tree.Operation.DIVIDE || a.operation() == Tree.Operation.REMAINDER;
    if (divides && !(a.right() instanceof Tree.Number)) {
      m.testC();
      m.jump(Tree.Relation.EQUAL, failure("tern_division_error", a.place(), false));
    }
    m.arithmetic(a.operation());
  }

  private void checkArray(Place place) {
    m.testAddress();
    m.jump(Tree.Relation.EQUAL, failure("tern_null_error", place, false));
  }

  private Label failure(String function, Place place, boolean withIndex) {
    Failure f = new Failure(new Label(), function, place, withIndex);
    failures.add(f);
    return f.label();
  }

  private void compare(Tree.Compare c) {
    operands(c.left(), c.right());
    m.compare(c.left().type().isAddress() || c.right().type().isAddress());
  }

  /** A = where the element is. */
  private void address(Tree.Element e) {
    operands(e.of(), e.index());
    if (e.isChecked()) {
      checkArray(e.place());
      m.checkIndex(failure("tern_index_error", e.place(), true));
    }
    m.widenC();
    m.element(size(e.element()));
  }

  private void call(Tree.Call c) {
    int count = c.arguments().size();
    int reserved = m.reserve(count);
    for (int i = 0; i < count; i++) {
      expr(c.arguments().get(i));
      if (c.arguments().get(i).type() == Type.INT) {
        m.widen();
      }
      m.storeArgument(i, count);
    }
    row(c.place());
    m.call(code.object.symbol(c.symbol()), count, c.variadic());
    refersAt(c.place());
    m.release(reserved);
    if (c.type() == Type.BOOL) {
      m.truth();
    }
  }

  /** A = a new array of zeros. */
  private void make(Place place, Type element, Tree.Expr count) {
    Tree.Expr size = new Tree.Number(place, Type.INT, size(element));
    Tree.Expr word = new Tree.Number(place, Type.INT, m.wordSize());
    call(new Tree.Call(place, Type.ANY, "tern_new", List.of(count, size, word), false));
  }
}
