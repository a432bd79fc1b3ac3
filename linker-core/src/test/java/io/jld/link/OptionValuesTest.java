package io.jld.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.Mockito;

/**
 * Each option with values that no command line gives: a link succeeds or says what is wrong with
 * the value, and that is no internal error.
 */
@Timeout(60)
class OptionValuesTest {
  private static final List<String> STRINGS =
      List.of("", "x", "_start", "*", "[", "a\0b", " ", "\ud800", "f@V", "0x", "/", "$", "none");

  @TempDir static Path dir;

  private static List<Object> values(Type type) {
    if (type instanceof ParameterizedType p) {
      Class<?> raw = (Class<?>) p.getRawType();
      if (raw == Map.class) {
        List<Object> maps = new ArrayList<>();
        for (String name : List.of("", ".text", ".data", ".none")) {
          for (long at : new long[] {0, 1, -1, -0x1000, 0x7fff_ffff_ffff_f000L, 1L << 62}) {
            maps.add(Map.of(name, at));
          }
        }
        return maps;
      }
      if (raw == Consumer.class) {
        Consumer<String> sink = line -> {};
        return List.of(sink);
      }
      List<Object> all = new ArrayList<>();
      for (Object v : values(p.getActualTypeArguments()[0])) {
        all.add(raw == Set.class ? Set.of(v) : List.of(v, v));
      }
      return all;
    }
    if (type == String.class) {
      return List.copyOf(STRINGS);
    }
    if (type == Boolean.class) {
      return List.of(true, false);
    }
    if (type == Long.class) {
      return List.of(0L, 1L, 3L, 4096L, -1L, -4096L, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE);
    }
    if (type == Integer.class) {
      return List.of(0, 1, 2, -1, Integer.MAX_VALUE, Integer.MIN_VALUE);
    }
    if (type == Path.class) {
      return List.of(Path.of("/"), Path.of(""), Path.of("/none/x"), dir.resolve("x"));
    }
    if (type == LinkOption.Script.class) {
      List<Object> scripts = new ArrayList<>();
      for (String text : List.of("", "{", "{};", "{ *; };", "V { };", "V { f; } W;", "\0", "};")) {
        scripts.add(new LinkOption.Script("script", text));
      }
      return scripts;
    }
    if (type == LinkOption.Shuffle.class) {
      return List.of(
          new LinkOption.Shuffle("", 0),
          new LinkOption.Shuffle("[", 7),
          new LinkOption.Shuffle("*", LinkOption.Shuffle.REVERSE),
          new LinkOption.Shuffle(".text", Long.MIN_VALUE));
    }
    if (type == MapSink.class) {
      return List.of(Mockito.mock(MapSink.class, Mockito.withSettings().stubOnly()));
    }
    Class<?> c = (Class<?>) type;
    assertTrue(c.isEnum(), "no values for " + c);
    return List.of(c.getEnumConstants());
  }

  /** An entry is a {@code --defsym}. */
  private static List<Object> values(LinkOption<?> option, Type type) {
    if (option != LinkOption.DEFSYM) {
      return values(type);
    }
    List<Object> all = new ArrayList<>();
    for (String value : List.of("", "1", "a", "b +", "1 / 0", "1 % 0", "1 << 99", ". + 1", "(")) {
      for (String name : List.of("a", "", "_start")) {
        all.add(List.of(Map.entry(name, value)));
      }
    }
    return all;
  }

  private static ObjectBuilder object(boolean wide) {
    ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    o.function("_start", o.code(".text", new byte[64]), 0, 4);
    int data = o.data(".data", new byte[64]);
    int text = o.function("f@V", data, 0, 4);
    o.reloc(data, 0, TestArch.WORD, text, 0);
    o.nobits(".bss", 3, 16, 64);
    o.section(".comment", 1, 0, 1, 0, new byte[8]);
    return o;
  }

  @SuppressWarnings("unchecked")
  private static <T> void set(LinkRequest.Builder b, LinkOption<T> option, Object value) {
    b.set(option, (T) value);
  }

  @Test
  void oddValues() throws IllegalAccessException {
    List<String> internal = new ArrayList<>();
    int linked = 0;
    for (Field field : LinkOption.class.getFields()) {
      if (!Modifier.isStatic(field.getModifiers()) || field.getType() != LinkOption.class) {
        continue;
      }
      LinkOption<?> option = (LinkOption<?>) field.get(null);
      Type type = ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
      for (Object value : values(option, type)) {
        for (OutputKind kind : OutputKind.values()) {
          LinkRequest.Builder b =
              LinkRequest.builder()
                  .arches(TestArch.ARCHES)
                  .threads(1)
                  .output(OutputSink.memory())
                  .set(LinkOption.OUTPUT_KIND, kind)
                  .input(object(kind != OutputKind.SHARED).source("a.o"));
          set(b, option, value);
          try {
            Linker.link(b.build());
            linked++;
          } catch (LinkException e) {
            if (e.getCause() != null) {
              StackTraceElement[] stack = e.getCause().getStackTrace();
              String where = stack.length > 0 ? " at " + stack[0] : "";
              internal.add(
                  field.getName() + "=" + value + " " + kind + ": " + e.getCause() + where);
            }
          }
        }
      }
    }
    assertTrue(linked > 500, "" + linked);
    assertEquals("", String.join("\n", internal));
  }
}
