package io.jld.arch;

import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * An architecture: data and a few functions. It is found as a {@link java.util.ServiceLoader}
 * service, keeps no state, and serves many links at once: all state of a link is in its {@link
 * Link}.
 *
 * @since 0.1
 */
public interface Arch {
  ArchInfo info();

  /**
   * The relocation's name in the psABI, {@code R_X86_64_PC32}; for a number that the architecture
   * lacks, the number.
   */
  String relocationName(int type);

  /**
   * Looks at the relocations of one allocated section and asks for what they need: GOT and PLT
   * slots, copy relocations, TLS slots, dynamic relocations. Runs for many sections at once; what
   * it asks for may depend on the inputs alone. It must come to the same relaxations as {@link
   * #apply} will.
   */
  void scan(Link ctxt, Relocs relocs);

  /**
   * Applies the relocations of one allocated section.
   *
   * @param slice the section's content on its way to the output; edited in place
   */
  void apply(Link ctxt, Relocs relocs, Slice slice);

  /**
   * Applies the relocations of one section that is not loaded (debug information). No scan precedes
   * it, no dynamic relocation may follow from it; a target that was discarded has {@link
   * Relocs#tombstone} for its value.
   */
  void applyDebug(Link ctxt, Relocs relocs, Slice slice);

  /**
   * The addend that stands in the content, for an architecture with {@code SHT_REL}.
   *
   * @param content the section's content as it was read
   * @param offset of the field in bytes, not yet checked: outside of {@code content} it is an error
   *     of the input
   * @return sign-extended; 0 for types without a field
   */
  long implicitAddend(int type, Slice content, long offset);

  /**
   * Bytes of the field that a relocation of this type changes, from its offset on: 1, 2, 4 or 8.
   * For an architecture with {@code SHT_REL} it holds the addend, in little-endian order; 0 for
   * types without a field and for unknown ones.
   */
  int fieldSize(int type);

  /**
   * What can be done where the field of a relocation of this type is too small for its value: how a
   * line of the message goes on after the object's name, {@code " is compiled for ...; compile it
   * with -mcmodel=large"}; empty where nothing is known.
   */
  default String overflowCure(int type) {
    return "";
  }

  /**
   * How a relocation of this type refers to its symbol. Identical code folding asks for it; {@link
   * Reference#OTHER} is right for every type, and folds less.
   */
  default Reference reference(int type) {
    return Reference.OTHER;
  }

  /**
   * Whether the field of a {@link Reference#DISPLACEMENT} belongs to a call or jump.
   *
   * @param content of a section of code, as it was read
   * @param offset of the field in bytes, inside of {@code content}; what is around it has not been
   *     checked
   */
  default boolean isBranch(Slice content, long offset) {
    return false;
  }

  /** The program properties that it defines; none by default. */
  default Properties properties() {
    return Properties.NONE;
  }

  /**
   * Sizes of this link's procedure linkage table: those of {@link ArchInfo#plt} unless the link's
   * options or the objects' properties ({@link Link#property}) ask for another form of it.
   */
  default ArchInfo.PltSizes pltSizes(Link ctxt) {
    return info().plt();
  }

  /**
   * Whether an entry of this link's procedure linkage table can be a function's address (psABI,
   * "Function Addresses"): not where it needs a register that only calls through the PLT set.
   */
  default boolean isPltAddressable(Link ctxt) {
    return true;
  }

  /** What makes its code shorter; null where code keeps its size, as by default. */
  default Relaxer relaxer() {
    return null;
  }

  /** What extends the range of its branches; null where all of them reach, as by default. */
  default Thunks thunks() {
    return null;
  }

  /**
   * What makes one of all objects' {@code e_flags} and attributes in this link; null where there
   * are none, and {@code e_flags} is 0.
   */
  default ObjectMerge merge(Link ctxt) {
    return null;
  }

  /**
   * Symbols that the linker defines where something refers to them and no object does, as it does
   * {@code _GLOBAL_OFFSET_TABLE_}: names, and what gives each its value. That is asked as soon as
   * sections have addresses, which may be tentative ones ({@link Link#section}).
   */
  default Map<String, ToLongFunction<Link>> providedSymbols() {
    return Map.of();
  }

  /**
   * Whether compilers put small data into sections of their own ({@code .sdata}, {@code .sbss}),
   * near to which other data is reached with little code.
   */
  default boolean hasSmallData() {
    return false;
  }

  /**
   * Whether an object that says nothing of its stack, beside others that do, needs one that is
   * executable ({@code .note.GNU-stack}): so it is on architectures that are older than the note.
   */
  default boolean needsStackNote() {
    return true;
  }

  /**
   * What {@code .dynamic} has of this architecture's own. Relocations have been scanned; addresses
   * are not known yet.
   */
  default List<DynamicTag> dynamicTags(Link ctxt) {
    return List.of();
  }

  /** What stands at the start of the GOT. */
  default GotLayout gotLayout() {
    return GotLayout.IN_PLT;
  }

  /** Where thread-local storage lies; variant II by default. */
  default TlsLayout tlsLayout() {
    return TlsLayout.VARIANT_II;
  }

  /**
   * Writes {@code .plt}'s header.
   *
   * @param addr its address
   */
  void writePltHeader(Link ctxt, Slice slice, long addr);

  /**
   * Writes one lazily bound entry of {@code .plt}.
   *
   * @param addr the entry's address
   * @param slot address of its slot in {@code .got.plt}
   * @param index the entry's number, from 0, which is that of its relocation in {@code .rel(a).plt}
   */
  void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index);

  /**
   * Writes an entry that jumps through the GOT slot at {@code slot} and is never bound lazily.
   *
   * @param addr the entry's address
   */
  void writePltDirect(Link ctxt, Slice slice, long addr, long slot);

  /**
   * What a lazily bound slot of {@code .got.plt} holds before it is bound: the address of the code
   * that calls the resolver.
   *
   * @param plt address of {@code .plt}, which begins with its header
   * @param entry address of the slot's entry there
   */
  long lazySlotValue(Link ctxt, long plt, long entry);

  /** How to unwind from the PLT; null where nothing is known of it. */
  default PltUnwind pltUnwind(Link ctxt) {
    return null;
  }

  /**
   * Writes the content of all sections: text, data, debug information, in parallel or in order as
   * it likes.
   */
  void asmb(Link ctxt);

  /** Writes what is sized last: file and program headers, section headers, symbol table. */
  void asmb2(Link ctxt);
}
