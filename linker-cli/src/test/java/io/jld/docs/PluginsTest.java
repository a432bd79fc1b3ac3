package io.jld.docs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.amd64.Amd64;
import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.link.Diagnostic;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import io.jld.link.Severity;
import io.jld.x86.X86;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jars with architectures that are broken in one way each: a message names the jar, and all other
 * architectures are there as if it were not.
 */
@Timeout(300)
class PluginsTest {
  private static final String SERVICES = "META-INF/services/io.jld.arch.Arch";

  /** An architecture that says what amd64 does and has a name of its own. */
  private static final String SOURCE =
      """
      package plug.PKG;
      import io.jld.arch.*;
      import io.jld.asmb.*;
      import java.util.List;
      @VERSION
      public class Plugin implements Arch {
        static int started = START;
        public Plugin() { CONSTRUCTOR }
        public ArchInfo info() {
          INFO
          return new ArchInfo("NAME", List.of(ALIASES), List.of("elf_PKG"), List.of("elf64-PKG"),
              62, true, true, 4096, 4096, 0x400000, "/lib/ld.so", new byte[1], new byte[1],
              new ArchInfo.DynamicTypes(1, 8, 37, 6, 7, 5, 16, 17, 18, 36),
              new ArchInfo.PltSizes(16, 16, 8));
        }
        public String relocationName(int type) { return "" + type; }
        public void scan(Link ctxt, Relocs r) { SCAN }
        public void apply(Link ctxt, Relocs r, Slice slice) { APPLY }
        public void applyDebug(Link ctxt, Relocs r, Slice slice) {}
        public long implicitAddend(int type, Slice content, long offset) { return 0; }
        public int fieldSize(int type) { return 4; }
        public void writePltHeader(Link ctxt, Slice slice, long addr) {}
        public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {}
        public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {}
        public long lazySlotValue(Link ctxt, long plt, long entry) { return entry; }
        public void asmb(Link ctxt) {
          WriteParallel sections = new WriteParallel(ctxt);
          for (Segment segment : ctxt.segments()) {
            for (Section s : segment.sections()) {
              if (s.isCode()) {
                sections.add((l, o, a, n) -> Blocks.codeblkPad(l, o, a, n, new byte[1]), s);
              } else {
                sections.add(Blocks::datblk, s);
              }
            }
          }
          sections.await();
        }
        public void asmb2(Link ctxt) { ctxt.writeTables(); }
      }
      """;

  @TempDir Path dir;
  private Path jars;

  @BeforeEach
  void directory() throws IOException {
    jars = Files.createDirectory(dir.resolve("jars"));
  }

  private void compile(Path classes, String classPath, Path... sources) {
    List<String> command = new ArrayList<>(List.of("-nowarn", "-proc:none"));
    command.addAll(List.of("-d", classes.toString(), "-cp", classPath));
    Arrays.stream(sources).map(Path::toString).forEach(command::add);
    var javac = ToolProvider.getSystemJavaCompiler();
    assertNotNull(javac, "the tests run on a JDK");
    assertEquals(0, javac.run(null, null, null, command.toArray(String[]::new)));
  }

  private static String core() throws Exception {
    return Distribution.origin(Arch.class).toString();
  }

  /** Compiles an architecture; {@code changes} are pairs of a word of the source and its text. */
  private Path classes(String pkg, String name, String... changes) throws Exception {
    String source = SOURCE;
    for (int i = 0; i < changes.length; i += 2) {
      source = source.replace(changes[i], changes[i + 1]);
    }
    source = source.replace("@VERSION", "@SpiVersion(SpiVersion.CURRENT)");
    source = source.replace("PKG", pkg).replace("NAME", name).replace("START", "0");
    source = source.replaceAll("\\b(CONSTRUCTOR|INFO|SCAN|APPLY|ALIASES)\\b", "");
    Path home = Files.createDirectories(dir.resolve("src/" + pkg));
    Path file = Files.writeString(home.resolve("Plugin.java"), source);
    Path classes = Files.createDirectories(dir.resolve("classes/" + pkg));
    compile(classes, core(), file);
    return classes;
  }

  /** Makes a jar of all classes below a directory, and of a list of providers. */
  private Path jar(String name, Path classes, String... providers) throws IOException {
    Path jar = jars.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new ZipEntry(SERVICES));
      out.write(String.join("\n", providers).getBytes(StandardCharsets.UTF_8));
      if (classes != null) {
        List<Path> all;
        try (Stream<Path> files = Files.walk(classes)) {
          all = files.filter(Files::isRegularFile).toList();
        }
        for (Path f : all) {
          out.putNextEntry(new ZipEntry(classes.relativize(f).toString()));
          out.write(Files.readAllBytes(f));
        }
      }
    }
    return jar;
  }

  private Path plugin(String pkg, String name, String... changes) throws Exception {
    return jar(pkg + ".jar", classes(pkg, name, changes), "plug." + pkg + ".Plugin");
  }

  /** An architecture made for an interface of which the {@code info} alone is still the same. */
  private Path otherVersion() throws Exception {
    Path arch = Files.createDirectories(dir.resolve("other/io/jld/arch")).resolve("Arch.java");
    Files.writeString(
        arch,
        """
        package io.jld.arch;
        public interface Arch { ArchInfo info(); void scan(int[] relocations); }
        """);
    Path stub = Files.createDirectories(dir.resolve("other-classes"));
    compile(stub, core(), arch);
    String source =
        """
        package plug.older;
        import io.jld.arch.*;
        import java.util.List;
        public class Plugin implements Arch {
          public ArchInfo info() {
            return new ArchInfo("older", List.of(), List.of(), List.of(), 62, true, true, 4096,
                4096, 0x400000, "/lib/ld.so", new byte[1], new byte[1],
                new ArchInfo.DynamicTypes(1, 8, 37, 6, 7, 5, 16, 17, 18, 36),
                new ArchInfo.PltSizes(16, 16, 8));
          }
          public void scan(int[] relocations) {}
        }
        """;
    Path file = Files.createDirectories(dir.resolve("src/older")).resolve("Plugin.java");
    Files.writeString(file, source);
    Path classes = Files.createDirectories(dir.resolve("classes/older"));
    compile(classes, stub + File.pathSeparator + core(), file);
    return jar("older.jar", classes, "plug.older.Plugin");
  }

  /** A class in the jar that another one is made from, and which is then left out. */
  private Path withoutItsSuperclass() throws Exception {
    Path home = Files.createDirectories(dir.resolve("src/half"));
    Path base =
        Files.writeString(home.resolve("Base.java"), "package plug.half; public class Base {}");
    Path file =
        Files.writeString(
            home.resolve("Plugin.java"),
            "package plug.half; public abstract class Plugin extends Base implements"
                + " io.jld.arch.Arch {}");
    Path classes = Files.createDirectories(dir.resolve("classes/half"));
    compile(classes, core(), base, file);
    Files.delete(classes.resolve("plug/half/Base.class"));
    return jar("half.jar", classes, "plug.half.Plugin");
  }

  private List<Path> broken() throws Exception {
    return List.of(
        jar("absent.jar", null, "# a comment", "plug.absent.Plugin # another"),
        withoutItsSuperclass(),
        plugin("throwing", "throwing", "CONSTRUCTOR", "throw new IllegalStateException(\"no\");"),
        plugin("starting", "starting", "START", "Integer.parseInt(\"x\")"),
        plugin("nameless", "nameless", "INFO", "if (started == 0) return null;"),
        plugin("failing", "failing", "INFO", "if (started == 0) throw new AssertionError(\"i\");"),
        jar("other.jar", null, "java.lang.String"),
        plugin("claims", "amd64"),
        plugin("newer", "newer", "START", "Integer.parseInt(\"x\")", "@VERSION", "@SpiVersion(2)"),
        jar("none.jar", null, "# nothing"));
  }

  private static void names(List<Diagnostic> problems, Path jar, String... words) {
    List<Diagnostic> of =
        problems.stream().filter(d -> jar.toString().equals(d.location().file())).toList();
    assertEquals(1, of.size(), jar + ": " + problems);
    assertEquals(Severity.WARNING, of.get(0).severity());
    for (String word : words) {
      assertTrue(of.get(0).message().contains(word), word + ": " + of.get(0));
    }
  }

  private Arches arches() throws IOException {
    List<URL> urls = new ArrayList<>();
    try (Stream<Path> all = Files.list(jars)) {
      for (Path jar : all.sorted().toList()) {
        urls.add(jar.toUri().toURL());
      }
    }
    return Arches.in(
        new URLClassLoader(urls.toArray(URL[]::new), PluginsTest.class.getClassLoader()));
  }

  private static LinkRequest request(String arch, Arches arches) {
    return LinkRequest.builder()
        .arch(arch)
        .arches(arches)
        .threads(2)
        .input(InputSource.memory("hello.o", Embedding.object("Hello\n")))
        .output(OutputSink.memory())
        .build();
  }

  @Test
  void whatCannotBeLoadedIsLeftOut() throws Exception {
    List<Path> broken = broken();
    plugin("sound", "sound");
    Arches arches = arches();
    List<Diagnostic> problems = arches.problems();
    assertEquals(broken.size(), problems.size(), problems::toString);
    names(problems, broken.get(0), "cannot be loaded", "there is no class plug.absent.Plugin");
    names(problems, broken.get(1), "plug.half.Plugin", "there is no class plug.half.Base");
    names(problems, broken.get(2), "plug.throwing.Plugin", "IllegalStateException: no");
    names(problems, broken.get(3), "plug.starting.Plugin", "NumberFormatException");
    names(problems, broken.get(4), "plug.nameless.Plugin", "NullPointerException");
    names(problems, broken.get(5), "plug.failing.Plugin", "AssertionError: i");
    names(problems, broken.get(6), "java.lang.String is no io.jld.arch.Arch");
    names(problems, broken.get(7), "'amd64' is passed over: the name is taken", "'amd64' of ");
    names(
        problems,
        broken.get(8),
        "plug.newer.Plugin is made for version 2 of the interface to architectures",
        "this is version 1");
    names(problems, broken.get(9), "there is no architecture", SERVICES + " names none");
    assertEquals(3, arches.all().size(), arches::names);
    assertTrue(arches.byName("amd64").orElseThrow() instanceof Amd64);
    LinkResult result = Linker.link(request("amd64", arches));
    assertEquals(problems, result.diagnostics());
    assertEquals("sound", Linker.link(request("sound", arches)).arch());
    LinkException e = assertThrows(LinkException.class, () -> Linker.link(request("half", arches)));
    assertTrue(e.getMessage().contains("unknown architecture 'half'"), e.getMessage());
    names(e.diagnostics().subList(0, problems.size()), broken.get(1));
  }

  @Test
  void twoOfOneName() throws Exception {
    Path first = plugin("first", "twin");
    Path second = plugin("second", "twin");
    Path third = plugin("third", "third", "ALIASES", "\"i386\", \"third\", \"drei\"");
    Path copy = jar("zzz.jar", dir.resolve("classes/first"), "plug.first.Plugin");
    Arches arches = arches();
    assertEquals(3, arches.problems().size(), arches.problems()::toString);
    names(arches.problems(), second, "'twin' is passed over", "'twin' of " + first);
    names(arches.problems(), third, "'third' is not 'i386', which is 'x86' of ");
    names(arches.problems(), copy, "plug.first.Plugin is passed over: " + first + " has the same");
    String found = arches.byName("twin").orElseThrow().getClass().getName();
    assertEquals("plug.first.Plugin", found);
    assertTrue(arches.byName("drei").isPresent());
  }

  private static LinkException fails(String arch, Arches arches) {
    LinkException e =
        assertThrows(LinkException.class, () -> Linker.link(request(arch, arches)), arch);
    assertNotNull(e.getCause());
    return e;
  }

  @Test
  void whatIsThrownInALinkNamesTheJar() throws Exception {
    Path scan = plugin("scans", "scans", "SCAN", "Object o = null; o.hashCode();");
    Path apply = plugin("applies", "applies", "APPLY", "throw new AssertionError(r.type());");
    Path deep = plugin("deep", "deep", "SCAN", "scan(ctxt, r);");
    Path inCore = plugin("core", "core", "APPLY", "ctxt.symbols().value(1 << 30);");
    Path older = otherVersion();
    Arches arches = arches();
    assertEquals(List.of(), arches.problems());
    String[] expected = {
      "'scans' (" + scan + "): java.lang.NullPointerException",
      "'applies' (" + apply + "): java.lang.AssertionError",
      "'deep' (" + deep + "): java.lang.StackOverflowError",
      "'core' (" + inCore + "): java.lang.ArrayIndexOutOfBoundsException",
    };
    for (String text : expected) {
      String name = text.substring(1, text.indexOf("' ("));
      LinkException e = fails(name, arches);
      String begin = "error: internal error in architecture " + text;
      assertTrue(e.getMessage().startsWith(begin), () -> begin + "\n" + e.getMessage());
    }
    String message = fails("older", arches).getMessage();
    String begin =
        "error: architecture 'older' (" + older + ") was made for another version of jld";
    assertTrue(message.startsWith(begin), message);
    assertTrue(message.contains("java.lang.AbstractMethodError"), message);
    byte[] alone = bytes(Linker.link(request("amd64", new Arches(List.of(new Amd64())))));
    assertArrayEquals(alone, bytes(Linker.link(request("amd64", arches))));
  }

  private static byte[] bytes(LinkResult result) {
    return result.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  /** The whole way: jars in {@code lib/arch/} of a distribution, and its launcher. */
  @ParameterizedTest
  @ValueSource(strings = {"jld", "j:ld"})
  void inADistribution(String name) throws Exception {
    assumeTrue(File.separatorChar == '/', "the launcher is a shell script");
    boolean apart = !Distribution.origin(Amd64.class).equals(Distribution.origin(X86.class));
    assumeTrue(apart, "the modules' classes are in one place, without their lists of services");
    Distribution d = Distribution.make(Files.createDirectory(dir.resolve(name)));
    jars = d.home().resolve("lib/arch");
    List<Path> broken = broken();
    Path scan = plugin("scans", "scans", "SCAN", "throw new IllegalStateException(\"mine\");");
    Path junk = Files.writeString(jars.resolve("junk.jar"), "not a jar");
    Path bare = jars.resolve("bare.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(bare))) {
      out.putNextEntry(new ZipEntry("Plugin.class"));
    }
    Files.write(d.home().resolve("hello.o"), Embedding.object("Hello\n"));
    Distribution.Said said = d.run("bin/jld", "-o", "hello", "hello.o");
    assertEquals(0, said.status(), said.text());
    assertEquals(broken.size() + 2, said.text().lines().count(), said.text());
    assertTrue(said.text().contains(real(junk) + ": jar cannot be read: "), said.text());
    String missing = real(bare) + ": there is no architecture: the jar has no " + SERVICES;
    assertTrue(said.text().contains(missing), said.text());
    for (Path jar : broken) {
      String begin = "jld: warning: " + real(jar) + ": ";
      assertTrue(said.text().contains(begin), begin + "\n" + said.text());
    }
    Files.delete(junk);
    Files.delete(bare);
    for (Path jar : broken) {
      Files.delete(jar);
    }
    String error =
        "jld: error: internal error in architecture 'scans' ("
            + real(scan)
            + "): java.lang.IllegalStateException: mine; please report it [internal-error]\n";
    Distribution.Said failed = d.run("bin/jld", "-o", "out", "--arch", "scans", "hello.o");
    assertEquals(new Distribution.Said(1, error), failed);
    assertFalse(Files.exists(d.home().resolve("out")));
    failed = d.run("env", "JLD_DEBUG=1", "bin/jld", "-o", "out", "--arch", "scans", "hello.o");
    assertTrue(failed.text().startsWith(error), failed.text());
    assertTrue(failed.text().contains("at plug.scans.Plugin.scan(Plugin.java:"), failed.text());
  }

  private static Path real(Path jar) {
    return jar.toAbsolutePath();
  }
}
