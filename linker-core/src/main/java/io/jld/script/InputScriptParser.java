package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.DiagnosticCode;
import io.jld.plan.LayoutPlan;
import io.jld.plan.Place;
import io.jld.plan.Statement.Formula;
import io.jld.script.InputScript.Command;
import io.jld.script.InputScript.Item;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads an {@link InputScript}, by recursive descent: {@code AS_NEEDED} and {@code INCLUDE}, which
 * nest, are counted, and so is what nests in an expression.
 *
 * <p>Names are separated by white space or commas, as GNU ld's manual has it ("INPUT(file, file,
 * ...)"); a name with a comma, a blank or a parenthesis in it stands in double quotes.
 */
final class InputScriptParser {
  private static final int MAX_NESTING = 100;

  /** GNU ld's commands of which it says itself that they do nothing, or nothing here. */
  private static final Set<String> UNSUPPORTED =
      Set.of("OVERLAY", "MAP", "HLL", "SYSLIB", "FLOAT", "NOFLOAT");

  private static final String[] COMMANDS = {
    "ASSERT",
    "ENTRY",
    "EXTERN",
    "GROUP",
    "HIDDEN",
    "INPUT",
    "LD_FEATURE",
    "MEMORY",
    "NOCROSSREFS",
    "NOCROSSREFS_TO",
    "OUTPUT",
    "OUTPUT_ARCH",
    "OUTPUT_FORMAT",
    "PHDRS",
    "PROVIDE",
    "PROVIDE_HIDDEN",
    "REGION_ALIAS",
    "SEARCH_DIR",
    "SECTIONS",
    "STARTUP",
    "TARGET",
    "VERSION"
  };

  private final ScriptReader in;
  private final String file;
  private final InputScript.Origin origin;
  private final IncludeStack includes;

  private InputScriptParser(ScriptReader in, InputScript.Origin origin, IncludeStack includes) {
    this.in = in;
    this.file = in.file();
    this.origin = origin;
    this.includes = includes;
  }

  static InputScript parse(
      String file, MemorySegment bytes, InputScript.Origin origin, InputScript.Includes includes) {
    IncludeStack stack = new IncludeStack(includes);
    return new InputScriptParser(stack.start(file, bytes), origin, stack).script();
  }

  static InputScript parse(
      String file, String text, InputScript.Origin origin, InputScript.Includes includes) {
    IncludeStack stack = new IncludeStack(includes);
    return new InputScriptParser(stack.start(file, text), origin, stack).script();
  }

  private InputScript script() {
    List<Command> commands = new ArrayList<>();
    while (!in.atEnd()) {
      if (!in.accept(';')) {
        commands.add(command());
      }
    }
    return new InputScript(file, origin, commands);
  }

  private Command command() {
    int line = in.line();
    Place place = in.place();
    boolean quoted = in.peek() == '"';
    String word = quoted ? in.quoted() : in.word(ScriptReader::isSymbolChar);
    if (quoted) {
      return other(place, word, true);
    }
    if (UNSUPPORTED.contains(word)) {
      throw InputScript.notSupported(place, word, origin);
    }
    return switch (word) {
      case "INPUT" -> new InputScript.Input(line, items(word));
      case "GROUP" -> new InputScript.Group(line, items(word));
      case "OUTPUT_FORMAT" -> outputFormat(line);
      case "OUTPUT_ARCH" -> new InputScript.OutputArch(line, single(word));
      case "SEARCH_DIR" -> searchDir(line);
      case "ENTRY" -> new InputScript.Entry(line, single(word));
      case "TARGET" -> new InputScript.Target(line, single(word));
      case "EXTERN" -> new InputScript.Extern(line, names(word));
      case "OUTPUT" -> new InputScript.Output(place, single(word));
      case "STARTUP" -> new InputScript.Startup(place, startup());
      case "INCLUDE" -> include(line, place);
      case "VERSION" -> new InputScript.Version(line, SymbolListParser.versions(file, in));
      case "NOCROSSREFS" -> new InputScript.NoCrossRefs(file, line, names(word), false);
      case "NOCROSSREFS_TO" -> new InputScript.NoCrossRefs(file, line, names(word), true);
      case "" -> throw in.unexpected("a linker script's command expected");
      default -> other(place, word, false);
    };
  }

  private Command searchDir(int line) {
    String directory = single("SEARCH_DIR");
    includes.addDirectory(directory);
    return new InputScript.SearchDir(line, directory);
  }

  private Command include(int line, Place place) {
    String name = in.fileName("INCLUDE");
    ScriptReader sub = includes.enter(name, place);
    if (sub == null) {
      return new InputScript.Include(line, new InputScript(name, origin, List.of()));
    }
    InputScript script = new InputScriptParser(sub, origin, includes).script();
    includes.leave();
    return new InputScript.Include(line, script);
  }

  /** A command that describes the output, an assignment, or an assertion. */
  private Command other(Place place, String word, boolean quoted) {
    FormulaParser formulas = new FormulaParser(in);
    Formula formula = quoted ? null : formulas.keyword(place, word);
    if (formula == null) {
      formula = formulas.assignment(place, word);
    }
    if (formula != null) {
      return new InputScript.Symbols(formula);
    }
    LayoutPlan part = quoted ? null : new LayoutParser(in, includes).command(place, word);
    if (part == null) {
      throw place.error(
          DiagnosticCode.SCRIPT_SYNTAX,
          "file format not recognized; as a linker script: unknown command "
              + quote(word)
              + (in.peek() == '(' || in.peek() == '{' ? Spelling.hint(word, COMMANDS) : ""));
    }
    return new InputScript.Layout(place, word, part);
  }

  private List<Item> items(String command) {
    List<Item> items = new ArrayList<>();
    in.expect('(', "after " + command);
    int nesting = 0;
    while (true) {
      if (in.accept(',')) {
        continue;
      }
      if (in.accept(')')) {
        if (nesting == 0) {
          break;
        }
        nesting--;
        continue;
      }
      int line = in.line();
      boolean quoted = in.peek() == '"';
      String name = name(command);
      if (name.equals("AS_NEEDED") && !quoted && in.accept('(')) {
        if (++nesting > MAX_NESTING) {
          throw in.error(
              DiagnosticCode.SCRIPT_NESTING,
              "AS_NEEDED is nested more than " + MAX_NESTING + " deep");
        }
      } else if (name.startsWith("-l") && !quoted) {
        if (name.length() == 2) {
          throw in.error(DiagnosticCode.SCRIPT_SYNTAX, "-l without a library's name");
        }
        items.add(new Item(line, name.substring(2), true, nesting > 0));
      } else {
        items.add(new Item(line, name, false, nesting > 0));
      }
    }
    return items;
  }

  private Item startup() {
    List<Item> items = items("STARTUP");
    if (items.size() != 1) {
      throw in.error(DiagnosticCode.SCRIPT_SYNTAX, "STARTUP has one file, not " + items.size());
    }
    return items.getFirst();
  }

  private Command outputFormat(int line) {
    List<String> names = names("OUTPUT_FORMAT");
    return switch (names.size()) {
      case 1 -> new InputScript.OutputFormat(line, names.get(0), names.get(0), names.get(0));
      case 3 -> new InputScript.OutputFormat(line, names.get(0), names.get(1), names.get(2));
      default ->
          throw in.error(
              DiagnosticCode.SCRIPT_SYNTAX,
              "OUTPUT_FORMAT has one name or three, not " + names.size());
    };
  }

  private String single(String command) {
    Place place = in.place();
    List<String> names = names(command);
    if (names.size() != 1) {
      throw place.error(
          DiagnosticCode.SCRIPT_SYNTAX, command + " has one name, not " + names.size());
    }
    return names.getFirst();
  }

  private List<String> names(String command) {
    List<String> names = new ArrayList<>();
    in.expect('(', "after " + command);
    while (!in.accept(')')) {
      if (!in.accept(',')) {
        names.add(name(command));
      }
    }
    return names;
  }

  private String name(String command) {
    String name = in.peek() == '"' ? in.quoted() : in.word(InputScriptParser::isNameChar);
    if (name.isEmpty()) {
      throw in.unexpected("a name or ')' expected in " + command);
    }
    return name;
  }

  private static boolean isNameChar(int c) {
    return c > ' ' && c != 0x7f && "(),;\"{}".indexOf(c) < 0;
  }
}
