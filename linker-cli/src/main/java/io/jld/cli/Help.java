package io.jld.cli;

import io.jld.arch.Arch;
import io.jld.arch.Arches;

/** What {@code --help} and docs/options.md say, both from {@link Opt} and {@link ZKeyword}. */
final class Help {
  /** Column of {@code --help}'s explanations. */
  private static final int COLUMN = 34;

  private Help() {}

  static void print(Console console) {
    console.out("Usage: jld [options] file...");
    for (Opt.Group group : Opt.Group.values()) {
      console.out("");
      console.out(group.title() + ":");
      for (Opt opt : group.options()) {
        entry(console, names(opt, ", "), opt.help(), opt.status(), opt.why());
      }
      if (group == Opt.Group.DYNAMIC) {
        console.out("");
        printKeywords(console);
      }
    }
    console.out("");
    entry(console, "@FILE", "Take arguments from FILE", Status.HONOURED, "");
    console.out("");
    console.out("Long options are accepted with one dash and with two.");
    StringBuilder targets = new StringBuilder("jld: supported targets:");
    StringBuilder emulations = new StringBuilder("jld: supported emulations:");
    StringBuilder arches = new StringBuilder("jld: supported architectures:");
    Arches installed = Architectures.installed();
    console.print(Architectures.unusable());
    console.print(installed.problems());
    for (Arch arch : installed.sorted()) {
      arches.append(' ').append(arch.info().name());
      for (String format : arch.info().outputFormats()) {
        targets.append(' ').append(format);
      }
      for (String emulation : arch.info().emulations()) {
        emulations.append(' ').append(emulation);
      }
    }
    console.out(targets.toString());
    console.out(emulations.toString());
    console.out(arches.toString());
  }

  /**
   * Those that {@code --arch} takes; jars in {@code lib/arch/} that can't be used are warned of.
   */
  static void printArchs(Console console) {
    Arches installed = Architectures.installed();
    console.print(Architectures.unusable());
    console.print(installed.problems());
    for (Arch arch : installed.sorted()) {
      console.out(arch.info().name());
    }
  }

  static void printKeywords(Console console) {
    console.out("Keywords of -z:");
    for (ZKeyword z : ZKeyword.values()) {
      entry(console, "-z " + keyword(z), z.help(), z.status(), z.why());
    }
  }

  private static void entry(Console console, String names, String help, Status status, String why) {
    StringBuilder s = new StringBuilder("  ").append(names);
    if (s.length() > COLUMN - 2) {
      console.out(s.toString());
      s.setLength(0);
    }
    s.append(" ".repeat(COLUMN - s.length())).append(help);
    if (status != Status.HONOURED) {
      s.append(" (").append(status.word()).append(": ").append(why).append(')');
    }
    console.out(s.toString());
  }

  /** {@code -o FILE, --output FILE}; the value stands after each name. */
  static String names(Opt opt, String separator) {
    StringBuilder s = new StringBuilder();
    for (String name : opt.names().split(" ")) {
      String plain = name.endsWith("!") ? name.substring(0, name.length() - 1) : name;
      s.append(s.isEmpty() ? "" : separator).append(plain);
      if (opt.valueIsOptional()) {
        s.append("[=").append(opt.value()).append(']');
      } else if (opt.takesValue()) {
        s.append(plain.startsWith("--") ? '=' : ' ').append(opt.value());
      }
    }
    return s.toString();
  }

  static String keyword(ZKeyword z) {
    return z.value().isEmpty() ? z.keyword() : z.keyword() + "=" + z.value();
  }
}
