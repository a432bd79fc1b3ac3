package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thread-local storage: every access model of the compilers, in objects made for programs and for
 * libraries, in static outputs, where all of them become the local-exec model.
 */
class TlsTest {
  @TempDir Path dir;

  private static final String USE =
      """
      #include <pthread.h>
      #include <stdio.h>
      extern __thread int other __attribute__((tls_model("MODEL")));
      extern __thread char far_away __attribute__((tls_model("MODEL")));
      extern __thread double aligned __attribute__((tls_model("MODEL")));
      static __thread int own = 11, zero, more[9] = {1, 2, 3};
      int *address_of_other(void);
      __attribute__((noinline)) int sum(void) { return own + zero + more[2] + other + far_away; }
      __attribute__((noinline)) int *ref(int i) { return i ? &more[i] : &own; }
      static void *work(void *arg) {
        int n = (int)(long)arg;
        own += n; zero += n; *ref(2) += n; other += n; far_away = n; aligned += n;
        printf("%d %d %d %.1f %d\\n", sum(), *ref(0), *address_of_other(), aligned, &other == address_of_other());
        return NULL;
      }
      int main(void) {
        pthread_t t;
        pthread_create(&t, NULL, work, (void *)5);
        pthread_join(t, NULL);
        work((void *)1);
        return ((unsigned long)&aligned & 63) == 0 ? 0 : 1;
      }
      """;

  private static final String DEFINE =
      """
      __thread int other = 100;
      __thread char far_away;
      __thread char space[5000] = {1};
      __thread double aligned __attribute__((aligned(64))) = 2.5;
      int *address_of_other(void) { return &other; }
      """;

  static List<Arguments> models() {
    List<Arguments> all = new ArrayList<>();
    for (Target t : Target.values()) {
      for (String model :
          List.of("global-dynamic", "local-dynamic", "initial-exec", "local-exec")) {
        for (String code : List.of("-fno-pic", "-fpie", "-fPIC")) {
          if (!(model.equals("local-exec") && code.equals("-fPIC"))) {
            all.add(Arguments.of(t, model, code));
          }
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("models")
  void model(Target target, String model, String code) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path use =
        w.c("use", USE.replace("MODEL", model), code, "-O2", "-pthread", "-ftls-model=" + model);
    Path define = w.c("define", DEFINE, code);
    Linked x = w.sameAsLd("gcc", "-static", "-pthread", use, define).silent();
    assertEquals(0, x.run().status());
    if (!code.equals("-fno-pic")) {
      w.sameAsLd("gcc", "-static-pie", "-pthread", use, define).silent();
    }
  }

  /** TLS descriptors. */
  @ParameterizedTest
  @EnumSource
  void descriptors(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    for (String model : List.of("global-dynamic", "local-dynamic")) {
      Path use =
          w.c("use", USE.replace("MODEL", model), "-fPIC", "-O2", "-pthread", "-mtls-dialect=gnu2");
      Path define = w.c("define", DEFINE, "-fPIC", "-mtls-dialect=gnu2");
      w.sameAsLd("gcc", "-static", "-pthread", use, define).silent();
      w.sameAsLd("gcc", "-static-pie", "-pthread", use, define).silent();
    }
  }

  /** Calls of {@code __tls_get_addr} through the GOT, as {@code -fno-plt} makes them. */
  @ParameterizedTest
  @EnumSource
  void withoutPlt(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    for (String model : List.of("global-dynamic", "local-dynamic")) {
      Path use =
          w.c(
              "use",
              USE.replace("MODEL", model),
              "-fPIC",
              "-fno-plt",
              "-O2",
              "-pthread",
              "-ftls-model=" + model);
      Path define = w.c("define", DEFINE, "-fPIC");
      w.sameAsLd("gcc", "-static", "-pthread", use, define).silent();
      w.sameAsLd("gcc", "-static-pie", "-pthread", use, define).silent();
    }
  }

  @ParameterizedTest
  @EnumSource
  void clang(Target target) {
    Tools.needC(target);
    Tools.need("clang");
    Workbench w = new Workbench(dir, target);
    for (String model : List.of("global-dynamic", "local-dynamic", "initial-exec")) {
      Path use =
          w.compile(
              "clang",
              "use",
              ".c",
              USE.replace("MODEL", model),
              "-fPIC",
              "-O2",
              "-ftls-model=" + model);
      Path define = w.compile("clang", "define", ".c", DEFINE, "-fPIC");
      w.sameAsLd("gcc", "-static", "-pthread", use, define).silent();
    }
  }

  @ParameterizedTest
  @EnumSource
  void onlyZeros(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "zeros",
            """
            __thread int a[7];
            static __thread char b __attribute__((aligned(256)));
            int main(void) { a[3] += 2; b += 3; return a[3] + b + ((unsigned long)&b & 255 ? 100 : 0); }
            """);
    Linked x = w.sameAsLd("gcc", "-static", o).silent();
    assertEquals(5, x.run().status());
    ElfImage.Segment tls = x.elf().segment(ElfImage.SegmentType.TLS);
    assertEquals(256, tls.align());
    assertFalse(tls.filesz() > tls.memsz());
  }

  /** Each section of zeros in the TLS segment has a place of its own there. */
  @ParameterizedTest
  @EnumSource
  void sectionsOfZeros(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path zeros =
        w.asm(
            "zeros",
            """
            .globl p, q
            .section .tbss,"awT",@nobits
            p: .zero 512
            .section .tmore,"awT",@nobits
            q: .zero 512
            .section .note.GNU-stack,"",@progbits
            """);
    Path main =
        w.c(
            "main",
            """
            extern __thread char p[512], q[512];
            int main(void) {
              p[0] = 3;
              p[511] = 5;
              return q[0] || q[511] || p[0] != 3 || p[511] != 5;
            }
            """,
            "-fPIC");
    runs(w, main, zeros);
  }

  /** A common symbol that is thread-local has its space in .tbss, of the strictest alignment. */
  @ParameterizedTest
  @EnumSource
  void commonSymbols(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String stack = ".section .note.GNU-stack,\"\",@progbits\n";
    Path small = w.asm("small", ".tls_common c,4,4\n.tls_common d,8,8\n.comm e,4,4\n" + stack);
    Path large = w.asm("large", ".tls_common c,64,64\n" + stack);
    Path main =
        w.c(
            "main",
            """
            extern __thread int c[16], d[2];
            extern int e;
            __thread int own = 7;
            int main(void) {
              c[0] = 1; c[15] = 2; d[0] = 3; d[1] = 4; e = 5;
              return ((unsigned long)c & 63) || c[0] != 1 || c[15] != 2 || d[0] != 3 || d[1] != 4
                  || e != 5 || own != 7;
            }
            """,
            "-fPIC");
    runs(w, main, small, large);
    Path merged = dir.resolve("merged.o");
    w.jldTo(merged, "-r", small, large).silent();
    runs(w, main, merged);
    w.jldTo(merged, "-r", "-d", small, large).silent();
    runs(w, main, merged);
  }

  /** The place of a weak variable that is nowhere is not used, but the program can be linked. */
  @ParameterizedTest
  @EnumSource
  void weakAndUndefined(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String source =
        """
        extern __thread int nowhere __attribute__((weak, tls_model("MODEL")));
        extern char flag __attribute__((weak));
        __thread int own = 4;
        int main(void) {
          if (&flag) nowhere = 3;
          return own - 4 || (char *)&nowhere != (char *)__builtin_thread_pointer();
        }
        """;
    for (String model : List.of("local-exec", "initial-exec")) {
      for (String code : List.of("-fno-pie", "-fpie")) {
        Path o = w.c("weak", source.replace("MODEL", model), code, "-O1");
        for (String kind :
            code.equals("-fpie") ? List.of("-pie", "-static-pie") : List.of("-no-pie", "-static")) {
          w.gcc(kind, o).silent().run().ok();
        }
      }
    }
  }

  private static void runs(Workbench w, Object... objects) {
    for (String kind : new String[] {"-no-pie", "-pie", "-static", "-static-pie"}) {
      w.jld(w.commandLine("gcc", kind, objects)).silent().run().ok();
    }
  }
}
