package io.jld.cli;

import io.jld.cli.TrainingObject.Section;
import io.jld.cli.TrainingObject.Symbol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the inputs of the training links: what compilers make of a C++ program and its libraries,
 * in all that matters to a linker, without meaning. It is the same at each run.
 */
final class TrainingFiles {
  private static final int PROGBITS = 1;
  private static final int NOTE = 7;
  private static final int NOBITS = 8;
  private static final int INIT_ARRAY = 14;
  private static final long WRITE = 1;
  private static final long ALLOC = 2;
  private static final long EXEC = 4;
  private static final long STRINGS = 0x30;
  private static final long GROUP = 0x200;
  private static final long TLS = 0x400;
  private static final int LOCAL = 0;
  private static final int GLOBAL = 1;
  private static final int WEAK = 2;
  private static final int NOTYPE = 0;
  private static final int OBJECT = 1;
  private static final int FUNC = 2;
  private static final int FILE = 4;
  private static final int STT_TLS = 6;
  private static final int IFUNC = 10;
  private static final int ABS = 0xfff1;
  private static final int COMMON = 0xfff2;

  /** Objects of a program. */
  static final int OBJECTS = 24;

  /** Position-independent objects of a program, and objects of the shared library. */
  static final int SHARED = 6;

  /** Size of a large section in bytes: several blocks. */
  private static final int LARGE = 4 << 20;

  /** Functions of an object, each in a section of its own. */
  private static final int FUNCTIONS = 40;

  /** Members of the archive, every fourth of which is linked. */
  private static final int MEMBERS = 1200;

  /** Members of the archive without an index. */
  private static final int FEW_MEMBERS = 100;

  /** A layout in the manner of a kernel's. */
  private static final String LAYOUT =
      """
      ENTRY(_start)
      PHDRS { text PT_LOAD FILEHDR PHDRS FLAGS(5); data PT_LOAD FLAGS(6); note PT_NOTE; }
      SECTIONS {
        . = 0x400000 + SIZEOF_HEADERS;
        .text : AT(ADDR(.text) - 0x1000) {
          begin = .; *(.text.unlikely .text.unlikely.*) *(SORT_BY_ALIGNMENT(.text.h*))
          KEEP(*start.o(.text)) *(.text .text.*)
          . = ALIGN(8); _etext = .;
        } :text =0x90
        .rodata : { *(.rodata .rodata.*) *(SORT(.data.rel.ro*)) } :text
        .eh_frame : { *(.eh_frame) }
        .gone : { begin_of_gone = .; *(.gone) }
        .notes : { *(.note.*) } :text :note
        . = ALIGN(CONSTANT(MAXPAGESIZE));
        .data : { *(EXCLUDE_FILE(*start.o) .data .data.*) BYTE(1) LONG(SIZEOF(.text)) QUAD(0) } :data
        .init_array : {
          __init_array_start = .;
          KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*))) KEEP(*(.init_array))
          __init_array_end = .;
        }
        .tdata : { *(.tdata .tdata.*) }
        .tbss : { *(.tbss .tbss.*) }
        .got : { *(.got) *(.got.plt) *(.igot*) }
        .rel : { *(.rel*) }
        .bss : { __bss_start = .; *(.bss .bss.* COMMON) . = ALIGN(4); }
        _end = .; _edata = ADDR(.bss);
        PROVIDE(end = .); PROVIDE_HIDDEN(__rela_iplt_start = begin);
        PROVIDE_HIDDEN(__rela_iplt_end = begin); PROVIDE_HIDDEN(__rel_iplt_start = begin);
        PROVIDE_HIDDEN(__rel_iplt_end = begin);
        /DISCARD/ : { *(.comment) *(.gnu.warning.*) }
        ASSERT(_end - begin < 0x10000000 && DEFINED(_start), "too large")
        is_large = _end > 0x500000 ? MAX(_end, 1) : ~0 & -1;
      }
      """;

  private static final List<String> DEFINED_BY_THE_LINKER =
      List.of(
          "__start_train_set",
          "__stop_train_set",
          "__ehdr_start",
          "__init_array_start",
          "__init_array_end",
          "_etext",
          "_edata",
          "_end",
          "__bss_start");

  private final TrainingTarget target;
  private final Path dir;
  private int seed = 1;

  TrainingFiles(TrainingTarget target, Path dir) {
    this.target = target;
    this.dir = dir;
  }

  /**
   * Writes all files: start.o, other.o, program0.o, pie0.o, shared0.o and on, libtrain.a,
   * libplain.a without an index, shared.map, layout.ld, and libscript.so, which names libshared.so.
   */
  void write() throws IOException {
    Files.createDirectories(dir);
    Files.write(dir.resolve("start.o"), start());
    for (int i = 0; i < OBJECTS; i++) {
      Files.write(dir.resolve("program" + i + ".o"), new Unit("p", i, OBJECTS, false).write());
    }
    for (int i = 0; i < SHARED; i++) {
      Files.write(dir.resolve("pie" + i + ".o"), new Unit("p", i, SHARED, true).write());
      Files.write(dir.resolve("shared" + i + ".o"), new Unit("s", i, SHARED, true).write());
    }
    Files.write(dir.resolve("other.o"), other());
    Files.write(dir.resolve("libtrain.a"), archive(MEMBERS, true));
    Files.write(dir.resolve("libplain.a"), archive(FEW_MEMBERS, false));
    Files.writeString(dir.resolve("shared.map"), "TRAIN_1 { global: s*; data_*; local: *; };\n");
    Files.writeString(dir.resolve("layout.ld"), LAYOUT);
    Files.writeString(
        dir.resolve("libscript.so"),
        "/* GNU ld script */\nGROUP ( libshared.so AS_NEEDED ( libtrain.a ) )\n");
  }

  private int random(int bound) {
    seed = seed * 1103515245 + 12345;
    return (seed >>> 8) % bound;
  }

  private TrainingObject object() {
    return new TrainingObject(target.is64(), target.machine());
  }

  private byte[] start() {
    TrainingObject o = object();
    Section text = o.section(".text", PROGBITS, ALLOC | EXEC, 16, 0);
    text.content.u8(0xe8);
    call(text, o.symbol("p0_0", GLOBAL, NOTYPE, 0, null, 0, 0), target.pcRelative(), -4);
    o.symbol("_start", GLOBAL, FUNC, 0, text, 0, 5);
    // Moved in front of .text, so that sections are sorted.
    Section resolver = o.section(".text.unlikely.resolver", PROGBITS, ALLOC | EXEC, 16, 0);
    resolver.content.u8(0xc3);
    o.symbol("choice", GLOBAL, IFUNC, 0, resolver, 0, 1);
    // Their name is one of C's, so that the linker defines where they begin and end; and they are
    // so large that sections and blocks are written at the same time.
    Section set = o.section("train_set", PROGBITS, ALLOC | WRITE, 16, 0);
    for (String name : DEFINED_BY_THE_LINKER) {
      word(set, o.symbol(name, GLOBAL, NOTYPE, 0, null, 0, 0));
    }
    set.content.align(LARGE);
    o.section("train_set", PROGBITS, ALLOC | WRITE, 16, 0).content.u8(1).align(LARGE);
    o.section(".gnu.warning.dangerous", PROGBITS, 0, 1, 0).content.string("is never called");
    o.section(".note.GNU-stack", PROGBITS, 0, 1, 0);
    for (String name : List.of("__tls_get_addr", "___tls_get_addr", "_init", "dangerous")) {
      o.symbol(name, WEAK, FUNC, 0, text, 0, 1);
    }
    return o.write();
  }

  /** What only a shared library that another one needs defines. */
  private byte[] other() {
    TrainingObject o = object();
    Section text = o.section(".text", PROGBITS, ALLOC | EXEC, 16, 0);
    text.content.u8(0xc3);
    o.symbol("elsewhere", GLOBAL, FUNC, 0, text, 0, 1);
    o.section(".note.GNU-stack", PROGBITS, 0, 1, 0);
    return o.write();
  }

  /** Appends a field of four bytes. */
  private void call(Section s, Symbol symbol, int type, long addend) {
    s.reloc(s.content.size(), symbol, type, addend);
    s.content.u32(target.is64() ? 0 : addend);
  }

  private void word(Section s, Symbol symbol) {
    s.reloc(s.content.size(), symbol, target.word(), 0);
    s.content.number(0, target.wordSize());
  }

  /** One object. */
  private final class Unit {
    private final String prefix;
    private final int number;
    private final int units;
    private final boolean pic;
    private final TrainingObject o = object();
    private final Section strings = o.section(".rodata.str1.1", PROGBITS, ALLOC | STRINGS, 1, 1);
    private final Section frames =
        o.section(".eh_frame", target.is64() ? 0x70000001 : PROGBITS, ALLOC, 8, 0);
    private final Section info = o.section(".debug_info", PROGBITS, 0, 1, 0);
    private final Section names = o.section(".debug_str", PROGBITS, STRINGS, 1, 1);
    private final List<Symbol> texts = new ArrayList<>();
    private final Map<String, Symbol> undefined = new HashMap<>();

    Unit(String prefix, int number, int units, boolean pic) {
      this.prefix = prefix;
      this.number = number;
      this.units = units;
      this.pic = pic;
    }

    byte[] write() {
      o.special(prefix + number + ".cc", LOCAL, FILE, ABS, 0, 0);
      strings();
      // Call frame information: a CIE "zR" with PC-relative addresses, then a record for each
      // function.
      frames
          .content
          .u32(16)
          .u32(0)
          .u8(1)
          .string("zR")
          .u8(1)
          .u8(0x78)
          .u8(16)
          .u8(1)
          .u8(0x1b)
          .align(4);
      Section data = o.section(".data", PROGBITS, ALLOC | WRITE, 32, 0);
      Section tables = o.section(".data.rel.ro", PROGBITS, ALLOC | WRITE, 32, 0);
      Section zeros = o.section(".bss", NOBITS, ALLOC | WRITE, 32, 0).noBits(256);
      Section tls = o.section(".tdata", PROGBITS, ALLOC | WRITE | TLS, 8, 0);
      tls.content.u32(number).u32(0);
      o.symbol("tls_" + prefix + number, GLOBAL, STT_TLS, 0, tls, 0, 4);
      o.symbol("zeros_" + prefix + number, GLOBAL, OBJECT, 0, zeros, 0, 256);
      o.special("common_" + prefix, GLOBAL, OBJECT, COMMON, 16, 64);
      for (int f = 0; f < FUNCTIONS; f++) {
        Section text =
            o.section(".text." + prefix + number + "_" + f, PROGBITS, ALLOC | EXEC, 16, 0);
        function(text, prefix + number + "_" + f, GLOBAL);
      }
      for (int f = 0; f < FUNCTIONS / 4; f++) {
        comdat("inline_" + prefix + f);
      }
      for (int i = 0; i < FUNCTIONS; i++) {
        int at = tables.content.size();
        for (int k = 0; k < 4; k++) {
          word(tables, target("function"));
        }
        o.symbol(
            "data_" + prefix + number + "_" + i,
            GLOBAL,
            OBJECT,
            0,
            i % 2 == 0 ? data : tables,
            at,
            16);
        word(data, i % 4 == 0 ? strings.symbol() : target("data"));
        data.content.align(32);
      }
      Section init =
          o.section(".init_array", INIT_ARRAY, ALLOC | WRITE, target.wordSize(), target.wordSize());
      word(init, target("function"));
      o.section(".comment", PROGBITS, STRINGS, 1, 1).content.u8(0).string("training");
      o.section(".note.GNU-stack", PROGBITS, 0, 1, 0);
      Section property = o.section(".note.gnu.property", NOTE, ALLOC, target.wordSize(), 0);
      property
          .content
          .u32(4)
          .u32(target.is64() ? 16 : 12)
          .u32(5)
          .string("GNU")
          .u32(0xc0000002L)
          .u32(4)
          .u32(3)
          .align(target.wordSize());
      return o.write();
    }

    private void strings() {
      for (int i = 0; i < FUNCTIONS; i++) {
        texts.add(o.symbol(".LC" + i, LOCAL, NOTYPE, 0, strings, strings.content.size(), 0));
        strings.content.string("a text of the program, number " + (i % 3 == 0 ? i : number * i));
        names.content.string("name" + (i % 2 == 0 ? i : number * 100 + i));
      }
    }

    private void comdat(String name) {
      Section group = o.group();
      Section text = o.section(".text." + name, PROGBITS, ALLOC | EXEC | GROUP, 16, 0);
      o.comdat(group, function(text, name, WEAK), text);
    }

    private Symbol function(Section text, String name, int bind) {
      int lines = target.code().size();
      for (int i = 0; i < 12; i++) {
        String line = target.code().get(random(lines));
        if (!line.startsWith("!") || !pic) {
          instruction(text, line);
        }
      }
      text.content.u8(0xc3);
      int size = text.content.size();
      o.symbol(".L" + name, LOCAL, NOTYPE, 0, text, size / 2, 0);
      frames.content.u32(16);
      frames.content.u32(frames.content.size());
      call(frames, text.symbol(), target.pcRelative(), 0);
      frames.content.u32(size).u32(0);
      int at = info.content.size();
      info.content.u8(1).u32(0).number(0, target.wordSize()).u32(size);
      info.reloc(at + 1, names.symbol(), target.narrow(), 0);
      info.reloc(at + 5, text.symbol(), target.word(), 0);
      return o.symbol(name, bind, FUNC, 0, text, 0, size);
    }

    private void instruction(Section text, String line) {
      String[] words = line.substring(line.startsWith("!") ? 1 : 0).split(" ");
      Symbol of = target(words[0]);
      for (int i = 1; i < words.length; i++) {
        String w = words[i];
        if (w.charAt(0) != '{') {
          text.content.u8(Integer.parseInt(w, 16));
          continue;
        }
        String field = w.substring(1, w.length() - 1);
        int colon = field.indexOf(':');
        String number = colon < 0 ? field : field.substring(0, colon);
        int sign = Math.max(number.indexOf('+'), number.indexOf('-'));
        call(
            text,
            colon < 0 ? of : undefined(field.substring(colon + 1)),
            Integer.parseInt(number.substring(0, sign)),
            Integer.parseInt(number.substring(sign)));
      }
    }

    private Symbol target(String kind) {
      int unit = random(units);
      return switch (kind) {
        case "string" -> texts.get(random(FUNCTIONS));
        case "got" -> undefined("_GLOBAL_OFFSET_TABLE_");
        case "tls" -> undefined("tls_" + prefix + unit, STT_TLS);
        case "data" -> undefined("data_" + prefix + unit + "_" + random(FUNCTIONS));
        default -> undefined(function(unit));
      };
    }

    private String function(int unit) {
      int choice = random(16);
      if (pic && choice == 0) { // of the program: a call into the shared library
        return "s" + unit + "_" + random(FUNCTIONS);
      }
      if (prefix.equals("s") && choice == 1) {
        return "elsewhere";
      }
      if (pic || choice > 3) {
        return prefix + unit + "_" + random(FUNCTIONS);
      }
      return choice == 0 ? "choice" : "member_function_number_" + 4 * random(MEMBERS / 4);
    }

    private Symbol undefined(String name) {
      return undefined(name, NOTYPE);
    }

    private Symbol undefined(String name, int type) {
      return undefined.computeIfAbsent(name, n -> o.symbol(n, GLOBAL, type, 0, null, 0, 0));
    }
  }

  /** {@code ar}'s format; the names are longer than 15 characters and stand in a table. */
  private byte[] archive(int count, boolean indexed) {
    TrainingBytes table = new TrainingBytes();
    List<byte[]> members = new ArrayList<>();
    List<Integer> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(table.size());
      table.text("member_number_" + i + ".o/\n");
      members.add(member(i));
    }
    TrainingBytes out = new TrainingBytes().text("!<arch>\n");
    if (indexed) {
      int start = out.size() + 60 + even(index(members, 0).length) + 60 + even(table.size());
      entry(out, "/", index(members, start));
    }
    entry(out, "//", table.toArray());
    for (int i = 0; i < count; i++) {
      entry(out, "/" + names.get(i), members.get(i));
    }
    return out.toArray();
  }

  /**
   * The symbol index: how many names there are, where the member of each begins, and the names.
   *
   * @param start where the first member begins
   */
  private static byte[] index(List<byte[]> members, int start) {
    TrainingBytes index = new TrainingBytes().u32(Integer.reverseBytes(3 * members.size()));
    int at = start;
    for (byte[] member : members) {
      for (int i = 0; i < 3; i++) {
        index.u32(Integer.reverseBytes(at));
      }
      at += 60 + even(member.length);
    }
    for (int i = 0; i < members.size(); i++) {
      index.string("member_function_number_" + i);
      index.string("member_second_function_" + i);
      index.string("member_data_" + i);
    }
    return index.toArray();
  }

  private static int even(int size) {
    return size + (size & 1);
  }

  private static void entry(TrainingBytes out, String name, byte[] content) {
    out.text(pad(name, 16))
        .text(pad("0", 12))
        .text(pad("0", 6))
        .text(pad("0", 6))
        .text(pad("644", 8));
    out.text(pad(Integer.toString(content.length), 10)).text("`\n").bytes(content).align(2);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private byte[] member(int i) {
    TrainingObject o = object();
    o.special("member_number_" + i + ".c", LOCAL, FILE, ABS, 0, 0);
    Section text = o.section(".text", PROGBITS, ALLOC | EXEC, 16, 0);
    Section data = o.section(".data", PROGBITS, ALLOC | WRITE, 4, 0);
    o.section(".bss", NOBITS, ALLOC | WRITE, 4, 0).noBits(i % 64);
    Section strings = o.section(".rodata.str1.1", PROGBITS, ALLOC | STRINGS, 1, 1);
    Section frames = o.section(".eh_frame", target.is64() ? 0x70000001 : PROGBITS, ALLOC, 8, 0);
    o.section(".comment", PROGBITS, STRINGS, 1, 1).content.u8(0).string("training");
    o.section(".note.GNU-stack", PROGBITS, 0, 1, 0);
    strings.content.string("member").string("text of member " + i);
    Symbol next = o.symbol("member_function_number_" + (i / 8 * 4), GLOBAL, NOTYPE, 0, null, 0, 0);
    Symbol helper = o.symbol("helper" + i, LOCAL, FUNC, 0, text, 1, 5);
    for (int k = 0; k < 6; k++) {
      text.content.u8(0xe8);
      call(text, k % 3 == 0 ? next : helper, target.pcRelative(), -4);
    }
    text.content.u8(0xb8);
    call(text, strings.symbol(), target.narrow(), k(i));
    word(data, next);
    frames.content.u32(16).u32(0).u8(1).string("zR").u8(1).u8(0x78).u8(16).u8(1).u8(0x1b).align(4);
    frames.content.u32(16).u32(24);
    call(frames, text.symbol(), target.pcRelative(), 0);
    frames.content.u32(text.content.size()).u32(0);
    o.symbol("member_function_number_" + i, GLOBAL, FUNC, 0, text, 0, 20);
    o.symbol(
        "member_second_function_" + i, i % 5 == 0 ? WEAK : GLOBAL, FUNC, 2 * (i % 2), text, 20, 15);
    o.symbol("member_data_" + i, GLOBAL, OBJECT, 0, data, 0, 4);
    return o.write();
  }

  /** An offset that lies at the start of one of the member's two strings. */
  private static int k(int i) {
    return i % 2 * 7;
  }
}
