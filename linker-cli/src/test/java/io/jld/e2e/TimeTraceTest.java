package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jld.link.LinkOption;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --time-trace} of real links. */
class TimeTraceTest {
  @TempDir Path dir;

  private static final String SOURCE =
      """
      #include <iostream>
      int main() { std::cout << "traced" << std::endl; }
      """;

  private record Event(String name, int tid, long from, long to) {
    boolean isIn(Event other) {
      return from >= other.from && to <= other.to;
    }

    boolean isApartFrom(Event other) {
      return to <= other.from || from >= other.to;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRowForEachThread(Target target) {
    Workbench w = new Workbench(dir, target);
    Tools.needCxx(target);
    List<String> line = w.commandLine("g++", "-static", w.cxx("a", SOURCE, "-O1"));
    Linked linked = w.jld(line, "--threads=3", "--stats", "--time-trace=" + dir + "/trace.json");
    assertEquals("traced\n", linked.run().out());

    Map<Integer, String> rows = new HashMap<>();
    List<Event> events = new ArrayList<>();
    for (JsonElement e :
        JsonParser.parseString(w.read("trace.json"))
            .getAsJsonObject()
            .getAsJsonArray("traceEvents")) {
      JsonObject o = e.getAsJsonObject();
      int tid = o.get("tid").getAsInt();
      String name = o.get("name").getAsString();
      if (name.equals("thread_name")) {
        rows.put(tid, o.getAsJsonObject("args").get("name").getAsString());
      } else if (o.get("ph").getAsString().equals("X")) {
        long ts = o.get("ts").getAsLong();
        events.add(new Event(name, tid, ts, ts + o.get("dur").getAsLong()));
      }
    }
    List<String> passes =
        linked.out().lines().skip(1).takeWhile(l -> !l.startsWith("total ")).toList();
    assertTrue(passes.size() > 20, linked.out());
    List<Event> main = events.subList(0, passes.size());
    for (int i = 0; i < passes.size(); i++) {
      assertTrue(passes.get(i).startsWith(main.get(i).name + " "), "" + main.get(i));
      assertEquals(1, main.get(i).tid);
    }
    assertEquals("link", rows.get(1));
    assertTrue(rows.size() <= 3, "" + rows);
    for (Event e : events.subList(passes.size(), events.size())) {
      assertTrue(rows.containsKey(e.tid), "" + e);
      assertTrue(main.stream().anyMatch(e::isIn), e + " is in no pass");
      assertTrue(
          events.stream()
              .filter(other -> other.tid == e.tid)
              .allMatch(other -> e.isIn(other) || other.isIn(e) || e.isApartFrom(other)),
          e + " is neither inside of others nor apart");
    }
  }

  /** The helper runs first, so that all loops are found on its row. */
  @Test
  void workOfOtherThreads() {
    Workbench w = new Workbench(dir, Target.AMD64);
    Tools.needCxx(w.target);
    List<String> line = w.commandLine("g++", "-static", w.cxx("a", SOURCE, "-O1"));
    LinkResult traced =
        Linker.link(
            Requests.of(w.target, line)
                .output(OutputSink.memory())
                .executor(TimeTraceTest::first, 2)
                .set(LinkOption.TIME_TRACE, true)
                .build());
    for (String pass : List.of("read inputs", "resolve symbols", "scan relocations", "asmb")) {
      assertTrue(
          traced.tasks().stream().anyMatch(t -> t.name().equals(pass) && t.thread() > 0),
          pass + " is only on the first thread");
    }
    assertTrue(
        Linker.link(Requests.of(w.target, line).output(OutputSink.memory()).build())
            .tasks()
            .isEmpty());
  }

  /** A JVM that has just started compiles jld on the other processor. */
  @Test
  void aColdLinkOfSmallInputsLeavesAProcessorToTheCompiler() {
    Workbench w = new Workbench(dir, Target.AMD64);
    Tools.needCxx(w.target);
    List<String> line = w.commandLine("g++", "-static", w.cxx("a", SOURCE, "-O1"));
    LinkResult[] links = new LinkResult[2];
    for (int i = 0; i < 2; i++) {
      links[i] =
          Linker.link(
              Requests.of(w.target, line)
                  .output(OutputSink.memory())
                  .executor(TimeTraceTest::first, 2)
                  .set(LinkOption.TIME_TRACE, true)
                  .set(LinkOption.COLD, i == 1)
                  .build());
    }
    assertTrue(links[0].tasks().stream().anyMatch(t -> t.thread() > 0));
    assertTrue(links[1].tasks().stream().allMatch(t -> t.thread() == 0));
    assertEquals(-1, links[0].bytes().mismatch(links[1].bytes()));
  }

  /** Runs the helper to its end. */
  private static void first(Runnable task) {
    Thread t = Thread.ofPlatform().start(task);
    try {
      t.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
