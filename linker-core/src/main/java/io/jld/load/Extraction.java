package io.jld.load;

import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedObject;

/**
 * Why an archive member was linked.
 *
 * @param member what was linked
 * @param by the file that refers to the symbol; null where an option does
 * @param symbol number of the symbol's name; 0 where {@code --whole-archive} asked for all members
 */
public record Extraction(LinkedObject member, LinkedFile by, int symbol) {}
