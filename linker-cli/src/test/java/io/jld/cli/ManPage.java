package io.jld.cli;

/** The man page jld(1), in the macros of man(7). */
final class ManPage {
  private static final String HEAD =
      """
      .\\" Generated from the table of options: see CONTRIBUTING.md.
      .TH JLD 1 "" "jld" "User Commands"
      .SH NAME
      jld \\- ELF linker with the command line of GNU ld
      .SH SYNOPSIS
      .B jld
      .RI [ option " ...] " file " ..."
      .SH DESCRIPTION
      .B jld
      links object files, archives and shared libraries into a program, a shared library or another object.
      It takes the options of GNU ld 2.40 for ELF, and some of gold, lld and mold, and links for the architectures
      that
      .B jld \\-\\-list\\-archs
      prints.
      .PP
      Compilers call it by the names
      .B ld
      and
      .BR ld.jld :
      .PP
      .RS
      .nf
      gcc \\-B/usr/lib/jld/bin/ hello.c
      clang \\-fuse\\-ld=jld hello.c
      .fi
      .RE
      .SH OPTIONS
      A long name may stand behind one dash or two, and be abbreviated where one option alone begins so.
      A value in brackets may be left out, and must follow a
      .BR = .
      A short option's value may be attached.
      An option that is marked as ignored is accepted and changes nothing; one that is marked as refused is an error.
      """;

  private static final String TAIL =
      """
      .SH ARGUMENT FILES
      .TP
      .BI @ FILE
      Take arguments from FILE
      .SH EXIT STATUS
      .TP
      .B 0
      The output has been written, or what was asked for has been printed.
      .TP
      .B 1
      There was an error; the output file is as it was before.
      .SH ENVIRONMENT
      .TP
      .B JAVA_HOME
      A JDK 25 or newer.
      It is passed over where jld has brought a runtime of its own.
      .TP
      .B JLD_JAVA_OPTS
      More options for the JVM, separated by blanks.
      .TP
      .B JLD_SERVER
      With
      .BR auto ,
      a JVM that stays makes the links.
      .TP
      .B NO_COLOR
      If set, messages have no colours.
      .TP
      .B LD_RUN_PATH
      Where the loader searches for libraries, if there is no
      .BR \\-rpath .
      .SH SEE ALSO
      .BR ld (1),
      .BR gcc (1),
      .BR clang (1),
      .BR readelf (1)
      """;

  private ManPage() {}

  static String text() {
    StringBuilder s = new StringBuilder(HEAD);
    for (Opt.Group group : Opt.Group.values()) {
      s.append(".SS ").append(escape(group.title())).append('\n');
      for (Opt opt : group.options()) {
        entry(s, names(opt), opt.help(), opt.status(), opt.why());
      }
      if (group == Opt.Group.DYNAMIC) {
        s.append(".SS Keywords of \\-z\n");
        for (ZKeyword z : ZKeyword.values()) {
          String names = "\\fB\\-z " + escape(z.keyword()) + "\\fR";
          entry(
              s,
              z.value().isEmpty() ? names : names + "=\\fI" + escape(z.value()) + "\\fR",
              z.help(),
              z.status(),
              z.why());
        }
      }
    }
    return s.append(TAIL).toString();
  }

  private static void entry(StringBuilder s, String names, String help, Status status, String why) {
    s.append(".TP\n").append(names).append('\n').append(escape(help));
    if (status != Status.HONOURED) {
      s.append(" (").append(status.word()).append(": ").append(escape(why)).append(')');
    }
    s.append('\n');
  }

  private static String names(Opt opt) {
    StringBuilder s = new StringBuilder();
    for (String name : opt.names().split(" ")) {
      String plain = name.endsWith("!") ? name.substring(0, name.length() - 1) : name;
      s.append(s.isEmpty() ? "" : ", ").append("\\fB").append(escape(plain)).append("\\fR");
      String value = "\\fI" + escape(opt.value()) + "\\fR";
      if (opt.valueIsOptional()) {
        s.append("[=").append(value).append(']');
      } else if (opt.takesValue()) {
        s.append(plain.startsWith("--") ? "=" : " ").append(value);
      }
    }
    return s.toString();
  }

  /** Dashes are those of options; a line must not begin with a request. */
  private static String escape(String text) {
    String s = text.replace("\\", "\\e").replace("-", "\\-");
    return s.startsWith(".") || s.startsWith("'") ? "\\&" + s : s;
  }
}
