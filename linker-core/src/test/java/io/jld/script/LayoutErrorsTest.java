package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import io.jld.plan.LayoutPlan;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What scripts that describe an output may have wrong, and how much of it. */
class LayoutErrorsTest {
  private static String failure(String text) {
    LinkException e = assertThrows(LinkException.class, () -> LayoutPlanTest.parse(text));
    assertEquals(1, e.diagnostics().size());
    return e.getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SECTIONS | 9 | '{' expected after SECTIONS, but the text ends here",
        "SECTIONS { | 11 | an output section, an assignment or '}' expected in SECTIONS",
        "SECTIONS { .x | 14 | but the text ends here",
        "SECTIONS { .x { } } | 15 | a number or a symbol expected, found '{'",
        "SECTIONS { .x : *(.x) } | 17 | '{' or AT, ALIGN, SUBALIGN expected for '.x', found '*'",
        "SECTIONS { .x : ALIG(4) { } } | 17 | expected for '.x'; did you mean ALIGN?",
        "SECTIONS { .x : { *(.x } } | 24 | a section's name or ')' expected, found '}'",
        "SECTIONS { .x : { *() } } | 21 | a section's name expected, found ')'",
        "SECTIONS { .x : { *(.x) ) } } | 25 | an input section, an assignment or '}' expected",
        "SECTIONS { .x : { BYTE 1 } } | 24 | '(' expected after BYTE, found '1'",
        "SECTIONS { .x : { BYTE(1 2) } } | 26 | ')' expected after the expression in BYTE",
        "SECTIONS { .x : { x = 1 } } | 25 | ';' expected after an assignment, found '}'",
        "SECTIONS { .x : { ASCIZ text } } | 25 | a string in double quotes expected after ASCIZ",
        "SECTIONS { .x : { KEEP(*(.x) } } | 30 | ')' expected after what KEEP keeps, found '}'",
        "SECTIONS { .x : { KEEP(KEEP(*(.x))) } } | 19 | KEEP has to stand outside",
        "SECTIONS { .x : { *(EXCLUDE_FILE(a) SORT(.x)) } } | 41 | EXCLUDE_FILE has to stand inside",
        "SECTIONS { .x : { *(SORT_NONE(SORT(.x))) } } | 21 | sort keys that can't be nested",
        "SECTIONS { .x : { SORT_BY_ALIGNMENT(*)(.x) } } | 19 | files are sorted by name alone",
        "SECTIONS { .x : { *(SORT(SORT(SORT(SORT(.x))))) } } | 40 | nested too deep",
        "SECTIONS { .x : { INPUT_SECTION_FLAGS(SHF_ALOC) *(.x) } } | 39 | 'SHF_ALOC' is no section",
        "SECTIONS { .x (COPY) (NOLOAD) : { } } | 22 | ':' expected after an output section's name",
        "SECTIONS { .x : { } > } | 23 | a region expected after '>', found '}'",
        "SECTIONS { .x : { } : } | 23 | a program header's name expected after ':'",
        "SECTIONS { .x : { } = } | 23 | a number or a symbol expected, found '}'",
        "SECTIONS { .x : ALIGN(4) ALIGN_WITH_INPUT { } } | 43 | exclude each other",
        "SECTIONS { . : { } } | 12 | '.' is no output section's name",
        "SECTIONS { PROVIDE(. = 1); } | 20 | the location counter '.' is no symbol",
        "SECTIONS { GROUP : { } } | 12 | GROUP is not supported in SECTIONS",
        "SECTIONS { OVERLAY { } } | 20 | a number or a symbol expected",
        "SECTIONS { OVERLAY : { .a : { } } } | 27 | '{' expected after an output section's name",
        "MEMORY { r } | 12 | ':' expected after the name and the attributes of region 'r'",
        "MEMORY { r : LENGTH = 1 } | 14 | ORIGIN = value expected for region 'r'",
        "MEMORY { r : ORIGIN = 1 } | 25 | LENGTH = value expected for region 'r', found '}'",
        "MEMORY { r (q) : ORIGIN = 1, LENGTH = 1 } | 13 | an attribute of a region (r, w, x",
        "PHDRS { a PT_LOD; } | 11 | 'PT_LOD' is no type of a program header: PT_LOAD",
        "PHDRS { a PT_LOAD FLAGS 5; } | 25 | '(' expected after FLAGS, found '5'",
        "PHDRS { a PT_LOAD } | 19 | ';' or FILEHDR, PHDRS, AT, FLAGS expected in PHDRS, found",
        "REGION_ALIAS(a) | 15 | ',' expected after the alias in REGION_ALIAS",
        "INSERT .x | 8 | AFTER or BEFORE expected after INSERT, found '.x'",
        "LD_FEATURE(\"SANE\") | 12 | unknown feature 'SANE': \"SANE_EXPR\" expected",
        "STARTUP(a b) | 13 | STARTUP has one file, not 2",
        "SECTION { } | 1 | unknown command 'SECTION'; did you mean SECTIONS?",
        "x = ORIGN(r); | 11 | 'ORIGN' is no function that an expression may have here; did you mean"
            + " ORIGIN?",
      })
  void errors(String text, int column, String message) {
    String failure = failure("\n" + text);
    assertTrue(failure.contains(message), failure);
    assertTrue(failure.startsWith("error: plan.ld:2:" + column + ": "), failure);
  }

  @Test
  void linesAreShown() {
    assertEquals(
        """
        error: plan.ld:2:9: ';' expected after an assignment, found '}' [script-syntax]
        >>>  x = 4K }
        >>>         ^\
        """,
        failure("SECTIONS {\n\tx = 4K }\n"));
    String far = failure("a".repeat(500) + " = ; " + "b".repeat(500));
    assertTrue(far.lines().allMatch(line -> line.length() < 130), far);
    String control = failure("x = \u0001\u0085;");
    assertTrue(control.contains(">>> x = ??;\n>>>     ^"), control);
  }

  @Test
  void nestingIsLimited() {
    String many = "(".repeat(100_000);
    assertTrue(failure("SECTIONS { . = " + many).contains("nested too deep"));
    assertTrue(failure("SECTIONS { .x " + many).contains("nested too deep"));
    assertTrue(failure("SECTIONS { .x : { BYTE(" + many).contains("nested too deep"));
    assertTrue(failure("SECTIONS { .x : { } =" + many).contains("nested too deep"));
    assertTrue(failure("SECTIONS { .x : { *" + many).contains("a section's name"));
    assertTrue(failure("SECTIONS { .x : { " + "KEEP(".repeat(100_000)).contains("KEEP has"));
    assertTrue(failure("SECTIONS { .x : { *(" + "SORT(".repeat(100_000)).contains("too deep"));
    assertTrue(failure("MEMORY { r : o = " + many).contains("nested too deep"));
    String flags = "INPUT_SECTION_FLAGS(SHF_ALLOC) ".repeat(100_000);
    assertTrue(failure("SECTIONS { .x : { " + flags).contains("twice"));
    assertTrue(failure("SECTIONS { .x : { " + "{".repeat(100_000)).contains("an input section"));
  }

  @Test
  void whatHasNoEnd() {
    assertTrue(failure("SECTIONS { /* } ").contains("plan.ld:1:12: comment without an end"));
    assertTrue(failure("SECTIONS { .x : { *(\"a) } }").contains("1:21: string without an end"));
    assertTrue(failure("SECTIONS { .x : { *(.x\n) } ").contains("plan.ld:2:"));
    assertTrue(failure("x = 0x" + "f".repeat(100_000) + ";").contains("does not fit into 64"));
    assertTrue(failure("PHDRS { a 99999999999999999999; }").contains("does not fit into 64"));
  }

  /** Each script includes the next ten times: 10^10 regions. */
  @Test
  void includesAreLimited() {
    InputScript.Includes includes =
        (name, directories, place) -> {
          int n = Integer.parseInt(name) + 1;
          String next = n < 10 ? ("INCLUDE " + n + "\n").repeat(10) : " ".repeat(100_000);
          return new InputScript.Included(
              name, MemorySegment.ofArray(next.getBytes(StandardCharsets.US_ASCII)));
        };
    for (String text : new String[] {"SECTIONS { INCLUDE 0 }", "INCLUDE 0"}) {
      LinkException e =
          assertThrows(
              LinkException.class,
              () ->
                  assertTimeoutPreemptively(
                      Duration.ofSeconds(30),
                      () ->
                          InputScript.parse(
                              "a.ld",
                              MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII)),
                              InputScript.Origin.OPTION,
                              includes)));
      assertTrue(e.getMessage().contains("more than 16 MiB together"), e.getMessage());
    }
  }

  /** 16 MiB of whatever take no more time than they are long. */
  @Test
  void longScripts() {
    String[] units = {
      ".x : { *(.x) }\n",
      "a = 1;\n",
      ";",
      "/**/",
      "#\n",
      ".x : { KEEP(*(SORT(.x*))) } >r AT>s :t =0 "
    };
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (String unit : units) {
            String all = unit.repeat((1 << 20) / unit.length());
            LayoutPlan plan = LayoutPlanTest.parse("SECTIONS { " + all + " }");
            assertTrue(plan.statements().size() <= all.length() / unit.length());
          }
          String wide = "*(" + ".x ".repeat(1 << 20) + ")";
          assertEquals(
              1, LayoutPlanTest.parse("SECTIONS { .x : { " + wide + " } }").statements().size());
        });
    assertTrue(failure(";".repeat((16 << 20) + 1)).contains("file format not recognized"));
  }

  /** Whatever is broken in a script, there is one error and no other exception. */
  @Test
  void damagedScripts() {
    String good =
        "LD_FEATURE(\"SANE_EXPR\") MEMORY { r (rx!w) : ORIGIN = 0x10, LENGTH = 4K }"
            + " REGION_ALIAS(a, r) PHDRS { t PT_LOAD FILEHDR AT(1) FLAGS(5); } SECTIONS { . = 1;"
            + " .x . (NOLOAD) : AT(2) ALIGN(4) { KEEP(*(EXCLUDE_FILE(a.o) .x SORT(.y))) BYTE(1)"
            + " [ .a .b ] FILL(0x90) a=.; INPUT_SECTION_FLAGS(SHF_ALLOC & !SHF_TLS) l.a:m.o(COMMON)"
            + " ASCIZ \"s\" } >r AT>a :t =0x9090 OVERLAY : AT(4) { .p { *(.p) } } /DISCARD/ : {} }"
            + " INSERT AFTER .text";
    String insert = "(){}[];:,=\"/*#\n\0-!>@A \u00ff";
    Random random = new Random(7);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i <= good.length(); i++) {
            survives(good.substring(0, i));
            char c = insert.charAt(random.nextInt(insert.length()));
            survives(good.substring(0, i) + c + good.substring(i));
            survives(good.substring(0, i) + c + good.substring(Math.min(i + 1, good.length())));
            survives(good.substring(0, i) + good.substring(Math.min(i + 4, good.length())));
          }
        });
  }

  private static void survives(String text) {
    try {
      LayoutPlan plan = LayoutPlanTest.parse(text);
      assertEquals(Structure.of(plan), Structure.of(LayoutPlanTest.parse(plan.toString())), text);
    } catch (LinkException e) {
      assertEquals(1, e.diagnostics().size());
      assertTrue(e.getMessage().startsWith("error: plan.ld"), e.getMessage());
    }
  }
}
