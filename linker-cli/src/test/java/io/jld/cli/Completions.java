package io.jld.cli;

import io.jld.link.DiagnosticCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The completions of bash, zsh and fish. */
final class Completions {
  private static final String HEAD = "Generated from the table of options: see CONTRIBUTING.md.\n";

  private static final String BASH =
      """
      _jld() {
        local IFS=$' \\t\\n' cur=${COMP_WORDS[COMP_CWORD]} prev= option words= kind=file
        ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
        # "=" is a word of its own, unless COMP_WORDBREAKS says something else.
        if [[ $cur == '=' ]]; then
          option=$prev cur=
        elif [[ $prev == '=' ]]; then
          option=${COMP_WORDS[COMP_CWORD - 2]}
        elif [[ $cur == -*=* ]]; then
          option=${cur%%=*} cur=${cur#*=}
        else
          option=$prev
          [[ $cur == -* ]] && option= kind=options
        fi
        case $option in
      @CASES@  esac
        if [[ $kind == options ]]; then
          words='@NAMES@'
        fi
        COMPREPLY=()
        case $kind in
          file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); compopt -o filenames 2> /dev/null ;;
          directory) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames 2> /dev/null ;;
          arch) words=$("${COMP_WORDS[0]}" --list-archs 2> /dev/null) ;;&
          words | options | arch) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
        esac
        # What ends in "=" waits for its value.
        [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2> /dev/null
        return 0
      }
      complete -F _jld jld ld.jld
      """;

  private Completions() {}

  /** An option's names as a shell offers them: {@code -o}, {@code --output}. */
  private static List<String> names(Opt opt) {
    List<String> names = new ArrayList<>();
    for (String name : opt.names().split(" ")) {
      names.add(name.endsWith("!") ? name.substring(0, name.length() - 1) : name);
    }
    return names;
  }

  /** What is refused is not offered. */
  private static List<Opt> offered() {
    return Opt.all().stream().filter(opt -> opt.status() != Status.REFUSED).toList();
  }

  private static List<String> keywords() {
    return Arrays.stream(ZKeyword.values())
        .filter(z -> z.status() != Status.REFUSED)
        .map(z -> z.value().isEmpty() ? z.keyword() : z.keyword() + "=")
        .toList();
  }

  /** {@code words}, {@code arch}, {@code directory}, {@code file}, or {@code none}. */
  private static String kind(Opt opt) {
    if (opt == DynamicOpt.Z || opt == ReportOpt.EXPLAIN || !Choices.of(opt).isEmpty()) {
      return "words";
    }
    if (opt == OutputOpt.ARCH) {
      return "arch";
    }
    return switch (opt.value()) {
      case "FILE" -> "file";
      case "DIR", "PATH" -> "directory";
      default -> "none";
    };
  }

  private static List<String> words(Opt opt) {
    if (opt == ReportOpt.EXPLAIN) {
      return Arrays.stream(DiagnosticCode.values()).map(DiagnosticCode::id).toList();
    }
    return opt == DynamicOpt.Z ? keywords() : Choices.of(opt);
  }

  static String bash() {
    StringBuilder cases = new StringBuilder();
    List<String> all = new ArrayList<>();
    for (Opt opt : offered()) {
      for (String name : names(opt)) {
        all.add(
            name.startsWith("--") && opt.takesValue() && !opt.valueIsOptional()
                ? name + "="
                : name);
      }
      if (!opt.takesValue()) {
        continue;
      }
      // A value that may be left out is no word of its own, and comes behind "=".
      String guard =
          opt.valueIsOptional()
              ? "[[ $option != \"$prev\" || ${COMP_WORDS[COMP_CWORD]} == '=' ]] && "
              : "";
      cases.append("    ").append(spellings(opt)).append(") ").append(guard);
      cases.append("kind=").append(kind(opt));
      if (kind(opt).equals("words")) {
        cases.append(" words='").append(String.join(" ", words(opt))).append('\'');
      }
      cases.append(" ;;\n");
    }
    return "# bash completion of jld. "
        + HEAD
        + BASH.replace("@CASES@", cases).replace("@NAMES@", String.join(" ", all));
  }

  /** For a pattern of {@code case}: long names behind one dash too. */
  private static String spellings(Opt opt) {
    List<String> patterns = new ArrayList<>();
    for (String name : opt.names().split(" ")) {
      String plain = name.endsWith("!") ? name.substring(0, name.length() - 1) : name;
      patterns.add(plain);
      if (plain.startsWith("--") && !name.endsWith("!")) {
        patterns.add(plain.substring(1));
      } else if (!plain.startsWith("--") && plain.length() > 2) {
        patterns.add("-" + plain);
      }
    }
    return String.join(" | ", patterns);
  }

  static String zsh() {
    StringBuilder s = new StringBuilder("#compdef jld ld.jld\n# ");
    s.append(HEAD).append("_arguments -S \\\n");
    for (Opt opt : offered()) {
      for (String name : names(opt)) {
        String plain = name.replace("(", "\\(").replace(")", "\\)");
        String help = opt.help().replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]");
        s.append("  ").append(quote("*" + plain + zshValue(opt, plain, help))).append(" \\\n");
      }
    }
    return s.append("  '*:file:_files'\n").toString();
  }

  private static String zshValue(Opt opt, String name, String help) {
    String text = "[" + help + "]";
    if (!opt.takesValue()) {
      return text;
    }
    String action =
        switch (kind(opt)) {
          case "words" -> "(" + String.join(" ", words(opt)) + ")";
          case "arch" -> "($(_call_program archs $words[1] --list-archs))";
          case "file" -> "_files";
          case "directory" -> "_files -/";
          default -> " ";
        };
    String value = opt.value().replace(":", "\\:") + ":" + action;
    if (opt.valueIsOptional()) {
      return "=-" + text + "::" + value;
    }
    return (name.startsWith("--") ? "=" : name.length() == 2 ? "+" : "") + text + ":" + value;
  }

  static String fish() {
    StringBuilder s = new StringBuilder("# fish completion of jld. ").append(HEAD);
    s.append("for program in jld ld.jld\n");
    for (Opt opt : offered()) {
      s.append("  complete -c $program");
      for (String name : names(opt)) {
        String flag = name.startsWith("--") ? " -l " : name.length() == 2 ? " -s " : " -o ";
        s.append(flag).append(fishQuote(name.replaceFirst("^--?", "")));
      }
      String kind = kind(opt);
      if (opt.takesValue() && !opt.valueIsOptional()) {
        s.append(kind.equals("file") || kind.equals("directory") ? " -r -F" : " -x");
      }
      switch (opt.takesValue() ? kind : "") {
        case "words" -> s.append(" -a ").append(fishQuote(String.join(" ", words(opt))));
        case "arch" -> s.append(" -a '($program --list-archs)'");
        case "directory" -> s.append(" -a '(__fish_complete_directories)'");
        default -> {}
      }
      s.append(" -d ").append(fishQuote(opt.help())).append('\n');
    }
    return s.append("end\n").toString();
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static String fishQuote(String text) {
    return Arrays.stream(text.split("", -1))
        .map(c -> c.equals("\\") || c.equals("'") ? "\\" + c : c)
        .collect(Collectors.joining("", "'", "'"));
  }
}
