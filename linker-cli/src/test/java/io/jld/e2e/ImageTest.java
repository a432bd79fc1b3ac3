package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.Image;
import io.jld.link.InputSource;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.MapSink;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link LinkResult#image()}: the same as readelf sees, and where it comes from. */
class ImageTest {
  private static final String MAIN =
      """
      extern int other(int), puts(const char *);
      int common_one[5] __attribute__((common));
      __thread int counted = 3, zeroed;
      static int hidden_local(int x) { return x * 3; }
      int data_word = 7;
      const char *text = "a string that is merged";
      void _start(void) {
        puts(text);
        common_one[1] = other(data_word) + hidden_local(counted) + zeroed++;
      }
      """;
  private static final String OTHER =
      "int bss_word[9];\nint other(int x) { return bss_word[x]; }\n";

  private static final Pattern SECTION =
      Pattern.compile(
          "\\s*\\[ *(\\d+)\\] (\\S*) +(\\S+) +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) [0-9a-f]+ ([A-Z"
              + " ]{3}) +\\d+ +\\d+ +(\\d+)");
  private static final Pattern SYMBOL =
      Pattern.compile(" *(\\d+): ([0-9a-f]+) +(\\w+) (\\w+) +(\\w+) +(\\w+) +(\\w+) ?(\\S*).*");
  private static final String[] FLAGS = {
    "W1", "A2", "X4", "M10", "S20", "I40", "L80", "G200", "T400", "C800"
  };
  private static final Map<String, Integer> TYPES =
      Map.of(
          "PROGBITS",
          1,
          "SYMTAB",
          2,
          "STRTAB",
          3,
          "RELA",
          4,
          "DYNAMIC",
          6,
          "NOBITS",
          8,
          "REL",
          9,
          "DYNSYM",
          11);
  private static final List<String> SYMBOL_TYPES =
      List.of("NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS");
  private static final List<String> BINDINGS = List.of("LOCAL", "GLOBAL", "WEAK");
  private static final List<String> VISIBILITIES =
      List.of("DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED");

  @TempDir Path dir;
  private Workbench w;

  @ParameterizedTest
  @EnumSource(Target.class)
  void asReadelfSeesIt(Target target) throws IOException {
    Tools.needC(target);
    w = new Workbench(dir, target);
    String[] flags = {"-O1", "-fPIC", "-ffunction-sections", "-fdata-sections", "-fno-inline"};
    Path main = w.c("main", MAIN, flags);
    Path archive = w.archive("libother.a", w.c("other", OTHER, flags));
    String libc = Proc.run(dir, List.of("gcc", target.flag, "-print-file-name=libc.so.6")).out();
    Path library = Path.of(libc.strip());
    for (OutputKind kind : OutputKind.values()) {
      LinkRequest.Builder request =
          LinkRequest.builder()
              .arch(target.arch)
              .input(InputSource.path(main))
              .input(InputSource.path(archive))
              .set(LinkOption.OUTPUT_KIND, kind)
              .set(LinkOption.ENTRY, "_start")
              .set(LinkOption.IMAGE, true);
      if (kind != OutputKind.RELOCATABLE) {
        request.input(InputSource.path(library));
      }
      Path file = dir.resolve(kind + ".out");
      Image ofFile = Linker.link(request.output(OutputSink.path(file)).build()).image();
      sections(file, ofFile);
      symbols(file, ofFile);
      origins(main, archive, library, kind, ofFile);
      LinkResult inMemory = Linker.link(request.output(OutputSink.memory()).build());
      same(ofFile, inMemory.image());
      try (Arena arena = Arena.ofShared()) {
        same(ofFile, Linker.link(request.output(OutputSink.memory(arena)).build()).image());
      }
      Files.delete(file);
      same(ofFile, inMemory.image()); // nothing of the file is needed any more
      long at = find(ofFile.symbols(), "data_word").offset();
      assertEquals(7, inMemory.bytes().get(ValueLayout.JAVA_INT_UNALIGNED, at));
      request.set(LinkOption.IMAGE, false).output(OutputSink.memory());
      assertNull(Linker.link(request.build()).image());
    }
  }

  private static void same(Image a, Image b) {
    assertEquals(a.sections(), b.sections());
    assertEquals(a.symbols(), b.symbols());
    assertEquals(a.dynamicSymbols(), b.dynamicSymbols());
  }

  private void sections(Path file, Image image) {
    List<String> expected = new ArrayList<>();
    for (String line :
        Proc.run(dir, List.of("readelf", "-SW", file.toString())).out().split("\n")) {
      Matcher m = SECTION.matcher(line);
      if (m.matches() && !m.group(1).equals("0")) {
        String type = TYPES.containsKey(m.group(3)) ? "" + TYPES.get(m.group(3)) : "?";
        expected.add(
            String.join(
                " ",
                m.group(1),
                m.group(2),
                type,
                "" + Long.parseLong(m.group(4), 16),
                "" + Long.parseLong(m.group(5), 16),
                "" + Long.parseLong(m.group(6), 16),
                m.group(7).strip(),
                m.group(8)));
      }
    }
    List<String> found = new ArrayList<>();
    for (Image.Section s : image.sections()) {
      StringBuilder flags = new StringBuilder();
      for (String flag : FLAGS) {
        flags.append(
            (s.flags() & Long.parseLong(flag.substring(1), 16)) != 0 ? flag.charAt(0) : "");
      }
      found.add(
          String.join(
              " ",
              "" + s.number(),
              s.name(),
              TYPES.containsValue(s.type()) ? "" + s.type() : "?",
              "" + s.address(),
              "" + s.offset(),
              "" + s.size(),
              flags,
              "" + s.align()));
      long end = s.address();
      long size = 0;
      for (Image.Part p : image.parts(s)) {
        size += p.size();
        assertTrue(p.kind() != MapSink.Kind.SECTION || p.origin().section() != null, p::toString);
        end = Math.max(end, p.address() + p.size());
      }
      assertTrue(size == 0 || size == s.size(), s + ": " + size);
      assertTrue(end <= s.address() + s.size(), s::toString);
    }
    assertEquals(String.join("\n", expected), String.join("\n", found));
    assertTrue(found.size() > 8, found::toString);
  }

  private void symbols(Path file, Image image) {
    Map<String, List<String>> tables = new TreeMap<>();
    List<String> rows = null;
    for (String line :
        Proc.run(dir, List.of("readelf", "-sW", file.toString())).out().split("\n")) {
      if (line.startsWith("Symbol table")) {
        rows = new ArrayList<>();
        tables.put(line.split("'")[1], rows);
      }
      Matcher m = SYMBOL.matcher(line);
      if (m.matches() && !m.group(1).equals("0")) {
        long size =
            m.group(3).startsWith("0x")
                ? Long.parseLong(m.group(3).substring(2), 16)
                : Long.parseLong(m.group(3));
        String name = m.group(4).equals("SECTION") ? "" : m.group(8).replaceAll("@.*", "");
        rows.add(
            String.join(
                " ",
                name,
                "" + Long.parseUnsignedLong(m.group(2), 16),
                "" + size,
                m.group(4),
                m.group(5),
                m.group(6),
                m.group(7)));
      }
    }
    assertEquals(tables.getOrDefault(".symtab", List.of()), rows(image.symbols()));
    assertEquals(tables.getOrDefault(".dynsym", List.of()), rows(image.dynamicSymbols()));
  }

  private static List<String> rows(List<Image.Symbol> symbols) {
    List<String> found = new ArrayList<>();
    for (Image.Symbol s : symbols) {
      String section =
          s.section() == 0
              ? "UND"
              : s.section() == 0xfff1 ? "ABS" : s.section() == 0xfff2 ? "COM" : "" + s.section();
      found.add(
          String.join(
              " ",
              s.name().replaceAll("@.*", ""),
              "" + s.address(),
              "" + s.size(),
              SYMBOL_TYPES.get(s.type()),
              BINDINGS.get(s.binding()),
              VISIBILITIES.get(s.visibility()),
              section));
    }
    return found;
  }

  private static Image.Symbol find(List<Image.Symbol> symbols, String name) {
    return symbols.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  private void origins(Path main, Path archive, Path libc, OutputKind kind, Image image) {
    Map<String, Image.Origin> expected = new HashMap<>();
    String file = main.toString();
    expected.put("_start", new Image.Origin(file, null, ".text._start"));
    expected.put("hidden_local", new Image.Origin(file, null, ".text.hidden_local"));
    expected.put("counted", new Image.Origin(file, null, ".tdata.counted"));
    expected.put("zeroed", new Image.Origin(file, null, ".tbss.zeroed"));
    expected.put("data_word", new Image.Origin(file, null, ".data.data_word"));
    expected.put("common_one", new Image.Origin(file, null, null));
    expected.put("other", new Image.Origin(archive.toString(), "other.o", ".text.other"));
    expected.put("bss_word", new Image.Origin(archive.toString(), "other.o", ".bss.bss_word"));
    expected.put(
        "puts",
        kind == OutputKind.RELOCATABLE ? null : new Image.Origin(libc.toString(), null, null));
    expected.forEach(
        (name, origin) -> {
          Image.Symbol s = find(image.symbols(), name);
          assertEquals(origin, s.origin(), kind + ": " + s);
        });
    for (Image.Symbol s : image.symbols()) {
      Image.Section in =
          s.section() == 0 || s.section() >= 0xff00 ? null : image.sections().get(s.section() - 1);
      boolean has = in != null && in.type() != 8;
      assertEquals(has, s.offset() >= 0, s::toString);
      assertTrue(!has || s.offset() - in.offset() <= in.size(), s::toString);
    }
    if (kind != OutputKind.RELOCATABLE) {
      boolean isMade =
          image.parts(image.section(".dynamic")).stream().allMatch(p -> p.origin() == null);
      assertTrue(isMade);
    }
  }
}
