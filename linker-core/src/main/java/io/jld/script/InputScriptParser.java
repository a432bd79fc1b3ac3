package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.elf.Bytes;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
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
    Place place = in.place();
    boolean quoted = in.peek() == '"';
    String word = quoted ? in.quoted() : in.word(FormulaParser::isSymbolChar);
    if (quoted) {
      return symbols(place, word, true);
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
      case "INCLUDE" -> include(line);
      case "VERSION" -> new InputScript.Version(line, SymbolListParser.versions(file, in));
      case "NOCROSSREFS" -> new InputScript.NoCrossRefs(file, line, names(word), false);
      case "NOCROSSREFS_TO" -> new InputScript.NoCrossRefs(file, line, names(word), true);
      case "" -> throw in.unexpected("a linker script's command expected");
      default -> symbols(place, word, false);
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

  private Command symbols(Place place, String word, boolean quoted) {
    FormulaParser formulas = new FormulaParser(in);
    Formula formula = quoted ? null : formulas.keyword(place, word);
    if (formula == null) {
      formula = formulas.assignment(place, word);
    }
    if (formula == null) {
      throw place.error(
          "file format not recognized; as a linker script: unknown command " + quote(word));
    }
    return new InputScript.Symbols(formula);
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
