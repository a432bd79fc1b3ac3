package io.jld.cli.worker;

import java.io.IOException;
import java.io.PushbackInputStream;

/** How messages are written. */
interface Protocol {
  /**
   * The next request; null at the end of the input. From one thread.
   *
   * @throws IOException where it is none, or cannot be read; nothing that follows makes sense then
   */
  Request read() throws IOException;

  /** The bytes of a response. */
  byte[] encode(Response response) throws IOException;

  /** What {@link #of} looks at. */
  int LOOK_AHEAD = 2;

  /**
   * The protocol of a sender, which rules choose, and do not tell the worker: as JSON a request
   * begins with <code>{"</code>, or is <code>{}</code>. As protobuf these bytes are a length of
   * 123, and a field of a type that has none of its number.
   *
   * @param in can take back {@link #LOOK_AHEAD} bytes
   */
  static Protocol of(PushbackInputStream in) throws IOException {
    byte[] first = in.readNBytes(LOOK_AHEAD);
    in.unread(first);
    boolean json = first.length == 2 && first[0] == '{' && (first[1] == '"' || first[1] == '}');
    return json ? new JsonProtocol(in) : new ProtobufProtocol(in);
  }
}
