package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.elf.Bytes;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.script.Expression.Operator;
import io.jld.script.InputScript.Command;
import io.jld.script.InputScript.Item;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Reads an {@link InputScript}, by recursive descent: {@code AS_NEEDED} and {@code INCLUDE}, which
 * nest, are counted, and so is what nests in an expression.
 *
 * <p>Names are separated by white space or commas, as GNU ld's manual has it ("INPUT(file, file,
 * ...)"); a name with a comma, a blank or a parenthesis in it stands in double quotes.
 */
final class InputScriptParser {
  /** What a linker script may have at most: the scripts in question have some hundred bytes. */
  private static final int MAX_SIZE = 16 << 20;

  private static final int MAX_NESTING = 100;

  /** GNU ld allows as many. */
  private static final int MAX_INCLUDES = 10;

  /**
   * GNU ld's other commands, which make clear that a file is a linker script, but no list of
   * inputs.
   */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "SECTIONS",
          "MEMORY",
          "PHDRS",
          "INSERT",
          "STARTUP",
          "OUTPUT",
          "REGION_ALIAS",
          "LD_FEATURE",
          "FORCE_COMMON_ALLOCATION",
          "FORCE_GROUP_ALLOCATION",
          "INHIBIT_COMMON_ALLOCATION",
          "OVERLAY",
          "MAP",
          "HLL",
          "SYSLIB",
          "FLOAT",
          "NOFLOAT");

  /** The operators of assignments behind which a {@code =} stands, longer ones first. */
  private static final List<Operator> COMPOUND =
      List.of(
          Operator.SHIFT_LEFT,
          Operator.SHIFT_RIGHT,
          Operator.ADD,
          Operator.SUBTRACT,
          Operator.MULTIPLY,
          Operator.DIVIDE,
          Operator.AND,
          Operator.OR,
          Operator.XOR);

  private final ScriptReader in;
  private final String file;
  private final InputScript.Origin origin;
  private final InputScript.Includes includes;
  private final int depth;

  /** What {@code SEARCH_DIR} has named so far. */
  private final List<String> directories;

  private InputScriptParser(
      String file,
      String text,
      InputScript.Origin origin,
      InputScript.Includes includes,
      int depth,
      List<String> directories) {
    this.file = file;
    this.origin = origin;
    this.includes = includes;
    this.depth = depth;
    this.directories = directories;
    in = new ScriptReader(file, text);
  }

  static InputScript parse(
      String file, MemorySegment bytes, InputScript.Origin origin, InputScript.Includes includes) {
    return parse(file, text(file, bytes), origin, includes);
  }

  static InputScript parse(
      String file, String text, InputScript.Origin origin, InputScript.Includes includes) {
    if (text.length() > MAX_SIZE) {
      throw notRecognized(file);
    }
    return new InputScriptParser(file, text, origin, includes, 0, new ArrayList<>()).script();
  }

  private static String text(String file, MemorySegment bytes) {
    long size = bytes.byteSize();
    if (size > MAX_SIZE) {
      throw notRecognized(file);
    }
    byte[] text = Bytes.of(bytes);
    for (byte b : text) {
      if (b >= 0
          && b < ' '
          && (b < '\t' || b > '\r')) { // a text has no control characters but tab to return
        throw notRecognized(file);
      }
    }
    return NameBytes.string(text);
  }

  private static LinkException notRecognized(String file) {
    return new LinkException(
        Location.file(file),
        "file format not recognized: neither an object, an archive nor a linker script");
  }

  private InputScript script() {
    List<Command> commands = new ArrayList<>();
    while (!in.atEnd()) {
      if (!in.accept(';')) {
        commands.add(command());
      }
    }
    return new InputScript(file, commands);
  }

  private Command command() {
    int line = in.line();
    boolean quoted = in.peek() == '"';
    String word = quoted ? in.quoted() : in.word(InputScriptParser::isCommandChar);
    if (quoted) {
      return assignment(word, line);
    }
    if (UNSUPPORTED.contains(word)) {
      throw in.error(word + " is not supported in a linker script " + origin.text, line);
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
      case "PROVIDE" -> bracketed(word, true, false);
      case "PROVIDE_HIDDEN" -> bracketed(word, true, true);
      case "HIDDEN" -> bracketed(word, false, true);
      case "ASSERT" -> assertion();
      case "INCLUDE" -> include(line);
      case "VERSION" -> new InputScript.Version(line, SymbolListParser.versions(file, in));
      case "NOCROSSREFS" -> new InputScript.NoCrossRefs(file, line, names(word), false);
      case "NOCROSSREFS_TO" -> new InputScript.NoCrossRefs(file, line, names(word), true);
      case "" -> throw in.unexpected("a linker script's command expected");
      default -> assignment(word, line);
    };
  }

  private Command searchDir(int line) {
    String directory = single("SEARCH_DIR");
    directories.add(directory);
    return new InputScript.SearchDir(line, directory);
  }

  private Command include(int line) {
    String name = name("INCLUDE");
    if (depth == MAX_INCLUDES) {
      throw in.error("INCLUDE is nested more than " + MAX_INCLUDES + " deep", line);
    }
    InputScript.Included found = includes.open(name, directories, new Place(file, line));
    if (found == null) {
      return new InputScript.Include(line, new InputScript(name, List.of()));
    }
    return new InputScript.Include(
        line,
        new InputScriptParser(
                found.file(),
                text(found.file(), found.bytes()),
                origin,
                includes,
                depth + 1,
                directories)
            .script());
  }

  /** {@code symbol = expression;}, the symbol of which has been read. */
  private Statement assignment(String symbol, int line) {
    Statement assign = assign(symbol, line, false, false);
    if (!in.accept(';')) {
      throw in.unexpected("';' expected after an assignment");
    }
    return assign;
  }

  /** {@code PROVIDE(symbol = expression)} and its like. */
  private Statement bracketed(String command, boolean provide, boolean hidden) {
    in.expect('(', "after " + command);
    int line = in.line();
    String symbol = name(command, InputScriptParser::isCommandChar);
    if (symbol.equals(".")) {
      throw in.error("the location counter '.' is no symbol for " + command, line);
    }
    Statement assign = assign(symbol, line, provide, hidden);
    in.expect(')', "after the assignment in " + command);
    return assign;
  }

  private Statement assign(String symbol, int line, boolean provide, boolean hidden) {
    boolean plain = !provide && !hidden;
    if (in.peek() == '=' && in.charAt(1) != '=') {
      in.accept('=');
      checkSymbol(symbol, line);
      return new Statement.Assign(symbol, new ExpressionParser(in).next(), provide, hidden);
    }
    for (Operator operator : COMPOUND) {
      if (plain && in.accept(operator.text + "=")) {
        checkSymbol(symbol, line);
        Expression by = new ExpressionParser(in).next();
        return new Statement.Assign(symbol, by.of(operator, symbol), false, false);
      }
    }
    if (plain) {
      throw in.error(
          "file format not recognized; as a linker script: unknown command " + quote(symbol), line);
    }
    throw in.unexpected("'=' expected after " + quote(symbol));
  }

  private void checkSymbol(String symbol, int line) {
    if (symbol.isEmpty() || Character.isDigit(symbol.charAt(0))) {
      throw in.error(quote(symbol) + " is no symbol's name", line);
    }
  }

  private Statement assertion() {
    in.expect('(', "after ASSERT");
    Expression condition = new ExpressionParser(in).next();
    in.expect(',', "after the expression in ASSERT");
    if (in.peek() != '"') {
      throw in.unexpected("a message in double quotes expected in ASSERT");
    }
    String message = in.quoted();
    in.expect(')', "after the message in ASSERT");
    return new Statement.Assert(condition, message);
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
          throw in.error("AS_NEEDED is nested more than " + MAX_NESTING + " deep");
        }
      } else if (name.startsWith("-l") && !quoted) {
        if (name.length() == 2) {
          throw in.error("-l without a library's name", line);
        }
        items.add(new Item(line, name.substring(2), true, nesting > 0));
      } else {
        items.add(new Item(line, name, false, nesting > 0));
      }
    }
    return items;
  }

  private Command outputFormat(int line) {
    List<String> names = names("OUTPUT_FORMAT");
    return switch (names.size()) {
      case 1 -> new InputScript.OutputFormat(line, names.get(0), names.get(0), names.get(0));
      case 3 -> new InputScript.OutputFormat(line, names.get(0), names.get(1), names.get(2));
      default -> throw in.error("OUTPUT_FORMAT has one name or three, not " + names.size(), line);
    };
  }

  private String single(String command) {
    int line = in.line();
    List<String> names = names(command);
    if (names.size() != 1) {
      throw in.error(command + " has one name, not " + names.size(), line);
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
    return name(command, InputScriptParser::isNameChar);
  }

  private String name(String command, IntPredicate belongs) {
    String name = in.peek() == '"' ? in.quoted() : in.word(belongs);
    if (name.isEmpty()) {
      throw in.unexpected("a name or ')' expected in " + command);
    }
    return name;
  }

  private static boolean isCommandChar(int c) {
    return c == '_' || c == '.' || c == '$' || (c < 0x80 && Character.isLetterOrDigit(c));
  }

  private static boolean isNameChar(int c) {
    return c > ' ' && c != 0x7f && "(),;\"{}".indexOf(c) < 0;
  }
}
