package io.jld.load;

import io.jld.elf.Bytes;
import io.jld.input.Archive;
import io.jld.input.Inputs;
import io.jld.input.LibrarySearch;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.plan.InputSections;
import io.jld.plan.LayoutPlan;
import io.jld.plan.Place;
import io.jld.script.InputScript;
import io.jld.script.InputScript.Origin;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows linker scripts, those of {@code -T} and {@code -c} as well as those among the inputs: the
 * files that they name are read as inputs, and the rest of what they say is noted.
 */
final class ReadScripts {
  private static final int MAX_NESTED = 32;

  private final Context ctxt;
  private final Inputs inputs;
  private final ReadInputs reading;
  private final DescribedFiles described;
  private LibrarySearch search;

  /** Whether a script's {@code TARGET} makes data of the files that it names. */
  private boolean binary;

  /**
   * Whether the script under way is an input, and what it says of the layout has been added as a
   * whole.
   */
  private boolean addsLayout;

  /** What scripts that are inputs add to the layout. */
  private final List<LayoutPlan> atEnd = new ArrayList<>();

  /**
   * @param reading takes the files that the scripts name
   * @param described which files are inputs for what descriptions of input sections ask
   */
  ReadScripts(Context ctxt, Inputs inputs, ReadInputs reading, DescribedFiles described) {
    this.ctxt = ctxt;
    this.inputs = inputs;
    this.reading = reading;
    this.described = described;
    this.search =
        LibrarySearch.of(
            ctxt.option(LinkOption.LIBRARY_PATH),
            ctxt.option(LinkOption.SYSROOT),
            this::isCompatible,
            reading::skipped,
            reading::tried);
  }

  /** The directories of {@code -L}, and of {@code SEARCH_DIR} so far. */
  LibrarySearch search() {
    return search;
  }

  /** Adds a directory after all others. */
  void searchIn(String directory) {
    search = search.plus(directory);
  }

  /** Whether it may be a linker script: its first bytes are text. */
  static boolean isText(MemorySegment bytes) {
    byte[] start = Bytes.of(bytes, 0, (int) Math.min(bytes.byteSize(), 64));
    for (byte b : start) {
      int c = b & 0xff;
      if (c < ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f') {
        return false;
      }
    }
    return start.length > 0;
  }

  private InputScript script(String name, MemorySegment bytes, InputScript.Origin origin) {
    return InputScript.parse(name, bytes, origin, this::include);
  }

  private InputScript.Included include(String name, List<String> directories, Place place) {
    Path path = search.script(name, directories, place.location());
    return new InputScript.Included(
        NameBytes.string(path), inputs.text(path, InputScript.MAX_SIZE));
  }

  /** Adds a script that is an input. */
  void add(String name, Path path, MemorySegment bytes, InputFlags flags, int depth) {
    add(script(name, bytes, Origin.INPUT), path, flags, depth);
  }

  /** Adds a script of {@code -T} or {@code -c}. */
  void add(Path source, InputFlags flags, Origin origin) {
    ctxt.script.begin();
    String name = NameBytes.string(source);
    Path path = search.script(name, List.of(), Location.NONE);
    reading.told(path);
    MemorySegment bytes = inputs.text(path, InputScript.MAX_SIZE);
    reading.opened(NameBytes.string(path));
    if (bytes.byteSize() > 0 && !isText(bytes)) {
      throw new LinkException(
          DiagnosticCode.UNKNOWN_FORMAT,
          Location.file(NameBytes.string(path)),
          (origin == Origin.MRI ? "-c" : "-T") + ": the file is no linker script");
    }
    InputScript script =
        origin == Origin.MRI
            ? InputScript.parseMri(NameBytes.string(path), bytes, this::include)
            : script(NameBytes.string(path), bytes, origin);
    add(script, path, flags, 0);
  }

  /** {@code STARTUP}: the file comes before all others. */
  private void startup(
      InputScript script, Path path, InputScript.Startup command, InputFlags flags) {
    if (reading.hasFirst()) {
      throw command.place().error(DiagnosticCode.SCRIPT_COMMAND, "STARTUP stands there twice");
    }
    reading.addFirst(() -> addItems(script, path, List.of(command.item()), flags, 0));
  }

  private void add(InputScript script, Path path, InputFlags flags, int depth) {
    if (depth > MAX_NESTED) {
      throw new LinkException(
          DiagnosticCode.SCRIPT_NESTING,
          Location.file(script.file()),
          "linker scripts name each other without end");
    }
    String format = script.outputFormat();
    if (format.equals("binary") && script.origin() == Origin.OPTION) {
      ctxt.script.outputFormat(format);
    } else if (!format.isEmpty() && !ctxt.arch().info().outputFormats().contains(format)) {
      throw new LinkException(
          DiagnosticCode.SCRIPT_UNSUPPORTED,
          Location.file(script.file()),
          "output format " + format + " is not that of this link");
    }
    boolean outer = addsLayout;
    addsLayout = script.origin() == Origin.INPUT && addLayout(script);
    addCommands(script, path, flags, depth);
    addsLayout = outer;
  }

  private void addCommands(InputScript script, Path path, InputFlags flags, int depth) {
    boolean outer = binary;
    binary = false;
    for (InputScript.Command c : script.commands()) {
      addCommand(script, path, c, flags, depth);
    }
    binary = outer;
  }

  /**
   * Adds what a script that is an input says of the layout, with its assignments, to the layout in
   * force.
   *
   * @return false where it says nothing of it
   */
  private boolean addLayout(InputScript script) {
    List<InputScript.Layout> parts = script.layout();
    for (InputScript.Layout l : parts) {
      if (l.part().has(LayoutPlan.Flag.SECTIONS)) {
        ctxt.warning(
            DiagnosticCode.MISPLACED_SCRIPT,
            l.place().location(),
            l.place()
                .message("an input with output sections; -T is missing before it, is it not?"));
        break;
      }
    }
    if (!parts.isEmpty()) {
      LayoutPlan plan = script.plan();
      ctxt.script.append(plan);
      atEnd.add(plan);
    }
    return !parts.isEmpty();
  }

  /**
   * An ordinary link comes through here, since {@code libc.so} is a script; there is no switch over
   * types because that costs a cold start (docs/performance.md).
   */
  private void addCommand(
      InputScript script, Path path, InputScript.Command c, InputFlags flags, int depth) {
    if (c instanceof InputScript.Input i) {
      addItems(script, path, i.items(), flags, depth);
    } else if (c instanceof InputScript.Group g) {
      reading.bracket(InputSource.Bracket.GROUP_START);
      addItems(script, path, g.items(), flags, depth);
      reading.bracket(InputSource.Bracket.GROUP_END);
    } else if (c instanceof InputScript.OutputFormat || c instanceof InputScript.OutputArch) {
      return; // the first format has been looked at, and an architecture says no more
    } else if (c instanceof InputScript.SearchDir d) {
      searchIn(d.path());
    } else if (c instanceof InputScript.Entry e) {
      ctxt.script.entry(e.symbol());
    } else if (c instanceof InputScript.Extern e) {
      ctxt.script.extern(e.symbols());
    } else if (c instanceof InputScript.Target t) {
      binary = isBinary(script, t);
    } else if (c instanceof InputScript.Include i) {
      addCommands(i.script(), path, flags, depth);
    } else if (c instanceof InputScript.Version v) {
      ctxt.script.versions(v.nodes());
    } else if (c instanceof InputScript.NoCrossRefs n) {
      ctxt.script.noCrossRefs(n);
    } else if (c instanceof InputScript.Layout l && !addsLayout) {
      ctxt.script.layout(l.part());
      addDescribed(l.part(), flags);
    } else if (c instanceof InputScript.PrintMap) {
      ctxt.script.printMap();
    } else if (c instanceof InputScript.Output o) {
      ctxt.script.output(o.file());
    } else if (c instanceof InputScript.Startup s && script.origin() == Origin.OPTION) {
      startup(script, path, s, flags);
    } else if (c instanceof InputScript.Symbols s && !addsLayout) {
      ctxt.script.statement(s.statement());
    } else if (!addsLayout || c instanceof InputScript.Startup) {
      throw script.notSupported(c); // what describes the output
    }
  }

  /** Adds the files that scripts which are inputs describe; they come after all inputs. */
  void addDescribed() {
    for (LayoutPlan plan : atEnd) {
      try {
        addDescribed(plan, InputFlags.NONE);
      } catch (LinkException e) {
        e.diagnostics().forEach(ctxt::report);
      }
    }
  }

  /** Adds the files that descriptions of input sections ask for, and that are no inputs yet. */
  private void addDescribed(LayoutPlan plan, InputFlags flags) {
    for (InputSections i : plan.inputs()) {
      String name = i.files().name();
      if (!described.isWanted(i.files())) {
        continue;
      }
      InputSource.OfPath later = described.take(name);
      if (later != null) {
        reading.add(later);
      } else if (!described.comesLater(name)) {
        Path found = search.script(name, List.of(), i.place().location());
        described.name(name);
        ctxt.script.describe(name, NameBytes.string(found));
        reading.add(NameBytes.string(found), found, false, inputs.map(found), flags, 0);
      }
    }
  }

  /**
   * Whether the files after {@code TARGET} are data; as objects they say themselves what they are.
   */
  private boolean isBinary(InputScript script, InputScript.Target target) {
    String format = target.format();
    if (!format.equals("binary")
        && !format.equals("default")
        && ctxt.request().arches().byOutputFormat(format).isEmpty()) {
      throw new LinkException(
          DiagnosticCode.SCRIPT_UNSUPPORTED,
          Location.file(script.file() + ":" + target.line()),
          "unknown target " + format);
    }
    return format.equals("binary");
  }

  private void addItems(
      InputScript script, Path path, List<InputScript.Item> items, InputFlags flags, int depth) {
    for (InputScript.Item item : items) {
      Path found = search.inScript(script, path, item, reading.isStatic(flags));
      described.name(item.name());
      if (binary && !item.library()) {
        reading.add(new InputSource.Binary(found));
        continue;
      }
      InputFlags f = item.asNeeded() ? flags.withAsNeeded(true) : flags;
      reading.add(NameBytes.string(found), found, item.library(), inputs.map(found), f, depth + 1);
    }
  }

  /** Whether a library that was found may be linked: one for another machine is passed over. */
  private boolean isCompatible(Path path) {
    if (binary) {
      return true; // data are for any machine
    }
    MemorySegment bytes = inputs.map(path);
    if (!ObjectFile.isElf(bytes) && !Archive.isArchive(bytes)) {
      if (!isText(bytes)) {
        return true;
      }
      String format = script(NameBytes.string(path), bytes, Origin.INPUT).outputFormat();
      return format.isEmpty() || ctxt.arch().info().outputFormats().contains(format);
    }
    Inputs.Machine m = inputs.machine(path, bytes);
    return m == null
        || (m.machine() == ctxt.arch().info().machine() && m.is64() == ctxt.elf.is64());
  }
}
