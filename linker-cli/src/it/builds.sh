#!/bin/bash
# Builds one small project with each compiler and build system as docs/build-systems.md says, and looks whether jld made the link.
#
#   builds.sh BIN [NAME...]
#
# BIN     the distribution's bin/
# NAME    gcc, clang, make, autotools, cmake, meson, rustc, cargo, go; default: all of them
#
# What is not installed is skipped, and said. Takes a minute for all.
set -euo pipefail
bin=$(cd "$1" && pwd)
shift
(($#)) || set -- gcc clang make autotools cmake meson rustc cargo go
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

c_program() { # in two files and a library that is made as well
  printf 'int answer(void) { return 42; }\n' >answer.c
  printf '#include <stdio.h>\nint answer(void);\nint main(void) { printf("%%d\\n", answer()); }\n' >main.c
}
rust_program() { printf 'fn main() { println!("{}", 6 * 7); }\n' >"$1"; }

# by_jld FILE...: each is jld's work.
by_jld() {
  local file
  for file; do
    readelf -p .comment "$file" | grep -q 'Linker: jld' || { echo "not linked by jld: $file" >&2; return 1; }
  done
}
runs() { [[ $("$1") == 42 ]] && by_jld "$@"; }

build_gcc() {
  c_program
  gcc "-B$bin/" -shared -fPIC -o libanswer.so answer.c
  gcc "-B$bin/" -o main main.c -L. -lanswer -Wl,-rpath,"$PWD"
  runs ./main ./libanswer.so
}
build_clang() {
  c_program
  clang "--ld-path=$bin/ld" -o by-path main.c answer.c
  PATH=$bin:$PATH clang -fuse-ld=jld -o by-name main.c answer.c
  runs ./by-path
  runs ./by-name
}
build_make() {
  c_program
  printf 'main: main.o answer.o\n' >makefile # the rest is make's own rules
  make -s LDFLAGS="-B$bin/"
  runs ./main
}
build_autotools() {
  c_program
  printf 'AC_INIT([answer], [1])\nAM_INIT_AUTOMAKE([foreign])\nAM_PROG_AR\nLT_INIT\nAC_PROG_CC\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n' >configure.ac
  printf 'bin_PROGRAMS = main\nmain_SOURCES = main.c\nmain_LDADD = libanswer.la\nlib_LTLIBRARIES = libanswer.la\nlibanswer_la_SOURCES = answer.c\n' >Makefile.am
  autoreconf --install >log 2>&1
  ./configure CC="gcc -B$bin/" >>log 2>&1
  make >>log 2>&1
  by_jld .libs/main .libs/libanswer.so
  [[ $(./main) == 42 ]]
}
build_cmake() {
  c_program
  printf 'cmake_minimum_required(VERSION 3.13)\nproject(answer C)\nadd_library(answer SHARED answer.c)\nadd_executable(main main.c)\ntarget_link_libraries(main answer)\n' >CMakeLists.txt
  cmake -S . -B build -DCMAKE_C_FLAGS="-B$bin/" >log
  cmake --build build >>log
  runs build/main build/libanswer.so
}
build_meson() {
  c_program
  printf "project('answer', 'c')\nanswer = shared_library('answer', 'answer.c')\nexecutable('main', 'main.c', link_with: answer)\n" >meson.build
  LDFLAGS="-B$bin/" meson setup build >log
  meson compile -C build >>log
  runs build/main build/libanswer.so
}
build_rustc() {
  rust_program main.rs
  local lld=()
  rustc -C linker-features=-lld --print cfg >/dev/null 2>&1 && lld=(-C linker-features=-lld)
  rustc "${lld[@]}" -C "link-arg=-B$bin/" main.rs
  runs ./main
}
build_cargo() {
  mkdir -p src .cargo
  rust_program src/main.rs
  printf '[package]\nname = "main"\nversion = "1.0.0"\nedition = "2021"\n' >Cargo.toml
  local lld=
  rustc -C linker-features=-lld --print cfg >/dev/null 2>&1 && lld='"-C", "linker-features=-lld", '
  printf '[build]\nrustflags = [%s"-C", "link-arg=-B%s/"]\n' "$lld" "$bin" >.cargo/config.toml
  cargo build --quiet --offline
  runs target/debug/main
}
build_go() {
  printf 'package main\n\nimport "C"\nimport "fmt"\n\nfunc main() { fmt.Println(6 * 7) }\n' >main.go
  GOFLAGS= GO111MODULE=off go build -ldflags="-linkmode=external -extldflags=-B$bin/" -o main main.go
  runs ./main
}

needs() {
  case $1 in
    autotools) echo autoreconf automake libtoolize make gcc ;;
    make | cmake | meson) echo "$1" gcc ;;
    rustc | cargo) echo "$1" rustc gcc ;;
    go) echo go gcc ;;
    *) echo "$1" ;;
  esac
}

status=0
for name; do
  for tool in $(needs "$name"); do
    command -v "$tool" >/dev/null || { echo "skipped: $name (no $tool)"; continue 2; }
  done
  mkdir "$work/$name"
  set +e # in a condition nothing would end at its first fault
  (
    set -e
    cd "$work/$name"
    "build_$name"
  )
  result=$?
  set -e
  if ((result == 0)); then
    echo "ok: $name"
  else
    echo "FAILED: $name"
    [[ ! -e $work/$name/log ]] || tail -5 "$work/$name/log"
    status=1
  fi
done
exit $status
