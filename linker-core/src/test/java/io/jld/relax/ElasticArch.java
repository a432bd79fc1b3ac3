package io.jld.relax;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.AttributeSection;
import io.jld.arch.ObjectMerge;
import io.jld.arch.Relaxation;
import io.jld.arch.Relaxer;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.Location;
import io.jld.testing.TestArch;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * {@link TestArch#WIDE} with calls of eight bytes, {@link #MARK} and the distance, of which four
 * are enough for short distances; with padding; with flags and attributes of objects.
 */
final class ElasticArch implements Arch {
  /** Eight bytes, or four: L + A - P. */
  static final int CALL = 4;

  /** As many bytes of padding as the addend says, to the next power of two. */
  static final int PADDING = 5;

  /** Eight bytes: the place of the CALL that the symbol labels, as it was read. */
  static final int PAIR = 6;

  static final int MARK = 0x4c4c4143;
  static final long REACH = 0x80;
  static final int SHORT = 9;
  static final AttributeSection ATTRIBUTES =
      new AttributeSection(".wide.attributes", 0x70000003, 0x70000003);

  private final Arch others = TestArch.WIDE;

  @Override
  public ArchInfo info() {
    return others.info();
  }

  @Override
  public String relocationName(int type) {
    return type < CALL ? others.relocationName(type) : "ELASTIC" + type;
  }

  @Override
  public void scan(Link ctxt, Relocs r) {
    while (r.next()) {
      if (r.type() == TestArch.WORD) {
        Scan.word(ctxt, r);
      } else if (r.type() == CALL) {
        Scan.call(ctxt, r);
      }
    }
  }

  @Override
  public Relaxer relaxer() {
    return ElasticArch::relax;
  }

  private static void relax(Link ctxt, Relocs r, Relaxation to) {
    while (r.next()) {
      if (r.type() == PADDING) {
        to.align(r.offset(), (int) r.addend(), Long.highestOneBit(r.addend()) << 1);
      } else if (r.type() == CALL && Math.abs(distance(ctxt, r)) <= REACH && to.limit() >= 4) {
        to.delete(r.offset() + 4, 4, SHORT);
      }
    }
  }

  private static long distance(Link ctxt, Relocs r) {
    return ctxt.symbols().callTarget(r.symbol()) + r.addend() - r.place();
  }

  @Override
  public void apply(Link ctxt, Relocs r, Slice s) {
    while (r.next()) {
      switch (r.type()) {
        case TestArch.WORD -> s.put64(r.offset(), ctxt.symbols().value(r.symbol()) + r.addend());
        case CALL -> {
          if (r.form() == SHORT) {
            if (Math.abs(distance(ctxt, r)) > REACH) {
              r.outOfRange(distance(ctxt, r), -REACH, REACH);
            }
            s.put32(r.offset(), (int) distance(ctxt, r));
          } else {
            s.put32(r.offset(), MARK);
            s.put32(r.offset() + 4, (int) distance(ctxt, r));
          }
        }
        case PADDING -> {
          for (int i = 0; i < r.form(); i++) {
            s.put8(r.offset() + i, 0x77);
          }
        }
        case PAIR -> {
          Relocs call = r.at(r.labelOffset(), type -> type == CALL);
          s.put64(r.offset(), call == null ? -1 : call.inputOffset());
        }
        default -> {}
      }
    }
  }

  @Override
  public void applyDebug(Link ctxt, Relocs relocs, Slice slice) {
    others.applyDebug(ctxt, relocs, slice);
  }

  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    return 0;
  }

  @Override
  public int fieldSize(int type) {
    return type < CALL ? others.fieldSize(type) : 4;
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {}

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {}

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {}

  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    return plt;
  }

  @Override
  public void asmb(Link ctxt) {
    others.asmb(ctxt);
  }

  @Override
  public void asmb2(Link ctxt) {
    others.asmb2(ctxt);
  }

  // What objects say of themselves

  @Override
  public Map<String, ToLongFunction<Link>> providedSymbols() {
    return Map.of("middle$", link -> link.section(".text").vaddr() + 0x10);
  }

  /** Objects of the flag 1 do not go with others; attributes are put side by side. */
  @Override
  public ObjectMerge merge(Link ctxt) {
    return new ObjectMerge() {
      private Location first;
      private int flags;
      private byte[] all = {};

      @Override
      public void addFlags(Location object, int more) {
        if (first != null && ((flags ^ more) & 1) != 0) {
          ObjectMerge.incompatible(ctxt, object, "one", first, "the other");
        }
        first = first == null ? object : first;
        flags |= more;
      }

      @Override
      public int flags() {
        return flags;
      }

      @Override
      public AttributeSection attributeSection() {
        return ATTRIBUTES;
      }

      @Override
      public void addAttributes(Location section, Slice content) {
        byte[] more = new byte[all.length + 1];
        System.arraycopy(all, 0, more, 0, all.length);
        more[all.length] = (byte) content.get8(0);
        all = more;
      }

      @Override
      public byte[] attributes() {
        return all;
      }
    };
  }
}
