package io.jld.layout;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.link.LinkOption;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code .bss} and {@code .tbss} of types with content, as {@code objcopy --set-section-flags}
 * makes them and damaged files have them: common symbols then are zeros in the file.
 */
class BssWithContentTest {
  @ParameterizedTest
  @CsvSource({
    ".bss, 1, 1, false",
    ".bss, 1, 1, true",
    ".bss, 6, 1, true",
    ".bss, 7, 1, true",
    ".tbss, 1, 6, true",
    ".tbss, 6, 6, false"
  })
  void commonsAreZeros(String name, int type, int symbolType, boolean wide) {
    ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    o.function("_start", o.code(".text", new byte[4]), 0, 4);
    long tls = symbolType == STT_TLS ? SHF_TLS : 0;
    o.section(name, type, SHF_ALLOC | SHF_WRITE | tls, 4, 0, ObjectBuilder.filled(8, 7));
    o.symbol("common", STB_GLOBAL, symbolType, STV_DEFAULT, SHN_COMMON, 16, 24);
    Linked.Section s = Linked.link(b -> b.set(LinkOption.ENTRY, "_start"), o).section(name);
    assertEquals(type, s.type());
    byte[] expected = new byte[16 + 24];
    Arrays.fill(expected, 0, 8, (byte) 7);
    assertArrayEquals(expected, s.bytes().toArray(ValueLayout.JAVA_BYTE));
  }
}
