package io.jld.cli.worker;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.jld.link.NameBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The protocol of rules that do not say which: {@code worker_protocol.proto}, each message behind
 * its length in bytes.
 *
 * <p>A field begins with its number and how it is written (a "tag", <a
 * href="https://protobuf.dev/programming-guides/encoding/">Protobuf Encoding</a>). Unknown ones are
 * passed over.
 */
final class ProtobufProtocol implements Protocol {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;

  // WorkRequest
  private static final int ARGUMENTS = 1 << 3 | LENGTH_DELIMITED;
  private static final int INPUTS = 2 << 3 | LENGTH_DELIMITED;
  private static final int REQUEST_ID = 3 << 3 | VARINT;
  private static final int CANCEL = 4 << 3 | VARINT;
  private static final int VERBOSITY = 5 << 3 | VARINT;
  private static final int SANDBOX_DIR = 6 << 3 | LENGTH_DELIMITED;

  // Input
  private static final int PATH = 1 << 3 | LENGTH_DELIMITED;
  private static final int DIGEST = 2 << 3 | LENGTH_DELIMITED;

  private final InputStream in;

  ProtobufProtocol(InputStream in) {
    this.in = in;
  }

  @Override
  public Request read() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int size = CodedInputStream.readRawVarint32(first, in);
    if (size < 0) {
      throw new IOException("its length is negative");
    }
    byte[] message = in.readNBytes(size);
    if (message.length < size) {
      throw new IOException("it ends after " + message.length + " of " + size + " bytes");
    }
    return request(CodedInputStream.newInstance(message));
  }

  private static Request request(CodedInputStream in) throws IOException {
    List<String> arguments = new ArrayList<>();
    List<Request.Input> inputs = new ArrayList<>();
    int requestId = 0;
    boolean cancel = false;
    int verbosity = 0;
    String sandboxDir = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case ARGUMENTS -> arguments.add(string(in));
        case INPUTS -> inputs.add(input(CodedInputStream.newInstance(in.readByteArray())));
        case REQUEST_ID -> requestId = in.readInt32();
        case CANCEL -> cancel = in.readBool();
        case VERBOSITY -> verbosity = in.readInt32();
        case SANDBOX_DIR -> sandboxDir = string(in);
        default -> skip(in, tag);
      }
    }
    return new Request(arguments, inputs, requestId, cancel, verbosity, sandboxDir);
  }

  private static Request.Input input(CodedInputStream in) throws IOException {
    String path = "";
    String digest = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case PATH -> path = string(in);
        case DIGEST -> digest = string(in);
        default -> skip(in, tag);
      }
    }
    return new Request.Input(path, digest);
  }

  /** Names are bytes. */
  private static String string(CodedInputStream in) throws IOException {
    return NameBytes.string(in.readByteArray());
  }

  private static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new IOException("a group ends that has not begun");
    }
  }

  @Override
  public byte[] encode(Response response) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    CodedOutputStream fields = CodedOutputStream.newInstance(message);
    fields.writeInt32(1, response.exitCode());
    fields.writeString(2, response.output());
    fields.writeInt32(3, response.requestId());
    fields.writeBool(4, response.wasCancelled());
    fields.flush();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(all);
    out.writeByteArrayNoTag(message.toByteArray()); // with its length
    out.flush();
    return all.toByteArray();
  }
}
