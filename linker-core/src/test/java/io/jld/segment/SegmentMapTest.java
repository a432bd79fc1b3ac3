package io.jld.segment;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.ElfClass;
import io.jld.layout.BinaryOutput;
import io.jld.link.Diagnostic;
import io.jld.link.LinkException;
import io.jld.link.Severity;
import io.jld.model.OutputSection;
import io.jld.plan.Place;
import io.jld.segment.ProgramHeaders.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Segments and file offsets of scripts' layouts. What is expected is what GNU ld 2.40 makes of
 * scripts that give these addresses, but where a test says otherwise.
 *
 * <p>A section is a line: name, flags (as readelf has them, Z for NOBITS, N for notes), address,
 * size, alignment; {@code @} and a load address; {@code :} and names of headers; {@code ->} and the
 * offset that is expected. A header is a line as readelf has it: offset, address, load address,
 * sizes in the file and in memory, alignment. Numbers are hexadecimal.
 */
class SegmentMapTest {
  private static final int PAGE = 0x1000;
  private static final Map<String, Integer> TYPES =
      Map.of(
          "NULL", PT_NULL,
          "LOAD", PT_LOAD,
          "DYNAMIC", PT_DYNAMIC,
          "INTERP", PT_INTERP,
          "NOTE", PT_NOTE,
          "PHDR", PT_PHDR,
          "TLS", PT_TLS,
          "GNU_EH_FRAME", PT_GNU_EH_FRAME,
          "GNU_STACK", PT_GNU_STACK,
          "GNU_RELRO", PT_GNU_RELRO);

  /** What a layout depends on; each test changes what it is about. */
  private static final class Rules {
    private final ElfClass elf;
    private boolean paged = true;
    private boolean separate = true;
    private boolean headersLoaded;
    private int stack;
    private long relroStart;
    private long relroEnd;
    private List<ScriptHeader> headers;

    Rules(ElfClass elf) {
      this.elf = elf;
    }

    SegmentRules get() {
      return new SegmentRules(
          elf,
          PAGE,
          PAGE,
          paged,
          false,
          separate,
          headersLoaded,
          stack,
          0,
          relroStart,
          relroEnd,
          true,
          null,
          headers);
    }

    /** {@code PHDRS}: each a line of name, type, {@code FILEHDR}, {@code PHDRS}, AT=, FLAGS=. */
    Rules phdrs(String lines) {
      headers = new ArrayList<>();
      int line = 0;
      for (String l : lines.strip().split("\n")) {
        String[] words = l.strip().split(" +");
        Long at = null;
        Integer flags = null;
        for (String w : words) {
          at = w.startsWith("AT=") ? Long.valueOf(w.substring(3), 16) : at;
          flags = w.startsWith("FLAGS=") ? Integer.valueOf(w.substring(6)) : flags;
        }
        List<String> all = List.of(words);
        headers.add(
            new ScriptHeader(
                Place.of("s.ld", ++line, 1),
                words[0],
                TYPES.get(words[1]),
                all.contains("FILEHDR"),
                all.contains("PHDRS"),
                at,
                flags));
      }
      return this;
    }
  }

  private static List<OutputSection> sections(String lines) {
    List<OutputSection> sections = new ArrayList<>();
    for (String l : lines.strip().split("\n")) {
      String[] w = l.strip().split(" +");
      if (!w[0].startsWith(".")) {
        continue;
      }
      OutputSection s = new OutputSection(w[0], sections.size());
      int type = w[1].contains("Z") ? SHT_NOBITS : w[1].contains("N") ? SHT_NOTE : SHT_PROGBITS;
      long flags = w[1].contains("A") ? SHF_ALLOC : 0;
      flags |= w[1].contains("W") ? SHF_WRITE : 0;
      flags |= w[1].contains("X") ? SHF_EXECINSTR : 0;
      flags |= w[1].contains("T") ? SHF_TLS : 0;
      s.add(1, type, flags, hex(w[4]), 0);
      s.addr = hex(w[2]);
      s.loadAddr = s.addr;
      s.size = hex(w[3]);
      for (String more : w) {
        if (more.startsWith("@")) {
          s.loadAddr = hex(more.substring(1));
        } else if (more.startsWith(":")) {
          s.headerNames = List.of(more.substring(1).split(":"));
        } else if (more.equals("NOLOAD")) {
          s.isNotLoaded = true;
        }
      }
      sections.add(s);
    }
    return sections;
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  private static String line(Header h) {
    String type = Integer.toHexString(h.type());
    for (Map.Entry<String, Integer> e : TYPES.entrySet()) {
      type = e.getValue() == h.type() ? e.getKey() : type;
    }
    String flags =
        ((h.flags() & PF_R) != 0 ? "R" : "-")
            + ((h.flags() & PF_W) != 0 ? "W" : "-")
            + ((h.flags() & PF_X) != 0 ? "E" : "-");
    return String.format(
        "%s %s %x %x %x %x %x %x",
        type, flags, h.offset(), h.addr(), h.loadAddr(), h.filesz(), h.memsz(), h.align());
  }

  /** Makes the map of the lines' sections and compares offsets and headers with the lines. */
  private static SegmentMap check(Rules rules, String lines) {
    List<OutputSection> sections = sections(lines);
    SegmentRules r = rules.get();
    SegmentMap map = SegmentMap.make(sections, r, SegmentMap.estimate(sections, r), true);
    StringBuilder expected = new StringBuilder();
    StringBuilder actual = new StringBuilder();
    int i = 0;
    for (String l : lines.strip().split("\n")) {
      expected.append(l.strip()).append('\n');
      if (l.strip().startsWith(".")) {
        String said = l.strip().substring(0, l.strip().indexOf("->"));
        actual.append(said).append("-> ").append(Long.toHexString(sections.get(i++).offset));
        actual.append('\n');
      }
    }
    for (Header h : map.headers()) {
      actual.append(line(h)).append('\n');
    }
    assertEquals(expected.toString(), actual.toString());
    return map;
  }

  private static String messages(SegmentMap map) {
    StringBuilder all = new StringBuilder();
    for (Diagnostic d : map.messages()) {
      all.append(d).append('\n');
    }
    return all.toString();
  }

  @ParameterizedTest
  @EnumSource
  void whatSharesPagesIsOneSegment(ElfClass elf) {
    SegmentMap map =
        check(
            new Rules(elf),
            """
            .text AX 400000 3e 1 -> 1000
            .rodata A 40003e 21 1 -> 103e
            .data WA 40005f 28 1 -> 105f
            .bss WAZ 400087 32 1 -> 1087
            LOAD RWE 1000 400000 400000 87 b9 1000
            """);
    assertEquals("", messages(map));
    assertEquals(0x1087, map.size());
  }

  @ParameterizedTest
  @EnumSource
  void rightsMakeSegments(ElfClass elf) {
    Rules rules = new Rules(elf);
    check(
        rules,
        """
        .rodata A 400200 21 1 -> 200
        .text AX 401000 3e 1 -> 1000
        .data WA 402000 28 1 -> 2000
        .bss WAZ 402028 32 1 -> 2028
        LOAD R-- 0 400000 400000 221 221 1000
        LOAD R-E 1000 401000 401000 3e 3e 1000
        LOAD RW- 2000 402000 402000 28 5a 1000
        """);
    rules.separate = false;
    rules.stack = PF_R | PF_W;
    check(
        rules,
        """
        .rodata A 400200 21 1 -> 200
        .text AX 401000 3e 1 -> 1000
        .data WA 402000 28 1 -> 2000
        .bss WAZ 402028 32 1 -> 2028
        LOAD R-E 0 400000 400000 103e 103e 1000
        LOAD RW- 2000 402000 402000 28 5a 1000
        GNU_STACK RW- 0 0 0 0 0 10
        """);
  }

  @Test
  void headersBesideCodeAreNotExecutable() {
    Rules rules = new Rules(ElfClass.ELF64);
    rules.headersLoaded = true;
    check(
        rules,
        """
        .text AX 4000b0 3e 1 -> b0
        .data WA 4000ee 28 1 -> ee
        LOAD R-- 0 400000 3ff000 b0 b0 1000
        LOAD RWE b0 4000b0 4000b0 66 66 1000
        """);
    rules = new Rules(ElfClass.ELF32);
    rules.headersLoaded = true;
    check(
        rules,
        """
        .text AX 400074 3e 1 -> 74
        .data WA 4000b2 28 1 -> b2
        LOAD R-- 0 400000 3ff000 74 74 1000
        LOAD RWE 74 400074 400074 66 66 1000
        """);
  }

  /** Each header more needs more room, which the first section may not have left. */
  @Test
  void roomThatOneMoreHeaderTakesIsKept() {
    Rules rules = new Rules(ElfClass.ELF64);
    rules.stack = PF_R | PF_W;
    SegmentMap map =
        check(
            rules,
            """
            .text AX 400100 33 10 -> 1100
            .data WA 401000 28 1000 -> 2000
            LOAD R-E 1100 400100 400100 33 33 1000
            LOAD RW- 2000 401000 401000 28 28 1000
            GNU_STACK RW- 0 0 0 0 0 10
            """);
    assertEquals(4, map.room()); // three, and the one of the headers themselves if there were room
  }

  @ParameterizedTest
  @EnumSource
  void skippedPagesAreInNoSegment(ElfClass elf) {
    check(
        new Rules(elf),
        """
        .text AX 10000 3e 1 -> 1000
        .rodata A 1003e 21 1 -> 103e
        .data WA 12000 28 1 -> 2000
        .bss WAZ 13040 32 1 -> 2028
        LOAD R-E 1000 10000 10000 5f 5f 1000
        LOAD RW- 2000 12000 12000 28 1072 1000
        """);
  }

  @ParameterizedTest
  @EnumSource
  void loadAddressesMakeSegments(ElfClass elf) {
    check(
        new Rules(elf),
        """
        .text AX 8000000 3e 1 -> 1000
        .rodata A 800003e 21 1 -> 103e
        .data WA 20000000 28 1 @800005f -> 2000
        .bss WAZ 20000028 32 1 @8000088 -> 2028
        LOAD R-E 1000 8000000 8000000 5f 5f 1000
        LOAD RW- 2000 20000000 800005f 28 28 1000
        LOAD RW- 28 20000028 8000088 0 32 1000
        """);
  }

  /** The file is in the order of load addresses, and the table as well. */
  @ParameterizedTest
  @EnumSource
  void loadAddressesGoBackwards(ElfClass elf) {
    check(
        new Rules(elf),
        """
        .text AX 10000 3e 1 @30000 -> 2000
        .data WA 20000 28 1 @8000 -> 1000
        LOAD RW- 1000 20000 8000 28 28 1000
        LOAD R-E 2000 10000 30000 3e 3e 1000
        """);
  }

  @ParameterizedTest
  @EnumSource
  void zerosBeforeContentOnTheirPageAreInTheFile(ElfClass elf) {
    check(
        new Rules(elf),
        """
        .text AX 400000 3e 1 -> 1000
        .bss WAZ 40003e 32 1 -> 103e
        .data WA 400070 28 1 -> 1070
        .rodata A 400098 21 1 -> 1098
        LOAD RWE 1000 400000 400000 b9 b9 1000
        """);
  }

  @ParameterizedTest
  @EnumSource
  void contentOnThePageAfterZerosIsASegment(ElfClass elf) {
    check(
        new Rules(elf),
        """
        .data WA 400000 28 1 -> 1000
        .bss WAZ 400028 fd8 1 -> 1028
        .text AX 401000 3e 1 -> 2000
        .rodata A 40103e 21 1 -> 203e
        LOAD RW- 1000 400000 400000 28 1000 1000
        LOAD R-E 2000 401000 401000 5f 5f 1000
        """);
  }

  /** {@code -n}, {@code -N}: only alignment counts, and the headers are not loaded. */
  @Test
  void notByPages() {
    Rules rules = new Rules(ElfClass.ELF64);
    rules.paged = false;
    check(
        rules,
        """
        .text AX 4000a0 3e 1 -> 120
        .data WA 400100 28 40 -> 180
        .bss WAZ 405000 32 1 -> 1a8
        .rodata A 405032 21 1 -> 1a8
        LOAD RWE 120 4000a0 4000a0 88 88 40
        LOAD RW- 0 405000 405000 0 32 1
        LOAD R-- 1a8 405032 405032 21 21 1
        """);
    rules = new Rules(ElfClass.ELF32);
    rules.paged = false;
    check(
        rules,
        """
        .text AX 4000a0 3e 1 -> a0
        .data WA 400100 28 40 -> 100
        .bss WAZ 405000 32 1 -> 128
        .rodata A 405032 21 1 -> 128
        LOAD RWE a0 4000a0 4000a0 88 88 40
        LOAD RW- 0 405000 405000 0 32 1
        LOAD R-- 128 405032 405032 21 21 1
        """);
  }

  @ParameterizedTest
  @EnumSource
  void notesAndThreadLocals(ElfClass elf) {
    Rules rules = new Rules(elf);
    rules.separate = false;
    rules.stack = PF_R | PF_W;
    List<OutputSection> all =
        sections(".note.a AN 0 14 4\n.note.b AN 0 14 4\n.note.c AN 0 18 8\n.tdata WAT 0 8 10");
    assertEquals(6, SegmentMap.estimate(all, rules.get()));
    check(
        rules,
        """
        .note.a AN 400000 14 4 -> 1000
        .note.b AN 400014 14 4 -> 1014
        .note.c AN 400028 18 8 -> 1028
        .text AX 400040 3e 1 -> 1040
        .rodata A 40007e 21 1 -> 107e
        .tdata WAT 4010a0 8 10 -> 10a0
        .tbss WATZ 4010b0 18 10 -> 10a8
        .data WA 4010b0 28 1 -> 10b0
        .bss WAZ 4010d8 32 1 -> 10d8
        .comment - 0 9 1 -> 10d8
        LOAD R-E 1000 400000 400000 9f 9f 1000
        LOAD RW- 10a0 4010a0 4010a0 38 6a 1000
        NOTE R-- 1000 400000 400000 28 28 4
        NOTE R-- 1028 400028 400028 18 18 8
        TLS R-- 10a0 4010a0 4010a0 8 28 10
        GNU_STACK RW- 0 0 0 0 0 10
        """);
  }

  @Test
  void threadLocalsStandSideBySide() {
    SegmentRules rules = new Rules(ElfClass.ELF64).get();
    List<OutputSection> apart =
        sections(".tdata WAT 1000 8 8\n.data WA 1008 8 8\n.tbss WATZ 1010 8 8");
    LinkException e =
        assertThrows(LinkException.class, () -> SegmentMap.make(apart, rules, 4, true));
    assertTrue(e.getMessage().contains("TLS sections are not adjacent"), e.getMessage());
  }

  @Test
  void interpreter() {
    Rules rules = new Rules(ElfClass.ELF64);
    rules.separate = false;
    rules.headersLoaded = true;
    check(
        rules,
        """
        .interp A e8 1c 1 -> e8
        .text AX 104 3e 1 -> 104
        .data WA 142 28 1 -> 142
        PHDR R-- 40 40 40 a8 a8 8
        INTERP R-- e8 e8 e8 1c 1c 1
        LOAD RWE 0 0 0 16a 16a 1000
        """);
    rules = new Rules(ElfClass.ELF32);
    rules.separate = false;
    check( // no room was left: PT_PHDR needs a page before
        rules,
        """
        .interp A 400000 1c 1 -> 1000
        .text AX 40001c 3e 1 -> 101c
        PHDR R-- 34 3ff034 3ff034 60 60 4
        INTERP R-- 1000 400000 400000 1c 1c 1
        LOAD R-E 0 3ff000 3ff000 105a 105a 1000
        """);
    SegmentRules r = rules.get();
    SegmentMap map = SegmentMap.make(sections(".interp A 10 1c 1\n.text AX 2c 3e 1"), r, 3, true);
    assertTrue(messages(map).contains("PHDR segment not covered by LOAD segment"), messages(map));
  }

  @ParameterizedTest
  @EnumSource
  void alignmentAboveThePage(ElfClass elf) {
    check(
        new Rules(elf),
        """
        .text AX 10000 3e 1 -> 1000
        .rodata A 1003e 21 1 -> 103e
        .data WA 14000 10 4000 -> 4000
        .bss WAZ 14010 32 1 -> 4010
        LOAD R-E 1000 10000 10000 5f 5f 1000
        LOAD RW- 4000 14000 14000 10 42 4000
        """);
  }

  @ParameterizedTest
  @EnumSource
  void relro(ElfClass elf) {
    Rules rules = new Rules(elf);
    rules.relroStart = 0x11ed0;
    rules.relroEnd = 0x12000;
    check(
        rules,
        """
        .text AX 10000 3e 1 -> 1000
        .rodata A 1003e 21 1 -> 103e
        .jcr WA 11ed0 123 10 -> 1ed0
        .data WA 12000 28 1 -> 2000
        .bss WAZ 12028 32 1 -> 2028
        LOAD R-E 1000 10000 10000 5f 5f 1000
        LOAD RW- 1ed0 11ed0 11ed0 158 18a 1000
        GNU_RELRO R-- 1ed0 11ed0 11ed0 130 130 1
        """);
  }

  @Test
  void phdrs() {
    String headers =
        """
        headers PHDR PHDRS
        text LOAD FILEHDR PHDRS
        data LOAD
        note NOTE
        stack GNU_STACK FLAGS=6
        """;
    check(
        new Rules(ElfClass.ELF64).phdrs(headers),
        """
        .text AX 400158 3e 1 :text -> 158
        .note.a AN 400198 14 4 :text:note -> 198
        .rodata A 4001ac 21 1 :text -> 1ac
        .data WA 401010 28 1 :data -> 1010
        .bss WAZ 401038 32 1 -> 1038
        PHDR R-- 40 400040 400040 118 118 8
        LOAD R-E 0 400000 400000 1cd 1cd 1000
        LOAD RW- 1010 401010 401010 28 5a 1000
        NOTE R-- 198 400198 400198 14 14 4
        GNU_STACK RW- 0 0 0 0 0 8
        """);
    check(
        new Rules(ElfClass.ELF32).phdrs(headers),
        """
        .text AX 4000d4 3e 1 :text -> d4
        .note.a AN 400114 14 4 :text:note -> 114
        .rodata A 400128 21 1 :text -> 128
        .data WA 401010 28 1 :data -> 1010
        .bss WAZ 401038 32 1 -> 1038
        PHDR R-- 34 400034 400034 a0 a0 4
        LOAD R-E 0 400000 400000 149 149 1000
        LOAD RW- 1010 401010 401010 28 5a 1000
        NOTE R-- 114 400114 400114 14 14 4
        GNU_STACK RW- 0 0 0 0 0 4
        """);
  }

  /** A section that names no header is in all of the one before, notes included; NOLOAD in none. */
  @Test
  void phdrsWithAtAndFlags() {
    check(
        new Rules(ElfClass.ELF64)
            .phdrs("rom LOAD AT=8000 FLAGS=5\nram LOAD\nempty LOAD\nnote NOTE"),
        """
        .text AX 10000 3e 1 @8000 :rom -> 1000
        .note.a AN 10040 14 4 @8040 :rom:note -> 1040
        .rodata A 10054 21 1 @8054 -> 1054
        .data WA 20000 28 1 @9000 :ram -> 2000
        .bss WAZ 20028 32 1 @9028 NOLOAD -> 2028
        LOAD R-E 1000 10000 8000 75 75 1000
        LOAD RW- 2000 20000 9000 28 28 1000
        LOAD --- 120 0 0 0 0 1000
        NOTE R-- 1040 10040 8040 35 35 4
        """);
  }

  /**
   * {@code AT} of a header counts more than the sections' load addresses, as the manual says; GNU
   * ld puts the difference as zeros into the file.
   */
  @ParameterizedTest
  @EnumSource
  void atOfTheHeaderCounts(ElfClass elf) {
    check(
        new Rules(elf).phdrs("rom LOAD AT=8000"),
        """
        .text AX 10000 3e 1 :rom -> 1000
        .rodata A 10040 21 1 -> 1040
        LOAD R-E 1000 10000 8000 61 61 1000
        """);
  }

  @ParameterizedTest
  @EnumSource
  void sectionsInNoSegment(ElfClass elf) {
    SegmentMap map =
        check(
            new Rules(elf).phdrs("text LOAD"),
            """
            .text AX 10000 3e 1 :text -> 1000
            .rodata A 1003e 21 1 :NONE -> 103e
            .data WA 1005f 28 1 -> 105f
            .bss WAZ 10087 32 1 :text -> 103e
            LOAD RWE 1000 10000 10000 3e b9 1000
            """);
    assertEquals(
        """
        warning: allocated section .rodata is in no segment [section-place]
        warning: allocated section .data is in no segment [section-place]
        """,
        messages(map));
  }

  /** Before the first section that names a header, its header counts. */
  @ParameterizedTest
  @EnumSource
  void sectionsBeforeTheFirstName(ElfClass elf) {
    check(
        new Rules(elf).phdrs("text LOAD\ndata LOAD"),
        """
        .vectors A 10000 10 1 -> 1000
        .text AX 10010 3e 1 :text -> 1010
        .data WA 11000 28 1 :data -> 2000
        LOAD R-E 1000 10000 10000 4e 4e 1000
        LOAD RW- 2000 11000 11000 28 28 1000
        """);
  }

  @ParameterizedTest
  @EnumSource
  void overlaysStandOneAfterTheOtherInTheFile(ElfClass elf) {
    String lines =
        """
        .text AX 1000 3e 1 -> 1000
        .rodata A 2000 21 1 @5000 -> 2000
        .data WA 2000 28 1 @5024 -> 3000
        .bss WAZ 2028 32 1 @504c -> 3028
        LOAD R-E 1000 1000 1000 3e 3e 1000
        LOAD R-- 2000 2000 5000 21 21 1000
        LOAD RW- 3000 2000 5024 28 5a 1000
        """;
    check(new Rules(elf), lines);
    assertEquals(List.of(), ScriptOverlaps.find(sections(lines)));
  }

  @ParameterizedTest
  @EnumSource
  void overlapsAreErrors(ElfClass elf) {
    String lines =
        """
        .text AX 1000 3e 1 -> 1000
        .rodata A 1010 21 1 -> 2010
        .data WA 1031 28 1 -> 2031
        .bss WAZ 1059 32 1 -> 2059
        LOAD R-E 1000 1000 1000 3e 3e 1000
        LOAD RW- 2010 1010 1010 49 7b 1000
        """;
    check(new Rules(elf), lines); // --no-check-sections
    assertEquals(
        List.of("section .rodata LMA [0x1010, 0x1030] overlaps section .text LMA [0x1000, 0x103d]"),
        overlaps(lines));
    assertEquals(
        List.of(
            "section .data LMA [0x8010, 0x8037] overlaps section .text LMA [0x8000, 0x803d]",
            "section .bss VMA [0x1020, 0x1051] overlaps section .data VMA [0x1010, 0x1037]"),
        overlaps(".text AX 1000 3e 1 @8000\n.data WA 1010 28 1 @8010\n.bss WAZ 1020 32 1 @8020"));
  }

  private static List<String> overlaps(String lines) {
    List<String> found = new ArrayList<>();
    for (Diagnostic d : ScriptOverlaps.find(sections(lines))) {
      assertEquals(Severity.ERROR, d.severity());
      found.add(d.message());
    }
    return found;
  }

  private static String error(String phdrs, String lines) {
    SegmentRules rules = new Rules(ElfClass.ELF64).phdrs(phdrs).get();
    try {
      return messages(SegmentMap.make(sections(lines), rules, rules.headers().size(), true));
    } catch (LinkException e) {
      return e.diagnostics().get(0).toString();
    }
  }

  @Test
  void whatIsWrongAboutPhdrs() {
    String text = ".text AX 400000 3e 1 :text";
    assertEquals(
        "error: section .text is assigned to non-existent phdr 'q' [segments]\n",
        error("text LOAD", ".text AX 400000 3e 1 :text:q"));
    assertTrue(error("text LOAD", ".text AX 400000 3e 1").contains("no section is assigned"));
    assertTrue(
        error("headers PHDR PHDRS\ntext LOAD", text)
            .startsWith("error: s.ld:1:1: PHDR segment not covered by LOAD segment"));
    assertTrue(
        error("text LOAD FILEHDR PHDRS", ".text AX 10 3e 1 :text")
            .startsWith("error: s.ld:1:1: not enough room for program headers: "));
    assertTrue(
        error("text LOAD\ndata LOAD FILEHDR", text)
            .startsWith("error: s.ld:2:1: segment data cannot have FILEHDR or PHDRS"));
    assertEquals(
        "error: section .text is assigned to two PT_LOAD segments [segments]\n",
        error("text LOAD\ndata LOAD", ".text AX 400000 3e 1 :text:data"));
    assertTrue(
        error("text LOAD\nrelro GNU_RELRO", text)
            .startsWith("warning: s.ld:2:1: no section is in PT_GNU_RELRO"));
    assertEquals(
        "error: section .b stands before section .a in the file, but after it in segment n"
            + " [segments]\n",
        error(
            "t LOAD FILEHDR PHDRS\nd LOAD\nn NOTE",
            ".b AN 10000 14 4 :t:n\n.a AN 20000 14 4 @800 :d:n"));
    assertTrue(
        error("text LOAD", text + "\n.data WA 800 8 8 @400100")
            .startsWith("warning: section .data cannot be allocated in segment text"));
  }

  /** {@code --oformat binary}: the file is what is between the lowest and the highest content. */
  @Test
  void binary() {
    List<OutputSection> some =
        sections(
            """
            .bss WAZ 7000 10 1
            .data WA 20000000 28 1 @8100
            .text AX 8000 3e 1
            .stack WAZ 9000 10 1
            .comment - 0 9 1
            """);
    assertEquals(0x128, BinaryOutput.placeLoaded(some));
    StringBuilder placed = new StringBuilder();
    for (OutputSection s : some) {
      placed.append(s.name()).append(' ').append(Long.toHexString(s.offset)).append(' ');
    }
    assertEquals(".bss 0 .text 0 .data 100 .stack 128 ", placed.toString());
    List<OutputSection> high = sections(".text AX ffffffff80000000 3e 1");
    assertEquals(0x3e, BinaryOutput.placeLoaded(high));
    List<OutputSection> overlap = sections(".text AX 1000 3e 1\n.data WA 1010 8 8");
    assertThrows(LinkException.class, () -> BinaryOutput.placeLoaded(overlap));
  }
}
