package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.Diagnostic;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.script.InputScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrarySearchTest {
  @TempDir Path dir;
  private final Set<Path> incompatible = new HashSet<>();
  private final List<Diagnostic> notes = new ArrayList<>();

  private Path file(String name) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }

  private LibrarySearch search(String... directories) {
    return LibrarySearch.of(
        Arrays.stream(directories).map(name -> dir.resolve(name).toString()).toList(),
        "",
        file -> !incompatible.contains(file),
        notes::add);
  }

  private LibrarySearch sysroot(String sysroot, String... directories) {
    return LibrarySearch.of(
        List.of(directories), dir.resolve(sysroot).toString(), file -> true, notes::add);
  }

  private static String failure(LibrarySearch search, String name, boolean staticOnly) {
    return assertThrows(LinkException.class, () -> search.library(name, staticOnly, Location.NONE))
        .getMessage();
  }

  private static Path find(LibrarySearch search, String name) {
    return search.library(name, false, Location.NONE);
  }

  private static Path inScript(LibrarySearch search, Path scriptPath, String name) {
    InputScript script = InputScript.parse("x.ld", "\nINPUT(" + name + ")");
    return search.inScript(
        script,
        scriptPath,
        ((InputScript.Input) script.commands().getFirst()).items().getFirst(),
        false);
  }

  @Test
  void sharedBeforeStaticInEachDirectory() throws IOException {
    Path archive = file("one/libx.a");
    Path shared = file("two/libx.so");
    file("two/libx.a");
    assertEquals(archive, find(search("one", "two"), "x"));
    assertEquals(shared, find(search("two", "one"), "x"));
    assertEquals(dir.resolve("two/libx.a"), search("two").library("x", true, Location.NONE));
    assertEquals(archive, find(search("none", "one"), "x"));
  }

  @Test
  void exactNames() throws IOException {
    Path shared = file("one/libx.so.1");
    Path nested = file("one/sub/y.o");
    assertEquals(shared, find(search("one"), ":libx.so.1"));
    assertEquals(shared, search("one").library(":libx.so.1", true, Location.NONE));
    assertEquals(nested, find(search("one"), ":sub/y.o"));
    // Not an absolute name: ld looks for it below each directory.
    assertTrue(failure(search("one"), ":" + shared, false).contains("cannot find -l:" + shared));
    assertTrue(failure(search("one"), "/" + dir, false).contains("No such file or directory"));
  }

  @Test
  void directoriesAreNoLibraries() throws IOException {
    Files.createDirectories(dir.resolve("one/libx.so"));
    Path archive = file("two/libx.a");
    assertEquals(archive, find(search("one", "two"), "x"));
  }

  @Test
  void incompatibleFilesAreSkipped() throws IOException {
    Path other = file("one/libx.so");
    Path fine = file("two/libx.a");
    incompatible.add(other);
    assertEquals(fine, find(search("one", "two"), "x"));
    assertEquals(
        "note: skipping incompatible " + other + " when searching for -lx [incompatible-library]",
        notes.getFirst().toString());
    assertEquals(
        "error: cannot find -lx: No such file or directory [library-not-found]\n>>> "
            + other
            + " is incompatible with the output: it is made for another architecture",
        failure(search("one", "one"), "x", false));
    assertEquals(2, notes.size());
  }

  @Test
  void hints() throws IOException {
    Path shared = file("one/libdyn.so");
    Path versioned = file("one/libver.so.2");
    file("one/libver.so.3");
    Path odd = file("one/plugin.so");
    assertEquals(
        "error: cannot find -lno: No such file or directory [library-not-found]",
        failure(search("one"), "no", false));
    assertEquals(
        "error: cannot find -ldyn: No such file or directory [library-not-found]\n>>> "
            + shared
            + " is there: have you installed the static version of the dyn library?",
        failure(search("none", "one"), "dyn", true));
    assertEquals(
        "error: cannot find -lver: No such file or directory [library-not-found]\n>>> "
            + versioned
            + " is there, for programs that run, but libver.so, for linking, is not: is a -dev or"
            + " -devel package missing?",
        failure(search("none", "one"), "ver", false));
    assertTrue(failure(search("one"), "libdyn", false).endsWith(">>> did you mean -ldyn?"));
    assertTrue(failure(search("one"), "dyn.so", false).endsWith(">>> did you mean -ldyn?"));
    assertTrue(
        failure(search("one"), "libdyn.so", false)
            .contains(">>> did you mean -ldyn?\n>>> to link with " + shared));
    assertTrue(
        failure(search("one"), "plugin", false)
            .endsWith(">>> to link with " + odd + " use -l:plugin.so"));
  }

  @Test
  void allLibraries() throws IOException {
    Path both = file("one/libboth.so");
    Path archive = file("one/libboth.a");
    Path first = file("one/libx.a");
    Path second = file("two/libx.so");
    Path last = file("two/liby.so");
    file("two/liby.so.1");
    file("two/z.so");
    LibrarySearch search = search("none", "one", "two");
    assertEquals(List.of(both, first, last), search.all(false, 100));
    assertEquals(List.of(archive, first), search.all(true, 100));
    assertEquals(second, search("two", "one").all(false, 1).getFirst());
    assertEquals(List.of(both), search.all(false, 1));
  }

  @Test
  void namesThatAreNoPaths() {
    assertTrue(failure(search("one"), "a\0b", false).contains("not a file's name"));
    assertTrue(failure(search("one"), ":a\0b", false).contains("not a file's name"));
  }

  @Test
  void sysrootOfTheLibraryPath() throws IOException {
    Path x = file("sys/usr/lib/libx.so");
    assertEquals(x, find(sysroot("sys", "=/usr/lib"), "x"));
    assertEquals(x, find(sysroot("sys", "$SYSROOT/usr/lib"), "x"));
    assertEquals(x, find(sysroot("sys").plus("=/usr/lib"), "x"));
    assertThrows(LinkException.class, () -> find(sysroot("sys", "/usr/lib/none"), "x"));
    assertEquals(
        x, find(LibrarySearch.of(List.of("=" + x.getParent()), "", f -> true, notes::add), "x"));
  }

  @Test
  void namesInScripts() throws IOException {
    Path script = file("sub/s.ld");
    Path beside = file("sub/both.o");
    Path library = file("lib/libz.so");
    Path only = file("lib/only.o");
    file("lib/both.o");
    Path deep = file("sub/deep/d.o");
    LibrarySearch search = search("lib");
    assertEquals(beside, inScript(search, script, "both.o"));
    assertEquals(only, inScript(search, script, "only.o"));
    assertEquals(library, inScript(search, script, "-lz"));
    assertEquals(library, inScript(search, script, "-l:libz.so"));
    assertEquals(deep, inScript(search, script, "deep/d.o"));
    assertEquals(only, inScript(search, script, only.toString()));
    assertEquals(dir.resolve("lib/both.o"), inScript(search, null, "both.o"));
    // The current directory is that of the module, in which this file is.
    assertEquals(Path.of("pom.xml"), inScript(search, script, "pom.xml"));
    incompatible.add(beside);
    assertEquals(dir.resolve("lib/both.o"), inScript(search, script, "both.o"));
    assertTrue(notes.getFirst().toString().startsWith("note: x.ld:2: skipping incompatible"));
    assertEquals(
        "error: x.ld:2: cannot find nope.o: No such file or directory [file-not-found]",
        assertThrows(LinkException.class, () -> inScript(search, script, "nope.o")).getMessage());
    assertEquals(
        "error: x.ld:2: cannot find -lnope: No such file or directory [library-not-found]",
        assertThrows(LinkException.class, () -> inScript(search, script, "-lnope")).getMessage());
  }

  @Test
  void scriptsInTheSysroot() throws IOException {
    Path inside = file("sys/usr/lib/libq.so");
    Path outside = file("other/libq.so");
    Path x = file("sys/lib/x.o");
    LibrarySearch search = sysroot("sys", "=/usr/lib");
    assertEquals(x, inScript(search, inside, "/lib/x.o"));
    assertEquals(x, inScript(search, outside, "=/lib/x.o"));
    assertEquals(x, inScript(search, outside, "$SYSROOT/lib/x.o"));
    assertEquals(
        "error: x.ld:2: cannot find /lib/x.o: No such file or directory [file-not-found]",
        assertThrows(LinkException.class, () -> inScript(search, outside, "/lib/x.o"))
            .getMessage());
    assertEquals(
        "error: x.ld:2: cannot find "
            + outside
            + " inside "
            + dir.resolve("sys")
            + " [file-not-found]",
        assertThrows(LinkException.class, () -> inScript(search, inside, outside.toString()))
            .getMessage());
    Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("sys"));
    assertEquals(x, inScript(search, link.resolve("usr/lib/libq.so"), "/lib/x.o"));
    assertThrows(LinkException.class, () -> inScript(sysroot("none"), inside, "/lib/x.o"));
  }
}
