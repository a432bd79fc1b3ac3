package io.jld.dynamic;

import io.jld.arch.ArchInfo;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.MadeAddresses;
import io.jld.synth.SlotTable;
import io.jld.synth.Synthetics;

/** What the dynamic loader reads, each section once a link. */
public final class LoaderTables implements MadeAddresses {
  private final boolean gotBaseInPlt;
  private final Synthetics synthetics;
  private final RelDyn relDyn;
  private final RelPlt relPlt;
  private final DynStr dynStr = new DynStr();
  private final DynSym dynSym;
  private final GnuHash gnuHash;
  private final SysvHash sysvHash;
  private final Dynamic dynamic;
  private final Interp interp;
  private final RelrDyn relrDyn;
  private final AndroidRelocs androidRelocs;
  private final Versions versions = new Versions();
  private final VerSym verSym = new VerSym(versions);
  private final VerDef verDef = new VerDef(versions);
  private final VerNeed verNeed = new VerNeed(versions);

  /** Makes them, and hands them on. */
  public static void make(Context ctxt) {
    LoaderTables all = new LoaderTables(ctxt);
    ctxt.handOn(all);
    ctxt.setMade(all);
  }

  public static LoaderTables of(Context ctxt) {
    return ctxt.get(LoaderTables.class);
  }

  private LoaderTables(Context ctxt) {
    ArchInfo info = ctxt.arch().info();
    int word = info.wordSize();
    gotBaseInPlt = ctxt.arch().gotLayout().baseInPlt();
    synthetics = Synthetics.of(ctxt);
    relDyn = new RelDyn(info);
    relPlt = new RelPlt(info);
    dynSym = new DynSym(ctxt);
    sysvHash = new SysvHash(word);
    gnuHash = new GnuHash(word);
    dynamic = new Dynamic(word, ctxt.option(LinkOption.READ_ONLY_DYNAMIC));
    interp = new Interp(ctxt);
    relrDyn = new RelrDyn(word, ctxt.option(LinkOption.ANDROID_RELR_TAGS));
    androidRelocs = new AndroidRelocs(info, relDyn);
  }

  /** Collects what the loader must do, with the slots that are given to symbols. */
  public static void prepare(Context ctxt) {
    LoaderTables tables = of(ctxt);
    tables.collect(ctxt, tables.synthetics.giveSlots(ctxt));
  }

  private void collect(Context ctxt, SlotTable slots) {
    relPlt.setSlots(ctxt, slots);
    relDyn.collect(ctxt);
    if (ctxt.isDynamic()) {
      dynSym.collect(ctxt);
      versions.collect(ctxt);
      gnuHash.prepare(ctxt);
      sysvHash.prepare(ctxt);
    }
  }

  @Override
  public long tlsLdSlot() {
    return synthetics.got().tlsLdSlot();
  }

  @Override
  public long gotBase() {
    return gotBaseInPlt ? synthetics.gotPlt().addr() : synthetics.got().addr();
  }

  @Override
  public long gotPlt() {
    return synthetics.gotPlt().addr();
  }

  @Override
  public long dynamicAddr() {
    return dynamic.out() == null ? 0 : dynamic.addr();
  }

  public Interp interp() {
    return interp;
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

  public AndroidRelocs androidRelocs() {
    return androidRelocs;
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
}
