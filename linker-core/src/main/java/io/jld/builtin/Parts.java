package io.jld.builtin;

import io.jld.plan.Expression;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.FilePattern;
import io.jld.plan.InputSections.Flags;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.InputSections.Sort;
import io.jld.plan.Node;
import io.jld.plan.Place;
import io.jld.plan.Statement;
import java.util.ArrayList;
import java.util.List;

/** What built-in layouts consist of: expressions, assignments and descriptions of inputs. */
final class Parts {
  static final Place PLACE = Place.builtIn("built-in layout");

  static final Node DOT = new Node.Sym(".");
  static final Node PAGE = new Node.OfLink(Expression.Constant.MAXPAGESIZE);
  static final Node HEADERS = new Node.OfLink(Expression.Constant.SIZEOF_HEADERS);

  private Parts() {}

  static Node number(long value) {
    return new Node.Num(value);
  }

  /** {@code a + b}, and so on. */
  static Node binary(Node.Operator operator, Node a, Node b) {
    return new Node.Binary(operator, a, b);
  }

  /** The location counter, aligned: {@code ALIGN(to)}. */
  static Node align(Node to) {
    return new Node.Unary(Node.Function1.ALIGN, to);
  }

  /**
   * An address on the next page, as far into it as the location counter is into its own: the file
   * needs no padding, since both pages can be mapped from the same place in it.
   */
  static Node nextPage() {
    Node offset = binary(Node.Operator.AND, DOT, binary(Node.Operator.SUBTRACT, PAGE, number(1)));
    return binary(Node.Operator.ADD, align(PAGE), offset);
  }

  /** The address that an option gives to a segment, or else another. */
  static Node segmentStart(String segment, Node otherwise) {
    return new Node.SegmentStart(segment, otherwise);
  }

  static Expression expression(Node root) {
    return new Expression(PLACE, root);
  }

  /** {@code . = value;}. */
  static Statement counter(Node value) {
    return new Statement.Assign(PLACE, ".", expression(value), false, false);
  }

  /** {@code PROVIDE(symbol = value);}. */
  static Statement provide(String symbol, Node value) {
    return new Statement.Assign(PLACE, symbol, expression(value), true, false);
  }

  /** {@code PROVIDE_HIDDEN(symbol = .);}. */
  static Statement provideHidden(String symbol) {
    return new Statement.Assign(PLACE, symbol, expression(DOT), true, true);
  }

  /** {@code *(name ...)}. */
  static InputSections inputs(String... names) {
    return inputs(FilePattern.ALL, plain(names), false);
  }

  /** {@code KEEP(*(name ...))}. */
  static InputSections keep(String... names) {
    return inputs(FilePattern.ALL, plain(names), true);
  }

  /** {@code KEEP(file(name))}. */
  static InputSections keepOf(String file, String name) {
    return inputs(new FilePattern(file, List.of(), List.of()), plain(name), true);
  }

  /** {@code KEEP(*(SORT(name) ...))}. */
  static InputSections keepSorted(Sort sort, String... names) {
    List<SectionPattern> patterns = new ArrayList<>();
    for (String name : names) {
      patterns.add(new SectionPattern(name, List.of(sort), List.of()));
    }
    return inputs(FilePattern.ALL, patterns, true);
  }

  /**
   * The parts of a section of this name: as compilers name them, and as older ones did where a
   * linker kept one copy of each.
   */
  static InputSections family(String name, String linkOnce) {
    return inputs(name, name + ".*", ".gnu.linkonce." + linkOnce + ".*");
  }

  static InputSections inputs(FilePattern files, List<SectionPattern> sections, boolean keep) {
    return new InputSections(PLACE, files, sections, keep, Flags.ANY);
  }

  private static List<SectionPattern> plain(String... names) {
    List<SectionPattern> patterns = new ArrayList<>();
    for (String name : names) {
      patterns.add(SectionPattern.of(name));
    }
    return patterns;
  }
}
