package tern.code;

import java.util.HashMap;
import java.util.Map;
import tern.elf.Bytes;
import tern.elf.Section;
import tern.lang.Tree;
import tern.lang.Type;

/**
 * .debug_info and .debug_abbrev: functions, their variables and where they are, and types (DWARF 4,
 * ch. 2, 3, 7.5), so that a debugger shows the program in its own words.
 */
final class DebugInfo {
  private static final int R_X86_64_64 = 1;
  private static final int R_X86_64_32 = 10;
  private static final int R_386_32 = 1;
  private static final int DW_LANG_C99 = 0x0c;
  private static final int DW_ATE_BOOLEAN = 2;
  private static final int DW_ATE_SIGNED = 5;
  private static final int DW_ATE_UNSIGNED_CHAR = 8;
  private static final int DW_OP_FBREG = 0x91;
  private static final int DW_OP_BREG0 = 0x70;

  /** The kinds of entries: number, tag, whether there are children, attributes with their forms. */
  private static final int[][] ABBREVIATIONS = {
    // DW_TAG_compile_unit: name, language, stmt_list, low_pc, high_pc
    {1, 0x11, 1, 0x03, 0x08, 0x13, 0x0b, 0x10, 0x17, 0x11, 0x01, 0x12, 0x06},
    // DW_TAG_subprogram: name, decl_line, external, low_pc, high_pc, frame_base
    {2, 0x2e, 1, 0x03, 0x08, 0x3b, 0x0f, 0x3f, 0x0c, 0x11, 0x01, 0x12, 0x06, 0x40, 0x18},
    // DW_TAG_formal_parameter: name, type, location
    {3, 0x05, 0, 0x03, 0x08, 0x49, 0x13, 0x02, 0x18},
    // DW_TAG_variable: the same
    {4, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x02, 0x18},
    // DW_TAG_base_type: name, byte_size, encoding
    {5, 0x24, 0, 0x03, 0x08, 0x0b, 0x0b, 0x3e, 0x0b},
    // DW_TAG_pointer_type: byte_size, type
    {6, 0x0f, 0, 0x0b, 0x0b, 0x49, 0x13},
    // DW_TAG_pointer_type: byte_size; an address of anything
    {7, 0x0f, 0, 0x0b, 0x0b},
  };

  private final Code code;
  private final Section section;
  private final Bytes out;
  private final int word;
  private final Map<Type, Integer> types = new HashMap<>();

  private DebugInfo(Code code) {
    this.code = code;
    section = code.object.section(".debug_info", Section.PROGBITS, 0, 1);
    out = section.bytes;
    word = code.target.wordSize();
  }

  static void write(Code code, String source) {
    Section lines = LineTable.write(code, source);
    Section abbreviations = code.object.section(".debug_abbrev", Section.PROGBITS, 0, 1);
    for (int[] a : ABBREVIATIONS) {
      for (int v : a) {
        abbreviations.bytes.uleb(v);
      }
      abbreviations.bytes.u8(0, 0);
    }
    abbreviations.bytes.u8(0);
    new DebugInfo(code).unit(source, lines, abbreviations);
  }

  private void unit(String source, Section lines, Section abbreviations) {
    out.u32(0).u16(4); // the length, later; version 4
    offset(abbreviations);
    out.u8(word);
    out.uleb(1).text(source).u8(DW_LANG_C99);
    offset(lines);
    address(code, section, 0);
    out.u32(code.text.size());
    for (Code.Function f : code.functions) {
      f.tree().parameters().forEach(s -> type(s.type()));
      named(f).forEach(s -> type(s.type()));
    }
    code.functions.forEach(this::function);
    out.u8(0);
    out.patch32(0, out.size() - 4);
  }

  private static Iterable<Tree.Slot> named(Code.Function f) {
    return f.tree().locals().stream().filter(s -> !s.name().isEmpty())::iterator;
  }

  private void function(Code.Function f) {
    out.uleb(2).text(f.symbol().name()).uleb(f.tree().place().line());
    out.u8(f.tree().isPrivate() ? 0 : 1);
    address(code, section, f.start());
    out.u32(f.end() - f.start());
    out.uleb(2).u8(DW_OP_BREG0 + (word == 8 ? 6 : 5)).sleb(0); // rbp is the base
    f.tree().parameters().forEach(s -> variable(3, f, s));
    named(f).forEach(s -> variable(4, f, s));
    out.u8(0);
  }

  private void variable(int abbreviation, Code.Function f, Tree.Slot s) {
    int displacement = code.machine.displacement(s, f.tree().parameters().size());
    byte[] location = new Bytes().u8(DW_OP_FBREG).sleb(displacement).toArray();
    out.uleb(abbreviation).text(s.name()).u32(types.get(s.type()));
    out.uleb(location.length).bytes(location);
  }

  /** Writes the type's entry, if there is none yet, and says where it is in the unit. */
  private int type(Type type) {
    if (!types.containsKey(type)) {
      int at =
          switch (type) {
            case Type.Pointer(Type to) -> pointer(to);
            case Type.Array(Type of) -> pointer(of);
            default -> simple(type);
          };
      types.put(type, at);
    }
    return types.get(type);
  }

  private int pointer(Type to) {
    int target = type(to);
    int at = out.size();
    out.uleb(6).u8(word).u32(target);
    return at;
  }

  private int simple(Type type) {
    int at = out.size();
    if (type == Type.INT || type == Type.BOOL || type == Type.BYTE) {
      int encoding =
          type == Type.INT
              ? DW_ATE_SIGNED
              : type == Type.BOOL ? DW_ATE_BOOLEAN : DW_ATE_UNSIGNED_CHAR;
      out.uleb(5).text(type.toString()).u8(type.size(word)).u8(encoding);
    } else {
      out.uleb(7).u8(word);
    }
    return at;
  }

  /** A field with an offset in another section of debug information. */
  private void offset(Section to) {
    section.relocate(word == 8 ? R_X86_64_32 : R_386_32, code.object.of(to), 0);
    out.u32(0);
  }

  /** A field with the address of code, at the end of the section. */
  static void address(Code code, Section in, int offset) {
    boolean is64 = code.target.wordSize() == 8;
    in.relocate(is64 ? R_X86_64_64 : R_386_32, code.object.of(code.text), offset);
    in.bytes.word(is64, 0);
  }
}
