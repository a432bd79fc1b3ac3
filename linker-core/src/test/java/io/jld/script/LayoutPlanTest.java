package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.LinkException;
import io.jld.plan.Expression;
import io.jld.plan.Fill;
import io.jld.plan.HeaderStatement;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.FilePattern;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.InputSections.Sort;
import io.jld.plan.LayoutPlan;
import io.jld.plan.MemoryRegion;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OutputSectionStatement.Constraint;
import io.jld.plan.OutputSectionStatement.Type;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Statement;
import io.jld.plan.Statement.Assign;
import io.jld.plan.Statement.Marker;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutPlanTest {
  static LayoutPlan parse(String text) {
    return InputScript.parse("plan.ld", text).plan();
  }

  /** The plan is what it prints, and prints the same again. */
  private static LayoutPlan printed(String text) {
    LayoutPlan plan = parse(text);
    String script = plan.toString();
    LayoutPlan again = parse(script);
    assertEquals(Structure.of(plan), Structure.of(again), script);
    assertEquals(script, again.toString());
    return plan;
  }

  private static OutputSectionStatement section(String head, String body, String tail) {
    LayoutPlan plan = printed("SECTIONS { " + head + " { " + body + " } " + tail + " }");
    assertEquals(1, plan.statements().size(), plan::toString);
    return (OutputSectionStatement) plan.statements().getFirst();
  }

  private static <T extends Statement> T inSection(Class<T> type, String text) {
    List<Statement> body = section(".x :", text, "").body();
    assertEquals(1, body.size(), body::toString);
    return type.cast(body.getFirst());
  }

  private static InputSections input(String text) {
    return inSection(InputSections.class, text);
  }

  private static String text(Expression e) {
    return e == null ? null : e.toString();
  }

  @Test
  void nothing() {
    assertEquals(LayoutPlan.EMPTY, parse("INPUT(a.o) ENTRY(x)"));
    assertTrue(parse("SECTIONS { }").has(LayoutPlan.Flag.SECTIONS));
    printed("SECTIONS { }");
    printed("MEMORY { } PHDRS { }");
  }

  @Test
  void outputSectionsHead() {
    OutputSectionStatement s =
        section(
            ".text 0x1000 + b (NOLOAD) : AT(ADDR(.text) - LOAD_OFFSET) ALIGN(16) SUBALIGN(4)"
                + " ONLY_IF_RO",
            "",
            ">ram AT>rom :text :note =0x90");
    assertEquals(".text", s.name());
    assertEquals("0x1000 + b", text(s.address()));
    assertEquals(Type.NOLOAD, s.type());
    assertEquals("ADDR(.text) - LOAD_OFFSET", text(s.loadAddress()));
    assertEquals("16", text(s.align()));
    assertEquals("4", text(s.subalign()));
    assertEquals(Constraint.ONLY_IF_RO, s.constraint());
    assertEquals("ram", s.region());
    assertEquals("rom", s.loadRegion());
    assertEquals(List.of("text", "note"), s.headers());
    assertEquals(Fill.ofDigits("90"), s.fill());
    assertFalse(s.alignWithInput());
    assertEquals(1, s.place().line());
    assertEquals(12, s.place().column());
    assertTrue(section("/DISCARD/ :", "*(.note)", "").isDiscard());
    assertEquals("a b", section("\"a b\":", "", "").name());
    assertEquals(".text", section(".text:", "", "").name());
    assertEquals(".kernel:dtb", section(".kernel:dtb :", "", "").name());
    assertEquals("ENTRY", section("\"ENTRY\" :", "", "").name());
    assertEquals("x-y+z", section("x-y+z :", "", "").name());
    assertTrue(section(".x : ALIGN_WITH_INPUT", "", "").alignWithInput());
    assertEquals(Constraint.SPECIAL, section(".x : SPECIAL", "", "").constraint());
    OutputSectionStatement bare = section(".x :", "", "");
    assertEquals(null, bare.address());
    assertEquals(Type.NORMAL, bare.type());
    assertEquals(List.of(), bare.headers());
  }

  @Test
  void addressesAndTypes() {
    String[] heads = {
      ".x (DSECT) :", "null DSECT",
      ".x(COPY):", "null COPY",
      ".x . (INFO) :", ". INFO",
      ".x foo (OVERLAY) :", "foo OVERLAY",
      ".x (foo) (READONLY) :", "(foo) READONLY",
      ".x () :", "null NORMAL",
      ".x (TYPE = SHT_NOTE) :", "null TYPE SHT_NOTE",
      ".x 5 (READONLY (TYPE=7)) :", "5 READONLY_TYPE 7",
      ".x (0x1000) :", "(0x1000) NORMAL",
      ".x BLOCK(16) :", "BLOCK(16) NORMAL",
      ".x BIND(0x10) (NOLOAD) :", "0x10 NOLOAD",
      ".x ALIGN(4) (NOLOAD) :", "ALIGN(4) NOLOAD",
      ".x (a ? b : c) :", "(a ? b : c) NORMAL",
      ".x a ? b : c :", "a ? b : c NORMAL",
      ".x ADDR(.a) + SIZEOF(.a) :", "ADDR(.a) + SIZEOF(.a) NORMAL",
    };
    for (int i = 0; i < heads.length; i += 2) {
      OutputSectionStatement s = section(heads[i], "", "");
      String value = s.typeValue() == null ? "" : " " + s.typeValue();
      assertEquals(heads[i + 1], text(s.address()) + " " + s.type() + value, heads[i]);
    }
  }

  @Test
  void fills() {
    String[] fills = {
      "=0x90", "90",
      "=$9090", "9090",
      "=0x00112233445566778899aabbccddeeff00", "00112233445566778899aabbccddeeff00",
      "=(0xcc)", "cc",
      "=(0x90 + 1)", "(0x90 + 1)",
      "=144", "144",
      "=4K", "4K",
    };
    for (int i = 0; i < fills.length; i += 2) {
      Fill f = section(".x :", "", fills[i]).fill();
      assertEquals(fills[i + 1], f.digits() != null ? f.digits() : text(f.value()), fills[i]);
    }
    assertEquals(
        "[0, 17, 34]", java.util.Arrays.toString(Fill.ofDigits("001122").pattern(0)), "bytes");
    assertEquals("[1, 35]", java.util.Arrays.toString(Fill.ofDigits("123").pattern(0)), "odd");
    assertEquals(
        "[1, 2, 3, 4]", java.util.Arrays.toString(parsedFill("=10+2").pattern(0x501020304L)));
    assertEquals(2, parse("SECTIONS { .a : { } =0x90 .b : { } }").statements().size());
    assertEquals(2, parse("SECTIONS { .a : { } =1 /DISCARD/ : { } }").statements().size());
    assertEquals(2, parse("SECTIONS { .a : { } =1, .b : { } , }").statements().size());
    Statement.SetFill f = inSection(Statement.SetFill.class, "FILL(0x9090909090909090909090)");
    assertEquals("9090909090909090909090", f.fill().digits());
  }

  private static Fill parsedFill(String fill) {
    return section(".x :", "", fill).fill();
  }

  @Test
  void inputSections() {
    InputSections i = input("*(.text .text.*)");
    assertEquals(FilePattern.ALL, i.files());
    assertTrue(i.files().isAll());
    assertEquals(List.of(SectionPattern.of(".text"), SectionPattern.of(".text.*")), i.sections());
    assertFalse(i.keep());
    assertEquals(InputSections.Flags.ANY, i.flags());
    assertTrue(input("KEEP(*(.init))").keep());
    assertTrue(input("*(COMMON)").sections().getFirst().isCommon());
    assertEquals(List.of(), input("foo.o").sections());
    assertEquals("lib/*.o", input("lib/*.o(.text)").files().name());
    assertEquals("a b.o", input("\"a b.o\"(\".x y\")").files().name());
    assertEquals(".x y", input("\"a b.o\"(\".x y\")").sections().getFirst().name());
    assertEquals(3, input("*(.a, .b,.c)").sections().size());
    assertEquals(2, input("[ .a .b]").sections().size());
    assertEquals("[a-c]*.o", input("[a-c]*.o(.t[a-z]xt)").files().name());
    assertEquals(".t[a-z]xt", input("[a-c]*.o(.t[a-z]xt)").sections().getFirst().name());
    assertEquals(1, input("*(/* comment */ .a /* another */)").sections().size());
  }

  @Test
  void archivesAndMembers() {
    String pattern = input("*libc.a:printf*.o(.text)").files().name();
    assertTrue(FilePattern.hasArchive(pattern));
    assertEquals("*libc.a", FilePattern.archive(pattern));
    assertEquals("printf*.o", FilePattern.member(pattern));
    assertEquals("", FilePattern.member(input("libx.a:(.text)").files().name()));
    assertEquals("", FilePattern.archive(input(":a.o(.text)").files().name()));
    assertFalse(FilePattern.hasArchive(input("a.o(.text)").files().name()));
  }

  @Test
  void excludedFiles() {
    InputSections i = input("KEEP (*(EXCLUDE_FILE (*crtend.o *crtend?.o) .ctors .dtors))");
    assertEquals(
        List.of(
            new SectionPattern(".ctors", List.of(), List.of("*crtend.o", "*crtend?.o")),
            SectionPattern.of(".dtors")),
        i.sections());
    i = input("EXCLUDE_FILE(a.o, lib.a:b.o) *(.x)");
    assertEquals(List.of("a.o", "lib.a:b.o"), i.files().excludes());
    assertEquals("*", i.files().name());
    assertFalse(i.files().isAll());
    i = input("SORT(EXCLUDE_FILE(a.o) *.o)(SORT(EXCLUDE_FILE(b.o) .x) .y)");
    assertEquals(new FilePattern("*.o", List.of(Sort.NAME), List.of("a.o")), i.files());
    assertEquals(
        List.of(
            new SectionPattern(".x", List.of(Sort.NAME), List.of("b.o")), SectionPattern.of(".y")),
        i.sections());
  }

  @Test
  void sortKeys() {
    Map<String, List<Sort>> keys =
        Map.of(
            "SORT(.x)", List.of(Sort.NAME),
            "SORT_BY_NAME(.x)", List.of(Sort.NAME),
            "SORT_BY_ALIGNMENT(SORT_BY_NAME(.x))", List.of(Sort.ALIGNMENT, Sort.NAME),
            "SORT_BY_NAME(SORT_BY_ALIGNMENT(.x))", List.of(Sort.NAME, Sort.ALIGNMENT),
            "SORT_BY_INIT_PRIORITY ( .x )", List.of(Sort.INIT_PRIORITY),
            "SORT_NONE(.x)", List.of(Sort.NONE),
            "REVERSE(.x)", List.of(Sort.REVERSE),
            "REVERSE(SORT_BY_INIT_PRIORITY(.x))", List.of(Sort.REVERSE, Sort.INIT_PRIORITY),
            "SORT(REVERSE(.x))", List.of(Sort.NAME, Sort.REVERSE));
    keys.forEach(
        (text, sorts) ->
            assertEquals(
                List.of(new SectionPattern(".x", sorts, List.of())),
                input("*(" + text + ")").sections(),
                text));
    assertEquals(List.of(Sort.REVERSE), input("REVERSE(*)(.x)").files().sorts());
    assertEquals(Sort.NAME, input("KEEP(SORT_BY_NAME(*)(.x))").files().sorts().getFirst());
  }

  @Test
  void sectionFlags() {
    InputSections i = input("INPUT_SECTION_FLAGS(SHF_ALLOC & !SHF_WRITE & 0x100000) *(.x)");
    assertEquals(new InputSections.Flags(0x100002, 1), i.flags());
    assertTrue(i.flags().match(0x100006));
    assertFalse(i.flags().match(0x100003));
    assertFalse(i.flags().match(2));
    assertTrue(input("KEEP(INPUT_SECTION_FLAGS(SHF_TLS) *(.x))").keep());
  }

  @Test
  void bodies() {
    List<String> kinds = new ArrayList<>();
    OutputSectionStatement s =
        section(
            ".x :",
            "BYTE(1) SHORT(2); LONG(x + 1) QUAD(4) SQUAD(-1) ASCIZ \"text\" FILL(0x90)"
                + " CONSTRUCTORS SORT(CONSTRUCTORS) CREATE_OBJECT_SYMBOLS LINKER_VERSION"
                + " a = .; . = ALIGN(4); PROVIDE(b = .); ASSERT(. < 10, \"full\") *(.x) ;"
                + " c=3; .=8; d += 1; e<<=2; \"f g\" = 4; . = . + 4; x = 3, HIDDEN(y = 1)"
                + " .-=0;",
            "");
    s.body().forEach(b -> kinds.add(b.getClass().getSimpleName()));
    assertEquals(
        "[Data, Data, Data, Data, Data, Asciz, SetFill, Marker, Marker, Marker, Marker, Assign,"
            + " Assign, Assign, Assert, InputSections, Assign, Assign, Assign, Assign, Assign,"
            + " Assign, Assign, Assign, Assign]",
        kinds.toString());
    assertEquals(8, ((Statement.Data) s.body().get(4)).width().bytes());
    assertEquals(Marker.Kind.SORTED_CONSTRUCTORS, ((Marker) s.body().get(8)).kind());
    assertTrue(((Assign) s.body().get(12)).isCounter());
    assertEquals("f g = 4", s.body().get(20).toString());
    assertEquals(". = . - (0)", s.body().get(24).toString());
  }

  @Test
  void statementsOfSections() {
    LayoutPlan plan =
        printed(
            """
            a = 1;
            SECTIONS {
              ENTRY(first) ENTRY("second");
              . = 0x1000; b = .; x-=1; y/=2; z|=3;
              PROVIDE_HIDDEN(c = .);
              ASSERT(b, "b")
              .text : { *(.text) }
            }
            d = 2;
            SECTIONS { .data : { *(.data) } }
            """);
    assertEquals(13, plan.statements().size(), plan::toString);
    assertEquals("second", plan.entry());
    assertFalse(plan.isInsertion());
    assertEquals(4, plan.statements().get(4).place().line());
    assertEquals(15, plan.statements().get(4).place().column());
  }

  @Test
  void contents() {
    LayoutPlan plan =
        parse(
            """
            MEMORY { r : ORIGIN = s1, LENGTH = s2 }
            PHDRS { p PT_LOAD AT(s3) FLAGS(s4); }
            f1 = s5;
            SECTIONS {
              .x s6 (TYPE = s7) : AT(s8) ALIGN(s9) SUBALIGN(s10) {
                f2 = s11 + .; LONG(s12) FILL(s13 + 1) *(.x) ASSERT(s14, "f3")
              } =s15
              .y (TYPE = SHT_NOTE) : { }
              OVERLAY s16 : AT(s17) SUBALIGN(s18) { .o { PROVIDE(f4 = s19); } =s20 } =s21
            }
            ASSERT(DEFINED(none) || s22, "f5")
            """);
    assertEquals(22, plan.symbols().size(), plan.symbols()::toString);
    for (int i = 1; i <= 22; i++) {
      assertTrue(plan.symbols().contains("s" + i), "s" + i);
    }
    List<String> formulas = new ArrayList<>();
    for (Statement.Formula f : plan.formulas()) {
      formulas.add(f instanceof Assign a ? a.symbol() : ((Statement.Assert) f).message());
    }
    assertEquals(
        List.of("f1", "f2", "f3", "f4", "__load_start_o", "__load_stop_o", "f5"), formulas);
  }

  @Test
  void overlays() {
    OverlayStatement o =
        (OverlayStatement)
            printed(
                    "SECTIONS { OVERLAY 0x1000 : NOCROSSREFS AT (0x4000) SUBALIGN(4)"
                        + " { .a { *(.a) } :h =0x90 .b { *(.b) }, } >ram AT>rom :p =0xcc }")
                .statements()
                .getFirst();
    assertEquals("0x1000", text(o.start()));
    assertTrue(o.noCrossRefs());
    assertEquals("0x4000", text(o.loadAddress()));
    assertEquals("4", text(o.subalign()));
    assertEquals(List.of("h"), o.sections().get(0).headers());
    assertEquals(".b", o.sections().get(1).name());
    assertEquals("ram", o.region());
    assertEquals("rom", o.loadRegion());
    assertEquals(List.of("p"), o.headers());
    assertEquals(Fill.ofDigits("cc"), o.fill());
    printed("SECTIONS { OVERLAY : { } }");
  }

  @Test
  void memory() {
    LayoutPlan plan =
        printed(
            """
            MEMORY {
              rom (rx!W)  : ORIGIN = 0, LENGTH = 256K
              ram (!rx) : org = 0x40000000, l = 4M
              a:o=0x10,len=1K,b-c : ORIGIN = ORIGIN(rom) + LENGTH(rom) LENGTH = 1
            }
            REGION_ALIAS("code", rom) REGION_ALIAS(more, "code");
            """);
    assertEquals(4, plan.regions().size());
    MemoryRegion rom = plan.region("more");
    assertEquals("rom", rom.name());
    assertEquals(MemoryRegion.READ | MemoryRegion.EXEC, rom.with());
    assertEquals(MemoryRegion.WRITE, rom.without());
    assertEquals("256K", text(rom.length()));
    assertTrue(rom.matches(MemoryRegion.EXEC | MemoryRegion.ALLOC));
    assertFalse(rom.matches(MemoryRegion.EXEC | MemoryRegion.WRITE));
    assertEquals(0, plan.region("ram").with());
    assertEquals("b-c", plan.region("b-c").name());
    assertEquals(null, plan.region("none"));
  }

  @Test
  void programHeaders() {
    LayoutPlan plan =
        printed(
            """
            PHDRS {
              headers PT_PHDR PHDRS;
              text PT_LOAD FILEHDR PHDRS AT(0x8000) FLAGS(4 | 1);
              odd 0x6ffffffa;
              stack PT_GNU_STACK FLAGS(6);
            }
            SECTIONS { .x : { } :NONE }
            """);
    assertEquals(List.of(6L, 1L, 0x6ffffffaL, 0x6474e551L), types(plan));
    HeaderStatement text = plan.headers().get(1);
    assertTrue(text.fileHeader() && text.programHeaders());
    assertEquals("0x8000", text(text.loadAddress()));
    assertEquals("4 | 1", text(text.flags()));
  }

  private static List<Long> types(LayoutPlan plan) {
    return plan.headers().stream().map(HeaderStatement::type).toList();
  }

  @Test
  void insertions() {
    LayoutPlan plan =
        printed(
            "SECTIONS { .a : { } x = 1; } INSERT AFTER .text; SECTIONS { .b : { } } INSERT BEFORE"
                + " .data");
    assertTrue(plan.isInsertion());
    assertEquals(5, plan.statements().size());
    assertTrue(((Statement.Insert) plan.statements().get(2)).after());
    assertEquals(".data", ((Statement.Insert) plan.statements().get(4)).section());
  }

  private static String inserted(String base, String... scripts) {
    LayoutPlan plan = parse("SECTIONS { " + base + " }");
    for (String script : scripts) {
      plan = plan.with(parse(script));
    }
    StringBuilder names = new StringBuilder();
    for (Statement s : plan.statements()) {
      names.append(
          switch (s) {
            case Assign a -> a.symbol();
            case OutputSectionStatement o -> o.name();
            default -> s.getClass().getSimpleName();
          });
      names.append(' ');
    }
    return names.toString().strip();
  }

  /** The orders are those of GNU ld 2.40, which breaks in the case of the first section. */
  @Test
  void insertionsTakePlace() {
    String base = ". = 1; .t : { } e1 = .; . = 2; e2 = .; .d : { } d1 = .; .b : { } b1 = .;";
    String rest = ". e2 .d d1 .b b1";
    String one = "SECTIONS { i0 = .; .n : { } i1 = .; } INSERT ";
    assertEquals(". .t e1 i0 .n i1 " + rest, inserted(base, one + "AFTER .t"));
    assertEquals(". .t e1 i0 .n i1 " + rest, inserted(base, one + "BEFORE .d"));
    assertEquals(". .t e1 . e2 .d d1 i0 .n i1 .b b1", inserted(base, one + "BEFORE .b"));
    assertEquals(". .t e1 " + rest + " i0 .n i1", inserted(base, one + "AFTER .b"));
    assertEquals(". i0 .n i1 .t e1 " + rest, inserted(base, one + "BEFORE .t"));
    String two = "SECTIONS { .m : { } } INSERT ";
    assertEquals(
        ". .t e1 .m .n " + rest,
        inserted(base, "SECTIONS { .n : { } } INSERT AFTER .t; " + two + "AFTER .t"));
    assertEquals(
        ". .t e1 .n .m " + rest,
        inserted(base, "SECTIONS { .n : { } } INSERT AFTER .t; " + two + "AFTER .n"));
    assertEquals(
        "j1 . .t e1 . e2 .d d1 j0 .m .b b1",
        inserted(base, "j0 = 5; " + two + "AFTER .d; j1 = 6;"));
    LinkException e = assertThrows(LinkException.class, () -> inserted(base, two + "AFTER .no"));
    assertTrue(
        e.getMessage().startsWith("error: plan.ld:1:23: INSERT AFTER .no: there is no such"),
        e.getMessage());
    LayoutPlan memory = parse("MEMORY { a : o = 1, l = 2 }").with(parse("MEMORY { b : o=3,l=4 }"));
    assertEquals("b", memory.regions().getFirst().name());
    assertEquals(2, memory.regions().size());
  }

  @Test
  void strings() {
    assertEquals("a b\0", string("a b"));
    assertEquals("a\n\t\r\\x\0", string("a\\n\\t\\r\\\\\\x"));
    assertEquals("A\u00018\0\0", string("\\101\\18\\0"));
    assertEquals("\\\0", string("\\"));
    assertEquals("\0", string(""));
  }

  private static String string(String text) {
    byte[] bytes = inSection(Statement.Asciz.class, "ASCIZ \"" + text + "\"").bytes();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Names that have a meaning are names in quotes. */
  @Test
  void quotedWords() {
    assertEquals("KEEP", input("\"KEEP\"(.x)").files().name());
    assertEquals("SORT", input("*(\"SORT\" .x)").sections().getFirst().name());
    assertEquals("CONSTRUCTORS", input("\"CONSTRUCTORS\"").files().name());
    assertEquals("a=b", input("\"a=b\"(.x)").files().name());
    InputSections i = input("*(\".x\" EXCLUDE_FILE(\"q r\") \".y z\")");
    assertEquals(List.of("q r"), i.sections().getLast().excludes());
  }

  @Test
  void flags() {
    assertEquals(
        4,
        printed(
                "LD_FEATURE(\"SANE_EXPR\") FORCE_COMMON_ALLOCATION INHIBIT_COMMON_ALLOCATION"
                    + " FORCE_GROUP_ALLOCATION")
            .flags()
            .size());
  }

  @Test
  void otherCommands() {
    InputScript script = InputScript.parse("a.ld", "OUTPUT(a.out) STARTUP(crt0.o)");
    assertEquals("a.out", ((InputScript.Output) script.commands().get(0)).file());
    assertEquals("crt0.o", ((InputScript.Startup) script.commands().get(1)).item().name());
  }

  /** INCLUDE may stand wherever statements may. */
  @Test
  void includes() {
    Map<String, String> files =
        Map.of(
            "regions", "b : ORIGIN = 1, LENGTH = 2 INCLUDE more",
            "more", "c : ORIGIN = 2, LENGTH = 3",
            "sections", ".x : { *(.x) } y = 1;",
            "body", "*(.y) BYTE(1)",
            "top", "MEMORY { d : o = 1, l = 2 } z = 2;");
    InputScript.Includes includes =
        (name, directories, place) ->
            new InputScript.Included(
                name, MemorySegment.ofArray(files.get(name).getBytes(StandardCharsets.US_ASCII)));
    String text =
        "MEMORY { a : ORIGIN = 0, LENGTH = 1 INCLUDE regions }\n"
            + "SECTIONS { INCLUDE sections .w : { *(.w) INCLUDE \"body\" *(.v) } }\nINCLUDE top";
    LayoutPlan plan =
        InputScript.parse(
                "main.ld",
                MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII)),
                InputScript.Origin.OPTION,
                includes)
            .plan();
    assertEquals(4, plan.regions().size());
    assertEquals("more", plan.regions().get(2).place().file());
    assertEquals(4, plan.statements().size());
    OutputSectionStatement w = (OutputSectionStatement) plan.statements().get(2);
    assertEquals(4, w.body().size());
    assertEquals("body:1:7", w.body().get(2).place().toString());
    assertEquals("main.ld:2:57", w.body().get(3).place().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = -(a + b) * ~c;",
        "x = a - (b - c) - d;",
        "x = (a ? b : c) ? d : e ? f : (g ? h : i);",
        "x = !(a == b) || c && (d || e);",
        "x = a << (b + 1) >> c & 7 | 8 ^ 9;",
        "x = - -1 + - - -2;",
        "x = MAX(a, MIN(b, 0x10)) + ALIGN(c, 8) + ALIGN(4) + NEXT(8) + BLOCK(16);",
        "x = ABSOLUTE(.) + LOG2CEIL(7) + DEFINED(\"q r\");",
        "x = SIZEOF(\"a b\") + ADDR(.a-b) + LOADADDR(/DISCARD/) + ALIGNOF(.c);",
        "x = CONSTANT(MAXPAGESIZE) + SIZEOF_HEADERS + \"SIZEOF_HEADERS\" + \"1x\";",
        "x = SEGMENT_START(\"text-segment\", 0x400000) + ORIGIN(r) + LENGTH(\"r s\");",
        "x = ASSERT(a > 1, \"message (with) ; everything\");",
        "x = 0xffffffffffffffff + 18446744073709551615 + 4K + 2M + 0x10;",
        "\"a 2\" = \"$a\" + $10 + a$b;",
        "x = DATA_SEGMENT_ALIGN(CONSTANT(MAXPAGESIZE), 4096);",
        "x = DATA_SEGMENT_RELRO_END(24, .) + DATA_SEGMENT_END(.);",
      })
  void expressionsPrintThemselves(String text) {
    assertEquals(1, printed(text).statements().size());
  }

  static List<String> modes() {
    List<String> all = new ArrayList<>();
    for (String machine : List.of("elf_x86_64", "elf_i386", "elf32_x86_64")) {
      for (String mode :
          List.of(
              "",
              "-pie",
              "-shared",
              "-N",
              "-n",
              "-r",
              "-Ur",
              "-z separate-code",
              "-z noseparate-code",
              "-z combreloc -z now -z relro",
              "-pie -z separate-code -z norelro",
              "-shared -z noseparate-code -z now")) {
        all.add("-m " + machine + " " + mode);
      }
    }
    return all;
  }

  /** GNU ld's own scripts, all of them. */
  @ParameterizedTest
  @MethodSource("modes")
  void builtInScriptsOfGnuLd(String mode) throws IOException {
    List<String> command = new ArrayList<>(List.of("ld", "--verbose"));
    command.addAll(List.of(mode.strip().split(" +")));
    String out;
    try {
      Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
      out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      assumeTrue(false, "no ld: " + e);
      throw e;
    }
    String[] parts = out.split("={50}\n", -1);
    assumeTrue(out.startsWith("GNU ld"), out);
    assertEquals(3, parts.length, out);
    LayoutPlan plan = printed(parts[1]);
    assertTrue(plan.has(LayoutPlan.Flag.SECTIONS));
    assertTrue(plan.statements().size() > 30, plan::toString);
  }
}
