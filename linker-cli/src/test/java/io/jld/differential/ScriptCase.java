package io.jld.differential;

import io.jld.e2e.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One linker script and how it is to be linked. What is not as usual stands in comments of their
 * own lines, each a key and a value:
 *
 * <ul>
 *   <li>{@code about}: what the script shows;
 *   <li>{@code inputs}: objects of {@link ScriptFiles} and options among them; {@code a.o b.o}
 *       otherwise;
 *   <li>{@code options}: those in front of all;
 *   <li>{@code use}: the option that the script comes by, or {@code input}; {@code -T} otherwise;
 *   <li>{@code also}: more arguments at the end, of which {@code include/} is below the scripts;
 *   <li>{@code targets}: the only ones;
 *   <li>{@code fails}: GNU ld refuses it;
 *   <li>{@code line}: ... in the line that its message says;
 *   <li>{@code binary}: the output is no ELF file, and compared byte by byte;
 *   <li>{@code stdout}: what is printed is compared;
 *   <li>{@code says}: a pattern for messages, whose group is compared wherever it is found.
 * </ul>
 */
record ScriptCase(String name, Path script, Map<String, String> keys) {
  /** The scripts, one in each file; the working directory is the module's. */
  static final Path DIRECTORY =
      Path.of("src/test/resources/io/jld/differential/scripts").toAbsolutePath();

  /** A star before the key, as in the language of MRI, or a comment of C. */
  private static final Pattern KEY = Pattern.compile("(?:/\\*|\\*) ([a-z]+): (.*?)(?: \\*/)?");

  static ScriptCase of(String name, Path script) {
    try {
      Map<String, String> keys = new HashMap<>();
      for (String line : Files.readAllLines(script)) {
        Matcher m = KEY.matcher(line);
        if (m.matches()) {
          keys.put(m.group(1), m.group(2));
        }
      }
      return new ScriptCase(name, script, keys);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean is(String key) {
    return keys.containsKey(key);
  }

  boolean isFor(Target target) {
    return keys.getOrDefault("targets", target.name()).contains(target.name());
  }

  /**
   * The command line without {@code -o}.
   *
   * @param objects the directory of the objects
   */
  List<String> args(Target target, Path objects) {
    List<String> args = new ArrayList<>(List.of("-m", target.emulation));
    args.add("-L" + objects);
    args.add("-L" + DIRECTORY);
    args.addAll(words("options", ""));
    for (String input : words("inputs", "a.o b.o")) {
      args.add(input.startsWith("-") ? input : objects.resolve(input).toString());
    }
    String use = keys.getOrDefault("use", "-T");
    if (!use.equals("input")) {
      args.add(use);
    }
    args.add(script.toString());
    for (String also : words("also", "")) {
      args.add(also.startsWith("include/") ? DIRECTORY.resolve(also).toString() : also);
    }
    return args;
  }

  private List<String> words(String key, String otherwise) {
    String value = keys.getOrDefault(key, otherwise);
    return value.isEmpty() ? List.of() : List.of(value.split(" +"));
  }
}
