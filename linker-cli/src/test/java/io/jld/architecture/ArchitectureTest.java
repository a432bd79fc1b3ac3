package io.jld.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import io.jld.link.Linker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The borders between the modules and packages, and what must not be used inside of them. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.jld");

  private static final String[] LIBRARY = {
    "io.jld.link..",
    "io.jld.arch..",
    "io.jld.asmb..",
    "io.jld.elf..",
    "io.jld.input..",
    "io.jld.plan..",
    "io.jld.pattern..",
    "io.jld.script..",
    "io.jld.symbol..",
    "io.jld.model..",
    "io.jld.load..",
    "io.jld.resolve..",
    "io.jld.undefined..",
    "io.jld.content..",
    "io.jld.merge..",
    "io.jld.frame..",
    "io.jld.reloc..",
    "io.jld.dynamic..",
    "io.jld.synth..",
    "io.jld.match..",
    "io.jld.segment..",
    "io.jld.place..",
    "io.jld.gather..",
    "io.jld.layout..",
    "io.jld.write..",
    "io.jld.relocatable..",
    "io.jld.source..",
    "io.jld.report..",
    "io.jld.pass..",
    "io.jld.amd64..",
    "io.jld.x86.."
  };

  /** What System says or does about the process. */
  private static final String PROCESS =
      "exit|halt|console|setIn|setOut|setErr|getenv|(get|set|clear)Propert(y|ies)|load|loadLibrary";

  private static final Pattern RELOCATION = Pattern.compile("\\bR_(X86_64|386)_");

  /** A comment, or a literal, in which slashes begin none. */
  private static final Pattern COMMENT =
      Pattern.compile(
          "(?s)(/\\*.*?\\*/|//[^\n]*)"
              + "|\"\"\".*?(?<!\\\\)\"\"\""
              + "|\"(?:[^\"\\\\\n]|\\\\.)*+\""
              + "|'(?:[^'\\\\\n]|\\\\.)*+'");

  @Test
  void theLibraryIsThere() {
    assertFalse(ALL.isEmpty());
    assertEquals("io.jld.link.Linker", ALL.get(Linker.class).getName());
    for (String p : LIBRARY) {
      assertFalse(ALL.that(resideInAPackage(p)).isEmpty(), p);
    }
  }

  /** Its end, its streams, its directory, its environment and its properties. */
  @Test
  void onlyTheCommandLineTouchesTheProcess() {
    noClasses()
        .that(resideInAnyPackage(LIBRARY))
        .should()
        .callMethodWhere(target(owner(type(System.class))).and(target(nameMatching(PROCESS))))
        .orShould()
        .accessFieldWhere(
            new DescribedPredicate<JavaFieldAccess>("System.in, out, err") {
              @Override
              public boolean test(JavaFieldAccess a) {
                return a.getTargetOwner().isEquivalentTo(System.class);
              }
            })
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .orShould()
        .callMethodWhere(
            target(nameMatching("getBoolean|getInteger|getLong"))
                .and(
                    target(
                        owner(type(Boolean.class).or(type(Integer.class)).or(type(Long.class))))))
        .orShould()
        .callMethodWhere(
            target(nameMatching("toAbsolutePath|getAbsolutePath|getAbsoluteFile|getCanonical.*")))
        .check(ALL);
  }

  @Test
  void noMutableStatics() {
    fields()
        .that()
        .areDeclaredInClassesThat(are(resideInAnyPackage(LIBRARY)))
        .and()
        .areStatic()
        .should()
        .beFinal()
        .check(ALL);
  }

  /** Nor is there anything mutable behind a static, but for arrays that nobody writes to. */
  @Test
  void noStaticsOfMutableThings() throws ReflectiveOperationException {
    Statics statics = new Statics();
    for (JavaClass c : ALL.that(resideInAnyPackage(LIBRARY))) {
      statics.add(Class.forName(c.getName()));
    }
    assertEquals(List.of(), statics.mutable());
    assertTrue(statics.count() > 500, "so many statics were looked at: " + statics.count());
  }

  /** The arrays behind statics are the same before and behind a link of each architecture. */
  @Test
  void linksLeaveStaticArraysAlone(@TempDir Path dir) throws ReflectiveOperationException {
    Statics before = new Statics();
    for (JavaClass c : ALL.that(resideInAnyPackage(LIBRARY))) {
      before.add(Class.forName(c.getName()));
    }
    assertTrue(before.arrays().size() > 20, before.arrays().keySet()::toString);
    for (Target target : Target.values()) {
      Tools.needC(target);
      Workbench w = new Workbench(dir, target);
      Path o =
          w.c(
              target + "main",
              "#include <stdio.h>\n__thread int t; int main(void) { puts(\"\"); return t; }",
              "-g",
              "-fPIC");
      for (String kind : new String[] {"-pie", "-static", "-shared", "-r"}) {
        assertEquals(0, w.jldTo(dir.resolve("out"), w.commandLine("gcc", kind, o)).status());
      }
    }
    Statics after = new Statics();
    for (JavaClass c : ALL.that(resideInAnyPackage(LIBRARY))) {
      after.add(Class.forName(c.getName()));
    }
    assertEquals(before.arrays(), after.arrays());
  }

  /**
   * But for those that hand bytes to a FileChannel or a decoder, whose methods know nothing else.
   */
  @Test
  void memoryIsMemorySegment() {
    noClasses()
        .that()
        .resideInAnyPackage(LIBRARY)
        .and()
        .doNotHaveFullyQualifiedName("io.jld.asmb.OutFile")
        .and()
        .doNotHaveFullyQualifiedName("io.jld.asmb.Reservation")
        .and()
        .doNotHaveFullyQualifiedName("io.jld.link.NameBytes")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.ByteBuffer")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.MappedByteBuffer")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("sun.misc.Unsafe")
        .check(ALL);
  }

  /** Names are bytes, and NameBytes alone knows which strings stand for them. */
  @Test
  void namesBecomeStringsInOnePlace() {
    Set<String> others = Set.of("getBytes", "getString", "setString");
    noClasses()
        .that()
        .resideInAnyPackage(LIBRARY)
        .and()
        .doNotHaveFullyQualifiedName("io.jld.link.NameBytes")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.nio.charset")
        .orShould()
        .callMethodWhere(
            describe(
                "converts", call -> others.contains(call.getTarget().getName()) || takesText(call)))
        .orShould()
        .callConstructorWhere(
            describe(
                "decodes",
                call ->
                    call.getTargetOwner().isEquivalentTo(String.class)
                        && takes(call, byte[].class)))
        .check(ALL);
  }

  /** SegmentAllocator.allocateFrom(String). */
  private static boolean takesText(JavaCall<?> call) {
    return call.getTarget().getName().equals("allocateFrom") && takes(call, String.class);
  }

  private static boolean takes(JavaCall<?> call, Class<?> first) {
    List<JavaClass> types = call.getTarget().getRawParameterTypes();
    return !types.isEmpty() && types.get(0).isEquivalentTo(first);
  }

  @Test
  void theLibraryLogsThroughSlf4jOnly() {
    noClasses()
        .that(resideInAnyPackage(LIBRARY))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("ch.qos.logback..", "java.util.logging..")
                .or(type(System.Logger.class)))
        .orShould()
        .callMethodWhere(target(nameMatching("printStackTrace|dumpStack")))
        .check(ALL);
    assertFalse(
        ALL.that(resideInAnyPackage(LIBRARY)).stream()
            .flatMap(c -> c.getMethodCallsFromSelf().stream())
            .filter(c -> c.getTargetOwner().isEquivalentTo(org.slf4j.Logger.class))
            .findAny()
            .isEmpty(),
        "nothing is logged");
  }

  @Test
  void coreKnowsNeitherArchitecturesNorTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.jld.amd64..", "io.jld.x86..", "io.jld.cli..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.jld.amd64..", "io.jld.x86..", "io.jld.cli.."))
        .check(ALL);
  }

  /** A link that needs no JSON loads nothing of Gson. */
  @Test
  void jsonIsForMapsAndWorkers() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.jld.cli.map", "io.jld.cli.worker")
        .should()
        .dependOnClassesThat(resideInAPackage("com.google.gson.."))
        .check(ALL);
    noClasses()
        .that(resideInAPackage("io.jld.cli.."))
        .and(resideOutsideOfPackage("io.jld.cli.map"))
        .and(describe("not MapReports", c -> !c.getSimpleName().equals("MapReports")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.jld.cli.map"))
        .check(ALL);
  }

  /** They ask the same for links, and other links do without either's library. */
  @Test
  void serverAndWorkerDoNotKnowEachOther() {
    noClasses()
        .that(resideInAPackage("io.jld.cli.."))
        .and(resideOutsideOfPackage("io.jld.cli.worker"))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.jld.cli.worker", "com.google.protobuf.."))
        .check(ALL);
    noClasses()
        .that(resideInAnyPackage("io.jld.cli", "io.jld.cli.resident", "io.jld.cli.worker"))
        .should()
        .dependOnClassesThat(resideInAPackage("io.jld.cli.server"))
        .check(ALL);
  }

  @Test
  void anArchitectureFindsAllItNeedsInTheSpi() {
    for (String own : new String[] {"io.jld.amd64", "io.jld.x86"}) {
      classes()
          .that(resideInAPackage(own + ".."))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  own + "..",
                  "io.jld.arch..",
                  "io.jld.asmb..",
                  "io.jld.link..",
                  "java..",
                  "org.slf4j.."))
          .check(ALL);
    }
  }

  /** What is said of a layout is data; scripts are parsed into it. */
  @Test
  void aPlanNeitherParsesNorKnowsALink() {
    classes()
        .that(resideInAPackage("io.jld.plan.."))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("io.jld.plan..", "io.jld.link..", "io.jld.elf..", "java.."))
        .check(ALL);
    noClasses()
        .that(resideInAnyPackage("io.jld.script..", "io.jld.plan.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.jld.pass..", "io.jld.symbol..", "io.jld.input..", "io.jld.synth.."))
        .check(ALL);
  }

  /** The table of docs/architecture.md; {@link PackagesTest} has it, and says what it excepts. */
  @Test
  void packagesOfTheCoreDependOnThoseBelowThem() {
    assertEquals(Set.of(), PackagesTest.violations());
  }

  /** The compiler puts constants in the place of their names, so that only sources tell. */
  @Test
  void relocationNumbersStandInTheirArchitecture() throws IOException {
    Map<String, Set<String>> users = new TreeMap<>();
    for (String module : List.of("linker-core", "linker-amd64", "linker-x86", "linker-cli")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          for (String prefix : relocations(Files.readString(file))) {
            users.computeIfAbsent(prefix, p -> new TreeSet<>()).add(module);
          }
        }
      }
    }
    assertEquals(
        Map.of("R_X86_64_", Set.of("linker-amd64"), "R_386_", Set.of("linker-x86")), users);
  }

  /** The beginnings of relocation types' names in a source, but for its comments. */
  private static Set<String> relocations(String source) {
    Set<String> found = new TreeSet<>();
    String code =
        COMMENT
            .matcher(source)
            .replaceAll(m -> m.group(1) == null ? Matcher.quoteReplacement(m.group()) : " ");
    Matcher m = RELOCATION.matcher(code);
    while (m.find()) {
      found.add(m.group());
    }
    return found;
  }

  @Test
  void relocationsAreFoundInCodeAndStringsAndNotInComments() {
    Set<String> x86 = Set.of("R_386_");
    assertEquals(x86, relocations("int x = R_386_32;"));
    assertEquals(x86, relocations("String s = \"R_386_32\";"));
    assertEquals(x86, relocations("String s = \"/*\"; int x = R_386_32; /* */"));
    assertEquals(x86, relocations("String s = \"//\"; int x = R_386_32;"));
    assertEquals(x86, relocations("String s = \"\\\"//\"; int x = R_386_32;"));
    assertEquals(x86, relocations("char c = '\"'; int x = R_386_32; // \""));
    assertEquals(x86, relocations("String s = \"\"\"\n/* \" \"\"\"; int x = R_386_32; /* */"));
    assertEquals(x86, relocations("/* \" */ int x = R_386_32; /* \" */"));
    assertEquals(Set.of("R_X86_64_"), relocations("// R_386_\nR_X86_64_64"));
    assertEquals(Set.of(), relocations("/** \"\n R_386_32 */ int x; // R_X86_64_64"));
  }

  /** Packages that are neither API nor SPI are not exported. */
  @Test
  void exportsOfCore() throws IOException {
    String module = Files.readString(Path.of("../linker-core/src/main/java/module-info.java"));
    Matcher m = Pattern.compile("exports ([\\w.]+)").matcher(module);
    Set<String> exported = new TreeSet<>();
    while (m.find()) {
      exported.add(m.group(1));
    }
    assertEquals(Set.of("io.jld.link", "io.jld.arch", "io.jld.asmb"), exported);
  }
}
