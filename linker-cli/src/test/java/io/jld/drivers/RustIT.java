package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Proc;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** rustc without cargo: a program, a library for C, and one for Rust; panics unwind through all. */
class RustIT {
  @TempDir Path dir;

  private static final String PROGRAM =
      """
      use std::{collections::HashMap, panic, thread};
      thread_local!(static DEPTH: std::cell::Cell<u32> = std::cell::Cell::new(1));
      struct Loud(&'static str);
      impl Drop for Loud { fn drop(&mut self) { print!("{} ", self.0); } }
      fn dig(n: u32, list: &[u32]) -> u32 {
        DEPTH.with(|d| d.set(d.get() + n));
        list[n as usize] + if n == 0 { 0 } else { dig(n - 1, list) }
      }
      fn main() {
        panic::set_hook(Box::new(|_| {}));
        let mut seen: HashMap<String, u32> = HashMap::new();
        seen.insert("good".into(), dig(2, &[1, 2, 3]));
        let caught = panic::catch_unwind(|| { let _loud = Loud("dropped"); dig(3, &[1, 2, 3]) });
        let joined = thread::spawn(|| { let _loud = Loud("thread"); dig(9, &[]) }).join();
        println!("{} {} {} {}", seen["good"], caught.is_err(), joined.is_err(), DEPTH.with(|d| d.get()));
      }
      """;

  /** ABI stands for one that panics may pass through. */
  private static final String C_LIBRARY =
      """
      use std::panic;
      type Callback = extern ABI fn(i32) -> i32;
      #[no_mangle]
      pub extern ABI fn divide(n: i32) -> i32 {
        if n == 0 { panic!("by zero") }
        100 / n
      }
      #[no_mangle]
      pub extern "C" fn guarded(f: Callback, n: i32) -> i32 {
        panic::set_hook(Box::new(|_| {}));
        panic::catch_unwind(|| f(n)).unwrap_or(-1)
      }
      #[no_mangle]
      pub static VERSION: i32 = 7;
      """;

  private static final String C_USER =
      """
      #include <dlfcn.h>
      #include <stdio.h>
      int divide(int);
      int guarded(int (*)(int), int);
      extern const int VERSION;
      static int through(int n) { return divide(n) + 1; }
      int main(void) {
        int (*again)(int) = (int (*)(int))dlsym(RTLD_DEFAULT, "divide");
        printf("%d %d %d %d\\n", guarded(through, 5), guarded(through, 0), again(4), VERSION);
        return fflush(stdout);
      }
      """;

  private static final String RUST_LIBRARY =
      """
      pub trait Shape { fn area(&self) -> f64; }
      pub fn total(shapes: &[Box<dyn Shape>]) -> f64 { shapes.iter().map(|s| s.area()).sum() }
      pub fn explode<T: std::fmt::Debug>(with: T) -> ! { panic!("with {:?}", with) }
      pub fn fuse(n: usize) -> usize { if n > 2 { explode(n) } else { n } }
      """;

  private static final String RUST_USER =
      """
      extern crate shapes;
      use std::panic;
      struct Square(f64);
      impl shapes::Shape for Square {
        fn area(&self) -> f64 { assert!(self.0 >= 0.0, "negative"); self.0 * self.0 }
      }
      fn main() {
        panic::set_hook(Box::new(|_| {}));
        let good = shapes::total(&[Box::new(Square(2.0)), Box::new(Square(1.0))]);
        // Out of this program through the library and back.
        let bad = panic::catch_unwind(|| shapes::total(&[Box::new(Square(-1.0))]));
        let text = panic::catch_unwind(|| shapes::fuse(3)).unwrap_err();
        println!("{} {} {:?}", good, bad.is_err(), text.downcast_ref::<String>());
      }
      """;

  private int minor;

  @BeforeEach
  void rustc() {
    Tools.need("rustc", "gcc", "readelf");
    Proc p = Proc.run(dir, List.of("rustc", "--version")).ok();
    Matcher m = Pattern.compile("rustc 1\\.([0-9]+)\\.").matcher(p.out());
    assertTrue(m.find(), p::toString);
    minor = Integer.parseInt(m.group(1));
  }

  private Function<Pair.By, List<String>> rustc(String... args) {
    return by -> {
      List<String> command = new ArrayList<>(List.of("rustc", "-O", "-C", "debuginfo=1"));
      if (minor >= 90) {
        command.addAll(List.of("-C", "linker-features=-lld")); // what gcc finds, and not its own
      }
      if (by == Pair.By.JLD) {
        command.addAll(List.of("-C", "link-arg=" + Distribution.b()));
      }
      command.addAll(List.of(args));
      return command;
    };
  }

  private String source(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text).toString();
  }

  @Test
  void program() throws IOException {
    Pair pair = new Pair(dir);
    String source = source("program.rs", PROGRAM);
    pair.build(Map.of(), rustc("-o", "program", source));
    String expected = "dropped thread 6 true true 7\n";
    assertEquals(expected, pair.run("program"));
    pair.build(Map.of(), rustc("-C", "target-feature=+crt-static", "-o", "static", source));
    assertEquals(expected, pair.run("static"));
  }

  @Test
  void libraryForC() throws IOException {
    Pair pair = new Pair(dir);
    String abi = minor >= 71 ? "\"C-unwind\"" : "\"C\"";
    String library = source("forc.rs", C_LIBRARY.replace("ABI", abi));
    String user = source("user.c", C_USER);
    pair.build(Map.of(), rustc("--crate-type=cdylib", "-o", "libforc.so", library));
    pair.build(
        Map.of(),
        by -> {
          List<String> command = new ArrayList<>(List.of("gcc", "-D_GNU_SOURCE", "-fexceptions"));
          if (by == Pair.By.JLD) {
            command.add(Distribution.b());
          }
          command.addAll(List.of("-o", "user", user, "-L.", "-lforc", "-ldl"));
          return command;
        });
    assertEquals("21 -1 25 7\n", pair.run("user"));
  }

  @Test
  void libraryForRust() throws IOException {
    Pair pair = new Pair(dir);
    String library = source("shapes.rs", RUST_LIBRARY);
    String user = source("user.rs", RUST_USER);
    pair.build(
        Map.of(),
        rustc("--crate-type=dylib", "--crate-name=shapes", "-C", "prefer-dynamic", library));
    pair.build(Map.of(), rustc("-C", "prefer-dynamic", "-L", ".", "-o", "user", user));
    String std = Proc.run(dir, List.of("rustc", "--print", "target-libdir")).ok().out().strip();
    assertEquals("5 true Some(\"with 3\")\n", pair.run("user", Map.of("LD_LIBRARY_PATH", std)));
  }
}
