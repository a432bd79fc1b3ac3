package io.jld.cli;

import io.jld.link.DiagnosticCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** {@code --explain}: what docs/errors.md says of a message's code. */
final class Explain {
  private static final int WIDTH = 80;
  private static final int MOST_NEAR = 5;

  private Explain() {}

  /**
   * Prints it.
   *
   * @param written the code, perhaps in the brackets that messages have it in
   * @return false where there is no such code; that is an error then, which names near ones
   */
  static boolean print(String written, Console console) {
    String id = written.replaceAll("^\\[|]$", "").toLowerCase(Locale.ROOT).replace('_', '-');
    for (DiagnosticCode code : DiagnosticCode.values()) {
      if (code.id().equals(id)) {
        print(code, console);
        return true;
      }
    }
    List<String> near = near(id);
    console.error(
        DiagnosticCode.INVALID_VALUE,
        "invalid value '"
            + written
            + "' for '--explain': no message has this code; "
            + (near.isEmpty()
                ? "docs/errors.md lists all"
                : "did you mean " + String.join(", ", near) + "?"));
    return false;
  }

  private static void print(DiagnosticCode code, Console console) {
    console.out(code.id() + " (" + code.topic().title() + ")");
    console.out("");
    code.messages().lines().forEach(line -> console.out("    " + line));
    console.out("");
    wrap("Cause: " + code.cause()).forEach(console::out);
    console.out("");
    wrap("Cure: " + code.cure()).forEach(console::out);
  }

  /** Paragraphs of Markdown as lines of a terminal: a link is where it leads. */
  private static List<String> wrap(String markdown) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    String text = markdown.replaceAll("\\[[^]]*]\\(([^)]*)\\)", "docs/$1");
    for (String word : text.split(" ")) {
      if (line.length() > 0 && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() > 0 ? " " : "").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** Codes of nearly the same letters, or else those that have the written one as a part. */
  private static List<String> near(String id) {
    int limit = Math.max(1, id.length() / 3);
    List<String> all = new ArrayList<>();
    for (DiagnosticCode code : DiagnosticCode.values()) {
      all.add(code.id());
    }
    List<String> near = new ArrayList<>(all);
    near.removeIf(c -> OptNames.distance(id, c, limit) > limit);
    near.sort(Comparator.comparingInt(c -> OptNames.distance(id, c, limit)));
    if (near.isEmpty() && id.length() > 2) {
      near.addAll(all);
      near.removeIf(c -> !c.contains(id));
    }
    return near.subList(0, Math.min(near.size(), MOST_NEAR));
  }
}
