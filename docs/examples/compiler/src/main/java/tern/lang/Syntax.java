package tern.lang;

import java.util.List;
import tern.lang.Source.Place;

/** A program as it is written: what the parser understands, before names have a meaning. */
public final class Syntax {
  private Syntax() {}

  /** What stands in a file. */
  public sealed interface Declaration {
    Place place();

    String name();
  }

  public record Parameter(Place place, String name, Type type) {}

  /**
   * {@code fn name(parameters): result { body }}.
   *
   * @param body null: {@code extern}, another object has it
   * @param variadic {@code ...} behind the parameters
   */
  public record Function(
      Place place,
      String name,
      boolean isPrivate,
      List<Parameter> parameters,
      boolean variadic,
      Type result,
      Block body,
      Place end)
      implements Declaration {}

  /**
   * {@code var name: type = value;} outside of functions.
   *
   * @param value null: zero
   */
  public record Variable(
      Place place, String name, boolean isPrivate, boolean isExtern, Type type, Expr value)
      implements Declaration {}

  /** {@code const name = value;}. */
  public record Constant(Place place, String name, Expr value) implements Declaration {}

  /** A statement. */
  public sealed interface Stmt {
    Place place();
  }

  public record Block(Place place, List<Stmt> statements) implements Stmt {}

  /**
   * @param type null: that of the value
   * @param value null: zero
   */
  public record Let(Place place, String name, Type type, Expr value) implements Stmt {}

  public record Assign(Place place, Expr to, Expr value) implements Stmt {}

  /**
   * @param otherwise null: nothing
   */
  public record If(Place place, Expr condition, Stmt then, Stmt otherwise) implements Stmt {}

  public record While(Place place, Expr condition, Block body) implements Stmt {}

  /** {@code for name in from..to}: to is not among the values. */
  public record For(Place place, String name, Expr from, Expr to, Block body) implements Stmt {}

  /**
   * @param value null: none
   */
  public record Return(Place place, Expr value) implements Stmt {}

  /** {@code break} or {@code continue}. */
  public record Jump(Place place, boolean out) implements Stmt {}

  public record Do(Place place, Expr expr) implements Stmt {}

  /** An expression. */
  public sealed interface Expr {
    Place place();
  }

  public record Literal(Place place, Type type, int value) implements Expr {}

  public record Text(Place place, String value) implements Expr {}

  public record Name(Place place, String name) implements Expr {}

  public record Unary(Place place, String operator, Expr of) implements Expr {}

  /** Its place is the operator's. */
  public record Binary(Place place, String operator, Expr left, Expr right) implements Expr {}

  public record Call(Place place, String name, List<Expr> arguments) implements Expr {}

  /** Its place is the bracket's. */
  public record Index(Place place, Expr of, Expr index) implements Expr {}

  public record New(Place place, Type of, Expr count) implements Expr {}

  /** {@code sizeof(type)}: what one takes in memory, in bytes. */
  public record Size(Place place, Type of) implements Expr {}

  /** {@code [a, b, c]}. */
  public record Items(Place place, List<Expr> items) implements Expr {}
}
