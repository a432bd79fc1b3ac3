package io.jld.synth;

import io.jld.arch.ArchInfo;
import io.jld.content.NoteProperty;
import io.jld.dynamic.DynStr;
import io.jld.dynamic.DynSym;
import io.jld.dynamic.Dynamic;
import io.jld.dynamic.GnuHash;
import io.jld.dynamic.Interp;
import io.jld.dynamic.RelDyn;
import io.jld.dynamic.RelPlt;
import io.jld.dynamic.RelrDyn;
import io.jld.dynamic.SysvHash;
import io.jld.dynamic.VerDef;
import io.jld.dynamic.VerNeed;
import io.jld.dynamic.VerSym;
import io.jld.dynamic.Versions;
import io.jld.frame.EhFrame;
import io.jld.frame.EhFrameHdr;
import io.jld.link.LinkException;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.MadeAddresses;
import io.jld.model.Synthetic;
import io.jld.resolve.CommonSymbols;
import java.util.ArrayList;
import java.util.List;

/** The sections that the linker makes, each once a link. */
public final class Synthetics implements MadeAddresses {
  private final Got got;
  private final GotPlt gotPlt;
  private final Plt plt = new Plt();
  private final RelDyn relDyn;
  private final RelPlt relPlt;
  private final DynStr dynStr = new DynStr();
  private final DynSym dynSym;
  private final GnuHash gnuHash;
  private final SysvHash sysvHash = new SysvHash();
  private final Dynamic dynamic;
  private final EhFrameHdr ehFrameHdr = new EhFrameHdr();
  private final BuildId buildId;
  private final NotePackage notePackage;
  private final Interp interp;
  private final RelrDyn relrDyn;
  private final PltGot pltGot = new PltGot();
  private final PltSec pltSec = new PltSec();
  private final CopyRelocs copies = new CopyRelocs(false);
  private final CopyRelocs readOnlyCopies = new CopyRelocs(true);
  private final RelroPadding relroPadding = new RelroPadding();
  private final Versions versions = new Versions();
  private final VerSym verSym = new VerSym(versions);
  private final VerDef verDef = new VerDef(versions);
  private final VerNeed verNeed = new VerNeed(versions);

  /**
   * Makes them, and hands them on.
   *
   * @throws LinkException where an option that one of them is made from says something wrong
   */
  public static void make(Context ctxt) {
    Synthetics all = new Synthetics(ctxt);
    ctxt.handOn(all);
    ctxt.setMade(all);
  }

  public static Synthetics of(Context ctxt) {
    return ctxt.get(Synthetics.class);
  }

  private Synthetics(Context ctxt) {
    ArchInfo info = ctxt.arch().info();
    int word = info.wordSize();
    got = new Got(word);
    gotPlt = new GotPlt(ctxt, word);
    relDyn = new RelDyn(info);
    relPlt = new RelPlt(info);
    dynSym = new DynSym(ctxt);
    gnuHash = new GnuHash(word);
    dynamic = new Dynamic(word);
    buildId = new BuildId(ctxt);
    notePackage = new NotePackage(ctxt);
    interp = new Interp(ctxt);
    relrDyn = new RelrDyn(word);
  }

  /** Gives slots to the symbols that asked for them, and collects what the loader must do. */
  public static void prepare(Context ctxt) {
    of(ctxt).giveSlots(ctxt);
  }

  private void giveSlots(Context ctxt) {
    readOnlyCopies.collect(ctxt);
    copies.collect(ctxt);
    SlotTable slots = new SlotTable(ctxt, this);
    ctxt.symbols.setSlots(slots);
    got.setSlots(ctxt, slots);
    gotPlt.setSlots(slots);
    plt.setSlots(ctxt, slots);
    pltGot.setSlots(ctxt, slots);
    pltSec.setSlots(ctxt, slots);
    relPlt.setSlots(ctxt, slots);
    EhFrame.of(ctxt).addPlt(ctxt);
    relDyn.collect(ctxt);
    if (ctxt.isDynamic()) {
      dynSym.collect(ctxt);
      versions.collect(ctxt);
      gnuHash.prepare(ctxt);
      sysvHash.prepare(ctxt);
    }
  }

  /**
   * All of them and the merged content, in an order that settles ties between sections of one rank.
   */
  public List<Synthetic> all(Context ctxt) {
    CommonSymbols commons = CommonSymbols.of(ctxt);
    List<Synthetic> all = new ArrayList<>(MergePools.of(ctxt).pools());
    all.addAll(
        List.of(
            interp,
            buildId,
            notePackage,
            gnuHash,
            sysvHash,
            dynSym,
            dynStr,
            relDyn,
            relPlt,
            plt,
            ehFrameHdr,
            EhFrame.of(ctxt),
            dynamic,
            gotPlt,
            got,
            relrDyn,
            pltGot,
            pltSec,
            verSym,
            verDef,
            verNeed,
            readOnlyCopies,
            copies,
            commons.plain(),
            commons.threadLocal()));
    NoteProperty properties = NoteProperty.of(ctxt);
    if (properties != null) {
      all.add(properties);
    }
    all.add(relroPadding); // needed where another one is in RELRO
    return all;
  }

  @Override
  public long tlsLdSlot() {
    return got.tlsLdSlot();
  }

  @Override
  public long gotBase() {
    return gotPlt.addr();
  }

  @Override
  public long dynamicAddr() {
    return dynamic.out() == null ? 0 : dynamic.addr();
  }

  public CopyRelocs copies() {
    return copies;
  }

  public CopyRelocs readOnlyCopies() {
    return readOnlyCopies;
  }

  public RelroPadding relroPadding() {
    return relroPadding;
  }

  public VerSym verSym() {
    return verSym;
  }

  public VerDef verDef() {
    return verDef;
  }

  public VerNeed verNeed() {
    return verNeed;
  }

  public RelrDyn relrDyn() {
    return relrDyn;
  }

  public PltGot pltGot() {
    return pltGot;
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

  public RelDyn relDyn() {
    return relDyn;
  }

  public RelPlt relPlt() {
    return relPlt;
  }

  public DynStr dynStr() {
    return dynStr;
  }

  public DynSym dynSym() {
    return dynSym;
  }

  public GnuHash gnuHash() {
    return gnuHash;
  }

  public SysvHash sysvHash() {
    return sysvHash;
  }

  public Dynamic dynamic() {
    return dynamic;
  }

  public EhFrameHdr ehFrameHdr() {
    return ehFrameHdr;
  }

  public BuildId buildId() {
    return buildId;
  }
}
