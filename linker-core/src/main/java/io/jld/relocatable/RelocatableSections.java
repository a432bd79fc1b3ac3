package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.content.MergedAttributes;
import io.jld.content.NoteProperty;
import io.jld.gather.PlanSections;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.input.SectionNames;
import io.jld.layout.LinkOrder;
import io.jld.layout.SymbolValues;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.match.KeptSections;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.resolve.CommonSymbols;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.synth.Synthetics;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the sections of a relocatable output. Sections of the same name become one where nothing
 * that they say of themselves differs: exact names, since it is the final link that puts {@code
 * .text.f} into {@code .text}; sections of different groups stay apart, because a later link may
 * leave one of the groups out; {@code SHF_MERGE} sections are concatenated with those of the same
 * entry size and are not merged.
 *
 * <p>Each section is followed by its relocations; groups come first, as their headers must precede
 * those of their members (gABI, "Section Groups").
 */
public final class RelocatableSections {
  /** Flags that the output has on its own account, or that {@link OutputSection} joins. */
  private static final long PLAN_FLAGS =
      SHF_GROUP
          | SHF_COMPRESSED
          | SHF_INFO_LINK
          | SHF_WRITE
          | SHF_EXECINSTR
          | SHF_ALLOC
          | SHF_TLS
          | SHF_MERGE
          | SHF_STRINGS
          | SHF_LINK_ORDER
          | SHF_GNU_RETAIN;

  private final Context ctxt;
  private final SectionTable sections;
  private final Relocatable output;
  private final List<Relocatable.Part> groups = new ArrayList<>();
  private final List<Relocatable.Part> contents = new ArrayList<>();
  private final List<Relocatable.Part> relocations = new ArrayList<>();

  /** What the linker makes. */
  private final List<Synthetic> made = new ArrayList<>();

  /** Whether there are sections with {@code SHF_LINK_ORDER}. */
  private boolean hasOrdered;

  /** For each section of the object under way, the section with its group; 0 for none. */
  private int[] groupOf = {};

  private RelocatableSections(Context ctxt) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.output = Relocatable.of(ctxt);
  }

  public static void run(Context ctxt) {
    Relocatable output = new Relocatable(ctxt);
    ctxt.handOn(output);
    new RelocatableSections(ctxt).make();
  }

  private void make() {
    boolean keepDebug = ctxt.option(LinkOption.STRIP) == LinkOption.Strip.NONE;
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                choose(ctxt.objects().get(o), keepDebug);
              }
            });
    place();
    order();
  }

  /** Sections as the plan has them, each input section with its relocations and its group. */
  private void place() {
    if (ctxt.placesCommons()) {
      CommonSymbols.of(ctxt).spaces().forEach(this::made);
    }
    made(Synthetics.of(ctxt).buildId());
    made(NoteProperty.of(ctxt));
    made(MergedAttributes.of(ctxt));
    made(new StackNote(ctxt));
    SymbolValues.start(ctxt); // what stays though it is empty may depend on some
    PlanSections.make(ctxt, made);
    for (OutputSection s : ctxt.outputs()) {
      output.parts.add(new Relocatable.Part(s));
    }
    for (OutputSection s : ctxt.outputSections()) {
      contents.add(output.part(s));
    }
    ctxt.outputSections().clear();
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      addGroups(object);
      for (int i = 1; i < f.sectionCount(); i++) {
        if (isContent(object, i)) {
          attach(object, i);
        }
      }
    }
  }

  private void made(Synthetic s) {
    if (s != null && s.isNeeded(ctxt)) {
      made.add(s);
    }
  }

  private void attach(LinkedObject object, int i) {
    ObjectFile f = object.file();
    int id = object.sectionId(i);
    Relocatable.Part p = output.parts.get(sections.out[id]);
    OutputSection out = p.out;
    out.setFlags(out.flags() | (f.flags(i) & ~PLAN_FLAGS));
    if (groupOf[i] != 0) {
      out.setFlags(out.flags() | SHF_GROUP);
      join(p, groupOf[i]);
    }
    boolean ordered = (f.flags(i) & SHF_LINK_ORDER) != 0;
    int link = f.link(i);
    hasOrdered |= ordered;
    if (ordered && link > 0 && link < f.sectionCount() && isContent(object, link)) {
      p.linked = output.parts.get(sections.out[object.sectionId(link)]);
    }
    p.linksSymbols |= !ordered && link != 0 && link == f.symbolTable();
    output.gnuSections |= (f.flags(i) & SHF_GNU_RETAIN) != 0;
    if (hasRelocations(f, i)) {
      addRelocations(object, i, p, groupOf[i]);
    }
  }

  /** What is content for {@code -r} and not for other links, and the other way round. */
  private void choose(LinkedObject object, boolean keepDebug) {
    ObjectFile f = object.file();
    for (int i = 1; i < f.sectionCount(); i++) {
      int id = object.sectionId(i);
      if (!sections.isLive(id)
          && !sections.has(id, SectionTable.DUPLICATE | SectionTable.COLLECTED)
          && KeptSections.isKept(ctxt, object, i)) {
        sections.set(id, SectionTable.LIVE);
        sections.size[id] = Decompress.size(f, i);
      }
      if (!keepDebug && SectionNames.isDebug(f, i)) {
        sections.clear(id, SectionTable.LIVE);
      }
    }
    for (int i = 1; i < f.sectionCount(); i++) {
      int link = f.orderedBy(i);
      if (link != 0 && sections.has(object.sectionId(link), SectionTable.DUPLICATE)) {
        sections.clear(object.sectionId(i), SectionTable.LIVE); // it speaks of that section alone
      }
    }
  }

  private void addGroups(LinkedObject object) {
    ObjectFile f = object.file();
    groupOf = new int[f.sectionCount()];
    if (!ctxt.dissolvesGroups()) {
      for (ObjectFile.Group g : f.groups()) {
        if (g.section() != 0) {
          addGroup(object, g);
        }
      }
    }
  }

  private boolean isContent(LinkedObject object, int i) {
    ObjectFile f = object.file();
    int type = f.type(i);
    return sections.isLive(object.sectionId(i))
        && type != SHT_GROUP
        && type != SHT_REL
        && type != SHT_RELA;
  }

  /** A group of which something is left. */
  private void addGroup(LinkedObject object, ObjectFile.Group g) {
    ObjectFile f = object.file();
    int id = object.sectionId(g.section());
    boolean any = false;
    for (int m : g.members()) {
      if (isContent(object, m) && groupOf[m] == 0) {
        groupOf[m] = id;
        any = true;
      }
    }
    if (any) {
      Relocatable.Part p = part(f.sectionName(g.section()), groups);
      put(p, id, SHT_GROUP, 0, 4, 4, 4); // grows with each member
      p.linksSymbols = true;
    }
  }

  private static boolean hasRelocations(ObjectFile f, int i) {
    return f.relocSection(i) != 0 && f.type(i) != SHT_NOBITS;
  }

  private Relocatable.Part part(String name, List<Relocatable.Part> to) {
    Relocatable.Part p = new Relocatable.Part(new OutputSection(name, output.parts.size()));
    output.parts.add(p);
    to.add(p);
    return p;
  }

  /** Makes a part a member of a group. */
  private void join(Relocatable.Part p, int group) {
    if (group != 0) {
      output.parts.get(sections.out[group]).members.add(p);
      sections.size[group] += 4;
    }
  }

  private void put(
      Relocatable.Part p, int id, int type, long flags, long align, long entsize, long size) {
    long had = p.out.flags();
    p.out.add(id, type, flags, align, entsize);
    p.out.setFlags(had | flags);
    sections.set(id, SectionTable.LIVE);
    sections.size[id] = size;
    sections.out[id] = p.out.number();
  }

  private void addRelocations(LinkedObject object, int i, Relocatable.Part p, int group) {
    ObjectFile f = object.file();
    int rel = f.relocSection(i);
    boolean rela = f.type(rel) == SHT_RELA;
    if (rela != ctxt.arch().info().rela() && f.type(i) != SHT_LLVM_CALL_GRAPH_PROFILE) {
      ctxt.error(
          DiagnosticCode.MALFORMED_RELOCATION,
          f.location(rel, -1),
          "relocations of this kind are not those of the architecture");
      return;
    }
    if (p.relocations == null) {
      p.relocations = part((rela ? ".rela" : ".rel") + p.out.name(), relocations);
      p.relocations.relocated = p;
      p.relocations.linksSymbols = true;
      join(p.relocations, group);
    }
    long flags = SHF_INFO_LINK | (group != 0 ? SHF_GROUP : 0);
    put(
        p.relocations,
        object.sectionId(rel),
        f.type(rel),
        flags,
        ctxt.elf.wordSize,
        f.entsize(rel),
        f.rawSize(rel));
  }

  private void order() {
    List<OutputSection> all = ctxt.outputSections();
    groups.forEach(p -> all.add(p.out));
    for (Relocatable.Part p : contents) {
      all.add(p.out);
      if (p.relocations != null) {
        all.add(p.relocations.out);
      }
    }
    for (int i = 0; i < all.size(); i++) {
      all.get(i).index = i + 1;
    }
    ctxt.setOutputs(output.parts.stream().map(p -> p.out).toArray(OutputSection[]::new));
    if (hasOrdered) {
      LinkOrder.run(ctxt);
    }
  }
}
