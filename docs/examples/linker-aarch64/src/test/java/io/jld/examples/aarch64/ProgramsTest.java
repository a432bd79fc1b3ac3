package io.jld.examples.aarch64;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.examples.aarch64.Toolchain.Kind;
import io.jld.link.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs of all kinds, compiled, linked and run. */
class ProgramsTest {
  private static final String LIBRARY =
      """
      __thread int x = 7;
      __thread int y __attribute__((tls_model("initial-exec"))) = 9;
      static __thread int z = 11;
      int getx(void) { return x++; }
      int gety(void) { return y++; }
      int getz(void) { return z++; }
      int data = 3, *pdata = &data;
      static int chosen(void) { return 100; }
      static int (*choose(void))(void) { return chosen; }
      int ifunc(void) __attribute__((ifunc("choose")));
      int callifunc(void) { return ifunc(); }
      int (*pifunc)(void) = ifunc;
      """;

  private static final String OPENED =
      """
      __thread int shown = 5;
      static __thread int hidden[100] = {1, 2};
      int next(void) { return shown++ + hidden[1]++; }
      """;

  private static final String MAIN =
      """
      #include <dlfcn.h>
      #include <stdio.h>
      extern __thread int x, y;
      extern int data, *pdata;
      int getx(void), gety(void), getz(void), ifunc(void), callifunc(void);
      extern int (*pifunc)(void);
      static __thread int near = 40;
      static __thread char buffer[70000];
      static __thread int far = 2;
      static int own(void) { return 200; }
      static void *choose_own(void) { return own; }
      int ownifunc(void) __attribute__((ifunc("choose_own")));
      int (*pown)(void) = ownifunc;
      __attribute__((weak)) int missing(void);
      __attribute__((weak)) extern int missing_data;
      int main(void) {
        int sum = getx() + x + gety() + y + getz() + getz();
        near++, far++, buffer[69999] = 1;
        printf("%d %d %d %d ", sum, near, far, buffer[69999]);
        printf("%d ", data == 3 && pdata == &data);
        printf("%d %d %d %d ", ifunc(), callifunc(), pifunc(), pifunc == ifunc);
        printf("%d %d %d ", ownifunc(), pown(), pown == ownifunc);
        printf("%d %d ", missing ? missing() : -1, &missing_data == 0);
        void *opened = dlopen("libopened.so", RTLD_NOW);
        int (*next)(void) = opened ? (int (*)(void))dlsym(opened, "next") : 0;
        printf("%d\\n", next ? next() + next() : -1);
        return 0;
      }
      """;

  private static final String CXX =
      """
      #include <atomic>
      #include <iostream>
      #include <stdexcept>
      #include <thread>
      #include <vector>
      thread_local int number = 5;
      thread_local std::vector<int> numbers;
      std::atomic<int> sum;
      struct Error : std::runtime_error { using std::runtime_error::runtime_error; };
      int deep(int n) {
        if (n == 0) throw Error("deep");
        try { return deep(n - 1) + 1; } catch (int) { return 0; }
      }
      int main() {
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; i++)
          threads.emplace_back([i] {
            numbers.push_back(number += i);
            try { deep(10); } catch (const Error &e) { sum += numbers[0]; }
          });
        for (auto &t : threads) t.join();
        std::cout << sum << " " << number << std::endl;
      }
      """;

  @TempDir Path dir;
  private Toolchain tools;

  @BeforeEach
  void tools() throws Exception {
    Toolchain.assume("libc.a", "libgcc.a");
    tools = new Toolchain(dir);
  }

  /** TLS of all models between modules, copied data, functions as values, IFUNCs, dlopen. */
  @ParameterizedTest
  @CsvSource({"-O1,-fPIC", "-O0,-fpic", "-O2,-mbranch-protection=standard"})
  void librariesShareDataAndFunctions(String optimization, String flag) throws Exception {
    String pic = flag.equals("-fpic") ? flag : "-fPIC";
    Path library = tools.compile("lib.c", LIBRARY, optimization, pic, flag);
    Path shared =
        tools.link(
            "libshared.so",
            Kind.SHARED,
            false,
            b -> b.set(LinkOption.SONAME, "libshared.so"),
            library);
    tools.link(
        "libopened.so", Kind.SHARED, tools.compile("opened.c", OPENED, optimization, pic, flag));
    String expected = "57 41 3 1 1 100 100 100 1 200 200 1 -1 1 16\n";
    Path pie = tools.compile("main.c", MAIN, optimization, "-fPIE");
    assertEquals(expected, tools.run(tools.link("pie", Kind.PIE, pie, shared)));
    Path plain = tools.compile("main.c", MAIN, optimization, "-fno-pie");
    Path eager =
        tools.link(
            "eager", Kind.DYNAMIC, false, b -> b.set(LinkOption.BIND_NOW, true), plain, shared);
    assertEquals(expected, tools.run(eager));
    Path unrelaxed =
        tools.link(
            "plain", Kind.DYNAMIC, false, b -> b.set(LinkOption.RELAX, false), plain, shared);
    assertEquals(expected, tools.run(unrelaxed));
  }

  @ParameterizedTest
  @EnumSource(names = {"STATIC", "STATIC_PIE", "PIE", "DYNAMIC"})
  void cxxWithThreadsAndExceptions(Kind kind) throws Exception {
    Toolchain.assume("libstdc++.a");
    String pie = kind == Kind.STATIC || kind == Kind.DYNAMIC ? "-fno-pie" : "-fPIE";
    Path object = tools.compile("main.cc", CXX, "-O1", pie, "-pthread");
    assertEquals("26 5\n", tools.run(tools.link("cxx", kind, true, b -> {}, object)));
  }

  /** The large code model takes addresses from literals, or from four instructions. */
  @Test
  void addressesOfTheLargeCodeModel() throws Exception {
    Path object =
        tools.compile(
            "large.c",
            "#include <stdio.h>\nint a[3] = {1, 2, 3}; int *p = a + 1;\n"
                + "int main(void) { printf(\"%d %d\\n\", *p, a[2]); return 0; }",
            "-O1",
            "-fno-pic",
            "-mcmodel=large");
    assertEquals("2 3\n", tools.run(tools.link("large", Kind.STATIC, object)));
  }

  /**
   * The sequences of {@code __tls_get_addr}: gcc has them with {@code -mtls-dialect=trad}, clang
   * not at all.
   */
  private static final String TRADITIONAL =
      """
      .section .note.GNU-stack, "", %progbits
      .globl here
      .type here, %tls_object
      .globl __tls_get_addr
      .macro get name, page, low
      .globl \\name
      .type \\name, %function
      \\name: stp x29, x30, [sp, #-16]!
      .reloc ., \\page, here
      .inst 0x90000000 // adrp x0, ...
      .reloc ., \\low, here
      add x0, x0, #0
      .reloc ., R_AARCH64_CALL26, __tls_get_addr
      .inst 0x94000000 // bl ...
      nop
      .endm
      .text
      get getgd, R_AARCH64_TLSGD_ADR_PAGE21, R_AARCH64_TLSGD_ADD_LO12_NC
      ldr w0, [x0]
      ldp x29, x30, [sp], #16
      ret
      """;

  private static final String LOCAL =
      """
      get getld, R_AARCH64_TLSLD_ADR_PAGE21, R_AARCH64_TLSLD_ADD_LO12_NC
      add x0, x0, :dtprel_hi12:here
      ldr w0, [x0, :dtprel_lo12_nc:here]
      ldp x29, x30, [sp], #16
      ret
      """;

  private static final String GETS =
      """
      #include <stdio.h>
      int getgd(void), getld(void);
      int main(void) { printf("%d %d\\n", getgd(), getld()); return 0; }
      """;

  private static final String VARIABLES = "__thread int before = 1, here = 42;";

  @ParameterizedTest
  @EnumSource(names = {"STATIC", "STATIC_PIE", "PIE"})
  void traditionalTls(Kind kind) throws Exception {
    Path gets = tools.compile("gets.S", TRADITIONAL + LOCAL);
    Path variables = tools.compile("variables.c", VARIABLES, "-fPIC");
    Path main = tools.compile("main.c", GETS, "-fPIE");
    assertEquals("42 42\n", tools.run(tools.link("own", kind, gets, variables, main)));
    if (kind == Kind.PIE) {
      Path all = tools.link("liball.so", Kind.SHARED, gets, variables);
      assertEquals("42 42\n", tools.run(tools.link("general", kind, main, all)));
      Path library = tools.link("libvariables.so", Kind.SHARED, variables);
      Path general = tools.compile("general.S", TRADITIONAL);
      Path one = tools.compile("one.c", GETS.replace("getld", "getgd"), "-fPIE");
      assertEquals("42 42\n", tools.run(tools.link("ie", kind, general, one, library)));
    }
  }

  /** More text than branches reach: calls forth and back, by pointers and of the C library. */
  @ParameterizedTest
  @EnumSource(names = {"STATIC", "PIE"})
  void moreTextThanBranchesReach(Kind kind) throws Exception {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      code.append(
          """
          .section .text.fill%1$d, "ax", %%progbits
          .space 48 << 20
          .section .text.f%1$d, "ax", %%progbits
          .globl f%1$d
          .type f%1$d, %%function
          f%1$d: stp x29, x30, [sp, #-16]!
          add x0, x0, #%1$d
          bl last
          ldp x29, x30, [sp], #16
          ret
          """
              .formatted(i));
    }
    code.append(
        """
        .section .text.z, "ax", %progbits
        .globl last
        .type last, %function
        last: add x0, x0, #100
        b first
        .section .note.GNU-stack, "", %progbits
        """);
    String main =
        """
        #include <stdio.h>
        int f0(int), f1(int), f2(int), f3(int), f4(int), f5(int);
        int (*pointer)(int) = f3;
        int first(int n) { return n + 1000; }
        int main(void) {
          printf("%d\\n", f0(0) + f1(0) + f2(0) + f3(0) + f4(0) + f5(0) + pointer(0));
          return 0;
        }
        """;
    Path program =
        tools.link(
            "big",
            kind,
            tools.compile("main.c", main, "-fPIE"),
            tools.compile("big.S", code.toString()));
    assertEquals(7 * 1100 + 15 + 3 + "\n", tools.run(program));
  }

  /**
   * A processor with BTI traps where an indirect branch leads to code that does not allow it: not
   * for a thunk, the entry of an IFUNC, or a function that others call directly only.
   */
  @Test
  void branchTargetIdentification() throws Exception {
    String start =
        """
        .text
        .globl _start
        _start: bti c
        mov x0, #1
        bl far
        mov x8, #93
        svc #0
        .section .far, "ax", %progbits
        .globl far
        .type far, %function
        far: sub x0, x0, #1
        ret
        .section .note.gnu.property, "a"
        .p2align 3
        .word 4, 16, 5
        .asciz "GNU"
        .word 0xc0000000, 4, 1, 0
        """;
    Path program =
        tools.bare(
            "bti",
            Kind.STATIC,
            b -> b.set(LinkOption.SECTION_START, Map.of(".far", 0x20000000L)),
            tools.compile("bti.S", start, "-march=armv8.5-a"));
    assertEquals("", tools.run(program));
  }
}
