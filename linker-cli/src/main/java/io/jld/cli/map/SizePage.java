package io.jld.cli.map;

import com.google.gson.FormattingStyle;
import com.google.gson.stream.JsonWriter;
import io.jld.cli.map.SizeTree.Attributes;
import io.jld.cli.map.SizeTree.Place;
import io.jld.link.Linker;
import io.jld.link.MapSink.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page of a size report, all in one file: {@code size-report.html} with its style, its script
 * and, in between, the data as JSON. Rows of numbers and names, which the script takes apart, keep
 * it small.
 */
final class SizePage {
  /** Names are cut here: those of templates go on for thousands of characters. */
  private static final int NAME = 300;

  /** Where something is put in, by its name. */
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private final SizeTree now;
  private final String baseName;
  private final Output base;
  private final SizeGroups groups;
  private final Map<String, String> demangled;

  /**
   * @param baseName of the earlier map; empty: there is none
   * @param base the earlier output; null: there is none
   */
  SizePage(
      SizeTree now,
      String baseName,
      Output base,
      SizeGroups groups,
      Map<String, String> demangled) {
    this.now = now;
    this.baseName = baseName;
    this.base = base;
    this.groups = groups;
    this.demangled = demangled;
  }

  void write(OutputStream out) throws IOException {
    String page = resource("size-report.html");
    Matcher place = PLACE.matcher(page);
    int at = 0;
    while (place.find()) {
      out.write(bytes(page.substring(at, place.start())));
      switch (place.group(1)) {
        case "style" -> out.write(bytes(resource("size-report.css")));
        case "script" -> out.write(bytes(resource("size-report.js")));
        case "data" -> data(out);
        default -> throw new AssertionError(place.group());
      }
      at = place.end();
    }
    out.write(bytes(page.substring(at)));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = SizePage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void data(OutputStream out) throws IOException {
    JsonBytes bytes = new JsonBytes(out);
    JsonWriter json = new JsonWriter(bytes);
    json.setFormattingStyle(FormattingStyle.COMPACT);
    json.beginObject();
    json.name("linker").value("jld " + Linker.VERSION);
    output(json.name("output"), now.output().file(), now.output());
    if (base != null) {
      output(json.name("base"), baseName, base);
    }
    Map<String, Integer> sections = sections(json.name("sections"));
    Map<String, Integer> libraries = new LinkedHashMap<>();
    Map<List<Object>, Integer> objects = new LinkedHashMap<>();
    for (SizeGroups.Group g : groups.groups()) {
      Place p = g.place();
      int library = libraries.computeIfAbsent(p.library(), x -> libraries.size());
      objects.computeIfAbsent(List.of(library, p.object()), x -> objects.size());
    }
    json.name("libraries").beginArray();
    for (String library : libraries.keySet()) {
      json.value(library);
    }
    json.endArray().name("objects").beginArray();
    for (List<Object> object : objects.keySet()) {
      json.beginArray().value((Integer) object.get(0)).value((String) object.get(1)).endArray();
    }
    json.endArray().name("groups").beginArray();
    for (SizeGroups.Group g : groups.groups()) {
      List<Object> object = List.of(libraries.get(g.place().library()), g.place().object());
      json.beginArray().value(objects.get(object)).value(sections.get(g.place().section()));
      json.value(g.others());
      sizes(json, g.now(), g.was());
      for (SizeGroups.Leaf l : g.leaves()) {
        json.value(shown(l.name()));
        sizes(json, l.now(), l.was());
      }
      json.endArray();
    }
    json.endArray().endObject();
    json.flush();
  }

  private static void output(JsonWriter json, String name, Output o) throws IOException {
    json.beginObject().name("file").value(name).name("architecture").value(o.arch());
    json.name("size").value(o.size()).endObject();
  }

  private Map<String, Integer> sections(JsonWriter json) throws IOException {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    json.beginArray();
    for (Map.Entry<String, Attributes> e : groups.sections().entrySet()) {
      Attributes a = e.getValue();
      numbers.put(e.getKey(), numbers.size());
      json.beginArray().value(e.getKey()).value(a.kind());
      json.value(a.inFile() ? 1 : 0).value(a.inMemory() ? 1 : 0).endArray();
    }
    json.endArray();
    return numbers;
  }

  private void sizes(JsonWriter json, long now, long was) throws IOException {
    json.value(now);
    if (groups.compares()) {
      json.value(was);
    }
  }

  private String shown(String name) {
    String s = demangled.getOrDefault(name, name);
    if (s.length() <= NAME) {
      return s;
    }
    int end = Character.isHighSurrogate(s.charAt(NAME - 1)) ? NAME - 1 : NAME;
    return s.substring(0, end) + "\u2026";
  }
}
