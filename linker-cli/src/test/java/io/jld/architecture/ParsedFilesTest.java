package io.jld.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A parsed file never changes, and knows nothing of a link: several may have it at the same time.
 * What a link finds out about a file stands in its {@code LinkedFile}.
 */
class ParsedFilesTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.jld");

  /** What fields may have beside numbers, arrays and classes of jld's own. */
  private static final Set<String> OTHERS =
      Set.of(
          "java.lang.String",
          "java.lang.foreign.MemorySegment",
          "java.nio.file.Path",
          "java.util.List");

  /** Whatever of a class, or of what it has in its fields, could change or be a link's. */
  private static Set<String> faults(String start) {
    Set<String> faults = new TreeSet<>();
    Set<JavaClass> seen = new TreeSet<>((a, b) -> a.getName().compareTo(b.getName()));
    Deque<JavaClass> open = new ArrayDeque<>();
    open.add(ALL.get(start));
    while (!open.isEmpty()) {
      JavaClass c = open.remove();
      if (c.isPrimitive() || OTHERS.contains(c.getName()) || !seen.add(c)) {
        continue;
      }
      String home = c.getPackageName();
      if (!home.equals("io.jld.input") && !home.equals("io.jld.elf")) {
        faults.add(c.getName() + " is not part of a file");
        continue;
      }
      for (JavaField f : c.getAllFields()) {
        if (f.getModifiers().contains(JavaModifier.STATIC)
            || !f.getOwner().getPackageName().startsWith("io.jld")) {
          continue;
        }
        if (!f.getModifiers().contains(JavaModifier.FINAL)) {
          faults.add(f.getFullName() + " is not final");
        }
        for (JavaClass type : f.getAllInvolvedRawTypes()) {
          open.add(type.getBaseComponentType());
        }
      }
    }
    return faults;
  }

  @Test
  void aParsedFileNeverChanges() {
    assertEquals(Set.of(), faults("io.jld.input.ObjectFile"));
    assertEquals(Set.of(), faults("io.jld.input.SharedFile"));
    assertEquals(Set.of(), faults("io.jld.input.LinkerFile"));
    assertEquals(Set.of(), faults("io.jld.input.ArchiveIndex"));
    assertEquals(Set.of(), faults("io.jld.input.ArchiveMember"));
  }

  @Test
  void whatChangesIsFound() {
    Set<String> buffers = faults("io.jld.input.ReadBuffers");
    assertTrue(
        buffers.contains("io.jld.input.ReadBuffers$Copy.table is not final"), buffers::toString);
    Set<String> linked = faults("io.jld.symbol.LinkedObject");
    assertEquals(Set.of("io.jld.symbol.LinkedObject is not part of a file"), linked);
  }
}
