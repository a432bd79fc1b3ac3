package io.jld.cli.map;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.jld.link.MapSink;
import io.jld.link.MapSink.Content;
import io.jld.link.MapSink.Definition;
import io.jld.link.MapSink.Input;
import io.jld.link.MapSink.Kind;
import io.jld.link.MapSink.Output;
import io.jld.link.MapSink.Section;
import io.jld.link.MapSink.Symbol;
import io.jld.link.OutputKind;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads what {@link MapJson} has written as far as sizes go: it tells a {@link MapSink} of all but
 * dropped sections and references. Members that it does not know are passed over, and arrays may
 * come in any order that names a thing before what is in it.
 */
final class MapJsonReader {
  private final JsonReader json;
  private final MapSink sink;

  /** The members of the row that is read: text, or a number as text. */
  private final Map<String, String> row = new HashMap<>();

  private MapJsonReader(JsonReader json, MapSink sink) {
    this.json = json;
    this.sink = sink;
  }

  /**
   * Reads a map.
   *
   * @throws IOException where it is none, or its version is another one; the message says so
   */
  static void read(InputStream in, MapSink sink) throws IOException {
    JsonReader json =
        new JsonReader(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
    json.setStrictness(Strictness.STRICT);
    try {
      new MapJsonReader(json, sink).read();
    } catch (EOFException | MalformedJsonException e) {
      throw new IOException("not JSON at " + json.getPath(), e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IOException("not a map that --map-json has written at " + json.getPath(), e);
    }
  }

  private void read() throws IOException {
    json.beginObject();
    expect("format", "jld-map");
    expect("version", Integer.toString(MapJson.VERSION));
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "output" -> {
          object();
          output();
        }
        case "inputs" -> rows(this::input);
        case "sections" -> rows(this::section);
        case "content" -> rows(this::content);
        case "symbols" -> rows(this::symbol);
        default -> json.skipValue();
      }
    }
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw new IllegalStateException();
    }
    sink.end();
  }

  private void expect(String name, String value) throws IOException {
    if (!json.nextName().equals(name)) {
      throw new IllegalStateException();
    }
    String is = json.nextString();
    if (!is.equals(value)) {
      throw new IOException("its " + name + " is " + is + ", and not " + value);
    }
  }

  private void rows(Runnable take) throws IOException {
    json.beginArray();
    while (json.hasNext()) {
      object();
      take.run();
    }
    json.endArray();
  }

  private void object() throws IOException {
    row.clear();
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      switch (json.peek()) {
        case STRING, NUMBER -> row.put(name, json.nextString());
        case BOOLEAN -> row.put(name, Boolean.toString(json.nextBoolean()));
        default -> json.skipValue();
      }
    }
    json.endObject();
  }

  private void output() {
    sink.output(
        new Output(
            text("file"),
            constant(OutputKind.class, "kind"),
            text("architecture"),
            number("bits", 0) == 64,
            size("size")));
  }

  private void input() {
    sink.input(
        new Input(
            number("number", -1),
            text("file"),
            row.get("member"),
            row.get("soname"),
            !"false".equals(row.get("needed")),
            row.get("for"),
            number("by", -1)));
  }

  private void section() {
    sink.section(
        new Section(
            number("number", 0),
            text("name"),
            (int) size("type"),
            size("flags"),
            address(),
            size("offset"),
            size("size"),
            size("align")));
  }

  private void content() {
    sink.content(
        new Content(
            constant(Kind.class, "kind"),
            number("section", 0),
            number("id", 0),
            number("input", -1),
            row.getOrDefault("name", ""),
            address(),
            size("size")));
  }

  private void symbol() {
    sink.symbol(
        new Symbol(
            number("id", 0),
            text("name"),
            constant(Definition.class, "definition"),
            number("input", -1),
            number("section", 0),
            address(),
            size("size"),
            number(MapJson.TYPES, "type"),
            number(MapJson.BINDINGS, "binding"),
            0));
  }

  private String text(String name) {
    String value = row.get(name);
    if (value == null) {
      throw new IllegalStateException("no " + name);
    }
    return value;
  }

  private <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
  }

  private int number(String name, int none) {
    String value = row.get(name);
    return value == null ? none : Integer.parseInt(value);
  }

  private int number(String[] words, String name) {
    String word = text(name);
    for (int i = 0; i < words.length; i++) {
      if (word.equals(words[i])) {
        return i;
      }
    }
    return Integer.parseInt(word);
  }

  /** 0 where it is left out. */
  private long size(String name) {
    String value = row.get(name);
    return value == null ? 0 : Long.parseUnsignedLong(value);
  }

  /** 0 where it is left out. */
  private long address() {
    String value = row.get("address");
    if (value == null) {
      return 0;
    }
    if (!value.startsWith("0x")) {
      throw new IllegalStateException("address");
    }
    return Long.parseUnsignedLong(value.substring(2), 16);
  }
}
