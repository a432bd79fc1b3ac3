package io.jld.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PartsTest {
  private record Found(String what) {}

  private final Parts parts = new Parts();

  @Test
  void aValueIsFoundByItsClass() {
    Found found = new Found("x");
    parts.put(Found.class, found);
    assertSame(found, parts.get(Found.class));
    assertSame(found, parts.find(Found.class));
  }

  @Test
  void nothingIsReadBeforeItIsHandedOn() {
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> parts.get(Found.class));
    assertTrue(e.getMessage().endsWith("Found is read before it is handed on"), e.getMessage());
    assertNull(parts.find(Found.class));
  }

  @Test
  void nothingIsHandedOnTwice() {
    parts.put(Found.class, new Found("x"));
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> parts.put(Found.class, new Found("y")));
    assertTrue(e.getMessage().endsWith("Found is handed on twice"), e.getMessage());
    assertEquals("x", parts.get(Found.class).what());
    assertThrows(IllegalStateException.class, () -> Parts.once("x", "y"));
    assertEquals("y", Parts.once(null, "y"));
  }

  @Test
  void whatIsMadeForTheFirstWhoAsksIsMadeOnce() {
    Found first = parts.orMake(Found.class, () -> new Found("x"));
    assertSame(first, parts.orMake(Found.class, () -> new Found("y")));
  }
}
