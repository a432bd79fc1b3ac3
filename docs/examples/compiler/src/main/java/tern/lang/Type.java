package tern.lang;

/** What a value is. All but numbers and truth values are addresses. */
public sealed interface Type {
  /** 32 bits, signed; what does not fit wraps. */
  Type INT = new Simple("int");

  Type BOOL = new Simple("bool");

  /** 0 to 255: what strings and buffers are made of. Read, it is an int. */
  Type BYTE = new Simple("byte");

  /** An address of anything, as C's {@code void *}. */
  Type ANY = new Simple("any");

  /** The type of {@code null}. */
  Type NULL = new Simple("null");

  /** What a function returns that returns nothing. */
  Type NOTHING = new Simple("nothing");

  Type STRING = new Pointer(BYTE);

  /** One that is made of no others. */
  record Simple(String name) implements Type {
    @Override
    public String toString() {
      return name;
    }
  }

  /** {@code *T}: C's pointer. It can be indexed, but nobody knows how far. */
  record Pointer(Type to) implements Type {
    @Override
    public String toString() {
      return to == BYTE ? "string" : "*" + to;
    }
  }

  /** {@code T[]}: the address of the first element; the word before it is their number. */
  record Array(Type of) implements Type {
    @Override
    public String toString() {
      return of + "[]";
    }
  }

  /** Whether a value of it is an address. */
  default boolean isAddress() {
    return this instanceof Pointer || this instanceof Array || this == ANY || this == NULL;
  }

  /** How many bytes one takes in memory, on a processor with words of {@code wordSize}. */
  default int size(int wordSize) {
    return this == INT ? 4 : this == BOOL || this == BYTE ? 1 : wordSize;
  }

  /** Whether a value of this type may stand where the other is wanted. */
  default boolean fits(Type wanted) {
    return equals(wanted)
        || this == NULL && wanted.isAddress()
        || wanted == ANY && isAddress()
        || this == ANY && wanted instanceof Pointer
        || this instanceof Array(Type of) && wanted.equals(new Pointer(of));
  }
}
