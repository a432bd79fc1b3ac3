package io.jld.place;

import static io.jld.elf.Elf.*;

import io.jld.model.OutputSection;
import io.jld.plan.Fill;
import io.jld.plan.InputSections;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OutputSectionStatement.Type;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Statement;
import io.jld.synth.ScriptData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An output section of a script's layout: what the script says of it, and what is in it. */
public final class PlanSection implements PlanItem {
  /** A part of the section, in order. */
  public sealed interface Part permits Contents, Assignment, DataPart, FillPart {}

  /** Input sections and what the linker made. */
  public static final class Contents implements Part {
    private final InputSections inputs;
    private int[] items;

    /** The address at which they have been placed, and how many bytes they take from there. */
    long placedAt;

    /** -1: they have not been placed yet. */
    long size = -1;

    /** What the linker made of it had this size then, in all. */
    long madeSize;

    /** And the input sections had the sizes of this edition. */
    int edition;

    /**
     * @param inputs by which they are here; null for an orphan
     * @param items as those of an {@link OutputSection}
     */
    public Contents(InputSections inputs, int[] items) {
      this.inputs = inputs;
      this.items = items;
    }

    public InputSections inputs() {
      return inputs;
    }

    public int[] items() {
      return items;
    }

    /** Takes the same items with others between them; {@link #giveOrder} has to follow. */
    public void setItems(int[] more) {
      items = more;
      size = -1;
    }
  }

  /**
   * @param statement number of the statement in the list of assignments
   */
  public record Assignment(int statement) implements Part {}

  public record DataPart(int item, ScriptData data, Statement.Data statement) implements Part {}

  /** What gaps from here on are filled with. */
  public record FillPart(Fill fill) implements Part {}

  /** Null for an orphan. */
  public final OutputSectionStatement statement;

  /** Null where it is of no overlay. */
  public final OverlayStatement overlay;

  public final OutputSection out;
  public final List<Part> parts = new ArrayList<>();

  /** Where an orphan goes: the regions and headers of the section that it was put after. */
  public PlanSection likes;

  /** Of an orphan: what others have to be like that join it. */
  public String likeness = "";

  /** Whether the output has it; what is assigned in it counts in any case. */
  public boolean kept;

  /** Whether anything says that there is such a section: content, or an expression. */
  private boolean made;

  /** {@link Traits}. */
  private int traits;

  /** Its {@code SHT_*}, 0 as long as none is known. */
  private int type;

  private long specialFlags;

  private boolean hasInput;

  /** Whether an assignment in it moves the location counter, which keeps it though it is empty. */
  boolean moves;

  /** Whether it defines symbols: a section that does leads the location counter if it is empty. */
  boolean namesSymbols;

  public PlanSection(
      OutputSectionStatement statement, OverlayStatement overlay, OutputSection out) {
    this.statement = statement;
    this.overlay = overlay;
    this.out = out;
  }

  public String name() {
    return out.name();
  }

  /** Takes the order of the items from the output section. */
  void takeOrder() {
    int at = 0;
    for (Part part : parts) {
      if (part instanceof Contents c) {
        System.arraycopy(out.items(), at, c.items, 0, c.items.length);
        c.size = -1; // the places that they have are those of another order
        at += c.items.length;
      } else if (part instanceof DataPart) {
        at++;
      }
    }
  }

  /** Gives the output section the items of the parts, in their order. */
  public void giveOrder() {
    List<int[]> all = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Contents c) {
        all.add(c.items);
      } else if (part instanceof DataPart d) {
        all.add(new int[] {d.item});
      }
    }
    out.setItems(all.stream().flatMapToInt(Arrays::stream).toArray());
  }

  public boolean isMade() {
    return made;
  }

  public int traits() {
    return traits;
  }

  public int type() {
    return type;
  }

  /** A dropped section that names no symbol is as if it were not in the script. */
  boolean isIgnored() {
    return made && !kept && !namesSymbols;
  }

  /**
   * Makes the section, if there is none yet.
   *
   * @return whether there was none
   */
  public boolean make(int with) {
    if (made) {
      return false;
    }
    made = true;
    traits = with;
    type = SpecialSections.type(name());
    specialFlags = SpecialSections.flags(name());
    return true;
  }

  /** Data of the script. */
  public void takeData() {
    int t =
        switch (statementType()) {
          case NORMAL, TYPE -> Traits.CONTENTS | Traits.ALLOC | Traits.LOAD;
          case DSECT, COPY, INFO, OVERLAY -> Traits.CONTENTS;
          case READONLY, READONLY_TYPE ->
              Traits.CONTENTS | Traits.ALLOC | Traits.LOAD | Traits.READONLY;
          case NOLOAD -> Traits.NEVER_LOAD | Traits.ALLOC;
        };
    if (!make(t | Traits.READONLY)) {
      traits |= t;
    }
  }

  /**
   * An input section, or what the linker makes.
   *
   * @param own its traits
   */
  public void take(int own, int inputType) {
    int t = own;
    switch (statementType()) {
      case DSECT, COPY, INFO, OVERLAY -> t &= ~Traits.ALLOC;
      case READONLY, READONLY_TYPE -> t |= Traits.READONLY;
      case NOLOAD -> t = (t & ~(Traits.LOAD | Traits.CONTENTS)) | Traits.NEVER_LOAD;
      case NORMAL, TYPE -> {}
    }
    make(t);
    traits &= t | ~Traits.READONLY;
    traits |= hasInput ? t & ~Traits.READONLY : t;
    if (hasInput) {
      return;
    }
    hasInput = true;
    specialFlags = 0;
    boolean named = // so, but something else
        (type == SHT_REL || type == SHT_RELA)
            && inputType != SHT_REL
            && inputType != SHT_RELA
            && inputType != SHT_RELR;
    named |= type == SHT_RELR && inputType == SHT_ANDROID_RELR;
    if (type == SHT_PROGBITS || type == SHT_NOTE || type == SHT_NOBITS || named) {
      type = 0;
    }
    if (type == 0 && traits == own) {
      type = inputType;
    }
  }

  private Type statementType() {
    return statement == null ? Type.NORMAL : statement.type();
  }

  /**
   * The location counter was moved in it: space that takes memory.
   *
   * @return whether it had none before
   */
  boolean takeSpace() {
    boolean grows = !statementIsUnallocated() && (traits & Traits.ALLOC) == 0;
    traits |= grows ? Traits.ALLOC : 0;
    return grows;
  }

  private boolean statementIsUnallocated() {
    return switch (statementType()) {
      case DSECT, COPY, INFO, OVERLAY -> true;
      default -> false;
    };
  }

  public void setReadOnly(boolean readOnly) {
    traits = readOnly ? traits | Traits.READONLY : traits & ~Traits.READONLY;
  }

  /** Its flags but for those that only input sections know. */
  long flags() {
    return Traits.flags(traits) | specialFlags;
  }
}
