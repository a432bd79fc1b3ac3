package io.jld.load;

import io.jld.input.SharedFile;
import io.jld.symbol.LinkedLibrary;
import java.util.BitSet;
import java.util.List;

/** The names to which shared libraries have given a value: data that a common symbol refers to. */
final class InitialisedNames {
  private final BitSet names = new BitSet();

  /** How many of the libraries have been looked at. */
  private int seen;

  /** Whether one of the libraries has the name as such data. The list may grow between calls. */
  boolean has(List<LinkedLibrary> libraries, int name) {
    for (; seen < libraries.size(); seen++) {
      LinkedLibrary library = libraries.get(seen);
      SharedFile f = library.file();
      for (int r = 0; r < f.rows(); r++) {
        if (f.isInitialisedData(r)) {
          names.set(library.nameId(r));
        }
      }
    }
    return names.get(name);
  }
}
