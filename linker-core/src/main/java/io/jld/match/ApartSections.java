package io.jld.match;

import static io.jld.elf.Elf.SHF_GROUP;

import io.jld.input.ObjectFile;
import io.jld.input.SectionNames;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.pattern.Glob;
import java.util.ArrayList;
import java.util.List;

/**
 * Input sections that become output sections of their own whatever a script says: those of {@code
 * --unique}, and the members of groups in a relocatable output, since a later link may leave the
 * group out.
 */
public final class ApartSections {
  private final boolean groups;
  private final boolean orphans;
  private final List<Glob> names = new ArrayList<>();

  public ApartSections(Context ctxt) {
    groups = ctxt.kind() == OutputKind.RELOCATABLE && !ctxt.dissolvesGroups();
    List<String> unique = ctxt.option(LinkOption.UNIQUE);
    orphans = unique.contains("");
    for (String name : unique) {
      if (!name.isEmpty()) {
        names.add(Glob.of(name));
      }
    }
  }

  /** Whether there may be any, which are not orphans. */
  boolean any() {
    return groups || !names.isEmpty();
  }

  /** Whether no description matches the section. */
  boolean isApart(ObjectFile f, int i) {
    return isInGroup(f, i) || isUnique(f, i);
  }

  /** Of a group that stays together; {@code /DISCARD/} may throw members away all the same. */
  boolean isInGroup(ObjectFile f, int i) {
    return groups && (f.flags(i) & SHF_GROUP) != 0;
  }

  private boolean isUnique(ObjectFile f, int i) {
    for (Glob g : names) {
      if (g.matches(SectionNames.planned(f, i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether an orphan joins no other section. */
  public boolean isOrphanApart(ObjectFile f, int i) {
    return orphans || isApart(f, i);
  }
}
