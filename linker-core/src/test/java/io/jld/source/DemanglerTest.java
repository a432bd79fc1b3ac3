package io.jld.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class DemanglerTest {
  private static final Demangler SYSTEM = new Demangler(Duration.ofMinutes(1));

  private static void assumeDemangler() {
    assumeTrue(!SYSTEM.names(List.of("_Z3foov")).isEmpty(), "there is no c++filt");
  }

  private static String demangled(String message) {
    Location here = Location.file("a.o").section(".text._Z3foov", 4).symbol("_Z3foov");
    Diagnostic d =
        SYSTEM
            .diagnostics(List.of(Diagnostic.error(DiagnosticCode.UNDEFINED_SYMBOL, here, message)))
            .getFirst();
    assertEquals(here, d.location(), "places keep their names");
    return d.message();
  }

  @Test
  void namesOfCxxAndRust() {
    assumeDemangler();
    assertEquals(
        Map.of(
            "_ZN2ns1fEi", "ns::f(int)",
            "_Z1fSs", "f(std::string)",
            "_ZN4core3fmt5Write9write_fmt17h1234567890abcdefE", "core::fmt::Write::write_fmt"),
        SYSTEM.names(
            List.of(
                "_ZN2ns1fEi",
                "main",
                "_Z1fSs",
                "_Znonsense",
                "",
                "_ZN4core3fmt5Write9write_fmt17h1234567890abcdefE",
                "_Z3two\nlines")));
  }

  /** The lengths in them count bytes; what is not UTF-8 stays what it is. */
  @Test
  void namesWithOtherBytesThanAscii() {
    assumeDemangler();
    Map<String, String> names =
        Map.of(
            "_Z3f\u00e9i", "f\u00e9(int)",
            "_Z2n\uDCE9v", "n\uDCE9()",
            "_ZN6\u20acuro1gEd", "\u20acuro::g(double)",
            "_Z3foov", "foo()");
    List<String> mangled = new java.util.ArrayList<>(names.keySet());
    mangled.add("_Z9f\u00e9i");
    assertEquals(names, SYSTEM.names(mangled));
    assertEquals("'f\u00e9(int)', 'foo()'", demangled("'_Z3f\u00e9i', '_Z3foov'"));
  }

  @Test
  void messages() {
    assumeDemangler();
    assertEquals(
        "undefined reference to 'foo(int)'\n"
            + ">>> referenced by function bar() in b.o:(.text._Z3barv+0x4)",
        demangled(
            "undefined reference to '_Z3fooi'\n"
                + ">>> referenced by function _Z3barv in b.o:(.text._Z3barv+0x4)"));
    assertEquals("_Z3foov: foo() $1", demangled("_Z3foov: _Z3foov $1"));
    assertEquals("dir/_Z3foov is no name", demangled("dir/_Z3foov is no name"));
    assertEquals("foo()@@V1", demangled("_Z3foov@@V1"));
    assertEquals("x_Z3foov", demangled("x_Z3foov"));
  }

  /**
   * No program at all; one that fails, says nothing, something else, too little, too much, or never
   * ends.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nonexistent/c++filt",
        "false",
        "true",
        "echo hello",
        "head -n1",
        "cat /dev/zero",
        "yes",
        "sleep 1000"
      })
  void programsThatFail(String command) {
    Demangler d = new Demangler(List.of(command.split(" ")), List.of(command.split(" ")), 200);
    assertTimeout(
        Duration.ofSeconds(120),
        () ->
            assertEquals(
                Map.of(), d.names(List.of("_Z3foov", "_Z3barv", "_Z2\u00e9v", "_Z3f\u00e9v"))));
  }

  /** Substitutions that double 60 times. */
  @Test
  void aNameThatExplodes() {
    StringBuilder name = new StringBuilder("_Z1fPFviE");
    for (int i = 0; i < 60; i++) {
      int n = 2 * i + 1;
      String s = "S" + Integer.toString(n - 1, 36).toUpperCase(java.util.Locale.ROOT) + "_";
      name.append("PFv").append(s).append(s).append('E');
    }
    Demangler hasty = new Demangler(Duration.ofSeconds(2));
    assertEquals(Map.of(), hasty.names(List.of("_Z3foov", name.toString())));
  }

  @Test
  void manyNames() {
    assumeDemangler();
    List<String> names = new java.util.ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      names.add("_ZN9somewhere4nice1fILi" + i + "EEEvv");
    }
    Map<String, String> table = SYSTEM.names(names);
    assertEquals(5_000, table.size());
    assertEquals("void somewhere::nice::f<7>()", table.get("_ZN9somewhere4nice1fILi7EEEvv"));
  }
}
