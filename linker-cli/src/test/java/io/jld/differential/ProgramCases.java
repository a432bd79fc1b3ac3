package io.jld.differential;

import java.nio.file.Path;
import java.util.List;

/** Whole programs: every kind of executable, C++, what runs before and after main. */
final class ProgramCases {
  private ProgramCases() {}

  static List<Case> all() {
    return List.of(
        new Case("hello", ProgramCases::hello),
        new Case("static", ProgramCases::staticPrograms),
        new Case("c++", ProgramCases::cxx),
        new Case("init", ProgramCases::init),
        new Case("common", ProgramCases::common),
        new Case("start-stop", ProgramCases::startStop),
        new Case("gc", ProgramCases::garbage),
        new Case("wrap", ProgramCases::wrap),
        new Case("defsym", ProgramCases::defsym),
        new Case("strip", ProgramCases::strip));
  }

  static final String HELLO =
      """
      #include <stdio.h>
      int counter = 3;
      int main(int argc, char **argv) {
        printf("hello %d\\n", counter + argc);
        fprintf(stderr, "to stderr\\n");
        return 0;
      }
      """;

  private static void hello(Bench b) {
    Path fixed = b.c("fixed", HELLO, "-fno-pie");
    Path pie = b.c("pie", HELLO, "-fpie");
    b.program("no-pie", "-no-pie", fixed);
    b.program("pie", "-pie", pie, "-Wl,--build-id=sha1");
    b.program("pie-of-pic", "-pie", b.c("pic", HELLO, "-fPIC", "-fno-plt"));
  }

  private static void staticPrograms(Bench b) {
    b.program("no-pie", "-static", b.c("fixed", HELLO, "-fno-pie"));
    b.program("pie", "-static-pie", b.c("pie", HELLO, "-fpie"));
  }

  private static final String CXX =
      """
      #include <iostream>
      #include <stdexcept>
      #include <string>
      #include <vector>
      template <class T> struct Box {
        static inline int made = 0;
        T value;
        Box(T v) : value(v) { made++; }
      };
      struct Base { virtual ~Base() {} virtual int f() const { return 1; } };
      struct Derived : Base { int f() const override { return 2; } };
      struct Global { Global() { std::cout << "before\\n"; } ~Global() { std::cout << "after\\n"; } };
      static Global global;
      int g(const Base &x) {
        if (auto *d = dynamic_cast<const Derived *>(&x)) {
          throw std::runtime_error("derived " + std::to_string(d->f()));
        }
        return x.f();
      }
      int main() {
        std::vector<Box<int>> v;
        for (int i = 0; i < 3; i++) v.emplace_back(i);
        try {
          std::cout << g(Base()) << std::endl;
          std::cout << g(Derived()) << std::endl;
        } catch (const std::exception &e) {
          std::cout << "caught " << e.what() << " " << Box<int>::made << std::endl;
        }
      }
      """;

  private static void cxx(Bench b) {
    b.programBy("g++", "pie", "-pie", b.cxx("pie", CXX, "-fpie", "-O1"));
    Path fixed = b.cxx("fixed", CXX, "-fno-pie", "-O1", "-ffunction-sections");
    b.programBy("g++", "no-pie", "-no-pie", fixed);
    b.programBy("g++", "gc", "-no-pie", fixed, "-Wl,--gc-sections", "-Wl,-O2");
  }

  /** Constructors with priorities, in all the sections that have been used for them. */
  private static void init(Bench b) {
    Path o =
        b.c(
            "init",
            """
            #include <stdio.h>
            #define C(n) __attribute__((constructor(n))) static void c##n(void) { puts("+" #n); }
            #define D(n) __attribute__((destructor(n))) static void d##n(void) { puts("-" #n); }
            C(65000) C(101) C(300) D(101) D(300) D(65000)
            __attribute__((constructor)) static void c(void) { puts("+"); }
            __attribute__((destructor)) static void d(void) { puts("-"); }
            static void early(void) { puts("preinit"); }
            __attribute__((section(".preinit_array"), used)) static void (*p)(void) = early;
            int main(void) { puts("main"); }
            """,
            "-fpie");
    b.program("priorities", "-pie", o);
    b.program("static", "-static-pie", o);
    Path ctors =
        b.c(
            "ctors",
            """
            #include <stdio.h>
            static void f(void) { puts("ctor"); }
            static void g(void) { puts("ctor 100"); }
            static void h(void) { puts("dtor"); }
            typedef void (*fn)(void);
            __attribute__((section(".ctors"), used)) static fn a = f;
            __attribute__((section(".ctors.65435"), used)) static fn b = g;
            __attribute__((section(".dtors"), used)) static fn c = h;
            int main(void) { puts("main"); }
            """,
            "-fno-pie");
    b.program("ctors", "-no-pie", ctors);
    b.program(
        "init-fini",
        "-pie",
        b.c(
            "functions",
            """
            #include <stdio.h>
            void start(void) { puts("start"); }
            void stop(void) { puts("stop"); }
            int main(void) { puts("main"); }
            """,
            "-fpie"),
        "-Wl,-init=start",
        "-Wl,-fini=stop");
  }

  private static void common(Bench b) {
    Path one =
        b.c("one", "int small; char odd[3]; long shared[8]; int data = 1;", "-fcommon", "-fpie");
    Path two =
        b.c(
            "two",
            """
            #include <stdio.h>
            int small;
            long shared[20];
            short odd_one;
            extern char odd[3];
            __thread int thread_zero;
            int main(void) { printf("%d %ld %d\\n", small, shared[19], odd[2] + odd_one + thread_zero); }
            """,
            "-fcommon",
            "-fpie");
    b.program("merged", "-pie", one, two);
    b.library(
        "common", b.c("pic", "int small; long shared[8]; char big[5000];", "-fcommon", "-fPIC"));
  }

  private static void startStop(Bench b) {
    String source =
        """
        #include <stdio.h>
        #define S(name) __attribute__((section(name), used)) static
        S("set") int a = 1;
        S("set") int b = 2;
        S("unused") int c = 3;
        S(".dotted") int d = 4;
        extern int __start_set[], __stop_set[];
        extern int absent_start[] __asm__("__start_absent") __attribute__((weak));
        extern char __executable_start[], etext[], _etext[], edata[], _edata[], end[], _end[];
        extern char __bss_start[], __ehdr_start[] __attribute__((visibility("hidden")));
        int main(void) {
          int sum = 0;
          for (int *p = __start_set; p < __stop_set; p++) sum += *p;
          printf("%d %d %d\\n", sum, absent_start == NULL, __executable_start < etext && _etext == etext);
          printf("%d %d\\n", edata == _edata && end == _end && edata <= __bss_start && __bss_start <= end,
                 __ehdr_start[1] == 'E');
        }
        """;
    Path fixed = b.c("fixed", source, "-fno-pie");
    b.program("no-pie", "-no-pie", fixed);
    b.program("gc", "-no-pie", "-Wl,--gc-sections", fixed);
    b.program("pie", "-pie", b.c("pie", source, "-fpie"));
    Path lib =
        b.c(
            "lib",
            """
            __attribute__((section("set"), used)) static int a = 5;
            extern int __start_set[], __stop_set[];
            int *first(void) { return __start_set; }
            int *last(void) { return __stop_set; }
            """,
            "-fPIC");
    b.library("set", lib);
    b.library("hidden", lib, "-Wl,-z,start-stop-visibility=hidden");
  }

  private static final String GARBAGE =
      """
      #include <stdio.h>
      extern int used_by_library;
      int unused_data[100] = {1};
      int kept_data __attribute__((used)) = 2;
      void unused(void) { puts("unused"); }
      void exported(void) { puts("exported"); }
      __attribute__((retain, used)) static int retained = 4;
      static int helper(int x) { return x + 1; }
      int needed(int x) { return helper(x); }
      int main(void) { printf("%d\\n", needed(1)); }
      """;

  private static void garbage(Bench b) {
    Path o = b.c("gc", GARBAGE, "-fpie", "-ffunction-sections", "-fdata-sections", "-g");
    Path pic = b.c("pic", GARBAGE, "-fPIC", "-ffunction-sections", "-fdata-sections");
    b.program("plain", "-pie", "-Wl,--gc-sections", o);
    b.program("export-dynamic", "-pie", "-Wl,--gc-sections", "-rdynamic", o);
    b.program("undefined", "-pie", "-Wl,--gc-sections", "-Wl,-u,unused", o);
    b.program("keep-exported", "-pie", "-Wl,--gc-sections,--gc-keep-exported", o);
    b.library("gc", "-Wl,--gc-sections", pic);
    Path script = b.file("gc.map", "V1 { global: needed; exported; local: *; };\n");
    b.library("script", "-Wl,--gc-sections", "-Wl,--version-script=" + script, pic);
  }

  private static void wrap(Bench b) {
    Path main =
        b.c(
            "main",
            """
            #include <stdio.h>
            int f(int), puts(const char *), __real_puts(const char *);
            int __wrap_f(int x) { extern int __real_f(int); return 10 * __real_f(x); }
            int __wrap_puts(const char *s) { printf("wrapped "); return __real_puts(s); }
            int main(void) { puts("main"); printf("%d\\n", f(2)); }
            """,
            "-fpie",
            "-fno-builtin");
    Path f = b.c("f", "int f(int x) { return x + 1; }\nint g(void) { return f(1); }\n", "-fpie");
    b.program("wrap", "-pie", main, f, "-Wl,--wrap=f", "-Wl,--wrap=puts");
  }

  private static void defsym(Bench b) {
    Path o =
        b.c(
            "main",
            """
            #include <stdio.h>
            int target(void) { return 4; }
            int alias(void), offset(void);
            extern char absolute[];
            int main(void) { printf("%d %ld\\n", alias(), (long) absolute); }
            """,
            "-fno-pie");
    b.program("alias", "-no-pie", o, "-Wl,--defsym=alias=target,--defsym=absolute=0x1234");
    b.program(
        "export", "-no-pie", "-rdynamic", o, "-Wl,--defsym=alias=target,--defsym=absolute=99");
  }

  private static void strip(Bench b) {
    Path o = b.c("main", HELLO, "-fpie", "-g");
    b.program("debug", "-pie", o);
    b.program("strip-all", "-pie", "-s", o);
    b.program("strip-debug", "-pie", "-Wl,-S", o);
    b.program("discard-all", "-pie", "-Wl,-x", o);
    b.program("compressed", "-pie", "-Wl,--compress-debug-sections=zlib", o);
  }
}
