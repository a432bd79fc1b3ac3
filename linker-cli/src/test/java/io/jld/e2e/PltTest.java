package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sections of the PLT, beside those of GNU ld. */
class PltTest {
  @TempDir Path dir;

  private static final String LIBRARY =
      """
      int f(int x) { return x + 1; }
      int g(int x) { return x * 2; }
      int (*get_f(void))(int) { return f; }
      int (*f_pointer)(int) = f;
      """;

  /** An address that is taken, plain calls, an IFUNC, a function that is called and loaded. */
  private static final String PROGRAM =
      """
      #include <stdio.h>
      #include <string.h>
      int f(int), g(int), (*get_f(void))(int);
      extern int (*f_pointer)(int);
      int (*volatile mine)(int) = f;
      static int own(int x) { return x + 100; }
      static int (*pick(void))(int) { return own; }
      int chosen(int) __attribute__((ifunc("pick")));
      int main(void) {
        printf("%d %d %d\n", f(1), g(2), chosen(3));
        printf("%d %d\n", mine == get_f(), f_pointer == f);
        puts(strchr("puts", 'u') != 0 ? "yes" : "no");
        return mine(6);
      }
      """;

  private static final List<String> KINDS = List.of("-fno-pic", "-fpie", "-fPIC");

  private Dynamic dynamic(Target target, String... link) {
    Dynamic d = new Dynamic(dir, target);
    d.library("a", d.bench.c("lib", LIBRARY, "-fPIC", "-fcf-protection"), (Object) link);
    return d;
  }

  private static Linked link(Dynamic d, String kind, Object... args) {
    Path main = d.bench.c("main", PROGRAM.replace("\n\"", "\\n\""), kind, "-fcf-protection");
    return d.program(kind.equals("-fno-pic") ? "-no-pie" : "-pie", main, "-la", args);
  }

  /** The names that objdump makes up for entries of a section, without those of no symbol. */
  private Set<String> names(Path file, String section) {
    Set<String> names = new TreeSet<>();
    Proc.run(dir, List.of("objdump", "-d", "-j", section, file.toString()))
        .ok()
        .out()
        .lines()
        .filter(l -> l.contains("@plt>:"))
        .map(l -> l.substring(l.indexOf('<')).replaceAll("\\*ABS\\*.*@", "ABS@"))
        .forEach(names::add);
    return names;
  }

  private static List<String> pltSections(ElfImage elf) {
    return elf.sections.stream()
        .map(ElfImage.Section::name)
        .filter(n -> n.startsWith(".plt"))
        .toList();
  }

  /** psABI: the lazily bound entries in .plt, the code that calls go to in .plt.sec. */
  @ParameterizedTest
  @EnumSource
  void indirectBranchTracking(Target target) {
    Tools.needC(target);
    Tools.need("objdump");
    for (String[] when : new String[][] {{"-Wl,-z,lazy"}, {"-Wl,-z,now"}}) {
      Dynamic d = dynamic(target, "-Wl,-z,ibtplt", when[0]);
      for (String kind : KINDS) {
        Linked x = link(d, kind, "-Wl,-z,ibtplt", when);
        ElfImage elf = x.elf();
        Path theirs = d.dir("ld").resolve(x.output().getFileName());
        assertEquals(pltSections(ElfImage.read(theirs)), pltSections(elf));
        for (String section : pltSections(elf)) {
          assertEquals(names(theirs, section), names(x.output(), section), kind + section);
        }
        assertTrue(names(x.output(), ".plt.sec").contains("<g@plt>:"));
        entries(target, elf, kind);
      }
    }
  }

  /** Each entry of .plt.sec begins with endbr and goes through a slot that leads to .plt. */
  private static void entries(Target target, ElfImage elf, String kind) {
    ElfImage.Section plt = elf.section(".plt");
    ElfImage.Section sec = elf.section(".plt.sec");
    int endbr = target == Target.AMD64 ? 0xfa1e0ff3 : 0xfb1e0ff3;
    List<Long> unbound = new ArrayList<>();
    for (ElfImage.Reloc r : elf.relocs(target == Target.AMD64 ? ".rela.plt" : ".rel.plt")) {
      long slot = elf.wordAt(r.offset());
      if (r.type() == 7) { // R_X86_64_JUMP_SLOT, R_386_JUMP_SLOT
        unbound.add(slot);
        assertTrue(plt.holds(slot), () -> "slot leads to 0x" + Long.toHexString(slot));
      }
    }
    assertEquals(plt.size() / 16 - 1, unbound.size());
    for (ElfImage.Section s : List.of(plt, sec)) {
      for (long at = s.addr() + (s == plt ? 16 : 0); at < s.addr() + s.size(); at += 16) {
        assertEquals(endbr, (int) elf.wordAt(at), s.name());
        assertTrue(s != plt || unbound.contains(at), "no slot leads to an entry");
      }
    }
    ElfImage.Symbol f =
        elf.symbols(".dynsym").stream().filter(s -> s.name().equals("f")).findFirst().get();
    assertTrue(kind.equals("-fno-pic") ? sec.holds(f.value()) : f.value() == 0, f::toString);
  }

  /** IFUNCs alone make no .plt.sec, and programs without marks no entries for IBT. */
  @ParameterizedTest
  @EnumSource
  void onlyWhereItIsOfUse(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "main",
            """
            static int own(void) { return 5; }
            static int (*pick(void))(void) { return own; }
            int chosen(void) __attribute__((ifunc("pick")));
            int main(void) { return chosen(); }
            """,
            "-fno-pic",
            "-fcf-protection");
    Linked x = w.sameAsLd("gcc", "-static", o, "-Wl,-z,ibtplt");
    assertEquals(List.of(".plt"), pltSections(x.elf()));
    assertEquals(5, x.run().status());
    Dynamic d = dynamic(target, "-O1");
    assertFalse(link(d, "-fno-pic").elf().hasSection(".plt.sec"));
  }

  /**
   * A function whose address is its PLT entry, and is loaded from the GOT too: the entry must not
   * lead through a slot that holds the entry.
   */
  @ParameterizedTest
  @EnumSource
  void addressThatIsLoadedToo(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library("hook", w.c("hook", "static int n; int hook(void) { return ++n; }", "-fPIC"));
    Path load = w.c("load", "int hook(void); void *loaded(void) { return (void *)hook; }", "-fPIC");
    Path main =
        w.c(
            "main",
            """
            int hook(void);
            void *loaded(void);
            int (*volatile held)(void) = hook;
            int main(void) {
              void *taken;
              __asm__("TAKE" : "=r"(taken));
              int (*volatile f)(void) = taken, (*volatile g)(void) = loaded();
              return taken != (void *)g || held != g || f() != 1 || g() != 2 || held() != 3;
            }
            """
                .replace("TAKE", target == Target.AMD64 ? "lea hook(%%rip), %0" : "mov $hook, %0"),
            "-fno-pie");
    for (String z : List.of("lazy", "now")) {
      for (String plt : List.of("-z,ibtplt", "--no-relax")) {
        for (String kind : List.of("-no-pie", "-pie")) {
          if (kind.equals("-no-pie") || target == Target.AMD64) {
            Path m = kind.equals("-pie") ? pie(w, main) : main;
            Object[] args = {kind, m, load, "-lhook", "-Wl," + plt + ",-z," + z};
            d.linkWith("jld", "gcc", w.newOutput(), args).run().ok(); // not all others get it right
          }
        }
      }
    }
  }

  /** The same source again, for a position-independent executable. */
  private static Path pie(Workbench w, Path main) {
    return w.c("pie", w.read(main.getFileName().toString().replace(".o", ".c")), "-fpie");
  }

  /** An output that is marked has the entries that the mark promises. */
  @ParameterizedTest
  @EnumSource
  void marked(Target target) {
    Tools.needC(target);
    Dynamic d = dynamic(target, "-Wl,-z,ibt");
    for (String kind : KINDS) {
      Linked x = link(d, kind, "-Wl,-z,ibt");
      entries(target, x.elf(), kind);
      assertTrue(x.elf().segment(ElfImage.SegmentType.PROPERTY) != null);
    }
  }

  /** With -z now nothing that code jumps through stays writable. */
  @ParameterizedTest
  @EnumSource
  void boundAtOnce(Target target) {
    Tools.needC(target);
    Dynamic d = dynamic(target, "-Wl,-z,now");
    String[] got = {".got", ".got.plt"};
    for (String kind : KINDS) {
      Linked x = link(d, kind, "-Wl,-z,now");
      ElfImage theirs = ElfImage.read(d.dir("ld").resolve(x.output().getFileName()));
      ElfImage elf = x.elf();
      for (String section : got) {
        assertEquals(theirs.hasSection(section), elf.hasSection(section), section);
      }
      // all of the loader's slots are in RELRO, which ends on a page
      ElfImage.Segment relro = elf.segment(ElfImage.SegmentType.RELRO);
      assertEquals(0, (relro.addr() + relro.memsz()) % 4096);
      ElfImage.Section slots = elf.section(".got");
      assertTrue(relro.addr() <= slots.addr(), slots::toString);
      assertTrue(slots.addr() + slots.size() <= relro.addr() + relro.memsz(), slots::toString);
      String table = target == Target.AMD64 ? ".rela.plt" : ".rel.plt";
      assertEquals(elf.sections.indexOf(slots), elf.section(table).info());
      for (ElfImage.Reloc r : elf.relocs(table)) {
        assertTrue(slots.holds(r.offset()), r::toString);
      }
      assertEquals(relocTypes(theirs, table), relocTypes(elf, table));
      assertEquals(slots.addr(), elf.symbol("_GLOBAL_OFFSET_TABLE_").value());
    }
    for (String[] lazy : new String[][] {{"-z", "lazy"}, {"-z", "now", "-z", "norelro"}}) {
      Linked x = link(d, "-fpie", (Object[]) wl(lazy));
      assertTrue(x.elf().hasSection(".got.plt"));
    }
  }

  private static String[] wl(String... options) {
    return java.util.Arrays.stream(options).map(o -> "-Wl," + o).toArray(String[]::new);
  }

  /** The relocations' types, sorted: the linkers do not agree on an order. */
  private static List<Integer> relocTypes(ElfImage elf, String section) {
    return elf.relocs(section).stream().map(ElfImage.Reloc::type).sorted().toList();
  }

  /** The instructions of the FDEs that describe the PLT's sections, as readelf shows them. */
  private List<String> frames(Path file) {
    ElfImage elf = ElfImage.read(file);
    List<String> found = new ArrayList<>();
    String frames =
        Proc.run(dir, List.of("readelf", "--debug-dump=frames", file.toString())).ok().out();
    for (String record : frames.split("\n\n")) {
      int pc = record.indexOf("pc=");
      if (pc < 0) {
        continue;
      }
      String[] range = record.substring(pc + 3).split("\\.\\.|\n");
      long begin = Long.parseUnsignedLong(range[0], 16);
      for (ElfImage.Section s : elf.sections) {
        if (s.name().startsWith(".plt") && s.holds(begin)) {
          long end = Long.parseUnsignedLong(range[1], 16);
          found.add(
              s.name()
                  + (begin == s.addr() ? "" : "+")
                  + (end == s.addr() + s.size() ? " whole " : " ")
                  + instructions(record));
        }
      }
    }
    return found;
  }

  private static String instructions(String record) {
    return record
        .lines()
        .skip(1)
        .filter(l -> l.contains("DW_CFA") && !l.contains("nop"))
        .map(l -> l.strip().replaceAll(" to [0-9a-f]+", ""))
        .toList()
        .toString();
  }

  @ParameterizedTest
  @EnumSource
  void unwindInformation(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    for (String ibt : List.of("-Wl,-z,ibtplt", "-O1")) {
      Dynamic d = dynamic(target, ibt);
      for (String kind : KINDS) {
        Linked x = link(d, kind, ibt, "-Wl,--eh-frame-hdr");
        List<String> theirs = frames(d.dir("ld").resolve(x.output().getFileName()));
        List<String> ours = frames(x.output());
        if (ibt.equals("-O1")) { // an entry that only jumps for the IFUNC, behind the lazily bound
          assertEquals(".plt+ whole []", ours.remove(1));
          assertEquals(theirs.get(0).replace(" whole", ""), ours.get(0));
          assertEquals(theirs.subList(1, theirs.size()), ours.subList(1, ours.size()));
        } else {
          assertEquals(theirs, ours);
        }
        assertSearchable(x.elf());
        assertTrue(
            frames(link(d, kind, ibt, "-Wl,--no-ld-generated-unwind-info").output()).isEmpty());
      }
    }
  }

  /** .eh_frame_hdr has rows, in order, for the first byte of each section of the PLT. */
  private static void assertSearchable(ElfImage elf) {
    ElfImage.Section hdr = elf.section(".eh_frame_hdr");
    java.nio.ByteBuffer b =
        java.nio.ByteBuffer.wrap(elf.content(".eh_frame_hdr"))
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int rows = b.getInt(8);
    assertEquals(12 + 8 * rows, hdr.size());
    Set<Long> begins = new TreeSet<>();
    long before = Long.MIN_VALUE;
    for (int i = 0; i < rows; i++) {
      long pc = hdr.addr() + b.getInt(12 + 8 * i);
      assertTrue(pc > before, "rows are not in order");
      before = pc;
      begins.add(pc);
      long fde = hdr.addr() + b.getInt(16 + 8 * i);
      assertEquals(pc, fde + 8 + (int) elf.wordAt(fde + 8), "the row's FDE is of another address");
    }
    for (ElfImage.Section s : elf.sections) {
      assertTrue(!s.name().startsWith(".plt") || begins.contains(s.addr()), s::toString);
    }
  }

  /**
   * The PLT's records and rows hold distances of 32 bits: what does not fit has no row, or is an
   * error.
   */
  @Test
  void outOfReach() {
    Tools.needC(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    Path lib = w.jld("-shared", w.asm("lib", ".globl f\n.type f,@function\nf: ret\n")).output();
    Path main =
        w.asm(
            "main",
            """
            .globl _start
            .text
            _start: .cfi_startproc
            ret
            .cfi_endproc
            .section far,"ax",@progbits
            call f@plt
            """);
    ElfImage x = atPlt(w, main, lib, 0x10000000).elf();
    long hdr = x.section(".eh_frame_hdr").addr();
    assertTrue(hdr + 4 < x.section(".eh_frame").addr());
    // The records are a little nearer to the PLT than the table of them is.
    long tooFar = hdr + 0x80000000L + 15 & -16;
    assertSearchable(atPlt(w, main, lib, tooFar - 16).elf());
    Linked noTable = atPlt(w, main, lib, tooFar).ok();
    assertTrue(
        noTable.err().contains("code is too far from .eh_frame_hdr for its 32-bit offsets"),
        noTable::toString);
    assertFalse(noTable.err().contains("the PLT is too far"), noTable::toString);
    w.jld(at(main, lib, tooFar, "--no-eh-frame-hdr")).ok();
    w.jld(at(main, lib, tooFar + 0x10000, "--no-eh-frame-hdr"))
        .failed(
            "the PLT is too far from .eh_frame for its 32-bit offsets; link with"
                + " --no-ld-generated-unwind-info");
    w.jld(at(main, lib, tooFar + 0x10000, "--no-ld-generated-unwind-info")).ok();
  }

  private static Linked atPlt(Workbench w, Path main, Path lib, long plt) {
    return w.jld(at(main, lib, plt, "--eh-frame-hdr"));
  }

  private static Object[] at(Path main, Path lib, long plt, String option) {
    return new Object[] {
      option,
      main,
      lib,
      "--section-start=.text=0x500000",
      "--section-start=.plt=0x" + Long.toHexString(plt),
      "--section-start=far=0x" + Long.toHexString(plt + 0x1000),
      "--section-start=.got.plt=0x" + Long.toHexString(plt + 0x4000)
    };
  }

  /** gdb finds the way back from every instruction of the first call of a function. */
  @ParameterizedTest
  @EnumSource
  void backtraces(Target target) {
    Tools.needC(target);
    Tools.needDebugger(target);
    for (String ibt : List.of("-Wl,-z,ibtplt", "-O1")) {
      Dynamic d = dynamic(target, ibt);
      for (String kind : KINDS) {
        Linked x = link(d, kind, ibt);
        ElfImage elf = x.elf();
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch"));
        command.addAll(List.of("-iex", "set debuginfod enabled off"));
        for (String c :
            List.of(
                "set startup-with-shell off",
                "break main",
                "run",
                "print/x (long) &main",
                "break 'g@plt'",
                "continue",
                "bt")) {
          command.addAll(List.of("-ex", c));
        }
        for (int i = 0; i < 12; i++) {
          command.addAll(List.of("-ex", "stepi", "-ex", "bt"));
        }
        command.add(x.output().toString());
        Proc p = Proc.run(dir, command);
        org.junit.jupiter.api.Assumptions.assumeTrue(
            !p.err().contains("ptrace"), () -> "no ptrace here: " + p.err());
        int at = p.out().indexOf("$1 = 0x");
        assertTrue(at > 0, p::toString);
        long bias = address(p.out(), at + 7) - elf.symbol("main").value();
        Set<String> seen = new TreeSet<>();
        for (String stop : p.out().split("#0  0x")) {
          long pc = stop.contains("#1") ? address(stop, 0) - bias : 0;
          for (ElfImage.Section s : elf.sections) {
            if (s.name().startsWith(".plt") && s.holds(pc)) {
              seen.add(s.name() + (s.name().equals(".plt") && pc < s.addr() + 16 ? " start" : ""));
              assertTrue(stop.contains("#1  0x") && stop.contains(" in main ()"), p::toString);
            }
          }
        }
        // the entry and the header; with IBT the entry of .plt as well
        List<String> all = List.of(".plt", ".plt start", ".plt.sec");
        assertEquals(ibt.equals("-O1") ? all.subList(0, 2) : all, List.copyOf(seen), p::toString);
      }
    }
  }

  private static long address(String text, int from) {
    int end = from;
    while (Character.digit(text.charAt(end), 16) >= 0) {
      end++;
    }
    return Long.parseUnsignedLong(text, from, end, 16);
  }
}
