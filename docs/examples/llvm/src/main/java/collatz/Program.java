package collatz;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.SegmentAllocator;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** From the intermediate representation to an executable. */
final class Program {
  private Program() {}

  /** Compiles and links; the executable is in memory of this allocator. */
  static void build(Target target, SegmentAllocator memory) throws LinkException, IOException {
    try (Objects objects = new Objects(target)) {
      LinkRequest request =
          LinkRequest.builder()
              .arch(target.arch())
              .input(InputSource.memory("start.o", objects.start()))
              .input(InputSource.memory("collatz.o", objects.object(Ir.module(objects.context()))))
              .input(InputSource.path(libc(target)))
              .set(
                  LinkOption.OUTPUT_KIND,
                  target == Target.AMD64 ? OutputKind.PIE : OutputKind.EXECUTABLE)
              .output(OutputSink.memory(memory))
              .build();
      Linker.link(request);
    }
  }

  /** The C library that programs load; other architectures' may be in the same directory. */
  static Path libc(Target target) throws IOException {
    for (String dir : target.libraries) {
      Path file = Path.of(dir, "libc.so.6");
      if (Files.exists(file)) {
        try (InputStream in = Files.newInputStream(file)) {
          byte[] header = in.readNBytes(20);
          if (header.length == 20 && header[18] == target.machine) { // e_machine
            return file;
          }
        }
      }
    }
    throw new NoSuchFileException("libc.so.6 for " + target.arch());
  }
}
