package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile.StackNote;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import java.util.Arrays;

/**
 * Looks at each section's header and name once (gABI, "Sections"): checks that it lies in the file,
 * is aligned, and relocates or is ordered by a section that there is; and notes what the link asks
 * of an object as a whole.
 */
final class SectionReader {
  private static final int[] NONE = {};

  private final ObjectFile file;
  private final SectionHeaders shdrs;
  private final StringTable names;
  private final int count;

  /** By section: the number of its {@link SectionKind}. */
  final byte[] kinds;

  /** A bit for each kind of which there are sections. */
  final long kindsSeen;

  /** By section: the one that relocates it; 0 if none. */
  final int[] relocSection;

  /** The sections with the name {@code .eh_frame} that are loaded. */
  int[] frames = NONE;

  /** The sections of type {@code SHT_LLVM_CALL_GRAPH_PROFILE}. */
  int[] callGraphs = NONE;

  /** Index of {@code .symtab}; 0 where there is none. */
  int symbolTable;

  /** Whether there is a section of type {@code SHT_SYMTAB_SHNDX}. */
  boolean extended;

  /** Whether there are sections with {@code SHF_LINK_ORDER}. */
  boolean ordered;

  boolean lto;
  boolean notes;

  /** Whether there are sections with {@code SHF_X86_64_LARGE}, if that is the machine. */
  boolean large;

  StackNote stackNote = StackNote.MISSING;

  /**
   * @throws LinkException where a section is not sound
   */
  SectionReader(ObjectFile file, SectionHeaders shdrs, StringTable names) {
    this.file = file;
    this.shdrs = shdrs;
    this.names = names;
    count = shdrs.count();
    kinds = new byte[count];
    relocSection = new int[count];
    kindsSeen = readAll();
  }

  private long readAll() {
    long seen = 0;
    for (int i = 1; i < count; i++) {
      seen |= 1L << read(i);
    }
    return seen;
  }

  /** Looks at a section's header and its name, and tells its kind. */
  private int read(int i) {
    long name = shdrs.name(i);
    if (name >= names.size()) {
      throw nameless(i);
    }
    SectionKind kind = SectionKind.of(names, name);
    kinds[i] = (byte) kind.ordinal();
    int type = shdrs.type(i);
    long size = shdrs.size(i);
    if (type == SHT_NOBITS ? size < 0 : type != SHT_NULL && !file.inFile(shdrs.offset(i), size)) {
      throw outside(i, type);
    }
    long align = shdrs.align(i);
    if ((align & (align - 1)) != 0 || align < 0 || align > 1L << 32) {
      throw badAlignment(i, align);
    }
    long flags = shdrs.flags(i);
    large |= (flags & SHF_X86_64_LARGE) != 0;
    if ((flags & SHF_LINK_ORDER) != 0) {
      checkOrdered(i);
      ordered = true;
    }
    switch (type) {
      case SHT_SYMTAB -> setSymbolTable(i);
      case SHT_SYMTAB_SHNDX -> extended = true;
      case SHT_REL, SHT_RELA -> checkRelocations(i, type, size);
      case SHT_LLVM_CALL_GRAPH_PROFILE -> callGraphs = plus(callGraphs, i);
      case SHT_PROGBITS, SHT_NOTE, SHT_X86_64_UNWIND -> lookAt(kind, i, type, flags);
      default -> {}
    }
    return kind.ordinal();
  }

  /** {@code sh_link} is 0, or a section that has a place in the output. */
  private void checkOrdered(int section) {
    int link = shdrs.link(section);
    boolean sound = link >= 0 && link < count;
    switch (sound ? shdrs.type(link) : SHT_PROGBITS) {
      case SHT_SYMTAB, SHT_REL, SHT_RELA, SHT_GROUP, SHT_SYMTAB_SHNDX -> sound = false;
      default -> {}
    }
    if (!sound) {
      throw badSection(
          section, "SHF_LINK_ORDER with an invalid sh_link " + Integer.toUnsignedString(link));
    }
  }

  private void setSymbolTable(int section) {
    if (symbolTable != 0) {
      throw file.bad(shdrs.place(section), "more than one symbol table");
    }
    symbolTable = section;
  }

  // Errors are made in methods of their own, since the JVM compiles the loops that find them as a
  // whole.

  private LinkException nameless(int section) {
    return file.bad(shdrs.place(section), "section " + section + " has no name in the name table");
  }

  private LinkException outside(int section, int type) {
    return type == SHT_NOBITS
        ? file.bad(shdrs.place(section), "section " + section + " has an invalid size")
        : badSection(section, "section lies outside of the file: the file is truncated or damaged");
  }

  private LinkException badAlignment(int section, long align) {
    return badSection(section, "alignment is not a power of two: " + align);
  }

  private LinkException badSection(int section, String reason) {
    return new LinkException(
        DiagnosticCode.MALFORMED_OBJECT,
        file.location().section(file.sectionName(section), -1),
        reason);
  }

  private static int[] plus(int[] sections, int i) {
    int[] more = Arrays.copyOf(sections, sections.length + 1);
    more[sections.length] = i;
    return more;
  }

  /** Notes what some sections that are not loaded tell the linker. */
  private void lookAt(SectionKind kind, int i, int type, long flags) {
    notes |= type == SHT_NOTE;
    if ((flags & SHF_ALLOC) != 0) {
      if (type != SHT_NOTE && kind == SectionKind.EH_FRAME) {
        frames = plus(frames, i);
      }
      return;
    }
    lto |=
        kind == SectionKind.LTO
            && type == SHT_PROGBITS
            && names.startsWith(shdrs.name(i), ".gnu.lto_.");
    if (kind == SectionKind.STACK_NOTE) {
      stackNote = (flags & SHF_EXECINSTR) != 0 ? StackNote.EXECUTABLE : StackNote.PLAIN;
    }
  }

  private void checkRelocations(int i, int type, long size) {
    int target = shdrs.info(i);
    long entry = (type == SHT_RELA ? 3L : 2L) * file.elf().wordSize;
    if (target <= 0 || target >= count || size % entry != 0 || shdrs.entsize(i) != entry) {
      throw badSection(i, "invalid relocation section header");
    }
    if (size > 0) {
      if (relocSection[target] != 0) {
        throw badSection(i, "more than one relocation section for a section");
      }
      relocSection[target] = i;
    }
  }
}
