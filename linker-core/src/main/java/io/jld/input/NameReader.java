package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile.Group;
import io.jld.link.LinkException;
import java.util.Arrays;
import java.util.List;

/**
 * Finds and hashes the names of an object that the link knows by numbers: those of its global
 * symbols, in their order, then a signature for each group.
 */
final class NameReader {
  private final ObjectFile file;
  private final SymWords syms;
  private final int firstGlobal;
  private final StringTable names;
  private final long namesAt;
  private final StringTable sectionNames;
  private final long sectionNamesAt;

  /** Where each name begins in the file. */
  final int[] offset;

  final int[] length;
  final long[] hash;

  /** Whether a symbol's name has a version in it. */
  boolean versioned;

  /** Hashes of the names with a version, without it. */
  long[] wantedVersioned = {};

  /**
   * @param groups get their signatures' indices among the names
   * @throws LinkException where the names reach beyond 4 GiB in the file
   */
  NameReader(
      ObjectFile file,
      SymWords syms,
      StringTable names,
      long namesAt,
      StringTable sectionNames,
      long sectionNamesAt,
      List<Group> groups) {
    this.file = file;
    this.syms = syms;
    this.firstGlobal = file.firstGlobal();
    this.names = names;
    this.namesAt = namesAt;
    this.sectionNames = sectionNames;
    this.sectionNamesAt = sectionNamesAt;
    int globals = file.symbolCount() - firstGlobal;
    int n = globals + groups.size();
    offset = new int[n];
    length = new int[n];
    hash = new long[n];
    if (n > 0) {
      read(globals, groups);
    }
  }

  private void read(int globals, List<Group> groups) {
    if (namesAt + names.size() > 0xffffffffL
        || sectionNamesAt + sectionNames.size() > 0xffffffffL) {
      throw file.bad(namesAt, "names beyond 4 GiB");
    }
    for (int i = 0; i < globals; i++) {
      setSymbol(i);
    }
    for (int g = 0; g < groups.size(); g++) {
      Group group = groups.get(g);
      if (group.section() == 0) {
        setLinkonce(globals + g, group.members()[0]);
      } else {
        setSignature(globals + g, group.name());
      }
      groups.set(g, new Group(globals + g, group.comdat(), group.members(), group.section()));
    }
  }

  private void setSymbol(int i) {
    long name = syms.name(firstGlobal + i);
    int len = names.lengthAndAt(name);
    if (len < 0) {
      int version = names.versionAt(name, ~len);
      if (version >= 0) {
        versioned = true;
        wantVersioned(names.hash(name, version));
      }
      len = names.defaultVersion(name, ~len);
    }
    set(i, namesAt, names, name, len);
  }

  private void wantVersioned(long name) {
    wantedVersioned = Arrays.copyOf(wantedVersioned, wantedVersioned.length + 1);
    wantedVersioned[wantedVersioned.length - 1] = name;
  }

  private void set(int i, long base, StringTable table, long off, int len) {
    offset[i] = (int) (base + off);
    length[i] = len;
    hash[i] = table.hash(off, len);
  }

  /**
   * The signature is a symbol's name; gas gives section symbols none, their section's name stands
   * for it.
   */
  private void setSignature(int i, int sym) {
    long name = syms.name(sym);
    if (name == 0 && file.symbolType(sym) == STT_SECTION && file.shndx(sym) > 0) {
      long sh = file.nameOffsetOf(file.shndx(sym));
      set(i, sectionNamesAt, sectionNames, sh, sectionNames.length(sh));
    } else {
      set(i, namesAt, names, name, names.length(name));
    }
  }

  /**
   * {@code .gnu.linkonce.t.NAME} stands for the COMDAT group NAME, as GNU ld has it; the other
   * kinds have their whole name for a signature.
   */
  private void setLinkonce(int i, int section) {
    long name = file.nameOffsetOf(section);
    int len = sectionNames.length(name);
    int skip = sectionNames.startsWith(name, ".gnu.linkonce.t.") ? 16 : 0;
    set(i, sectionNamesAt, sectionNames, name + skip, len - skip);
  }
}
