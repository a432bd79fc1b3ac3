package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of sections in their output section, where it means something. */
class OrderTest {
  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    return new Workbench(dir, target);
  }

  /** Constructors by priority, then in the order of the link; destructors the other way round. */
  @ParameterizedTest
  @EnumSource
  void constructors(Target target) {
    Workbench w = workbench(target);
    String source =
        """
        #include <unistd.h>
        static void say(char c) { char s[] = {NAME, c, ' '}; write(1, s, 3); }
        __attribute__((constructor)) static void z(void) { say('z'); }
        __attribute__((constructor(65000))) static void y(void) { say('y'); }
        __attribute__((constructor(101))) static void a(void) { say('a'); }
        __attribute__((constructor(2000))) static void m(void) { say('m'); }
        __attribute__((constructor(300))) static void c(void) { say('c'); }
        __attribute__((constructor)) static void zz(void) { say('Z'); }
        __attribute__((destructor)) static void q(void) { say('q'); }
        __attribute__((destructor(200))) static void p(void) { say('p'); }
        __attribute__((destructor(1500))) static void o(void) { say('o'); }
        """;
    Path one = w.c("one", source, "-DNAME='1'");
    Path two = w.c("two", source, "-DNAME='2'");
    Path main = w.c("main", "int main(void) { return 0; }");
    String out = w.sameAsLd("gcc", "-static", one, main, two).silent().run().out();
    assertTrue(out.startsWith("1a 2a 1c 2c 1m 2m 1y 2y 1z 1Z 2z 2Z "), out);
    assertEquals(36 + 18, out.length(), out);
    w.sameAsLd("gcc", "-static-pie", two, main, one).silent();
  }

  /** {@code .ctors} of old compilers, which run backwards, among {@code .init_array}. */
  @ParameterizedTest
  @EnumSource
  void ctors(Target target) {
    Workbench w = workbench(target);
    String word = target == Target.AMD64 ? ".quad" : ".long";
    Path old =
        w.c(
            "old",
            """
            #include <unistd.h>
            #define F(n) void c##n(void) { write(1, #n " ", 3); }
            F(10) F(11) F(12) F(13) F(14) F(15)
            __asm__(".section .ctors,\\"aw\\"\\n WORD c10, c11\\n"
                    ".section .ctors.65530,\\"aw\\"\\n WORD c12\\n"
                    ".section .ctors.64000,\\"aw\\"\\n WORD c13\\n"
                    ".section .dtors,\\"aw\\"\\n WORD c14, c15\\n.text\\n");
            __attribute__((constructor(102))) static void early(void) { write(1, "e ", 2); }
            __attribute__((constructor(900))) static void later(void) { write(1, "l ", 2); }
            """
                .replace("WORD", word),
            "-fno-pie");
    Path second =
        w.c(
            "second",
            """
            #include <unistd.h>
            void s1(void) { write(1, "s ", 2); }
            __asm__(".section .ctors,\\"aw\\"\\n WORD s1\\n.text\\n");
            __attribute__((constructor)) static void late(void) { write(1, "t ", 2); }
            """
                .replace("WORD", word),
            "-fno-pie");
    Path main = w.c("main", "int main(void) { return 0; }");
    w.sameAsLd("gcc", "-static", "-no-pie", old, second, main).silent();
    w.sameAsLd("gcc", "-static", "-no-pie", second, main, old).silent();
  }

  /** Functions in the order of their addresses. */
  private static List<String> functions(ElfImage elf, List<String> of) {
    return elf.symbols().stream()
        .filter(s -> of.contains(s.name()))
        .sorted(Comparator.comparingLong(ElfImage.Symbol::value))
        .map(ElfImage.Symbol::name)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void hotAndCold(Target target) {
    Workbench w = workbench(target);
    String source =
        """
        void plain_N(void) {}
        __attribute__((hot)) void hot_N(void) {}
        __attribute__((cold)) void cold_N(void) {}
        __attribute__((section(".text.startup"))) void startup_N(void) {}
        __attribute__((section(".text.exit"))) void exit_N(void) {}
        __attribute__((section(".text.hotel"))) void hotel_N(void) {}
        __attribute__((section(".text.unlikely.x"))) void unlikely_N(void) {}
        """;
    Path a = w.c("a", source.replace("_N", "_a") + "void _start(void) {}", "-O2");
    Path b = w.c("b", source.replace("_N", "_b"), "-O2", "-ffunction-sections");
    List<String> of =
        java.util.stream.Stream.of("plain", "hot", "cold", "startup", "exit", "hotel", "unlikely")
            .flatMap(s -> java.util.stream.Stream.of(s + "_a", s + "_b"))
            .toList();
    List<String> ours = functions(w.jld(a, b).elf(), of);
    assertEquals(functions(w.ld("-m", target.emulation, a, b).elf(), of), ours);
    assertEquals(14, ours.size());
    assertTrue(ours.indexOf("cold_b") < ours.indexOf("exit_a"), ours::toString);
    assertTrue(ours.indexOf("startup_b") < ours.indexOf("hot_a"), ours::toString);
    assertTrue(ours.indexOf("hot_b") < ours.indexOf("plain_a"), ours::toString);
    assertEquals(
        functions(w.ld("-m", target.emulation, b, a).elf(), of), functions(w.jld(b, a).elf(), of));
  }

  /** {@code .init} and {@code .fini} are one function each, of pieces in the order of the link. */
  @ParameterizedTest
  @EnumSource
  void piecesOfInit(Target target) {
    Workbench w = workbench(target);
    Path piece =
        w.asm(
            "piece",
            ".section .init,\"ax\",@progbits\n nop\n nop\n .section .fini,\"ax\",@progbits\n nop\n"
                + ".section .note.GNU-stack,\"\",@progbits\n");
    Path main = w.c("main", "int main(void) { return 5; }");
    Linked x = w.sameAsLd("gcc", "-static", main, piece, piece).silent();
    assertEquals(5, x.run().status());
    byte[] expected =
        w.ld(w.commandLine("gcc", "-static", main, piece, piece)).elf().content(".init");
    assertArrayEquals(codeOnly(expected), codeOnly(x.elf().content(".init")));
  }

  /** Calls in it reach other addresses; the length and the pieces are the same. */
  private static byte[] codeOnly(byte[] b) {
    byte[] r = new byte[b.length];
    for (int i = 0; i < b.length; i++) {
      r[i] = b[i] == (byte) 0x90 ? b[i] : 0;
    }
    return r;
  }

  /**
   * Sections whose names are C identifiers keep the order of the link, so that start and stop
   * bracket all of them.
   */
  @ParameterizedTest
  @EnumSource
  void namedSections(Target target) {
    Workbench w = workbench(target);
    String source = "__attribute__((section(\"list\"), used)) static int e[] = {N, N + 1};";
    Path a = w.c("a", source, "-DN=10");
    Path b = w.c("b", source, "-DN=20");
    Path main =
        w.c(
            "main",
            "#include <stdio.h>\n"
                + "extern int __start_list[], __stop_list[]; int main(void) { for (int *p ="
                + " __start_list; p < __stop_list; p++) printf(\"%d \", *p); }");
    assertEquals("10 11 20 21 ", w.sameAsLd("gcc", "-static", a, main, b).silent().run().out());
    assertEquals(
        "20 21 10 11 ",
        w.sameAsLd("gcc", "-static", "-Wl,--gc-sections", b, main, a).silent().run().out());
  }
}
