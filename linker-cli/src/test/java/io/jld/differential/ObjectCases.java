package io.jld.differential;

import java.nio.file.Path;
import java.util.List;

/** Outputs that keep relocations of their inputs. */
final class ObjectCases {
  private ObjectCases() {}

  static List<Case> all() {
    return List.of(
        new Case("r", ObjectCases::relocatable), new Case("emit-relocs", ObjectCases::emitRelocs));
  }

  private static final String ONE =
      """
      #include <stdio.h>
      int data = 1, *pointer = &data;
      static int local = 2;
      int *local_pointer = &local;
      int common_one;
      __thread int thread_local_one = 5;
      extern int two(int);
      extern int absent(void) __attribute__((weak));
      static int helper(int x) { return x + local; }
      int one(int x) { return helper(x) + two(x) + thread_local_one; }
      int main(void) { printf("%d\\n", one(1) + *pointer + (absent ? 1 : 0)); }
      """;

  private static final String TWO =
      """
      static int local = 3;
      int common_one;
      static const char *text(void) { return "text"; }
      int two(int x) { return x + local + text()[0] + common_one; }
      __attribute__((visibility("hidden"))) int hidden(void) { return 4; }
      """;

  private static void relocatable(Bench b) {
    Path one = b.c("one", ONE, "-fPIC", "-fcommon", "-g");
    Path two = b.c("two", TWO, "-fPIC", "-fcommon", "-ffunction-sections");
    b.plain("plain", "-r", one, two);
    b.plain("defined", "-r", "-d", one, two);
    b.plain("stripped", "-r", "-S", one, two);
    b.plain("discarded", "-r", "-x", one, two);
    String inline =
        "template <class T> T twice(T x) { return x + x; }\nint NAME() { return twice(1); }\n";
    Path x = b.cxx("x", inline.replace("NAME", "x"), "-fPIC");
    Path y = b.cxx("y", inline.replace("NAME", "y"), "-fPIC");
    b.plain("groups", "-r", x, y);
    b.plain("no-groups", "-r", "--force-group-allocation", x, y);
    b.plain("archive", "-r", one, b.archive("libtwo.a", two));
    b.plain("gc", "-r", "--gc-sections", "-e", "one", one, two);
  }

  private static void emitRelocs(Bench b) {
    Path one = b.c("one", ONE, "-fpie", "-O1", "-fcommon");
    Path two = b.c("two", TWO, "-fpie", "-O1", "-fcommon");
    b.program("pie", "-pie", "-Wl,-q", one, two);
    b.program("no-pie", "-no-pie", "-Wl,-q", b.c("fixed", ONE, "-fno-pie", "-fcommon"), two);
  }
}
