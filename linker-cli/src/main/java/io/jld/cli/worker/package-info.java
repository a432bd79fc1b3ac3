/**
 * {@code jld --persistent_worker}: links for a build system that speaks Bazel's worker protocol, <a
 * href="https://bazel.build/remote/creating">as Bazel describes it</a> and its {@code
 * worker_protocol.proto} has it.
 *
 * <p>Requests come on standard input, responses go to what standard output was when the launcher
 * started: descriptor 3 here, so that whatever the JVM prints to standard output cannot get in
 * between; that is standard error, which the build system keeps as the worker's log. Messages are
 * protobuf's, each behind its length, or JSON objects; the first bytes tell which ({@link
 * io.jld.cli.worker.Protocol}).
 *
 * <p>A request is a command line, an answer what it has printed and its status. Several may be
 * under way at once, and are answered as they are done ("multiplex"): they are told apart by {@code
 * request_id}. All links share what {@code io.jld.cli.resident} keeps; relative paths of a request
 * with a {@code sandbox_dir} begin there, and of all others in the worker's own directory. Digests
 * of inputs tell what has changed since they were read. A request to cancel ends a link, which
 * leaves no output and is answered like any.
 *
 * <p>{@link io.jld.cli.worker.Worker} reads requests, a {@link io.jld.cli.worker.Job} is one on its
 * way. The jar that {@link io.jld.cli.worker.ProtobufProtocol} needs is on no other class path than
 * the worker's.
 */
package io.jld.cli.worker;
