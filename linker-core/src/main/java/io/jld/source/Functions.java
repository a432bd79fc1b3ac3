package io.jld.source;

import io.jld.elf.Elf;
import io.jld.input.ObjectFile;
import java.util.Arrays;
import java.util.Comparator;

/** The functions of an object by their places, and the source files that its symbols name. */
public final class Functions {
  private final ObjectFile file;

  /** Indices of the function symbols, in the order of sections and values. */
  private final Integer[] sorted;

  Functions(ObjectFile file) {
    this.file = file;
    Integer[] found = new Integer[16];
    int n = 0;
    for (int i = 1; i < file.symbolCount(); i++) {
      if (isFunction(i)) {
        found = n == found.length ? Arrays.copyOf(found, 2 * n) : found;
        found[n++] = i;
      }
    }
    sorted = Arrays.copyOf(found, n);
    Arrays.sort(
        sorted, Comparator.<Integer>comparingInt(file::shndx).thenComparingLong(file::symbolValue));
  }

  private boolean isFunction(int sym) {
    int type = file.symbolType(sym);
    return (type == Elf.STT_FUNC || type == Elf.STT_GNU_IFUNC)
        && file.shndx(sym) > 0
        && file.symbolSize(sym) > 0;
  }

  /** The name of the function around an offset in a section; null if there is none. */
  String at(int section, long offset) {
    int s = around(section, offset);
    return s == 0 ? null : file.symbolName(s);
  }

  /**
   * The source file that the symbols name for a place; null if they don't. A symbol of type
   * STT_FILE precedes the local ones of its file (gABI, "Symbol Type"); for all else there has to
   * be one such symbol alone.
   */
  String source(int section, long offset) {
    int s = around(section, offset);
    if (s != 0 && isLocal(s)) {
      while (s > 0 && !isSource(s)) {
        s--;
      }
    } else {
      s = onlySource();
    }
    return s <= 0 || file.symbolName(s).isEmpty() ? null : file.symbolName(s);
  }

  private boolean isLocal(int sym) {
    return file.symbolBinding(sym) == Elf.STB_LOCAL;
  }

  private boolean isSource(int sym) {
    return file.symbolType(sym) == Elf.STT_FILE;
  }

  private int onlySource() {
    int found = 0;
    for (int i = 1; i < file.symbolCount() && isLocal(i); i++) {
      if (isSource(i)) {
        if (found != 0) {
          return 0;
        }
        found = i;
      }
    }
    return found;
  }

  /** The symbol of the function around an offset in a section; 0 if there is none. */
  private int around(int section, long offset) {
    int lo = 0;
    int hi = sorted.length;
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      int s = sorted[mid];
      int ndx = file.shndx(s);
      if (ndx < section || (ndx == section && file.symbolValue(s) <= offset)) {
        lo = mid + 1;
      } else {
        hi = mid;
      }
    }
    if (lo == 0) {
      return 0;
    }
    int s = sorted[lo - 1];
    boolean inside =
        file.shndx(s) == section
            && file.symbolValue(s) <= offset
            && Long.compareUnsigned(offset - file.symbolValue(s), file.symbolSize(s)) < 0;
    return inside ? s : 0;
  }
}
