package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.pattern.SymbolMatcher;
import io.jld.pattern.SymbolPattern;
import io.jld.pattern.SymbolPattern.Language;
import io.jld.pattern.VersionScript;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionScriptTest {
  private static final Map<String, String> DEMANGLED =
      Map.of(
          "_Z1hPKc",
          "h(char const*)",
          "_ZN2ns1S1mEv",
          "ns::S::m()",
          "_ZN2ns1fEi",
          "ns::f(int)",
          "_ZN2ns1gEv",
          "ns::g()");

  private static final List<String> SYMBOLS =
      List.of(
          "_Z1hPKc",
          "_ZN2ns1S1mEv",
          "_ZN2ns1fEi",
          "_ZN2ns1gEv",
          "bar",
          "baz",
          "foo",
          "foobar",
          "plain");

  private static VersionScript parse(String text) {
    return SymbolListParser.versions(List.of(new LinkOption.Script("v.map", text)), List.of());
  }

  private static SymbolPattern exact(String name) {
    return new SymbolPattern(name, true, Language.C);
  }

  private static SymbolPattern glob(String pattern) {
    return new SymbolPattern(pattern, false, Language.C);
  }

  @Test
  void fullSyntax() {
    VersionScript script =
        parse(
            """
            # one
            VERS_1.1 {
              global:
                foo1; b\\ar; "q*"; g_*;   /* names */
                extern "C++" { ns::*; "h(char const*)"; extern "C" { c } };
              local: old*;
                     *;
            };

            VERS_1.2 { foo2; } VERS_1.1;
            VERS_2.0 { bar1; } VERS_1.1 VERS_1.2;
            """);
    assertEquals(
        List.of(
            new VersionScript.Node(
                "v.map",
                2,
                "VERS_1.1",
                List.of(
                    exact("foo1"),
                    exact("bar"),
                    exact("q*"),
                    glob("g_*"),
                    new SymbolPattern("ns::*", false, Language.CXX),
                    new SymbolPattern("h(char const*)", true, Language.CXX),
                    exact("c")),
                List.of(glob("old*"), glob("*")),
                List.of()),
            new VersionScript.Node(
                "v.map", 10, "VERS_1.2", List.of(exact("foo2")), List.of(), List.of("VERS_1.1")),
            new VersionScript.Node(
                "v.map",
                11,
                "VERS_2.0",
                List.of(exact("bar1")),
                List.of(),
                List.of("VERS_1.1", "VERS_1.2"))),
        script.nodes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ global: foo; local: *; };",
        "{ global: foo; local: *; }",
        "{foo;local:*;};",
        "{ local: *; global: foo; };",
        "{ local : * ; global : foo ; } ;",
        "{ global: foo; global: local: *; };",
        "{ foo; local: * };",
        "# x\n{ \"foo\"; local: /* all */ *;\n};",
      })
  void anonymous(String text) {
    VersionScript.Node node = parse(text).nodes().getFirst();
    assertTrue(node.anonymous());
    assertEquals(List.of(exact("foo")), node.globals());
    assertEquals(List.of(glob("*")), node.locals());
  }

  @Test
  void keywordsAsNames() {
    VersionScript.Node node =
        parse("V1 { global: global; local; extern; global::x; \"local\"; globals; };")
            .nodes()
            .getFirst();
    assertEquals(
        List.of("global", "local", "extern", "global::x", "local", "globals"),
        node.globals().stream().map(SymbolPattern::text).toList());
    assertEquals(List.of(), node.locals());
  }

  @Test
  void emptyNodes() {
    assertEquals(1, parse("{};").nodes().size());
    assertEquals(1, parse("V1 { global: };").nodes().size());
    assertEquals(1, parse("V1 { extern \"C++\" {}; };").nodes().size());
  }

  @Test
  void severalScripts() {
    VersionScript script =
        SymbolListParser.versions(
            List.of(
                new LinkOption.Script("a.map", "V1 { foo; };"),
                new LinkOption.Script("b.map", "\nV2 { bar; } V1;")),
            List.of());
    assertEquals(
        List.of("a.map", "b.map"), script.nodes().stream().map(VersionScript.Node::file).toList());
    assertEquals(2, script.nodes().getLast().line());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | v.map:1:1: '{' expected in version script, but the text ends here",
        "V1 | v.map:1:3: '{' expected after the version's name",
        "V1 { foo | v.map:1:9: ';' expected, but the text ends here",
        "V1 { foo, bar; }; | v.map:1:9: ';' expected, found ','",
        "V1 { foo bar; }; | v.map:1:10: ';' expected, found 'bar'",
        "V1 { f:o; }; | v.map:1:7: ';' expected, found ':'",
        "V1 { f(int); }; | v.map:1:7: ';' expected, found '('",
        "V1 { {foo;}; }; | v.map:1:6: a symbol's name expected, found '{'",
        "V1 { foo;; bar; }; | v.map:1:10: a symbol's name expected, found ';'",
        "V1 { foo; };; | v.map:1:13: '{' expected",
        "V1 { foo; } { bar; }; | v.map:1:13: ';' expected after the version's '}'",
        "V1 { \"foo; }; | v.map:1:6: string without an end",
        "V1 { extern \"D\" { foo; }; }; | v.map:1:16: unknown language 'D' in extern",
        "V1 { extern \"C\" foo; }; | v.map:1:17: '{' expected after extern",
        "V1 { foo; }; V2 { bar; } V9; | v.map:1: version 'V9' is not defined before",
        "V1 { foo; } V1; | v.map:1: version 'V1' is not defined before",
        "V1 { foo; }; V1 { bar; }; | v.map:1: version 'V1' is defined twice",
        "{ foo; }; V1 { bar; }; | v.map:1: a version without a name cannot be combined",
        "V1 { foo; }; V2 { local: foo; }; | v.map:1: 'foo' is global in one version and local in"
            + " another, 'V1' and 'V2'",
        "V1 { local: *; }; V2 { *; }; | v.map:1: '*' is global in one version and local in another",
        "V1 { local: foo; }; V2 { \"foo\"; }; | v.map:1: 'foo' is global in one",
      })
  void errors(String text, String message) {
    String failure = assertThrows(LinkException.class, () -> parse(text)).getMessage();
    assertTrue(failure.startsWith("error: " + message), failure);
  }

  @Test
  void nestingIsLimited() {
    String text = "{ " + "extern \"C\" { ".repeat(1_000_000);
    assertTrue(
        assertThrows(LinkException.class, () -> parse(text))
            .getMessage()
            .contains("nested more than"));
  }

  /**
   * What is exported, as NAME or NAME@NODE, as GNU ld 2.40 does it for a library that has {@link
   * #SYMBOLS}.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "V1 { global: f*; local: foo; *; }; | foobar@V1",
        "V1 { global: f*; local: fo*; *; }; | foo@V1 foobar@V1",
        "V1 { local: foo*; *; }; V2 { global: f*; }; | foo@V2 foobar@V2",
        "V1 { global: foo*; local: *; }; V2 { global: f*; }; | foo@V2 foobar@V2",
        "V1 { global: f*; local: *; }; V2 { global: foo*; }; | foo@V2 foobar@V2",
        "V1 { global: foo; local: *; }; V2 { global: foo; }; | foo@V1",
        "V1 { global: foo; local: foo; *; }; | foo@V1",
        "V1 { global: foo; ba*; *; }; V2 { global: b*; local: _Z*; foo*; pl*; }; | bar@V2 baz@V2"
            + " foo@V1",
        "V1 { global: bar; *; local: f*; _Z*; }; | bar@V1 baz@V1 plain@V1",
        "V1 { global: foo; local: *; }; V2 { global: foobar; local: *; } V1; | foo@V1 foobar@V2",
        "V1 { global: foo*; local: *; }; V2 { local: foo; } V1; | foobar@V1",
        "V1 { local: foo; *; }; V2 { global: foo*; } V1; | foobar@V2",
        "V1 { global: \"f*\"; bar; local: *; }; | bar@V1",
        "V1 { global: \"*\"; bar; local: *; }; | bar@V1",
        "V1 { global: ba[!r]; local: *; }; | baz@V1",
        "V1 { global: extern \"C++\" { ns::*; \"h(char const*)\"; }; local: *; };"
            + "| _Z1hPKc@V1 _ZN2ns1S1mEv@V1 _ZN2ns1fEi@V1 _ZN2ns1gEv@V1",
        "V1 { global: extern \"C++\" { ns::f; }; local: *; }; | ''",
        "V1 { global: extern \"C++\" { foo; f*r; }; local: *; }; | foo@V1 foobar@V1",
        "V1 { global: extern \"C++\" { \"_ZN2ns1fEi\"; _ZN2ns1gEv; }; local: *; }; | ''",
        "V1 { local: extern \"C++\" { ns::*; h*; }; }; | bar baz foo foobar plain",
        "V1 { global: extern \"C++\" { foo; }; local: *; }; V2 { global: foo; }; | foo@V1",
        "V1 { global: extern \"C++\" { ns::*; }; local: *; }; V2 { global: _ZN*; };"
            + "| _ZN2ns1S1mEv@V2 _ZN2ns1fEi@V2 _ZN2ns1gEv@V2",
        "V1 { global: _ZN*; local: *; }; V2 { global: extern \"C++\" { ns::*; }; };"
            + "| _ZN2ns1S1mEv@V2 _ZN2ns1fEi@V2 _ZN2ns1gEv@V2",
        "V1 { local: _Z*; b*; plain; }; | foo foobar",
      })
  void rulesOfGnuLd(String text, String exported) {
    VersionScript script = parse(text);
    SymbolMatcher matcher = SymbolMatcher.of(script, DEMANGLED::get);
    Map<String, String> found = new TreeMap<>();
    for (String symbol : SYMBOLS) {
      byte[] bytes = ("x" + symbol + "y").getBytes(StandardCharsets.UTF_8);
      int result = matcher.match(MemorySegment.ofArray(bytes), 1, symbol.length());
      assertEquals(matcher.match(symbol), result);
      if (result == SymbolMatcher.NONE) {
        found.put(symbol, symbol);
      } else if (!SymbolMatcher.isLocal(result)) {
        found.put(symbol, symbol + "@" + script.nodes().get(SymbolMatcher.node(result)).name());
      }
    }
    assertEquals(exported, String.join(" ", found.values()));
  }

  @Test
  void manyExactNames() {
    StringBuilder text = new StringBuilder("{ global: ");
    for (int i = 0; i < 5_000; i++) {
      text.append("symbol_").append(i).append(";\n");
    }
    SymbolMatcher matcher = SymbolMatcher.of(parse(text + " local: *; };"), name -> null);
    for (int i = 0; i < 10_000; i++) {
      assertEquals(i >= 5_000, SymbolMatcher.isLocal(matcher.match("symbol_" + i)));
    }
  }

  @Test
  void damagedScripts() {
    String good =
        "V_1 { global: f\\*; \"q r\"; extern \"C++\" { ns::*; }; /* c */ local: [a-z]?*; }; # e\n"
            + "V2 { } V_1;";
    String insert = "(){};:,=\"/*#\n\\[]! \u00ff\0";
    Random random = new Random(5);
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
          for (int round = 0; round < 10_000; round++) {
            char[] bad = good.toCharArray();
            for (int n = 1 + random.nextInt(6); n > 0; n--) {
              bad[random.nextInt(bad.length)] = good.charAt(random.nextInt(good.length()));
            }
            survives(new String(bad));
          }
        });
  }

  private static void survives(String text) {
    try {
      SymbolMatcher.of(parse(text), name -> null).match("foo");
    } catch (LinkException e) {
      assertTrue(e.diagnostics().getFirst().location().file().startsWith("v.map:"));
    }
    try {
      SymbolMatcher.of(SymbolListParser.dynamicList("d.list", text), name -> null).match("foo");
    } catch (LinkException e) {
      assertTrue(e.diagnostics().getFirst().location().file().startsWith("d.list:"));
    }
  }
}
