package io.jld.cli.map;

import com.google.gson.FormattingStyle;
import com.google.gson.stream.JsonWriter;
import io.jld.link.Linker;
import io.jld.link.MapSink;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code --map-json}: the link map as JSON, row by row as it comes. docs/map-json.md describes the
 * format, and docs/map-json.schema.json is its schema. Each row has a line of its own; what does
 * not apply, and numbers that say "none", are left out. Addresses are strings of hexadecimal
 * digits, since JSON's numbers are doubles to many readers.
 */
public final class MapJson implements MapSink {
  /** Raised when a reader of the last one would misunderstand what is written. */
  static final int VERSION = 1;

  /** By {@code STT_*}; others have their numbers. */
  static final String[] TYPES = {
    "notype", "object", "func", "section", "file", "common", "tls", null, null, null, "ifunc"
  };

  /** By {@code STB_*}. */
  static final String[] BINDINGS = {
    "local", "global", "weak", null, null, null, null, null, null, null, "unique"
  };

  /** By {@code STV_*}; the default is left out. */
  static final String[] VISIBILITIES = {null, "internal", "hidden", "protected"};

  /** In the order of the calls. */
  private static final List<String> ARRAYS =
      List.of("inputs", "sections", "content", "symbols", "dropped", "references");

  /** Writes; what fails ends the link. */
  private interface Body {
    void write() throws IOException;
  }

  private final JsonBytes out;
  private final JsonWriter json;

  /** The words for constants. */
  private final Map<Enum<?>, String> words = new HashMap<>();

  /** The array under way, an index in {@link #ARRAYS}. */
  private int array = -1;

  /**
   * @param out is flushed at the end, and not closed
   */
  public MapJson(OutputStream out) {
    this.out = new JsonBytes(out);
    this.json = new JsonWriter(this.out);
    json.setFormattingStyle(FormattingStyle.COMPACT);
  }

  private static void run(Body body) {
    try {
      body.write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void output(Output o) {
    run(
        () -> {
          json.beginObject();
          json.name("format").value("jld-map").name("version").value(VERSION);
          json.name("linker").value("jld " + Linker.VERSION);
          json.name("output").beginObject();
          json.name("file").value(o.file());
          json.name("kind").value(lower(o.kind()));
          json.name("architecture").value(o.arch());
          json.name("bits").value(o.is64() ? 64 : 32);
          json.name("size").value(o.size());
          json.endObject();
        });
  }

  @Override
  public void input(Input i) {
    row(
        "inputs",
        () -> {
          json.name("number").value(i.number());
          json.name("file").value(i.file());
          text("member", i.member());
          text("for", i.symbol());
          number("by", i.by(), -1);
          if (i.soname() != null) {
            json.name("soname").value(i.soname()).name("needed").value(i.needed());
          }
        });
  }

  @Override
  public void section(Section s) {
    row(
        "sections",
        () -> {
          json.name("number").value(s.number()).name("name").value(s.name());
          json.name("type").value(s.type() & 0xffffffffL);
          size("flags", s.flags());
          address(s.address());
          size("offset", s.offset());
          size("size", s.size());
          size("align", s.align());
        });
  }

  @Override
  public void content(Content c) {
    row(
        "content",
        () -> {
          json.name("kind").value(lower(c.kind())).name("section").value(c.section());
          number("id", c.id(), 0);
          number("input", c.input(), -1);
          if (!c.name().isEmpty()) {
            json.name("name").value(c.name());
          }
          address(c.address());
          size("size", c.size());
        });
  }

  @Override
  public void symbol(Symbol s) {
    row(
        "symbols",
        () -> {
          json.name("id").value(s.id()).name("name").value(s.name());
          json.name("definition").value(lower(s.definition()));
          number("input", s.input(), -1);
          number("section", s.section(), 0);
          if (s.address() != 0) {
            address(s.address());
          }
          if (s.size() != 0) {
            size("size", s.size());
          }
          json.name("type").value(word(TYPES, s.type()));
          json.name("binding").value(word(BINDINGS, s.binding()));
          text("visibility", VISIBILITIES[s.visibility() & 3]);
        });
  }

  @Override
  public void dropped(Dropped d) {
    row(
        "dropped",
        () -> {
          json.name("id").value(d.id()).name("input").value(d.input());
          json.name("name").value(d.name());
          size("size", d.size());
          json.name("reason").value(lower(d.reason()));
          number("kept", d.kept(), 0);
          text("group", d.group());
        });
  }

  @Override
  public void references(References r) {
    row(
        "references",
        () -> {
          json.name("from").value(r.from());
          numbers("symbols", r.symbols());
          numbers("sections", r.sections());
        });
  }

  @Override
  public void end() {
    run(
        () -> {
          begin(ARRAYS.size());
          out.write('\n');
          json.endObject();
          out.write('\n');
          json.flush();
        });
  }

  private void row(String name, Body body) {
    run(
        () -> {
          begin(ARRAYS.indexOf(name));
          json.beginObject();
          body.write();
          json.endObject();
          out.write('\n');
        });
  }

  /** Begins an array where it is another one than before; those between stay empty. */
  private void begin(int wanted) throws IOException {
    while (array < wanted) {
      if (array >= 0) {
        json.endArray();
      }
      array++;
      if (array < ARRAYS.size()) {
        out.write('\n');
        json.name(ARRAYS.get(array)).beginArray();
      }
    }
  }

  private void text(String name, String value) throws IOException {
    if (value != null) {
      json.name(name).value(value);
    }
  }

  private void number(String name, int value, int none) throws IOException {
    if (value != none) {
      json.name(name).value(value);
    }
  }

  private void numbers(String name, int[] values) throws IOException {
    if (values.length > 0) {
      json.name(name).beginArray();
      for (int v : values) {
        json.value(v);
      }
      json.endArray();
    }
  }

  private void address(long value) throws IOException {
    json.name("address").value("0x" + Long.toHexString(value));
  }

  /** Bytes, and what else is unsigned. */
  private void size(String name, long value) throws IOException {
    json.name(name);
    if (value >= 0) {
      json.value(value);
    } else {
      json.value(new BigInteger(Long.toUnsignedString(value)));
    }
  }

  private static String word(String[] words, int number) {
    return number < words.length && words[number] != null
        ? words[number]
        : Integer.toString(number);
  }

  private String lower(Enum<?> constant) {
    return words.computeIfAbsent(constant, c -> c.name().toLowerCase(Locale.ROOT));
  }
}
