package tern.code;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tern.elf.ObjectFile;
import tern.elf.Section;
import tern.elf.Symbol;
import tern.lang.Source.Place;
import tern.lang.Tree;

/** The machine code of a file, and what is known about it: where each piece comes from. */
public final class Code {
  /**
   * A function's code. Offsets are in the section .text.
   *
   * @param start its first byte, which pushes rbp
   * @param leave the instruction that takes the frame down, one byte before ret
   * @param end behind its last byte
   */
  record Function(Tree.Function tree, Symbol symbol, int start, int leave, int end) {}

  /** Code from this offset on belongs to this place. */
  record Row(int offset, Place place) {}

  /** A byte of a section: where a definition begins, or a field that refers to a symbol. */
  public record Site(String section, long offset) {}

  final Target target;
  final ObjectFile object;
  final Section text;
  final Machine machine;
  final List<Function> functions = new ArrayList<>();
  final List<Row> rows = new ArrayList<>();
  private final Map<Site, Place> sites = new HashMap<>();

  Code(Target target, String source) {
    this.target = target;
    object = new ObjectFile(target.wordSize() == 8, source);
    text = object.section(".text", Section.PROGBITS, Section.ALLOC | Section.EXEC, 16);
    machine = target.machine(text);
  }

  void site(Section section, int offset, Place place) {
    sites.putIfAbsent(new Site(section.name(), offset), place);
  }

  /** What the program says there: what the linker says about a site is said about that place. */
  public Map<Site, Place> sites() {
    return sites;
  }

  public byte[] bytes() {
    return object.bytes();
  }
}
