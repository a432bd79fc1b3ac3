package io.jld.load;

import io.jld.input.ObjectFile;
import io.jld.model.Context;
import java.util.List;

/**
 * What the inputs have turned out to be.
 *
 * @param units in the order of the command line
 * @param compiled what takes the place of inputs with intermediate code; null: there are none, or
 *     they are not compiled yet
 * @param lines the same as lines for the link map, brackets included
 * @param hosts {@code --archive}: the objects that are not linked but bundled, in their order
 */
public record LoadedInputs(
    List<Unit> units, List<Unit> compiled, List<String> lines, List<ObjectFile> hosts) {
  public static LoadedInputs of(Context ctxt) {
    return ctxt.get(LoadedInputs.class);
  }
}
