package io.jld.link;

import io.jld.arch.Arches;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Everything that a link depends on; immutable, so that one request may be linked many times, and
 * at once.
 *
 * @since 0.1
 */
public final class LinkRequest {
  private final String arch;
  private final Arches arches;
  private final List<InputSource> inputs;
  private final OutputSink output;
  private final Map<LinkOption<?>, Object> options;
  private final Executor executor;
  private final int threads;
  private final Arena arena;
  private final Consumer<String> messages;
  private final Consumer<LinkResult> beforeOutput;
  private final Runnable beforePlugins;
  private final Cancellation cancellation;

  private LinkRequest(Builder b) {
    arch = b.arch;
    arches = b.arches == null ? Arches.installed() : b.arches;
    inputs = List.copyOf(b.inputs);
    output = Objects.requireNonNull(b.output, "a link needs an output");
    options = new IdentityHashMap<>(b.options);
    executor = b.executor;
    threads = b.threads;
    arena = b.arena;
    messages = b.messages;
    beforeOutput = b.beforeOutput;
    beforePlugins = b.beforePlugins;
    cancellation = b.cancellation;
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * The architecture's name or alias as it was asked for; empty where the emulation or the inputs
   * decide.
   */
  public String arch() {
    return arch;
  }

  /** The architectures to choose from. */
  public Arches arches() {
    return arches;
  }

  public List<InputSource> inputs() {
    return inputs;
  }

  public OutputSink output() {
    return output;
  }

  /** The option's value, or its default. */
  @SuppressWarnings(
      "unchecked") // Builder.set is the only writer, and it ties the value's type to the key's
  public <T> T get(LinkOption<T> option) {
    return options.containsKey(option) ? (T) options.get(option) : option.defaultValue();
  }

  /** Who runs the link's tasks beside the calling thread; null: threads of the link's own. */
  public Executor executor() {
    return executor;
  }

  /** Tasks that run at the same time, the calling thread among them; at least 1. */
  public int threads() {
    return threads;
  }

  /**
   * The arena that inputs and output are mapped in; null: one of the link's own, closed at its end.
   */
  public Arena arena() {
    return arena;
  }

  /**
   * Takes the lines that options such as {@code --print-blocks}, {@code -t} ask for; calls come one
   * at a time.
   */
  public Consumer<String> messages() {
    return messages;
  }

  /**
   * Takes the result when all is done except putting the output in its place: what is still in the
   * buffers of reports can be written here.
   */
  public Consumer<LinkResult> beforeOutput() {
    return beforeOutput;
  }

  /** Called before plug-ins are loaded; null: nobody asks. */
  public Runnable beforePlugins() {
    return beforePlugins;
  }

  /** Ends the link before its time; null: nothing but an interrupt does. */
  public Cancellation cancellation() {
    return cancellation;
  }

  /** Collects a request; not safe for use by several threads. */
  public static final class Builder {
    private String arch = "";
    private Arches arches;
    private final List<InputSource> inputs = new ArrayList<>();
    private OutputSink output;
    private final Map<LinkOption<?>, Object> options = new IdentityHashMap<>();
    private Executor executor;
    private int threads = Runtime.getRuntime().availableProcessors();
    private Arena arena;
    private Consumer<String> messages = line -> {};
    private Consumer<LinkResult> beforeOutput = result -> {};
    private Runnable beforePlugins;
    private Cancellation cancellation;

    private Builder() {}

    public Builder arch(String name) {
      arch = Objects.requireNonNull(name);
      return this;
    }

    public Builder arches(Arches all) {
      arches = Objects.requireNonNull(all);
      return this;
    }

    public Builder input(InputSource input) {
      inputs.add(Objects.requireNonNull(input, "a null among the inputs"));
      return this;
    }

    public Builder inputs(List<? extends InputSource> more) {
      more.forEach(this::input);
      return this;
    }

    public Builder output(OutputSink sink) {
      output = Objects.requireNonNull(sink);
      return this;
    }

    /**
     * Sets an option. A collection is copied.
     *
     * @throws NullPointerException for null where that is not the option's default, and for a null
     *     in a collection
     */
    public <T> Builder set(LinkOption<T> option, T value) {
      Objects.requireNonNull(option, "no option");
      if (value != null || option.defaultValue() != null) {
        Objects.requireNonNull(value, () -> "null for the option " + option);
      }
      options.put(option, copy(option, value));
      return this;
    }

    /** The request must not change when the caller's collection does. */
    private static Object copy(LinkOption<?> option, Object value) {
      if (value instanceof Map<?, ?> m) {
        checkAll(option, m.keySet());
        checkAll(option, m.values());
        return Collections.unmodifiableMap(new LinkedHashMap<>(m));
      }
      if (value instanceof Collection<?> c) {
        checkAll(option, c);
        return c instanceof Set<?>
            ? Collections.unmodifiableSet(new LinkedHashSet<>(c))
            : List.copyOf(c);
      }
      return value;
    }

    private static void checkAll(LinkOption<?> option, Collection<?> values) {
      for (Object v : values) {
        Objects.requireNonNull(v, () -> "a null in the value of the option " + option);
      }
    }

    /**
     * Runs the link's tasks on {@code pool}, at most {@code atOnce} at a time, the calling thread
     * among them.
     */
    public Builder executor(Executor pool, int atOnce) {
      executor = Objects.requireNonNull(pool);
      return threads(atOnce);
    }

    /**
     * @throws IllegalArgumentException where {@code n} is below 1
     */
    public Builder threads(int n) {
      if (n < 1) {
        throw new IllegalArgumentException("threads: " + n);
      }
      threads = n;
      return this;
    }

    public Builder arena(Arena mappings) {
      arena = Objects.requireNonNull(mappings);
      return this;
    }

    public Builder messages(Consumer<String> sink) {
      messages = Objects.requireNonNull(sink);
      return this;
    }

    /**
     * @param step may throw {@link java.io.UncheckedIOException}: the link fails then, and what
     *     stood at the output's path stays there
     */
    public Builder beforeOutput(Consumer<LinkResult> step) {
      beforeOutput = Objects.requireNonNull(step);
      return this;
    }

    /**
     * Has {@code step} called when a link is about to load plug-ins ({@link LinkOption#PLUGIN}),
     * which it does where an input needs them: their code then runs in this process.
     *
     * @param step may throw, where the process is none for that: the link fails, and the exception
     *     goes to the caller
     */
    public Builder beforePlugins(Runnable step) {
      beforePlugins = Objects.requireNonNull(step);
      return this;
    }

    /**
     * @param token ends the link when it is cancelled; may be that of other links, too
     */
    public Builder cancellation(Cancellation token) {
      cancellation = Objects.requireNonNull(token);
      return this;
    }

    public LinkRequest build() {
      return new LinkRequest(this);
    }
  }
}
