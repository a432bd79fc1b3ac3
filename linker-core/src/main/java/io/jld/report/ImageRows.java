package io.jld.report;

import io.jld.link.Image;
import io.jld.link.MapSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of the link map that an {@link OutputImage} is made of. */
final class ImageRows implements MapSink {
  final List<Section> sections = new ArrayList<>();
  private final Map<Integer, Input> inputs = new HashMap<>();

  /** By the output section's number, in order. */
  private final Map<Integer, List<Content>> contents = new HashMap<>();

  /** Names of input sections that have symbols' content, by their numbers. */
  private final Map<Integer, String> names = new HashMap<>();

  private final Map<String, List<Symbol>> symbols = new HashMap<>();

  @Override
  public void input(Input input) {
    inputs.put(input.number(), input);
  }

  @Override
  public void section(Section section) {
    sections.add(section);
  }

  @Override
  public void content(Content content) {
    contents.computeIfAbsent(content.section(), s -> new ArrayList<>()).add(content);
    if (content.id() != 0) {
      names.put(content.id(), content.name());
    }
  }

  @Override
  public void symbol(Symbol symbol) {
    symbols.computeIfAbsent(symbol.name(), s -> new ArrayList<>(1)).add(symbol);
  }

  @Override
  public boolean wantsReferences() {
    return false;
  }

  List<Content> contents(int section) {
    return contents.getOrDefault(section, List.of());
  }

  Image.Origin origin(Content part) {
    return part.kind() == Kind.SECTION || part.kind() == Kind.MERGED
        ? origin(part.input(), part.name())
        : part.kind() == Kind.COMMON ? origin(part.input(), null) : null;
  }

  private Image.Origin origin(int input, String section) {
    Input i = inputs.get(input);
    return i == null ? null : new Image.Origin(i.file(), i.member(), section);
  }

  /**
   * What defines a symbol of the output.
   *
   * @param name as its table has it, perhaps with a version
   * @param address of the symbol, as the map has it
   * @param section that it is defined in; 0 where it is undefined
   */
  Image.Origin origin(String name, long address, int section) {
    List<Symbol> same = symbols.get(plain(name));
    if (same == null) {
      return section == 0 ? null : part(section, address);
    }
    for (Symbol s : same) {
      boolean there = s.definition() != Definition.UNDEFINED;
      if (section == 0 ? s.definition() == Definition.SHARED : there && s.address() == address) {
        return origin(s.input(), names.get(s.section()));
      }
    }
    return section == 0 ? null : part(section, address);
  }

  private static String plain(String name) {
    int version = name.indexOf('@');
    return version > 0 ? name.substring(0, version) : name;
  }

  /** The origin of the input section that lies at an address. */
  private Image.Origin part(int section, long address) {
    List<Content> parts = contents(section);
    int low = 0;
    int high = parts.size() - 1;
    while (low < high) { // the last that does not begin behind it
      int middle = (low + high + 1) >>> 1;
      if (Long.compareUnsigned(parts.get(middle).address(), address) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (parts.isEmpty()) {
      return null;
    }
    Content c = parts.get(low);
    return c.kind() == Kind.SECTION && Long.compareUnsigned(address - c.address(), c.size()) <= 0
        ? origin(c)
        : null;
  }
}
