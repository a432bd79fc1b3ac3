package io.jld.cli.worker;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * {@code requires-worker-protocol: json}: objects one after the other, with or without white space
 * between them; fields have the names of protobuf's JSON, or the proto file's. Unknown ones are
 * passed over.
 */
final class JsonProtocol implements Protocol {
  private final Gson gson = new Gson();
  private final JsonReader in;

  JsonProtocol(InputStream in) {
    this.in = new JsonReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.in.setStrictness(Strictness.LENIENT); // else there is one object
  }

  @Override
  public Request read() throws IOException {
    try {
      if (in.peek() == JsonToken.END_DOCUMENT) {
        return null;
      }
      Request request = gson.fromJson(in, Request.class);
      if (request == null) {
        throw new IOException("null");
      }
      return request;
    } catch (JsonParseException e) {
      throw new IOException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    } catch (RuntimeException e) { // of Request
      throw new IOException("a list with null in it");
    }
  }

  /** Ends with a newline. {@code wasCancelled}, which older senders do not know, only if it is. */
  @Override
  public byte[] encode(Response response) throws IOException {
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.beginObject();
    json.name("exitCode").value(response.exitCode());
    json.name("output").value(response.output());
    json.name("requestId").value(response.requestId());
    if (response.wasCancelled()) {
      json.name("wasCancelled").value(true);
    }
    json.endObject();
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }
}
