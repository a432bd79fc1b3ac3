package io.jld.differential;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fact about an output without the addresses in it: what stays the same where something moves
 * because what is before it has another size. Of contents, which may hold addresses, only the
 * length stays.
 */
final class MovedFacts {
  private static final Pattern ADDRESS =
      Pattern.compile("\\b(addr|value|load|filesz|memsz|entry) [0-9a-f]+");

  private static final Pattern LOAD_ADDRESS = Pattern.compile("^(load address \\S+) \\S+$");
  private static final Pattern CONTENT = Pattern.compile("^content (\\S+) ([0-9a-f]*)(.*)$");

  private MovedFacts() {}

  static String still(String fact) {
    Matcher m = CONTENT.matcher(fact);
    if (m.matches()) {
      return "content " + m.group(1) + " of " + m.group(2).length() / 2 + " bytes";
    }
    m = LOAD_ADDRESS.matcher(fact);
    return m.matches() ? m.group(1) : ADDRESS.matcher(fact).replaceAll("$1");
  }
}
