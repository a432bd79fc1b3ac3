package io.jld.script;

import io.jld.plan.Place;
import io.jld.plan.Statement;
import java.util.List;

/** Reads the statements in a pair of braces, and in the files that are included there. */
abstract class BracesParser {
  protected final ScriptReader in;
  protected final IncludeStack includes;
  protected final FormulaParser formulas;
  protected final List<Statement> statements;

  /**
   * @param statements what is read is added to them
   */
  BracesParser(ScriptReader in, IncludeStack includes, List<Statement> statements) {
    this.in = in;
    this.includes = includes;
    this.formulas = new FormulaParser(in);
    this.statements = statements;
  }

  /** Reads one statement. */
  protected abstract void next();

  /** One that reads an included file for the same braces. */
  protected abstract BracesParser included(ScriptReader file);

  /**
   * The statements in the braces, which come next.
   *
   * @param where they stand, for the error where there are none
   */
  protected final List<Statement> braces(String where) {
    in.expect('{', where);
    while (!in.accept('}')) {
      if (!in.accept(';')) {
        next();
      }
    }
    return statements;
  }

  /** Reads the file that {@code INCLUDE} names, which comes next. */
  protected final void include(Place place) {
    ScriptReader file = includes.enter(in.fileName("INCLUDE"), place);
    if (file != null) {
      included(file).all();
      includes.leave();
    }
  }

  /** Reads all that the file has. */
  protected final void all() {
    while (!in.atEnd()) {
      if (!in.accept(';')) {
        next();
      }
    }
  }
}
