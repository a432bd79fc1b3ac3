package io.jld.symbol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Elements of arrays that tasks change at the same time, each in a way of which the result does not
 * depend on the order: the least value, all bits.
 *
 * <p>Each method is told whether its task is the only one ({@code alone}). Then nothing has to be
 * atomic, and a cold link of small inputs, which has one thread, is spared what makes it so: some
 * ten calls that the JVM interprets, and compiles for each kind of access.
 */
public final class AtomicElements {
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  private AtomicElements() {}

  /** Lowers {@code a[i]} to {@code v} where it is greater. */
  public static void lower(int[] a, int i, int v, boolean alone) {
    if (!alone) {
      lower(a, i, v);
    } else if (v < a[i]) {
      a[i] = v;
    }
  }

  /** Lowers {@code a[i]} to {@code v} where it is greater. */
  public static void lower(long[] a, int i, long v, boolean alone) {
    if (!alone) {
      lower(a, i, v);
    } else if (v < a[i]) {
      a[i] = v;
    }
  }

  /** Sets bits in {@code a[i]}. */
  public static void set(int[] a, int i, int bits, boolean alone) {
    if (alone) {
      a[i] |= bits;
    } else if ((a[i] & bits) != bits) {
      INTS.getAndBitwiseOr(a, i, bits);
    }
  }

  private static void lower(int[] a, int i, int v) {
    int old = (int) INTS.getVolatile(a, i);
    while (v < old) {
      int seen = (int) INTS.compareAndExchange(a, i, old, v);
      if (seen == old) {
        return;
      }
      old = seen;
    }
  }

  private static void lower(long[] a, int i, long v) {
    long old = (long) LONGS.getVolatile(a, i);
    while (v < old) {
      long seen = (long) LONGS.compareAndExchange(a, i, old, v);
      if (seen == old) {
        return;
      }
      old = seen;
    }
  }
}
