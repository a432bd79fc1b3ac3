package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.plan.Expression;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.FilePattern;
import io.jld.plan.InputSections.Flags;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.LayoutPlan;
import io.jld.plan.Node;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OutputSectionStatement.Type;
import io.jld.plan.Place;
import io.jld.plan.Statement;
import io.jld.script.InputScript.Command;
import io.jld.script.InputScript.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a script in the language of the MRI linker, as GNU ld's manual describes it ("MRI
 * Compatible Script Files"): a command a line, a comment after {@code *} or {@code ;}. What it says
 * of sections becomes a plan, in which each is one of the input sections of its name.
 */
final class MriParser {
  private static final String[] COMMANDS = {
    "ABSOLUTE",
    "ALIAS",
    "ALIGN",
    "ALIGNMOD",
    "BASE",
    "CASE",
    "CHIP",
    "END",
    "EXTERN",
    "FORMAT",
    "INCLUDE",
    "LIST",
    "LOAD",
    "NAME",
    "ORDER",
    "PUBLIC",
    "SECT",
    "START",
    "TRUNCATE"
  };

  /** A section that has a place in the order. */
  private record Section(Place place, Expression address) {}

  private final InputScript.Origin origin;
  private final IncludeStack includes;
  private final List<Command> commands = new ArrayList<>();
  private final List<String> order = new ArrayList<>();
  private final Map<String, Section> ordered = new HashMap<>();
  private final Map<String, Section> addresses = new LinkedHashMap<>();
  private final Map<String, Expression> aligns = new HashMap<>();
  private final Map<String, Expression> subaligns = new HashMap<>();

  /** By section the names of those that it takes beside its own. */
  private final Map<String, List<String>> aliases = new HashMap<>();

  /** The only sections that are loaded; empty for all. */
  private final Map<String, Section> loaded = new LinkedHashMap<>();

  private Expression base;
  private Place start;

  private MriParser(InputScript.Origin origin, IncludeStack includes) {
    this.origin = origin;
    this.includes = includes;
  }

  static InputScript parse(
      String file, ScriptReader text, InputScript.Origin origin, IncludeStack includes) {
    MriParser p = new MriParser(origin, includes);
    p.start = text.place();
    p.lines(file, text.rest());
    p.layout();
    return new InputScript(file, origin, p.commands);
  }

  private void lines(String file, String text) {
    int number = 0;
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      ScriptReader in = new ScriptReader(file, uncommented(text, at, end), ++number);
      if (!in.atEnd()) {
        command(in);
        if (!in.atEnd()) {
          throw in.unexpected("the end of the line expected");
        }
      }
      at = end + 1;
    }
  }

  private static String uncommented(String text, int from, int end) {
    boolean quoted = false;
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      quoted ^= c == '"';
      if (!quoted && (c == '*' || c == ';')) {
        return text.substring(from, i);
      }
    }
    return text.substring(from, end);
  }

  private void command(ScriptReader in) {
    Place place = in.place();
    String word = name(in, "a command");
    switch (word.toUpperCase(Locale.ROOT)) {
      case "ABSOLUTE" -> names(in).forEach(n -> loaded.put(n, new Section(place, null)));
      case "ALIAS" -> alias(in);
      case "ALIGN" -> aligns.put(sectionOf(in), value(in));
      case "ALIGNMOD" -> subaligns.put(sectionOf(in), value(in));
      case "BASE" -> base = new ExpressionParser(in).next();
      case "CASE" -> names(in);
      case "CHIP" -> names(in);
      case "END" -> {}
      case "EXTERN" -> commands.add(new InputScript.Extern(place.line(), names(in)));
      case "FORMAT" -> throw format(place, name(in, "a format"));
      case "INCLUDE" -> include(in, place);
      case "LIST" -> commands.add(new InputScript.PrintMap(place.line()));
      case "LOAD" -> load(in, place);
      case "NAME" -> commands.add(new InputScript.Output(place, name(in, "the output's name")));
      case "ORDER" -> names(in).forEach(n -> order(n, new Section(place, null)));
      case "PUBLIC" -> {
        String symbol = sectionOf(in);
        Expression value = value(in);
        commands.add(
            new InputScript.Symbols(new Statement.Assign(place, symbol, value, false, false)));
      }
      case "SECT" -> {
        String name = sectionOf(in);
        addresses.put(name, new Section(place, value(in)));
      }
      case "TRUNCATE" -> truncate(in);
      case "START" -> commands.add(new InputScript.Entry(place.line(), name(in, "a symbol")));
      default ->
          throw place.error(
              DiagnosticCode.SCRIPT_SYNTAX,
              "unknown MRI command " + quote(word) + Spelling.hint(word, COMMANDS));
    }
  }

  /** GNU ld knows S-records alone, by the name {@code S}. */
  private static LinkException format(Place place, String name) {
    return place.error(
        DiagnosticCode.SCRIPT_UNSUPPORTED,
        name.equals("S")
            ? "output format 'S' is not supported: objcopy -O srec makes S-records of the output"
            : "unknown output format " + quote(name) + ": without FORMAT it is ELF");
  }

  /**
   * The length of symbols in the output's table, where MRI's formats had a limit; in ELF there is
   * none, and GNU ld does nothing about it either.
   */
  private static void truncate(ScriptReader in) {
    in.peek();
    Place place = in.place();
    String length = in.word(ScriptReader::isSymbolChar);
    try {
      if (length.isEmpty() || !Character.isDigit(length.charAt(0))) {
        throw place.error(DiagnosticCode.SCRIPT_SYNTAX, "a number expected after TRUNCATE");
      }
      NumberParser.number(length);
    } catch (NumberParser.Malformed e) {
      throw place.error(DiagnosticCode.SCRIPT_SYNTAX, e.getMessage());
    }
  }

  private static String name(ScriptReader in, String what) {
    in.peek();
    String name =
        in.peek() == '"' ? in.quoted() : in.word(c -> c > ' ' && c != ',' && c != '=' && c != '"');
    if (name.isEmpty()) {
      throw in.unexpected(what + " expected");
    }
    return name;
  }

  private static String sectionOf(ScriptReader in) {
    return name(in, "a name");
  }

  /** {@code = value}, {@code , value}, or the value alone. */
  private static Expression value(ScriptReader in) {
    if (!in.accept('=')) {
      in.accept(',');
    }
    return new ExpressionParser(in).next();
  }

  /** Names to the end of the line, with blanks or commas between them. */
  private static List<String> names(ScriptReader in) {
    List<String> names = new ArrayList<>();
    while (!in.atEnd()) {
      if (!in.accept(',')) {
        names.add(name(in, "a name"));
      }
    }
    return names;
  }

  private void alias(ScriptReader in) {
    String name = sectionOf(in);
    if (!in.accept(',')) {
      throw in.unexpected("',' and another section's name expected in ALIAS");
    }
    aliases.computeIfAbsent(name, n -> new ArrayList<>()).add(sectionOf(in));
  }

  private void load(ScriptReader in, Place place) {
    List<Item> items = new ArrayList<>();
    for (String name : names(in)) {
      items.add(new Item(place.line(), name, false, false));
    }
    commands.add(new InputScript.Input(place.line(), items));
  }

  private void include(ScriptReader in, Place place) {
    String file = name(in, "a file's name");
    ScriptReader sub = includes.enter(file, place);
    if (sub != null) {
      lines(sub.file(), sub.rest());
      includes.leave();
    }
  }

  private void order(String name, Section section) {
    if (ordered.putIfAbsent(name, section) == null) {
      order.add(name);
    }
  }

  /** Sections in the order that is asked for; those that only have an address come after. */
  private void layout() {
    LayoutPlan.Builder plan = new LayoutPlan.Builder().add(LayoutPlan.Flag.SECTIONS);
    addresses.forEach(this::order);
    if (order.isEmpty()) {
      loaded.forEach(this::order);
    }
    for (String name : order) {
      plan.add(section(name));
    }
    commands.add(new InputScript.Layout(start, "SECT", plan.build()));
  }

  private Statement section(String name) {
    Place place = ordered.get(name).place();
    Expression address = addresses.containsKey(name) ? addresses.get(name).address() : null;
    if (base != null) {
      address = base; // of the first section
      base = null;
    }
    OutputSectionStatement.Builder o =
        new OutputSectionStatement.Builder(place, name)
            .address(address == null ? new Expression(place, new Node.Sym(".")) : address)
            .align(aligns.get(name))
            .subalign(subaligns.get(name));
    if (!loaded.isEmpty() && !loaded.containsKey(name)) {
      o.type(Type.NOLOAD, null);
    }
    o.add(inputs(place, name));
    for (String other : aliases.getOrDefault(name, List.of())) {
      o.add(inputs(place, other));
    }
    return o.build();
  }

  private static InputSections inputs(Place place, String name) {
    return new InputSections(
        place, FilePattern.ALL, List.of(SectionPattern.of(name)), false, Flags.ANY);
  }
}
