package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said of links that people often get wrong: the whole text, and nothing that follows. */
class BrokenLinksTest {
  private static final Pattern OFFSET = Pattern.compile("\\+0x[0-9a-f]+");

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    return new Workbench(dir, target);
  }

  /** Offsets are the compiler's, the directory is the test's. */
  private void says(String expected, Linked x) {
    x.failed();
    String err = OFFSET.matcher(x.err().replace(dir + "/", "")).replaceAll("+0x..");
    assertEquals(expected, err, x::toString);
  }

  @ParameterizedTest
  @EnumSource
  void cxx(Target target) {
    Workbench w = workbench(target);
    Tools.needCxx(target);
    Path main =
        w.cxx(
            "main",
            """
            struct Account { long balance(int year) const; };
            struct Shape { virtual double area() const; virtual ~Shape() {} };
            struct Square : Shape { double area() const override { return 4; } };
            int add(int a, int b);
            extern "C" int sub(int a, int b);
            extern "C" int main() { return Account().balance(2) + add(1, -1) + sub(1, 1); }
            double f() { return Square().area(); }
            """,
            "-g",
            "-O0");
    Path account =
        w.cxx(
            "account",
            "struct Account { long balance(const char *) const; };\n"
                + "long Account::balance(const char *) const { return 0; }\n"
                + "int sub(int a, int b) { return a - b; }\n");
    Path add = w.archive("libadd.a", w.c("add", "int add(int a, int b) { return a + b; }"));
    says(
        """
        jld: error: main.o:(.text+0x..): undefined reference to 'Account::balance(int) const' [undefined-symbol]
        >>> referenced by main.cc:6 (function main)
        >>> did you mean: Account::balance(char const*) const, defined in account.o
        jld: error: main.o:(.text+0x..): undefined reference to 'add(int, int)' [undefined-symbol]
        >>> referenced by main.cc:6 (function main)
        >>> did you mean: extern "C" add, defined in libadd.a(add.o)
        jld: error: main.o:(.text+0x..): undefined reference to 'sub' [undefined-symbol]
        >>> referenced by main.cc:6 (function main)
        >>> the C++ function sub(int, int) is defined in account.o; is an extern "C" missing?
        jld: error: main.o:(.text._ZN5ShapeD2Ev+0x..): undefined reference to 'vtable for Shape' [undefined-symbol]
        >>> referenced by main.cc:2 (function Shape::~Shape())
        >>> referenced by main.cc:2 (function Shape::Shape() in main.o:(.text._ZN5ShapeC2Ev+0x..))
        >>> referenced by main.cc (main.o:(.data.rel.ro._ZTI6Square+0x..))
        >>> the class may lack the definition of its key function: the first virtual function that is neither pure nor inline
        """,
        w.jld(w.commandLine("g++", main, account, add)));
  }

  @ParameterizedTest
  @EnumSource
  void typeinfo(Target target) {
    Workbench w = workbench(target);
    Tools.needCxx(target);
    String shape = "struct Shape { virtual int area(); };\n";
    Path without = w.cxx("without", shape + "int Shape::area() { return 0; }", "-fno-rtti");
    Path main =
        w.cxx("main", shape + "struct Q : Shape { int side; }; int main() { return Q().area(); }");
    w.jld(w.commandLine("g++", main, without))
        .failed("'typeinfo for Shape'", "compiled without typeinfo (-fno-rtti) in " + without);
    Path user = w.cxx("user", shape + "int f(Shape *s) { return s->Shape::area(); } Shape shape;");
    w.jld("-m", target.emulation, user)
        .failed("'vtable for Shape'", "; it may be Shape::area(), which is undefined too");
  }

  /** Libraries: none, of another architecture, behind one, too early, found on the search path. */
  @ParameterizedTest
  @EnumSource
  void libraries(Target target) throws IOException {
    Workbench w = workbench(target);
    Path once = w.c("once", "int once(int x) { return x; }", "-fPIC");
    Path twice = w.c("twice", "int once(int); int twice(int x) { return once(2 * x); }", "-fPIC");
    Path main = w.c("main", "int twice(int); int main(void) { return twice(0); }", "-fno-pie");
    Path user = w.c("user", "int twice(int), once(int); int main(void) { return once(twice(0)); }");
    Path lib = Files.createDirectories(dir.resolve("lib"));
    Path one = lib.resolve("libonce.so");
    w.jldTo(one, "-m", target.emulation, "-shared", "-soname=libonce.so", once).ok();
    Path two = lib.resolve("libtwice.so");
    w.jldTo(two, "-m", target.emulation, "-shared", "-soname=libtwice.so", twice, one).ok();
    Path some = Files.createDirectories(dir.resolve("some"));
    Files.copy(one, some.resolve("libonce.so.1"));
    Object[] begin = {"-m", target.emulation, "-e", "main"};
    says(
        """
        jld: error: cannot find -lonce: No such file or directory [library-not-found]
        >>> some/libonce.so.1 is there, for programs that run, but libonce.so, for linking, is not: is a -dev or -devel package missing?
        """,
        w.jld(begin, main, twice, "-L" + some, "-lonce"));
    says(
        """
        jld: error: user.o:(.text+0x..): undefined reference to 'once' [undefined-symbol]
        >>> referenced by user.c (function main)
        >>> lib/libonce.so, which lib/libtwice.so needs, defines it: it has to be on the command line too
        """,
        w.jld(begin, user, two));
    says(
        """
        jld: error: main.o:(.text+0x..): undefined reference to 'twice' [undefined-symbol]
        >>> referenced by main.c (function main)
        >>> libnum.a(twice.o), which stands before what refers to it, defines it: archives are searched in the order of the command line, so name it behind
        """,
        w.jld(begin, w.archive("libnum.a", twice, once), main));
    says(
        """
        jld: error: main.o:(.text+0x..): undefined reference to 'twice' [undefined-symbol]
        >>> referenced by main.c (function main)
        >>> lib/libtwice.so defines it: add -ltwice behind what refers to it
        """,
        w.jld(begin, main, "-L" + lib));
    Files.delete(two);
    Files.writeString(two, "GROUP(../libnum.a)");
    w.jld(begin, main, "-L" + lib).failed("lib/libtwice.so defines it: add -ltwice");
    Files.delete(two);
    w.archive("lib/libtwice.a", twice);
    w.jld(begin, main, "-L" + lib).failed("lib/libtwice.a defines it: add -ltwice");
    w.jld(begin, "-shared", "-z", "defs", twice, "-L" + lib)
        .failed("lib/libonce.so defines it: add -lonce");
    w.jld(begin, twice, "-L" + lib, "-Bstatic", "-ltwice").failed("to 'once'");
    Workbench other = new Workbench(dir, target.other());
    Path foreign = other.c("foreign", "int once(int x) { return x; }");
    says(
        "jld: error: foreign.o: object is made for "
            + target.other()
            + " and can't be linked for "
            + target
            + " [wrong-architecture]\n>>> compile it for "
            + target
            + ", or all the others for "
            + target.other()
            + "\n",
        w.jld(begin, main, twice, foreign));
    Path skipped = Files.createDirectories(dir.resolve("skipped"));
    other.jldTo(skipped.resolve("libonce.so"), "-m", other.target.emulation, "-shared", foreign);
    says(
        """
        jld: note: skipping incompatible skipped/libonce.so when searching for -lonce [incompatible-library]
        jld: error: cannot find -lonce: No such file or directory [library-not-found]
        >>> skipped/libonce.so is incompatible with the output: it is made for another architecture
        """,
        w.jld(begin, main, twice, "-L" + skipped, "-lonce"));
    Linked none = w.jld(begin, main, "-L" + skipped);
    assertFalse(none.err().contains("defines it"), none::toString);
  }

  /** A definition that a file has for itself alone. */
  @ParameterizedTest
  @EnumSource
  void hidden(Target target) {
    Workbench w = workbench(target);
    Path library = dir.resolve("libsecret.so");
    String hidden = "__attribute__((visibility(\"hidden\"))) int secret(void) { return 1; }";
    w.jldTo(library, "-m", target.emulation, "-shared", w.c("secret", hidden, "-fPIC")).ok();
    Path helper = w.c("helper", "static int helper(void) { return 2; } int (*f)(void) = helper;");
    Path main =
        w.c(
            "main",
            "int secret(void), helper(void); int main(void) { return secret() + helper(); }");
    says(
        """
        jld: error: main.o:(.text+0x..): undefined reference to 'secret' [undefined-symbol]
        >>> referenced by main.c (function main)
        >>> libsecret.so defines it hidden, for itself alone: by -fvisibility=hidden, or a version script
        jld: error: main.o:(.text+0x..): undefined reference to 'helper' [undefined-symbol]
        >>> referenced by main.c (function main)
        >>> helper.o defines it for itself alone: it is static there
        """,
        w.jld("-m", target.emulation, "-e", "main", main, helper, library));
    Path wants = w.c("wants", "int secret(void); int f(void) { return secret(); }", "-fPIC");
    Path plugin = dir.resolve("libwants.so");
    w.jldTo(plugin, "-m", target.emulation, "-shared", wants).ok();
    Path own = w.c("own", "int f(void); int main(void) { return f(); }\n" + hidden);
    w.jld("-m", target.emulation, "-e", "main", own, plugin)
        .failed("[undefined-in-library]\n>>> " + own + " defines it, but hidden");
  }

  @ParameterizedTest
  @EnumSource
  void duplicates(Target target) {
    Workbench w = workbench(target);
    Path a = w.c("a", "int level = 1;\nint log_level(void) { return level; }\n", "-g");
    Path b = w.c("b", "\n\nint log_level(void) { return 3; }\n", "-g");
    says(
        """
        jld: error: b.o:(.text+0x..): multiple definition of 'log_level' [duplicate-symbol]
        >>> first defined in a.c:2 (function log_level in a.o:(.text+0x..))
        >>> defined again in b.c:3 (function log_level)
        """,
        w.jld("-m", target.emulation, "-shared", a, b));
    says(
        """
        jld: error: a.o:(.data+0x..): multiple definition of 'level': the file is named twice [duplicate-file]
        >>> and 1 more of this kind in this file
        """,
        w.jld("-m", target.emulation, "-shared", a, a));
  }

  /** One message for the whole file, which has to be compiled anew. */
  @ParameterizedTest
  @EnumSource
  void withoutPic(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.c("o", "int counter;\nint next(void) { return ++counter; }\n", "-g", "-O0", "-fno-pic");
    String said =
        target == Target.AMD64
            ? "relocation R_X86_64_PC32 against symbol 'counter' can not be used when making a"
                + " shared object; recompile with -fPIC [not-pic]"
            : "relocation R_386_32 against symbol 'counter' in read-only section; recompile with"
                + " -fPIC or link with -z notext [text-relocation]";
    Linked x = w.jld("-m", target.emulation, "-shared", "-z", "text", o);
    x.failed(said, "more of this kind in this file");
    assertEquals(1, x.err().lines().filter(l -> l.contains("error:")).count(), x::toString);
  }

  @ParameterizedTest
  @EnumSource(names = "AMD64")
  void tooFar(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.c(
            "o",
            "char big[3000000000u]; int after; int main(void) { return after + big[5]; }",
            "-O0",
            "-g",
            "-fno-pie",
            "-fno-common");
    w.jld("-e", "main", o)
        .failed(
            "; references 'after' [relocation-overflow]\n>>> referenced by o.c:1 (function main)\n",
            ">>> 'after' is 2.7 GiB away, and the field reaches 2 GiB\n",
            "o.o is compiled for a program of less than 2 GiB; compile it with -mcmodel=medium");
    w.jld(
            "-e",
            "main",
            "-Ttext=0x123456000",
            w.c(
                "abs",
                "int v, *p = &v; int main(void) {" + " __asm__(\"movl $v, %eax\"); return 0; }",
                "-fno-pie"))
        .failed("'v' is at 0x12", "compile it with -fPIC or -mcmodel=large");
  }

  @ParameterizedTest
  @EnumSource
  void options(Target target) {
    Workbench w = workbench(target);
    says(
        """
        jld: error: unrecognized option '--gc-sectoins'; did you mean --gc-sections? [unknown-option]
        """,
        w.jld("-m", target.emulation, "--gc-sectoins", "a.o"));
  }
}
