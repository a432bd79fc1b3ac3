package io.jld.cli.worker;

/**
 * {@code blaze.worker.WorkResponse}.
 *
 * @param output what the link has printed
 * @param requestId that of the request
 * @param wasCancelled the request was given up, and has left nothing
 */
record Response(int exitCode, String output, int requestId, boolean wasCancelled) {}
