package io.jld.dwarf;

import io.jld.link.LinkException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A table of abbreviations: for each code a tag, whether there are children, and attributes with
 * their forms (DWARF 5, section 7.5.3). Compilers number them from 1 on.
 */
final class Abbreviations {
  private static final int DENSE = 1 << 16;

  /** An attribute: its number among those that are kept, its form, its value where that is here. */
  private byte[] attribute = new byte[256];

  private int[] form = new int[256];
  private long[] constant = new long[256];
  private int attributes;

  // For each abbreviation:

  private int[] tag = new int[64];
  private boolean[] children = new boolean[64];
  private int[] first = new int[64 + 1];

  /** Whether none of its attributes is kept, and all have a known size. */
  private boolean[] plain = new boolean[64];

  /** Bytes of what has a size of its own, number of offsets and of addresses beside. */
  private int[] fixed = new int[64];

  private int[] offsets = new int[64];
  private int[] addresses = new int[64];
  private int count;

  /** By code the abbreviation's number plus 1. */
  private int[] dense = new int[64];

  private final Map<Long, Integer> sparse = new HashMap<>();

  /** Bytes of the table. */
  final int size;

  /**
   * @throws LinkException where it is damaged
   */
  Abbreviations(DwarfReader in) {
    int from = in.at();
    for (long code = in.uleb(); code != 0; code = in.uleb()) {
      room();
      enter(code, in);
      long t = in.uleb();
      tag[count] = t < 0 || t > 0xffff ? 0 : (int) t;
      children[count] = in.u8() != 0;
      readAttributes(in);
      count++;
      first[count] = attributes;
    }
    size = in.at() - from;
  }

  private void readAttributes(DwarfReader in) {
    boolean skippable = true;
    while (true) {
      long name = in.uleb();
      long f = in.uleb();
      if (name == 0 && f == 0) {
        break;
      }
      if (f < 0 || f > 0xffff) {
        throw in.bad(in.at(), "unknown form 0x" + Long.toHexString(f));
      }
      if (attributes == form.length) {
        attribute = Arrays.copyOf(attribute, 2 * attributes);
        form = Arrays.copyOf(form, 2 * attributes);
        constant = Arrays.copyOf(constant, 2 * attributes);
      }
      attribute[attributes] = Attribute.of(name);
      form[attributes] = (int) f;
      constant[attributes] = f == Form.IMPLICIT_CONST ? in.sleb() : 0;
      skippable &= attribute[attributes] == Attribute.NONE && measure((int) f);
      attributes++;
    }
    plain[count] = skippable;
  }

  /** Adds up what is known of the size; false where it depends on the value. */
  private boolean measure(int f) {
    switch (Form.size(f)) {
      case Form.VARIABLE -> {
        return false;
      }
      case Form.OFFSET -> offsets[count]++;
      case Form.ADDRESS -> addresses[count]++;
      default -> fixed[count] += Form.size(f);
    }
    return true;
  }

  private void room() {
    if (count == tag.length) {
      int n = 2 * count;
      tag = Arrays.copyOf(tag, n);
      children = Arrays.copyOf(children, n);
      first = Arrays.copyOf(first, n + 1);
      plain = Arrays.copyOf(plain, n);
      fixed = Arrays.copyOf(fixed, n);
      offsets = Arrays.copyOf(offsets, n);
      addresses = Arrays.copyOf(addresses, n);
    }
  }

  private void enter(long code, DwarfReader in) {
    if (find(code) >= 0) {
      throw in.bad(in.at(), "two abbreviations have the code " + code);
    }
    if (code > 0 && code < DENSE) {
      if (code >= dense.length) {
        dense = Arrays.copyOf(dense, Math.max(2 * dense.length, (int) code + 1));
      }
      dense[(int) code] = count + 1;
    } else {
      sparse.put(code, count + 1);
    }
  }

  /** The number of the abbreviation with a code; negative where there is none. */
  int find(long code) {
    if (code > 0 && code < dense.length) {
      return dense[(int) code] - 1;
    }
    return sparse.getOrDefault(code, 0) - 1;
  }

  int tag(int abbreviation) {
    return tag[abbreviation];
  }

  boolean hasChildren(int abbreviation) {
    return children[abbreviation];
  }

  /** Bytes of all its values where none is kept and that is known; else negative. */
  int plainSize(int abbreviation, Encoding unit) {
    return plain[abbreviation]
        ? fixed[abbreviation]
            + offsets[abbreviation] * unit.offsetSize()
            + addresses[abbreviation] * unit.addressSize()
        : -1;
  }

  /**
   * Its first attribute, for the methods below; the next abbreviation's is the one after its last.
   */
  int first(int abbreviation) {
    return first[abbreviation];
  }

  byte attribute(int i) {
    return attribute[i];
  }

  int form(int i) {
    return form[i];
  }

  long constant(int i) {
    return constant[i];
  }
}
