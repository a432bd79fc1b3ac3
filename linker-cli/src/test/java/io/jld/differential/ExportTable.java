package io.jld.differential;

import io.jld.e2e.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What decides whether others see a symbol, in all combinations that may matter: the symbols'
 * visibility, type and binding are rows of each link, the options and the kind of output make the
 * links.
 */
final class ExportTable {
  private static final String NOTE = ".section .note.GNU-stack,\"\",@progbits\n";

  /** Kinds of output; {@code LIBS} stands for a library and an object that uses it. */
  private static final Map<String, String> KINDS = new LinkedHashMap<>();

  private static final Map<String, String> SCRIPTS = new LinkedHashMap<>();
  private static final Map<String, String> LISTS = new LinkedHashMap<>();
  private static final Map<String, String> SYMBOLIC = new LinkedHashMap<>();

  static {
    KINDS.put("shared", "-shared");
    KINDS.put("shared-libs", "-shared LIBS");
    KINDS.put("pie", "-pie -dynamic-linker /ld");
    KINDS.put("pie-libs", "-pie -dynamic-linker /ld LIBS");
    KINDS.put("pie-no-loader", "-pie --no-dynamic-linker");
    KINDS.put("no-pie", "-no-pie");
    KINDS.put("no-pie-libs", "-no-pie -dynamic-linker /ld LIBS");
    KINDS.put("static", "-static");
    KINDS.put("static-pie", "-static -pie --no-dynamic-linker");
    KINDS.put("static-pie-loader", "-static -pie -dynamic-linker /ld");

    SCRIPTS.put("", null);
    SCRIPTS.put("anonymous", "{ global: *_fun; local: *; };");
    SCRIPTS.put("version", "V { global: *_fun; pro_*; hid_obj; local: *_obj; };");
    SCRIPTS.put("versions", "V { global: def_*; local: *; }; W { global: *_obj; } V;");

    LISTS.put("", "");
    LISTS.put("list", "--dynamic-list=LIST");
    LISTS.put("data", "--dynamic-list-data");
    LISTS.put("symbol", "--export-dynamic-symbol=def_fun --export-dynamic-symbol=???_obj");

    SYMBOLIC.put("", "");
    SYMBOLIC.put("symbolic", "-Bsymbolic");
    SYMBOLIC.put("functions", "-Bsymbolic-functions");
  }

  /**
   * One link.
   *
   * @param name the options that matter, for people
   */
  record Cell(String name, List<String> args) {}

  private final Target target;
  private final Bench bench;
  private final Path main;
  private final Path archive;
  private final Path user;
  private final Path library;
  private final Path list;
  private final Map<String, Path> scripts = new LinkedHashMap<>();

  ExportTable(Bench bench, Target target) {
    this.bench = bench;
    this.target = target;
    main = bench.asm("main", main());
    Path member = bench.asm("member", define("def", "ar") + NOTE);
    archive = bench.archive("liba.a", member);
    user =
        bench.asm(
            "user", ".text\ncall imp_fun@PLT\n.data\n" + word("imp_obj") + word("imp_fun") + NOTE);
    Path lib =
        bench.asm(
            "lib",
            define("def", "imp")
                + ".text\n.globl over_fun\n.type over_fun,@function\nover_fun: ret\n"
                + ".data\n"
                + word("def_fun")
                + word("pro_obj")
                + ".weak ar_obj, hid_ask\n"
                + word("ar_obj")
                + word("hid_ask")
                + NOTE);
    library = bench.systemLibrary("libimp.so", lib);
    list = bench.file("list", "{ *_fun; def_obj; hid_obj; };\n");
    SCRIPTS.forEach(
        (name, text) -> {
          if (text != null) {
            scripts.put(name, bench.file(name + ".map", text + "\n"));
          }
        });
  }

  private String word(String symbol) {
    return (target == Target.AMD64 ? ".quad " : ".long ") + symbol + "\n";
  }

  private static String code(String function) {
    return ".text\n.type " + function + ",@function\n" + function + ": ret\n";
  }

  /** Symbols of one visibility, of each type and binding. */
  private static String define(String visibility, String prefix) {
    StringBuilder s = new StringBuilder();
    for (String name : List.of("fun", "obj", "tls", "nt", "ifn", "com", "wkf", "wko")) {
      String symbol = prefix + "_" + name;
      s.append(name.startsWith("wk") ? ".weak " : ".globl ").append(symbol).append('\n');
      switch (visibility) {
        case "pro" -> s.append(".protected ").append(symbol).append('\n');
        case "hid" -> s.append(".hidden ").append(symbol).append('\n');
        case "int" -> s.append(".internal ").append(symbol).append('\n');
        default -> {}
      }
      s.append(
          switch (name) {
            case "fun", "wkf" -> code(symbol);
            case "ifn" -> ".text\n.type S,@gnu_indirect_function\nS: ret\n".replace("S", symbol);
            case "nt" -> ".text\n" + symbol + ": ret\n";
            case "com" -> ".comm " + symbol + ",4,4\n";
            case "tls" ->
                ".section .tdata,\"awT\",@progbits\n.type S,@object\n.size S,4\nS: .long 1\n"
                    .replace("S", symbol);
            default -> ".data\n.type S,@object\n.size S,4\nS: .long 1\n".replace("S", symbol);
          });
    }
    return s.toString();
  }

  private String main() {
    StringBuilder s = new StringBuilder();
    for (String visibility : List.of("def", "pro", "hid", "int")) {
      s.append(define(visibility, visibility));
      s.append(".data\n.balign 8\n");
      for (String name : List.of("fun", "obj", "nt", "com", "wkf", "wko")) {
        s.append(word(visibility + "_" + name));
      }
      s.append(".text\ncall ").append(visibility).append("_fun@PLT\n");
    }
    s.append(".globl def_abs, over_fun\n.set def_abs,5\n").append(code("over_fun"));
    s.append(".globl def_uni\n.data\n.type def_uni,@gnu_unique_object\ndef_uni: .long 1\n");
    s.append(".data\n.balign 8\n").append(word("ar_fun")).append(word("ar_obj"));
    s.append(".globl hid_ask\n.hidden hid_ask\n").append(code("hid_ask"));
    return s.append(NOTE).toString();
  }

  static List<String> kinds() {
    return List.copyOf(KINDS.keySet());
  }

  /** The links of a kind. What decides only in libraries is not combined elsewhere. */
  List<Cell> cells(String kind) {
    boolean shared = kind.startsWith("shared");
    List<Cell> cells = new ArrayList<>();
    for (String script : SCRIPTS.keySet()) {
      for (String dynamicList : LISTS.keySet()) {
        for (String symbolic : SYMBOLIC.keySet()) {
          for (String more : List.of("", "export", "exclude", "export exclude")) {
            boolean plain = symbolic.isEmpty() && !kind.equals("shared-libs");
            boolean export = more.startsWith("export");
            if (shared
                ? !export && (plain || more.isEmpty())
                : (script.isEmpty() || dynamicList.isEmpty()) && symbolic.isEmpty()
                    || (script + more).isEmpty()) {
              cells.add(cell(kind, script, dynamicList, symbolic, more));
            }
          }
        }
      }
    }
    return cells;
  }

  private Cell cell(String kind, String script, String dynamicList, String symbolic, String more) {
    List<String> args = new ArrayList<>(List.of("-m", target.emulation, "-e", "0"));
    args.addAll(List.of(main.toString(), archive.toString()));
    for (String arg : KINDS.get(kind).split(" ")) {
      if (arg.equals("LIBS")) {
        args.addAll(List.of(user.toString(), library.toString()));
      } else {
        args.add(arg);
      }
    }
    String options =
        String.join(
            " ",
            LISTS.get(dynamicList).replace("LIST", list.toString()),
            SYMBOLIC.get(symbolic),
            more.contains("export") ? "--export-dynamic" : "",
            more.contains("exclude") ? "--exclude-libs=ALL" : "",
            script.isEmpty() ? "" : "--version-script=" + scripts.get(script));
    if (!options.isBlank()) {
      args.addAll(List.of(options.strip().split(" +")));
    }
    String name = String.join(" ", kind, script, dynamicList, symbolic, more);
    return new Cell(name.strip().replaceAll(" +", " "), args);
  }
}
