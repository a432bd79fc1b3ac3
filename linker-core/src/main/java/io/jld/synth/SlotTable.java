package io.jld.synth;

import io.jld.arch.Need;
import io.jld.model.Context;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;

/**
 * The symbols that asked for GOT and PLT slots, and which they have: given in the order of symbol
 * numbers, so that they do not depend on which thread asked first. Row 0 stands for no symbol.
 * Columns hold indices, -1 where a symbol has no such slot.
 */
public final class SlotTable implements SymbolTable.Slots {
  private final Context ctxt;
  private final int[] symbol;
  private final int[] got;
  private final int[] tpOff;
  private final int[] tlsGd;
  private final int[] tlsDesc;
  private final Synthetics made;
  private final int[] plt;
  private final int[] iplt;
  private final int[] pltGot;
  private int gotSlots;
  private int plts;
  private int iplts;
  private int pltGots;
  private final int tlsLd;

  /** Gives the slots; the needs are complete. */
  public SlotTable(Context ctxt, Synthetics made) {
    this.made = made;
    this.ctxt = ctxt;
    this.gotSlots = ctxt.arch().gotLayout().header();
    SymbolTable symbols = ctxt.symbols();
    int any = Need.GOT | Need.PLT | Need.CANONICAL_PLT | Need.TP_OFF | Need.TLS_GD | Need.TLS_DESC;
    int[] found = new int[64];
    int n = 1;
    int end = symbols.count();
    for (int id = symbols.next(1, end, any); id < end; id = symbols.next(id + 1, end, any)) {
      if (n == found.length) {
        found = Arrays.copyOf(found, n * 2);
      }
      found[n++] = id;
    }
    symbol = Arrays.copyOf(found, n);
    got = column(n);
    tpOff = column(n);
    tlsGd = column(n);
    tlsDesc = column(n);
    plt = column(n);
    iplt = column(n);
    pltGot = column(n);
    for (int a = 1; a < n; a++) {
      give(symbols, a);
    }
    tlsLd = ctxt.tlsLdNeeded.get() ? take(2) : -1;
  }

  private static int[] column(int n) {
    int[] c = new int[n];
    Arrays.fill(c, -1);
    return c;
  }

  private void give(SymbolTable symbols, int a) {
    int id = symbol[a];
    symbols.setAux(id, a);
    if (symbols.has(id, Need.GOT)) {
      got[a] = take(1);
    }
    if (symbols.has(id, Need.TP_OFF)) {
      tpOff[a] = take(1);
    }
    if (symbols.has(id, Need.TLS_GD)) {
      tlsGd[a] = take(2);
    }
    if (symbols.has(id, Need.TLS_DESC)) {
      tlsDesc[a] = take(2);
    }
    if (symbols.has(id, Need.PLT | Need.CANONICAL_PLT)) {
      if (symbols.isIfunc(id) && !symbols.isPreemptible(id)) {
        iplt[a] = iplts++;
      } else if (got[a] >= 0 && !symbols.has(id, Need.CANONICAL_PLT)) {
        pltGot[a] = pltGots++;
      } else {
        plt[a] = plts++;
      }
    }
  }

  private int take(int n) {
    int at = gotSlots;
    gotSlots += n;
    return at;
  }

  /** Rows run from 1 to this, exclusive. */
  public int rows() {
    return symbol.length;
  }

  /** The symbol of a row. */
  public int symbol(int row) {
    return symbol[row];
  }

  /** Index of the first slot in {@code .got}, or -1; likewise the following. */
  public int gotIndex(int row) {
    return got[row];
  }

  public int tpOffIndex(int row) {
    return tpOff[row];
  }

  public int tlsGdIndex(int row) {
    return tlsGd[row];
  }

  public int tlsDescIndex(int row) {
    return tlsDesc[row];
  }

  /** Index among the lazily bound PLT entries, or -1. */
  public int pltIndex(int row) {
    return plt[row];
  }

  /** Index among the IFUNCs' PLT entries, or -1. */
  public int ipltIndex(int row) {
    return iplt[row];
  }

  /** Index of the two slots of the local dynamic model, or -1. */
  public int tlsLdIndex() {
    return tlsLd;
  }

  /** Words in {@code .got}, those at its start included. */
  public int gotSlots() {
    return gotSlots;
  }

  /** Lazily bound PLT entries. */
  public int plts() {
    return plts;
  }

  /** Index in {@code .plt.got}, or -1. */
  public int pltGotIndex(int row) {
    return pltGot[row];
  }

  /** Entries of {@code .plt.got}. */
  public int pltGots() {
    return pltGots;
  }

  /** IFUNCs' PLT entries, which follow the lazily bound ones. */
  public int iplts() {
    return iplts;
  }

  private long slot(int index) {
    return made.got().addr() + (long) index * ctxt.elf.wordSize;
  }

  @Override
  public long got(int row) {
    return slot(got[row]);
  }

  @Override
  public long tpOff(int row) {
    return slot(tpOff[row]);
  }

  @Override
  public long tlsGd(int row) {
    return slot(tlsGd[row]);
  }

  @Override
  public long tlsDesc(int row) {
    return slot(tlsDesc[row]);
  }

  @Override
  public long plt(int row) {
    if (pltGot[row] >= 0) {
      return made.pltGot().entry(pltGot[row]);
    }
    PltSec sec = made.pltSec();
    if (plt[row] >= 0) {
      return sec.isUsed() ? sec.entry(plt[row]) : made.plt().entry(plt[row]);
    }
    return sec.isUsed() ? sec.directEntry(iplt[row]) : made.plt().directEntry(iplt[row]);
  }
}
