package io.jld.load;

import io.jld.link.InputSource;
import io.jld.link.NameBytes;
import io.jld.plan.InputSections.FilePattern;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The files that a script's descriptions of input sections name without a wildcard, {@code
 * crt0.o(.text)}: such a description asks for its file, as in GNU ld. A file of the command line by
 * exactly this name is the one; what no input has by this name becomes an input in the script's
 * place.
 */
final class DescribedFiles {
  private final List<InputSource> inputs;

  /** The names by which inputs have been asked for so far. */
  private final Set<String> named = new HashSet<>();

  /** Inputs that a script has asked for before their turn. */
  private final Set<InputSource> early = Collections.newSetFromMap(new IdentityHashMap<>());

  /** How many of the inputs have had their turn. */
  private int turn;

  DescribedFiles(List<InputSource> inputs) {
    this.inputs = inputs;
  }

  /**
   * The next input's turn has come.
   *
   * @return false where it has been added before
   */
  boolean begin(InputSource source) {
    turn++;
    return !early.remove(source);
  }

  /** An input is asked for by a name. */
  void name(String name) {
    named.add(name);
  }

  /** Whether a description asks for a file that no input has been asked for by name yet. */
  boolean isWanted(FilePattern files) {
    return files.isOneFile() && !named.contains(files.name());
  }

  /** Whether an input of this name has its turn later. */
  boolean comesLater(String name) {
    return inputs.subList(turn, inputs.size()).stream().anyMatch(source -> isNamed(source, name));
  }

  /**
   * The input of this name that has its turn later, and has it now; null where there is none, or
   * where it stands in brackets, which it belongs to.
   */
  InputSource.OfPath take(String name) {
    boolean bracketed = false;
    for (InputSource source : inputs.subList(turn, inputs.size())) {
      if (source instanceof InputSource.Bracket b) {
        bracketed = b == InputSource.Bracket.GROUP_START || b == InputSource.Bracket.LIB_START;
      } else if (!bracketed && isNamed(source, name)) {
        early.add(source);
        return (InputSource.OfPath) source;
      }
    }
    return null;
  }

  private static boolean isNamed(InputSource source, String name) {
    return source instanceof InputSource.OfPath p && NameBytes.string(p.path()).equals(name);
  }
}
