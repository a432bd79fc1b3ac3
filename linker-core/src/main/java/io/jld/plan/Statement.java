package io.jld.plan;

import io.jld.link.NameBytes;
import java.util.Arrays;

/**
 * One statement of a linker script. Statements take effect in the order in which they stand, in all
 * scripts of a link and among {@code --defsym}. The first ones may stand anywhere; then come those
 * of {@code SECTIONS}, and those in the braces of an output section.
 */
public sealed interface Statement
    permits Statement.Formula,
        Statement.Entry,
        Statement.Insert,
        OutputSectionStatement,
        OverlayStatement,
        InputSections,
        Statement.Data,
        Statement.Asciz,
        Statement.SetFill,
        Statement.Marker {
  /** Where it starts. */
  Place place();

  /** A statement that consists of an expression: what a script says of symbols. */
  sealed interface Formula extends Statement {
    Expression expression();
  }

  /**
   * {@code symbol = expression}; {@code symbol += expression} and its like are {@code symbol =
   * symbol + expression}. The symbol {@code .} is the location counter.
   *
   * @param provide whether it counts only where something refers to the symbol and nothing defines
   *     it: {@code PROVIDE}
   * @param hidden whether other modules do not see the symbol: {@code HIDDEN}
   */
  record Assign(Place place, String symbol, Expression expression, boolean provide, boolean hidden)
      implements Formula {
    /** Whether it moves the location counter. */
    public boolean isCounter() {
      return symbol.equals(".");
    }

    /** As it stands in a script, without the semicolon. */
    @Override
    public String toString() {
      String text = symbol + " = " + expression;
      String command = provide ? hidden ? "PROVIDE_HIDDEN" : "PROVIDE" : hidden ? "HIDDEN" : "";
      return command.isEmpty() ? text : command + "(" + text + ")";
    }
  }

  /** {@code ASSERT(expression, "message")}: an error where the value is 0. */
  record Assert(Place place, Expression expression, String message) implements Formula {}

  /** {@code ENTRY(symbol)} in {@code SECTIONS}. */
  record Entry(Place place, String symbol) implements Statement {}

  /**
   * {@code INSERT AFTER section}, {@code INSERT BEFORE section}: the statements before this one, up
   * to the last {@code INSERT}, belong to the place of another output section.
   */
  record Insert(Place place, boolean after, String section) implements Statement {}

  /** {@code BYTE(expression)} and its like: the value's lowest bytes, in the output's order. */
  record Data(Place place, Width width, Expression value) implements Statement {}

  /** How many bytes {@link Data} gives. */
  enum Width {
    BYTE(1),
    SHORT(2),
    LONG(4),
    QUAD(8),
    /** As {@code QUAD}; where the output is 32-bit, a 32-bit value is extended by its sign. */
    SQUAD(8);

    private final int bytes;

    Width(int bytes) {
      this.bytes = bytes;
    }

    public int bytes() {
      return bytes;
    }
  }

  /**
   * {@code ASCIZ "text"}: the text's bytes and a zero.
   *
   * @param text as it is written
   */
  record Asciz(Place place, String text) implements Statement {
    /**
     * The bytes, with the zero: {@code \n}, {@code \r}, {@code \t} and up to three octal digits
     * after a backslash are the byte that they stand for; another character after one is itself.
     */
    public byte[] bytes() {
      byte[] in = NameBytes.bytes(text);
      byte[] out = new byte[in.length + 1];
      int n = 0;
      for (int i = 0; i < in.length; i++) {
        int c = in[i];
        if (c == '\\' && i + 1 < in.length) {
          c = in[++i];
          if (c >= '0' && c <= '7') {
            int end = Math.min(in.length, i + 3);
            for (c = 0; i < end && in[i] >= '0' && in[i] <= '7'; i++) {
              c = c * 8 + in[i] - '0';
            }
            i--;
          } else {
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
          }
        }
        out[n++] = (byte) c;
      }
      return Arrays.copyOf(out, n + 1);
    }
  }

  /** {@code FILL(expression)}: what gaps after it, in the same output section, are filled with. */
  record SetFill(Place place, Fill fill) implements Statement {}

  /** A statement that consists of its name. */
  record Marker(Place place, Kind kind) implements Statement {
    /** Which one. */
    public enum Kind {
      /**
       * A symbol for each input file at the start of its first section there: for {@code a.out}.
       */
      CREATE_OBJECT_SYMBOLS,
      /** Global constructors of {@code a.out}; ELF has them in sections. */
      CONSTRUCTORS,
      /** As {@link #CONSTRUCTORS}, sorted by name. */
      SORTED_CONSTRUCTORS,
      /** The linker's version as a string, if {@code --enable-linker-version} asks for it. */
      LINKER_VERSION
    }
  }
}
