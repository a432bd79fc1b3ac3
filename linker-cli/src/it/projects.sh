#!/bin/bash
# Builds real projects, once with GNU ld and once with jld, for amd64 and x86, runs their own
# tests, and prints a table of how many passed, how many links there were, and how large what they made is (text and data of
# all programs and libraries, without symbols).
#
#   projects.sh [-l LINKERDIR] [-d WORKDIR] [-a "ARCH..."] [-j JOBS] [-f "FLAG..."] NAME...
#
# LINKERDIR  holds jld's `ld`; default: the distribution of this build, ../../target/jld/bin
# WORKDIR    sources, builds and logs; default: a temporary directory, which is removed at the end. Results that lie
#            there from a run before are taken over: remove WORKDIR/NAME-ARCH-LINKER.result to run it again
# ARCH       amd64, x86; default: both
# FLAG       for compiling and linking, as in -f "-O2 -flto"
# NAME       zlib bzip2 lua sqlite jsoncpp openssl protobuf
#
# The sources are those of Debian 12, fetched by `apt-get source` with a configuration of its own: nothing on this
# system is changed. Needed: a Debian system, gcc and g++ (with -m32 for x86), make, cmake, perl, tclsh, file, libtool.
set -u

HERE=$(cd "$(dirname "$0")" && pwd)
LINKER=$HERE/../../target/jld/bin
WORK=
ARCHES="amd64 x86"
JOBS=2
FLAGS=
while getopts l:d:a:j:f: option; do
  case $option in
    l) LINKER=$OPTARG ;;
    d) WORK=$OPTARG ;;
    a) ARCHES=$OPTARG ;;
    j) JOBS=$OPTARG ;;
    f) FLAGS=$OPTARG ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
. "$HERE/links.sh"
[ $# -gt 0 ] || { echo "projects.sh: no project named" >&2; exit 2; }
[ -x "$LINKER/ld" ] || { echo "projects.sh: no $LINKER/ld: build jld first, or name its directory with -l" >&2; exit 2; }
LINKER=$(cd "$LINKER" && pwd)
work_directory

version() {
  sed -n 's/^Version: //p' "$WORK/download/$1"_*.dsc | head -1
}

# What each project's function finds in its environment:
#   M      -m64 or -m32, and FLAG...
#   B      what makes gcc use the linker: -B...
#   ARCH   amd64 or x86
#   LOGS   where logs of its own belong
# It works in a directory of its own, leaves the sources and the build in ./src, and sets PASSED to the number of tests that
# passed and TOTAL to the number that ran. What it prints goes to a log. TOTAL stays 0 where it can't build.

# The tests of the static library, of the shared one (a version script), and of the 64 bit interface.
zlib() {
  fetch zlib && cd src || return
  CC="gcc $M $B" ./configure && make -j"$JOBS" && make test > ../test.log 2>&1
  cat ../test.log
  PASSED=$(grep -c '^[[:space:]]*\*\*\* .*test OK' ../test.log)
  TOTAL=$(grep -c '^[[:space:]]*\*\*\* .*test' ../test.log)
}

# Six comparisons of samples that were compressed and decompressed by a program that uses the shared library.
bzip2() {
  fetch bzip2 && cd src || return
  make -j"$JOBS" CC="gcc $M $B" libbz2.a bzip2 bzip2recover || return
  make CC="gcc $M $B" test > ../test.log 2>&1
  cat ../test.log
  PASSED=0
  TOTAL=6
  for i in 1 2 3; do
    cmp sample$i.bz2 sample$i.rb2 && PASSED=$((PASSED + 1))
    cmp sample$i.tst sample$i.ref && PASSED=$((PASSED + 1))
  done
}

# Debian's source has no tests: lua-check.lua beside this script is ours. It is run by a static lua, by one with the shared library
# (a version script) and as bytecode of luac; a module in C is loaded by each.
lua() {
  fetch lua5.4 && cd src/src || return
  echo '#define DEB_HOST_MULTIARCH "none"' > lua5.4-deb-multiarch.h
  make -j"$JOBS" -f "$HERE/lua.mk" CC="gcc $M $B" VERSIONS=../debian/version-script || return
  ./luac -o check.luac "$HERE/lua-check.lua" || return
  for command in "./lua $HERE/lua-check.lua" "./lua-shared $HERE/lua-check.lua" "./lua-shared check.luac"; do
    LUA_CPATH='./?.so' LD_LIBRARY_PATH=. $command
  done > ../../test.log 2>&1
  cat ../../test.log
  PASSED=$(grep -c '^ok ' ../../test.log)
  TOTAL=$(grep -c '^ok \|^not ok ' ../../test.log)
}

# fuzzcheck: SQLite's regression tests that need no Tcl. For amd64 also the Tcl tests named below, with a testfixture that takes
# SQLite from its shared library's objects.
sqlite() {
  fetch sqlite3 && cd src || return
  local tcl=--disable-tcl tests=0 failed=0
  [ "$ARCH" = amd64 ] && [ -e /usr/include/tcl/tcl.h ] && tcl=--with-tcl=/usr/lib/tcl8.6
  CC="gcc $M $B" CFLAGS=-O1 ./configure $tcl --disable-readline --host="$(uname -m)-linux-gnu" || return
  make -j"$JOBS" sqlite3 libsqlite3.la fuzzcheck || return
  ./fuzzcheck test/fuzzdata[1-8].db > ../test.log 2>&1
  tail -3 ../test.log
  TOTAL=$(sed -n 's/^fuzzcheck: [0-9]* errors out of \([0-9]*\) tests.*/\1/p' ../test.log)
  PASSED=$((TOTAL - $(sed -n 's/^fuzzcheck: \([0-9]*\) errors out of.*/\1/p' ../test.log)))
  [ "$tcl" = --disable-tcl ] && return
  make testfixture || return
  for t in select1 select2 insert join where index trigger1 trans savepoint fts3aa fts4aa json101 with1 window1 upsert1 altertab \
    backup collate1 date func expr in subquery types view vacuum wal pager1; do
    ./testfixture test/$t.test > ../tcl.log 2>&1
    set -- $(sed -n 's/^\([0-9]*\) errors out of \([0-9]*\) tests.*/\1 \2/p' ../tcl.log)
    echo "$t: ${1:-no result} errors of ${2:-?}"
    TOTAL=$((TOTAL + ${2:-1}))
    PASSED=$((PASSED + ${2:-1} - ${1:-1}))
  done
}

# JSON in C++: its tests, with the library as an archive and shared.
jsoncpp() {
  fetch libjsoncpp && cd src || return
  local c
  for c in src/lib_json/*.cpp src/test_lib_json/*.cpp; do
    g++ $M -O2 -fPIC -Iinclude -c "$c" -o "$(basename "$c" .cpp).o" || return
  done
  gcc-ar rcs libjson.a json_*.o || return
  g++ $M $B -O2 -fPIC -shared json_*.o -o libjson.so || return
  g++ $M $B -O2 fuzz.o jsontest.o main.o libjson.a -o static-test || return
  g++ $M $B -O2 fuzz.o jsontest.o main.o ./libjson.so -o shared-test || return
  for c in ./static-test ./shared-test; do
    $c
  done > ../test.log 2>&1
  tail -40 ../test.log
  PASSED=$(grep -c '^Testing .*: OK' ../test.log)
  TOTAL=$(grep -c '^Testing ' ../test.log)
}

# libcrypto and libssl with a version for each symbol, engines and providers that are loaded at run time; OpenSSL's own
# `make test` without the tests that take minutes.
openssl() {
  local target=linux-x86_64
  [ "$ARCH" = x86 ] && target=linux-x86
  relink openssl || return
  if [ ! -e Makefile ]; then
    ./Configure $target shared --libdir=lib CC="gcc $M" CFLAGS=-O1 || return
  fi
  make -j"$JOBS" CC="gcc $M $B" build_sw > "$LOGS/build.log" 2>&1 || { tail -50 "$LOGS/build.log"; return; }
  make CC="gcc $M $B" HARNESS_JOBS="$JOBS" run_tests \
    TESTS="test_s* test_d* test_e* test_p* test_x* test_shlibload test_symbol_presence test_abort test_asn1* test_b* test_c*" \
    > "$LOGS/test.log" 2>&1
  tail -40 "$LOGS/test.log"
  tap "$LOGS/test.log"
}

# Protocol buffers: libraries, compiler and tests, about 330 files of C++, all linked against the shared libraries.
protobuf() {
  relink protobuf || return
  [ -e third_party/googletest/CMakeLists.txt ] || { rmdir third_party/googletest; fetch googletest third_party/googletest; } || return
  sed -i 's/CMAKE_CXX_STANDARD 11/CMAKE_CXX_STANDARD 14/' CMakeLists.txt || return # a test needs it
  cmake -S . -B build -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="$M -g0 -O0" -DCMAKE_C_FLAGS="$M -O0" -DBUILD_SHARED_LIBS=ON \
    -DCMAKE_EXE_LINKER_FLAGS="$B" -DCMAKE_SHARED_LINKER_FLAGS="$B" -Dprotobuf_BUILD_EXAMPLES=OFF || return
  make -C build -j"$JOBS" > "$LOGS/build.log" 2>&1 || { tail -50 "$LOGS/build.log"; return; }
  for t in build/tests build/lite-test; do
    $t
  done > "$LOGS/test.log" 2>&1
  tail -40 "$LOGS/test.log"
  TOTAL=$(grep -c '^\[ RUN  ' "$LOGS/test.log")
  PASSED=$(grep -c '^\[       OK' "$LOGS/test.log")
}

# Helpers

# relink PACKAGE: for projects that take long to compile, both linkers share a tree: what was linked is removed, the objects stay.
relink() {
  if [ -d "../$PROJECT-$ARCH-tree/src" ]; then
    cd "../$PROJECT-$ARCH-tree/src" || return 1
    outputs . | xargs -r rm -f
  else
    mkdir -p "../$PROJECT-$ARCH-tree" && cd "../$PROJECT-$ARCH-tree" && fetch "$1" && cd src
  fi
}

# outputs DIR: the programs and shared libraries below it.
outputs() {
  find "$1" -type f -size +3k ! -name '*.o' ! -name '*.a' -exec file -N -F '' {} + | sed -n 's/  *ELF .*-bit LSB \(pie executable\|executable\|shared object\).*//p'
}

# bytes DIR: of text and data in these, in KiB.
bytes() {
  outputs "$1" | xargs -r size | awk '/^ *[0-9]/ { sum += $1 + $2 } END { printf "%d", sum / 1024 }'
}

# tap LOG: counts what perl's Test::Harness reports; not the subtests of a test, nor runs without any.
tap() {
  TOTAL=$(sed -n 's/^Files=[0-9]*, Tests=\([1-9][0-9]*\),.*/\1/p' "$1" | tail -1)
  PASSED=$((${TOTAL:-0} - $(grep -c '^not ok ' "$1")))
}

# prefix LINKER PROGRAM: a directory for gcc's -B whose ld notes each link before it hands it to the program.
prefix() {
  local directory=$WORK/bin-$1
  mkdir -p "$directory"
  printf '#!/bin/sh\necho "$PWD: $*" >> "$LINKS"\nexec %s "$@"\n' "$2" > "$directory/ld"
  chmod +x "$directory/ld"
  echo "$directory/"
}

one() {
  local linker=$1 directory=$WORK/$PROJECT-$ARCH-$1 result=$WORK/$PROJECT-$ARCH-$1.result
  [ -e "$result" ] && { cat "$result"; return; }
  case $ARCH in amd64) M="-m64 $FLAGS" ;; x86) M="-m32 $FLAGS" ;; esac
  case $linker in
    ld) B=-B$(prefix ld "$(command -v ld)") ;;
    jld) B=-B$(prefix jld "$LINKER/ld") ;;
  esac
  rm -rf "$directory"
  mkdir -p "$directory"
  (
    export LINKS=$directory/links
    LOGS=$directory
    : > "$LINKS"
    PASSED=0 TOTAL=0
    cd "$directory" && $PROJECT > "$directory.log" 2>&1
    if [ "${TOTAL:-0}" -gt 0 ]; then
      echo "${PASSED:-0} of $TOTAL ($(wc -l < "$LINKS"), $(bytes .) KiB)" > "$result"
    else
      echo "projects.sh: no test of $PROJECT ran for $ARCH with $linker, see $directory.log" >&2
    fi
  )
  cat "$result" 2>/dev/null || echo "0"
}

printf '| project | version | architecture | passed with GNU ld (links, size) | passed with jld (links, size) |\n| --- | --- | --- | --- | --- |\n'
status=0
for PROJECT in "$@"; do
  case $PROJECT in
    zlib | bzip2 | openssl | protobuf) package=$PROJECT ;;
    jsoncpp) package=libjsoncpp ;;
    lua) package=lua5.4 ;;
    sqlite) package=sqlite3 ;;
    *) echo "projects.sh: unknown project $PROJECT" >&2; exit 2 ;;
  esac
  for ARCH in $ARCHES; do
    [ "$PROJECT $ARCH" = "protobuf x86" ] && continue
    theirs=$(one ld)
    ours=$(one jld)
    printf '| %s | %s | %s | %s | %s |\n' "$PROJECT" "$(version $package)" "$ARCH" "$theirs" "$ours"
    [ "${theirs% (*}" = "${ours% (*}" ] && [ "${ours%% *}" != 0 ] || status=1
  done
done
exit $status
