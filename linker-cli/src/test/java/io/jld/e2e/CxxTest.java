package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** C++ programs without shared libraries. */
class CxxTest {
  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({"AMD64,-static", "AMD64,-static-pie", "X86,-static", "X86,-static-pie"})
  void exceptionsStreamsThreads(Target target, String mode) {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.cxx(
            "all",
            """
            #include <iostream>
            #include <map>
            #include <mutex>
            #include <sstream>
            #include <stdexcept>
            #include <string>
            #include <thread>
            #include <vector>
            struct Noisy { int n; ~Noisy() { std::cout << "~" << n << " "; } };
            static int depth(int n) {
              Noisy x{n};
              if (n == 0) throw std::out_of_range("bottom");
              return depth(n - 1) + 1;
            }
            struct Base { virtual ~Base() = default; virtual int f() = 0; };
            struct Derived : Base { int f() override { return 4; } };
            static thread_local std::string name = "main";
            int main() {
              try { depth(3); } catch (const std::exception &e) { std::cout << e.what() << "\\n"; }
              try { std::vector<int>().at(1); } catch (const std::logic_error &) { std::cout << "logic\\n"; }
              std::map<std::string, int> m{{"b", 2}, {"a", 1}};
              for (auto &[k, v] : m) std::cout << k << v;
              std::mutex lock;
              std::vector<std::thread> ts;
              int caught = 0;
              for (int i = 0; i < 3; i++) ts.emplace_back([&, i] {
                name = "t" + std::to_string(i);
                try { throw i; } catch (int x) { std::lock_guard g(lock); caught += x + (int)name.size(); }
              });
              for (auto &t : ts) t.join();
              Base *b = new Derived;
              std::ostringstream s;
              s << caught << " " << name << " " << (dynamic_cast<Derived *>(b) != nullptr) << " " << 1.5;
              delete b;
              std::cout << "\\n" << s.str() << std::endl;
              try { try { throw 1; } catch (...) { throw std::string("again"); } }
              catch (std::string &e) { std::cout << e << "\\n"; }
              return caught;
            }
            """,
            "-std=c++17",
            "-pthread",
            "-O1");
    Linked x = w.sameAsLd("g++", mode, "-pthread", o).silent();
    assertEquals(9, x.run().status());
    assertTrue(x.run().out().startsWith("~0 ~1 ~2 ~3 bottom\nlogic\n"), x.run().out());
    assertTrue(x.elf().hasSection(".gcc_except_table"));
  }

  /** An exception that nothing catches ends the program as it does with GNU ld. */
  @ParameterizedTest
  @EnumSource
  void uncaught(Target target) {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.cxx(
            "uncaught", "#include <stdexcept>\nint main() { throw std::runtime_error(\"lost\"); }");
    Proc p = w.sameAsLd("g++", "-static", o).run();
    assertEquals(134, p.status());
    assertTrue(p.err().contains("lost"), p.err());
  }

  private static final String HEADER =
      """
      #include <cstdio>
      inline int shared_counter() { static int n = 0; return ++n; }
      template <class T> struct Box { static T value; T get(); };
      template <class T> T Box<T>::value = 7;
      template <class T> T Box<T>::get() { if (value < 0) throw value; return value++; }
      inline const char *text() { return "the same text"; }
      int from_b();
      """;

  /** The same inline functions in several objects become one. */
  @ParameterizedTest
  @EnumSource
  void comdat(Target target) {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    Path a =
        w.cxx(
            "a",
            HEADER
                + "int main() { shared_counter(); Box<int> b; int x = b.get(); int y = from_b();"
                + " std::printf(\"%d %d %d %s\\n\", x, y, shared_counter(), text()); return 0; }",
            "-g");
    Path b =
        w.cxx(
            "b",
            HEADER + "int from_b() { shared_counter(); text(); Box<int> b; return b.get(); }",
            "-g");
    Linked x = w.sameAsLd("g++", "-static", a, b).silent();
    assertEquals("7 8 3 the same text\n", x.run().out());
    List<ElfImage.Symbol> inlined =
        x.elf().symbols().stream().filter(s -> s.name().equals("_Z14shared_counterv")).toList();
    assertEquals(1, inlined.size());
  }

  /**
   * Global objects are constructed object by object in the order of the link, and destroyed
   * backwards.
   */
  @ParameterizedTest
  @EnumSource
  void globalObjects(Target target) {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    String noisy =
        "#include <cstdio>\n"
            + "struct N { const char *s; N(const char *t) : s(t) { std::printf(\"+%s \", s); } ~N()"
            + " { std::printf(\"-%s \", s); } };\n";
    Path a =
        w.cxx(
            "a", noisy + "static N a1(\"a1\"), a2(\"a2\"); int main() { std::printf(\"main \"); }");
    Path b =
        w.cxx(
            "b",
            noisy + "static N b1(\"b1\"); __attribute__((init_priority(200))) N early(\"early\");");
    assertEquals(
        "+early +a1 +a2 +b1 main -b1 -a2 -a1 -early ",
        w.sameAsLd("g++", "-static", a, b).silent().run().out());
    assertEquals(
        "+early +b1 +a1 +a2 main -a2 -a1 -b1 -early ",
        w.sameAsLd("g++", "-static", b, a).silent().run().out());
  }

  @ParameterizedTest
  @EnumSource
  void clang(Target target) {
    Tools.needCxx(target);
    Tools.need("clang++");
    Workbench w = new Workbench(dir, target);
    Path o =
        w.compile(
            "clang++",
            "c",
            ".cc",
            """
            #include <iostream>
            #include <string>
            struct E { std::string s; };
            __attribute__((noinline)) void f(int n) { if (n > 2) throw E{"deep"}; f(n + 1); std::cout << ""; }
            int main() { try { f(0); } catch (E &e) { std::cout << e.s << "\\n"; return 3; } }
            """,
            "-O2",
            "-ffunction-sections",
            "-fdata-sections");
    assertEquals(3, w.sameAsLd("g++", "-static", o).silent().run().status());
    assertEquals(3, w.sameAsLd("g++", "-static", "-Wl,--gc-sections", o).silent().run().status());
  }
}
