package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sound files in which a section or a symbol says something else of itself: another type, flags,
 * index, link, binding. What bytes that change at random rarely come to ({@link HostileInputTest})
 * is most of what happens here: names and types that do not belong together. Each link succeeds or
 * says what is wrong, and no internal error comes out. {@code -Djld.rounds=N} goes on for longer.
 */
class HostileHeadersTest {
  private static final int ROUNDS = Integer.getInteger("jld.rounds", 400);

  private static final String C =
      """
      extern int data; int function(void); extern int bss_elsewhere;
      static int bss[100]; int common; int big_common[100]; int copied(void);
      __thread int tls = 4; __thread int tls_bss; static __thread int tls_local[10];
      const char *const words[] = {"abc", "def", "abc"};
      static int chosen(void) { return 1; }
      static void *choose(void) { return chosen; }
      int picked(void) __attribute__((ifunc("choose")));
      __attribute__((constructor)) static void begin(void) { bss[1] = 1; }
      __attribute__((destructor)) static void end(void) { bss[2] = 1; }
      __attribute__((section("set_x"), used)) static int in_set = 5;
      extern int __start_set_x[] __attribute__((weak));
      int _start(void) {
        return data + function() + bss[3] + common + big_common[9] + tls + tls_bss + tls_local[2]
            + words[bss[4]][0] + picked() + __start_set_x[0] + bss_elsewhere;
      }
      """;

  /** Without a common that is thread-local, and with all else that has a place of its own. */
  private static final String ASSEMBLED =
      """
      .section .bss.more,"aw",@nobits
      .globl bss_elsewhere
      bss_elsewhere: .zero 40
      .section .tbss.more,"awT",@nobits
      .zero 16
      .section .text.ordered,"ax",@progbits
      ordered: nop
      .section .metadata,"ao",@progbits,.text.ordered
      .long 1
      .section .text.once,"axG",@progbits,once,comdat
      .globl once
      once: nop
      .section .ctors,"aw",@progbits
      .long 0, 0
      .section .init_array.5,"aw",@init_array
      .long 0, 0
      .section .note.x,"a",@note
      .long 4, 0, 1, 0x00787878
      .section .rodata.str1.1,"aMS",@progbits,1
      .asciz "abc"
      .section .rodata.cst8,"aM",@progbits,8
      .quad 1, 2
      .data
      .long once - ., ordered - .
      .globl absolute
      absolute = 77
      .comm common, 8, 8
      .file "named"
      .section .note.GNU-stack,"",@progbits
      """;

  private static final int[] SECTION_TYPES = {
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    14,
    15,
    16,
    17,
    18,
    19,
    0x6ffffff5,
    0x6ffffff6,
    0x6ffffffd,
    0x6ffffffe,
    0x6fffffff,
    0x70000001,
    0x80000000,
    -1
  };
  private static final int[] INDEXES = {0, 1, 2, 3, 4, 5, 7, 9, 0xff00, 0xfff1, 0xfff2, 0xffff};
  private static final int[] SIZES = {0, 1, 3, 4, 8, 16, 24, 0x1000, 0x7fffffff, -1};

  /** Sections that the linker makes or looks at; an input may call its own so. */
  private static final String[] NAMES = {
    ".dynamic",
    ".dynsym",
    ".dynstr",
    ".got",
    ".got.plt",
    ".plt",
    ".plt.got",
    ".plt.sec",
    ".interp",
    ".hash",
    ".gnu.hash",
    ".gnu.version",
    ".gnu.version_r",
    ".gnu.version_d",
    ".rela.dyn",
    ".rel.dyn",
    ".rela.plt",
    ".rel.plt",
    ".relr.dyn",
    ".eh_frame",
    ".eh_frame_hdr",
    ".note.gnu.property",
    ".note.gnu.build-id",
    ".note.package",
    ".note.GNU-stack",
    ".symtab",
    ".strtab",
    ".shstrtab",
    ".symtab_shndx",
    ".bss",
    ".tbss",
    ".bss.rel.ro",
    ".data",
    ".tdata",
    ".init_array",
    ".fini_array",
    ".preinit_array",
    ".ctors",
    ".dtors",
    ".comment",
    ".text",
    ".init",
    ".fini",
    ".rodata",
    ".gcc_except_table",
    ".debug_info",
    ".debug_str",
    ".zdebug_info",
    ".gnu.warning.x",
    ".gnu.linkonce.t.x",
    ".gnu_debuglink",
    ".stab",
    "set_x",
    ".lbss",
    ""
  };

  private static final int[] OTHER_TYPES = {1, 2, 6, 7, 8, 9, 11, 14, 18, 0x6ffffff6};
  private static final int[] FLAGS = {0, 2, 3, 6, 0x403, 0x32};

  @TempDir Path dir;

  /** What the links of a test have come to. */
  private static final class Links {
    private int failed;
    private int done;
    private final List<String> internal = new ArrayList<>();

    void link(String what, Random random, OutputKind kind, List<byte[]> inputs) {
      done++;
      try {
        Linker.link(request(random, kind, inputs));
      } catch (LinkException e) {
        failed++;
        if (e.getCause() != null) {
          internal.add(what + " " + kind + ": " + where(e.getCause()));
        }
      }
    }

    void check() {
      assertTrue(internal.isEmpty(), () -> String.join("\n", internal));
      assertNotEquals(0, failed, "no change was noticed");
      assertTrue(failed < done, "each link failed: the test looks at nothing");
    }
  }

  private record Inputs(byte[] assembled, byte[] user, byte[] library) {
    List<byte[]> with(byte[] changed, OutputKind kind) {
      return switch (kind) {
        case EXECUTABLE, PIE -> List.of(changed, user, library);
        case SHARED -> List.of(changed, library);
        case RELOCATABLE -> List.of(changed);
      };
    }
  }

  private Inputs inputs(Workbench w) throws IOException {
    byte[] library =
        Files.readAllBytes(library(w, "int data = 1; int function(void) { return data; }"));
    Inputs all =
        new Inputs(
            Files.readAllBytes(w.asm("assembled", ASSEMBLED)),
            Files.readAllBytes(w.asm("user", ".data\n.long data - ., function - .\n")),
            library);
    for (OutputKind kind : OutputKind.values()) {
      Linker.link(request(new Random(0), kind, all.with(all.assembled, kind)));
    }
    return all;
  }

  /** Each section with each type. */
  @ParameterizedTest
  @EnumSource
  void types(Target target) throws IOException {
    Tools.needC(target);
    Inputs inputs = inputs(new Workbench(dir, target));
    boolean wide = target.wordSize == 8;
    ByteBuffer sound = file(inputs.assembled);
    int headers = wide ? (int) sound.getLong(40) : sound.getInt(32);
    int count = sound.getShort(wide ? 60 : 48);
    Links links = new Links();
    for (int i = 1; i < count; i++) {
      for (int type : SECTION_TYPES) {
        byte[] bytes = inputs.assembled.clone();
        file(bytes).putInt(headers + i * (wide ? 64 : 40) + 4, type);
        for (OutputKind kind : OutputKind.values()) {
          String what = "section " + i + " of type " + type;
          links.link(what, new Random(i), kind, inputs.with(bytes, kind));
        }
      }
    }
    links.check();
  }

  /** Each symbol with each type and some sections. */
  @ParameterizedTest
  @EnumSource
  void symbols(Target target) throws IOException {
    Tools.needC(target);
    Inputs inputs = inputs(new Workbench(dir, target));
    boolean wide = target.wordSize == 8;
    ByteBuffer sound = file(inputs.assembled);
    int headers = wide ? (int) sound.getLong(40) : sound.getInt(32);
    int count = sound.getShort(wide ? 60 : 48);
    int table = symbolTable(sound, headers, wide ? 64 : 40, count, new Random(0));
    int at = wide ? (int) sound.getLong(table + 24) : sound.getInt(table + 16);
    int entry = wide ? 24 : 16;
    int end = at + (wide ? (int) sound.getLong(table + 32) : sound.getInt(table + 20));
    Links links = new Links();
    for (int symbol = at + entry; symbol < end; symbol += entry) {
      int info = symbol + (wide ? 4 : 12);
      for (int type = 0; type <= 10; type++) {
        for (int index : new int[] {sound.getShort(info + 2), 0, 1, 0xfff1, 0xfff2}) {
          byte[] bytes = inputs.assembled.clone();
          file(bytes).put(info, (byte) (sound.get(info) & 0xf0 | type));
          file(bytes).putShort(info + 2, (short) index);
          OutputKind kind = OutputKind.values()[(type + index & 0xff) % 4];
          String what = "symbol " + (symbol - at) / entry + " of type " + type + " in " + index;
          links.link(what, new Random(type), kind, inputs.with(bytes, kind));
        }
      }
    }
    links.check();
  }

  /** A section with each name, each type and flags. */
  @ParameterizedTest
  @EnumSource
  void names(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    byte[] library =
        Files.readAllBytes(library(w, "int data = 1; int function(void) { return data; }"));
    byte[] user = Files.readAllBytes(w.c("user", C, "-O1", "-fcommon", "-fPIC"));
    String place = ".a_section_with_a_long_name";
    String source = ".section " + place + ",\"a\",@progbits\n.zero 64\n";
    byte[] named = Files.readAllBytes(w.asm("named", source));
    ByteBuffer sound = file(named);
    boolean wide = target.wordSize == 8;
    int headers = wide ? (int) sound.getLong(40) : sound.getInt(32);
    int headerSize = wide ? 64 : 40;
    int nameAt = new String(named, StandardCharsets.ISO_8859_1).indexOf(place);
    int header = headers;
    int size = wide ? 32 : 20;
    while (sound.getInt(header + size) != 64 || sound.getInt(header + 4) != 1) {
      header += headerSize;
    }
    Links links = new Links();
    int n = 0;
    for (String name : NAMES) {
      for (int type : OTHER_TYPES) {
        for (int flags : FLAGS) {
          byte[] bytes = named.clone();
          byte[] ascii = (name + "\0").getBytes(StandardCharsets.US_ASCII);
          System.arraycopy(ascii, 0, bytes, nameAt, ascii.length);
          file(bytes).putInt(header + 4, type).putInt(header + 8, flags);
          file(bytes).putInt(header + (wide ? 56 : 36), 8); // sh_entsize
          OutputKind kind = OutputKind.values()[n++ % 4];
          List<byte[]> all =
              kind == OutputKind.RELOCATABLE ? List.of(bytes, user) : List.of(bytes, user, library);
          String what = name + " of type " + type + " with flags " + flags;
          links.link(what, new Random(n), kind, all);
        }
      }
    }
    links.check();
  }

  /** Up to three changes of any kind in files that compilers have made. */
  @ParameterizedTest
  @EnumSource
  void random(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Inputs inputs = inputs(w);
    List<byte[]> compiled = new ArrayList<>();
    for (String code : new String[] {"-fno-pic", "-fPIC"}) {
      String[] flags = {"-g", "-O1", "-fcommon", "-fdata-sections", "-ffunction-sections", code};
      compiled.add(Files.readAllBytes(w.c("a" + code, C, flags)));
    }
    Links links = new Links();
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      OutputKind kind = OutputKind.values()[random.nextInt(4)];
      byte[][] all = {compiled.get(kind.pic() ? 1 : seed % 2), inputs.assembled, inputs.library};
      int which = random.nextInt(5) / 2;
      all[which] = changed(all[which], target, random);
      links.link(
          "seed " + seed,
          random,
          kind,
          Arrays.asList(all).subList(0, kind == OutputKind.RELOCATABLE ? 2 : 3));
    }
    links.check();
  }

  private static ByteBuffer file(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String where(Throwable e) {
    StackTraceElement[] stack = e.getStackTrace();
    return e
        + (stack.length > 0
            ? " at " + stack[0] + " < " + stack[Math.min(1, stack.length - 1)]
            : "");
  }

  private Path library(Workbench w, String source) {
    Path object = w.c("library", source, "-fPIC");
    Path library = dir.resolve("lib.so");
    Proc.run(
            dir,
            Workbench.strings("gcc", w.target.flag, "-nostdlib", "-shared", object, "-o", library))
        .ok();
    return library;
  }

  /** Changes one to three fields of section headers and symbols. */
  private static byte[] changed(byte[] original, Target target, Random random) {
    byte[] bytes = original.clone();
    ByteBuffer file = file(bytes);
    boolean wide = target.wordSize == 8;
    int headers = wide ? (int) file.getLong(40) : file.getInt(32);
    int count = file.getShort(wide ? 60 : 48);
    int headerSize = wide ? 64 : 40;
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int header = headers + headerSize * random.nextInt(count);
      if (random.nextBoolean()) {
        changeSection(file, header, wide, random);
      } else {
        changeSymbol(file, symbolTable(file, headers, headerSize, count, random), wide, random);
      }
    }
    return bytes;
  }

  private static int pick(int[] of, Random random) {
    return of[random.nextInt(of.length)];
  }

  private static void changeSection(ByteBuffer file, int header, boolean wide, Random random) {
    int flags = header + 8;
    switch (random.nextInt(7)) {
      case 0, 1, 2 -> file.putInt(header + 4, pick(SECTION_TYPES, random));
      case 3 -> file.putInt(flags, file.getInt(flags) ^ 1 << random.nextInt(12));
      case 4 -> file.putInt(header + (wide ? 40 : 24), random.nextInt(12));
      case 5 -> file.putInt(header + (wide ? 44 : 28), random.nextInt(12));
      default -> {
        int[] at = wide ? new int[] {32, 48, 56} : new int[] {20, 32, 36};
        file.putInt(header + pick(at, random), pick(SIZES, random));
      }
    }
  }

  /** The header of one of the symbol tables; 0 where there is none any more. */
  private static int symbolTable(
      ByteBuffer file, int headers, int headerSize, int count, Random random) {
    int found = 0;
    for (int i = 1; i < count; i++) {
      int type = file.getInt(headers + i * headerSize + 4);
      if ((type == 2 || type == 11) && (found == 0 || random.nextBoolean())) {
        found = headers + i * headerSize;
      }
    }
    return found;
  }

  private static void changeSymbol(ByteBuffer file, int table, boolean wide, Random random) {
    int entry = wide ? 24 : 16;
    int at = table == 0 ? 0 : wide ? (int) file.getLong(table + 24) : file.getInt(table + 16);
    long size = table == 0 ? 0 : wide ? file.getLong(table + 32) : file.getInt(table + 20);
    if (at <= 0 || size < entry || size > file.capacity() - at) {
      return;
    }
    int symbol = at + entry * random.nextInt((int) size / entry);
    int info = symbol + (wide ? 4 : 12);
    switch (random.nextInt(7)) {
      case 0, 1 -> file.put(info, (byte) (file.get(info) & 0xf0 | random.nextInt(16)));
      case 2 -> file.put(info, (byte) (file.get(info) & 15 | random.nextInt(16) << 4));
      case 3 -> file.put(info + 1, (byte) random.nextInt(8));
      case 4, 5 -> {
        file.putShort(info + 2, (short) (random.nextInt(4) == 0 ? 0xfff2 : pick(INDEXES, random)));
        if (random.nextBoolean()) {
          file.put(info, (byte) (file.get(info) & 0xf0 | random.nextInt(16)));
        }
      }
      default -> file.putInt(symbol + (wide ? 8 : 4) + 8 * random.nextInt(2), pick(SIZES, random));
    }
  }

  private static LinkRequest request(Random random, OutputKind kind, List<byte[]> inputs) {
    LinkRequest.Builder request =
        LinkRequest.builder()
            .output(OutputSink.memory())
            .threads(1)
            .set(LinkOption.GC_SECTIONS, random.nextInt(3) == 0)
            .set(LinkOption.EH_FRAME_HDR, true)
            .set(LinkOption.ENTRY, "_start")
            .set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_ALL)
            .set(LinkOption.EMIT_RELOCS, random.nextInt(5) == 0)
            .set(LinkOption.OUTPUT_KIND, kind);
    for (int i = 0; i < inputs.size(); i++) {
      request.input(InputSource.memory("input" + i, inputs.get(i)));
    }
    return request.build();
  }
}
