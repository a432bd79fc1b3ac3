package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Programs and shared libraries as glibc's loader runs them: calls, data, function pointers, IFUNC,
 * C++.
 */
class DynamicProgramsTest {
  @TempDir Path dir;

  private static final String LIBRARY =
      """
      #include <stdio.h>
      int counter = 7;
      const int table[4] = {1, 2, 3, 4};
      const char *const names[2] = {"first", "second"};
      int *where = &counter;
      static int (*own)(const char *, ...) = printf;
      typedef int (*fn)(int);
      int twice(int x) { return 2 * x; }
      fn pointer_to_twice = twice;
      fn get_twice(void) { return twice; }
      int bump(void) { own("bump %d %s\\n", counter, names[1]); return ++counter; }
      static int prepared;
      __attribute__((constructor)) static void prepare(void) { prepared = table[2]; }
      __attribute__((destructor)) static void leave(void) { printf("leave %d\\n", prepared); }
      int is_prepared(void) { return prepared; }
      """;

  private static final String PROGRAM =
      """
      #include <errno.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <unistd.h>
      extern char **environ;
      extern char **__environ;
      extern int counter, *where;
      extern const int table[4];
      extern const char *const names[2];
      typedef int (*fn)(int);
      int twice(int);
      extern fn pointer_to_twice;
      fn get_twice(void);
      int bump(void), is_prepared(void);
      int absent(void) __attribute__((weak));
      extern int absent_data __attribute__((weak));
      static fn mine = twice;
      static int *data_pointer = &counter;
      int main(int argc, char **argv) {
        printf("%d %d %d\\n", bump(), counter, *where);
        counter = 40;
        printf("%d %d\\n", bump(), where == &counter && data_pointer == &counter);
        printf("%d %d %s\\n", table[0] + table[3], is_prepared(), names[0]);
        printf("%d %d %d\\n", twice == get_twice(), pointer_to_twice == twice, mine == twice);
        printf("%d\\n", mine(twice(pointer_to_twice(5))));
        printf("%d %d\\n", absent == NULL, &absent_data == NULL);
        printf("%d %d\\n", environ == __environ, environ != NULL && getenv("PATH") != NULL);
        setenv("ADDED", "yes", 1);
        char **e = environ;
        while (*e != NULL && strcmp(*e, "ADDED=yes") != 0) e++;
        printf("%d\\n", *e != NULL);
        errno = 0;
        fprintf(stdout, "%d\\n", chdir("/no/such/directory") + errno);
        fflush(stdout);
        return stderr != NULL && stdout != stderr ? 3 : 4;
      }
      """;

  /** Everything between a program and its library, for each way to compile and link the program. */
  @ParameterizedTest
  @EnumSource
  void program(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    for (String how : List.of("", "-Wl,-z,now", "-Wl,-Bsymbolic-functions", "-fno-plt")) {
      String code = how.startsWith("-f") ? how : "-O1";
      String link = how.startsWith("-W") ? how : "-O1";
      Path lib = w.c("lib", LIBRARY, "-fPIC", code);
      d.library("a", lib, link.equals("-Wl,-Bsymbolic-functions") ? "-O1" : link);
      for (String kind : List.of("-fno-pie", "-fpie", "-fPIC")) {
        Path main = w.c("main", PROGRAM, kind, "-O1", code);
        Linked x = d.program(kind.equals("-fno-pie") ? "-no-pie" : "-pie", main, "-la", link);
        assertEquals(3, x.run().status());
        if (kind.equals("-fno-pie")) {
          d.program("-no-pie", main, "-la", link, "-Wl,--no-relax", "-Wl,--hash-style=sysv");
          d.program("-no-pie", main, "-la", link, "-Wl,-z,norelro", "-Wl,-z,noseparate-code");
        } else {
          d.program(
              "-pie", main, "-la", link, "-Wl,-z,pack-relative-relocs", "-Wl,--hash-style=both");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void indirectFunctions(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    String define =
        """
        static int one(int x) { return x + 1; }
        static int two(int x) { return x + 2; }
        static int choice = 2;
        static int (*pick(void))(int) { return choice == 1 ? one : two; }
        int NAME(int) __attribute__((ifunc("pick")));
        static int (*kept)(int) = NAME;
        int (*NAME_pointer)(int) = NAME;
        int (*NAME_get(void))(int) { return NAME; }
        int NAME_call(int x) { return NAME(x) + kept(x); }
        """;
    String use =
        """
        #include <stdio.h>
        int own(int), (*own_get(void))(int), own_call(int), far(int), (*far_get(void))(int), far_call(int);
        extern int (*own_pointer)(int), (*far_pointer)(int);
        int (*table[2])(int) = {own, far};
        int main(void) {
          printf("%d %d %d\\n", own(1), own_call(2), own == own_get() && own == own_pointer && table[0] == own);
          printf("%d %d %d\\n", far(1), far_call(2), far == far_get() && far == far_pointer && table[1] == far);
          return 0;
        }
        """;
    d.library("far", w.c("far", define.replace("NAME", "far"), "-fPIC"));
    for (String code : List.of("-fno-pie", "-fpie", "-fPIC")) {
      if (target == Target.X86 && code.equals("-fpie")) {
        continue; // R_386_GOTOFF against an IFUNC: GNU ld refuses it as jld does
      }
      Path main = w.c("main", use, code);
      Path own = w.c("own", define.replace("NAME", "own"), code);
      for (String when : List.of("-Wl,-z,lazy", "-Wl,-z,now")) {
        String kind = code.equals("-fno-pie") ? "-no-pie" : "-pie";
        String file = "ifunc" + code + when.substring(6);
        // not compared with GNU ld, whose PIEs have two addresses for one IFUNC
        Linked x =
            d.linkWith("jld", "gcc", d.dir("jld").resolve(file), kind, main, own, "-lfar", when);
        assertEquals("3 8 1\n3 8 1\n", x.run().out());
        d.loads(x.output());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void symbolic(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path lib =
        w.c(
            "lib",
            """
            int f(void) { return 1; }
            int v = 10;
            __attribute__((visibility("protected"))) int p(void) { return 100; }
            __attribute__((visibility("hidden"))) int h(void) { return 1000; }
            int sum(void) { return f() + v + p() + h(); }
            int g(void) { return 5; }
            int (*fp(void))(void) { return g; }
            """,
            "-fPIC");
    Path main =
        w.c(
            "main",
            """
            #include <stdio.h>
            int sum(void), (*fp(void))(void);
            int f(void) { return 2; }
            int v = 20;
            int p(void) { return 200; }
            int h(void) { return 2000; }
            int g(void) { return 6; }
            int main(void) { printf("%d %d\\n", sum(), fp()()); return 0; }
            """,
            "-fPIC");
    for (String how :
        List.of(
            "-O1",
            "-Wl,-Bsymbolic",
            "-Wl,-Bsymbolic-functions",
            "-Wl,--dynamic-list=" + w.file("list", "{ f; };"))) {
      d.library("a", lib, how);
      d.program("-pie", main, "-la");
      d.program("-no-pie", main, "-la");
    }
  }

  /** A library that the program loads itself, and that calls back into the program. */
  @ParameterizedTest
  @EnumSource
  void plugin(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path plugin =
        w.c(
            "plugin",
            """
            int host(int);
            extern int host_data;
            static __thread int calls;
            int run(int x) { calls++; return host(x) + host_data + calls; }
            """,
            "-fPIC");
    d.library("plugin", plugin);
    Path main =
        w.c(
            "main",
            """
            #include <dlfcn.h>
            #include <stdio.h>
            int host_data = 5;
            int host(int x) { return x * 3; }
            int unused(int x) { return x * 4; }
            int main(void) {
              void *p = dlopen("libplugin.so", RTLD_LAZY);
              if (p == NULL) { puts(dlerror()); return 1; }
              int (*run)(int) = (int (*)(int))dlsym(p, "run");
              printf("%d\\n", run(1));
              printf("%d\\n", run(1));
              printf("%d\\n", dlsym(RTLD_DEFAULT, "unused") != NULL);
              return dlclose(p);
            }
            """,
            "-fPIC",
            "-ffunction-sections",
            "-fdata-sections");
    Path list = w.file("list", "{ host; host_data; };");
    for (String kind : List.of("-pie", "-no-pie")) {
      for (String export :
          List.of(
              "-Wl,--export-dynamic",
              "-Wl,--dynamic-list=" + list,
              "-Wl,--export-dynamic-symbol=host*")) {
        // GNU ld 2.40 keeps what is exported by these too
        d.program(kind, main, export);
        d.program(kind, main, export, "-Wl,--gc-sections");
      }
    }
  }

  /** What is exported lives; what is not, goes. */
  @ParameterizedTest
  @EnumSource
  void exportsAreRoots(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path lib =
        w.c(
            "lib",
            """
            static int helper(void) { return 4; }
            int shown(void) { return helper(); }
            int not_shown(void) { return 5; }
            __attribute__((visibility("hidden"))) int hidden(void) { return 6; }
            """,
            "-fPIC",
            "-ffunction-sections");
    d.library(
        "a",
        lib,
        "-Wl,--gc-sections",
        "-Wl,--version-script=" + w.file("map", "{ global: sho*; local: *; };"));
    ElfImage image = ElfImage.read(d.dir("jld").resolve("liba.so"));
    assertTrue(image.hasSymbol("shown"));
    assertTrue(image.hasSymbol("helper"));
    assertFalse(image.hasSymbol("not_shown"));
    assertFalse(image.hasSymbol("hidden"));
    d.program(w.c("main", "int shown(void); int main(void) { return shown(); }"), "-la");
  }

  @ParameterizedTest
  @EnumSource
  void wrap(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library("a", w.c("lib", "int f(int x) { return x + 1; }", "-fPIC"));
    Path main =
        w.c(
            "main",
            """
            #include <stdio.h>
            #include <stdlib.h>
            int f(int), __real_f(int);
            int __wrap_f(int x) { return 100 + __real_f(x); }
            void *__real_malloc(size_t);
            static int allocations;
            void *__wrap_malloc(size_t n) { allocations++; return __real_malloc(n); }
            int main(void) { free(malloc(5)); printf("%d %d\\n", f(1), allocations); return 0; }
            """);
    d.program(main, "-la", "-Wl,--wrap=f,--wrap,malloc");
  }

  /** Text relocations: allowed, warned of, refused. */
  @ParameterizedTest
  @EnumSource
  void textRelocations(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path lib =
        w.asm(
            "lib",
            target == Target.AMD64
                ? """
                .globl get
                .type get, @function
                get: movabs $value, %rax
                  movl (%rax), %eax
                  ret
                .data
                .globl value
                .type value, @object
                .size value, 4
                value: .long 9
                .section .note.GNU-stack,"",@progbits
                """
                : """
                .globl get
                .type get, @function
                get: movl value, %eax
                  ret
                .data
                .globl value
                .type value, @object
                .size value, 4
                value: .long 9
                .section .note.GNU-stack,"",@progbits
                """);
    d.library("a", lib, "-Wl,-z,notext");
    d.program(w.c("main", "int get(void); int main(void) { return get(); }"), "-la");
    w.jld(w.commandLine("gcc", "-shared", lib, "-Wl,-z,text")).failed("value");
    String warning =
        w.jld(w.commandLine("gcc", "-shared", lib, "-Wl,-z,notext", "-Wl,--warn-shared-textrel"))
            .ok()
            .err();
    assertTrue(warning.contains("warning"), warning);
  }

  /** Exceptions that cross libraries, run-time types and templates that several of them hold. */
  @ParameterizedTest
  @EnumSource
  void exceptions(Target target) {
    Tools.needCxx(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    String header =
        """
        #include <functional>
        #include <iostream>
        #include <stdexcept>
        #include <string>
        #include <typeinfo>
        struct Failure : std::runtime_error { int code; Failure(int c) : runtime_error("failure"), code(c) {} };
        struct Base { virtual ~Base() {} virtual int id() const { return 1; } };
        template <class T> struct Once { static int count; static int next() { static int start = 10; return start + ++count; } };
        template <class T> int Once<T>::count = 0;
        inline std::string &shared() { static std::string s = "shared"; return s; }
        struct Noise { ~Noise() { std::cout << "unwound\\n"; } };
        void raise(int); void through(std::function<void()>); Base *make(); int next();
        """;
    w.file("x.h", header);
    d.libraryWith(
        "g++",
        "inner",
        w.cxx(
            "inner",
            """
            #include "x.h"
            struct Derived : Base { int id() const override { return 2; } };
            void raise(int c) { Noise n; if (c == 1) throw Failure(c); if (c == 2) throw 5; throw std::string("text"); }
            Base *make() { return new Derived; }
            int next() { shared() += "+"; return Once<int>::next(); }
            """,
            "-fPIC"));
    d.libraryWith(
        "g++",
        "outer",
        w.cxx(
            "outer",
            """
            #include "x.h"
            void through(std::function<void()> f) { Noise n; try { f(); } catch (int i) { std::cout << "int " << i << "\\n"; } }
            """,
            "-fPIC",
            "-O1"),
        "-linner");
    String main =
        """
        #include "x.h"
        int main() {
          for (int i = 1; i < 4; i++) {
            try { through([i] { raise(i); }); }
            catch (const Failure &f) { std::cout << f.what() << f.code << "\\n"; }
            catch (const std::string &s) { std::cout << s << "\\n"; }
          }
          Base *b = make();
          std::cout << b->id() << (typeid(*b) == typeid(Base)) << (dynamic_cast<Base *>(b) == b) << "\\n";
          delete b;
          std::cout << next() << Once<int>::next() << next() << shared() << "\\n";
          try { throw Failure(7); } catch (std::exception &e) { std::cout << typeid(e).name() << std::endl; }
        }
        """;
    for (String code : List.of("-fno-pie", "-fpie")) {
      Path o = w.cxx("main", main, code);
      String kind = code.equals("-fpie") ? "-pie" : "-no-pie";
      d.programWith("g++", kind, o, "-louter", "-linner");
      d.programWith(
          "g++", kind, o, "-louter", "-linner", "-Wl,--gc-sections,-z,now,-O1,--as-needed");
    }
  }
}
