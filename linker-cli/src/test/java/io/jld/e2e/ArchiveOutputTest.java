package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --archive}: the linked object and the host objects in one archive. */
class ArchiveOutputTest {
  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void bundle(Target target) throws Exception {
    Tools.needC(target);
    Tools.need("ar");
    Workbench w = new Workbench(dir, target);
    Path a = w.c("a", "int b(void); static int x = 1; int a(void) { return b() + x; }", "-fPIC");
    Path b = w.c("b", "static int x = 2; int b(void) { return x; } int shared_one;", "-fcommon");
    Path host = w.c("host", "int b(void); int host(void) { return b() + 10; }", "-fPIC");
    Path unused =
        w.c("not_needed_by_anybody", "int absent(void); int u(void) { return absent(); }");
    Path odd = Files.write(dir.resolve("odd_ü_name_of_bytes.o"), Files.readAllBytes(host));
    Files.write(odd, new byte[] {0}, java.nio.file.StandardOpenOption.APPEND); // of odd size
    Path brief = Files.copy(host, dir.resolve("ü.o"));
    Object[] hosts = {"--start-lib", host, unused, odd, brief, "--end-lib"};
    Path bundle = dir.resolve("libbundle.a");
    Linked made = w.jldTo(bundle, "-m", target.emulation, "--archive", a, hosts, b);
    assertEquals(0, made.status(), made::toString);
    made.silent();
    assertEquals(
        List.of("libbundle.o", "host.o", "not_needed_by_anybody.o", "odd_ü_name_of_bytes.o", "ü.o"),
        Proc.run(dir, List.of("ar", "t", bundle.toString()))
            .ok()
            .out()
            .lines()
            .map(
                l ->
                    new String(
                        l.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                        java.nio.charset.StandardCharsets.UTF_8))
            .toList());
    // byte for byte what GNU ar makes of the same members
    Path apart = Files.createDirectories(dir.resolve("apart"));
    Linked r = w.jldTo(apart.resolve("libbundle.o"), "-m", target.emulation, "-r", a, b);
    assertEquals(0, r.status(), r::toString);
    List<String> ar = new ArrayList<>(List.of("ar", "rcsD", "expected.a", r.output().toString()));
    for (Path h : List.of(host, unused, odd, brief)) {
      ar.add(h.toString());
    }
    Proc.run(dir, ar).ok();
    assertArrayEquals(Files.readAllBytes(dir.resolve("expected.a")), Files.readAllBytes(bundle));
    // and whoever links it takes what is needed
    Path main =
        w.c(
            "main",
            "int a(void), host(void); extern int shared_one; int main(void) { return a() + host()"
                + " + shared_one; }");
    assertEquals(15, w.sameAsLd("gcc", main, bundle).silent().run().status());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrong(Target target) throws Exception {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path a = w.c("a", "int a(void) { return 0; }");
    Path bad =
        Files.write(dir.resolve("bad.o"), java.util.Arrays.copyOf(Files.readAllBytes(a), 200));
    Object[] line = {"-m", target.emulation, "--archive", a};
    w.jld(line, "--start-lib", bad, "--end-lib").failed("bad.o");
    w.jld(line, "--start-lib", dir.resolve("absent.o"), "--end-lib").failed("No such file");
    w.jld(line, "-shared").failed("-r and -shared may not be used together");
    Path elsewhere = Files.createDirectories(dir.resolve("other"));
    Workbench other = new Workbench(elsewhere, target.other());
    Path foreign = other.c("f", "int f(void) { return 0; }");
    w.jld(line, "--start-lib", foreign, "--end-lib").failed("can't be linked for " + target.arch);
    // a failed link leaves what stood there
    Path kept = Files.writeString(dir.resolve("kept.a"), "old");
    assertEquals(1, w.jldTo(kept, line, "--start-lib", bad, "--end-lib").status());
    assertEquals("old", Files.readString(kept));
    // the names of the inputs' own archives are linked as always
    Path lib = w.archive("libx.a", w.c("x", "int x(void) { return 0; }"));
    Path user = w.c("user", "int x(void); int user(void) { return x(); }");
    Linked made = w.jldTo(dir.resolve("u.a"), "-m", target.emulation, "--archive", user, lib);
    assertEquals(0, made.status(), made::toString);
    assertEquals("u.o\n", Proc.run(dir, List.of("ar", "t", "u.a")).ok().out());
  }
}
