package io.jld.model;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What stages hand on to those that follow: values of classes that are the stages' own, each under
 * its class. The model need not know them, and so a stage names those before it and no other. A
 * value is handed on once, and read only when it is there: otherwise passes are in the wrong order,
 * which no input can be the reason for. A class has a method {@code of(Context)} where others read
 * it; loops call it once.
 */
final class Parts {
  private final ConcurrentHashMap<Class<?>, Object> values = new ConcurrentHashMap<>();

  void put(Class<?> type, Object value) {
    if (values.putIfAbsent(type, value) != null) {
      throw new IllegalStateException(type.getName() + " is handed on twice");
    }
  }

  <T> T get(Class<T> type) {
    T value = find(type);
    if (value == null) {
      throw new IllegalStateException(type.getName() + " is read before it is handed on");
    }
    return value;
  }

  /** Null where there is none, or not yet. */
  <T> T find(Class<T> type) {
    return type.cast(values.get(type));
  }

  /** Makes it when the first asks for it; from any thread. */
  <T> T orMake(Class<T> type, Supplier<T> maker) {
    return type.cast(values.computeIfAbsent(type, t -> maker.get()));
  }

  /** A value that is set where none was. */
  static <T> T once(T before, T value) {
    if (before != null) {
      throw new IllegalStateException(value.getClass().getName() + " is handed on twice");
    }
    return value;
  }
}
