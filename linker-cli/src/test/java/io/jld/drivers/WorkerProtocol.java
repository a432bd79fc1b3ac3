package io.jld.drivers;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.JsonFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Bazel's {@code worker_protocol.proto}, and both ways to write its messages, which are those of
 * the protobuf library.
 */
enum WorkerProtocol {
  JSON {
    @Override
    byte[] encode(DynamicMessage message) throws IOException {
      return JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .print(message)
          .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    DynamicMessage decode(InputStream in) throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          return null;
        }
        line.write(c);
      }
      DynamicMessage.Builder response = DynamicMessage.newBuilder(RESPONSE);
      JsonFormat.parser().merge(line.toString(StandardCharsets.UTF_8), response);
      return response.build();
    }
  },

  PROTOBUF {
    @Override
    byte[] encode(DynamicMessage message) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      message.writeDelimitedTo(bytes);
      return bytes.toByteArray();
    }

    @Override
    DynamicMessage decode(InputStream in) throws IOException {
      DynamicMessage.Builder response = DynamicMessage.newBuilder(RESPONSE);
      return response.mergeDelimitedFrom(in) ? response.build() : null;
    }
  };

  private static final Descriptor REQUEST;
  private static final Descriptor INPUT;
  private static final Descriptor RESPONSE;

  static {
    DescriptorProto input =
        message("Input", field("path", 1, Type.TYPE_STRING), field("digest", 2, Type.TYPE_BYTES));
    DescriptorProto request =
        message(
            "WorkRequest",
            field("arguments", 1, Type.TYPE_STRING).setLabel(Label.LABEL_REPEATED),
            field("inputs", 2, Type.TYPE_MESSAGE)
                .setTypeName("Input")
                .setLabel(Label.LABEL_REPEATED),
            field("request_id", 3, Type.TYPE_INT32),
            field("cancel", 4, Type.TYPE_BOOL),
            field("verbosity", 5, Type.TYPE_INT32),
            field("sandbox_dir", 6, Type.TYPE_STRING),
            field("of_a_later_version", 99, Type.TYPE_STRING));
    DescriptorProto response =
        message(
            "WorkResponse",
            field("exit_code", 1, Type.TYPE_INT32),
            field("output", 2, Type.TYPE_STRING),
            field("request_id", 3, Type.TYPE_INT32),
            field("was_cancelled", 4, Type.TYPE_BOOL));
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("worker_protocol.proto")
            .setSyntax("proto3")
            .setPackage("blaze.worker")
            .addAllMessageType(List.of(input, request, response))
            .build();
    try {
      FileDescriptor all = FileDescriptor.buildFrom(file, new FileDescriptor[0]);
      INPUT = all.findMessageTypeByName("Input");
      REQUEST = all.findMessageTypeByName("WorkRequest");
      RESPONSE = all.findMessageTypeByName("WorkResponse");
    } catch (DescriptorValidationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static DescriptorProto message(String name, FieldDescriptorProto.Builder... fields) {
    DescriptorProto.Builder m = DescriptorProto.newBuilder().setName(name);
    for (FieldDescriptorProto.Builder f : fields) {
      m.addField(f);
    }
    return m.build();
  }

  private static FieldDescriptorProto.Builder field(String name, int number, Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(Label.LABEL_OPTIONAL);
  }

  /** With the message's length before it, or whatever tells where it ends. */
  abstract byte[] encode(DynamicMessage message) throws IOException;

  /** The next response; null at the end. */
  abstract DynamicMessage decode(InputStream in) throws IOException;

  /** A request in the making. */
  static final class Request {
    private final DynamicMessage.Builder message = DynamicMessage.newBuilder(REQUEST);

    Request(int id, String... arguments) {
      set("request_id", id);
      for (String a : arguments) {
        message.addRepeatedField(REQUEST.findFieldByName("arguments"), a);
      }
    }

    Request set(String field, Object value) {
      message.setField(REQUEST.findFieldByName(field), value);
      return this;
    }

    Request input(String path, String digest) {
      DynamicMessage input =
          DynamicMessage.newBuilder(INPUT)
              .setField(INPUT.findFieldByName("path"), path)
              .setField(INPUT.findFieldByName("digest"), ByteString.copyFromUtf8(digest))
              .build();
      message.addRepeatedField(REQUEST.findFieldByName("inputs"), input);
      return this;
    }

    DynamicMessage message() {
      return message.build();
    }
  }

  /** What a worker has answered. */
  record Response(int exitCode, String output, int requestId, boolean wasCancelled) {
    static Response of(DynamicMessage m) {
      return new Response(
          (int) m.getField(RESPONSE.findFieldByName("exit_code")),
          (String) m.getField(RESPONSE.findFieldByName("output")),
          (int) m.getField(RESPONSE.findFieldByName("request_id")),
          (boolean) m.getField(RESPONSE.findFieldByName("was_cancelled")));
    }
  }
}
