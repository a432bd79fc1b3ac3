package io.jld.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * An option: a row of the table that the parser, {@code --help} and docs/options.md are made from,
 * and what it does. The table has every option of GNU ld 2.40 for ELF, and those of other linkers
 * that compilers and build systems pass. It is cut into {@linkplain Group groups}, each a file.
 *
 * <p>They are enums, and not rows with a function each, because every link reads the whole table: a
 * lambda costs a cold start more than a row does.
 */
sealed interface Opt
    permits OutputOpt,
        InputOpt,
        SymbolOpt,
        LayoutOpt,
        DynamicOpt,
        ReportOpt,
        ServerOpt,
        CompatOpt,
        OtherOpt {

  /** The groups, in the order of {@code --help}. */
  enum Group {
    OUTPUT("Output", OutputOpt.values()),
    INPUT("Inputs", InputOpt.values()),
    SYMBOLS("Symbols", SymbolOpt.values()),
    LAYOUT("Sections and layout", LayoutOpt.values()),
    DYNAMIC("Dynamic linking", DynamicOpt.values()),
    REPORTS("Messages and reports", ReportOpt.values()),
    SERVER("Server", ServerOpt.values()),
    COMPAT("Compatibility", CompatOpt.values());

    private final String title;
    private final Opt[] options;

    Group(String title, Opt[] options) {
      this.title = title;
      this.options = options;
    }

    String title() {
      return title;
    }

    /** In the order of {@code --help}; not to be changed. */
    Opt[] options() {
      return options;
    }
  }

  /**
   * How an option is written, and what is said of it.
   *
   * @param names with their dashes, separated by blanks. {@code -o} is short: its value may be
   *     attached. Longer names are accepted with one dash and with two, and abbreviated while that
   *     is unambiguous; a name that ends in {@code !} needs its two dashes, for with one it is a
   *     short option with a value ({@code -omagic} writes to {@code magic})
   * @param value what the value is called; empty for an option without one; {@code [=NAME]} where
   *     it may be left out
   * @param help one line, without a full stop
   * @param why why it is ignored or refused; empty for an option that is honoured
   */
  record Form(String names, String value, String help, Status status, String why) {}

  /** The whole table. */
  static List<Opt> all() {
    List<Opt> all = new ArrayList<>();
    for (Group group : Group.values()) {
      all.addAll(List.of(group.options()));
    }
    return all;
  }

  Form form();

  /**
   * Does what the option says. Only for one that is {@linkplain Status#HONOURED honoured}.
   *
   * @param value null where none is given
   * @param spelling the name as it was given, for messages
   * @throws UsageException for an invalid value
   */
  void apply(Settings s, String value, String spelling);

  /** As in {@link Form#names}. */
  default String names() {
    return form().names();
  }

  /** What the value is called; empty for an option without one. */
  default String value() {
    String value = form().value();
    return value.startsWith("[=") ? value.substring(2, value.length() - 1) : value;
  }

  default boolean takesValue() {
    return !form().value().isEmpty();
  }

  /** Whether the value may be left out, and otherwise must follow a {@code =}. */
  default boolean valueIsOptional() {
    return form().value().startsWith("[=");
  }

  default Status status() {
    return form().status();
  }

  default String help() {
    return form().help();
  }

  /** Why it is ignored or refused; empty for an option that is honoured. */
  default String why() {
    return form().why();
  }
}
