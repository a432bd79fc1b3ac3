package io.jld.cli.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages byte by byte, and what is none. Those that the protobuf library writes are {@code
 * WorkerIT}'s.
 */
class ProtocolTest {
  private static final Response DONE = new Response(1, "\u00e9\n", -1, true);

  private static Protocol of(String bytes) throws IOException {
    byte[] all = bytes.getBytes(StandardCharsets.ISO_8859_1);
    return Protocol.of(new PushbackInputStream(new ByteArrayInputStream(all), Protocol.LOOK_AHEAD));
  }

  @Test
  void json() throws IOException {
    Protocol p =
        of(
            """
            {"arguments":["a b","\\u00e9"],"inputs":[{"path":"p","digest":"ZA=="},{}],"requestId":7}
            {"request_id":-1,"cancel":true,"later":[{}],"sandbox_dir":"s","verbosity":2}{}
            """);
    assertEquals(
        new Request(
            List.of("a b", "\u00e9"),
            List.of(new Request.Input("p", "ZA=="), new Request.Input("", "")),
            7,
            false,
            0,
            ""),
        p.read());
    assertEquals(new Request(List.of(), List.of(), -1, true, 2, "s"), p.read());
    assertEquals(new Request(null, null, 0, false, 0, null), p.read());
    assertEquals(null, p.read());
    String done =
        "{\"exitCode\":1,\"output\":\"\u00e9\\n\",\"requestId\":-1,\"wasCancelled\":true}\n";
    assertArrayEquals(done.getBytes(StandardCharsets.UTF_8), p.encode(DONE));
  }

  /** The length of the first one is that of a brace. */
  @Test
  void protobuf() throws IOException {
    String argument = "\"" + "x".repeat(120);
    Protocol p = of("{\n\u0079" + argument + "\u0000" + "\u0004\u0018\u0003\u0020\u0001");
    assertEquals(List.of(argument), p.read().arguments());
    assertEquals(new Request(null, null, 0, false, 0, null), p.read());
    assertEquals(new Request(List.of(), List.of(), 3, true, 0, ""), p.read());
    assertEquals(null, p.read());
    byte[] done = p.encode(DONE);
    assertEquals(done.length - 1, done[0]);
    assertEquals(4 << 3, done[done.length - 2]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"arguments\": [\"-o\"",
        "{\"arguments\": 7}",
        "{\"arguments\": [null]}",
        "{\"inputs\": [[]]}",
        "{\"requestId\": \"x\"}",
        "{\"requestId\": 5000000000}",
        "{\"a\"}",
        "hello",
        "\u007f\u0001",
        "\u0080",
        "\u0005\n\u0009x\u0000\u0000",
        "\u0004\u0012\u0002\n\u0003",
        "\u0002\u0014\u0000",
        "\u0001\u0000",
        "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
        "\u00ff\u00ff\u00ff\u00ff\u000f",
        "\u00ff\u00ff\u00ff\u00ff\u0007x",
      })
  void whatIsNoRequest(String bytes) throws IOException {
    Protocol p = of(bytes);
    assertNotNull(assertThrows(IOException.class, p::read).getMessage());
  }

  @Test
  void nestedTooDeep() throws IOException {
    Protocol p = of("{\"a\":" + "[".repeat(100_000));
    assertThrows(IOException.class, p::read);
    Protocol groups = of("\u00a0\u008d\u0006" + "\u003b".repeat(100_000));
    assertThrows(IOException.class, groups::read);
  }
}
