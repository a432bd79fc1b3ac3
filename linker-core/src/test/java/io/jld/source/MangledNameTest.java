package io.jld.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MangledNameTest {
  /** Each name, its scoped name, the scope of that, and the plain name; from g++'s objects. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          _Z3addii,                     3add,               '',       add
          _ZL3addii,                    3add,               '',       add
          _Z3addRKSs,                   3add,               '',       add
          _ZNK7Account7balanceEi,       7Account7balance,   7Account, balance
          _ZN7Account7balanceEPKc,      7Account7balance,   7Account, balance
          _ZN2ns3Map3putEii,            2ns3Map3put,        2ns3Map,  put
          _ZN7AccountC2Ei,              7AccountC2,         7Account, ''
          _ZN7AccountD1Ev,              7AccountD1,         7Account, ''
          _ZNK7AccounteqERKS_,          7Accounteq,         7Account, ''
          _ZN2ns5countE,                2ns5count,          2ns,      count
          """)
  void parts(String mangled, String scoped, String scope, String plain) {
    assertEquals(new MangledName(scoped, scope, plain), MangledName.of(mangled));
    assertEquals(scoped.contains("C2"), MangledName.of(mangled).isConstructor());
  }

  /** Templates, abbreviations, conversions, special names; what is cut off or lies. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "add",
        "_Z",
        "_Z3",
        "_Z9add",
        "_Z0",
        "_Z99999999999999add",
        "_ZN7Account",
        "_ZN7Account7balance",
        "_ZNE",
        "_ZN1aIiE1fEv",
        "_ZNSt6vectorIiSaIiEE4pushEv",
        "_ZStlsRSoPKc",
        "_ZN1acvbEv",
        "_ZTV5Shape",
        "_ZGV1x"
      })
  void others(String name) {
    assertNull(MangledName.of(name));
  }

  @ParameterizedTest
  @CsvSource({
    "_ZTV5Shape, 5Shape",
    "_ZTI5Shape, 5Shape",
    "_ZTVN2ns5ShapeE, 2ns5Shape",
    "_ZTTN2ns5ShapeE, 2ns5Shape",
    "_ZTIi,",
    "_ZThn8_N1a1fEv,",
    "_ZTV,"
  })
  void classes(String name, String type) {
    String found = MangledName.classOf(name);
    assertTrue(type == null ? found == null || found.equals("i") : type.equals(found), found);
  }
}
