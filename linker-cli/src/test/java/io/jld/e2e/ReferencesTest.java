package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** References that are to be warned of, and references to what is not part of the output. */
class ReferencesTest {
  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void warningOfSymbol(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path main = w.c("main", "int risky(void); int main(void) { return risky(); }");
    Path risky =
        w.c(
            "risky",
            """
            int risky(void) { return 7; }
            static const char text[] __attribute__((used, section(".gnu.warning.risky"))) = "risky is risky";
            """);
    Linked linked = w.sameAsLd("gcc", "-static", main, risky);
    assertEquals(7, linked.run().status());
    linked.says("main.o:(.text", "warning: ", "risky is risky");
  }

  /** libc.so warns of tmpnam, but not of one that a program, or a sanitizer, has itself. */
  @ParameterizedTest
  @EnumSource
  void warningOfALibrarysSymbol(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path main = w.c("main", "char *tmpnam(char *s); int main(void) { return tmpnam(0) == 0; }");
    Path own = w.c("own", "char *tmpnam(char *s) { return \"own\"; }");
    w.gcc(main).says("warning: ", "main.o:(.text", "the use of `tmpnam' is dangerous").ok();
    assertEquals(0, w.sameAsLd("gcc", main, own).silent().run().status());
  }

  /**
   * Only the group of the first object is linked; the second refers to its own by a local symbol.
   */
  @ParameterizedTest
  @EnumSource
  void discardedSection(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String group =
        """
          .section .text.once,"axG",@progbits,once,comdat
          .weak once
        once:
        .Lonce:
          ret
        """;
    Path first = w.asm("first", group);
    Path second = w.asm("second", group + "  .data\n  .long .Lonce\n");
    Path main = w.c("main", "int main(void) { return 0; }");
    w.gcc("-static", main, first, second)
        .failed("'.text.once' is defined in discarded section '.text.once' of ", "second.o");
    w.gcc("-static", main, second).ok();
  }
}
