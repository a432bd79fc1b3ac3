/**
 * What {@code -r} alone needs: sections that stay apart, relocations that are kept, symbols that
 * are not yet bound.
 */
package io.jld.relocatable;
