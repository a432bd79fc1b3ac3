package io.jld.undefined;

import io.jld.script.Spelling;
import io.jld.symbol.SymbolTable;
import java.util.Locale;

/**
 * Finds a defined symbol whose name is nearly that of an undefined one. Only looked for when a link
 * has failed.
 */
public final class NearMiss {
  private static final int MAX_LENGTH = 256;

  private final SymbolTable symbols;

  NearMiss(SymbolTable symbols) {
    this.symbols = symbols;
  }

  /**
   * The number of such a symbol; 0 if there is none. Among equally near ones the first in
   * alphabetical order.
   */
  int of(int undefined) {
    String wanted = symbols.name(undefined);
    if (wanted.length() < 4 || wanted.length() > MAX_LENGTH) {
      return 0;
    }
    int limit = limit(wanted);
    int best = 0;
    int bestDistance = limit + 1;
    for (int id = 1; id < symbols.globals(); id++) {
      if (!symbols.isDefined(id)) {
        continue;
      }
      int length = symbols.names().length(id);
      if (Math.abs(length - wanted.length()) > limit) {
        continue;
      }
      String name = symbols.name(id);
      // A library has many names, and somebody who means one of them knows its spelling mostly.
      int most = symbols.kind(id) == SymbolTable.KIND_SHARED ? Math.min(limit, 1) : limit;
      int d =
          name.toLowerCase(Locale.ROOT).equals(wanted.toLowerCase(Locale.ROOT))
              ? 0
              : Spelling.distance(wanted, name, most);
      if (d <= most
          && (d < bestDistance
              || (d == bestDistance && best != 0 && name.compareTo(symbols.name(best)) < 0))) {
        best = id;
        bestDistance = d;
      }
    }
    return bestDistance <= limit ? best : 0;
  }

  /**
   * How many mistakes somebody may have made in typing a name, not counting those of upper and
   * lower case. A reserved name (ISO C, 7.1.3) is mostly written by a compiler, which makes none,
   * and there are others that hardly differ from it: {@code __gcc_personality_v0} from {@code
   * __gxx_personality_v0}, {@code __divdi3} from {@code __udivdi3}.
   */
  private static int limit(String wanted) {
    return wanted.startsWith("__") ? 0 : wanted.length() < 6 ? 1 : 2;
  }
}
