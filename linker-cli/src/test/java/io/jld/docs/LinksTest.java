package io.jld.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation links to is there: files, and headings in them. */
class LinksTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```|`[^`\n]*`");

  private final Map<Path, Set<String>> anchors = new HashMap<>();

  @Test
  void leadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path page : pages()) {
      Matcher m = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
      while (m.find()) {
        links++;
        if (!m.group(1).contains("://") && !isThere(page, m.group(1))) {
          broken.add(ROOT.relativize(page) + ": " + m.group(1));
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(links > 20, "links found: " + links);
  }

  /** Each example is one of the list's. */
  @Test
  void examplesAreListed() throws IOException {
    String list = Files.readString(ROOT.resolve("docs/examples/README.md"));
    for (Path dir : directories()) {
      if (dir.getParent().endsWith("examples")) {
        String row = "| [" + dir.getFileName() + "](";
        assertTrue(list.contains(row), "docs/examples/README.md has no row " + row);
      }
    }
  }

  /** Each page can be reached from the index, which is also the contents of the site. */
  @Test
  void areInTheIndex() throws IOException {
    String index = Files.readString(ROOT.resolve("docs/README.md"));
    for (Path page : pages()) {
      String name = page.getFileName().toString();
      boolean isIndex = name.equals("README.md");
      if (page.getParent().endsWith("docs") && !isIndex) {
        assertTrue(index.contains("\n- [") && index.contains("](" + name + ")"), name);
      }
    }
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path dir : directories()) {
      try (Stream<Path> files = Files.list(dir)) {
        files.filter(p -> p.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages;
  }

  /** The checkout's own, that of the documentation, and those of the examples. */
  private static List<Path> directories() throws IOException {
    Path examples = ROOT.resolve("docs/examples");
    List<Path> all = new ArrayList<>(List.of(ROOT, ROOT.resolve("docs"), examples));
    try (Stream<Path> each = Files.list(examples)) {
      each.filter(Files::isDirectory).sorted().forEach(all::add);
    }
    return all;
  }

  private boolean isThere(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path to = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    return Files.exists(to) && (hash < 0 || anchors(to).contains(link.substring(hash + 1)));
  }

  private Set<String> anchors(Path page) throws IOException {
    Set<String> known = anchors.get(page);
    if (known == null) {
      known = new HashSet<>();
      Matcher m = HEADING.matcher(Files.readString(page));
      while (m.find()) {
        String text = m.group(1).toLowerCase(Locale.ROOT);
        known.add(text.replaceAll("[^\\w\\s-]", "").replace(' ', '-'));
      }
      anchors.put(page, known);
    }
    return known;
  }
}
