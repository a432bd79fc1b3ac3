package io.jld.link;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * One item of a link's inputs, in the order of a command line. Files are objects, archives, shared
 * libraries or linker scripts; which of them is decided by their content, never by their name.
 *
 * @since 0.1
 */
public sealed interface InputSource {
  /** A file by its path; a linker script may name further ones. */
  record OfPath(Path path, InputFlags flags) implements InputSource {
    public OfPath {
      Objects.requireNonNull(path);
      Objects.requireNonNull(flags);
    }
  }

  /**
   * {@code -l NAME}: {@code libNAME.so} or {@code libNAME.a} in the library path; {@code :FILE}
   * names the file itself.
   */
  record OfLibrary(String name, InputFlags flags) implements InputSource {
    public OfLibrary {
      Objects.requireNonNull(name);
      Objects.requireNonNull(flags);
    }
  }

  /**
   * Bytes in memory; {@code name} stands for them in messages. They must not change while the link
   * runs, and are read where they are: any segment does, of the heap, native or mapped, at any
   * alignment, of any size. One that is confined to a thread does for a link that runs on this
   * thread alone.
   */
  record OfMemory(String name, MemorySegment bytes, InputFlags flags) implements InputSource {
    public OfMemory {
      Objects.requireNonNull(name);
      Objects.requireNonNull(bytes);
      Objects.requireNonNull(flags);
    }
  }

  /**
   * Bytes that are asked for when the link reads its inputs: once in each link of a request, on the
   * thread that links, in the order of the inputs. An archive or a library of objects is asked for
   * as a whole. What {@code supplier} throws fails the link, with {@link
   * DiagnosticCode#INPUT_NOT_SUPPLIED} and the exception as the cause; an {@link Error} comes out
   * of {@link Linker#link} as it is.
   *
   * @param name stands for the input in messages
   * @param supplier gives the bytes, which must not change while the link runs; those of a native
   *     segment have to be there until it ends
   */
  record OfSupplier(String name, Callable<MemorySegment> supplier, InputFlags flags)
      implements InputSource {
    public OfSupplier {
      Objects.requireNonNull(name);
      Objects.requireNonNull(supplier);
      Objects.requireNonNull(flags);
    }
  }

  /**
   * {@code -T}: a linker script, which is searched for in the library path where no file has this
   * path.
   */
  record Script(Path path, InputFlags flags) implements InputSource {
    public Script {
      Objects.requireNonNull(path);
      Objects.requireNonNull(flags);
    }
  }

  /** {@code -c}: a script in the language of the MRI linker. */
  record MriScript(Path path, InputFlags flags) implements InputSource {
    public MriScript {
      Objects.requireNonNull(path);
      Objects.requireNonNull(flags);
    }
  }

  /** {@code --defsym}: an assignment in its place among those of linker scripts. */
  record Defsym(String symbol, String expression) implements InputSource {
    public Defsym {
      Objects.requireNonNull(symbol);
      Objects.requireNonNull(expression);
    }
  }

  /**
   * {@code --just-symbols}: a file of which only the symbols count, an executable or an object;
   * they are absolute.
   */
  record JustSymbols(Path path) implements InputSource {
    public JustSymbols {
      Objects.requireNonNull(path);
    }
  }

  /**
   * {@code --format=binary}: a file whose bytes are data as they are, with the symbols {@code
   * _binary_PATH_start}, {@code _end} and {@code _size}; in PATH, all but letters and digits is
   * {@code _}.
   */
  record Binary(Path path) implements InputSource {
    public Binary {
      Objects.requireNonNull(path);
    }
  }

  /** Brackets without content: {@code --start-group} and so on. */
  enum Bracket implements InputSource {
    /**
     * {@code --start-group}: the archives up to {@link #GROUP_END} are searched again until nothing
     * new is found.
     */
    GROUP_START,
    GROUP_END,
    /**
     * {@code --start-lib}: the objects up to {@link #LIB_END} behave as if they were members of an
     * archive.
     */
    LIB_START,
    LIB_END
  }

  static InputSource path(Path path) {
    return new OfPath(path, InputFlags.NONE);
  }

  static InputSource library(String name) {
    return new OfLibrary(name, InputFlags.NONE);
  }

  static InputSource memory(String name, MemorySegment bytes) {
    return new OfMemory(name, bytes, InputFlags.NONE);
  }

  static InputSource memory(String name, byte[] bytes) {
    return memory(name, MemorySegment.ofArray(bytes).asReadOnly());
  }

  static InputSource supplied(String name, Callable<MemorySegment> supplier) {
    return new OfSupplier(name, supplier, InputFlags.NONE);
  }
}
