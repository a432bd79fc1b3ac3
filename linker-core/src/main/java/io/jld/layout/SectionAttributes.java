package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.plan.OutputSectionStatement.Type;

/** Type and flags of a scripted layout's output section, by its contents and by what is said. */
final class SectionAttributes {
  private SectionAttributes() {}

  static void apply(Context ctxt, PlanSection p) {
    OutputSection out = p.out;
    boolean hasInput = false;
    for (int i = 0; i < out.itemCount(); i++) {
      hasInput |=
          out.item(i) >= 0 || !(out.synthetic(out.item(i)) instanceof io.jld.synth.ScriptData);
    }
    if (!hasInput) {
      // Space alone takes none in the file.
      out.setFlags(out.itemCount() == 0 ? SHF_ALLOC | SHF_WRITE : SHF_ALLOC);
      out.setType(out.itemCount() == 0 ? SHT_NOBITS : SHT_PROGBITS);
      if (out.itemCount() == 0 && ctxt.kind() == OutputKind.RELOCATABLE) {
        out.setFlags(SHF_WRITE);
        out.setType(SHT_PROGBITS);
      }
    }
    if (p.statement == null) {
      return;
    }
    out.place = p.statement.place();
    out.isNotLoaded = p.statement.type() == Type.NOLOAD;
    Type type = p.statement.type();
    switch (type) {
      case NOLOAD -> {
        if (out.isAlloc()) {
          out.setType(SHT_NOBITS);
        }
      }
      case DSECT, COPY, INFO, OVERLAY -> out.setFlags(out.flags() & ~SHF_ALLOC);
      case READONLY, READONLY_TYPE -> out.setFlags(out.flags() & ~SHF_WRITE);
      case NORMAL, TYPE -> {}
    }
    if (p.statement.typeValue() != null) {
      out.setType((int) p.statement.typeValue().evaluate(SectionAttributes::typeNamed));
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
