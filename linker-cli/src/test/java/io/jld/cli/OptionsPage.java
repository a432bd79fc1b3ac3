package io.jld.cli;

import java.util.List;

/** The tables of docs/options.md, made of the table of options. */
final class OptionsPage {
  private static final OtherLinkers OTHERS = new OtherLinkers();

  private final StringBuilder s = new StringBuilder();

  private OptionsPage() {}

  static String markdown() {
    OptionsPage page = new OptionsPage();
    for (Opt.Group group : Opt.Group.values()) {
      page.heading(group.title());
      for (Opt opt : group.options()) {
        page.row(Help.names(opt, "`, `"), plain(opt), opt.help(), opt.status(), opt.why());
      }
      if (group == Opt.Group.DYNAMIC) {
        page.heading("Keywords of -z");
        for (ZKeyword z : ZKeyword.values()) {
          List<String> name = List.of("-z " + z.keyword());
          page.row("-z " + Help.keyword(z), name, z.help(), z.status(), z.why());
        }
      }
    }
    page.heading("Options of other linkers alone");
    for (Opt opt : OtherOpt.values()) {
      page.row(Help.names(opt, "`, `"), plain(opt), opt.help(), opt.status(), opt.why());
    }
    return page.s.toString();
  }

  /** An option's names with their dashes. */
  static List<String> plain(Opt opt) {
    return List.of(opt.names().replace("!", "").split(" "));
  }

  private void heading(String title) {
    s.append(s.isEmpty() ? "" : "\n").append("## ").append(title).append("\n\n");
    s.append("| Option | Meaning | jld | ");
    s.append(String.join(" | ", OtherLinkers.NAMES)).append(" |\n|").append(" --- |".repeat(7));
    s.append('\n');
  }

  private void row(String names, List<String> plain, String help, Status status, String why) {
    s.append("| `").append(names).append("` | ").append(help).append(" | ").append(status.word());
    s.append(why.isEmpty() ? "" : ": " + why).append(" |");
    String others = OTHERS.of(plain);
    for (int l = 0; l < OtherLinkers.NAMES.size(); l++) {
      char c = others.charAt(l);
      s.append(c == '+' ? " yes |" : c == 'i' ? " ignores it |" : " |");
    }
    s.append('\n');
  }
}
