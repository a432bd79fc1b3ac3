package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.asmb.Slice;
import io.jld.input.ObjectFile;
import io.jld.input.RelocTable;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;

/**
 * The relocations of an input section on their way into a relocatable output. A reference to a
 * symbol stays one to the same symbol. One to a section becomes one to the output's section, and
 * its addend grows by the place of the input section in it ({@link #shift}). One cursor serves many
 * sections, one after the other; each task has its own.
 */
public final class RelocationCursor {
  private final Context ctxt;
  private final Relocatable output;
  private final SectionTable sections;
  private final SymbolTable symbols;
  private LinkedObject object;
  private ObjectFile file;
  private int section;
  private final RelocTable table = new RelocTable();
  private int symbolCount;
  private long size;
  private int index;

  private long offset;
  private int type;
  private int elfSym;

  /**
   * The section that the relocation refers to by its section symbol; 0 where it refers to another
   * symbol.
   */
  private int target;

  /** The section that what it refers to is in; 0 for none. */
  private int place;

  private int symbol;
  private boolean gone;

  public RelocationCursor(Context ctxt) {
    this.ctxt = ctxt;
    this.output = Relocatable.of(ctxt);
    this.sections = ctxt.sections();
    this.symbols = ctxt.symbols();
  }

  /**
   * Starts with the first relocation of a section that has some.
   *
   * @param index of the section in the object
   * @param size of the section's content in bytes
   */
  public void open(LinkedObject linked, int index, long size) {
    object = linked;
    file = linked.file();
    section = index;
    table.open(file, file.relocSection(index));
    symbolCount = file.symbolCount();
    this.size = size;
    this.index = -1;
  }

  /**
   * Goes to the next relocation.
   *
   * @throws LinkException where it is damaged
   */
  public boolean next() {
    if (++index >= table.count()) {
      return false;
    }
    table.seek(index);
    offset = table.offset();
    type = table.type();
    elfSym = table.symbol();
    if (elfSym < 0 || elfSym >= Math.max(1, symbolCount)) {
      throw bad("relocation has an invalid symbol index " + Integer.toUnsignedString(elfSym));
    }
    int field = ctxt.arch().fieldSize(type);
    if (offset < 0 || offset > size - field) {
      throw bad("relocation lies outside of its section");
    }
    resolve();
    return true;
  }

  private LinkException bad(String message) {
    return new LinkException(
        DiagnosticCode.MALFORMED_RELOCATION, file.location(section, offset), message);
  }

  private void resolve() {
    target = 0;
    place = 0;
    symbol = 0;
    gone = false;
    if (elfSym == 0) {
      return;
    }
    symbol = object.symbolId(elfSym);
    LinkedObject definer = object;
    int index = elfSym;
    if (elfSym >= file.firstGlobal()) {
      if (!(symbols.file(symbol) instanceof LinkedObject d)) {
        return;
      }
      definer = d;
      index = symbols.index(symbol);
    }
    int ndx = definer.file().shndx(index);
    if (ndx > 0) {
      place = definer.sectionId(ndx);
      gone = !sections.isLive(place);
      if (elfSym < file.firstGlobal() && file.symbolType(elfSym) == STT_SECTION) {
        target = place;
      }
    }
  }

  /** Whether it refers to what is not part of the output. */
  public boolean isGone() {
    return gone;
  }

  /** The symbol's number in the link; 0 where there is none, or it is a section's. */
  int symbol() {
    return target == 0 ? symbol : 0;
  }

  /** The name of what it refers to, for messages. */
  public String symbolName() {
    return file.symbolName(elfSym);
  }

  /** The section of what it refers to, which is in one, for messages. */
  String targetName() {
    return sections.name(place);
  }

  /** Size of a relocation in bytes. */
  public int entry() {
    return table.entrySize();
  }

  /** Offset of the field in the input section in bytes. */
  public long offset() {
    return offset;
  }

  public int type() {
    return type;
  }

  int fieldSize() {
    return ctxt.arch().fieldSize(type);
  }

  /** Index of the symbol in the output, once those are numbered. */
  public int outputSymbol() {
    if (gone || symbol == 0) {
      return 0;
    }
    if (target != 0) {
      return output.parts.get(sections.out[target]).symbol;
    }
    return symbols.aux(symbol);
  }

  /** What the addend grows by, once offsets are known. */
  public long shift() {
    if (gone || target == 0) {
      return 0;
    }
    return sections.addr[target] - ctxt.outputOf(target).addr + file.symbolValue(elfSym);
  }

  /** The addend as the output has it, where relocations carry it. */
  public long addend() {
    return gone ? 0 : table.addend() + shift();
  }

  /**
   * The addend as the output has it, where the content carries it.
   *
   * @param content not yet changed at this field
   * @param at where the field is
   */
  public long implicitAddend(Slice content, long at) {
    return ctxt.arch().implicitAddend(type, content, at) + shift();
  }

  public boolean hasAddends() {
    return table.hasAddends();
  }

  /** Writes a field of {@link #fieldSize} bytes. */
  public void putField(Slice content, long at, long value) {
    switch (fieldSize()) {
      case 1 -> content.put8(at, (int) value);
      case 2 -> content.put16(at, (int) value);
      case 4 -> content.put32(at, (int) value);
      case 8 -> content.put64(at, value);
      default -> {}
    }
  }

  /**
   * Whether an addend fits into the field, taken as a number with or without sign; addresses of 32
   * bits wrap.
   */
  public boolean fits(long value) {
    int bits = 8 * fieldSize();
    return bits >= 32 || bits == 0 || (value >= -(1L << (bits - 1)) && value < 1L << bits);
  }
}
