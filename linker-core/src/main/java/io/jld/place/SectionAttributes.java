package io.jld.place;

import static io.jld.elf.Elf.*;

import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.plan.OutputSectionStatement.Type;
import io.jld.plan.Place;

/** Type and flags of a scripted layout's output section, by its contents and by what is said. */
public final class SectionAttributes {
  private static final long PLANNED = SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR | SHF_TLS;

  private SectionAttributes() {}

  public static void apply(Context ctxt, PlanSection p) {
    OutputSection out = p.out;
    setFlags(p, ctxt.elf.wordSize);
    if (p.type() == SHT_NOBITS && out.type() == SHT_PROGBITS && p.kept) {
      ctxt.warning(
          DiagnosticCode.SECTION_TYPE,
          p.statement == null ? Location.NONE : p.statement.place().location(),
          "section '" + out.name() + "' has zeros first, and then content: its type is PROGBITS");
    }
    if (p.statement == null) {
      return;
    }
    Place at = p.statement.place();
    out.place = at.line() == 0 ? null : at;
    out.isNotLoaded = p.statement.type() == Type.NOLOAD;
    if (p.statement.typeValue() != null) {
      out.setType((int) p.statement.typeValue().evaluate(SectionAttributes::typeNamed));
      setEntsize(out, out.type(), ctxt.elf.wordSize);
    }
  }

  /** Type and flags that come of the section's contents. */
  static void setFlags(PlanSection p, int wordSize) {
    OutputSection out = p.out;
    out.setFlags((out.flags() & ~PLANNED) | p.flags());
    int type = Traits.type(p.traits());
    boolean zerosFirst = p.type() == SHT_NOBITS && type == SHT_PROGBITS && out.isAlloc();
    boolean neverLoaded = (p.traits() & Traits.NEVER_LOAD) != 0 && out.isAlloc();
    out.setType(neverLoaded ? SHT_NOBITS : p.type() == 0 || zerosFirst ? type : p.type());
    setEntsize(out, p.type(), wordSize);
  }

  private static void setEntsize(OutputSection out, int type, int wordSize) {
    switch (type) {
      case SHT_INIT_ARRAY, SHT_FINI_ARRAY, SHT_PREINIT_ARRAY -> out.setEntsize(wordSize);
      default -> {}
    }
  }

  /** {@code SHT_*}, as {@code TYPE =} names them. */
  private static java.util.OptionalLong typeNamed(String name) {
    return switch (name) {
      case "SHT_PROGBITS" -> java.util.OptionalLong.of(SHT_PROGBITS);
      case "SHT_STRTAB" -> java.util.OptionalLong.of(SHT_STRTAB);
      case "SHT_NOTE" -> java.util.OptionalLong.of(SHT_NOTE);
      case "SHT_NOBITS" -> java.util.OptionalLong.of(SHT_NOBITS);
      case "SHT_INIT_ARRAY" -> java.util.OptionalLong.of(SHT_INIT_ARRAY);
      case "SHT_FINI_ARRAY" -> java.util.OptionalLong.of(SHT_FINI_ARRAY);
      case "SHT_PREINIT_ARRAY" -> java.util.OptionalLong.of(SHT_PREINIT_ARRAY);
      default -> java.util.OptionalLong.empty();
    };
  }
}
