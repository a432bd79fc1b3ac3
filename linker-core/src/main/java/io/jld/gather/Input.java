package io.jld.gather;

import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.input.SectionNames;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.place.Traits;
import io.jld.resolve.Commons;

/**
 * What a description of input sections may match: a section of an object, or what the linker makes.
 *
 * @param file the object that it stands beside; null for what the linker makes
 * @param id the input section's number; 0 where it is none
 * @param made what the linker makes; null for an input section, and with {@code id} 0 for one that
 *     is always empty
 * @param pattern the name by which scripts mean it, if not by its own
 */
public record Input(
    ObjectFile file,
    int id,
    Synthetic made,
    String name,
    String pattern,
    int type,
    long flags,
    long align) {

  /** An input section. */
  static Input of(Context ctxt, int id) {
    ObjectFile f = ctxt.sections().object(id).file();
    int i = ctxt.sections().index(id);
    String name = SectionNames.planned(f, i);
    return new Input(f, id, null, name, name, f.type(i), f.flags(i), Decompress.align(f, i));
  }

  /** What the linker makes of an object's. */
  static Input of(ObjectFile f, Synthetic s) {
    String pattern = s instanceof Commons c ? c.pattern() : s.section();
    return new Input(f, 0, s, s.section(), pattern, s.type(), s.flags(), s.align());
  }

  /** What the linker makes, with another name for scripts. */
  static Input of(Synthetic s, String pattern) {
    return new Input(null, 0, s, s.section(), pattern, s.type(), s.flags(), s.align());
  }

  /** A section that GNU ld has made, and that has come out empty. */
  static Input empty(String name, int type, long flags, long align) {
    return new Input(null, 0, null, name, name, type, flags, align);
  }

  /** {@link Traits}. */
  int traits() {
    int t = Traits.of(name, type, flags);
    return name.equals(".note.gnu.build-id") ? t & ~Traits.CONTENTS : t;
  }
}
