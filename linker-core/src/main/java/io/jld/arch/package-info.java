/**
 * The SPI: what an architecture supplies, and what it is given to work with beside {@link
 * io.jld.asmb}.
 *
 * <p>An {@link io.jld.arch.Arch} is data ({@link io.jld.arch.ArchInfo}: names, {@code e_machine},
 * page sizes, numbers of relocations for the loader) and some functions. It is found as a service,
 * on the class path or module path, or given to a request ({@link io.jld.arch.Arches}). It has no
 * state: one instance serves any number of links, and any number of threads of each.
 *
 * <p>The linker asks it twice about each relocation. First, while nothing has an address, {@code
 * scan} says what the reference needs: a GOT slot, a PLT entry, a copy, a relocation for the
 * loader. Most of that depends on the output and the symbol alone; {@link io.jld.arch.Scan} has
 * these rules. This and the following are of an architecture with three relocations:
 *
 * {@snippet class="io.jld.testing.TestArch" region="scan"}
 *
 * <p>Then, when all have addresses, {@code apply} writes the field of each relocation of a piece of
 * content. Both go through the same list ({@link io.jld.arch.Relocs}), and have to agree. Whatever
 * is wrong with a relocation is reported there, with its place; an exception is a fault of the
 * architecture.
 *
 * {@snippet class="io.jld.testing.TestArch" region="apply"}
 *
 * <p>At last, {@code asmb} has the sections written, and {@code asmb2} headers and tables:
 *
 * {@snippet class="io.jld.testing.TestArch" region="asmb"}
 *
 * <p>All else is for who needs it, and does nothing by default: entries of the PLT, relaxation,
 * thunks, properties of programs, attributes of objects.
 *
 * @since 0.1
 */
package io.jld.arch;
