package io.jld.differential;

import java.nio.file.Path;
import java.util.List;

/** Shared libraries and what programs take from them. */
final class LibraryCases {
  private LibraryCases() {}

  static List<Case> all() {
    return List.of(
        new Case("versions", LibraryCases::versions),
        new Case("bind", LibraryCases::bind),
        new Case("symbolic", LibraryCases::symbolic),
        new Case("relr", LibraryCases::relr),
        new Case("copy", LibraryCases::copy),
        new Case("protected", LibraryCases::protectedSymbols),
        new Case("weak", LibraryCases::weak),
        new Case("as-needed", LibraryCases::asNeeded),
        new Case("export", LibraryCases::export),
        new Case("hash", LibraryCases::hash),
        new Case("text", LibraryCases::text),
        new Case("ifunc", LibraryCases::ifunc),
        new Case("tags", LibraryCases::tags));
  }

  private static void versions(Bench b) {
    Path lib =
        b.c(
            "lib",
            """
            int old_f(void) { return 1; }
            int new_f(void) { return 2; }
            __asm__(".symver old_f, f@V1");
            __asm__(".symver new_f, f@@V2");
            int g(void) { return 3; }
            int h_impl(void) { return 4; }
            int variable = 5;
            int hidden_by_script(void) { return g(); }
            int unversioned(void) { return hidden_by_script(); }
            """,
            "-fPIC");
    Path script =
        b.file(
            "v.map",
            """
            V1 { global: f; g; local: hidden_*; h_impl; new_f; old_f; };
            V2 { global: f; variable; } V1;
            V3 { global: extern "C++" { nothing*; }; } V2;
            """);
    b.library("v", lib, "-Wl,--version-script=" + script);
    Path main =
        b.c(
            "main",
            """
            #include <stdio.h>
            int f(void), g(void), f1(void), unversioned(void);
            __asm__(".symver f1, f@V1");
            extern int variable;
            int main(void) { printf("%d %d %d %d %d\\n", f(), f1(), g(), variable, unversioned()); }
            """,
            "-fpie");
    b.program("user", "-pie", main, "-lv");
    Path anonymous = b.file("anonymous.map", "{ global: g; unversioned; f*; local: *; };\n");
    Path plain =
        b.c("plain", "int f(void){return 1;} int g(void){return f();} int unversioned;", "-fPIC");
    b.library("anonymous", plain, "-Wl,--version-script=" + anonymous);
  }

  static final String CALLS =
      """
      #include <stdio.h>
      extern int other(int) __attribute__((weak));
      int data = 1;
      int *pointer = &data;
      static int local_data = 4;
      int *local_pointer = &local_data;
      int f(int x) { return data + x; }
      int (*fp)(int) = f;
      int g(int x) { return f(x) + (other ? other(x) : 0) + *local_pointer; }
      void say(void) { puts("library"); }
      """;

  private static final String CALLER =
      """
      #include <stdio.h>
      int f(int), g(int);
      void say(void);
      extern int data, *pointer, (*fp)(int);
      int other(int x) { return 100 * x; }
      int main(void) {
        say();
        printf("%d %d %d %d\\n", f(1), g(2), data, pointer == &data);
        printf("%d\\n", fp(1));
      }
      """;

  private static void bind(Bench b) {
    Path lib = b.c("lib", CALLS, "-fPIC");
    Path main = b.c("main", CALLER, "-fpie");
    b.library("lazy", lib, "-Wl,-z,lazy");
    b.library("now", lib, "-Wl,-z,now");
    b.program("lazy", "-pie", "-Wl,-z,lazy", main, "-llazy");
    b.program("now", "-pie", "-Wl,-z,now", main, "-lnow");
    b.program("now-norelro", "-pie", "-Wl,-z,now,-z,norelro", main, "-lnow");
    b.program("no-plt", "-pie", b.c("noplt", CALLER, "-fpie", "-fno-plt"), "-llazy");
    b.program("pointers", "-no-pie", b.c("fixed", CALLER, "-fno-pie"), "-llazy");
  }

  private static void symbolic(Bench b) {
    Path lib = b.c("lib", CALLS, "-fPIC");
    b.library("symbolic", lib, "-Wl,-Bsymbolic");
    b.library("functions", lib, "-Wl,-Bsymbolic-functions");
    Path list = b.file("list", "{ data; };\n");
    b.library("list", lib, "-Wl,--dynamic-list=" + list);
    b.program("user", "-pie", b.c("main", CALLER, "-fPIC"), "-lsymbolic");
  }

  private static void relr(Bench b) {
    Path lib = b.c("lib", CALLS, "-fPIC");
    b.library("relr", lib, "-Wl,-z,pack-relative-relocs");
    Path main = b.c("main", CALLER, "-fpie");
    b.program("pie", "-pie", "-Wl,-z,pack-relative-relocs", main, "-lrelr");
    b.program("no-pie", "-no-pie", "-Wl,-z,pack-relative-relocs", b.c("fixed", CALLER), "-lrelr");
  }

  /** Data that the program takes over from the library, under several names. */
  private static void copy(Bench b) {
    b.library(
        "data",
        b.c(
            "lib",
            """
            int original = 1;
            extern int strong_alias __attribute__((alias("original")));
            extern int weak_alias __attribute__((weak, alias("original")));
            const int table[3] = {1, 2, 3};
            const char *const names[2] = {"a", "b"};
            char aligned[64] __attribute__((aligned(64)));
            int get(void) { return original + strong_alias; }
            """,
            "-fPIC"));
    String source =
        """
        #include <stdio.h>
        extern int weak_alias, get(void);
        extern const int table[3];
        extern const char *const names[2];
        extern char aligned[64];
        extern char **environ;
        int main(void) {
          weak_alias = 20;
          printf("%d %d %s %d\\n", get(), table[2], names[1], environ != NULL);
          printf("%ld\\n", (long) aligned % 64);
        }
        """;
    b.program("no-pie", "-no-pie", b.c("fixed", source, "-fno-pie"), "-ldata");
    b.program("pie", "-pie", b.c("pie", source, "-fpie"), "-ldata");
    b.program("nocopyreloc", "-pie", b.c("pic", source, "-fPIC"), "-ldata", "-Wl,-z,nocopyreloc");
  }

  private static void protectedSymbols(Bench b) {
    b.library(
        "protected",
        b.c(
            "lib",
            """
            #define P __attribute__((visibility("protected")))
            #define H __attribute__((visibility("hidden")))
            #define I __attribute__((visibility("internal")))
            P int data = 1;
            P int f(void) { return data; }
            H int hidden = 2;
            I int internal = 3;
            int (*pointer)(void) = f;
            int g(void) { return f() + hidden + internal; }
            int *address(void) { return &data; }
            """,
            "-fPIC"));
    b.program(
        "user",
        "-pie",
        b.c(
            "main",
            """
            #include <stdio.h>
            extern int data, f(void), g(void), *address(void);
            int main(void) { printf("%d %d %d %d\\n", data, f(), g(), address() == &data); }
            """,
            "-fPIC"),
        "-lprotected");
  }

  private static void weak(Bench b) {
    String source =
        """
        #include <stdio.h>
        int absent(void) __attribute__((weak));
        extern int nothing __attribute__((weak));
        int defined(void) __attribute__((weak));
        int defined(void) { return 5; }
        int (*pointer)(void) = absent;
        int main(void) {
          printf("%d %d %d %d\\n", absent ? absent() : 1, &nothing == NULL, pointer == NULL, defined());
        }
        """;
    Path fixed = b.c("fixed", source, "-fno-pie");
    Path pie = b.c("pie", source, "-fpie");
    b.program("no-pie", "-no-pie", fixed);
    b.program("no-pie-dynamic", "-no-pie", fixed, "-Wl,-z,dynamic-undefined-weak");
    b.program("pie", "-pie", pie);
    b.program("pie-no-dynamic", "-pie", pie, "-Wl,-z,nodynamic-undefined-weak");
    b.program("static", "-static", fixed);
    Path pic = b.c("pic", source, "-fPIC");
    b.program("pic", "-pie", pic);
    b.library("weak", b.c("lib", source.replace("main", "f"), "-fPIC"));
  }

  private static void asNeeded(Bench b) {
    b.library("used", b.c("used", "int used(void) { return 1; }", "-fPIC"));
    b.library("unused", b.c("unused", "int unused(void) { return 2; }", "-fPIC"));
    b.library("weakly", b.c("weakly", "int weakly(void) { return 3; }", "-fPIC"));
    Path main =
        b.c(
            "main",
            """
            #include <stdio.h>
            int used(void), weakly(void) __attribute__((weak));
            int main(void) { printf("%d %d\\n", used(), weakly != NULL); }
            """,
            "-fPIC");
    b.program("as-needed", "-pie", main, "-Wl,--as-needed", "-lunused", "-lweakly", "-lused");
    b.program("no-as-needed", "-pie", main, "-Wl,--no-as-needed", "-lunused", "-lused", "-lm");
    b.program(
        "both",
        "-pie",
        main,
        "-Wl,--as-needed",
        "-lused",
        "-Wl,--no-as-needed",
        "-lused",
        "-lunused");
  }

  private static void export(Bench b) {
    b.library("asks", b.c("asks", "int mine(void); int ask(void) { return mine(); }", "-fPIC"));
    Path main =
        b.c(
            "main",
            """
            #include <stdio.h>
            int ask(void);
            int mine(void) { return 6; }
            int extra(void) { return 7; }
            int extra_data = 8;
            __attribute__((visibility("hidden"))) int hidden(void) { return 9; }
            static int local(void) { return 10; }
            int main(void) { printf("%d %d\\n", ask(), local()); }
            """,
            "-fpie");
    b.program("plain", "-pie", main, "-lasks");
    b.program("export-dynamic", "-pie", main, "-lasks", "-rdynamic");
    b.program("symbol", "-pie", main, "-lasks", "-Wl,--export-dynamic-symbol=extra*");
    Path list = b.file("list", "{ extra; };\n");
    b.program("dynamic-list", "-pie", main, "-lasks", "-Wl,--dynamic-list=" + list);
    b.program("no-pie", "-no-pie", main, "-lasks", "-rdynamic");
    Path hides = b.file("hides", "{ global: mine; local: *; };\n");
    b.program("script", "-pie", main, "-lasks", "-rdynamic", "-Wl,--version-script=" + hides);
    Path archived =
        b.archive("liba.a", b.c("archived", "int archived(void) { return 1; }", "-fPIC"));
    Path pic = b.c("pic", "int archived(void); int own(void) { return archived(); }", "-fPIC");
    b.library("excludes", pic, archived, "-Wl,--exclude-libs=ALL");
  }

  private static void hash(Bench b) {
    Path main = b.c("main", ProgramCases.HELLO, "-fpie");
    Path lib = b.c("lib", CALLS, "-fPIC");
    for (String style : List.of("sysv", "gnu", "both")) {
      b.program(style, "-pie", main, "-Wl,--hash-style=" + style);
      b.library(style, lib, "-Wl,--hash-style=" + style);
    }
  }

  /** Code that is relocated at run time: for a library of code that is not for libraries. */
  private static void text(Bench b) {
    String absolute = b.amd64() ? ".quad" : ".long";
    Path lib =
        b.asm(
            "lib",
            """
            .text
            .globl f, d
            .type f, @function
            f: ret
            .size f, .-f
            WORD d
            WORD f
            WORD puts
            .section .note.GNU-stack,"",@progbits
            .data
            .type d, @object
            d: .long 1
            .size d, 4
            """
                .replace("WORD", absolute));
    b.library("notext", lib, "-Wl,-z,notext");
    b.library("text", lib, "-Wl,-z,text");
    b.library("default", lib);
  }

  private static void ifunc(Bench b) {
    String define =
        """
        #include <stdio.h>
        static int one(int x) { return x + 1; }
        static int two(int x) { return x + 2; }
        static int choice = 2;
        static int (*pick(void))(int) { return choice == 1 ? one : two; }
        int chosen(int) __attribute__((ifunc("pick")));
        static int own(int) __attribute__((ifunc("pick")));
        int (*kept)(int) = chosen;
        int call(int x) { return chosen(x) + own(x); }
        """;
    String main = "int main(void) { printf(\"%d %d\\n\", call(1), kept == chosen); }\n";
    b.program("no-pie", "-no-pie", b.c("fixed", define + main, "-fno-pie"));
    b.program("pie", "-pie", b.c("pie", define + main, "-fpie"));
    b.program("static", "-static", b.c("static", define + main, "-fno-pie"));
    b.library("chosen", b.c("lib", define, "-fPIC"));
    String user =
        "#include <stdio.h>\n"
            + "int chosen(int), call(int);\n"
            + "extern int (*kept)(int);\n"
            + "int (*mine)(int) = chosen;\n"
            + "int main(void) { printf(\"%d %d\\n"
            + "\", chosen(1) + mine(1), kept == mine); }\n";
    b.program("user-no-pie", "-no-pie", b.c("user", user, "-fno-pie"), "-lchosen");
    b.program("user-pie", "-pie", b.c("userpie", user, "-fpie"), "-lchosen");
  }

  /** Options that end up in the dynamic section. */
  private static void tags(Bench b) {
    Path lib = b.c("lib", CALLS, "-fPIC");
    b.library("rpath", lib, "-Wl,-rpath,/opt/x", "-Wl,--disable-new-dtags");
    b.library("origin", lib, "-Wl,-z,origin,-z,nodelete,-z,initfirst,-z,nodlopen,-z,interpose");
    b.library("global", lib, "-Wl,-z,global,-z,nodefaultlib,-z,loadfltr,-z,nodump");
    b.library("filter", lib, "-Wl,-f,libaux.so,-F,libfilter.so");
    b.library("audit", lib, "-Wl,--audit=libaudit.so", "-Wl,--depaudit=libdep.so");
    b.library("defs", lib, "-Wl,-z,defs");
    b.program(
        "stack", "-pie", b.c("main", ProgramCases.HELLO, "-fpie"), "-Wl,-z,stack-size=0x100000");
    b.program("static-libgcc", "-pie", "-static-libgcc", b.c("m", ProgramCases.HELLO, "-fpie"));
  }
}
