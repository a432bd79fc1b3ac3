package tern.lang;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tern.lang.Builtins.Signature;
import tern.lang.Source.Place;
import tern.lang.Syntax.Declaration;
import tern.lang.Tree.Slot;

/** Gives names their meaning and values their types: makes the {@link Tree} of a file. */
public final class Checker {
  private final Errors errors;
  private final Map<String, Declaration> declared = new LinkedHashMap<>();
  private final Map<String, Tree.Number> constants = new HashMap<>();

  // Of the function that is being checked.
  private final Deque<Map<String, Slot>> scopes = new ArrayDeque<>();
  private List<Slot> locals;
  private Type result;

  /** A main without a result: the program's status is 0. */
  private boolean returnsZero;

  private int loops;

  private Checker(Errors errors) {
    this.errors = errors;
  }

  public static Tree.Unit check(Source source, List<Declaration> file, Errors errors) {
    return new Checker(errors).unit(source, file);
  }

  private Tree.Unit unit(Source source, List<Declaration> file) {
    for (Declaration d : file) {
      Declaration before = declared.putIfAbsent(d.name(), d);
      if (before != null) {
        error(d.place(), "'" + d.name() + "' is declared twice, first at " + before.place());
      }
    }
    List<Tree.Function> functions = new ArrayList<>();
    List<Tree.Variable> variables = new ArrayList<>();
    for (Declaration d : file) {
      switch (d) {
        case Syntax.Constant c -> constants.put(c.name(), constant(c.value()));
        case Syntax.Variable v when !v.isExtern() -> variables.add(variable(v));
        case Syntax.Function f when f.body() != null -> functions.add(function(f));
        default -> {
          // extern: another object has it
        }
      }
    }
    return new Tree.Unit(source, functions, variables);
  }

  private void error(Place place, String message) {
    errors.add(place, message);
  }

  // Declarations.

  private Tree.Number constant(Syntax.Expr e) {
    scopes.push(Map.of());
    Tree.Expr value = expr(e);
    scopes.pop();
    if (value instanceof Tree.Number n) {
      return n;
    }
    error(e.place(), "not a constant");
    return new Tree.Number(e.place(), Type.INT, 0);
  }

  private Tree.Variable variable(Syntax.Variable v) {
    Tree.Expr value = new Tree.Number(v.place(), v.type().isAddress() ? Type.NULL : v.type(), 0);
    if (v.value() instanceof Syntax.Text t) {
      value = new Tree.Text(t.place(), t.value());
    } else if (v.value() != null) {
      value = constant(v.value());
    }
    return new Tree.Variable(
        v.place(), v.name(), v.isPrivate(), v.type(), fitting(value, v.type()));
  }

  private Tree.Function function(Syntax.Function f) {
    boolean isMain = f.name().equals("main");
    locals = new ArrayList<>();
    returnsZero = isMain && f.result() == Type.NOTHING;
    result = isMain ? Type.INT : f.result();
    scopes.push(new HashMap<>());
    List<Slot> parameters = new ArrayList<>();
    if (isMain) {
      checkMain(f);
      // C's main has the number of arguments first; ours stands before them in memory, see Runtime.
      parameters.add(new Slot(f.place(), "argc", Type.INT, 0, true));
    }
    for (Syntax.Parameter p : f.parameters()) {
      Slot s = new Slot(p.place(), p.name(), p.type(), parameters.size(), true);
      parameters.add(s);
      name(s);
    }
    List<Tree.Stmt> body = new ArrayList<>(List.of(stmt(f.body())));
    scopes.pop();
    if (returnsZero) {
      body.add(new Tree.Return(f.end(), zero(f.end(), Type.INT)));
    } else if (result != Type.NOTHING && goesOn(body.getFirst())) {
      error(f.end(), "'" + f.name() + "' can end without a return");
    }
    return new Tree.Function(
        f.place(),
        f.end(),
        f.name(),
        f.isPrivate(),
        parameters,
        locals,
        result,
        new Tree.Block(body));
  }

  private void checkMain(Syntax.Function f) {
    List<Type> types = f.parameters().stream().map(Syntax.Parameter::type).toList();
    boolean sound = types.isEmpty() || types.equals(List.of(new Type.Array(Type.STRING)));
    if (!sound || f.isPrivate() || f.result() != Type.INT && f.result() != Type.NOTHING) {
      error(f.place(), "main is 'fn main()' or 'fn main(args: string[])', with ': int' or without");
    }
  }

  /** Whether what follows the statement can be reached. */
  private static boolean goesOn(Tree.Stmt s) {
    return switch (s) {
      case Tree.Return r -> false;
      case Tree.Block b -> b.statements().stream().allMatch(Checker::goesOn);
      case Tree.If i -> goesOn(i.then()) || goesOn(i.otherwise());
      case Tree.Do(Place p, Tree.Call call) -> !"exit".equals(call.symbol());
      case Tree.Loop l ->
          !(l.condition() instanceof Tree.Number n) || n.value() == 0 || breaks(l.body());
      default -> true;
    };
  }

  /** Whether it leaves the loop around it. */
  private static boolean breaks(Tree.Stmt s) {
    return switch (s) {
      case Tree.Jump j -> j.out();
      case Tree.Block b -> b.statements().stream().anyMatch(Checker::breaks);
      case Tree.If i -> breaks(i.then()) || breaks(i.otherwise());
      default -> false;
    };
  }

  private void name(Slot s) {
    if (scopes.element().putIfAbsent(s.name(), s) != null) {
      error(s.place(), "'" + s.name() + "' is declared twice");
    }
  }

  private Slot local(Place place, String name, Type type) {
    Slot s = new Slot(place, name, type, locals.size(), false);
    locals.add(s);
    return s;
  }

  // Statements.

  private Tree.Stmt stmt(Syntax.Stmt stmt) {
    return switch (stmt) {
      case Syntax.Block b -> {
        scopes.push(new HashMap<>());
        List<Tree.Stmt> all = b.statements().stream().map(this::stmt).toList();
        scopes.pop();
        yield new Tree.Block(all);
      }
      case Syntax.Let l -> let(l);
      case Syntax.Assign a -> assign(a);
      case Syntax.If i ->
          new Tree.If(
              i.place(),
              typed(i.condition(), Type.BOOL),
              stmt(i.then()),
              i.otherwise() == null ? Tree.Block.EMPTY : stmt(i.otherwise()));
      case Syntax.While w -> {
        Tree.Expr condition = typed(w.condition(), Type.BOOL);
        yield new Tree.Loop(w.place(), condition, body(w.body()), Tree.Block.EMPTY);
      }
      case Syntax.For f -> loop(f);
      case Syntax.Return r -> {
        if (r.value() == null && result != Type.NOTHING && !returnsZero) {
          error(r.place(), "a value of type " + result + " has to be returned");
        } else if (r.value() != null && result == Type.NOTHING) {
          error(r.place(), "this function returns nothing");
        }
        Tree.Expr value =
            r.value() != null
                ? typed(r.value(), result)
                : returnsZero ? zero(r.place(), Type.INT) : null;
        yield new Tree.Return(r.place(), value);
      }
      case Syntax.Jump j -> {
        if (loops == 0) {
          error(j.place(), (j.out() ? "break" : "continue") + " stands outside of a loop");
        }
        yield new Tree.Jump(j.place(), j.out());
      }
      case Syntax.Do d -> done(d);
    };
  }

  private Tree.Stmt body(Syntax.Block b) {
    loops++;
    Tree.Stmt body = stmt(b);
    loops--;
    return body;
  }

  private Tree.Stmt let(Syntax.Let l) {
    Tree.Expr value = l.value() == null ? zero(l.place(), l.type()) : expr(l.value());
    Type type = l.type() == null ? value.type() : l.type();
    if (type == Type.NULL || type == Type.NOTHING) {
      error(l.place(), "a variable can't have the type of this value: " + type);
    }
    Slot s = local(l.place(), l.name(), type);
    name(s);
    return new Tree.SetLocal(l.place(), s, fitting(value, type));
  }

  private static Tree.Number zero(Place place, Type type) {
    return new Tree.Number(place, type.isAddress() ? Type.NULL : type, 0);
  }

  private Tree.Stmt assign(Syntax.Assign a) {
    Tree.Expr to = expr(a.to());
    Tree.Expr value = typed(a.value(), to.type());
    return switch (to) {
      case Tree.Local l -> new Tree.SetLocal(a.place(), l.slot(), value);
      case Tree.Global g -> new Tree.SetGlobal(a.place(), g, value);
      case Tree.Element e -> new Tree.SetElement(a.place(), e, value);
      default -> {
        if (to.type() != null) {
          error(a.place(), "nothing can be assigned to this");
        }
        yield new Tree.Do(a.place(), value);
      }
    };
  }

  /** {@code for i in a..b}: both are evaluated once. */
  private Tree.Stmt loop(Syntax.For f) {
    Place p = f.place();
    Tree.Expr from = typed(f.from(), Type.INT);
    Tree.Expr to = typed(f.to(), Type.INT);
    Slot i = local(p, f.name(), Type.INT);
    Slot end = local(p, "", Type.INT);
    scopes.push(new HashMap<>());
    name(i);
    Tree.Stmt body = body(f.body());
    scopes.pop();
    Tree.Expr next =
        new Tree.Arithmetic(
            p, Type.INT, Tree.Operation.ADD, new Tree.Local(p, i), new Tree.Number(p, Type.INT, 1));
    return new Tree.Block(
        List.of(
            new Tree.SetLocal(p, i, from),
            new Tree.SetLocal(p, end, to),
            new Tree.Loop(
                p,
                new Tree.Compare(
                    p, Tree.Relation.LESS, new Tree.Local(p, i), new Tree.Local(p, end)),
                body,
                new Tree.SetLocal(p, i, next))));
  }

  private Tree.Stmt done(Syntax.Do d) {
    if (d.expr() instanceof Syntax.Call c && !declared.containsKey(c.name())) {
      if (c.name().equals("print") || c.name().equals("println")) {
        return print(c);
      }
    }
    Tree.Expr e = expr(d.expr());
    if (!(d.expr() instanceof Syntax.Call)) {
      error(d.place(), "this expression does nothing");
    }
    return new Tree.Do(d.place(), e);
  }

  /** A call for each value, by its type. */
  private Tree.Stmt print(Syntax.Call c) {
    List<Tree.Stmt> calls = new ArrayList<>();
    for (Syntax.Expr a : c.arguments()) {
      Tree.Expr value = expr(a);
      String printer = Builtins.printer(value.type());
      if (printer == null && value.type() != null) {
        error(a.place(), "a value of type " + value.type() + " can't be printed");
      }
      calls.add(print(a.place(), printer, value));
    }
    if (c.name().equals("println")) {
      calls.add(print(c.place(), "tern_print", new Tree.Text(c.place(), "\n")));
    }
    return new Tree.Block(calls);
  }

  private static Tree.Stmt print(Place place, String printer, Tree.Expr value) {
    return new Tree.Do(place, new Tree.Call(place, Type.NOTHING, printer, List.of(value), false));
  }

  // Expressions.

  /** An expression whose value is wanted as this type. */
  private Tree.Expr typed(Syntax.Expr e, Type wanted) {
    return fitting(expr(e), wanted);
  }

  private Tree.Expr fitting(Tree.Expr e, Type wanted) {
    if (e.type() != null && wanted != null && !e.type().fits(wanted)) {
      error(e.place(), "expected a value of type " + wanted + ", found " + e.type());
    }
    return e;
  }

  private Tree.Expr expr(Syntax.Expr expr) {
    return switch (expr) {
      case Syntax.Literal l -> new Tree.Number(l.place(), l.type(), l.value());
      case Syntax.Text t -> new Tree.Text(t.place(), t.value());
      case Syntax.Name n -> name(n);
      case Syntax.Unary u -> unary(u);
      case Syntax.Binary b -> binary(b);
      case Syntax.Call c -> call(c);
      case Syntax.Index i -> index(i);
      case Syntax.New n -> new Tree.New(n.place(), n.of(), typed(n.count(), Type.INT));
      case Syntax.Size s -> new Tree.Size(s.place(), s.of());
      case Syntax.Items i -> items(i);
    };
  }

  /** Stands for what has no meaning; no further error comes of it. */
  private static Tree.Expr unknown(Place place) {
    return new Tree.Number(place, null, 0);
  }

  private Tree.Expr name(Syntax.Name n) {
    for (Map<String, Slot> scope : scopes) {
      if (scope.containsKey(n.name())) {
        return new Tree.Local(n.place(), scope.get(n.name()));
      }
    }
    return switch (declared.get(n.name())) {
      case Syntax.Variable v -> new Tree.Global(n.place(), v.type(), v.name());
      case Syntax.Function f -> new Tree.FunctionAddress(n.place(), f.name());
      case Syntax.Constant c when constants.containsKey(c.name()) -> {
        Tree.Number value = constants.get(c.name());
        yield new Tree.Number(n.place(), value.type(), value.value());
      }
      case Syntax.Constant c -> {
        error(n.place(), "the constant '" + n.name() + "' is declared below");
        yield unknown(n.place());
      }
      case null -> {
        error(n.place(), "unknown name '" + n.name() + "'");
        yield unknown(n.place());
      }
    };
  }

  private Tree.Expr unary(Syntax.Unary u) {
    if (u.operator().equals("!")) {
      Tree.Expr of = typed(u.of(), Type.BOOL);
      return of instanceof Tree.Number n
          ? new Tree.Number(u.place(), n.type(), 1 - n.value())
          : new Tree.Not(u.place(), of);
    }
    // -x is 0 - x, ~x is x ^ -1
    boolean minus = u.operator().equals("-");
    Tree.Expr of = typed(u.of(), Type.INT);
    Tree.Expr with = new Tree.Number(u.place(), Type.INT, minus ? 0 : -1);
    Tree.Operation operation = minus ? Tree.Operation.SUBTRACT : Tree.Operation.XOR;
    return Folding.fold(
        new Tree.Arithmetic(u.place(), Type.INT, operation, minus ? with : of, minus ? of : with));
  }

  private Tree.Expr binary(Syntax.Binary b) {
    Place place = b.place();
    if (b.operator().equals("&&") || b.operator().equals("||")) {
      return new Tree.Logic(
          place,
          b.operator().equals("&&"),
          typed(b.left(), Type.BOOL),
          typed(b.right(), Type.BOOL));
    }
    Tree.Relation relation = relation(b.operator());
    if (relation == Tree.Relation.EQUAL || relation == Tree.Relation.NOT_EQUAL) {
      Tree.Expr left = expr(b.left());
      Tree.Expr right = expr(b.right());
      if (left.type() != null
          && right.type() != null
          && (left.type() == Type.NOTHING
              || !left.type().fits(right.type()) && !right.type().fits(left.type()))) {
        error(place, "a " + left.type() + " is never the same as a " + right.type());
      }
      return new Tree.Compare(place, relation, left, right);
    }
    if (relation != null) {
      return new Tree.Compare(
          place, relation, typed(b.left(), Type.INT), typed(b.right(), Type.INT));
    }
    Tree.Expr left = expr(b.left());
    Tree.Expr right = typed(b.right(), Type.INT);
    if (b.operator().equals("+") && left.type() instanceof Type.Pointer p) {
      return new Tree.Offset(place, p, left, right);
    }
    Tree.Operation operation = operation(b.operator());
    boolean divides = operation == Tree.Operation.DIVIDE || operation == Tree.Operation.REMAINDER;
    if (divides && right instanceof Tree.Number n && n.type() != null && n.value() == 0) {
      error(place, "division by zero");
      return unknown(place);
    }
    return Folding.fold(
        new Tree.Arithmetic(place, Type.INT, operation, fitting(left, Type.INT), right));
  }

  private static Tree.Relation relation(String operator) {
    return switch (operator) {
      case "==" -> Tree.Relation.EQUAL;
      case "!=" -> Tree.Relation.NOT_EQUAL;
      case "<" -> Tree.Relation.LESS;
      case "<=" -> Tree.Relation.LESS_OR_EQUAL;
      case ">" -> Tree.Relation.GREATER;
      case ">=" -> Tree.Relation.GREATER_OR_EQUAL;
      default -> null;
    };
  }

  private static Tree.Operation operation(String operator) {
    return switch (operator) {
      case "+" -> Tree.Operation.ADD;
      case "-" -> Tree.Operation.SUBTRACT;
      case "*" -> Tree.Operation.MULTIPLY;
      case "/" -> Tree.Operation.DIVIDE;
      case "%" -> Tree.Operation.REMAINDER;
      case "&" -> Tree.Operation.AND;
      case "|" -> Tree.Operation.OR;
      case "^" -> Tree.Operation.XOR;
      case "<<" -> Tree.Operation.SHIFT_LEFT;
      case ">>" -> Tree.Operation.SHIFT_RIGHT;
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private Tree.Expr call(Syntax.Call c) {
    if (c.name().equals("len") && !declared.containsKey("len") && c.arguments().size() == 1) {
      return length(c.place(), expr(c.arguments().getFirst()));
    }
    Signature f = signature(c);
    if (f == null) {
      return unknown(c.place());
    }
    int wanted = f.parameters().size();
    int given = c.arguments().size();
    if (given < wanted || given > wanted && !f.variadic()) {
      error(c.place(), "'" + c.name() + "' takes " + wanted + " arguments, not " + given);
      return unknown(c.place());
    }
    List<Tree.Expr> arguments = new ArrayList<>();
    for (int i = 0; i < given; i++) {
      Syntax.Expr a = c.arguments().get(i);
      arguments.add(i < wanted ? typed(a, f.parameters().get(i)) : expr(a));
      if (arguments.get(i).type() == Type.NOTHING) {
        error(a.place(), "this returns nothing");
      }
    }
    return new Tree.Call(c.place(), f.result(), f.symbol(), arguments, f.variadic());
  }

  /** What a call means; null where it is none, which has been said. */
  private Signature signature(Syntax.Call c) {
    return switch (declared.get(c.name())) {
      case Syntax.Function f ->
          new Signature(
              f.name(),
              f.parameters().stream().map(Syntax.Parameter::type).toList(),
              f.variadic(),
              f.result());
      case null -> {
        Signature builtin = Builtins.FUNCTIONS.get(c.name());
        if (builtin == null) {
          error(c.place(), "unknown function '" + c.name() + "'");
        }
        yield builtin;
      }
      default -> {
        error(c.place(), "'" + c.name() + "' is no function");
        yield null;
      }
    };
  }

  private Tree.Expr length(Place place, Tree.Expr of) {
    if (of.type() instanceof Type.Array) {
      return new Tree.Length(place, of);
    }
    return new Tree.Call(
        place, Type.INT, Builtins.STRING_LENGTH, List.of(fitting(of, Type.STRING)), false);
  }

  private Tree.Expr index(Syntax.Index i) {
    Tree.Expr of = expr(i.of());
    Tree.Expr index = typed(i.index(), Type.INT);
    return switch (of.type()) {
      case Type.Array(Type element) -> new Tree.Element(i.place(), element, of, index);
      case Type.Pointer(Type element) -> new Tree.Element(i.place(), element, of, index);
      case null -> of;
      default -> {
        error(i.place(), "a value of type " + of.type() + " has no elements");
        yield unknown(i.place());
      }
    };
  }

  /** The first element says the type of all. */
  private Tree.Expr items(Syntax.Items i) {
    if (i.items().isEmpty()) {
      error(i.place(), "an array without elements is made by new: new int[0]");
      return unknown(i.place());
    }
    List<Tree.Expr> items = new ArrayList<>(List.of(expr(i.items().getFirst())));
    Type element = items.getFirst().type();
    i.items().stream().skip(1).forEach(e -> items.add(typed(e, element)));
    if (element == Type.NOTHING || element == Type.NULL) {
      error(i.place(), "an array can't have elements of the type of this value: " + element);
    }
    if (locals == null) {
      error(i.place(), "not a constant");
      return unknown(i.place());
    }
    return new Tree.Items(i.place(), element, local(i.place(), "", null), items);
  }
}
