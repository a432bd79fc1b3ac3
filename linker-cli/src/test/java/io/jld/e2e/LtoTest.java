package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Objects of {@code -flto} where no plug-in is named: with machine code they link, without it the
 * error says what they are.
 */
class LtoTest {
  private static final String F = "int f(void) { return 42; }";
  private static final String MAIN = "int f(void); int main(void) { return f() - 42; }";
  private static final String SLIM =
      "slim LTO object: it holds GCC's intermediate code and no machine code; compile with"
          + " -ffat-lto-objects or without -flto";
  private static final String BITCODE =
      "LLVM bitcode: it holds intermediate code and no machine code; compile without -flto";

  @TempDir Path dir;

  /** Links as gcc would, without its plug-in. */
  private static Linked gcc(Workbench w, Object... args) {
    List<String> line = w.commandLine("gcc", args);
    int plugin = line.indexOf("-plugin");
    line.subList(plugin, plugin + 2).clear();
    line.removeIf(a -> a.startsWith("-plugin-opt="));
    return w.jld(line);
  }

  @ParameterizedTest
  @EnumSource
  void fatObjectsLink(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path f = w.c("f", F, "-flto", "-ffat-lto-objects");
    Path main = w.c("main", MAIN, "-flto", "-ffat-lto-objects");
    assertEquals(0, gcc(w, main, f).silent().run().status());
    assertEquals(0, gcc(w, main, w.archive("libf.a", f)).silent().run().status());
  }

  @ParameterizedTest
  @EnumSource
  void slimOnesAreNamed(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path f = w.c("f", F, "-flto", "-fno-fat-lto-objects");
    Path other = w.c("other", "int other;", "-flto", "-fno-fat-lto-objects");
    Path main = w.c("main", MAIN);
    gcc(w, main, f).failed("f.o: " + SLIM);
    Path archive = w.archive("libf.a", f, other);
    Linked hidden = gcc(w, main, archive);
    hidden.failed(
        "undefined reference to 'f'",
        "jld: note: " + archive + "(f.o): " + SLIM + "; nothing that it defines is seen");
    assertFalse(hidden.err().contains("other.o"), hidden::toString);
    gcc(w, main, w.c("g", F), archive).silent().ok();
  }

  @ParameterizedTest
  @EnumSource
  void bitcodeIsNamed(Target target) {
    Tools.needC(target);
    Tools.need("clang");
    Workbench w = new Workbench(dir, target);
    Path f = w.compile("clang", "f", ".c", F, "-flto");
    Path main = w.c("main", MAIN);
    gcc(w, main, f).failed("f.o: " + BITCODE);
    Path archive = w.archive("libf.a", f);
    gcc(w, main, archive)
        .failed(
            "undefined reference to 'f'",
            "jld: note: " + archive + "(f.o): " + BITCODE + "; nothing that it defines is seen");
    gcc(w, main, "-Wl,--whole-archive", archive, "-Wl,--no-whole-archive")
        .failed(archive + "(f.o): " + BITCODE);
  }
}
