package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code -r}: what was linked into one object links on with every linker as the objects themselves
 * would, and has what {@code ld -r} puts into it.
 */
class RelocatableTest {
  private static final String MAIN =
      """
      #include <stdio.h>
      #include <string.h>
      int common_x, common_big[100] __attribute__((aligned(64)));
      static __thread int tls_l = 42;
      __thread int tls_g = 17;
      static const char *msg[] = {"alpha", "beta", "gamma"};
      __attribute__((section("mysec"))) int inmy = 3;
      extern int __start_mysec[], __stop_mysec[];
      __attribute__((weak)) void nothere(void);
      int other(int);
      static int helper(int x) { return strlen(msg[x]) + tls_l; }
      int main(void) {
        int s = helper(0) + helper(1) + helper(2) + other(5) + tls_g;
        for (int *p = __start_mysec; p < __stop_mysec; p++) s += *p;
        printf("%d %s %d %d\\n", s, msg[1], nothere == 0, common_x + common_big[3]);
        return 3;
      }
      """;
  private static final String OTHER =
      """
      #include <stdio.h>
      int common_x, common_big[100];
      __attribute__((section("mysec"))) int inmy2 = 4;
      static const double dd[3] = {1.5, 2.5, 3.5};
      static int v = 7;
      static int *pv = &v, *pw = &v;
      const char *beta = "beta";
      int other(int x) {
        common_big[3] = 9;
        common_x = x;
        printf("%s %f\\n", beta, dd[x % 3]);
        return *pv + *pw + x;
      }
      """;
  private static final String CXX =
      """
      #include <iostream>
      #include <stdexcept>
      #include <string>
      #include <vector>
      template<class T> struct W { T v; static int n; W(T x) : v(x) { ++n; } ~W() { --n; } };
      template<class T> int W<T>::n = 0;
      inline thread_local int tl = 5;
      inline std::vector<int> mk(int n) {
        std::vector<int> v;
        for (int i = 0; i < n; i++) v.push_back(i * tl);
        return v;
      }
      """;

  @TempDir Path dir;

  private Workbench w;

  /** The objects of a C program. */
  private List<Path> program(Target target, String... flags) {
    Tools.needC(target);
    w = new Workbench(dir, target);
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("-fcommon");
    String[] f = all.toArray(String[]::new);
    return List.of(w.c("main", MAIN, f), w.c("other", OTHER, f));
  }

  private List<Path> cxxProgram(Target target, String... flags) {
    Tools.needCxx(target);
    w = new Workbench(dir, target);
    Path a =
        w.cxx(
            "a",
            CXX
                + """
                thread_local std::string ts("hello");
                struct Init { Init() { std::cout << "init a\\n"; } } ia;
                void thrower(int x);
                int main(int c, char **) {
                  W<int> w(3);
                  try { thrower(c + 2); } catch (const std::runtime_error &e) { std::cout << e.what() << "\\n"; }
                  int s = 0;
                  for (auto x : mk(5)) s += x;
                  switch (c) { case 1: s++; break; case 2: s = 7; break; case 3: s = 12; break; case 4: s *= 3; break; case 5: s--; }
                  std::cout << s << " " << W<int>::n << ts << "\\n";
                  return s;
                }
                """,
            flags);
    Path b =
        w.cxx(
            "b",
            CXX
                + """
                extern thread_local std::string ts;
                struct Init { Init() { std::cout << "init b\\n"; } } ib;
                void thrower(int x) {
                  W<int> w(x);
                  if (mk(4).size() == 4) throw std::runtime_error("boom " + ts);
                }
                """,
            flags);
    return List.of(a, b);
  }

  private Path relocatable(Object... args) {
    Linked r = w.jld("-m", w.target.emulation, "-r", args).silent();
    assertEquals(0, r.status(), r::toString);
    return r.output();
  }

  private ElfImage image(Object... args) {
    return ElfImage.read(relocatable(args));
  }

  private ElfImage gnu(Object... args) {
    Linked r = w.ld("-m", w.target.emulation, "-r", args);
    assertEquals(0, r.status(), r::toString);
    return ElfImage.read(r.output());
  }

  /** Checks the object with the tools for that. */
  private void isSound(Path object) {
    if (Tools.has("eu-elflint")) {
      Proc lint = Proc.run(dir, List.of("eu-elflint", "--gnu-ld", object.toString()));
      // gas makes thread-local symbols unique as well
      String complaints =
          lint.out()
              .lines()
              .filter(l -> !l.contains("unique symbol not of object type"))
              .collect(Collectors.joining("\n"));
      assertTrue(complaints.isEmpty() || complaints.equals("No errors"), complaints);
    }
    Proc dump = Proc.run(dir, List.of("readelf", "-hSgrsnuW", object.toString())).ok();
    assertEquals("", dump.err());
  }

  /** Links the object on with every linker there is. */
  private void links(String compiler, Path object, List<Path> parts, Object... flags) {
    links(List.of("ld.gold", "ld.lld", "ld.mold"), compiler, object, parts, flags);
  }

  private void links(
      List<String> others, String compiler, Path object, List<Path> parts, Object... flags) {
    Proc expected = w.ld(w.commandLine(compiler, flags, parts)).run();
    List<String> line = w.commandLine(compiler, flags, object);
    List<Linked> all = new ArrayList<>(List.of(w.jld(line), w.ld(line)));
    for (String other : others) {
      if (Tools.has(other)) {
        all.add(w.linker(other, line));
      }
    }
    for (Linked l : all) {
      Proc p = l.run();
      assertEquals(expected.out(), p.out(), () -> l + "\n" + p);
      assertEquals(expected.status(), p.status(), () -> l + "\n" + p);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AMD64,-static,-O1",
    "AMD64,-pie,-fPIE",
    "AMD64,-no-pie,-g",
    "X86,-static,-O1",
    "X86,-pie,-fPIE",
    "X86,-no-pie,-g"
  })
  void cPrograms(Target target, String mode, String flag) {
    List<Path> parts = program(target, flag);
    Path object = relocatable(parts);
    isSound(object);
    links("gcc", object, parts, mode);
  }

  @ParameterizedTest
  @CsvSource({
    "AMD64,-O1 -g -ffunction-sections -fdata-sections",
    "AMD64,-O2 -g -gdwarf-4",
    "X86,-O1 -g -ffunction-sections -fdata-sections",
    "X86,-O0 -g -gdwarf-4"
  })
  void cxxPrograms(Target target, String flags) {
    List<Path> parts = cxxProgram(target, flags.split(" "));
    Path object = relocatable(parts);
    isSound(object);
    links("g++", object, parts, "-static");
    links("g++", object, parts, "-pie");
  }

  /** Linked into one object piece by piece, the result is that of doing it at once. */
  @ParameterizedTest
  @EnumSource
  void inSeveralSteps(Target target) {
    List<Path> parts = cxxProgram(target, "-O1", "-g");
    Path twice = relocatable(relocatable(parts.get(0)), relocatable(parts.get(1)));
    isSound(twice);
    links("g++", twice, parts, "-static");
    assertEquals(counts(image(parts)), counts(ElfImage.read(twice)));
  }

  // What ld -r does

  /** Relocations by section and type. */
  private static Map<String, Integer> counts(ElfImage e) {
    Map<String, Integer> counts = new TreeMap<>();
    for (ElfImage.Section s : e.sections) {
      if (s.type() == 4 || s.type() == 9) {
        e.relocs(s.name()).stream()
            .filter(r -> r.type() != 0) // GNU ld's trace of frames that it has cut out
            .forEach(r -> counts.merge(s.name() + " " + r.type(), 1, Integer::sum));
      }
    }
    return counts;
  }

  private static Set<String> symbols(ElfImage e) {
    Set<String> symbols = new TreeSet<>();
    for (ElfImage.Symbol s : e.symbols()) {
      String place =
          s.shndx() == 0 || s.shndx() >= 0xff00
              ? Integer.toHexString(s.shndx())
              : e.sections.get(s.shndx()).name();
      if (s.type() != 3) {
        symbols.add(
            String.join(
                " ",
                s.name(),
                place,
                Long.toHexString(s.value()),
                "" + s.size(),
                "" + s.type(),
                "" + s.bind(),
                "" + s.visibility()));
      }
    }
    return symbols;
  }

  private static Map<String, String> sections(ElfImage e) {
    Map<String, String> sections = new TreeMap<>();
    for (ElfImage.Section s : e.sections) {
      boolean table = Set.of(".symtab", ".strtab", ".shstrtab").contains(s.name());
      // GNU ld cuts what pads a table of frames
      // GNU ld keeps R_386_NONE entries among those of .eh_frame
      long size = s.name().endsWith(".eh_frame") || table ? 0 : s.size();
      sections.put(
          s.name(),
          s.type()
              + " "
              + Long.toHexString(s.flags())
              + " "
              + size
              + " "
              + s.align()
              + " "
              + s.entsize());
    }
    return sections;
  }

  @ParameterizedTest
  @CsvSource({
    "AMD64,-Os -g",
    "AMD64,-fPIC -ffunction-sections",
    "X86,-Os -g",
    "X86,-fPIC -fdata-sections"
  })
  void hasTheFactsOfGnuLd(Target target, String flags) {
    List<Path> parts = program(target, flags.split(" "));
    ElfImage ours = image(parts);
    ElfImage theirs = gnu(parts);
    assertEquals(1, ours.type);
    assertEquals(0, ours.entry);
    assertEquals(theirs.machine, ours.machine);
    assertEquals(0, ours.segments.size());
    assertEquals(counts(theirs), counts(ours));
    assertEquals(symbols(theirs), symbols(ours));
    assertEquals(sections(theirs), sections(ours));
    for (ElfImage.Section s : theirs.sections) {
      boolean content =
          s.type() == 1 && !s.name().startsWith(".text") && !s.name().equals(".eh_frame");
      if (content) {
        // on i386 the addends stand in it
        assertArrayEquals(theirs.content(s.name()), ours.content(s.name()), s.name());
      }
    }
    assertEquals(targets(theirs), targets(ours));
  }

  /** Relocations of sections with a fixed content, each with the name of what it refers to. */
  private static Set<String> targets(ElfImage e) {
    Set<String> targets = new TreeSet<>();
    List<ElfImage.Symbol> symbols = e.symbols();
    for (ElfImage.Section s : e.sections) {
      if ((s.type() == 4 || s.type() == 9) && !s.name().contains("eh_frame")) {
        for (ElfImage.Reloc r : e.relocs(s.name())) {
          ElfImage.Symbol sym = symbols.get(r.symbol());
          String name = sym.type() == 3 ? e.sections.get(sym.shndx()).name() : sym.name();
          targets.add(s.name() + "+" + r.offset() + " " + r.type() + " " + name + "+" + r.addend());
        }
      }
    }
    return targets;
  }

  private static List<List<String>> groups(ElfImage e) {
    List<List<String>> groups = new ArrayList<>();
    for (ElfImage.Section s : e.sections) {
      if (s.type() == 17) {
        List<String> group = new ArrayList<>();
        group.add(e.symbols().get(s.info()).name());
        for (int at = (int) s.offset(); at < s.offset() + s.size(); at += 4) {
          int word = (e.bytes[at] & 0xff) | (e.bytes[at + 1] & 0xff) << 8;
          ElfImage.Section m = e.sections.get(word);
          group.add(at == s.offset() ? "flags " + word : m.name());
          assertTrue(at == s.offset() || (m.flags() & 0x200) != 0, m.name());
        }
        groups.add(group);
      }
    }
    groups.sort((x, y) -> x.toString().compareTo(y.toString()));
    return groups;
  }

  @ParameterizedTest
  @EnumSource
  void groupsStay(Target target) {
    List<Path> parts = cxxProgram(target, "-O1", "-ffunction-sections");
    ElfImage ours = image(parts);
    assertEquals(groups(gnu(parts)), groups(ours));
    assertNotEquals(List.of(), groups(ours));
    assertTrue(ours.sections.get(1).type() == 17, "groups come first");
    ElfImage apart = image("--force-group-allocation", parts);
    assertEquals(List.of(), groups(apart));
    assertTrue(apart.sections.stream().noneMatch(s -> (s.flags() & 0x200) != 0));
    assertEquals(symbols(gnu("--force-group-allocation", parts)), symbols(apart));
  }

  /** A group may be named by a section, a local or an undefined symbol, and may be no COMDAT. */
  @ParameterizedTest
  @EnumSource
  void namesOfGroups(Target target) {
    Tools.needC(target);
    w = new Workbench(dir, target);
    String source =
        """
        .section .text.a,"axG",@progbits,.text.a,comdat
        nop
        .section .text.b,"axG",@progbits,undef,comdat
        nop
        .section .text.c,"axG",@progbits,plain
        nop
        .section .data.c,"awG",@progbits,plain
        .long .text.c + 4
        .section .text.d,"axG",@progbits,loc,comdat
        loc: nop
        .section .note.GNU-stack,"",@progbits
        """;
    Path a = w.asm("ga", source);
    Path b = w.asm("gb", source);
    assertEquals(groups(gnu(a, b)), groups(image(a, b)));
    assertEquals(5, groups(image(a, b)).size()); // "plain" twice
  }

  // Sections

  @Test
  void sectionsOfOneNameThatDiffer() {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
    String stack = "\n.section .note.GNU-stack,\"\",@progbits\n";
    Path a =
        w.asm(
            "sa",
            """
            .section .m,"aM",@progbits,4
            .long 1
            .section .s,"aMS",@progbits,1
            x: .asciz "one"
            .section .b,"aw",@progbits
            .long 1
            .section .w,"a",@progbits
            .long 1
            .section .e,"e",@progbits
            .long 1
            .section .r,"awR",@progbits
            .long 1
            """
                + stack);
    Path b =
        w.asm(
            "sb",
            """
            .section .m,"aM",@progbits,8
            .quad 1
            .section .s,"aMS",@progbits,1
            y: .asciz "one"
            .section .b,"aw",@nobits
            .long 0
            .section .w,"aw",@progbits
            .long 1
            .section .e,"e",@progbits
            .long 1
            .section .r,"aw",@progbits
            .long 1
            .text
            .quad y, .s + 1
            """
                + stack);
    ElfImage e = image(a, b);
    assertEquals(
        List.of(4L, 8L),
        e.sections.stream().filter(s -> s.name().equals(".m")).map(s -> s.entsize()).toList());
    assertEquals(8, e.section(".s").size(), "concatenated, not merged");
    assertEquals(0x32, e.section(".s").flags());
    assertEquals(
        List.of(1, 8),
        e.sections.stream().filter(s -> s.name().equals(".b")).map(s -> s.type()).toList());
    assertEquals(3, e.section(".w").flags());
    assertEquals(8, e.section(".e").size());
    assertEquals(0x80000000L, e.section(".e").flags());
    assertEquals(
        2,
        e.sections.stream().filter(s -> s.name().equals(".r")).count(),
        "one is kept, the other may go");
    assertEquals(3, e.bytes[7], "ELFOSABI_GNU because of SHF_GNU_RETAIN");
    List<ElfImage.Reloc> relocs = e.relocs(".rela.text");
    assertEquals(4 + 1, relocs.get(1).addend());
    assertEquals(4, e.symbol("y").value());
  }

  @Test
  void linkOrder() {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
    String source =
        """
        .section .text.NAME,"ax",@progbits
        NAME: ret
        .section .meta,"ao",@progbits,.text.NAME
        .quad NAME
        .section .text.shared,"ax",@progbits
        ret
        .section .meta,"ao",@progbits,.text.shared,unique,2
        .quad .text.shared
        .section .note.GNU-stack,"",@progbits
        """;
    Path a = w.asm("la", source.replace("NAME", "fa"));
    Path b = w.asm("lb", source.replace("NAME", "fb"));
    ElfImage e = image(a, b);
    Map<String, Long> sizes = new TreeMap<>();
    e.sections.stream()
        .filter(s -> s.name().equals(".meta"))
        .forEach(s -> sizes.put(e.sections.get(s.link()).name(), s.size()));
    assertEquals(Map.of(".text.fa", 8L, ".text.fb", 8L, ".text.shared", 16L), sizes);
  }

  /** More sections than {@code e_shnum} and {@code st_shndx} can tell of. */
  @Test
  void manySections() {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
    Path many =
        w.asm(
            "many",
            """
            .altmacro
            .macro one n
            .section .d.\\n,"aw",@progbits
            .byte 1
            .endm
            .set i, 0
            .rept 66000
            one %i
            .set i, i+1
            .endr
            .globl last
            last: .quad first
            .section .note.GNU-stack,"",@progbits
            """);
    Path main =
        w.c("m", "extern char *last[]; char first; int main(void) { return *last != &first; }");
    Path object = relocatable(many, main);
    // mold 1.10 ends with a fault on an object with this many sections
    links(List.of("ld.gold", "ld.lld"), "gcc", object, List.of(many, main), "-no-pie");
    ElfImage e = ElfImage.read(object);
    assertTrue(e.hasSection(".symtab_shndx"));
    assertEquals(0xffff, e.symbol("last").shndx());
  }

  // Symbols

  @ParameterizedTest
  @EnumSource
  void commonSymbols(Target target) {
    List<Path> parts = program(target);
    ElfImage e = image(parts.get(1), parts.get(0));
    ElfImage.Symbol big = e.symbol("common_big");
    assertEquals(0xfff2, big.shndx());
    assertEquals(64, big.value(), "the strictest alignment");
    for (String option : List.of("-d", "-dc", "-dp")) {
      Path defined = relocatable(option, parts);
      ElfImage d = ElfImage.read(defined);
      assertEquals(".bss", d.sections.get(d.symbol("common_big").shndx()).name());
      assertEquals(0, d.symbol("common_big").value() % 64);
      assertTrue(d.section(".bss").align() >= 64);
      links("gcc", defined, parts, "-static");
    }
  }

  @ParameterizedTest
  @EnumSource
  void stripped(Target target) {
    List<Path> parts = program(target, "-g");
    ElfImage all = image(parts);
    ElfImage debug = image("-S", parts);
    assertTrue(all.hasSection(".debug_info"));
    assertTrue(debug.sections.stream().noneMatch(s -> s.name().contains("debug")));
    assertEquals(symbols(gnu("-S", parts)), symbols(debug));
    Path s = relocatable("-s", parts);
    assertEquals(symbols(gnu("-s", parts)), symbols(ElfImage.read(s)));
    links("gcc", s, parts, "-static");
    Path x = relocatable("-x", parts);
    assertEquals(symbols(gnu("-x", parts)), symbols(ElfImage.read(x)));
    links("gcc", x, parts, "-static");
    assertEquals(symbols(gnu("-X", parts)), symbols(image("-X", parts)));
  }

  @Test
  void visibilityVersionsWeak() {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
    Path a =
        w.c(
            "va",
            """
            __attribute__((visibility("hidden"))) int h(void) { return 1; }
            __attribute__((visibility("protected"))) int p(void) { return 1; }
            int v1(void) { return 1; }
            int v2(void) { return 2; }
            __asm__(".symver v1,v@ONE\\n.symver v2,v@@TWO");
            extern int weakly __attribute__((weak)), strongly, tls __attribute__((weak));
            extern __thread int t;
            int *use(int i) { return i == 1 ? &weakly : i == 2 ? &strongly : &t; }
            """,
            "-fPIC");
    Path b =
        w.c(
            "vb",
            """
            extern int strongly __attribute__((weak)), weakly __attribute__((weak)), v(void);
            int f(void) { return *(&strongly ? &strongly : &weakly) + v(); }
            """);
    Set<String> theirs = symbols(gnu(a, b));
    assertTrue(theirs.remove("v 0 0 0 0 1 0"), "bound to v@@TWO here, by the final link there");
    assertEquals(theirs, symbols(image(a, b)));
  }

  @Test
  void optionsOfSymbols() {
    List<Path> parts = program(Target.AMD64);
    ElfImage e =
        image(
            "--defsym=abs=0x12",
            "--defsym=alias=__real_other+4",
            "--defsym=next=alias+1",
            "-u",
            "wanted",
            "--wrap=other",
            parts);
    assertEquals(0xfff1, e.symbol("abs").shndx());
    assertEquals(0x12, e.symbol("abs").value());
    assertEquals(e.symbol("other").shndx(), e.symbol("next").shndx());
    assertEquals(e.symbol("other").value() + 5, e.symbol("next").value());
    assertEquals(0, e.symbol("wanted").shndx());
    assertEquals(0, e.symbol("__wrap_other").shndx());
  }

  // Frames, notes

  @Test
  void framesOfLeftOutFunctionsGo() {
    List<Path> parts = cxxProgram(Target.AMD64, "-O1", "-g", "-ffunction-sections");
    ElfImage e = image(parts);
    assertTrue(e.relocs(".rela.eh_frame").stream().noneMatch(r -> r.type() == 0));
    String gnu = frames(w.ld("-r", parts).output());
    assertEquals(gnu, frames(relocatable(parts)));
  }

  /** How many frames readelf finds. */
  private String frames(Path object) {
    Proc p = Proc.run(dir, List.of("readelf", "--debug-dump=frames", object.toString())).ok();
    return p.out().lines().filter(l -> l.contains(" FDE ")).count() + "";
  }

  /** The mark at the end of the frames is left out where other frames follow. */
  @ParameterizedTest
  @EnumSource
  void endOfFrames(Target target) {
    Tools.needC(target);
    w = new Workbench(dir, target);
    Path end =
        w.asm(
            "end",
            ".section .eh_frame,\"a\",@progbits\n"
                + ".long 0\n"
                + ".section .note.GNU-stack,\"\",@progbits\n");
    Path f = w.c("f", "int f(int x) { return x; }", "-fno-pic");
    Path g = w.c("g", "int g(int x) { return x; }", "-fno-pic");
    assertEquals("2", frames(relocatable(f, end, g)));
    assertEquals("2", frames(relocatable(f, g, end)));
    byte[] last = image(f, g, end).content(".eh_frame");
    assertArrayEquals(new byte[4], Arrays.copyOfRange(last, last.length - 4, last.length));
    assertEquals(last.length - 4, image(f, end, g).section(".eh_frame").size());
  }

  @Test
  void stackAndProperties() {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
    Path both = w.c("both", "int f;", "-fcf-protection");
    Path ibt = w.c("ibt", "int g;", "-fcf-protection=branch");
    Path none = w.c("none", "int h;", "-fcf-protection=none");
    Path unmarked = w.asm("unmarked", ".text\nnop\n");
    assertArrayEquals(
        gnu(both, ibt).content(".note.gnu.property"),
        image(both, ibt).content(".note.gnu.property"));
    assertFalse(image(both, none).hasSection(".note.gnu.property"));
    assertEquals(0, image(both).section(".note.GNU-stack").flags());
    Linked warned = w.jld("-r", both, unmarked).says("missing .note.GNU-stack");
    assertEquals(4, ElfImage.read(warned.output()).section(".note.GNU-stack").flags());
    assertEquals(0, image("-z", "noexecstack", both, unmarked).section(".note.GNU-stack").flags());
    assertFalse(image(unmarked).hasSection(".note.GNU-stack"));
  }

  @ParameterizedTest
  @EnumSource
  void compressedDebugInformation(Target target) {
    List<Path> parts = program(target, "-g", "-gz=zlib");
    ElfImage e = image(parts);
    assertEquals(0, e.section(".debug_info").flags() & 0x800);
    assertArrayEquals(gnu(parts).content(".debug_info"), e.content(".debug_info"));
  }

  // The file, other options

  @Test
  void fileIsNotExecutable() throws IOException {
    List<Path> parts = program(Target.AMD64);
    Path o = relocatable(parts);
    assertFalse(Files.getPosixFilePermissions(o).contains(PosixFilePermission.OWNER_EXECUTE));
    assertTrue(Files.getPosixFilePermissions(o).contains(PosixFilePermission.OWNER_READ));
  }

  @ParameterizedTest
  @EnumSource
  void theSameForAnyNumberOfThreads(Target target) throws IOException {
    List<Path> parts = cxxProgram(target, "-O1", "-g");
    byte[] one = Files.readAllBytes(relocatable("--threads=1", parts));
    assertArrayEquals(one, Files.readAllBytes(relocatable("--threads=7", parts)));
  }

  @ParameterizedTest
  @EnumSource
  void buildId(Target target) {
    List<Path> parts = program(target);
    byte[] note = image("--build-id=0x12345678", parts).content(".note.gnu.build-id");
    assertArrayEquals(new byte[] {0x12, 0x34, 0x56, 0x78}, Arrays.copyOfRange(note, 16, 20));
    links("gcc", relocatable("--build-id", parts), parts, "-static");
  }

  @ParameterizedTest
  @EnumSource
  void garbageCollection(Target target) {
    List<Path> parts = new ArrayList<>(program(target, "-ffunction-sections", "-g"));
    parts.add(
        w.c(
            "unused",
            "int unused(void) { return 1; } int used(void) { return 2; }",
            "-ffunction-sections"));
    Path o = relocatable("--gc-sections", "-e", "main", "-u", "used", parts);
    ElfImage e = ElfImage.read(o);
    assertFalse(e.hasSection(".text.unused"));
    assertTrue(e.hasSection(".text.used"));
    assertTrue(e.hasSection("mysec"));
    links("gcc", o, parts, "-static");
    w.jld("-m", target.emulation, "-r", "--gc-sections", parts).failed("-e or -u");
  }

  @Test
  void archivesAndMaps() {
    List<Path> parts = program(Target.AMD64);
    Path lib = w.archive("libx.a", parts.get(1));
    Linked l = w.jld("-r", "-M", parts.get(0), lib);
    assertEquals(0, l.status(), l::toString);
    assertTrue(ElfImage.read(l.output()).symbol("other").shndx() != 0);
    assertTrue(l.out().contains("other"), l.out());
    assertFalse(image(lib).hasSymbol("other"), "nothing asks for it");
    assertTrue(image("--whole-archive", lib).hasSymbol("other"));
  }

  @Test
  void errors() {
    List<Path> parts = program(Target.AMD64);
    w.jld("-r", parts, parts.get(1)).failed(": the file is named twice");
    w.jld("-r", "-shared", parts).failed("-r and -shared");
    w.jld("-r", "--oformat", "binary", parts).failed("--oformat binary");
    w.jld("-r", "--defsym=a=undefd", parts).failed("undefd");
    w.jld("-r", "--defsym=a=main+inmy", parts).failed("more than a section");
    Linked lib = w.gcc("-shared", "-o", "x.so", w.c("pic", "int q;", "-fPIC"));
    w.jld("-r", parts, lib.output()).failed("attempted static link of dynamic object");
    Path a =
        w.asm(
            "da",
            """
            .section .text.f,"axG",@progbits,f,comdat
            .weak f
            f: ret
            .section .note.GNU-stack,"",@progbits
            """);
    Path b =
        w.asm(
            "db",
            """
            .section .text.f,"axG",@progbits,f,comdat
            .weak f
            f: nop
            ret
            .data
            .quad .text.f
            .section .note.GNU-stack,"",@progbits
            """);
    w.jld("-r", a, b).failed("discarded section '.text.f'");
  }
}
