package io.jld.differential;

import java.nio.file.Path;
import java.util.List;

/** Thread-local storage: each access model, in programs and in libraries. */
final class TlsCases {
  private TlsCases() {}

  static List<Case> all() {
    return List.of(new Case("tls", TlsCases::tls));
  }

  private static void tls(Bench b) {
    String lib =
        """
        __thread int exported = 1;
        __thread int zero[10];
        static __thread int local = 2;
        __thread int hidden __attribute__((visibility("hidden"))) = 3;
        __thread long aligned __attribute__((aligned(64))) = 4;
        int next(void) { return exported++ + local++ + hidden++ + zero[3]++ + (int) aligned; }
        int *where(void) { return &exported; }
        """;
    b.library("gd", b.c("gd", lib, "-fPIC", "-ftls-model=global-dynamic"));
    b.library("ld", b.c("ld", lib, "-fPIC", "-ftls-model=local-dynamic"));
    b.library("ie", b.c("ie", lib, "-fPIC", "-ftls-model=initial-exec"));
    if (b.amd64()) {
      b.library("desc", b.c("desc", lib, "-fPIC", "-mtls-dialect=gnu2"));
    }
    String main =
        """
        #include <stdio.h>
        extern __thread int exported;
        __thread int mine = 7;
        static __thread char zero[100];
        int next(void), *where(void);
        int main(void) {
          int a = next(), c = next();
          printf("%d %d %d %d %d\\n", a, c, exported, mine + zero[5], where() == &exported);
        }
        """;
    b.program("no-pie", "-no-pie", b.c("fixed", main, "-fno-pie"), "-lgd");
    b.program("pie", "-pie", b.c("pie", main, "-fpie"), "-lgd");
    b.program("gd-to-le", "-no-pie", b.c("dynamic", main, "-fPIC"), "-lgd");
    b.program("gd-to-ie", "-pie", b.c("pic", main, "-fPIC"), "-lie");
    Path together = b.c("together", lib, "-fPIC");
    b.program("own", "-pie", b.c("own", main, "-fPIC"), together);
    b.program("static", "-static", b.c("alone", main, "-fno-pie"), b.c("s", lib, "-fno-pie"));
  }
}
