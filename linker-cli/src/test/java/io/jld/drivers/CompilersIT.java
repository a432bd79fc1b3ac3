package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** C and C++ through the drivers of gcc and clang: shared libraries and each kind of program. */
class CompilersIT {
  @TempDir Path dir;

  private static final String C_LIBRARY =
      """
      #include <stdarg.h>
      #include <stdio.h>
      __thread int calls = 3;
      int shared_counter = 4;
      extern int base(void);
      int weak_one(void) __attribute__((weak));
      int weak_one(void) { return 1; }
      int sum(int n, ...) {
        va_list list;
        va_start(list, n);
        int s = base();
        for (int i = 0; i < n; i++) s += va_arg(list, int);
        va_end(list);
        calls++;
        return s;
      }
      """;

  private static final String C_PROGRAM =
      """
      #include <math.h>
      #include <pthread.h>
      #include <stdio.h>
      #include <stdlib.h>
      extern __thread int calls;
      extern int shared_counter;
      int sum(int n, ...);
      int weak_one(void);
      int weak_none(void) __attribute__((weak));
      int base(void) { return 100; }
      static void *work(void *p) {
        calls += *(int *)p;
        return (void *)(long)sum(2, calls, 1);
      }
      static int (*const table[])(void) = {base, weak_one};
      int main(int argc, char **argv) {
        pthread_t t;
        void *r;
        pthread_create(&t, 0, work, &shared_counter);
        pthread_join(t, &r);
        shared_counter += sum(3, 1, 2, 3) + (int)sqrt(argc * 16.0);
        printf("%d %d %d %d %d\\n", calls, shared_counter, (int)(long)r, table[1](), weak_none != 0);
        return fflush(stdout);
      }
      """;

  private static final String CXX_LIBRARY =
      """
      #include <stdexcept>
      #include <string>
      struct Shape {
        virtual ~Shape();
        virtual double area() const = 0;
      };
      Shape::~Shape() {}
      struct Error : std::runtime_error { using std::runtime_error::runtime_error; ~Error() override; };
      Error::~Error() {}
      double total(const Shape *const *first, int n) {
        double s = 0;
        for (int i = 0; i < n; i++) {
          if (first[i]->area() < 0) throw Error("shape " + std::to_string(i));
          s += first[i]->area();
        }
        return s;
      }
      inline int &instances() { static int n; return n; }
      int countInLibrary() { return ++instances(); }
      """;

  private static final String CXX_PROGRAM =
      """
      #include <iostream>
      #include <memory>
      #include <stdexcept>
      #include <thread>
      #include <typeinfo>
      #include <vector>
      struct Shape {
        virtual ~Shape();
        virtual double area() const = 0;
      };
      struct Error : std::runtime_error { using std::runtime_error::runtime_error; ~Error() override; };
      double total(const Shape *const *first, int n);
      int countInLibrary();
      inline int &instances() { static int n; return n; }
      struct Square : Shape {
        double a;
        explicit Square(double side) : a(side) {}
        double area() const override { return a < 0 ? a : a * a; }
      };
      static const std::vector<int> made{1, 2, 3};
      int main() {
        std::unique_ptr<Shape> two(new Square(2)), bad(new Square(-1));
        const Shape *both[] = {two.get(), bad.get()};
        std::string caught;
        std::thread([&] {
          try { total(both, 2); } catch (const Error &e) { caught = e.what(); }
        }).join();
        try { total(both, 2); } catch (const std::exception &e) { caught += dynamic_cast<const Error *>(&e) ? "!" : "?"; }
        instances()++;
        std::cout << total(both, 1) << " " << caught << " " << countInLibrary() << " " << made.size() << " "
                  << (typeid(*two) == typeid(Square)) << std::endl;
      }
      """;

  /**
   * @param byPath chosen by clang's {@code --ld-path}, else by {@code -B}
   * @param kinds how many of the links below are tried
   */
  private record Driver(String command, boolean byPath, int kinds) {
    /** The arguments that choose jld: {@code -B}, or clang's own option. */
    List<String> linker(Pair.By by) {
      if (by == Pair.By.GNU) {
        return List.of();
      }
      return List.of(byPath ? "--ld-path=" + Distribution.ld() : Distribution.b());
    }
  }

  private void compile(Target target, String compiler, Path source, Path object, String... flags) {
    List<String> command =
        new ArrayList<>(
            List.of(
                compiler,
                target.flag,
                "-O1",
                "-g",
                "-c",
                source.toString(),
                "-o",
                object.toString()));
    command.addAll(List.of(flags));
    Proc.run(dir, command).ok();
  }

  private void drive(
      Target target,
      String suffix,
      String library,
      String program,
      String expected,
      Driver... drivers)
      throws IOException {
    Path lib = Files.writeString(dir.resolve("library" + suffix), library);
    Path main = Files.writeString(dir.resolve("main" + suffix), program);
    for (Driver driver : drivers) {
      String name = driver.command + (driver.byPath ? "-path" : "-b");
      Pair pair = new Pair(Files.createDirectories(dir.resolve(name)));
      Path libObject = dir.resolve(name + "-lib.o");
      Path mainObject = dir.resolve(name + "-main.o");
      Path fixedObject = dir.resolve(name + "-fixed.o");
      compile(target, driver.command, lib, libObject, "-fPIC", "-ffunction-sections");
      compile(target, driver.command, main, mainObject, "-fPIE");
      compile(target, driver.command, main, fixedObject, "-fno-pie");
      Object[][] all = {
        {"libit.so", "-shared", "-Wl,-soname,libit.so", "-Wl,-Bsymbolic-functions", libObject},
        {"pie", "-pie", mainObject, "-L.", "-lit"},
        {"static-pie", "-static-pie", mainObject, libObject},
        {
          "fixed",
          "-no-pie",
          "-Wl,-O1,--as-needed,--sort-common,-z,relro",
          fixedObject,
          "-L.",
          "-lit"
        },
        {
          "now",
          "-pie",
          "-s",
          "-rdynamic",
          "-Wl,-z,now,--gc-sections,--hash-style=gnu",
          mainObject,
          libObject
        },
        {"static", "-static", "-Wl,--build-id=sha1", fixedObject, libObject},
      };
      for (Object[] link : List.of(all).subList(0, driver.kinds)) {
        pair.build(
            Map.of(),
            by -> {
              List<String> command =
                  new ArrayList<>(List.of(driver.command, target.flag, "-pthread"));
              command.addAll(driver.linker(by));
              command.addAll(List.of("-o", link[0].toString()));
              for (Object o : List.of(link).subList(1, link.length)) {
                command.add(o.toString());
              }
              command.add("-lm");
              return command;
            });
        if (!link[0].equals("libit.so")) {
          assertEquals(expected, pair.run(link[0].toString()), name + " " + link[0]);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void c(Target target) throws IOException {
    Tools.needC(target);
    Tools.need("clang", "readelf");
    drive(
        target,
        ".c",
        C_LIBRARY,
        C_PROGRAM,
        "4 114 108 1 0\n",
        new Driver("gcc", false, 6),
        new Driver("clang", true, 3));
  }

  @ParameterizedTest
  @EnumSource
  void cxx(Target target) throws IOException {
    Tools.needCxx(target);
    Tools.need("clang++", "readelf");
    drive(
        target,
        ".cc",
        CXX_LIBRARY,
        CXX_PROGRAM,
        "4 shape 1! 2 3 1\n",
        new Driver("g++", false, 6),
        new Driver("clang++", false, 3));
  }
}
