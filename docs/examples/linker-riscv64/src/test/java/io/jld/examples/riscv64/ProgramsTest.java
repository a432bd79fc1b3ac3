package io.jld.examples.riscv64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs that a compiler has made, in each kind of output: they run, and print what they are to.
 */
class ProgramsTest {
  private static final String C =
      """
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      __thread int tls = 3;
      static __thread int zero;
      int g = 5;
      static int table[100];
      static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
      int f(int x) {
        tls += x;
        zero++;
        table[x] = g;
        switch (x) {
        case 1: return 3;
        case 2: return 77;
        case 3: puts("three"); return 1;
        case 4: return 99;
        case 5: return x * 3;
        case 6: return 0;
        }
        return table[x + 1];
      }
      int main(int argc, char **argv) {
        int n[] = {5, 3, 9, 1};
        qsort(n, 4, sizeof *n, compare);
        printf("%d %d %d %d %g\\n", f(3), f(argc + 4), tls, zero, 3.5 * argc);
        printf("%d%d%d%d %s\\n", n[0], n[1], n[2], n[3], strrchr(argv[0], '/') ? "path" : "?");
        return 0;
      }
      """;
  private static final String C_PRINTS = "three\n1 15 11 2 3.5\n1359 path\n";

  private static final String CXX =
      """
      #include <iostream>
      #include <mutex>
      #include <stdexcept>
      #include <string>
      #include <thread>
      #include <vector>
      thread_local int counter = 7;
      thread_local std::string name = "x";
      struct Guard { ~Guard() { std::cout << "out\\n"; } };
      int deep(int n) {
        Guard guard;
        if (n == 0) throw std::runtime_error("deep");
        return deep(n - 1) + 1;
      }
      int main() {
        try { deep(2); } catch (const std::exception &e) { std::cout << e.what() << "\\n"; }
        std::mutex lock;
        int sum = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; i++)
          threads.emplace_back([&, i] {
            counter += i;
            name += std::to_string(i);
            try {
              if (i % 2) throw i;
            } catch (int x) {
              counter += 10 * x;
            }
            std::lock_guard<std::mutex> guard(lock);
            sum += counter + name.size();
          });
        for (auto &t : threads) t.join();
        std::cout << sum << " " << counter << name << "\\n";
      }
      """;
  private static final String CXX_PRINTS = "out\nout\nout\ndeep\n82 7x\n";

  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({
    "EXECUTABLE, STATIC, -fno-pic -mrelax, true",
    "EXECUTABLE, STATIC, -fno-pic -mrelax, false",
    "EXECUTABLE, STATIC, -fno-pic -mcmodel=medlow -mrelax, true",
    "EXECUTABLE, STATIC, -fPIC -mno-relax, true",
    "EXECUTABLE, SHARED, -fno-pic -mrelax, true",
    "PIE, SHARED, -fPIE -mrelax, true",
    "PIE, SHARED, -fPIC -mrelax, false"
  })
  void aProgramInC(OutputKind kind, Cross.Libraries libraries, String options, boolean relax)
      throws Exception {
    Cross cross = Cross.complete(dir);
    Path object = cross.compile("c.c", C, options.split(" "));
    var request = Cross.request(kind).set(LinkOption.RELAX, relax);
    assertEquals(C_PRINTS, cross.qemu(cross.program(request, libraries, object)));
  }

  @ParameterizedTest
  @CsvSource({"EXECUTABLE, STATIC, -fno-pic", "EXECUTABLE, SHARED, -fno-pic", "PIE, SHARED, -fPIE"})
  void exceptionsAndThreadsInCxx(OutputKind kind, Cross.Libraries libraries, String pic)
      throws Exception {
    Cross cross = Cross.complete(dir);
    Path object = cross.compile("x.cc", CXX, pic, "-mrelax", "-g");
    assertEquals(CXX_PRINTS, cross.qemu(cross.program(Cross.request(kind), libraries, object)));
  }

  /** All models, a copy, a function's address, and a symbol that the program preempts. */
  @ParameterizedTest
  @CsvSource({"-fno-pic, false", "-fno-pic, true", "-fPIE, false", "-fPIE, true"})
  void aLibrary(String pic, boolean now) throws Exception {
    Cross cross = Cross.complete(dir);
    Path lib =
        cross.compile(
            "lib.c",
            """
            __thread int general = 11, initial;
            static __thread int local = 5;
            int data[4] = {1, 2, 3, 4};
            int *where(void) { return data; }
            int bump(void) { return ++local + general; }
            __attribute__((weak)) int preempted(void) { return 1; }
            int call(void) { return preempted(); }
            """,
            "-fPIC",
            "-mrelax");
    var shared =
        Cross.request(OutputKind.SHARED)
            .set(LinkOption.SONAME, "libtest.so")
            .set(LinkOption.BIND_NOW, now);
    Files.move(cross.program(shared, Cross.Libraries.SHARED, lib), dir.resolve("libtest.so"));
    Path main =
        cross.compile(
            "main.c",
            """
            #include <pthread.h>
            #include <stdio.h>
            extern __thread int general;
            extern __thread int initial __attribute__((tls_model("initial-exec")));
            extern int data[4];
            int *where(void), bump(void), call(void);
            int preempted(void) { return 2; }
            int (*pointer)(void) = bump;
            static void *run(void *x) { general += 100; printf("%d\\n", bump()); return x; }
            int main(void) {
              pthread_t t;
              general = 20;
              initial = 3;
              pthread_create(&t, 0, run, 0);
              pthread_join(t, 0);
              printf("%d %d %d %d", bump(), data[2], where() == data, call());
              printf(" %d %d\\n", pointer(), pointer == bump);
              return initial - 3;
            }
            """,
            pic,
            "-mrelax");
    OutputKind kind = pic.equals("-fPIE") ? OutputKind.PIE : OutputKind.EXECUTABLE;
    var request = Cross.request(kind).set(LinkOption.BIND_NOW, now);
    Path program = cross.program(request, Cross.Libraries.SHARED, main, dir.resolve("libtest.so"));
    assertEquals("117\n26 3 1 2 27 1\n", cross.qemu(program));
  }

  @ParameterizedTest
  @CsvSource({
    "EXECUTABLE, STATIC, -fno-pic",
    "EXECUTABLE, SHARED, -fno-pic",
    "PIE, SHARED, -fPIE",
    "PIE, SHARED, -fPIC"
  })
  void functionsThatAreChosenAtStartUp(OutputKind kind, Cross.Libraries libraries, String pic)
      throws Exception {
    Cross cross = Cross.complete(dir);
    Path object =
        cross.compile(
            "ifunc.c",
            """
            #include <stdio.h>
            static int two(void) { return 2; }
            static void *choose(void) { return two; }
            int f(void) __attribute__((ifunc("choose")));
            static int g(void) __attribute__((ifunc("choose")));
            int (*p)(void) = f;
            int (*volatile q)(void);
            int main(void) {
              q = g;
              printf("%d %d %d %d %d\\n", f(), g(), p(), q(), p == f);
              return 0;
            }
            """,
            pic,
            "-mrelax");
    Path program = cross.program(Cross.request(kind), libraries, object);
    assertEquals("2 2 2 2 1\n", cross.qemu(program));
  }

  /** A program that relocates itself needs nothing of anyone: also one that may be anywhere. */
  @Test
  void aStaticPieWithoutALibrary() throws Exception {
    Cross cross = Cross.complete(dir);
    Path object =
        cross.compile(
            "start.c",
            """
            extern char _DYNAMIC[] __attribute__((visibility("hidden")));
            extern long _GLOBAL_OFFSET_TABLE_[] __attribute__((visibility("hidden")));
            static char text[] = "moved\\n";
            static char *pointer = text;
            static long call(long n, long a, long b, long c) {
              register long a7 asm("a7") = n;
              register long a0 asm("a0") = a;
              register long a1 asm("a1") = b;
              register long a2 asm("a2") = c;
              asm volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
              return a0;
            }
            struct tag { long tag; unsigned long value; };
            struct rela { unsigned long offset, info; long addend; };
            void begin(void) {
              unsigned long base = (unsigned long)_DYNAMIC - _GLOBAL_OFFSET_TABLE_[0];
              unsigned long at = 0, size = 0;
              for (struct tag *t = (struct tag *)_DYNAMIC; t->tag; t++) {
                if (t->tag == 7) at = t->value;
                if (t->tag == 8) size = t->value;
              }
              struct rela *r = (struct rela *)(base + at);
              for (unsigned long i = 0; i < size / sizeof *r; i++)
                if ((unsigned)r[i].info == 3) *(long *)(base + r[i].offset) = base + r[i].addend;
              call(64, 1, (long)*(char *volatile *)&pointer, 6);
              call(93, 0, 0, 0);
            }
            asm(".globl _start\\n_start: andi sp, sp, -16\\n tail begin\\n");
            """,
            "-fPIE",
            "-ffreestanding",
            "-mrelax");
    Path program = dir.resolve("static-pie");
    var request = Cross.request(OutputKind.PIE).set(LinkOption.NO_DYNAMIC_LINKER, true);
    Files.write(program, Cross.link(request, Cross.sources(object)).bytes());
    program.toFile().setExecutable(true);
    assertEquals("moved\n", cross.qemu(program));
  }

  /** The same bytes for any number of threads, and less of them than without relaxation. */
  @Test
  void theResultIsAlwaysTheSame() throws Exception {
    Cross cross = Cross.complete(dir);
    Path object = cross.compile("x.cc", CXX, "-fno-pic", "-mrelax");
    byte[] one = null;
    for (int threads : new int[] {1, 2, 3, 8}) {
      var request = Cross.request(OutputKind.EXECUTABLE).threads(threads);
      byte[] bytes = Files.readAllBytes(cross.program(request, Cross.Libraries.STATIC, object));
      one = one == null ? bytes : one;
      assertArrayEquals(one, bytes, () -> threads + " threads");
    }
    var request = Cross.request(OutputKind.EXECUTABLE).set(LinkOption.RELAX, false);
    Path plain = cross.program(request, Cross.Libraries.STATIC, object);
    assertTrue(Files.size(plain) > one.length, "relaxation takes something out");
  }
}
