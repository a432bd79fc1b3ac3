package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Programs in C without shared libraries: each does what the same program does that GNU ld has
 * linked.
 */
class StaticProgramsTest {
  @TempDir Path dir;

  private static final String HELLO =
      """
      #include <stdio.h>
      int main(int argc, char **argv) { printf("hello, %s\\n", argc > 1 ? argv[1] : "world"); return argc; }
      """;

  @ParameterizedTest
  @EnumSource
  void hello(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Linked x = w.sameAsLd("gcc", "-static", w.c("hello", HELLO)).silent();
    Proc p = x.run("there");
    assertEquals("hello, there\n", p.out());
    assertEquals(2, p.status());
    ElfImage elf = x.elf();
    assertEquals(2, elf.type, "ET_EXEC");
    assertEquals(target.machine, elf.machine);
    assertNull(elf.segment(ElfImage.SegmentType.INTERP));
    assertNull(elf.segment(ElfImage.SegmentType.DYNAMIC));
    ElfImage.Segment stack = elf.segment(ElfImage.SegmentType.STACK);
    assertEquals(6, stack.flags(), "stack is not executable");
  }

  /** Start-up code can't use addresses from the GOT before it has relocated them. */
  @ParameterizedTest
  @EnumSource
  void withoutRelaxation(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    for (String code : List.of("-fpie", "-fPIC")) {
      Path o = w.c("hello", HELLO, code);
      for (String mode : List.of("-static", "-static-pie")) {
        Linked x = w.gcc(mode, "-Wl,--no-relax", o).silent();
        assertEquals("hello, world\n", x.run().out());
      }
    }
  }

  /** Calls back into the program from the library, and what only libc's own tables make right. */
  @ParameterizedTest
  @CsvSource({"AMD64,-static", "AMD64,-static-pie", "X86,-static", "X86,-static-pie"})
  void libraryCalls(Target target, String mode) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "calls",
            """
            #include <errno.h>
            #include <locale.h>
            #include <math.h>
            #include <setjmp.h>
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <time.h>
            static int up(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
            static void bye(void) { puts("bye"); }
            static jmp_buf back;
            static volatile int seen;
            static void handler(int n) { seen = n; }
            int main(void) {
              int v[] = {5, 3, 9, 1};
              qsort(v, 4, sizeof v[0], up);
              struct tm tm = {.tm_year = 100, .tm_mon = 1, .tm_mday = 29, .tm_hour = 13};
              char text[64];
              mktime(&tm);
              strftime(text, sizeof text, "%F %A %j", &tm);
              printf("%d%d%d%d %s %s\\n", v[0], v[1], v[2], v[3], text, setlocale(LC_ALL, "C"));
              atexit(bye);
              signal(SIGUSR1, handler);
              raise(SIGUSR1);
              if (!setjmp(back)) longjmp(back, 1);
              errno = 0;
              double r = strtod("1e999", NULL);
              printf("%d %d %s %.3f %d\\n", seen == SIGUSR1, isinf(r), strerror(errno), cos(0.5), (int)strlen(text));
              return 7;
            }
            """,
            mode.equals("-static") ? "-fno-pie" : "-fpie");
    Linked x = w.sameAsLd("gcc", mode, o, "-lm").silent();
    assertEquals(7, x.run().status());
    assertEquals(mode.equals("-static") ? 2 : 3, x.elf().type);
  }

  /**
   * A static PIE moves itself: only relative relocations, no interpreter, and each run at another
   * address.
   */
  @ParameterizedTest
  @EnumSource
  void staticPie(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "pie",
            """
            #include <stdio.h>
            int x = 5, *p = &x;
            static int f(int i) { return i + 1; }
            int (*const table[])(int) = {f, f};
            const char *const names[] = {"a", "bc"};
            extern int absent(void) __attribute__((weak));
            int main(void) {
              printf("%d %d %s %d\\n", *p, table[1](2), names[1], absent ? absent() : -1);
              return (p == &x) + 2 * (table[0] == f);
            }
            """,
            "-fpie");
    Linked x = w.sameAsLd("gcc", "-static-pie", o).silent();
    assertEquals(3, x.run().status());
    ElfImage elf = x.elf();
    assertNull(elf.segment(ElfImage.SegmentType.INTERP));
    assertNotNull(elf.segment(ElfImage.SegmentType.DYNAMIC));
    List<ElfImage.Reloc> relocs = elf.relocs(target == Target.AMD64 ? ".rela.dyn" : ".rel.dyn");
    assertTrue(relocs.size() > 100, "too few: " + relocs.size());
    for (ElfImage.Reloc r : relocs) {
      assertEquals(0, r.symbol(), () -> "has a symbol: " + r);
      boolean relative = r.type() == 8; // R_X86_64_RELATIVE and R_386_RELATIVE
      boolean irelative = r.type() == (target == Target.AMD64 ? 37 : 42);
      boolean offset =
          r.type() == (target == Target.AMD64 ? 18 : 14); // TPOFF of a module without a symbol
      assertTrue(relative || irelative || offset, r::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void positionIndependentObjects(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path a =
        w.c(
            "a",
            """
            #include <stdio.h>
            extern int counter, zero[100];
            int next(void);
            extern int none(void) __attribute__((weak));
            int main(void) {
              int (*f)(void) = next;
              for (int i = 0; i < 3; i++) f();
              printf("%d %d %d\\n", counter, zero[99], none != 0);
              return f == next && next() == 4 ? 0 : 1;
            }
            """,
            "-fPIC",
            "-O2");
    Path b =
        w.c("b", "int counter, zero[100]; int next(void) { return ++counter; }", "-fPIC", "-O2");
    w.sameAsLd("gcc", "-static", a, b).silent();
    w.sameAsLd("gcc", "-static-pie", a, b).silent();
  }

  @ParameterizedTest
  @CsvSource({"AMD64,-static", "AMD64,-static-pie", "X86,-static", "X86,-static-pie"})
  void threads(Target target, String mode) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "threads",
            """
            #include <pthread.h>
            #include <stdio.h>
            static __thread int mine = 40;
            __thread long zero[3];
            static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
            static pthread_once_t once = PTHREAD_ONCE_INIT;
            static int sum, started;
            static void start(void) { started++; }
            static void *work(void *arg) {
              pthread_once(&once, start);
              mine += (int)(long)arg;
              zero[2] += mine;
              pthread_mutex_lock(&lock);
              sum += mine + (int)zero[2];
              pthread_mutex_unlock(&lock);
              return NULL;
            }
            int main(void) {
              pthread_t t[4];
              for (long i = 0; i < 4; i++) pthread_create(&t[i], NULL, work, (void *)i);
              for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
              printf("%d %d %d %ld\\n", sum, started, mine, zero[2]);
              return 0;
            }
            """,
            "-pthread",
            "-O2");
    Linked x = w.sameAsLd("gcc", mode, "-pthread", o).silent();
    assertEquals("332 1 40 0\n", x.run().out());
  }

  @ParameterizedTest
  @EnumSource
  void withoutLibraries(Target target) {
    Tools.need("gcc", "ld");
    Workbench w = new Workbench(dir, target);
    String code =
        target == Target.AMD64
            ? """
            .globl _start
            _start: mov $60, %eax
                    mov answer(%rip), %edi
                    syscall
                    .data
            answer: .long 42
            .section .note.GNU-stack,"",@progbits
            """
            : """
            .globl _start
            _start: mov $1, %eax
                    mov answer, %ebx
                    int $0x80
                    .data
            answer: .long 42
            .section .note.GNU-stack,"",@progbits
            """;
    Path o = w.asm("start", code);
    // The object's machine chooses the architecture where nothing else does.
    for (Object[] args :
        new Object[][] {{o}, {"-m", target.emulation, o}, {"--arch", target.arch, o}}) {
      assertEquals(42, w.jld(args).silent().run().status());
    }
    assertFalse(w.jld("-s", o).elf().hasSection(".symtab"));
  }

  @ParameterizedTest
  @EnumSource(names = "AMD64")
  void musl(Target target) {
    Tools.need("musl-gcc", "ld");
    Workbench w = new Workbench(dir, target);
    Path o = w.compile("musl-gcc", "hello", ".c", HELLO);
    w.sameAsLd("musl-gcc", "-static", o).silent();
  }
}
