package io.jld.content;

import static io.jld.elf.Elf.PF_R;
import static io.jld.elf.Elf.PF_W;
import static io.jld.elf.Elf.PF_X;

import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;

/**
 * What PT_GNU_STACK says, by GNU ld's rules: an object asks for an executable stack with a {@code
 * .note.GNU-stack} that has {@code SHF_EXECINSTR}, or by having none while another object has one
 * (not on architectures that are younger than the note). Where no object has one the output says
 * nothing either, and the kernel decides.
 */
public final class ExecStack {
  private ExecStack() {}

  public static void run(Context ctxt) {
    Boolean asked = ctxt.option(LinkOption.EXEC_STACK);
    if (asked == null) {
      ctxt.setStackFlags(byObjects(ctxt));
      return;
    }
    ctxt.setStackFlags(PF_R | PF_W | (asked ? PF_X : 0));
    if (asked && Boolean.TRUE.equals(ctxt.option(LinkOption.WARN_EXECSTACK))) {
      ctxt.warning(
          DiagnosticCode.EXECUTABLE_STACK,
          Location.NONE,
          "enabling an executable stack because of -z execstack command line option");
    }
  }

  private static int byObjects(Context ctxt) {
    boolean noted = ctxt.option(LinkOption.STACK_SIZE) > 0;
    ObjectFile missing = null;
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      switch (f.stackNote()) {
        case EXECUTABLE -> {
          warn(
              ctxt,
              f.location(),
              "requires executable stack (because the .note.GNU-stack section is executable)");
          return PF_R | PF_W | PF_X;
        }
        case PLAIN -> noted = true;
        case MISSING -> missing = ctxt.arch().needsStackNote() ? f : null;
      }
    }
    if (noted && missing != null) {
      warn(
          ctxt,
          missing.location(),
          "missing .note.GNU-stack section implies executable stack\n"
              + ">>> put '.section .note.GNU-stack,\"\",@progbits' into it, or link with -z"
              + " noexecstack");
    }
    return noted ? PF_R | PF_W | (missing == null ? 0 : PF_X) : 0;
  }

  private static void warn(Context ctxt, Location where, String message) {
    if (!Boolean.FALSE.equals(ctxt.option(LinkOption.WARN_EXECSTACK))) {
      ctxt.warning(DiagnosticCode.EXECUTABLE_STACK, where, message);
    }
  }
}
