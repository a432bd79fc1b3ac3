package io.jld.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.jld.link.Linker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The borders between the modules and packages, and what must not be used inside of them. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.jld");

  private static final String[] LIBRARY = {
    "io.jld.link..", "io.jld.arch..", "io.jld.asmb..", "io.jld.elf..", "io.jld.input..",
    "io.jld.script..", "io.jld.symbol..", "io.jld.pass..", "io.jld.synth..", "io.jld.report..",
    "io.jld.amd64..", "io.jld.x86.."
  };

  @Test
  void theLibraryIsThere() {
    assertFalse(ALL.isEmpty());
    assertEquals("io.jld.link.Linker", ALL.get(Linker.class).getName());
    for (String p : LIBRARY) {
      assertFalse(ALL.that(resideInAPackage(p)).isEmpty(), p);
    }
  }

  @Test
  void onlyTheCommandLineTouchesTheProcess() {
    noClasses()
        .that(resideInAnyPackage(LIBRARY))
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
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
  void coreLogsThroughSlf4jOnly() {
    noClasses()
        .that(resideInAnyPackage(LIBRARY))
        .should()
        .dependOnClassesThat(resideInAnyPackage("ch.qos.logback..", "java.util.logging.."))
        .check(ALL);
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

  @Test
  void relocationNumbersStandInTheirArchitecture() {
    noFields()
        .that()
        .haveNameStartingWith("R_X86_64_")
        .should()
        .beDeclaredInClassesThat()
        .resideOutsideOfPackage("io.jld.amd64..")
        .allowEmptyShould(true)
        .check(ALL);
    noFields()
        .that()
        .haveNameStartingWith("R_386_")
        .should()
        .beDeclaredInClassesThat()
        .resideOutsideOfPackage("io.jld.x86..")
        .allowEmptyShould(true)
        .check(ALL);
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
