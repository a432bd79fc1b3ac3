package io.jld.amd64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.Properties;
import io.jld.arch.Properties.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Amd64PropertiesTest {
  private final Properties p = new Amd64().properties();

  @ParameterizedTest
  @CsvSource({
    "0xc0000000, OR_AND",
    "0xc0000001, OR",
    "0xc0000002, AND",
    "0xc0007fff, AND",
    "0xc0008000, OR",
    "0xc000ffff, OR",
    "0xc0010000, OR_AND",
    "0xc0017fff, OR_AND"
  })
  void eachNumberHasOneRule(String type, Rule rule) {
    int number = Long.decode(type).intValue();
    assertEquals(
        List.of(rule),
        p.ranges().stream().filter(r -> r.contains(number)).map(Properties.Range::rule).toList());
  }

  @Test
  void whatIsOutsideHasNone() {
    for (int number : new int[] {0, 1, 0xb0000000, 0xbfffffff, 0xc0018000, -1}) {
      assertTrue(p.ranges().stream().noneMatch(r -> r.contains(number)));
    }
  }

  @Test
  void keywords() {
    assertTrue(p.hasKeyword("ibt"));
    assertTrue(p.hasKeyword("x86-64-v4"));
    assertTrue(p.hasKeyword("cet-report=error"));
    assertFalse(p.hasKeyword("cet-report"));
    assertFalse(p.hasKeyword("now"));
    assertTrue(p.hasKeyword("lam-u48"));
  }
}
