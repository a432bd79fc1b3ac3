package io.jld.cli.worker;

import com.google.gson.annotations.SerializedName;
import java.util.List;

/**
 * {@code blaze.worker.WorkRequest}. What a message leaves out is empty, 0 or false.
 *
 * @param requestId 0: the sender waits for the answer before it asks for more ("singleplex")
 * @param cancel ends the request of this number instead; the rest is empty
 * @param verbosity above 0: something may be said in the worker's log
 * @param sandboxDir where the link's relative paths begin, itself relative to the worker's
 *     directory; empty: there
 */
record Request(
    List<String> arguments,
    List<Input> inputs,
    @SerializedName(value = "requestId", alternate = "request_id") int requestId,
    boolean cancel,
    int verbosity,
    @SerializedName(value = "sandboxDir", alternate = "sandbox_dir") String sandboxDir) {

  /**
   * @throws NullPointerException where an element of a list is null
   */
  Request {
    arguments = arguments == null ? List.of() : List.copyOf(arguments);
    inputs = inputs == null ? List.of() : List.copyOf(inputs);
    sandboxDir = sandboxDir == null ? "" : sandboxDir;
  }

  /**
   * A file that the link may read.
   *
   * @param path as the arguments have it
   * @param digest of its content, in whatever form; empty: not known, or a directory
   */
  record Input(String path, String digest) {
    Input {
      path = path == null ? "" : path;
      digest = digest == null ? "" : digest;
    }
  }
}
