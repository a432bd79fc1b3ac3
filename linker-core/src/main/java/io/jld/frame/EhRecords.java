package io.jld.frame;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The records of one object's {@code .eh_frame} sections in columns: common information entries
 * (CIE) and the frame descriptions of functions (FDE) that build on them (LSB, "Exception Frames").
 * Records keep their order. {@link io.jld.frame.SplitEhFrame} fills them in and has checked all
 * that is asked for here.
 */
public final class EhRecords {
  /** {@link #cie} of a record that is a CIE itself. */
  public static final int IS_CIE = -1;

  /** The record is not part of the output, or another CIE stands for it. */
  static final int DROPPED = -1;

  private final LinkedObject object;
  private final ObjectFile file;
  private int sections;
  private int[] sectionIndex = new int[1];
  private int[] sectionStart = new int[2];
  private MemorySegment[] content = new MemorySegment[1];
  private int[] relocCount = new int[1];
  private boolean terminated;

  private int count;
  private int[] start = new int[16];
  private int[] length = new int[16];
  private int[] firstReloc = new int[16];
  private int[] cie = new int[16];

  /** Of an FDE the section with its function; of a CIE its index in {@link #cies}. */
  private int[] target = new int[16];

  private int cieCount;
  private Cie[] cies = new Cie[1];

  // Only where somebody asks for the records of a function.
  private int[] firstOfTarget;
  private int[] nextOfTarget;

  /** Offset of the record in what the object contributes to the output, or {@link #DROPPED}. */
  public int[] out;

  /** For a CIE: the number of the CIE that stands for it in the output. */
  int[] shared;

  /** How many FDEs are part of the output. */
  int liveFdes;

  public EhRecords(LinkedObject object) {
    this.object = object;
    this.file = object.file();
  }

  // Filled in record by record

  /** Starts with the next section; its records follow, then {@link #endSection}. */
  public void addSection(int index, MemorySegment bytes) {
    if (sections == sectionIndex.length) {
      sectionIndex = Arrays.copyOf(sectionIndex, sections * 2);
      sectionStart = Arrays.copyOf(sectionStart, sections * 2 + 1);
      content = Arrays.copyOf(content, sections * 2);
      relocCount = Arrays.copyOf(relocCount, sections * 2);
    }
    sectionIndex[sections] = index;
    content[sections] = bytes;
    sectionStart[sections++] = count;
    sectionStart[sections] = count;
  }

  /**
   * Ends the section that was added last.
   *
   * @param relocs number of the relocations of its records
   */
  public void endSection(int relocs) {
    relocCount[sections - 1] = relocs;
  }

  /**
   * Adds a CIE of the section that was added last.
   *
   * @param from offset in the section in bytes
   * @param size in bytes, the length field included
   * @param reloc index of the first relocation at or after the record's start
   */
  public void addCie(int from, int size, int reloc, Cie says) {
    add(from, size, reloc, IS_CIE);
    if (cieCount == cies.length) {
      cies = Arrays.copyOf(cies, cieCount * 2);
    }
    target[count - 1] = cieCount;
    cies[cieCount++] = says;
  }

  /**
   * Adds an FDE of the section that was added last.
   *
   * @param cieRecord the number of its CIE
   * @param targetId number of the section that it describes a function of; 0 for none
   */
  public void addFde(int from, int size, int reloc, int cieRecord, int targetId) {
    add(from, size, reloc, cieRecord);
    target[count - 1] = targetId;
  }

  private void add(int from, int size, int reloc, int cieRecord) {
    if (count == start.length) {
      grow();
    }
    start[count] = from;
    length[count] = size;
    firstReloc[count] = reloc;
    cie[count] = cieRecord;
    sectionStart[sections] = ++count;
  }

  private void grow() {
    int n = start.length * 2;
    start = Arrays.copyOf(start, n);
    length = Arrays.copyOf(length, n);
    firstReloc = Arrays.copyOf(firstReloc, n);
    cie = Arrays.copyOf(cie, n);
    target = Arrays.copyOf(target, n);
  }

  /** A record of length 0, which ends the table. */
  public void setTerminated() {
    terminated = true;
  }

  /** All records are there: chains those of each section that functions are in. */
  public void chainTargets() {
    firstOfTarget = new int[file.sectionCount()];
    nextOfTarget = new int[count];
    for (int r = count - 1; r >= 0; r--) {
      int local = target[r] - object.firstSection();
      if (cie[r] != IS_CIE && local > 0 && local < firstOfTarget.length) {
        nextOfTarget[r] = firstOfTarget[local];
        firstOfTarget[local] = r + 1;
      }
    }
  }

  // Read

  public LinkedObject object() {
    return object;
  }

  public int count() {
    return count;
  }

  boolean isTerminated() {
    return terminated;
  }

  public int sections() {
    return sections;
  }

  public int sectionIndex(int s) {
    return sectionIndex[s];
  }

  public MemorySegment content(int s) {
    return content[s];
  }

  /** The first record of section {@code s}; that of the one after the last is {@link #count}. */
  public int sectionStart(int s) {
    return sectionStart[s];
  }

  /** Which of the sections a record is in. */
  public int sectionOf(int r) {
    int s = 0;
    while (sectionStart[s + 1] <= r) {
      s++;
    }
    return s;
  }

  /** Offset in the section in bytes. */
  public int start(int r) {
    return start[r];
  }

  /** Size in bytes, the length field included. */
  public int length(int r) {
    return length[r];
  }

  public boolean isCie(int r) {
    return cie[r] == IS_CIE;
  }

  public int cie(int r) {
    return cie[r];
  }

  /** How many of the records are CIEs. */
  public int cieCount() {
    return cieCount;
  }

  /** What a CIE says, by its number among the object's. */
  public Cie cieAt(int i) {
    return cies[i];
  }

  /** What a record that is a CIE says. */
  public Cie says(int r) {
    return cies[target[r]];
  }

  /** Number of the section that an FDE describes a function of; 0 for none. */
  int target(int r) {
    return target[r];
  }

  /** Index of the first relocation at or after the record's start. */
  public int firstReloc(int r) {
    return firstReloc[r];
  }

  /** Index after the last relocation of a record in section {@code s}. */
  public int relocLimit(int s, int r) {
    return r + 1 < sectionStart[s + 1] ? firstReloc[r + 1] : relocCount[s];
  }

  /**
   * Index after the last of the records that stand one after the other in the output as they do in
   * section {@code s}, from {@code r} on; {@code r} itself where that is no part of the output.
   */
  int runEnd(int s, int r) {
    int end = sectionStart[s + 1];
    int i = r;
    int at = out[r];
    while (i < end && at >= 0 && out[i] == at) {
      at += length[i++];
    }
    return i;
  }

  /** The first record about a function in a section of this object, plus 1; 0 for none. */
  public int firstOfTarget(int section) {
    return firstOfTarget[section];
  }

  /** The next record about the same section as {@code r}, plus 1; 0 for none. */
  public int nextOfTarget(int r) {
    return nextOfTarget[r];
  }

  /** Bytes of the length field: 4, or 12 where it is the escape to 64 bits. */
  public static int lengthBytes(MemorySegment bytes, long at) {
    return ElfClass.u32(bytes, at) == 0xffffffffL ? 12 : 4;
  }

  /** The relocations of section {@code s} as they stand in the file; empty where it has none. */
  MemorySegment relocs(int s) {
    int rel = file.relocSection(sectionIndex[s]);
    return rel == 0 ? MemorySegment.NULL : file.rawContent(rel);
  }

  /** Bytes of a relocation of section {@code s}. */
  int relocSize(int s) {
    return (hasAddends(s) ? 3 : 2) * file.elf().wordSize;
  }

  boolean hasAddends(int s) {
    int rel = file.relocSection(sectionIndex[s]);
    return rel != 0 && file.type(rel) == Elf.SHT_RELA;
  }
}
