package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.DiagnosticCode;
import io.jld.plan.Expression;
import io.jld.plan.InputSections;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OutputSectionStatement.Constraint;
import io.jld.plan.OutputSectionStatement.Type;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Place;
import io.jld.plan.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what stands in the braces of {@code SECTIONS}: output sections, overlays, assignments,
 * {@code ASSERT}, {@code ENTRY} and {@code INCLUDE}.
 *
 * <p>What comes before and after an output section's braces may stand in any order, while GNU ld
 * knows one.
 */
public final class SectionsParser extends BracesParser {
  SectionsParser(ScriptReader in, IncludeStack includes) {
    this(in, includes, new ArrayList<>());
  }

  private SectionsParser(ScriptReader in, IncludeStack includes, List<Statement> statements) {
    super(in, includes, statements);
  }

  /**
   * The output sections of {@code --section-ordering-file}: what stands in the braces of {@code
   * SECTIONS}, without these.
   *
   * @param file its name for messages
   * @throws io.jld.link.LinkException where it says more than which input sections come first
   */
  public static List<OutputSectionStatement> beginnings(String file, String text) {
    IncludeStack includes = new IncludeStack(InputScript.Includes.NONE);
    SectionsParser parser = new SectionsParser(includes.start(file, text), includes);
    parser.all();
    List<OutputSectionStatement> sections = new ArrayList<>();
    for (Statement s : parser.statements) {
      if (!(s instanceof OutputSectionStatement o)
          || !o.equals(
              new OutputSectionStatement.Builder(o.place(), o.name()).addAll(o.body()).build())
          || !o.body().stream().allMatch(InputSections.class::isInstance)) {
        throw s.place()
            .error(
                DiagnosticCode.SCRIPT_UNSUPPORTED,
                "a section ordering file has input sections of output sections, and nothing else");
      }
      sections.add(o);
    }
    return sections;
  }

  /** The statements in the braces, which come next. */
  List<Statement> braces() {
    return braces("after SECTIONS");
  }

  @Override
  protected BracesParser included(ScriptReader file) {
    return new SectionsParser(file, includes, statements);
  }

  @Override
  protected void next() {
    boolean quoted = in.peek() == '"';
    Place place = in.place();
    String word = quoted ? in.quoted() : in.statementWord();
    if (word.isEmpty() && !quoted) {
      throw in.unexpected("an output section, an assignment or '}' expected in SECTIONS");
    }
    if (!quoted && keyword(place, word)) {
      return;
    }
    Statement assign = formulas.assignment(place, word);
    statements.add(assign != null ? assign : section(place, word));
  }

  private boolean keyword(Place place, String word) {
    Statement formula = formulas.keyword(place, word);
    if (formula != null) {
      statements.add(formula);
      return true;
    }
    switch (word) {
      case "ENTRY" -> {
        in.expect('(', "after ENTRY");
        statements.add(new Statement.Entry(place, name("a symbol expected in ENTRY")));
        in.expect(')', "after the symbol in ENTRY");
      }
      case "INCLUDE" -> include(place);
      case "OVERLAY" -> statements.add(overlay(place));
      case "GROUP" ->
          throw place.error(
              DiagnosticCode.SCRIPT_UNSUPPORTED, "GROUP is not supported in SECTIONS");
      default -> {
        return false;
      }
    }
    return true;
  }

  private String name(String message) {
    String name = in.name();
    if (name.isEmpty()) {
      throw in.unexpected(message);
    }
    return name;
  }

  private OutputSectionStatement section(Place place, String name) {
    if (name.equals(".")) {
      throw place.error(DiagnosticCode.SCRIPT_SYNTAX, "'.' is no output section's name");
    }
    OutputSectionStatement.Builder o = new OutputSectionStatement.Builder(place, name);
    if (in.peek() != ':' && !in.startsType()) {
      o.address(address());
    }
    if (in.accept('(')) {
      type(o);
      in.expect(')', "after an output section's type");
    }
    in.expect(':', "after an output section's name, address and type");
    attributes(o, name);
    body(o);
    tail(o, true);
    return o.build();
  }

  private Expression address() {
    if (in.acceptWord("BIND")) {
      return new ExpressionParser(in).bracketed("BIND");
    }
    return new ExpressionParser(in).beforeType();
  }

  private void type(OutputSectionStatement.Builder o) {
    if (in.peek() == ')') {
      return;
    }
    String word = name("an output section's type expected");
    switch (word) {
      case "NOLOAD", "DSECT", "COPY", "INFO", "OVERLAY" -> o.type(Type.valueOf(word), null);
      case "READONLY" -> {
        if (in.accept('(')) {
          if (!in.acceptWord("TYPE")) {
            throw in.unexpected("'TYPE = value' expected after READONLY");
          }
          o.type(Type.READONLY_TYPE, typeValue());
          in.expect(')', "after the value of TYPE");
        } else {
          o.type(Type.READONLY, null);
        }
      }
      case "TYPE" -> o.type(Type.TYPE, typeValue());
      default ->
          throw in.error(
              DiagnosticCode.SCRIPT_SYNTAX,
              quote(word)
                  + " is no type of an output section: NOLOAD, READONLY, TYPE = value, DSECT, COPY,"
                  + " INFO or OVERLAY expected");
    }
  }

  private Expression typeValue() {
    in.expect('=', "after TYPE");
    return new ExpressionParser(in).next();
  }

  private void attributes(OutputSectionStatement.Builder o, String name) {
    while (in.peek() != '{') {
      Place place = in.place();
      String word = in.word(ScriptReader::isSymbolChar);
      switch (word) {
        case "AT" -> o.loadAddress(new ExpressionParser(in).bracketed(word));
        case "ALIGN" -> o.align(new ExpressionParser(in).bracketed(word));
        case "ALIGN_WITH_INPUT" -> o.alignWithInput();
        case "SUBALIGN" -> o.subalign(new ExpressionParser(in).bracketed(word));
        case "ONLY_IF_RO", "ONLY_IF_RW", "SPECIAL" -> o.constraint(Constraint.valueOf(word));
        case "" -> throw in.unexpected("'{' or AT, ALIGN, SUBALIGN expected for " + quote(name));
        default ->
            throw place.error(
                DiagnosticCode.SCRIPT_SYNTAX,
                quote(word)
                    + " can't stand here: '{' or AT, ALIGN, ALIGN_WITH_INPUT, SUBALIGN,"
                    + " ONLY_IF_RO, ONLY_IF_RW expected for "
                    + quote(name)
                    + Spelling.hint(
                        word, "ALIGN", "ALIGN_WITH_INPUT", "SUBALIGN", "ONLY_IF_RO", "ONLY_IF_RW"));
      }
    }
    OutputSectionStatement head = o.build();
    if (head.alignWithInput() && head.align() != null) {
      throw in.error(DiagnosticCode.SCRIPT_SYNTAX, "ALIGN and ALIGN_WITH_INPUT exclude each other");
    }
  }

  private void body(OutputSectionStatement.Builder o) {
    o.addAll(new SectionBodyParser(in, includes).braces());
  }

  /**
   * {@code >region AT>region :header =fill ,}.
   *
   * @param regions whether there may be regions, which the sections of an overlay have together
   */
  private void tail(OutputSectionStatement.Builder o, boolean regions) {
    while (true) {
      if (regions && in.accept('>')) {
        o.region(name("a region expected after '>'"));
      } else if (regions && in.acceptAtRegion()) {
        o.loadRegion(name("a region expected after 'AT>'"));
      } else if (in.accept(':')) {
        o.header(name("a program header's name expected after ':'"));
      } else if (in.peek() == '=' && in.charAt(1) != '=') {
        in.accept('=');
        o.fill(new ExpressionParser(in).fill());
      } else {
        in.accept(',');
        return;
      }
    }
  }

  private OverlayStatement overlay(Place place) {
    Expression start = in.peek() == ':' ? null : new ExpressionParser(in).next();
    in.expect(':', "after OVERLAY");
    boolean noCrossRefs = false;
    Expression load = null;
    Expression subalign = null;
    while (!in.accept('{')) {
      String word = in.word(ScriptReader::isSymbolChar);
      switch (word) {
        case "NOCROSSREFS" -> noCrossRefs = true;
        case "AT" -> load = new ExpressionParser(in).bracketed(word);
        case "SUBALIGN" -> subalign = new ExpressionParser(in).bracketed(word);
        default -> throw in.unexpected("'{' or NOCROSSREFS, AT, SUBALIGN expected in OVERLAY");
      }
    }
    List<OutputSectionStatement> sections = new ArrayList<>();
    while (!in.accept('}')) {
      boolean quoted = in.peek() == '"';
      Place at = in.place();
      String name = quoted ? in.quoted() : in.statementWord();
      if (name.isEmpty()) {
        throw in.unexpected("an output section or '}' expected in OVERLAY");
      }
      OutputSectionStatement.Builder o = new OutputSectionStatement.Builder(at, name);
      if (in.peek() != '{') {
        throw in.unexpected("'{' expected after an output section's name in OVERLAY");
      }
      body(o);
      tail(o, false);
      sections.add(o.build());
    }
    OutputSectionStatement.Builder whole = new OutputSectionStatement.Builder(place, "OVERLAY");
    tail(whole, true);
    OutputSectionStatement o = whole.build();
    return new OverlayStatement(
        place,
        start,
        noCrossRefs,
        load,
        subalign,
        sections,
        OverlayStatement.symbols(sections),
        o.region(),
        o.loadRegion(),
        o.headers(),
        o.fill());
  }
}
