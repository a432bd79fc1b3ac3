package io.jld.cli;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.OutputKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the options have said so far. Each {@link Opt} writes its part, {@link CommandLine} puts
 * them together at the end: what one option says may depend on a later one.
 */
final class Settings {
  record ScriptFile(LinkOption<List<LinkOption.Script>> option, String file) {}

  final LinkRequest.Builder request = LinkRequest.builder();
  final Inputs inputs = new Inputs();
  final ZOptions z = new ZOptions(request);
  final Map<LinkOption<List<String>>, List<String>> lists = new HashMap<>();
  final Map<LinkOption<List<LinkOption.Script>>, List<LinkOption.Script>> scripts = new HashMap<>();
  final Map<String, Long> sectionStart = new LinkedHashMap<>();

  /** The plug-ins by their paths, each with its options. */
  final Map<String, List<String>> plugins = new LinkedHashMap<>();

  /** The options of the last one; null: there is none. */
  private List<String> lastPlugin;

  final List<LinkOption.Shuffle> shuffles = new ArrayList<>();

  /** The options given that say which symbols' sections come first: only one may. */
  final Set<String> orders = new LinkedHashSet<>();

  /** To be read when all of {@code -L} is known. */
  final List<ScriptFile> scriptFiles = new ArrayList<>();

  final List<Diagnostic> warnings = new ArrayList<>();

  CommandLine.Action action = CommandLine.Action.LINK;

  /** The code of {@code --explain}. */
  String explained = "";

  OutputKind kind = OutputKind.EXECUTABLE;
  boolean relocatable;
  boolean nostdlib;
  boolean dynamicListData;
  boolean noDefineCommon;
  boolean fatalWarnings;
  boolean noWarnings;
  boolean showVersion;
  boolean showEmulations;
  boolean verbose;
  String defaultScript = "";
  boolean showFormat;
  boolean stats;
  boolean threadsGiven;
  String output = "a.out";
  boolean outputNamed;
  int traces;
  String map = "";
  String dependencyFile = "";
  String mapJson = "";
  String sizeReport = "";
  String sizeReportBase = "";
  String whyExtract = "";
  boolean progress = true;
  String reproduce = "";

  /**
   * Of {@code --separate-debug-file}; empty for the output's with another ending, null for none.
   */
  String debugFile;

  String timeTrace = "";
  String symbolOrder = "";
  String arch = "";
  String emulation = "";
  String sysroot = "";

  /** What stands for {@code /} in the names of inputs; empty for that itself. */
  String chroot = "";

  Console.Color color = Console.Color.AUTO;

  /** A plug-in that was named before gets the options that follow. */
  void plugin(String path) {
    lastPlugin = plugins.get(path);
    if (lastPlugin == null) {
      lastPlugin = new ArrayList<>();
      plugins.put(path, lastPlugin);
    }
  }

  void pluginOption(String value) {
    if (lastPlugin == null) {
      throw new UsageException(
          DiagnosticCode.OPTION_CONFLICT,
          "-plugin-opt " + value + ": there is no -plugin before it");
    }
    lastPlugin.add(value);
  }

  <T> void set(LinkOption<T> option, T value) {
    request.set(option, value);
  }

  /**
   * The last of {@code -s}, {@code -S} and {@code --retain-symbols-file} counts.
   *
   * @param retained null for all
   */
  void strip(LinkOption.Strip what, Set<String> retained) {
    request.set(LinkOption.STRIP, what);
    request.set(LinkOption.RETAIN_SYMBOLS, retained);
  }

  void add(LinkOption<List<String>> option, String value) {
    List<String> list = lists.get(option);
    if (list == null) {
      list = new ArrayList<>();
      lists.put(option, list);
    }
    list.add(value);
  }

  /**
   * Adds the parts of a list, which either of two characters separates; empty ones do not count.
   */
  void addAll(LinkOption<List<String>> option, String value, char separator, char other) {
    int start = 0;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || value.charAt(i) == separator || value.charAt(i) == other) {
        if (i > start) {
          add(option, value.substring(start, i));
        }
        start = i + 1;
      }
    }
  }

  void script(LinkOption<List<LinkOption.Script>> option, String file) {
    scriptFiles.add(new ScriptFile(option, file));
  }

  void dynamicList(String name, String text) {
    scripts
        .computeIfAbsent(LinkOption.DYNAMIC_LIST, o -> new ArrayList<>())
        .add(new LinkOption.Script(name, text));
  }

  /**
   * @param warning null for none
   */
  void warn(Diagnostic warning) {
    if (warning != null) {
      warnings.add(warning);
    }
  }
}
