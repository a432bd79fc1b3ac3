package io.jld.differential;

import io.jld.e2e.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The cells of the resolution table: two or three files in the order of the command line, each of
 * which refers to one name or defines it, in one of the ways that there are.
 */
final class ResolutionCells {
  /** What a file does with the name. */
  enum Body {
    REF("undefined"),
    WEAK_REF("weak-undefined"),
    HIDDEN_REF("hidden-undefined"),
    PROTECTED_REF("protected-undefined"),
    WEAK_HIDDEN_REF("weak-hidden-undefined"),
    CALL("called"),
    COMMON("common"),
    WEAK("weak"),
    STRONG("strong"),
    HIDDEN("hidden"),
    PROTECTED("protected"),
    FUNC("function"),
    IFUNC("ifunc"),
    ABS("absolute"),
    TLS_REF("tls-undefined"),
    TLS_WEAK_REF("tls-weak-undefined"),
    TLS("tls"),
    TLS_WEAK("tls-weak"),
    TLS_COMMON("tls-common");

    final String label;

    Body(String label) {
      this.label = label;
    }

    boolean isReference() {
      return label.endsWith("undefined") || this == CALL;
    }

    boolean isTls() {
      return label.startsWith("tls");
    }

    /**
     * What is hidden is nothing that a library has; nor does a library leave protected names open.
     */
    boolean isLibrarys() {
      return !label.contains("hidden") && this != PROTECTED_REF;
    }

    /** The assembler's input. Each file has a size of its own for what it defines. */
    String source(Target target, char slot, boolean retained) {
      String word = target == Target.AMD64 ? ".quad" : ".long";
      String r = retained ? "R" : "";
      String here = NUMBER + slot;
      String data = ".section .data.d_" + here + ",\"aw" + r + "\",%progbits\n";
      String text = ".section .text.d_" + here + ",\"ax" + r + "\",%progbits\n";
      String tdata = ".section .tdata.d_" + here + ",\"awT" + r + "\",%progbits\n";
      String x = "x_" + NUMBER;
      String p = "p_" + here + ": ";
      String load =
          target == Target.AMD64
              ? "movq " + x + "@gottpoff(%rip), %rax\n"
              : "movl " + x + "@gotntpoff(%ebx), %eax\n";
      String size = ".size " + x + ", " + size(slot) + "\n";
      String def = size + x + ": .zero " + size(slot) + "\n";
      String object = ".type " + x + ",@object\n";
      String global = ".globl " + x + "\n";
      String weak = ".weak " + x + "\n";
      String hidden = ".hidden " + x + "\n";
      String guarded = ".protected " + x + "\n";
      String point = data + p + word + " " + x + "\n";
      return "m_"
          + here
          + " = 1\n"
          + switch (this) {
            case REF -> point;
            case WEAK_REF -> weak + point;
            case HIDDEN_REF -> hidden + point;
            case PROTECTED_REF -> guarded + point;
            case WEAK_HIDDEN_REF -> weak + hidden + point;
            case CALL -> text + p + "call " + x + "@PLT\n";
            case COMMON -> ".comm " + x + ", " + size(slot) + ", 8\n";
            case WEAK -> weak + object + data + def;
            case STRONG -> global + object + data + def;
            case HIDDEN -> global + hidden + object + data + def;
            case PROTECTED -> global + guarded + object + data + def;
            case FUNC -> global + ".type " + x + ",@function\n" + text + def;
            case IFUNC -> global + ".type " + x + ",@gnu_indirect_function\n" + text + def;
            case ABS -> global + x + " = " + (0x11000 + size(slot)) + "\n" + size;
            case TLS_REF -> text + p + load;
            case TLS_WEAK_REF -> weak + text + p + load;
            case TLS -> global + ".type " + x + ",@tls_object\n" + tdata + def;
            case TLS_WEAK -> weak + ".type " + x + ",@tls_object\n" + tdata + def;
            case TLS_COMMON -> ".tls_common " + x + ", " + size(slot) + ", 8\n";
          }
          + ".section .note.GNU-stack,\"\",%progbits\n";
    }
  }

  /** What kind of file it is. */
  enum Container {
    OBJECT("object"),
    ARCHIVE("archive"),
    START_LIB("start-lib"),
    LIBRARY("library"),
    AS_NEEDED("as-needed"),
    /** A library that only another library, which is on the command line, needs. */
    INNER("needed-by-library"),
    /** An object whose section {@code --gc-sections} takes unless something refers to it. */
    COLLECTED("collected");

    final String label;

    Container(String label) {
      this.label = label;
    }

    boolean isLibrary() {
      return this == LIBRARY || this == AS_NEEDED || this == INNER;
    }

    boolean isLazy() {
      return this == ARCHIVE || this == START_LIB;
    }

    boolean has(Body body) {
      return isLazy() ? !body.isReference() : !isLibrary() || body.isLibrarys();
    }
  }

  record Item(Body body, Container container) {
    @Override
    public String toString() {
      return body.label + "." + container.label;
    }
  }

  /** A cell; its number is in the names of all that belongs to it. */
  record Cell(int number, List<Item> items) {
    boolean needsLibrary() {
      return items.stream().anyMatch(i -> i.container.isLibrary());
    }

    /**
     * Where GNU ld ends at once and tells of no other cell: a library refers to what is hidden, or
     * what an object refers to is in a library that is not on the command line, or was not needed
     * where it stands.
     */
    boolean endsLink() {
      boolean hidden = items.stream().anyMatch(i -> i.body.label.contains("hidden"));
      boolean away =
          items.stream().anyMatch(i -> i.container.isLibrary() && i.container != Container.LIBRARY);
      boolean asks = items.stream().anyMatch(i -> i.body.isReference() && !i.container.isLibrary());
      return needsLibrary() && (hidden || (away && asks));
    }

    boolean isCollected() {
      return items.stream().anyMatch(i -> i.container == Container.COLLECTED);
    }

    @Override
    public String toString() {
      return String.join(",", items.stream().map(Item::toString).toList());
    }
  }

  /** Stands in templates for the cell's number. */
  static final String NUMBER = "00000";

  private static final Set<Body> PLAIN = EnumSet.range(Body.REF, Body.ABS);
  private static final Set<Body> THREAD_LOCAL = EnumSet.range(Body.TLS_REF, Body.TLS_COMMON);

  private final Set<List<Item>> cells = new LinkedHashSet<>();

  private ResolutionCells() {}

  static int size(char slot) {
    return 8 + 16 * (slot - 'a');
  }

  /** The whole table, but for the kinds of output. */
  static List<Cell> all() {
    ResolutionCells c = new ResolutionCells();
    for (Set<Body> bodies : List.of(PLAIN, THREAD_LOCAL)) {
      c.pairs(bodies);
    }
    c.triples();
    return c.numbered();
  }

  /** What options about undefined symbols are for. */
  static List<Cell> undefined() {
    ResolutionCells c = new ResolutionCells();
    for (Body b : Body.values()) {
      if (b.isReference()) {
        c.add(b, Container.OBJECT);
        for (Container container :
            List.of(Container.LIBRARY, Container.AS_NEEDED, Container.INNER)) {
          if (container.has(b)) {
            c.add(b, container);
            if (!b.isTls()) {
              c.orders(item(b, container), item(Body.HIDDEN, Container.OBJECT));
              c.orders(item(b, container), item(Body.STRONG, Container.INNER));
              c.orders(item(b, container), item(Body.STRONG, Container.AS_NEEDED));
              c.orders(item(b, container), item(Body.WEAK_REF, Container.OBJECT));
            }
          }
        }
      }
    }
    c.orders(item(Body.REF, Container.OBJECT), item(Body.WEAK_REF, Container.OBJECT));
    c.orders(item(Body.REF, Container.OBJECT), item(Body.HIDDEN_REF, Container.OBJECT));
    c.orders(item(Body.REF, Container.OBJECT), item(Body.STRONG, Container.INNER));
    c.orders(item(Body.WEAK_REF, Container.OBJECT), item(Body.STRONG, Container.INNER));
    return c.numbered();
  }

  private List<Cell> numbered() {
    List<Cell> all = new ArrayList<>();
    for (List<Item> items : cells) {
      all.add(new Cell(all.size() + 1, items));
    }
    return all;
  }

  private static Item item(Body body, Container container) {
    return new Item(body, container);
  }

  private void add(Body body, Container container) {
    cells.add(List.of(item(body, container)));
  }

  private static List<Item> items(Set<Body> bodies, Container... containers) {
    return Arrays.stream(containers)
        .flatMap(c -> bodies.stream().filter(c::has).map(b -> item(b, c)))
        .toList();
  }

  private void pairs(Set<Body> bodies) {
    List<Item> objects = items(bodies, Container.OBJECT);
    List<Item> lazy = items(bodies, Container.ARCHIVE, Container.START_LIB);
    List<Item> libraries = items(bodies, Container.LIBRARY);
    List<Item> others = items(bodies, Container.AS_NEEDED, Container.INNER);
    List<Item> collected = items(bodies, Container.COLLECTED);
    for (List<Item> alone : List.of(objects, libraries, others, collected)) {
      alone.forEach(i -> cells.add(List.of(i)));
    }
    each(objects, objects);
    each(objects, lazy);
    each(objects, libraries);
    each(objects, others);
    each(libraries, lazy);
    each(libraries, libraries);
    each(libraries, others);
    each(collected, objects);
    each(collected, lazy);
    each(collected, libraries);
    each(collected, items(bodies, Container.AS_NEEDED));
  }

  private void triples() {
    List<Item> lazy =
        items(
            EnumSet.of(Body.COMMON, Body.WEAK, Body.STRONG, Body.FUNC, Body.HIDDEN),
            Container.ARCHIVE);
    List<Item> shared =
        items(
            EnumSet.of(Body.COMMON, Body.WEAK, Body.STRONG, Body.FUNC),
            Container.LIBRARY,
            Container.AS_NEEDED);
    List<Item> askers =
        items(
            EnumSet.of(
                Body.REF,
                Body.WEAK_REF,
                Body.HIDDEN_REF,
                Body.PROTECTED_REF,
                Body.COMMON,
                Body.WEAK),
            Container.OBJECT);
    for (Item a : askers) {
      for (Item l : lazy) {
        for (Item s : shared) {
          orders(a, l, s); // a lazy definition beside a shared one, a common symbol beside both
        }
        for (Body b : List.of(Body.REF, Body.WEAK_REF)) {
          orders(a, l, item(b, Container.LIBRARY));
          orders(a, l, item(b, Container.AS_NEEDED));
        }
      }
      for (Item s : shared) {
        orders(a, s, item(Body.REF, Container.LIBRARY)); // who is needed by whom
      }
    }
    Item strong = item(Body.REF, Container.OBJECT);
    Item weak = item(Body.WEAK_REF, Container.OBJECT);
    for (Container c : Container.values()) {
      for (Body b : List.of(Body.STRONG, Body.WEAK, Body.FUNC)) {
        orders(strong, weak, item(b, c));
      }
    }
    for (Item l : lazy) {
      orders(strong, l, item(Body.STRONG, Container.START_LIB));
      orders(strong, l, item(Body.COMMON, Container.OBJECT));
    }
  }

  private void each(List<Item> some, List<Item> others) {
    some.forEach(a -> others.forEach(b -> orders(a, b)));
  }

  /** The items in every order. */
  private void orders(Item... items) {
    permutations(List.of(items)).forEach(cells::add);
  }

  private static Stream<List<Item>> permutations(List<Item> items) {
    if (items.size() < 2) {
      return Stream.of(items);
    }
    List<List<Item>> all = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      List<Item> rest = new ArrayList<>(items);
      Item first = rest.remove(i);
      permutations(rest)
          .forEach(
              r -> {
                List<Item> whole = new ArrayList<>(List.of(first));
                whole.addAll(r);
                all.add(whole);
              });
    }
    return all.stream();
  }
}
