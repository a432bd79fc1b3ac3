/**
 * What {@code -r} alone needs: sections that stay apart, relocations that are kept, symbols that
 * are not yet bound; and the relocations that {@code --emit-relocs} keeps.
 */
package io.jld.relocatable;
