package io.jld.cli.resident;

import io.jld.cli.Main;
import java.io.IOException;

/** One link's turn. */
public final class Turn {
  /** What is run when it is its turn. */
  public interface Command {
    /**
     * Reads the command line, in the directory that it is asked for in.
     *
     * @return bytes of the files that it names
     */
    long prepare() throws IOException;

    /**
     * Runs it.
     *
     * @param last whether neither other links nor what they have left can have taken the memory;
     *     else the answer may be {@link Main#AGAIN}, as long as nothing has been printed
     * @return the status
     */
    int attempt(boolean last);
  }

  private final Links links;
  private final Gate gate;

  /** Places at the gate that this has now. */
  private int places;

  public Turn(Links links) {
    this.links = links;
    gate = links.gate();
  }

  /**
   * Waits for its turn, and runs a command in a directory.
   *
   * @return the status
   * @throws InterruptedException where the thread is interrupted while it waits
   */
  public int run(int directory, int umask, Command command)
      throws IOException, InterruptedException {
    Workplace workplace = links.workplace();
    if (workplace.isOfThreads()) {
      workplace.enter(directory, umask);
      try {
        enter(gate.placesFor(command.prepare()));
        return attempts(command, places == gate.places());
      } finally {
        leave();
        workplace.leave();
      }
    }
    enter(1);
    try {
      workplace.enter(directory, umask);
      command.prepare();
      return attempts(command, true);
    } finally {
      workplace.leave();
      leave();
    }
  }

  private int attempts(Command command, boolean alone) throws InterruptedException {
    int status = command.attempt(alone && links.session().files() == 0);
    if (status == Main.AGAIN) {
      leave();
      enter(gate.places());
      links.session().clear();
      status = command.attempt(true);
    }
    return status;
  }

  private void enter(int n) throws InterruptedException {
    gate.enter(n);
    places = n;
  }

  private void leave() {
    gate.leave(places);
    places = 0;
  }

  /** Lets others go on while this one waits for somebody else. */
  public void pause() {
    if (links.workplace().isOfThreads()) {
      gate.leave(places);
    }
  }

  /** Waits for its places again. */
  public void resume() {
    if (links.workplace().isOfThreads()) {
      gate.enterForSure(places);
    }
  }
}
