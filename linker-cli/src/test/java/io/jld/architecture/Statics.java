package io.jld.architecture;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What can be reached from the static fields of classes. What is mutable there is told; but arrays
 * can be nothing else, and are written down with what is in them.
 */
final class Statics {
  private static final Set<Class<?>> IMMUTABLE =
      Set.of(
          String.class,
          Boolean.class,
          Character.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          Class.class,
          Pattern.class,
          Duration.class,
          ByteOrder.class);

  /** Interfaces and classes whose instances are, as they say. */
  private static final List<Class<?>> FAMILIES =
      List.of(
          MethodHandle.class,
          VarHandle.class,
          MemoryLayout.class,
          FunctionDescriptor.class,
          Charset.class,
          Path.class);

  /** How the names of collections begin that refuse all changes. */
  private static final List<String> UNMODIFIABLE =
      List.of(
          "java.util.ImmutableCollections$",
          "java.util.Collections$Unmodifiable",
          "java.util.Collections$Empty",
          "com.google.common.collect.Immutable",
          "com.google.common.collect.Regular",
          "com.google.common.collect.Singleton");

  private final List<String> mutable = new ArrayList<>();
  private final Map<String, String> arrays = new TreeMap<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private int count;

  void add(Class<?> c) throws ReflectiveOperationException {
    for (Field field : c.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())
          && !field.getName().equals("$assertionsDisabled")) {
        field.setAccessible(true);
        count++;
        Object value;
        try {
          value = field.get(null);
        } catch (LinkageError e) {
          continue; // a library of the system is not there
        }
        String path = c.getName() + "." + field.getName();
        if (value != null
            && value.getClass().isArray()
            && Array.getLength(value) > 0
            && !Modifier.isPrivate(field.getModifiers())
            && !field.isSynthetic()) {
          mutable.add(path + ": an array that is not private");
        }
        look(path, value);
      }
    }
  }

  /** Paths to what may change. */
  List<String> mutable() {
    return mutable;
  }

  /** The arrays' contents by their paths. */
  Map<String, String> arrays() {
    return arrays;
  }

  /** How many fields were looked at. */
  int count() {
    return count;
  }

  private void look(String path, Object value) throws ReflectiveOperationException {
    if (value == null
        || IMMUTABLE.contains(value.getClass())
        || value instanceof Enum<?> && !value.getClass().getName().startsWith("io.jld.")
        || value instanceof Comparator<?> && value.getClass().getName().startsWith("java.util.")
        || FAMILIES.stream().anyMatch(f -> f.isInstance(value))
        || !seen.add(value)) {
      return;
    }
    Class<?> c = value.getClass();
    if (c.isArray()) {
      StringBuilder content = new StringBuilder();
      for (int i = 0; i < Array.getLength(value); i++) {
        Object element = Array.get(value, i);
        content.append(element != null && element.getClass().isArray() ? "" : element).append(' ');
        look(path + "[" + i + "]", element);
      }
      arrays.put(path, content.toString());
    } else if (value instanceof MemorySegment m) {
      if (m.byteSize() > 0 && !m.isReadOnly()) {
        mutable.add(path + ": memory");
      }
    } else if (value instanceof Collection<?> all) {
      unmodifiable(path, all);
      int i = 0;
      for (Object element : all) {
        look(path + "[" + i++ + "]", element);
      }
    } else if (value instanceof Map<?, ?> all) {
      unmodifiable(path, all);
      for (Map.Entry<?, ?> e : all.entrySet()) {
        look(path + "[" + e.getKey() + "]", e.getKey());
        look(path + "[" + e.getKey() + "]", e.getValue());
      }
    } else if (c.getName().startsWith("io.jld.")) {
      for (Class<?> part = c; part != null && part != Object.class; part = part.getSuperclass()) {
        fields(path, part, value);
      }
    } else {
      mutable.add(path + ": " + c.getName() + " is not known to be immutable");
    }
  }

  private void fields(String path, Class<?> c, Object value) throws ReflectiveOperationException {
    for (Field field : c.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && c.getName().startsWith("io.jld.")) {
        if (!Modifier.isFinal(field.getModifiers())) {
          mutable.add(path + "." + field.getName() + " is not final");
        }
        field.setAccessible(true);
        look(path + "." + field.getName(), field.get(value));
      }
    }
  }

  private void unmodifiable(String path, Object all) {
    String name = all.getClass().getName();
    if (UNMODIFIABLE.stream().noneMatch(name::startsWith)) {
      mutable.add(path + ": " + name);
    }
  }
}
