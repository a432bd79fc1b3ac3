/**
 * Identical code folding ({@code --icf}): sections that do the same are linked once. {@link
 * io.jld.icf.FoldSections} is the pass; it is loaded only where the option is given.
 */
package io.jld.icf;
