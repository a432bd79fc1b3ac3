package io.jld.thunk;

import io.jld.arch.Thunks;
import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.reloc.RelocReader;
import io.jld.symbol.LinkedObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the branches that reach neither their targets nor a thunk, at the addresses of this round.
 */
final class FarBranches {
  /** A branch, by its relocation's type and its address. */
  record Branch(int type, long place, Thunk.Target target) {}

  private final Context ctxt;
  private final Thunks kind;
  private final TargetAddresses targets;
  private final ThunkTable table;

  FarBranches(Context ctxt, Thunks kind, TargetAddresses targets, ThunkTable table) {
    this.ctxt = ctxt;
    this.kind = kind;
    this.targets = targets;
    this.table = table;
  }

  /** In the order of objects and their sections, whichever thread has found them. */
  List<Branch> find() {
    int n = ctxt.objects().size();
    List<List<Branch>> found = new ArrayList<>();
    for (int o = 0; o < n; o++) {
      found.add(null);
    }
    ctxt.tasks()
        .forRanges(
            n,
            4,
            () -> new RelocReader(ctxt),
            (reader, from, to) -> {
              for (int o = from; o < to; o++) {
                found.set(o, in(ctxt.objects().get(o), reader));
              }
            });
    List<Branch> all = new ArrayList<>();
    found.forEach(all::addAll);
    return all;
  }

  private List<Branch> in(LinkedObject object, RelocReader reader) {
    List<Branch> found = new ArrayList<>();
    ObjectFile f = object.file();
    for (int i = 1; i < f.sectionCount(); i++) {
      long addr = ctxt.sections().addr[object.sectionId(i)];
      if (RelocReader.isCode(ctxt, object, i)
          && reader.open(object, i, ctxt.content(f, i), addr, null)) {
        in(reader, found);
      }
    }
    return found;
  }

  private void in(RelocReader r, List<Branch> found) {
    while (r.next()) {
      if (kind.isExtensible(ctxt, r)
          && !kind.reaches(r.type(), r.place(), targets.of(r.symbol()) + r.addend())) {
        Thunk.Target target = new Thunk.Target(r.symbol(), r.addend());
        if (table.near(r.type(), r.place(), target) == null) {
          found.add(new Branch(r.type(), r.place(), target));
        }
      }
    }
  }
}
