package io.jld.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Thread-local storage that programs and libraries share, by every access model. */
class DynamicTlsTest {
  @TempDir Path dir;

  private static final String USE =
      """
      #include <pthread.h>
      #include <stdio.h>
      extern __thread int other MODEL;
      extern __thread char far_away MODEL;
      extern __thread double aligned MODEL;
      static __thread int own MODEL = 11, zero MODEL, more[9] MODEL = {1, 2, 3};
      static __thread struct { char c; int i[300]; } large __attribute__((aligned(64)));
      int *NAME_other(void) { return &other; }
      int NAME_work(int n) {
        own += n; zero += n; more[2] += n; other += n; far_away = n; aligned += n; large.i[299] += n;
        printf("%d %d %d %d %d %.1f %d %d\\n", own, zero, more[2], other, far_away, aligned, large.i[299],
            ((unsigned long)&large & 63) == 0);
        return own;
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

  private static final String MAIN =
      """
      #include <pthread.h>
      #include <stdio.h>
      int *lib_other(void), *main_other(void), *address_of_other(void);
      int lib_work(int), main_work(int);
      static void *work(void *arg) {
        int n = (int)(long)arg;
        lib_work(n); main_work(2 * n); lib_work(3 * n);
        printf("%d\\n", lib_other() == main_other() && main_other() == address_of_other());
        return NULL;
      }
      int main(void) {
        pthread_t t;
        pthread_create(&t, NULL, work, (void *)5);
        pthread_join(t, NULL);
        work((void *)1);
        return 0;
      }
      """;

  static List<Arguments> models() {
    List<Arguments> all = new ArrayList<>();
    for (Target t : Target.values()) {
      for (String model : List.of("", "global-dynamic", "initial-exec")) {
        for (String dialect : List.of("gnu", "gnu2")) {
          all.add(Arguments.of(t, model, dialect));
        }
      }
    }
    return all;
  }

  /** Variables in a library or in the program, used by both. */
  @ParameterizedTest
  @MethodSource("models")
  void model(Target target, String model, String dialect) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    // without an attribute, a library takes its own variables by the local dynamic model
    String attribute = model.isEmpty() ? "" : "__attribute__((tls_model(\"" + model + "\")))";
    String how = "-mtls-dialect=" + dialect;
    Path lib =
        w.c("lib", USE.replace("MODEL", attribute).replace("NAME", "lib"), "-fPIC", "-O2", how);
    Path define = w.c("define", DEFINE, "-fPIC", how);
    for (String code : List.of("-fno-pie", "-fpie", "-fPIC")) {
      String kind = code.equals("-fno-pie") ? "-no-pie" : "-pie";
      Path use =
          w.c("use", USE.replace("MODEL", attribute).replace("NAME", "main"), code, "-O2", how);
      Path main = w.c("main", MAIN, code, "-O2");
      // defined in another library
      d.library("define", define);
      d.library("use", lib, "-ldefine");
      d.program(kind, main, use, "-luse", "-ldefine", "-pthread");
      // in the library that uses them
      d.library("use", lib, define, "-Wl,-Bsymbolic");
      d.program(kind, main, use, "-luse", "-pthread", "-Wl,-z,now");
      // in the program
      d.library("use", lib);
      d.program(kind, main, use, define, "-luse", "-pthread");
      d.program(kind, main, use, define, "-luse", "-pthread", "-Wl,--no-relax");
    }
  }
}
