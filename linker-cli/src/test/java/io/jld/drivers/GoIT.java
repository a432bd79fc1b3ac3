package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/**
 * {@code go build} with the external linker, which is what cgo asks for: each mode that makes
 * something to run or to call. The packages used are few, as each mode compiles them anew.
 */
class GoIT {
  /** Go links no file that is up to date; compiled packages are kept for the next run. */
  private static final Path CACHE = Path.of("target/go-cache").toAbsolutePath();

  @TempDir Path dir;

  /**
   * Go interrupts its threads by signals. qemu's user emulation has one GDT for all threads of a
   * 32-bit program, so that a signal's return gives a thread another one's thread pointer.
   */
  private static final Map<String, String> NO_SIGNALS = Map.of("GODEBUG", "asyncpreemptoff=1");

  private static final String PROGRAM =
      """
      package main

      // #include <stdio.h>
      // static int twice(int x) { return 2 * x; }
      // static void say(int a, int b, char *s) { printf("%d %d %s\\n", a, b, s); fflush(stdout); }
      import "C"
      import "runtime"

      func at(list []int, n int) (value int, err string) {
        defer func() {
          if r := recover(); r != nil {
            err = r.(error).Error()
          }
        }()
        return list[n], "none"
      }

      func main() {
        sums := make(chan int)
        for i := 0; i < 4; i++ {
          go func(i int) {
            runtime.LockOSThread()
            sums <- int(C.twice(C.int(i)))
          }(i)
        }
        sum := 0
        for i := 0; i < 4; i++ {
          sum += <-sums
        }
        runtime.GC()
        value, _ := at([]int{5, 6}, 1)
        _, err := at(nil, 3)
        C.say(C.int(sum), C.int(value), C.CString(err))
      }
      """;

  private static final String LIBRARY =
      """
      package main

      import "C"

      var history = map[string]int{"first": 1}

      //export Remember
      func Remember(name *C.char, n C.int) C.int {
        done := make(chan int)
        go func() { history[C.GoString(name)] += int(n); done <- len(history) }()
        return C.int(<-done)
      }

      //export Recall
      func Recall(name *C.char) C.int { return C.int(history[C.GoString(name)]) }

      func main() {}
      """;

  private static final String USER =
      """
      #include "remember.h"
      #include <stdio.h>
      int main(void) {
        int n = Remember("x", 40);
        Remember("x", 2);
        printf("%d %d %d\\n", n, Recall("x"), Recall("first"));
        return fflush(stdout);
      }
      """;

  private List<String> go(Pair.By by, Target target, String mode, String output, Path source) {
    String flags = "-linkmode=external -extldflags=" + target.flag;
    return List.of(
        "go",
        "build",
        "-buildmode=" + mode,
        "-ldflags="
            + (by == Pair.By.JLD
                ? "-linkmode=external '-extldflags=" + target.flag + " " + Distribution.b() + "'"
                : flags),
        "-o",
        output,
        source.toString());
  }

  private List<String> gcc(Pair.By by, Target target, String output, Path source, String library) {
    List<String> command = new ArrayList<>(List.of("gcc", target.flag, "-I.", "-pthread"));
    if (by == Pair.By.JLD) {
      command.add(Distribution.b());
    }
    command.addAll(List.of("-o", output, source.toString(), library));
    return command;
  }

  @ParameterizedTest
  @EnumSource
  void everyMode(Target target) throws IOException {
    Tools.needC(target);
    Tools.need("go", "readelf");
    Map<String, String> environment =
        Map.of(
            "GOARCH", target == Target.AMD64 ? "amd64" : "386",
            "CGO_ENABLED", "1",
            "GO111MODULE", "off",
            "GOFLAGS", "",
            "GOCACHE", CACHE.toString());
    Path program = Files.writeString(dir.resolve("program.go"), PROGRAM);
    Path library = Files.writeString(dir.resolve("library.go"), LIBRARY);
    Path user = Files.writeString(dir.resolve("user.c"), USER);
    Pair pair = new Pair(dir);
    for (String mode : List.of("exe", "pie")) {
      pair.build(environment, by -> go(by, target, mode, mode, program));
      assertEquals(
          "12 6 runtime error: index out of range [3] with length 0\n",
          pair.run(mode, NO_SIGNALS),
          mode);
    }
    // With ./ the user of the library finds it there, as it has no soname.
    pair.build(environment, by -> go(by, target, "c-shared", "remember.so", library));
    pair.build(Map.of(), by -> gcc(by, target, "shared", user, "./remember.so"));
    assertEquals("2 42 1\n", pair.run("shared", NO_SIGNALS));
    pair.build(environment, by -> go(by, target, "c-archive", "remember.a", library));
    pair.build(Map.of(), by -> gcc(by, target, "archive", user, "remember.a"));
    assertEquals("2 42 1\n", pair.run("archive", NO_SIGNALS));
  }
}
