package io.jld.load;

import io.jld.input.ObjectFile;
import io.jld.link.LinkException;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What an input has turned out to be, in the order of the command line. */
public sealed interface Unit {
  /** An object that is linked in any case. */
  record Loaded(LinkedObject object) implements Unit {}

  /** A shared library, which the output is bound to when it runs. */
  record Shared(LinkedLibrary library) implements Unit {}

  /**
   * An archive, or the objects between {@code --start-lib} and {@code --end-lib}: members are
   * linked as they are needed.
   *
   * @param members those that may be linked
   * @param wholeArchive all members are linked
   * @param all all members, also those that no index led to, for the message that explains why none
   *     of them is linked
   */
  record Archive(
      String name, List<Member> members, boolean wholeArchive, Supplier<List<ObjectJob>> all)
      implements Unit {
    /** Hands on all members that are sound objects, also those that no index led to. */
    public void forEachObject(Consumer<ObjectFile> sink) {
      for (ObjectJob job : all.get()) {
        if (job.parsed != null) {
          sink.accept(job.parsed);
        }
      }
    }
  }

  /** {@code --start-group} to {@code --end-group}. */
  record Group(List<Unit> units) implements Unit {}

  /**
   * A member of an archive.
   *
   * @param object null where it is no sound object of this architecture: it matters only if the
   *     member is linked
   * @param problem what is wrong with it where {@code object} is null
   */
  record Member(String name, LinkedObject object, LinkException problem) {}
}
