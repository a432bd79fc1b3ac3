package io.jld.resolve;

import static io.jld.elf.Elf.STT_TLS;

import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.util.List;
import java.util.Set;

/**
 * The space of all common symbols.
 *
 * @param threadLocal of those that are thread-local
 * @param plain of the others
 */
public record CommonSymbols(Commons plain, Commons threadLocal) {
  static void allocate(Context ctxt, List<LinkedObject> withCommons) {
    CommonSymbols all = new CommonSymbols(new Commons(false), new Commons(true));
    all.plain.allocate(ctxt, withCommons);
    all.threadLocal.allocate(ctxt, withCommons);
    ctxt.handOn(all);
  }

  public static CommonSymbols of(Context ctxt) {
    return ctxt.get(CommonSymbols.class);
  }

  /**
   * Takes the space from the common symbols of objects that nothing refers to.
   *
   * @param live the others
   */
  public void retain(Context ctxt, Set<LinkedObject> live) {
    plain.retain(ctxt, live);
    threadLocal.retain(ctxt, live);
  }

  /** Where a common symbol of an object has its space. */
  public Commons of(LinkedObject object, int sym) {
    return (object.file().symbolType(sym) == STT_TLS ? threadLocal : plain).of(object);
  }
}
