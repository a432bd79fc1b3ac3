package tern.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tern.lang.Source.Place;
import tern.lang.Syntax.Block;
import tern.lang.Syntax.Declaration;
import tern.lang.Syntax.Expr;
import tern.lang.Syntax.Parameter;
import tern.lang.Syntax.Stmt;
import tern.lang.Token.Kind;

/**
 * Understands the grammar, by recursive descent: a method for each rule. Behind an error it goes on
 * with the next declaration.
 */
public final class Parser {
  /** How deep expressions and blocks may be nested, so that no program overflows our stack. */
  private static final int MAX_DEPTH = 200;

  /** Operators in a statement, for the same reason: a chain of them is a deep tree, too. */
  private static final int MAX_OPERATORS = 1000;

  /** How tightly an operator binds its operands. */
  private static final Map<String, Integer> BINDS =
      Map.ofEntries(
          Map.entry("||", 1),
          Map.entry("&&", 2),
          Map.entry("==", 3),
          Map.entry("!=", 3),
          Map.entry("<", 4),
          Map.entry("<=", 4),
          Map.entry(">", 4),
          Map.entry(">=", 4),
          Map.entry("|", 5),
          Map.entry("^", 6),
          Map.entry("&", 7),
          Map.entry("<<", 8),
          Map.entry(">>", 8),
          Map.entry("+", 9),
          Map.entry("-", 9),
          Map.entry("*", 10),
          Map.entry("/", 10),
          Map.entry("%", 10));

  /** Leaves a declaration that is not understood. */
  private static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1;

    Lost() {
      super(null, null, false, false);
    }
  }

  private final List<Token> tokens;
  private final Errors errors;
  private int at;
  private int depth;
  private int operators;

  private Parser(List<Token> tokens, Errors errors) {
    this.tokens = tokens;
    this.errors = errors;
  }

  /** The declarations of a file. */
  public static List<Declaration> parse(Source source, Errors errors) {
    return new Parser(Lexer.tokens(source, errors), errors).file();
  }

  private List<Declaration> file() {
    List<Declaration> all = new ArrayList<>();
    while (peek().kind() != Kind.END) {
      try {
        depth = 0;
        operators = 0;
        all.add(declaration());
      } catch (Lost e) {
        skipToDeclaration();
      }
    }
    return all;
  }

  private void skipToDeclaration() {
    if (peek().kind() != Kind.END) {
      at++;
    }
    while (peek().kind() != Kind.END && !beginsDeclaration()) {
      at++;
    }
  }

  /** A declaration begins a line; {@code var} inside of functions is indented. */
  private boolean beginsDeclaration() {
    Token t = peek();
    return t.place().column() == 1
        && (t.is("fn") || t.is("extern") || t.is("private") || t.is("const") || t.is("var"));
  }

  // Declarations.

  private Declaration declaration() {
    boolean isExtern = take("extern");
    boolean isPrivate = !isExtern && take("private");
    if (take("fn")) {
      return function(isExtern, isPrivate);
    }
    if (take("var")) {
      Token name = name();
      expect(":");
      Type type = type();
      Expr value = !isExtern && take("=") ? expression() : null;
      expect(";");
      return new Syntax.Variable(name.place(), name.text(), isPrivate, isExtern, type, value);
    }
    if (!isExtern && !isPrivate && take("const")) {
      Token name = name();
      expect("=");
      Expr value = expression();
      expect(";");
      return new Syntax.Constant(name.place(), name.text(), value);
    }
    throw lost("a declaration: fn, var, const, extern or private");
  }

  private Syntax.Function function(boolean isExtern, boolean isPrivate) {
    Token name = name();
    List<Parameter> parameters = new ArrayList<>();
    boolean variadic = false;
    expect("(");
    while (!variadic && !take(")")) {
      if (isExtern && take("...")) {
        variadic = true;
        expect(")");
      } else {
        Token p = name();
        expect(":");
        parameters.add(new Parameter(p.place(), p.text(), type()));
        if (!peek().is(")")) {
          expect(",");
        }
      }
    }
    Type result = take(":") ? type() : Type.NOTHING;
    Block body = null;
    if (isExtern) {
      expect(";");
    } else {
      body = block();
    }
    Place end = tokens.get(at - 1).place();
    return new Syntax.Function(
        name.place(), name.text(), isPrivate, parameters, variadic, result, body, end);
  }

  private Type type() {
    Type t = elementType();
    if (t == Type.BYTE) {
      errors.add(tokens.get(at - 1).place(), "a byte stands in arrays alone: byte[]");
    }
    return t;
  }

  private Type elementType() {
    Type type = plainType();
    while (peek().is("[") && tokens.get(at + 1).is("]")) {
      at += 2;
      type = new Type.Array(type);
    }
    return type;
  }

  private Type plainType() {
    Token t = peek();
    at++;
    switch (t.kind() == Kind.SIGN ? t.text() : "") {
      case "int" -> {
        return Type.INT;
      }
      case "bool" -> {
        return Type.BOOL;
      }
      case "byte" -> {
        return Type.BYTE;
      }
      case "string" -> {
        return Type.STRING;
      }
      case "any" -> {
        return Type.ANY;
      }
      case "*" -> {
        enter();
        Type to = plainType();
        depth--;
        return new Type.Pointer(to);
      }
      default -> {
        at--;
        throw lost("a type");
      }
    }
  }

  // Statements.

  private Block block() {
    enter();
    Place place = peek().place();
    expect("{");
    List<Stmt> all = new ArrayList<>();
    while (!take("}")) {
      all.add(statement());
    }
    depth--;
    return new Block(place, all);
  }

  private Stmt statement() {
    Token first = peek();
    Place place = first.place();
    operators = 0;
    if (first.is("{")) {
      return block();
    }
    if (first.is("if")) {
      return ifStatement();
    }
    if (take("while")) {
      return new Syntax.While(place, expression(), block());
    }
    if (take("for")) {
      String name = name().text();
      expect("in");
      Expr from = expression();
      expect("..");
      return new Syntax.For(place, name, from, expression(), block());
    }
    Stmt s;
    if (take("var")) {
      Token name = name();
      Type type = take(":") ? type() : null;
      Expr value = type == null || peek().is("=") ? valueOf() : null;
      s = new Syntax.Let(name.place(), name.text(), type, value);
    } else if (take("return")) {
      s = new Syntax.Return(place, peek().is(";") ? null : expression());
    } else if (take("break")) {
      s = new Syntax.Jump(place, true);
    } else if (take("continue")) {
      s = new Syntax.Jump(place, false);
    } else {
      Expr e = expression();
      s = peek().is("=") ? new Syntax.Assign(place, e, valueOf()) : new Syntax.Do(place, e);
    }
    expect(";");
    return s;
  }

  private Expr valueOf() {
    expect("=");
    return expression();
  }

  private Stmt ifStatement() {
    enter();
    Place place = peek().place();
    expect("if");
    Expr condition = expression();
    Block then = block();
    Stmt otherwise = !take("else") ? null : peek().is("if") ? ifStatement() : block();
    depth--;
    return new Syntax.If(place, condition, then, otherwise);
  }

  // Expressions.

  private Expr expression() {
    return binary(1);
  }

  /** Operators that bind at least as tightly as {@code least}, from left to right. */
  private Expr binary(int least) {
    enter();
    Expr left = unary();
    while (binds(peek()) >= least) {
      Token operator = operator();
      left =
          new Syntax.Binary(operator.place(), operator.text(), left, binary(binds(operator) + 1));
    }
    depth--;
    return left;
  }

  private static int binds(Token t) {
    return t.kind() == Kind.SIGN ? BINDS.getOrDefault(t.text(), 0) : 0;
  }

  private Expr unary() {
    Token t = peek();
    if (!t.is("-") && !t.is("!") && !t.is("~")) {
      return postfix();
    }
    enter();
    operator();
    Expr of = unary();
    depth--;
    return new Syntax.Unary(t.place(), t.text(), of);
  }

  private Expr postfix() {
    Expr e = primary();
    while (peek().is("[")) {
      Place place = operator().place();
      e = new Syntax.Index(place, e, expression());
      expect("]");
    }
    return e;
  }

  private Expr primary() {
    Token t = peek();
    Place place = t.place();
    at++;
    switch (t.kind()) {
      case NUMBER -> {
        return new Syntax.Literal(place, Type.INT, t.value());
      }
      case STRING -> {
        return new Syntax.Text(place, t.text());
      }
      case NAME -> {
        return take("(")
            ? new Syntax.Call(place, t.text(), list(")"))
            : new Syntax.Name(place, t.text());
      }
      default -> {
        // a keyword or a bracket
      }
    }
    if (t.is("(")) {
      Expr e = expression();
      expect(")");
      return e;
    }
    if (t.is("[")) {
      return new Syntax.Items(place, list("]"));
    }
    if (t.is("new")) {
      Type of = elementType(); // new int[][n] has n rows
      expect("[");
      Expr count = expression();
      expect("]");
      return new Syntax.New(place, of, count);
    }
    if (t.is("sizeof")) {
      expect("(");
      Type of = elementType();
      expect(")");
      return new Syntax.Size(place, of);
    }
    if (t.is("true") || t.is("false")) {
      return new Syntax.Literal(place, Type.BOOL, t.is("true") ? 1 : 0);
    }
    if (t.is("null")) {
      return new Syntax.Literal(place, Type.NULL, 0);
    }
    at--;
    throw lost("an expression");
  }

  private List<Expr> list(String end) {
    List<Expr> all = new ArrayList<>();
    while (!take(end)) {
      all.add(expression());
      if (!peek().is(end)) {
        expect(",");
      }
    }
    return all;
  }

  // Tokens.

  private Token peek() {
    return tokens.get(at);
  }

  private boolean take(String sign) {
    if (peek().is(sign)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String sign) {
    if (!take(sign)) {
      throw lost("'" + sign + "'");
    }
  }

  private Token operator() {
    if (++operators > MAX_OPERATORS) {
      errors.add(peek().place(), "more than " + MAX_OPERATORS + " operators in a statement");
      throw new Lost();
    }
    return tokens.get(at++);
  }

  private Token name() {
    if (peek().kind() != Kind.NAME) {
      throw lost("a name");
    }
    return tokens.get(at++);
  }

  private Lost lost(String wanted) {
    errors.add(peek().place(), "expected " + wanted + ", found " + peek());
    return new Lost();
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      errors.add(peek().place(), "nested too deeply");
      throw new Lost();
    }
  }
}
