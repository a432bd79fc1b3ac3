package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import io.jld.pattern.VersionScript;
import io.jld.plan.Place;
import io.jld.plan.Statement;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputScriptTest {
  private static final String LIBC =
      """
      /* GNU ld script
         Use the shared library, but some functions are only in
         the static library, so try that secondarily.  */
      OUTPUT_FORMAT(elf64-x86-64)
      GROUP ( /lib/x86_64-linux-gnu/libc.so.6 /usr/lib/x86_64-linux-gnu/libc_nonshared.a  AS_NEEDED ( /lib64/ld-linux-x86-64.so.2 ) )
      """;

  private static InputScript parse(String text) {
    return InputScript.parse("lib.so", text);
  }

  private static Statement.Formula statement(String text) {
    return ((InputScript.Symbols) parse(text).commands().getFirst()).statement();
  }

  private static InputScript bytes(String file, byte[] bytes) {
    return InputScript.parse(
        file, MemorySegment.ofArray(bytes), InputScript.Origin.INPUT, InputScript.Includes.NONE);
  }

  private static String failure(String text) {
    return assertThrows(LinkException.class, () -> parse(text)).getMessage();
  }

  private static List<String> names(InputScript script) {
    return switch (script.commands().getLast()) {
      case InputScript.Input i -> i.items().stream().map(InputScript.Item::toString).toList();
      case InputScript.Group g -> g.items().stream().map(InputScript.Item::toString).toList();
      default -> throw new AssertionError(script);
    };
  }

  @Test
  void debiansLibc() {
    InputScript script = parse(LIBC);
    assertEquals("elf64-x86-64", script.outputFormat());
    assertEquals(
        List.of(
            new InputScript.OutputFormat(4, "elf64-x86-64", "elf64-x86-64", "elf64-x86-64"),
            new InputScript.Group(
                5,
                List.of(
                    new InputScript.Item(5, "/lib/x86_64-linux-gnu/libc.so.6", false, false),
                    new InputScript.Item(
                        5, "/usr/lib/x86_64-linux-gnu/libc_nonshared.a", false, false),
                    new InputScript.Item(5, "/lib64/ld-linux-x86-64.so.2", false, true)))),
        script.commands());
  }

  @Test
  void librariesAndFiles() {
    assertEquals(
        List.of("libncurses.so.6", "-ltinfo"), names(parse("INPUT(libncurses.so.6 -ltinfo)")));
    assertEquals(
        new InputScript.Item(1, ":x.a", true, false),
        ((InputScript.Input) parse("INPUT(-l:x.a)").commands().getFirst()).items().getFirst());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INPUT(a.o b.o)",
        "INPUT(a.o,b.o)",
        "INPUT ( a.o , b.o , ) ;",
        "INPUT(\n\"a.o\"\t\"b.o\");;",
        "# comment\nINPUT(a.o # the first\n b.o)",
        "INPUT(a.o/* , c.o */b.o)",
        "INPUT(AS_NEEDED(a.o) b.o)",
        "GROUP(AS_NEEDED(AS_NEEDED(a.o)b.o))",
        "OUTPUT_FORMAT(x)INPUT(a.o b.o)"
      })
  void separators(String text) {
    assertEquals(List.of("a.o", "b.o"), names(parse(text)));
  }

  @Test
  void oddNames() {
    assertEquals(
        List.of(
            "a b.o",
            "-lx",
            "=/lib/x.o",
            "$SYSROOT/y.o",
            "c++/[x]~!@:1.o",
            "AS_NEEDED",
            "INPUT",
            "\u00e4.o"),
        names(
            parse(
                "INPUT(\"a b.o\" \"-lx\" =/lib/x.o $SYSROOT/y.o c++/[x]~!@:1.o AS_NEEDED INPUT"
                    + " \u00e4.o)")));
    assertFalse(
        ((InputScript.Input) parse("INPUT(\"-lx\")").commands().getFirst())
            .items()
            .getFirst()
            .library());
  }

  @Test
  void otherCommands() {
    assertEquals(
        List.of(
            new InputScript.OutputFormat(1, "a", "b", "c"),
            new InputScript.OutputArch(2, "i386:x86-64"),
            new InputScript.SearchDir(3, "=/usr/lib"),
            new InputScript.Entry(4, "start"),
            new InputScript.Target(5, "elf32-i386"),
            new InputScript.Extern(6, List.of("f", "g", "h"))),
        parse(
                """
                OUTPUT_FORMAT("a", "b", "c")
                OUTPUT_ARCH(i386:x86-64)
                SEARCH_DIR("=/usr/lib");
                ENTRY(start)
                TARGET(elf32-i386)
                EXTERN(f, g h)
                """)
            .commands());
    assertEquals("", parse("").outputFormat());
    assertTrue(parse(" /* nothing */ ").commands().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OVERLAY | lib.so:1:1: OVERLAY is not supported",
        "x = 1 | ';' expected after an assignment, but the text ends here",
        "x = 1 2; | ';' expected after an assignment, found '2'",
        "x = ; | a number or a symbol expected, found ';'",
        "x += (1; | ')' expected, found ';'",
        "5 = 3; | '5' is no symbol's name",
        "x == 5; | unknown command 'x'",
        "x ! 5; | unknown command 'x'",
        "x = FOO(1); | 'FOO' is no function",
        "x = 0q; | '0q' is not a number",
        "PROVIDE x = 1; | '(' expected after PROVIDE",
        "PROVIDE(x) | '=' expected after 'x'",
        "PROVIDE(x += 1); | '=' expected after 'x'",
        "PROVIDE(x = 1; | ')' expected after the assignment in PROVIDE",
        "HIDDEN(. = 1) | the location counter '.' is no symbol for HIDDEN",
        "ASSERT(1) | ',' expected after the expression in ASSERT",
        "ASSERT(1, m) | a message in double quotes expected",
        "VERSION V { } | '{' expected after VERSION",
        "VERSION { V { a; } | the text ends here",
        "NOCROSSREFS .text | '(' expected after NOCROSSREFS",
        "INCLUDE | a name or ')' expected in INCLUDE",
        "nonsense | lib.so:1:1: file format not recognized; as a linker script: unknown command"
            + " 'nonsense'",
        "INPUT | '(' expected after INPUT, but the text ends here",
        "INPUT x | '(' expected after INPUT, found 'x'",
        "INPUT(a.o | a name or ')' expected in INPUT, but the text ends here",
        "INPUT(a.o)) | a linker script's command expected, found ')'",
        "INPUT(a.o;b.o) | a name or ')' expected in INPUT, found ';'",
        "INPUT(-l) | -l without a library's name",
        "INPUT(\"a.o) | string without an end",
        "INPUT(\"\") | a name",
        "/* INPUT(a.o) | comment without an end",
        "OUTPUT_FORMAT(a b) | OUTPUT_FORMAT has one name or three, not 2",
        "ENTRY() | ENTRY has one name, not 0",
        "SEARCH_DIR(a b) | SEARCH_DIR has one name, not 2",
        "= | a linker script's command expected, found '='",
      })
  void errors(String text, String message) {
    String failure = failure(text);
    assertTrue(failure.contains(message), failure);
    assertTrue(failure.startsWith("error: lib.so:1:"), failure);
  }

  @Test
  void errorsNameTheLine() {
    assertTrue(failure("/* a\n\n*/\nINPUT(\n\na.o)\nOVERLAY").contains("lib.so:7:1: OVERLAY"));
    assertTrue(failure("INPUT(\"a\nb\")").contains("lib.so:1:7: string goes beyond"));
  }

  @Test
  void statements() {
    List<String> texts =
        parse(
                """
                a = 1; b += a
                  /* and */ * 2;
                c <<= 3; d >>= 4; e -= 1; f *= 2; g /= 2; h &= 1; i |= 1; j ^= 1;
                "k k" = 5;
                PROVIDE(l = SIZEOF(.text)); PROVIDE_HIDDEN ( m=.n )
                HIDDEN("o" = 7);
                . = ALIGN(16);
                """)
            .commands()
            .stream()
            .map(Object::toString)
            .toList();
    assertEquals(
        List.of(
            "a = 1",
            "b = b + (a * 2)",
            "c = c << (3)",
            "d = d >> (4)",
            "e = e - (1)",
            "f = f * (2)",
            "g = g / (2)",
            "h = h & (1)",
            "i = i | (1)",
            "j = j ^ (1)",
            "k k = 5",
            "PROVIDE(l = SIZEOF(.text))",
            "PROVIDE_HIDDEN(m = .n)",
            "HIDDEN(o = 7)",
            ". = ALIGN(16)"),
        texts);
    Statement.Assert a = (Statement.Assert) statement("\n\nASSERT(a == b,\n\"a, (b)\")");
    assertEquals("a == b", a.expression().toString());
    assertEquals("a, (b)", a.message());
    assertEquals(3, a.place().line());
    assertEquals(Place.of("lib.so", 3, 8), a.expression().place());
    assertEquals(Set.of("a", "b"), a.expression().symbols());
    assertEquals(Set.of("b", "a"), statement("b += a;").expression().symbols());
  }

  @Test
  void versionsAndCrossReferences() {
    InputScript script =
        parse(
            """
            VERSION { V1 { global: f; local: *; }; V2 { g; } V1; }
            VERSION { { h; } }
            NOCROSSREFS(.text .data)
            NOCROSSREFS_TO(.a, .b);
            """);
    List<VersionScript.Node> nodes = ((InputScript.Version) script.commands().get(0)).nodes();
    assertEquals(List.of("V1", "V2"), nodes.stream().map(VersionScript.Node::name).toList());
    assertEquals(List.of("V1"), nodes.get(1).parents());
    assertTrue(((InputScript.Version) script.commands().get(1)).nodes().getFirst().anonymous());
    assertEquals(
        List.of(
            new InputScript.NoCrossRefs("lib.so", 3, List.of(".text", ".data"), false),
            new InputScript.NoCrossRefs("lib.so", 4, List.of(".a", ".b"), true)),
        script.commands().subList(2, 4));
  }

  @Test
  void includes() {
    InputScript.Includes includes =
        (name, directories, place) ->
            new InputScript.Included(
                "/" + String.join(":", directories) + "/" + name,
                MemorySegment.ofArray(
                    (name.equals("self")
                            ? "INCLUDE self"
                            : name.equals("bad") ? "\n\nx = ;" : "OUTPUT_FORMAT(f) x = 1;")
                        .getBytes(StandardCharsets.UTF_8)));
    InputScript script =
        InputScript.parse(
            "a.ld",
            MemorySegment.ofArray(
                "SEARCH_DIR(d) INCLUDE \"b.ld\"".getBytes(StandardCharsets.UTF_8)),
            InputScript.Origin.INPUT,
            includes);
    InputScript inner = ((InputScript.Include) script.commands().get(1)).script();
    assertEquals("/d/b.ld", inner.file());
    assertEquals("x = 1", inner.commands().get(1).toString());
    assertEquals("f", script.outputFormat());
    for (String[] c :
        new String[][] {
          {"INCLUDE self", "error: //self:1:1: INCLUDE is nested more than 10 deep"},
          {"\nINCLUDE bad", "error: //bad:3:5: a number or a symbol expected"},
          {"\n\n HLL()", "error: a.ld:3:2: HLL is not supported in a linker script given by -T"}
        }) {
      String message =
          assertThrows(
                  LinkException.class,
                  () ->
                      InputScript.parse(
                          "a.ld",
                          MemorySegment.ofArray(c[0].getBytes(StandardCharsets.UTF_8)),
                          InputScript.Origin.OPTION,
                          includes))
              .getMessage();
      assertTrue(message.startsWith(c[1]), message);
    }
  }

  /** An expression may not take more stack or time than its text is worth. */
  @Test
  void expressionsAreLimited() {
    assertTrue(failure("x = " + "(".repeat(1_000_000)).contains("expression is nested"));
    assertTrue(failure("\nx = 1" + "+1".repeat(1_000_000)).contains("more than 1000"));
    assertEquals(20_000, parse("x += 1;\n".repeat(20_000)).commands().size());
  }

  @Test
  void binariesAreNoScripts() {
    LinkException e =
        assertThrows(
            LinkException.class,
            () -> bytes("a.o", "INPUT(a)\0".getBytes(StandardCharsets.ISO_8859_1)));
    assertTrue(e.getMessage().startsWith("error: a.o: file format not recognized"), e.getMessage());
  }

  @Test
  void nestingIsLimited() {
    assertTrue(failure("INPUT(" + "AS_NEEDED(".repeat(1_000_000)).contains("nested more than"));
    assertEquals(1, names(parse("INPUT(" + "AS_NEEDED(".repeat(50) + "x" + ")".repeat(51))).size());
  }

  @Test
  void damagedScripts() {
    String good =
        LIBC
            + "INPUT(\"q\" -lx,y) SEARCH_DIR(\"=/a\"); EXTERN(a b) # end\n"
            + "x = y + 1; PROVIDE_HIDDEN(z=ALIGN(x,4)); ASSERT(z>0,\"m\") VERSION{V{a;};}";
    String insert = "(){};,=\"/*#\n\0-lA \u00ff";
    Random random = new Random(2);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i <= good.length(); i++) {
            survives(good.substring(0, i));
            for (int k = 0; k < insert.length(); k++) {
              survives(good.substring(0, i) + insert.charAt(k) + good.substring(i));
              survives(
                  good.substring(0, i)
                      + insert.charAt(k)
                      + good.substring(Math.min(i + 1, good.length())));
            }
          }
          for (int round = 0; round < 5_000; round++) {
            byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
            for (int n = 1 + random.nextInt(8); n > 0; n--) {
              bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
              bytes("lib.so", bytes);
            } catch (LinkException e) {
              assertEquals(1, e.diagnostics().size());
            }
          }
        });
  }

  private static void survives(String text) {
    try {
      parse(text);
    } catch (LinkException e) {
      assertTrue(e.diagnostics().getFirst().location().file().startsWith("lib.so"));
    }
  }
}
