package io.jld.script;

import io.jld.plan.Place;
import io.jld.plan.Statement;
import io.jld.plan.Statement.Marker;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what stands in the braces of an output section. As in GNU ld, words are patterns here,
 * which may contain what is an operator elsewhere; but {@code symbol=value} is an assignment
 * without spaces, too.
 */
final class SectionBodyParser extends BracesParser {
  SectionBodyParser(ScriptReader in, IncludeStack includes) {
    this(in, includes, new ArrayList<>());
  }

  private SectionBodyParser(ScriptReader in, IncludeStack includes, List<Statement> statements) {
    super(in, includes, statements);
  }

  /** The statements in the braces, which come next. */
  List<Statement> braces() {
    return braces("before an output section's contents");
  }

  @Override
  protected BracesParser included(ScriptReader file) {
    return new SectionBodyParser(file, includes, statements);
  }

  @Override
  protected void next() {
    boolean quoted = in.peek() == '"';
    Place place = in.place();
    if (!quoted && in.startsList()) {
      statements.add(new InputSectionsParser(in).list(place));
      return;
    }
    String word = quoted ? in.quoted() : in.patternBeforeOperator();
    if (word.isEmpty() && !quoted) {
      throw in.unexpected("an input section, an assignment or '}' expected in an output section");
    }
    if (!quoted && keyword(place, word)) {
      return;
    }
    Statement assign = formulas.assignment(place, word);
    statements.add(assign != null ? assign : new InputSectionsParser(in).of(place, word, quoted));
  }

  private boolean keyword(Place place, String word) {
    switch (word) {
      case "BYTE", "SHORT", "LONG", "QUAD", "SQUAD" ->
          statements.add(
              new Statement.Data(
                  place, Statement.Width.valueOf(word), new ExpressionParser(in).bracketed(word)));
      case "FILL" -> {
        in.expect('(', "after FILL");
        statements.add(new Statement.SetFill(place, new ExpressionParser(in).fill()));
        in.expect(')', "after the expression in FILL");
      }
      case "ASCIZ" -> {
        if (in.peek() != '"') {
          throw in.unexpected("a string in double quotes expected after ASCIZ");
        }
        statements.add(new Statement.Asciz(place, in.quoted()));
      }
      case "CREATE_OBJECT_SYMBOLS", "CONSTRUCTORS", "LINKER_VERSION" ->
          statements.add(new Marker(place, Marker.Kind.valueOf(word)));
      case "INCLUDE" -> include(place);
      case "SORT", "SORT_BY_NAME" -> {
        if (!in.acceptBracketedWord("CONSTRUCTORS")) {
          return false;
        }
        statements.add(new Marker(place, Marker.Kind.SORTED_CONSTRUCTORS));
      }
      default -> {
        Statement formula = formulas.keyword(place, word);
        if (formula == null) {
          return false;
        }
        statements.add(formula);
      }
    }
    return true;
  }
}
