package io.jld.script;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.pattern.VersionScript;
import io.jld.plan.LayoutPlan;
import io.jld.plan.Place;
import io.jld.plan.Statement.Formula;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A linker script. Many a {@code libc.so} is one, which stands where an object or a library is
 * expected and names the files that are meant instead; others come by {@code -T} and say something
 * of symbols, or describe the output ({@code SECTIONS}, {@code MEMORY}).
 *
 * @param file the script's name for messages
 * @param origin how it came into the link
 * @param commands in their order
 */
public record InputScript(String file, Origin origin, List<Command> commands) {
  /** Bytes of a link's scripts at most: those of a kernel have some ten thousand. */
  public static final int MAX_SIZE = 16 << 20;

  public InputScript {
    commands = List.copyOf(commands);
  }

  /** How a script came into the link, for messages. */
  public enum Origin {
    INPUT("given as input"),
    OPTION("given by -T"),
    MRI("given by -c");

    final String text;

    Origin(String text) {
      this.text = text;
    }
  }

  /** Finds the scripts that {@code INCLUDE} names. */
  public interface Includes {
    /** Takes part in no link: what is included is nothing. */
    Includes NONE = (name, directories, place) -> null;

    /**
     * @param directories of {@code SEARCH_DIR} before this place, in order
     * @param place of the {@code INCLUDE}
     * @throws LinkException where there is none
     */
    Included open(String name, List<String> directories, Place place);
  }

  /** A script that {@code INCLUDE} names. */
  public record Included(String file, MemorySegment bytes) {}

  /**
   * Parses a script.
   *
   * @throws LinkException where the bytes are no script, or one that is not supported
   */
  public static InputScript parse(
      String file, MemorySegment bytes, Origin origin, Includes includes) {
    return InputScriptParser.parse(file, bytes, origin, includes);
  }

  /**
   * Parses a script in the language of the MRI linker.
   *
   * @throws LinkException where something in it can't be followed
   */
  public static InputScript parseMri(String file, MemorySegment bytes, Includes includes) {
    IncludeStack stack = new IncludeStack(includes);
    return MriParser.parse(file, stack.start(file, bytes), Origin.MRI, stack);
  }

  /** As {@link #parse(String, MemorySegment, Origin, Includes)} for text that is an input. */
  public static InputScript parse(String file, String text) {
    return InputScriptParser.parse(file, text, Origin.INPUT, Includes.NONE);
  }

  /**
   * The format that the script is for, {@code elf64-x86-64} for instance; empty where it does not
   * tell. A script for another format is skipped in a search for a library as an object for another
   * machine is.
   */
  public String outputFormat() {
    for (Command command : commands) {
      if (command instanceof OutputFormat format) {
        return format.name();
      }
      if (command instanceof Include i && !i.script().outputFormat().isEmpty()) {
        return i.script().outputFormat();
      }
    }
    return "";
  }

  /**
   * All that the script says of the output's layout, in its order: the parts of a plan, and the
   * assignments and assertions between them.
   */
  public LayoutPlan plan() {
    LayoutPlan.Builder plan = new LayoutPlan.Builder();
    collect(plan);
    return plan.build();
  }

  /** The commands that describe the output, in their order. */
  public List<Layout> layout() {
    List<Layout> found = new ArrayList<>();
    for (Command command : commands) {
      if (command instanceof Layout l) {
        found.add(l);
      } else if (command instanceof Include i) {
        found.addAll(i.script().layout());
      }
    }
    return found;
  }

  private void collect(LayoutPlan.Builder plan) {
    for (Command command : commands) {
      if (command instanceof Layout l) {
        plan.add(l.part());
      } else if (command instanceof Symbols s) {
        plan.add(s.statement());
      } else if (command instanceof Include i) {
        i.script().collect(plan);
      }
    }
  }

  /** That a command can't be followed. */
  static LinkException notSupported(Place place, String word, Origin origin) {
    return place.error(
        DiagnosticCode.SCRIPT_UNSUPPORTED,
        word + " is not supported in a linker script " + origin.text);
  }

  /** That the script's command can't be followed, for one of those that parse and do nothing. */
  public LinkException notSupported(Command command) {
    return switch (command) {
      case Layout l -> notSupported(l.place(), l.word(), origin);
      case Output o -> notSupported(o.place(), "OUTPUT", origin);
      case Startup s -> notSupported(s.place(), "STARTUP", origin);
      default -> throw new IllegalArgumentException(command.toString());
    };
  }

  /** One command of a script. */
  public sealed interface Command
      permits Input,
          Group,
          OutputFormat,
          OutputArch,
          SearchDir,
          Entry,
          Target,
          Extern,
          Include,
          Version,
          NoCrossRefs,
          Symbols,
          Layout,
          Output,
          PrintMap,
          Startup {
    /** The line on which it starts, from 1. */
    int line();
  }

  /** {@code INPUT(...)}: the files, as if they stood in the script's place on the command line. */
  public record Input(int line, List<Item> items) implements Command {
    public Input {
      items = List.copyOf(items);
    }
  }

  /**
   * {@code GROUP(...)}: as {@code INPUT}, between {@code --start-group} and {@code --end-group}.
   */
  public record Group(int line, List<Item> items) implements Command {
    public Group {
      items = List.copyOf(items);
    }
  }

  /**
   * {@code OUTPUT_FORMAT(name)} or {@code OUTPUT_FORMAT(name, big, little)}; with one name all
   * three are the same.
   */
  public record OutputFormat(int line, String name, String bigEndian, String littleEndian)
      implements Command {}

  /** {@code OUTPUT_ARCH(i386:x86-64)}. */
  public record OutputArch(int line, String name) implements Command {}

  /** {@code SEARCH_DIR(path)}: one more directory at the end of the library path. */
  public record SearchDir(int line, String path) implements Command {}

  /** {@code ENTRY(symbol)}. */
  public record Entry(int line, String symbol) implements Command {}

  /** {@code TARGET(format)}: the format of the files that are named after it. */
  public record Target(int line, String format) implements Command {}

  /** {@code EXTERN(symbol ...)}: as {@code -u} for each. */
  public record Extern(int line, List<String> symbols) implements Command {
    public Extern {
      symbols = List.copyOf(symbols);
    }
  }

  /** {@code INCLUDE file}: what the file says, in this place. */
  public record Include(int line, InputScript script) implements Command {}

  /** {@code VERSION { ... }}: as a version script. */
  public record Version(int line, List<VersionScript.Node> nodes) implements Command {
    public Version {
      nodes = List.copyOf(nodes);
    }
  }

  /**
   * {@code NOCROSSREFS(section ...)}: none of these output sections refers to another of them.
   *
   * @param to {@code NOCROSSREFS_TO}: only references to the first one are meant
   */
  public record NoCrossRefs(String file, int line, List<String> sections, boolean to)
      implements Command {
    public NoCrossRefs {
      sections = List.copyOf(sections);
    }
  }

  /** {@code OUTPUT(file)}: the output's name, unless {@code -o} says it. */
  public record Output(Place place, String file) implements Command {
    @Override
    public int line() {
      return place.line();
    }
  }

  /** {@code LIST} of an MRI script: the link map is printed. */
  public record PrintMap(int line) implements Command {}

  /** {@code STARTUP(file)}: as {@code INPUT} before all other inputs. */
  public record Startup(Place place, Item item) implements Command {
    @Override
    public int line() {
      return place.line();
    }
  }

  /**
   * {@code SECTIONS}, {@code MEMORY} and what else describes the output.
   *
   * @param word the command
   * @param part a plan that says what this command says and nothing else
   */
  public record Layout(Place place, String word, LayoutPlan part) implements Command {
    @Override
    public int line() {
      return place.line();
    }
  }

  /** An assignment or an assertion, which is about symbols. */
  public record Symbols(Formula statement) implements Command {
    @Override
    public int line() {
      return statement.place().line();
    }

    @Override
    public String toString() {
      return statement.toString();
    }
  }

  /**
   * A file of {@code INPUT} or {@code GROUP}.
   *
   * @param name a file's name; for a library what stands after {@code -l}, which may be {@code
   *     :FILE}
   * @param library whether {@code name} is to be searched for as {@code -l} does
   * @param asNeeded whether it stands in {@code AS_NEEDED(...)}
   */
  public record Item(int line, String name, boolean library, boolean asNeeded) {
    /** As it stands in the script. */
    @Override
    public String toString() {
      return library ? "-l" + name : name;
    }
  }
}
