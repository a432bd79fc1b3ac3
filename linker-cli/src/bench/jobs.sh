#!/bin/bash
# Makes link jobs of real programs for bench.sh:
#
#   jobs.sh DIR JOB...
#
# DIR/JOB.rsp    what the compiler's driver gives to the linker, without -o: any linker takes it as @DIR/JOB.rsp
# DIR/JOB.check  run with the linked file as its argument: exits with 0 where the program does what it should
#
# JOB  hello-amd64       C, with libc.so
#      cxx-static-amd64  C++ with debug information, all of libstdc++ and libc in one file
#      go-compile-amd64  Go's compiler, in the mode in which Go leaves the link to the system
#      clang-amd64       all of clang and LLVM 14 from Debian's archives: 250 archives, 3,400 objects, 200 MB
#
# A job that stands is not made again. Exit status 3: what it needs is not installed; stderr says what.
set -euo pipefail

dir=$(mkdir -p "$1" && cd "$1" && pwd)
shift
llvm=/usr/lib/llvm-14

# need COMMAND-OR-FILE PACKAGE: where it is missing, says which of Debian's packages has it
need() {
  [[ -e $1 ]] || command -v "$1" >/dev/null || { echo "$job needs $1 (Debian: $2)" >&2; exit 3; }
}

# record DRIVER ARG...: asks the driver (-###) what it would run, and keeps what is for the linker. Left out are the
# plugin for link-time optimisation, of which there is none here, and what would be measured instead of the linker:
# --build-id, for which each has a hash of its own, and zlib, which Go's linker asks for.
record() {
  local line args=() arg skip=
  line=$("$@" -### 2>&1 | grep -E '^ .*/(collect2|ld)"? ' | tail -1)
  eval "args=($line)" # the driver quotes as a shell does
  for arg in "${args[@]:1}"; do
    if [[ $skip ]]; then skip=; continue; fi
    case $arg in
      -o | -plugin) skip=1 ;;
      -plugin-opt=* | --build-id* | --compress-debug-sections=*) ;;
      *) printf '"%s"\n' "$arg" ;;
    esac
  done >"$dir/$job.rsp.new"
  ld.bfd "@$dir/$job.rsp.new" -o "$own/expected" 2>"$own/ld.log"
}

# check COMMANDS: they see what GNU ld has linked as $expected and what is to be checked as $linked
check() {
  cat >"$dir/$job.check" <<END
#!/bin/bash
set -eu
expected='$own/expected' linked=\$(realpath "\$1")
$1
END
  chmod +x "$dir/$job.check"
}

hello() {
  cat >"$own/hello.c" <<'C'
#include <stdio.h>
int main(void) {
  puts("Hello");
  return 0;
}
C
  gcc -O2 -c "$own/hello.c" -o "$own/hello.o"
  record gcc "$own/hello.o"
  check 'diff <("$expected") <("$linked")'
}

cxx() {
  cat >"$own/words.cc" <<'C'
#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <stdexcept>
#include <string>
int main() {
  const std::string text = "a linker links what a compiler has compiled and a linker is done";
  std::map<std::string, int> count;
  const std::regex word("[a-z]+");
  for (std::sregex_iterator i(text.begin(), text.end(), word), end; i != end; ++i) ++count[i->str()];
  for (const auto &[name, n] : count) std::cout << name << ' ' << n << '\n';
  try {
    count.at("nowhere");
  } catch (const std::out_of_range &) {
    std::cout << "caught" << std::endl;
  }
}
C
  g++ -O1 -g -c "$own/words.cc" -o "$own/words.o"
  record g++ -static "$own/words.o"
  check 'diff <("$expected") <("$linked")'
}

go_compile() {
  need go golang-go
  local command=() line
  # -v prints the command that Go's linker calls the system's with; -tmpdir keeps the object that it hands over.
  (cd "$(go env GOROOT)/src/cmd/compile" && CGO_ENABLED=1 GOARCH=amd64 GOPROXY=off \
    go build -ldflags="-linkmode=external -v -tmpdir=$own" -o "$own/go-linked" .) >"$own/go.log" 2>&1
  line=$(sed -n 's/^.*host link: //p' "$own/go.log" | tail -1)
  eval "command=($line)"
  record "${command[@]}"
  rm -f "$own/go-linked"
  # Both compile a package of the standard library; their build ids differ, what follows does not.
  check 'work=$(mktemp -d)
trap "rm -rf $work" EXIT
cd "$(go env GOROOT)/src/sort"
go list -deps -export -f "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}" sort >"$work/importcfg"
for compiler in "$expected" "$linked"; do
  "$compiler" -p sort -importcfg "$work/importcfg" -o "$work/$(basename "$compiler").a" $(go list -f "{{range .GoFiles}}{{.}} {{end}}" sort)
  go tool nm "$work/$(basename "$compiler").a" >"$work/$(basename "$compiler").nm"
done
cmp "$work/expected.nm" "$work/$(basename "$linked").nm"'
}

clang_size() {
  need "$llvm/bin/llvm-config" llvm-14-dev
  need "$llvm/lib/libclangTooling.a" libclang-14-dev
  cat >"$own/all.cc" <<'C'
#include "clang/Frontend/FrontendActions.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassPlugin.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
// Debian's LLVM refers to Polly, which no archive has.
llvm::PassPluginLibraryInfo getPollyPluginInfo() { return {LLVM_PLUGIN_API_VERSION, "", "", [](llvm::PassBuilder &) {}}; }
int main() {
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::TargetRegistry::printRegisteredTargetsForVersion(llvm::outs());
  return !clang::tooling::runToolOnCode(std::make_unique<clang::ASTDumpAction>(), "template <class T> T twice(T x) { return x + x; } int four = twice(2);");
}
C
  local flags system whole=() archive
  flags=$("$llvm/bin/llvm-config" --cxxflags)
  system=$("$llvm/bin/llvm-config" --system-libs --link-static)
  for archive in "$llvm"/lib/libclang*.a "$llvm"/lib/libLLVM*.a; do
    case ${archive##*/} in
      # libclang.a has all the others in it; the rest need libraries that nothing else does.
      libclang.a | libclang-14.a | libclangd* | libclangDaemon* | *Remote* | *Index*Proto* | *IncludeFixer*) ;;
      *Exegesis* | *Testing* | *LineEditor* | *Interpreter* | *Debuginfod*) ;;
      *) whole+=("$archive") ;;
    esac
  done
  g++ -O1 $flags -fno-rtti -c "$own/all.cc" -o "$own/all.o"
  record g++ "$own/all.o" -Wl,--whole-archive "${whole[@]}" -Wl,--no-whole-archive $system
  # Addresses differ from run to run.
  check 'plain() { "$1" | sed -E "s/0x[0-9a-f]+//g"; }
diff <(plain "$expected") <(plain "$linked")'
}

for job; do
  [[ -s $dir/$job.rsp && -x $dir/$job.check ]] && continue
  own=$dir/$job
  mkdir -p "$own"
  need gcc gcc
  need g++ g++
  need ld.bfd binutils
  case $job in
    hello-amd64) hello ;;
    cxx-static-amd64) cxx ;;
    go-compile-amd64) go_compile ;;
    clang-amd64) clang_size ;;
    *) echo "no job is named $job" >&2; exit 2 ;;
  esac
  "$dir/$job.check" "$own/expected"
  mv "$dir/$job.rsp.new" "$dir/$job.rsp"
done
