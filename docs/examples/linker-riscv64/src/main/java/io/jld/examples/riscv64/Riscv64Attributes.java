package io.jld.examples.riscv64;

import io.jld.arch.ObjectMerge;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.Location;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The attributes of an object, or of all (psABI, "Attributes"): {@code A}, then for the vendor
 * {@code riscv} one list of tags for the file, those of odd numbers with a string and those of even
 * ones with a number.
 */
final class Riscv64Attributes {
  private static final String VENDOR = "riscv";
  private static final int TAG_FILE = 1;
  private static final int STACK_ALIGN = 4;
  private static final int ARCH = 5;
  private static final int UNALIGNED_ACCESS = 6;
  private static final Set<Integer> PRIVILEGED = Set.of(8, 10, 12);
  private static final int ATOMIC_ABI = 14;

  // Atomic ABIs; an object of A6S goes with each of the others.
  private static final long A6C = 1;
  private static final long A6S = 2;

  private final Map<Integer, Long> numbers = new TreeMap<>();
  private final Map<Integer, String> strings = new TreeMap<>();

  /** Where each tag comes from. */
  private final Map<Integer, Location> origins = new TreeMap<>();

  // Read

  /**
   * Reads a section.
   *
   * @throws IllegalArgumentException with a message where it is malformed
   */
  static Riscv64Attributes read(Slice s) {
    Riscv64Attributes a = new Riscv64Attributes();
    if (s.size() == 0) {
      return a;
    }
    Reader in = new Reader(s, 0, s.size());
    if (in.u8() != 'A') {
      throw new IllegalArgumentException("attributes of an unknown version");
    }
    while (!in.atEnd()) {
      Reader vendor = in.part(4);
      if (!vendor.string().equals(VENDOR)) {
        continue;
      }
      while (!vendor.atEnd()) {
        long tagAt = vendor.at;
        long tag = vendor.uleb();
        Reader list = vendor.part(4 + vendor.at - tagAt);
        if (tag == TAG_FILE) {
          a.readTags(list);
        }
      }
    }
    return a;
  }

  private void readTags(Reader in) {
    while (!in.atEnd()) {
      long tag = in.uleb();
      if (tag > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("attribute with the tag " + tag);
      }
      if ((tag & 1) != 0) {
        strings.put((int) tag, in.string());
      } else {
        numbers.put((int) tag, in.uleb());
      }
    }
    String arch = strings.get(ARCH);
    if (arch != null) {
      Riscv64Isa.parse(arch); // what is wrong with it is this object's fault
    }
  }

  /** A range of the section. */
  private static final class Reader {
    private final Slice s;
    private final long end;
    private long at;

    Reader(Slice s, long from, long end) {
      this.s = s;
      this.at = from;
      this.end = end;
    }

    boolean atEnd() {
      return at >= end;
    }

    int u8() {
      if (at >= end) {
        throw new IllegalArgumentException("attributes are cut off");
      }
      return s.get8(at++) & 0xff;
    }

    long uleb() {
      long v = 0;
      for (int shift = 0; ; shift += 7) {
        int b = u8();
        if (shift > 56) {
          throw new IllegalArgumentException("attribute with a number that is too long");
        }
        v |= (long) (b & 0x7f) << shift;
        if ((b & 0x80) == 0) {
          return v;
        }
      }
    }

    String string() {
      ByteArrayOutputStream b = new ByteArrayOutputStream();
      for (int c = u8(); c != 0; c = u8()) {
        b.write(c);
      }
      return b.toString(StandardCharsets.ISO_8859_1);
    }

    /**
     * A part that begins with its size in four bytes.
     *
     * @param before bytes that the size counts and that have been read, with the size's own
     */
    Reader part(long before) {
      if (end - at < 4) {
        throw new IllegalArgumentException("attributes are cut off");
      }
      long size = s.get32(at) & 0xffffffffL;
      at += 4;
      long to = at - before + size;
      if (size < before || to > end) {
        throw new IllegalArgumentException("attributes with a part of " + size + " bytes");
      }
      Reader part = new Reader(s, at, to);
      at = to;
      return part;
    }
  }

  // Merge

  /** Takes an object's attributes. */
  void merge(Link ctxt, Location section, Riscv64Attributes own) {
    own.strings.forEach(
        (tag, value) -> {
          String old = strings.putIfAbsent(tag, value);
          origins.putIfAbsent(tag, section);
          if (tag == ARCH && old != null && !old.equals(value)) {
            mergeArch(ctxt, section, old, value);
          }
        });
    own.numbers.forEach(
        (tag, value) -> {
          Long old = numbers.putIfAbsent(tag, value);
          origins.putIfAbsent(tag, section);
          if (old != null && !old.equals(value)) {
            mergeNumber(ctxt, section, tag, old, value);
          }
        });
  }

  private void mergeArch(Link ctxt, Location section, String old, String value) {
    Riscv64Isa all = Riscv64Isa.parse(old);
    Riscv64Isa more = Riscv64Isa.parse(value);
    if (!all.base().equals(more.base())) {
      ObjectMerge.incompatible(ctxt, section, more.base(), origins.get(ARCH), all.base());
      return;
    }
    strings.put(ARCH, all.join(more).toString());
  }

  private void mergeNumber(Link ctxt, Location section, int tag, long old, long value) {
    if (tag == UNALIGNED_ACCESS) {
      numbers.put(tag, old | value);
    } else if (tag == ATOMIC_ABI && Math.min(old, value) == 0) {
      numbers.put(tag, Math.max(old, value));
    } else if (tag == ATOMIC_ABI && (old == A6S || value == A6S)) {
      numbers.put(tag, old == A6S ? value : old); // A6S asks for the least
    } else if (tag == STACK_ALIGN || tag == ATOMIC_ABI) {
      String what = tag == STACK_ALIGN ? "a stack alignment of " : "atomic ABI ";
      ObjectMerge.incompatible(ctxt, section, what + value, origins.get(tag), what + old);
    } else if (PRIVILEGED.contains(tag)) {
      numbers.put(tag, Math.max(old, value));
    }
    // of others nothing is known; the first object's stays
  }

  // Write

  /** The section's content; null where there are no attributes. */
  byte[] write() {
    if (numbers.isEmpty() && strings.isEmpty()) {
      return null;
    }
    ByteArrayOutputStream tags = new ByteArrayOutputStream();
    for (int tag : origins.keySet()) {
      uleb(tags, tag);
      if ((tag & 1) != 0) {
        string(tags, strings.get(tag));
      } else {
        uleb(tags, numbers.get(tag));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('A');
    size(out, 4 + VENDOR.length() + 1 + 1 + 4 + tags.size());
    string(out, VENDOR);
    uleb(out, TAG_FILE);
    size(out, 1 + 4 + tags.size());
    out.writeBytes(tags.toByteArray());
    return out.toByteArray();
  }

  private static void size(ByteArrayOutputStream out, int n) {
    byte[] b = new byte[4];
    Slice.of(b).put32(0, n);
    out.writeBytes(b);
  }

  private static void uleb(ByteArrayOutputStream out, long value) {
    long v = value;
    for (; v >>> 7 != 0; v >>>= 7) {
      out.write((int) v & 0x7f | 0x80);
    }
    out.write((int) v);
  }

  private static void string(ByteArrayOutputStream out, String s) {
    out.writeBytes(s.getBytes(StandardCharsets.ISO_8859_1));
    out.write(0);
  }
}
