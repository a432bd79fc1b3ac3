package io.jld.cli;

import io.jld.link.DiagnosticCode;

/**
 * Cuts a command line into options and inputs by the rules of {@code getopt_long_only}, as GNU ld
 * uses it:
 *
 * <ul>
 *   <li>a long name may stand after one dash or two, and be abbreviated while that is unambiguous;
 *   <li>after one dash, what is no long name is a short option, with its value attached or in the
 *       next argument, or several short ones of which only the last has a value ({@code -Sx});
 *   <li>{@code -lNAME} is a library even where NAME begins with {@code ibrary};
 *   <li>{@code -G} without a number is {@code -shared}, for the sake of Solaris;
 *   <li>what does not begin with a dash, a dash alone, and everything after {@code --} are inputs.
 * </ul>
 */
final class ArgScanner {
  private final String[] args;
  private final OptNames names = new OptNames();
  private int next;
  private boolean onlyInputs;

  /** Short options that stand after the one just read: {@code x} of {@code -Sx}; empty mostly. */
  private String cluster = "";

  private Opt opt;
  private String value;
  private String spelling;

  ArgScanner(String[] args) {
    this.args = args;
  }

  /**
   * Goes on to the next option or input.
   *
   * @return false at the end
   * @throws UsageException where the argument is no option, or lacks its value; the scan may go on
   *     after it
   */
  boolean advance() {
    opt = null;
    value = null;
    if (!cluster.isEmpty()) {
      shortOptions(cluster);
      return true;
    }
    if (next == args.length) {
      return false;
    }
    String arg = args[next++];
    spelling = arg;
    if (onlyInputs || arg.length() < 2 || arg.charAt(0) != '-') {
      value = arg;
    } else if (arg.equals("--")) {
      onlyInputs = true;
      return advance();
    } else if (arg.charAt(1) == '-') {
      if (!longOption(arg, 2)) {
        throw unknown(arg);
      }
    } else if (arg.equals("-G") && !numberFollows()) {
      opt = OutputOpt.SHARED;
    } else if (isShort(arg) || !longOption(arg, 1)) {
      shortOptions(arg.substring(1));
    }
    return true;
  }

  /** Whether an argument with one dash is short without a look at the long names. */
  private boolean isShort(String arg) {
    char c = arg.charAt(1);
    return c == 'l' || names.isShortOnly(c) || (arg.length() == 2 && names.shortOpt(c) != null);
  }

  /** The option just read; null for an input. */
  Opt opt() {
    return opt;
  }

  /** The option's value, null where it has none; the input's name. */
  String value() {
    return value;
  }

  /** The option's name as it was given, for messages. */
  String spelling() {
    return spelling;
  }

  private boolean numberFollows() {
    return next < args.length && !args[next].isEmpty() && Character.isDigit(args[next].charAt(0));
  }

  /**
   * Reads a long option whose name begins at {@code start}; false if there is none of this name.
   */
  private boolean longOption(String arg, int start) {
    int equals = arg.indexOf('=', start);
    String name = equals < 0 ? arg.substring(start) : arg.substring(start, equals);
    Opt found = names.longOpt(name, start == 2);
    if (found == null && start == 2) {
      found = OtherOpt.of(name); // before abbreviations: --repro is mold's, not --reproduce
    }
    // One letter after a single dash is that short option, not the abbreviation of a long one.
    if (found == null && (start == 2 ? !name.isEmpty() : name.length() > 1)) {
      try {
        found = names.abbreviated(name, start == 2);
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            DiagnosticCode.UNKNOWN_OPTION, "option '" + arg + "' is ambiguous: " + e.getMessage());
      }
    }
    if (found == null) {
      return false;
    }
    spelling = equals < 0 ? arg : arg.substring(0, equals);
    if (equals >= 0) {
      if (!found.takesValue()) {
        throw new UsageException(
            DiagnosticCode.INVALID_VALUE,
            "option '" + spelling + "' does not allow a value: " + arg);
      }
      value = arg.substring(equals + 1);
    } else if (found.takesValue() && !found.valueIsOptional()) {
      value = following();
    }
    opt = found;
    return true;
  }

  /**
   * Reads the first of some short options; what stands after it is its value or the next of them.
   */
  private void shortOptions(String letters) {
    cluster = "";
    Opt found = names.shortOpt(letters.charAt(0));
    if (found == null && letters.length() == 1) { // more may as well be a long name, misspelt
      found = OtherOpt.of(letters);
    }
    if (found == null) {
      throw unknown(spelling);
    }
    if (found.takesValue()) {
      String whole = spelling;
      spelling = "-" + letters.charAt(0);
      value = letters.length() > 1 ? letters.substring(1) : following();
      spelling = found == InputOpt.LIBRARY ? whole : spelling;
    } else {
      cluster = letters.substring(1);
    }
    opt = found;
  }

  private String following() {
    if (next == args.length) {
      throw new UsageException(
          DiagnosticCode.INVALID_VALUE, "option '" + spelling + "' needs a value");
    }
    return args[next++];
  }

  private UsageException unknown(String arg) {
    cluster = "";
    int start = arg.startsWith("--") ? 2 : 1;
    int equals = arg.indexOf('=');
    String near = names.nearest(equals < 0 ? arg.substring(start) : arg.substring(start, equals));
    return new UsageException(
        DiagnosticCode.UNKNOWN_OPTION,
        "unrecognized option '"
            + arg
            + "'"
            + (near == null ? "" : "; did you mean --" + near + "?"));
  }
}
