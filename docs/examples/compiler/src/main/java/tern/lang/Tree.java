package tern.lang;

import java.util.List;
import tern.lang.Source.Place;

/**
 * A program as it is meant: every name is a slot of the frame or a symbol, every value has a type,
 * and what the language has only for comfort is said by what it has anyway. The checker makes it,
 * and the generator finds no error in it.
 */
public final class Tree {
  private Tree() {}

  /** A file. */
  public record Unit(Source source, List<Function> functions, List<Variable> variables) {}

  /**
   * A function.
   *
   * @param locals all of its variables, those of inner blocks among them
   * @param end the closing brace's place
   */
  public record Function(
      Place place,
      Place end,
      String symbol,
      boolean isPrivate,
      List<Slot> parameters,
      List<Slot> locals,
      Type result,
      Stmt body) {}

  /**
   * A parameter or a local variable.
   *
   * @param index from 0, among its kind
   */
  public record Slot(Place place, String name, Type type, int index, boolean isParameter) {}

  /**
   * A variable outside of functions.
   *
   * @param value a {@link Number} or a {@link Text}
   */
  public record Variable(Place place, String symbol, boolean isPrivate, Type type, Expr value) {}

  /** A statement. */
  public sealed interface Stmt {}

  public record Block(List<Stmt> statements) implements Stmt {
    public static final Block EMPTY = new Block(List.of());
  }

  public record SetLocal(Place place, Slot to, Expr value) implements Stmt {}

  public record SetGlobal(Place place, Global to, Expr value) implements Stmt {}

  public record SetElement(Place place, Element to, Expr value) implements Stmt {}

  public record If(Place place, Expr condition, Stmt then, Stmt otherwise) implements Stmt {}

  /**
   * @param step done behind the body, and by {@code continue}
   */
  public record Loop(Place place, Expr condition, Stmt body, Stmt step) implements Stmt {}

  /**
   * @param value null: none
   */
  public record Return(Place place, Expr value) implements Stmt {}

  public record Jump(Place place, boolean out) implements Stmt {}

  public record Do(Place place, Expr expr) implements Stmt {}

  /** An expression. */
  public sealed interface Expr {
    Place place();

    Type type();
  }

  /** An int, a truth value (0 or 1) or null (0). */
  public record Number(Place place, Type type, int value) implements Expr {}

  public record Text(Place place, String value) implements Expr {
    @Override
    public Type type() {
      return Type.STRING;
    }
  }

  public record Local(Place place, Slot slot) implements Expr {
    @Override
    public Type type() {
      return slot.type();
    }
  }

  public record Global(Place place, Type type, String symbol) implements Expr {}

  /** Where a function begins. */
  public record FunctionAddress(Place place, String symbol) implements Expr {
    @Override
    public Type type() {
      return Type.ANY;
    }
  }

  /** What two ints make. */
  public enum Operation {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    REMAINDER,
    AND,
    OR,
    XOR,
    SHIFT_LEFT,
    SHIFT_RIGHT
  }

  public record Arithmetic(Place place, Type type, Operation operation, Expr left, Expr right)
      implements Expr {}

  /** How two values compare. */
  public enum Relation {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL;

    public Relation opposite() {
      return switch (this) {
        case EQUAL -> NOT_EQUAL;
        case NOT_EQUAL -> EQUAL;
        case LESS -> GREATER_OR_EQUAL;
        case LESS_OR_EQUAL -> GREATER;
        case GREATER -> LESS_OR_EQUAL;
        case GREATER_OR_EQUAL -> LESS;
      };
    }
  }

  public record Compare(Place place, Relation relation, Expr left, Expr right) implements Expr {
    @Override
    public Type type() {
      return Type.BOOL;
    }
  }

  /** {@code &&} or {@code ||}: the right side is evaluated only where it matters. */
  public record Logic(Place place, boolean and, Expr left, Expr right) implements Expr {
    @Override
    public Type type() {
      return Type.BOOL;
    }
  }

  public record Not(Place place, Expr of) implements Expr {
    @Override
    public Type type() {
      return Type.BOOL;
    }
  }

  public record Call(Place place, Type type, String symbol, List<Expr> arguments, boolean variadic)
      implements Expr {}

  /**
   * An element of an array, whose index is checked, or what a pointer points to.
   *
   * @param element its type in memory
   */
  public record Element(Place place, Type element, Expr of, Expr index) implements Expr {
    @Override
    public Type type() {
      return element == Type.BYTE ? Type.INT : element;
    }

    public boolean isChecked() {
      return of.type() instanceof Type.Array;
    }
  }

  /** {@code pointer + n}: the address of the n-th element from there. */
  public record Offset(Place place, Type.Pointer type, Expr pointer, Expr count) implements Expr {}

  public record Length(Place place, Expr of) implements Expr {
    @Override
    public Type type() {
      return Type.INT;
    }
  }

  /** How many bytes one takes in memory, which depends on the processor. */
  public record Size(Place place, Type of) implements Expr {
    @Override
    public Type type() {
      return Type.INT;
    }
  }

  /** An array of zeros. */
  public record New(Place place, Type element, Expr count) implements Expr {
    @Override
    public Type type() {
      return new Type.Array(element);
    }
  }

  /**
   * A new array with these elements.
   *
   * @param slot keeps the array's address meanwhile
   */
  public record Items(Place place, Type element, Slot slot, List<Expr> items) implements Expr {
    @Override
    public Type type() {
      return new Type.Array(element);
    }
  }
}
