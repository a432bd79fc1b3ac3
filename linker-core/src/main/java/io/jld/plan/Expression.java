package io.jld.plan;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.plan.Node.Operator;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * An expression of a linker script or of {@code --defsym}: 64-bit arithmetic on numbers and
 * addresses, with C's operators and their precedence. As in GNU ld, {@code /} and {@code %} are
 * signed, all comparisons, {@code >>}, {@code MAX} and {@code MIN} are unsigned, and a shift counts
 * by its lowest six bits.
 *
 * <p>Numbers are decimal, {@code 0x} or {@code $} hexadecimal, {@code 0} octal; or have their base
 * after them ({@code 0ffh}, {@code 17o}, {@code 101b}). {@code K} and {@code M} after a number
 * stand for 1024 and 1024 * 1024. The functions are those of {@code
 * io.jld.script.ExpressionParser}; what they ask of the link is a {@link Scope}.
 */
public final class Expression {
  private static final Node COUNTER = new Node.Sym(".");

  private final Place place;
  private final Node root;

  /** As it is written; null where nobody has. */
  private final String text;

  /** What {@link #symbols} gives, once somebody has asked. */
  private Set<String> symbols;

  /**
   * @param text as it is written
   */
  public Expression(Place place, Node root, String text) {
    this.place = place;
    this.root = root;
    this.text = text;
  }

  /** An expression that nobody has written: part of a built-in layout. */
  public Expression(Place place, Node root) {
    this(place, root, null);
  }

  /** {@code symbol operator (this)}, which an assignment like {@code symbol += this} gives. */
  public Expression of(Operator operator, String symbol) {
    return new Expression(
        place,
        new Node.Binary(operator, new Node.Sym(symbol), root),
        symbol + " " + operator.text() + " (" + this + ")");
  }

  /** Where it stands. */
  public Place place() {
    return place;
  }

  public Node root() {
    return root;
  }

  /**
   * The value, and what it counts from, for a statement of a layout.
   *
   * @return null where it depends on something that is not known yet
   * @throws LinkException for what is still not known in the last round, an undefined section or
   *     region, a division by zero and an {@code ASSERT} that does not hold
   */
  public Value value(ValueScope scope) {
    return new Evaluator(place, scope).evaluate(root);
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text == null ? ExpressionPrinter.print(root) : text;
  }

  /** What an expression may ask of the link. */
  @FunctionalInterface
  public interface Scope {
    /** A symbol's address or the location counter's value; empty where there is none. */
    OptionalLong symbol(String name);

    /** {@code DEFINED}. */
    default boolean isDefined(String name) {
      return symbol(name).isPresent();
    }

    /** Something about an output section; empty where there is no such section. */
    default OptionalLong section(Property property, String name) {
      return OptionalLong.empty();
    }

    /** {@code SIZEOF_HEADERS}, and what {@code CONSTANT} names. */
    default long constant(Constant constant) {
      return 0;
    }

    /**
     * {@code SEGMENT_START}: the address that an option gives to a segment.
     *
     * @param name {@code text-segment}, {@code data}, ...
     */
    default OptionalLong segmentStart(String name) {
      return OptionalLong.empty();
    }
  }

  /**
   * The value.
   *
   * @throws LinkException for an undefined symbol or section, a division by zero and an {@code
   *     ASSERT} that does not hold
   */
  public long evaluate(Scope scope) {
    return value(root, scope);
  }

  /**
   * The symbols whose addresses the value may depend on, those that only {@code DEFINED} asks for
   * left out.
   */
  public Set<String> symbols() {
    if (symbols == null) {
      Set<String> names = new LinkedHashSet<>();
      collect(root, names);
      symbols = Collections.unmodifiableSet(names);
    }
    return symbols;
  }

  /**
   * Whether an assignment of this to the location counter says nothing about the section in which
   * it stands, if the value is its start: {@code 0}, a symbol that is, {@code . + 0} and {@code
   * ALIGN(. != 0 ? x : 1)}.
   *
   * @param zeros whether a symbol has the value 0
   */
  public boolean saysNothing(Predicate<String> zeros) {
    if (root instanceof Node.Binary b) {
      return b.operator() == Node.Operator.ADD
          && isDot(b.left())
          && (isNumber(b.right(), 0) || (b.right() instanceof Node.Sym s && zeros.test(s.name())));
    }
    if (root instanceof Node.Unary u) {
      return u.operator() == Node.Function1.ALIGN
          && u.operand() instanceof Node.Conditional c
          && c.condition() instanceof Node.Binary b
          && b.operator() == Node.Operator.NOT_EQUAL
          && isDot(b.left())
          && isNumber(b.right(), 0)
          && isNumber(c.otherwise(), 1);
    }
    return isNumber(root, 0) || (root instanceof Node.Sym s && !isDot(s) && zeros.test(s.name()));
  }

  private static boolean isDot(Node n) {
    return n instanceof Node.Sym s && s.name().equals(".");
  }

  private static boolean isNumber(Node n, long value) {
    return n instanceof Node.Num number && number.value() == value;
  }

  /** The output sections whose address or size it asks for. */
  public Set<String> sections() {
    Set<String> names = new LinkedHashSet<>();
    collectSections(root, names);
    return names;
  }

  private static void collectSections(Node node, Set<String> names) {
    if (node instanceof Node.OfSection o && o.property() != Property.ALIGNOF) {
      names.add(o.section());
    }
    for (Node operand : node.operands()) {
      collectSections(operand, names);
    }
  }

  /**
   * Whether the value moves when the output is loaded at another address: that of {@code a + 8}
   * does, and none of {@code 8}, {@code b - a}, {@code a * 2} or {@code ABSOLUTE(a)}. A symbol that
   * is defined by the expression belongs into a section then.
   *
   * @param moving whether a symbol's value moves
   */
  public boolean isRelative(Predicate<String> moving) {
    return isRelative(root, moving);
  }

  /**
   * Whether the value is an address in an output section's braces too, where numbers and the
   * distance of two symbols count from the section: something in it has been made absolute.
   */
  public boolean isAbsolute() {
    return isAbsolute(root);
  }

  /** The symbol that the expression consists of; null where it is more or less than one. */
  public String symbol() {
    return root instanceof Node.Sym s ? s.name() : null;
  }

  /** What can be asked of an output section. */
  public enum Property {
    ADDR,
    LOADADDR,
    SIZEOF,
    ALIGNOF
  }

  /** What is the same in a whole link. */
  public enum Constant {
    MAXPAGESIZE,
    COMMONPAGESIZE,
    SIZEOF_HEADERS
  }

  private long value(Node node, Scope scope) {
    return switch (node) {
      case Node.Num n -> n.value();
      case Node.Sym s ->
          scope
              .symbol(s.name())
              .orElseThrow(
                  () -> error("undefined symbol '" + s.name() + "' referenced in expression"));
      case Node.Defined d -> Arithmetic.bit(scope.isDefined(d.name()));
      case Node.OfSection o ->
          scope
              .section(o.property(), o.section())
              .orElseThrow(
                  () -> error("undefined section '" + o.section() + "' referenced in expression"));
      case Node.OfLink o -> scope.constant(o.constant());
      case Node.OfRegion o -> throw error(noRegion(o.region()));
      case Node.SegmentStart s -> {
        OptionalLong start = scope.segmentStart(s.segment());
        yield start.isPresent() ? start.getAsLong() : value(s.otherwise(), scope);
      }
      case Node.Conditional c ->
          value(value(c.condition(), scope) != 0 ? c.then() : c.otherwise(), scope);
      case Node.Checked c -> {
        long v = value(c.condition(), scope);
        if (v == 0) {
          throw place.error(DiagnosticCode.SCRIPT_ASSERTION, c.message());
        }
        yield v;
      }
      case Node.Unary u -> {
        long v = value(u.operand(), scope);
        yield switch (u.operator()) {
          case ALIGN, NEXT -> Arithmetic.align(value(COUNTER, scope), v);
          case DATA_SEGMENT_END, RELRO_BEGIN, RELRO_END ->
              throw onlyInSections(u.operator().text());
          case NEGATE -> -v;
          case COMPLEMENT -> ~v;
          case NOT -> Arithmetic.bit(v == 0);
          case ABSOLUTE -> v;
          case LOG2CEIL -> Arithmetic.log2Ceil(v);
        };
      }
      case Node.Binary b -> {
        long left = value(b.left(), scope);
        if (Arithmetic.isDecided(b.operator(), left)) {
          yield Arithmetic.bit(left != 0);
        }
        long right = value(b.right(), scope);
        if (Arithmetic.isZeroDivision(b.operator(), right)) {
          throw error("division by zero in expression");
        }
        yield switch (b.operator()) {
          case DATA_SEGMENT_ALIGN, DATA_SEGMENT_RELRO_END ->
              throw onlyInSections(b.operator().text());
          default -> Arithmetic.apply(b.operator(), left, right);
        };
      }
    };
  }

  private LinkException onlyInSections(String function) {
    return error(function + " has no value outside of SECTIONS");
  }

  static String noRegion(String name) {
    return "undefined MEMORY region '" + name + "' referenced in expression";
  }

  private LinkException error(String message) {
    return place.error(DiagnosticCode.SCRIPT_EXPRESSION, message);
  }

  private static void collect(Node node, Set<String> names) {
    if (node instanceof Node.Sym s) {
      names.add(s.name());
    } else if (node instanceof Node.Unary u && u.operator().usesCounter()) {
      names.add(".");
    }
    for (Node operand : node.operands()) {
      collect(operand, names);
    }
  }

  // No switch over types, because that costs a cold start (docs/performance.md).

  private static boolean isAbsolute(Node node) {
    if (node instanceof Node.Unary u) {
      return u.operator() == Node.Function1.ABSOLUTE
          || u.operator() == Node.Function1.NEXT
          || isAbsolute(u.operand());
    }
    if (node instanceof Node.Binary b) {
      return isAbsolute(b.left()) || isAbsolute(b.right());
    }
    if (node instanceof Node.Conditional c) {
      return isAbsolute(c.then()) && isAbsolute(c.otherwise());
    }
    if (node instanceof Node.Checked c) {
      return isAbsolute(c.condition());
    }
    return node instanceof Node.OfSection o && o.property() == Property.LOADADDR;
  }

  private static boolean isRelative(Node node, Predicate<String> moving) {
    if (node instanceof Node.Sym s) {
      return moving.test(s.name());
    }
    if (node instanceof Node.Binary b) {
      return switch (b.operator()) {
        case ADD, AND, OR -> isRelative(b.left(), moving) != isRelative(b.right(), moving);
        case SUBTRACT -> isRelative(b.left(), moving) && !isRelative(b.right(), moving);
        case ALIGN -> isRelative(b.left(), moving);
        case MAX, MIN -> isRelative(b.left(), moving) || isRelative(b.right(), moving);
        default -> false;
      };
    }
    if (node instanceof Node.Unary u) {
      return u.operator().usesCounter() && moving.test(".");
    }
    if (node instanceof Node.Conditional c) {
      return isRelative(c.then(), moving) || isRelative(c.otherwise(), moving);
    }
    if (node instanceof Node.Checked c) {
      return isRelative(c.condition(), moving);
    }
    if (node instanceof Node.SegmentStart || node instanceof Node.OfRegion r && r.origin()) {
      return true; // a place in the output, wherever it is loaded
    }
    return node instanceof Node.OfSection o && o.property() == Property.ADDR;
  }
}
