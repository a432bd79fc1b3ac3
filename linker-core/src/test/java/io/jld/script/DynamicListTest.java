package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import io.jld.pattern.SymbolMatcher;
import io.jld.pattern.SymbolPattern;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamicListTest {
  @Test
  void blocks() {
    List<SymbolPattern> list =
        SymbolListParser.dynamicList(
            "d", "{ foo; b*; }; /* more */ { extern \"C++\" { ns::*; \"h()\" }; };");
    assertEquals(
        List.of(
            new SymbolPattern("foo", true, SymbolPattern.Language.C),
            new SymbolPattern("b*", false, SymbolPattern.Language.C),
            new SymbolPattern("ns::*", false, SymbolPattern.Language.CXX),
            new SymbolPattern("h()", true, SymbolPattern.Language.CXX)),
        list);
    SymbolMatcher matcher = SymbolMatcher.of(list, name -> "ns::f()");
    assertEquals(0, matcher.match("bar"));
    assertEquals(0, matcher.match("_Zx"));
    assertEquals(SymbolMatcher.NONE, matcher.match("fo"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | d:1:1: '{' expected in dynamic list, but the text ends here",
        "foo; | d:1:1: '{' expected in dynamic list, found 'foo'",
        "{ foo | d:1:6: ';' expected, but the text ends here",
        "{ global: foo; }; | d:1:9: ';' expected, found ':'",
        "V1 { foo; }; | d:1:1: '{' expected in dynamic list, found 'V1'",
        "{ foo; } { bar; }; | d:1:10: ';' expected after '}', found '{'",
      })
  void errors(String text, String message) {
    String failure =
        assertThrows(LinkException.class, () -> SymbolListParser.dynamicList("d", text))
            .getMessage();
    assertTrue(failure.startsWith("error: " + message), failure);
  }
}
