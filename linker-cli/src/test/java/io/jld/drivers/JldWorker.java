package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DynamicMessage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A test's own {@code jld --persistent_worker}. */
final class JldWorker implements AutoCloseable {
  private final WorkerProtocol protocol;
  private final Path log;
  private final Process process;
  private final InputStream responses;

  /**
   * Starts one.
   *
   * @param dir its working directory
   * @param log where standard error goes
   * @param javaOptions {@code JLD_JAVA_OPTS}
   * @param options other than {@code --persistent_worker}
   */
  JldWorker(WorkerProtocol protocol, Path dir, Path log, String javaOptions, String... options)
      throws IOException {
    this.protocol = protocol;
    this.log = log;
    List<String> command = new ArrayList<>(List.of(Distribution.home() + "/bin/jld"));
    command.addAll(List.of(options));
    command.add("--persistent_worker");
    ProcessBuilder b = new ProcessBuilder(command).directory(dir.toFile());
    b.redirectError(log.toFile());
    b.environment().put("JLD_JAVA_OPTS", javaOptions);
    b.environment().put("JLD_SERVER", "auto"); // which is for links
    process = b.start();
    responses = new BufferedInputStream(process.getInputStream());
  }

  void send(WorkerProtocol.Request request) throws IOException {
    send(protocol.encode(request.message()));
  }

  void send(byte[] bytes) throws IOException {
    process.getOutputStream().write(bytes);
    process.getOutputStream().flush();
  }

  /** The next response. */
  WorkerProtocol.Response receive() throws IOException {
    DynamicMessage m = protocol.decode(responses);
    assertNotNull(m, () -> "no response: " + log());
    return WorkerProtocol.Response.of(m);
  }

  WorkerProtocol.Response ask(WorkerProtocol.Request request) throws IOException {
    send(request);
    return receive();
  }

  /** What is on standard error. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void closeStdin() throws IOException {
    process.getOutputStream().close();
  }

  void closeStdout() throws IOException {
    process.getInputStream().close();
  }

  /** Waits for its end; there is nothing more on standard output. */
  int awaitEnd() throws IOException, InterruptedException {
    assertEquals(null, protocol.decode(responses));
    return awaitProcess();
  }

  int awaitProcess() throws InterruptedException {
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "does not end: " + log());
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
