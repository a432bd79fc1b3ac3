package io.jld.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.jld.link.DiagnosticCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of messages, and the document that is made of it. */
class DiagnosticCodesTest {
  /** That each report has a code, the compiler sees to. */
  @Test
  void eachCodeIsReported() {
    JavaClass codes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.jld")
            .get(DiagnosticCode.class);
    Set<String> used =
        codes.getFieldAccessesToSelf().stream()
            .filter(a -> !a.getOriginOwner().equals(codes))
            .map(JavaFieldAccess::getName)
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(),
        Stream.of(DiagnosticCode.values())
            .map(DiagnosticCode::name)
            .filter(name -> !used.contains(name))
            .collect(Collectors.toSet()));
  }

  @Test
  void eachCodeHasCauseAndCure() {
    for (DiagnosticCode c : DiagnosticCode.values()) {
      assertTrue(c.id().matches("[a-z]+(-[a-z]+)*"), c.id());
      assertFalse(c.messages().isEmpty(), c.id());
      assertTrue(c.cause().endsWith("."), c.id());
      assertTrue(c.cure().endsWith("."), c.id());
    }
  }

  /** What a message is made of: all but names, numbers, and what the sentence leaves open. */
  private static final Pattern OPEN =
      Pattern.compile(
          "-l[A-Z]+|\\b[A-Z][A-Z_0-9]*\\b|\\.\\.\\.|['\"]|0x[A-Z]*|: |; |\\(.*\\)|\\[.*\\]");

  @Test
  void messagesReadAsTheyAreListed() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (String module : List.of("core", "amd64", "x86", "cli")) {
      try (Stream<Path> files = Files.walk(Path.of("../linker-" + module + "/src/main/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          if (!file.endsWith("DiagnosticCode.java")) {
            sources.append(Files.readString(file));
          }
        }
      }
    }
    String text = sources.toString().replaceAll("\"\\s*\\+\\s*\"", "");
    List<String> missing = new ArrayList<>();
    for (DiagnosticCode c : DiagnosticCode.values()) {
      for (String part : c.messages().lines().flatMap(OPEN::splitAsStream).toList()) {
        String words = part.strip();
        if (words.contains(" ") && !text.contains(words)) {
          missing.add(c.id() + ": " + words);
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  /** With {@code -Djld.test.args=-Djld.docs.write=true}, Maven writes the list anew. */
  @Test
  void theDocumentationListsTheTable() throws IOException {
    Path file = Path.of("../docs/errors.md");
    String doc = Files.readString(file);
    int start = doc.indexOf("\n\n## ");
    String head = start < 0 ? doc.stripTrailing() : doc.substring(0, start);
    if (Boolean.getBoolean("jld.docs.write")) {
      Files.writeString(file, head + markdown());
      return;
    }
    assertEquals(head + markdown(), doc, "to write it: -Djld.test.args=-Djld.docs.write=true");
  }

  private static String markdown() {
    StringBuilder s = new StringBuilder("\n");
    DiagnosticCode.Topic topic = null;
    for (DiagnosticCode c : DiagnosticCode.values()) {
      if (c.topic() != topic) {
        topic = c.topic();
        s.append("\n## ").append(topic.title()).append('\n');
      }
      s.append("\n### ").append(c.id()).append("\n\n");
      for (String message : c.messages().split("\n")) {
        s.append("    ").append(message).append('\n');
      }
      s.append("\nCause: ").append(c.cause()).append("\n\nCure: ").append(c.cure()).append('\n');
    }
    return s.toString();
  }
}
