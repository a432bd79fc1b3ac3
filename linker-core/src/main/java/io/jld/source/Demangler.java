package io.jld.source;

import io.jld.link.Diagnostic;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes names as the source has them: {@code _Z3fooi} is {@code foo(int)} in C++ (Itanium C++ ABI,
 * section 5.1, "External Names"), and Rust's names are a dialect of that. The system's demangler
 * does it, {@code c++filt} of the binutils; where there is none, or it fails, names stay as they
 * stand.
 *
 * <p>It is a process and not a call of {@code __cxa_demangle}, since names are inputs, and hostile
 * ones: a name of 300 characters whose substitutions double at each step has a demangled form of 4
 * GiB. A process can be ended; here it is, as soon as it takes too long, says too much or wants too
 * much memory. It gets all names at once, and takes 6 ms.
 */
public final class Demangler {
  /**
   * Names that are longer are left alone; c++filt's own limit for a name's parts is about as high.
   */
  private static final int MAX_NAME = 2048;

  /** Bytes of output for each name on the average; real ones stay below 1 KiB. */
  private static final int MAX_OUTPUT = 4096;

  /**
   * A name in a message, not the end of a longer word, nor part of a section's or a file's name.
   */
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w./$[^\0-\177]-])_{1,2}[ZR][\\w.$[^\0-\177]]++(?![:(/-])");

  private static final Pattern ALONE = Pattern.compile("_{1,2}[ZR][\\w.$[^\0-\177]]+");
  private static final Pattern ASCII = Pattern.compile("[\0-\177]+");

  /** It builds a name in memory before it writes it: 512 MiB (ulimit counts in KiB) are plenty. */
  private static final String LIMIT = "ulimit -v 524288 2>&-; exec ";

  private final List<String> command;

  /**
   * The program for names with bytes beyond ASCII. c++filt does not take these from its input, but
   * as arguments.
   */
  private final List<String> anyCommand;

  private final long millis;

  /** The system's demangler, for messages: with patience for ten seconds. */
  public Demangler() {
    this(Duration.ofSeconds(10));
  }

  /**
   * The system's demangler, with GNU ld's style of names: {@code std::string} stays as short as
   * that.
   *
   * @param patience after this time the program is ended; where the output depends on the names, it
   *     should be long
   */
  public Demangler(Duration patience) {
    this(
        List.of("/bin/sh", "-c", LIMIT + "c++filt -i"),
        List.of("/bin/sh", "-c", LIMIT + "xargs -0 c++filt -i"),
        patience.toMillis());
  }

  /**
   * @param command a program that reads lines from its input and writes each one demangled
   * @param anyCommand the same for names that NULs end
   */
  Demangler(List<String> command, List<String> anyCommand, long millis) {
    this.command = List.copyOf(command);
    this.anyCommand = List.copyOf(anyCommand);
    this.millis = millis;
  }

  /**
   * The diagnostics with all names in their messages demangled; places keep the names of the files.
   */
  public List<Diagnostic> diagnostics(List<Diagnostic> diagnostics) {
    List<String> messages = texts(diagnostics.stream().map(Diagnostic::message).toList());
    List<Diagnostic> out = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      out.add(diagnostics.get(i).withMessage(messages.get(i)));
    }
    return out;
  }

  /** Texts with all names in them demangled. */
  public List<String> texts(List<String> texts) {
    Set<String> names = new LinkedHashSet<>();
    for (String text : texts) {
      if (text.contains("_Z") || text.contains("_R")) {
        NAME.matcher(text).results().forEach(m -> names.add(m.group()));
      }
    }
    Map<String, String> table = names(names);
    if (table.isEmpty()) {
      return texts;
    }
    List<String> out = new ArrayList<>();
    for (String text : texts) {
      out.add(
          NAME.matcher(text)
              .replaceAll(m -> Matcher.quoteReplacement(table.getOrDefault(m.group(), m.group()))));
    }
    return out;
  }

  /**
   * Demangles names. Never fails.
   *
   * @return those of the names that have another form, with it; empty where there is no demangler
   */
  public Map<String, String> names(Collection<String> names) {
    List<String> ascii = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String name : names) {
      if (name.length() <= MAX_NAME && ALONE.matcher(name).matches()) {
        (ASCII.matcher(name).matches() ? ascii : others).add(name);
      }
    }
    Map<String, String> table = new HashMap<>();
    add(table, ascii, command, "\n");
    add(table, others, anyCommand, "\0");
    return table;
  }

  private void add(Map<String, String> table, List<String> wanted, List<String> by, String end) {
    if (wanted.isEmpty()) {
      return;
    }
    String[] lines = run(wanted, by, end).split("\n", -1);
    if (lines.length != wanted.size() + 1) {
      return; // it was ended, or does not work line by line
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!lines[i].isEmpty() && !lines[i].equals(wanted.get(i))) {
        table.put(wanted.get(i), lines[i]);
      }
    }
  }

  /** What the program says; empty where it fails. */
  private String run(List<String> names, List<String> by, String end) {
    Process process;
    try {
      process = new ProcessBuilder(by).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException | UnsupportedOperationException e) {
      return ""; // there is none
    }
    byte[] input = NameBytes.bytes(String.join(end, names) + end);
    Thread writer =
        Thread.ofPlatform().daemon().name("jld demangler").start(() -> feed(process, input));
    Thread guard = Thread.ofPlatform().daemon().name("jld demangler").start(() -> end(process));
    try (InputStream in = process.getInputStream()) {
      int limit = (int) Math.min(1 << 30, 65536 + (long) names.size() * MAX_OUTPUT);
      byte[] out = in.readNBytes(limit);
      return out.length == limit ? "" : NameBytes.string(out);
    } catch (IOException e) {
      return "";
    } finally {
      process.destroyForcibly();
      writer.interrupt();
      guard.interrupt();
    }
  }

  private static void feed(Process process, byte[] input) {
    try (OutputStream out = process.getOutputStream()) {
      out.write(input);
    } catch (IOException e) {
      // it has ended before its time; what it has written is too short, and that is seen
    }
  }

  private void end(Process process) {
    try {
      if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly(); // only then: it would take away what has not been read yet
      }
    } catch (InterruptedException e) {
      // all has been read
    }
  }
}
