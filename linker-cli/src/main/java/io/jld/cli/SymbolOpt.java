package io.jld.cli;

import static io.jld.cli.Status.IGNORED;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;

/** Which symbols there are, who defines them, and which of them are exported. */
enum SymbolOpt implements Opt {
  UNDEFINED("-u --undefined", "SYMBOL", "Start with a reference to SYMBOL"),
  UNDEFINED_GLOB("--undefined-glob", "GLOB", "As -u, for each name in the inputs that matches"),
  REQUIRE_DEFINED("--require-defined", "SYMBOL", "As -u; an error if it stays undefined"),
  DEFSYM("--defsym", "SYMBOL=EXPRESSION", "Define SYMBOL"),
  WRAP("--wrap", "SYMBOL", "SYMBOL stands for __wrap_SYMBOL, __real_SYMBOL for SYMBOL"),
  NO_UNDEFINED("--no-undefined", "", "Undefined symbols are errors in shared libraries too"),
  UNRESOLVED(
      "--unresolved-symbols",
      "METHOD",
      "ignore-all, report-all, ignore-in-object-files, ignore-in-shared-libs"),
  IGNORE_UNRESOLVED("--ignore-unresolved-symbol", "SYMBOL", "SYMBOL may stay undefined"),
  WARN_UNRESOLVED("--warn-unresolved-symbols", "", "Undefined symbols are warnings"),
  ERROR_UNRESOLVED("--error-unresolved-symbols", "", "Undefined symbols are errors; the default"),
  ALLOW_SHLIB_UNDEFINED(
      "--allow-shlib-undefined", "", "Shared libraries may have undefined symbols"),
  NO_ALLOW_SHLIB_UNDEFINED("--no-allow-shlib-undefined", "", "Shared libraries may not"),
  ALLOW_MULTIPLE_DEFINITION(
      "--allow-multiple-definition", "", "Take the first of several definitions"),
  NO_ALLOW_MULTIPLE_DEFINITION(
      "--no-allow-multiple-definition!", "", "Several definitions are an error; the default"),
  WEAK_UNRESOLVED(
      "--weak-unresolved-symbols!", "", "As --unresolved-symbols=ignore-all: references are weak"),
  GNU_UNIQUE(
      "--gnu-unique!",
      "",
      "Leave STB_GNU_UNIQUE symbols as they are: one in each process; the default"),
  NO_GNU_UNIQUE("--no-gnu-unique!", "", "Make them global"),
  VERSION_SCRIPT("--version-script", "FILE", "Versions and visibility of the exported symbols"),
  UNDEFINED_VERSION(
      "--undefined-version!",
      "",
      "A version script may name symbols that are not defined; the default"),
  NO_UNDEFINED_VERSION("--no-undefined-version", "", "It may not"),
  DYNAMIC_LIST(
      "--dynamic-list", "FILE", "Export these symbols; a library's other ones bind locally"),
  DYNAMIC_LIST_CPP_NEW(
      "--dynamic-list-cpp-new", "", "As --dynamic-list, for C++ operator new and delete"),
  DYNAMIC_LIST_CPP_TYPEINFO(
      "--dynamic-list-cpp-typeinfo", "", "As --dynamic-list, for C++ type information"),
  DYNAMIC_LIST_DATA("--dynamic-list-data", "", "As --dynamic-list, for all data"),
  EXPORT_DYNAMIC("-E --export-dynamic", "", "Export all symbols of an executable"),
  NO_EXPORT_DYNAMIC("--no-export-dynamic", "", "Export those that libraries refer to; the default"),
  EXPORT_DYNAMIC_SYMBOL("--export-dynamic-symbol", "GLOB", "Export the symbols that match"),
  EXPORT_DYNAMIC_SYMBOL_LIST(
      "--export-dynamic-symbol-list", "FILE", "Export the symbols of a dynamic list"),
  BSYMBOLIC("-Bsymbolic", "", "Bind a library's references to its own definitions"),
  BSYMBOLIC_FUNCTIONS("-Bsymbolic-functions", "", "Do so for functions"),
  BSYMBOLIC_NON_WEAK("-Bsymbolic-non-weak", "", "Do so for all but weak definitions"),
  BSYMBOLIC_NON_WEAK_FUNCTIONS(
      "-Bsymbolic-non-weak-functions", "", "Do so for functions but for weak definitions"),
  BNO_SYMBOLIC("-Bno-symbolic", "", "Do not; the default"),
  BGROUP(
      "-Bgroup",
      "",
      "Look symbols up in the library's group only",
      IGNORED,
      "loaders on Linux have no such groups"),
  EXCLUDE_LIBS("--exclude-libs", "LIB,...", "Hide the symbols of these archives; ALL for all"),
  DEFAULT_SYMVER(
      "--default-symver", "", "Exported symbols without a version have the soname for one"),
  DEFAULT_IMPORTED_SYMVER(
      "--default-imported-symver",
      "",
      "Symbols of libraries without versions have their soname for one"),
  VERSION_EXPORTS_SECTION(
      "--version-exports-section",
      "SYMBOL",
      "Export what sections .exports name, with this version"),
  RETAIN_SYMBOLS_FILE(
      "--retain-symbols-file", "FILE", "Leave all symbols out of .symtab that FILE does not name"),
  DISABLE_MULTIPLE_ABS_DEFS(
      "--disable-multiple-abs-defs", "", "Refuse a second definition of symbols of -R FILE"),
  NO_DEFINE_COMMON(
      "--no-define-common", "", "Common symbols are those of the program; for -shared only"),
  DEFINE_COMMON("-d -dc -dp --define-common!", "", "Give common symbols storage, with -r too"),
  SORT_COMMON(
      "--sort-common",
      "[=ORDER]",
      "Sort common symbols by alignment: ascending, or descending (the default)");

  private final Form form;

  SymbolOpt(String names, String value, String help) {
    this(names, value, help, Status.HONOURED, "");
  }

  SymbolOpt(String names, String value, String help, Status status, String why) {
    form = new Form(names, value, help, status, why);
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public void apply(Settings s, String value, String spelling) {
    switch (this) {
      case UNDEFINED -> s.add(LinkOption.UNDEFINED, value);
      case UNDEFINED_GLOB -> s.add(LinkOption.UNDEFINED_GLOB, value);
      case REQUIRE_DEFINED -> s.add(LinkOption.REQUIRE_DEFINED, value);
      case DEFSYM -> define(s, value);
      case WRAP -> s.add(LinkOption.WRAP, value);
      case NO_UNDEFINED -> s.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.REPORT_ALL);
      case UNRESOLVED -> Values.unresolved(s.request, value);
      case IGNORE_UNRESOLVED -> s.add(LinkOption.IGNORE_UNRESOLVED, value);
      case WARN_UNRESOLVED -> s.set(LinkOption.WARN_UNRESOLVED, true);
      case ERROR_UNRESOLVED -> s.set(LinkOption.WARN_UNRESOLVED, false);
      case ALLOW_SHLIB_UNDEFINED -> s.set(LinkOption.ALLOW_SHLIB_UNDEFINED, true);
      case NO_ALLOW_SHLIB_UNDEFINED -> s.set(LinkOption.ALLOW_SHLIB_UNDEFINED, false);
      case ALLOW_MULTIPLE_DEFINITION -> s.set(LinkOption.ALLOW_MULTIPLE_DEFINITION, true);
      case NO_ALLOW_MULTIPLE_DEFINITION -> s.set(LinkOption.ALLOW_MULTIPLE_DEFINITION, false);
      case WEAK_UNRESOLVED -> Values.unresolved(s.request, "ignore-all");
      case GNU_UNIQUE -> s.set(LinkOption.GNU_UNIQUE, true);
      case NO_GNU_UNIQUE -> s.set(LinkOption.GNU_UNIQUE, false);
      case DISABLE_MULTIPLE_ABS_DEFS -> s.set(LinkOption.DISABLE_MULTIPLE_ABS_DEFS, true);
      case DEFAULT_SYMVER -> s.set(LinkOption.DEFAULT_SYMVER, true);
      case DEFAULT_IMPORTED_SYMVER -> s.set(LinkOption.DEFAULT_IMPORTED_SYMVER, true);
      case VERSION_SCRIPT -> s.script(LinkOption.VERSION_SCRIPT, value);
      case VERSION_EXPORTS_SECTION -> s.set(LinkOption.VERSION_EXPORTS_SECTION, value);
      case UNDEFINED_VERSION -> s.set(LinkOption.NO_UNDEFINED_VERSION, false);
      case NO_UNDEFINED_VERSION -> s.set(LinkOption.NO_UNDEFINED_VERSION, true);
      case DYNAMIC_LIST -> s.script(LinkOption.DYNAMIC_LIST, value);
      case DYNAMIC_LIST_CPP_NEW -> s.dynamicList(spelling, "{ _Znw*; _Zna*; _Zdl*; _Zda*; };");
      case DYNAMIC_LIST_CPP_TYPEINFO -> s.dynamicList(spelling, "{ _ZTS*; _ZTI*; };");
      case DYNAMIC_LIST_DATA -> s.dynamicListData = true;
      case EXPORT_DYNAMIC -> s.set(LinkOption.EXPORT_DYNAMIC, true);
      case NO_EXPORT_DYNAMIC -> s.set(LinkOption.EXPORT_DYNAMIC, false);
      case EXPORT_DYNAMIC_SYMBOL -> s.add(LinkOption.EXPORT_DYNAMIC_SYMBOL, value);
      case EXPORT_DYNAMIC_SYMBOL_LIST -> s.script(LinkOption.EXPORT_DYNAMIC_SYMBOL_LIST, value);
      case BSYMBOLIC -> s.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.ALL);
      case BSYMBOLIC_FUNCTIONS -> s.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.FUNCTIONS);
      case BSYMBOLIC_NON_WEAK -> s.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.NON_WEAK);
      case BSYMBOLIC_NON_WEAK_FUNCTIONS ->
          s.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.NON_WEAK_FUNCTIONS);
      case BNO_SYMBOLIC -> s.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.NONE);
      case EXCLUDE_LIBS -> s.addAll(LinkOption.EXCLUDE_LIBS, value, ',', ':');
      case RETAIN_SYMBOLS_FILE -> s.strip(LinkOption.Strip.NONE, Scripts.names(spelling, value));
      case DEFINE_COMMON -> s.set(LinkOption.DEFINE_COMMON, true);
      case NO_DEFINE_COMMON -> s.noDefineCommon = true;
      case SORT_COMMON -> Values.sortCommon(s.request, value);
      default -> throw new AssertionError(this);
    }
  }

  private static void define(Settings s, String value) {
    int equals = value.indexOf('=');
    String name = equals < 0 ? "" : value.substring(0, equals).strip();
    String expression = value.substring(equals + 1).strip();
    if (name.isEmpty() || expression.isEmpty()) {
      throw new UsageException(
          DiagnosticCode.INVALID_VALUE, "invalid --defsym '" + value + "': SYMBOL=EXPRESSION");
    }
    s.inputs.defsym(name, expression);
  }
}
