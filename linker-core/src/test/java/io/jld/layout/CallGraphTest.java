package io.jld.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order that calls give to functions, and what is wrong with profiles. */
class CallGraphTest {
  private static ObjectBuilder functions() {
    ObjectBuilder o = ObjectBuilder.wide();
    for (String name : List.of("_start", "a", "b", "c")) {
      byte[] code = ObjectBuilder.filled(16, name.charAt(name.length() - 1));
      o.function(name, o.code(".text." + name, code), 0, 16);
    }
    return o;
  }

  /**
   * @param calls caller, called and how often, by turns; symbols are numbered from 1
   */
  private static ObjectBuilder profile(ObjectBuilder o, int... calls) {
    byte[] weights = new byte[calls.length / 3 * 8];
    int section =
        o.section(
            ".llvm.call-graph-profile",
            Elf.SHT_LLVM_CALL_GRAPH_PROFILE,
            Elf.SHF_EXCLUDE,
            1,
            8,
            weights);
    for (int i = 0; i < calls.length / 3; i++) {
      weights[8 * i] = (byte) calls[3 * i + 2];
      o.reloc(section, 8L * i, 0, calls[3 * i], 0);
      o.reloc(section, 8L * i, 0, calls[3 * i + 1], 0);
    }
    return o;
  }

  private static String order(ObjectBuilder o) {
    MemorySegment text = Linked.link(o).section(".text").bytes();
    StringBuilder order = new StringBuilder();
    for (long at = 0; at < text.byteSize(); at += 16) {
      order.append((char) ElfClass.u8(text, at));
    }
    return order.toString();
  }

  @Test
  void byCalls() {
    assertEquals("tabc", order(functions()));
    assertEquals("actb", order(profile(functions(), 2, 4, 100)));
    assertEquals("acbt", order(profile(functions(), 2, 4, 100, 4, 3, 50)));
  }

  @Test
  void damagedProfiles() {
    ObjectBuilder few = functions();
    int section =
        few.section(".p", Elf.SHT_LLVM_CALL_GRAPH_PROFILE, Elf.SHF_EXCLUDE, 1, 8, new byte[16]);
    few.reloc(section, 0, 0, 1, 0);
    fails("two relocations expected for each number of calls", few);
    ObjectBuilder odd = functions();
    odd.section(".p", Elf.SHT_LLVM_CALL_GRAPH_PROFILE, Elf.SHF_EXCLUDE, 1, 8, new byte[9]);
    fails("two relocations expected for each number of calls", odd);
  }

  private static void fails(String message, ObjectBuilder o) {
    LinkException e = assertThrows(LinkException.class, () -> Linked.link(o));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertTrue(e.getMessage().contains("(.p"), e.getMessage());
  }

  /** A function goes to its likeliest caller, as long as the two are not too large together. */
  @Test
  void clusters() {
    Clusters c = new Clusters();
    c.add(1, 100, 2, 100, 5);
    c.add(3, 100, 2, 100, 1000);
    c.add(2, 100, 4, 100, -1);
    assertEquals(4, c.order().length);
    Clusters large = new Clusters();
    large.add(1, 600 << 10, 2, 600 << 10, 10);
    large.add(3, 16, 2, 600 << 10, 4);
    assertArrayEquals(new int[] {2, 1, 3}, large.order(), "a cluster has a mebibyte at most");
    assertArrayEquals(new int[0], new Clusters().order());
  }
}
