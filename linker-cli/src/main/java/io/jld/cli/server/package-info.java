/**
 * {@code jld --server}: a JVM that stays, and runs the command lines of other processes.
 *
 * <p><b>Who is who.</b> The client is the launcher, a POSIX shell, and does nothing but wait. It
 * has said no more than its process's number; the server reads the rest below {@code /proc/PID}:
 * arguments, environment, working directory, umask. So nothing has to be quoted, all of it is byte
 * for byte what the client got, and nobody can send a command line in another's name. A link that
 * the server would not make as a process of its own does is not made: the answer is "cold", and the
 * launcher goes on as if there were no server ({@link io.jld.cli.server.Client} says when).
 *
 * <p><b>The directory.</b> One for each user, distribution and JVM, below {@code XDG_RUNTIME_DIR}
 * or a directory in {@code /tmp} that nobody else may enter ({@link io.jld.cli.server.Home}):
 *
 * <pre>
 *   lock           held by the server while it lives; a second one ends
 *   now            "GENERATION SLOTS": the directory of the server that lives, and how many slots
 *   starting       the number of the process that is about to become the server
 *   log            what the server's JVM has printed
 *   GENERATION/requests      a FIFO, from clients to the server: lines shorter than PIPE_BUF
 *   GENERATION/N             a slot: a FIFO from the server to one client
 *   GENERATION/N.taken       made by the client that uses the slot (O_EXCL), with its number
 *   GENERATION/N-K           what that client is to print: see Relay
 * </pre>
 *
 * <p><b>Nobody waits for one who is gone.</b> The server has the writing end of every slot open
 * from the start, and is the only one: a client opens a slot for reading and writing, which never
 * blocks, then for reading, which does not either now, and closes the first. From then on a read
 * ends as soon as the server does, even if it was gone before. The client in turn is the only
 * reader; that there is none any more is an event of poll(2), by which {@link
 * io.jld.cli.server.Watch} ends links nobody waits for. A slot is used once: then a new FIFO takes
 * its name, and the old one's bytes go with it.
 *
 * <p><b>The working directory and the umask</b> belong to threads here (unshare(2), {@code
 * CLONE_FS}): each link's thread takes on those of its client, and the helpers do so for each task,
 * so that a relative path is what it is to the client, in messages too. Where that is not allowed,
 * as in some containers, the whole process goes to the client's directory and links are made one at
 * a time ({@link io.jld.cli.resident.Workplace}).
 */
package io.jld.cli.server;
