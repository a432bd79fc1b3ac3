package io.jld.load;

import io.jld.input.Archive;
import io.jld.input.ArchiveIndex;
import io.jld.input.ArchiveMember;
import io.jld.input.Inputs;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.model.Context;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The archives among the inputs. Of one with a symbol index those members are read that may be
 * linked ({@link WantedMembers}): most archives have a hundred times what a program takes of them.
 * Of {@code --whole-archive}, and without an index, all are.
 */
public final class ReadArchives {
  private final Context ctxt;
  private final Inputs inputs;
  private final List<Input> archives = new ArrayList<>();
  private final WantedMembers wanted = new WantedMembers();

  ReadArchives(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
  }

  /** A member that is read; the job is null where the member is no object. */
  private record Read(ArchiveMember member, ObjectJob job) {}

  private final class Input {
    private final String name;
    private final Archive archive;
    private final boolean whole;

    /** Where its unit goes. */
    private final List<Unit> units;

    private final int at;
    private ArchiveIndex index;
    private List<Read> members = new ArrayList<>();
    private LinkException problem;

    Input(String name, Archive archive, boolean whole, List<Unit> units) {
      this.name = name;
      this.archive = archive;
      this.whole = whole;
      this.units = units;
      this.at = units.size();
      units.add(null);
    }

    /** Reads the index, or all members. */
    void open(boolean indexed) {
      try {
        index = whole || !indexed ? null : inputs.index(archive);
        if (index == null) {
          members = all();
        }
      } catch (LinkException e) {
        problem = e;
      }
    }

    private List<Read> all() {
      List<Read> all = new ArrayList<>();
      for (ArchiveMember m : archive.members()) {
        all.add(read(m));
      }
      return all;
    }

    private Read read(ArchiveMember m) {
      MemorySegment content =
          m.external() ? inputs.map(m.path(), Location.file(name, m.name())) : m.content();
      ObjectJob job = null;
      if (m.isElf(content)) {
        job = new ObjectJob(name, m.name(), content);
      } else if (Lto.isBitcode(content)) {
        job = ObjectJob.ofBitcode(ctxt, name, m.name(), content);
      }
      return new Read(m, job);
    }

    private Unit unit() {
      members.sort((a, b) -> Long.compare(a.member().headerOffset(), b.member().headerOffset()));
      return new Unit.Archive(name, units(members), whole, this::jobs);
    }

    /** Of all members; those that no index led to are read now, to be looked at only. */
    private List<ObjectJob> jobs() {
      List<ObjectJob> jobs = new ArrayList<>();
      for (Read r : index == null ? members : all()) {
        if (r.job() != null) {
          r.job().readAlone(inputs);
          jobs.add(r.job());
        }
      }
      return jobs;
    }

    private static List<Unit.Member> units(List<Read> members) {
      List<Unit.Member> units = new ArrayList<>(members.size());
      for (Read r : members) {
        units.add(
            r.job() == null
                ? new Unit.Member(r.member().name(), null, null)
                : new Unit.Member(r.job().member, r.job().object, r.job().problem));
      }
      return units;
    }
  }

  /**
   * Adds an archive.
   *
   * @param units where its unit goes
   */
  void add(String name, Path path, MemorySegment bytes, boolean whole, List<Unit> units) {
    archives.add(new Input(name, Archive.open(name, path, bytes, inputs::map), whole, units));
  }

  /**
   * Opens the archives and adds a job for each member that is read in any case.
   *
   * @param indexed whether indexes may be used: all that may be linked is known already, except for
   *     the archives' members
   */
  void open(List<ObjectJob> jobs, boolean indexed) {
    ctxt.tasks()
        .forEach(
            archives.size(),
            i -> {
              if (!archives.get(i).archive.isThin()) {
                archives.get(i).open(indexed);
              }
            });
    for (int i = 0; i < archives.size(); i++) {
      Input a = archives.get(i);
      if (a.archive.isThin()) { // maps other files, one thread at a time
        a.open(indexed);
      }
      if (a.problem != null) {
        a.problem.diagnostics().forEach(ctxt::report);
      } else if (a.index != null) {
        wanted.add(i, a.index);
      }
      for (Read r : a.members) {
        if (r.job() != null) {
          jobs.add(r.job());
        }
      }
    }
  }

  /** Whether {@link #readWanted} has anything to do. */
  boolean hasIndexes() {
    return !wanted.isEmpty();
  }

  /** Reads the members that may be linked. */
  void readWanted(List<ObjectJob> jobs, List<long[]> wantedByOthers) {
    for (long[] names : wantedByOthers) {
      want(names);
    }
    for (int from = 0, end = jobs.size(); ; from = end, end = jobs.size()) {
      for (int i = from; i < end; i++) {
        want(jobs.get(i).takeWantedNames());
      }
      for (WantedMembers.Member m : wanted.takeFound()) {
        add(archives.get(m.archive()), m.at(), jobs);
      }
      if (jobs.size() == end) {
        return;
      }
      ObjectJob.read(ctxt, inputs, jobs, end, true);
    }
  }

  private void want(long[] names) {
    for (long name : names) {
      wanted.want(name);
    }
  }

  private void add(Input a, long at, List<ObjectJob> jobs) {
    try {
      Read r = a.read(a.archive.memberAt(at));
      a.members.add(r);
      if (r.job() != null) {
        jobs.add(r.job());
      }
    } catch (LinkException e) {
      e.diagnostics().forEach(ctxt::report);
    }
  }

  /** Puts the archives in their places. */
  void finish() {
    for (Input a : archives) {
      if (a.problem == null) {
        a.units.set(a.at, a.unit());
      }
    }
  }
}
