package io.jld.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the core's module exports is what stands in {@code src/api/signature.txt}: a change of it is
 * a line in a commit. Each line begins with the type that it is about; what a compiler of another
 * program can name is there, public or protected, and constants with their values, which others'
 * class files copy. What {@code java.lang} and {@code io.jld} are to a name is left out.
 */
class SignatureTest {
  private static final Path FILE = Path.of("../linker-core/src/api/signature.txt");
  private static final Path CLASSES = Path.of("../linker-core/target/classes");
  private static final Path SOURCES = Path.of("../linker-core/src/main/java");

  /** With {@code -Djld.test.args=-Djld.docs.write=true}, Maven writes the file anew. */
  @Test
  void isTheRecordedOne() throws IOException {
    List<String> is = new ArrayList<>();
    for (Class<?> type : exported()) {
      is.add(line(type, head(type)));
      members(type).map(m -> line(type, m)).sorted().forEach(is::add);
    }
    if (Boolean.getBoolean("jld.docs.write")) {
      Files.createDirectories(FILE.getParent());
      Files.write(FILE, is);
      return;
    }
    List<String> recorded = Files.readAllLines(FILE);
    Set<String> changes = new TreeSet<>(Comparator.comparing((String l) -> l.substring(1)));
    is.stream().filter(l -> !recorded.contains(l)).forEach(l -> changes.add("+" + l));
    recorded.stream().filter(l -> !is.contains(l)).forEach(l -> changes.add("-" + l));
    assertEquals(
        "",
        String.join("\n", changes),
        "what is exported has changed; to record it: -Djld.test.args=-Djld.docs.write=true,"
            + " and CHANGELOG.md, where users notice");
    assertEquals(recorded, is, "the order of lines");
  }

  @Test
  void typesSaySinceWhen() throws IOException {
    List<String> silent = new ArrayList<>();
    for (Class<?> type : exported()) {
      Path source = SOURCES.resolve(type.getName().replace('.', '/') + ".java");
      if (type.getEnclosingClass() == null && !Files.readString(source).contains("\n * @since ")) {
        silent.add(type.getName());
      }
    }
    assertEquals(List.of(), silent);
  }

  private static List<Class<?>> exported() throws IOException {
    List<String> packages;
    try (InputStream in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      packages =
          ModuleDescriptor.read(in).exports().stream()
              .filter(e -> !e.isQualified())
              .map(ModuleDescriptor.Exports::source)
              .toList();
    }
    List<Class<?>> types = new ArrayList<>();
    for (JavaClass c : new ClassFileImporter().importPath(CLASSES)) {
      if (packages.contains(c.getPackageName()) && isVisible(c.reflect())) {
        types.add(c.reflect());
      }
    }
    assertFalse(types.isEmpty());
    types.sort(Comparator.comparing(Class::getName));
    return types;
  }

  private static boolean isVisible(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return isVisible(type.getModifiers())
        && !type.isAnonymousClass()
        && !type.isLocalClass()
        && (outer == null || isVisible(outer));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String head(Class<?> type) {
    String kind = type.toGenericString();
    if (type.isInterface() || type.isRecord() || type.isEnum()) {
      kind = kind.replace(" abstract ", " ").replace(" static ", " ").replace(" final ", " ");
    }
    StringBuilder s = new StringBuilder(kind);
    Type superclass = type.getGenericSuperclass();
    if (superclass != null && !type.isEnum() && !type.isRecord() && superclass != Object.class) {
      s.append(" extends ").append(superclass.getTypeName());
    }
    append(s, " implements ", type.getGenericInterfaces());
    if (type.isSealed()) {
      append(s, " permits ", type.getPermittedSubclasses());
    }
    if (type.isRecord()) {
      s.append(
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getName)
              .collect(Collectors.joining(", ", " of (", ")")));
    }
    return s.toString();
  }

  private static void append(StringBuilder s, String word, Type[] types) {
    if (types.length > 0) {
      s.append(
          Arrays.stream(types)
              .map(Type::getTypeName)
              .sorted()
              .collect(Collectors.joining(", ", word, "")));
    }
  }

  /** Names of members without their type's, and of types without {@code io.jld}. */
  private static String line(Class<?> type, String what) {
    String line = what.replace(type.getName() + ".", "").replaceFirst("^public ", "");
    return (type.getName() + ": " + line)
        .replaceAll("\\b(io\\.jld|java\\.lang)\\.(?=[\\w.]*[A-Z])", "");
  }

  private static Stream<String> members(Class<?> type) {
    Stream<String> fieldsAndMethods =
        Stream.concat(
            visible(type.getDeclaredFields()).map(SignatureTest::field),
            visible(type.getDeclaredMethods())
                .filter(m -> !type.isRecord() || !isOfRecords(m))
                .map(Method::toGenericString));
    return Stream.concat(
        fieldsAndMethods,
        visible(type.getDeclaredConstructors()).map(Constructor::toGenericString));
  }

  private static boolean isOfRecords(Method m) {
    return Set.of("equals", "hashCode", "toString").contains(m.getName());
  }

  private static <M extends Member> Stream<M> visible(M[] all) {
    return Arrays.stream(all).filter(m -> isVisible(m.getModifiers()) && !m.isSynthetic());
  }

  private static String field(Field f) {
    String s = f.toGenericString();
    boolean constant = Modifier.isStatic(f.getModifiers()) && Modifier.isFinal(f.getModifiers());
    if (!constant || !(f.getType().isPrimitive() || f.getType() == String.class)) {
      return s;
    }
    try {
      return s + " = " + f.get(null);
    } catch (IllegalAccessException e) {
      return s; // protected, and so of no use as a constant elsewhere
    }
  }
}
