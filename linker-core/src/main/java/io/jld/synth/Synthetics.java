package io.jld.synth;

import io.jld.frame.EhFrame;
import io.jld.frame.EhFrameHdr;
import io.jld.frame.PltFrames;
import io.jld.link.LinkException;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.util.List;

/** The sections that the linker makes for the program itself, each once a link. */
public final class Synthetics {
  private final Got got;
  private final GotPlt gotPlt;
  private final Plt plt = new Plt();
  private final EhFrameHdr ehFrameHdr = new EhFrameHdr();
  private final BuildId buildId;
  private final NotePackage notePackage;
  private final PltGot pltGot = new PltGot();
  private final PltSec pltSec = new PltSec();
  private final List<CopyRelocs> copies =
      List.of(
          new CopyRelocs(CopyRelocs.Part.READ_ONLY),
          new CopyRelocs(CopyRelocs.Part.PLAIN),
          new CopyRelocs(CopyRelocs.Part.LARGE));

  /**
   * Makes them, and hands them on.
   *
   * @throws LinkException where an option that one of them is made from says something wrong
   */
  public static void make(Context ctxt) {
    ctxt.handOn(new Synthetics(ctxt));
  }

  public static Synthetics of(Context ctxt) {
    return ctxt.get(Synthetics.class);
  }

  private Synthetics(Context ctxt) {
    int word = ctxt.elf.wordSize;
    got = new Got(word);
    gotPlt = new GotPlt(ctxt, word);
    buildId = new BuildId(ctxt);
    notePackage = new NotePackage(ctxt);
  }

  /**
   * Gives slots to the symbols that asked for them: in the order of symbols, not in that in which
   * threads asked.
   */
  public SlotTable giveSlots(Context ctxt) {
    copies.forEach(c -> c.collect(ctxt));
    SlotTable slots = new SlotTable(ctxt, this);
    ctxt.symbols().setSlots(slots);
    got.setSlots(ctxt, slots);
    gotPlt.setSlots(slots);
    plt.setSlots(ctxt, slots);
    pltGot.setSlots(ctxt, slots);
    pltSec.setSlots(ctxt, slots);
    EhFrame frames = EhFrame.of(ctxt);
    if (frames.hasRecords()) {
      frames.addPlt(pltFrames(ctxt));
    }
    return slots;
  }

  private PltFrames pltFrames(Context ctxt) {
    PltFrames frames = new PltFrames(ctxt);
    frames.add(plt, 0, plt.lazySize(), true);
    frames.add(plt, plt.lazySize(), plt.size() - plt.lazySize(), false);
    frames.add(pltGot, 0, pltGot.isNeeded(ctxt) ? pltGot.size() : 0, false);
    frames.add(pltSec, 0, pltSec.isNeeded(ctxt) ? pltSec.size() : 0, false);
    return frames;
  }

  public EhFrameHdr ehFrameHdr() {
    return ehFrameHdr;
  }

  public NotePackage notePackage() {
    return notePackage;
  }

  /** All that is copied: what becomes read only, what does not, what may be far away. */
  public List<CopyRelocs> copies() {
    return copies;
  }

  /** Where a symbol's copy is; null for none. */
  public CopyRelocs copyOf(int id) {
    for (CopyRelocs c : copies) {
      if (c.has(id)) {
        return c;
      }
    }
    return null;
  }

  public PltGot pltGot() {
    return pltGot;
  }

  /** Where the PLT's entries are that others call and take for a function's address. */
  public Synthetic pltEntries(Context ctxt) {
    return pltSec.isNeeded(ctxt) ? pltSec : plt;
  }

  public PltSec pltSec() {
    return pltSec;
  }

  public Got got() {
    return got;
  }

  public GotPlt gotPlt() {
    return gotPlt;
  }

  public Plt plt() {
    return plt;
  }

  public BuildId buildId() {
    return buildId;
  }
}
