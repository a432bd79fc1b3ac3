#!/bin/bash
# Measures a build of which links are most: a library's unit tests, a program for each, as LLVM has them. `make -j2` links
# them all, after the objects have been compiled once, with every linker that is installed, and then runs them.
#
#   many.sh [-n ROUNDS] [-t TESTS] [-w WORKDIR] [-l LINKERDIR]
#
# -n  rounds that count; default 3. Each links everything once with every linker
# -t  how many tests; default 240
# -w  for sources, objects and programs; kept. Default: jld-many in TMPDIR or /tmp
# -l  holds jld's `ld`; default: the distribution of this build
#
# It needs g++ and make, and takes two minutes to compile. A linker whose programs do not all succeed is said to have failed.
set -uo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
rounds=3 tests=240 work=${TMPDIR:-/tmp}/jld-many bin=$here/../../target/jld/bin
while getopts n:t:w:l: option; do
  case $option in
    n) rounds=$OPTARG ;;
    t) tests=$OPTARG ;;
    w) work=$OPTARG ;;
    l) bin=$OPTARG ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
bin=$(cd "$bin" && pwd) && [[ -x $bin/ld ]] || { echo "many.sh: no ld in $bin" >&2; exit 1; }
mkdir -p "$work" && cd "$work" || exit 1
jobs=$(nproc)

# The library: each part has a class, code of the standard library's templates, a table and strings.
parts=40
for ((p = 0; p < parts; p++)); do
  cat > "part$p.cc" <<EOF
#include <algorithm>
#include <map>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>
namespace part$p {
static const char *const names[] = {"zero $p", "one $p", "two $p", "three $p"};
struct Base { virtual ~Base() {} virtual long value(long) const = 0; };
struct Sum : Base { std::vector<long> all; long value(long n) const override { return std::accumulate(all.begin(), all.end(), n); } };
struct Product : Base { std::map<std::string, long> all; long value(long n) const override { for (auto &e : all) n *= e.second; return n; } };
std::string show(long n) { std::ostringstream s; s << names[n & 3] << ": " << n; return s.str(); }
long compute(long n) {
  if (n < 0) throw std::out_of_range(show(n));
  Sum sum; Product product;
  for (long i = 0; i <= n; i++) { sum.all.push_back(i * $((p + 1))); product.all[show(i)] = i + 1; }
  std::sort(sum.all.begin(), sum.all.end(), [](long a, long b) { return a > b; });
  const Base *both[] = {&sum, &product};
  long result = 0;
  for (auto *b : both) result += b->value(1);
  return result;
}
}
EOF
done
# The tests: what is expected was computed in another way, by the shell.
for ((t = 0; t < tests; t++)); do
  {
    echo '#include <cstdio>'
    echo '#include <stdexcept>'
    echo '#include <string>'
    for ((k = 0; k < 5; k++)); do
      p=$(((t * 7 + k * 11) % parts))
      echo "namespace part$p { long compute(long); std::string show(long); }"
    done
    echo 'int main() { int bad = 0;'
    for ((k = 0; k < 5; k++)); do
      p=$(((t * 7 + k * 11) % parts)) n=$((t % 6 + k % 3)) product=1
      for ((i = 2; i <= n + 1; i++)); do product=$((product * i)); done
      echo "if (part$p::compute($n) != $((n * (n + 1) / 2 * (p + 1) + 1 + product))L) { std::puts(\"compute $p\"); bad++; }"
      echo "try { part$p::compute(-1); bad++; } catch (const std::out_of_range &e) { if (part$p::show(-1) != e.what()) bad++; }"
    done
    echo 'return bad; }'
  } > "test$t.cc"
done
cat > Makefile <<EOF
PARTS := \$(patsubst %,part%.o,\$(shell seq 0 $((parts - 1))))
TESTS := \$(patsubst %,test%,\$(shell seq 0 $((tests - 1))))
objects: libparts.a \$(TESTS:=.o)
links: \$(TESTS)
check: \$(TESTS:=.ok)
libparts.a: \$(PARTS)
	ar rcs \$@ \$^
%.o: %.cc
	g++ -O1 -g -ffunction-sections -c -o \$@ \$<
\$(TESTS): %: %.o libparts.a
	g++ \$(LINKER) -Wl,--gc-sections -o \$@ \$< libparts.a
%.ok: %
	./\$<
.PHONY: objects links check
.SECONDARY:
EOF
make -s "-j$jobs" objects || exit 1

names=() flags=()
for linker in "GNU ld:bfd:ld.bfd" "gold:gold:ld.gold" "lld:lld:ld.lld" "mold:mold:mold"; do
  IFS=: read -r name flag program <<< "$linker"
  command -v "$program" > /dev/null || { echo "many.sh: no $name" >&2; continue; }
  names+=("$name") flags+=("-fuse-ld=$flag")
done
names+=(jld "jld server") flags+=("-B$bin/" "-B$bin/")

export XDG_RUNTIME_DIR=$work/run
mkdir -p -m 700 "$XDG_RUNTIME_DIR"
trap '"$bin/jld" --server=stop' EXIT
stop_server() { # while others are measured it has nothing to do, but its memory would be theirs
  "$bin/jld" --server=stop
}

# build NAME FLAG: links everything anew, and prints milliseconds
build() {
  local from to server=
  rm -f test*[0-9]
  [[ $1 == "jld server" ]] && server=auto
  from=$EPOCHREALTIME
  JLD_SERVER=$server make -s "-j$jobs" links LINKER="$2" > said 2>&1 || { echo "many.sh: $1: $(head -1 said)" >&2; return 1; }
  to=$EPOCHREALTIME
  echo $(((${to/./} - ${from/./}) / 1000))
}

: > times
for ((round = 0; round <= rounds; round++)); do
  for i in "${!names[@]}"; do
    ms=$(build "${names[i]}" "${flags[i]}") || continue
    if ((round == 0)); then # not counted; what was linked is run
      make -s "-j$jobs" check > said 2>&1 || echo "many.sh: ${names[i]}: $(head -1 said)" >&2
    else
      echo "${names[i]}:$ms" >> times
    fi
    [[ ${names[i]} == "jld server" && $round -eq 0 ]] && ms=$(build "${names[i]}" "${flags[i]}") # warm, as it will be
    [[ ${names[i]} == "jld server" && $round -eq rounds ]] && stop_server
  done
done

echo "$tests links of $(stat -c %s test0 | awk '{ printf "%.1f MB", $1 / 1e6 }') each under \`make -j$jobs\`, in seconds (minimum / **median** / maximum of $rounds rounds):"
echo
echo "| | all links | one, ms |"
echo "| --- | ---: | ---: |"
for name in "${names[@]}"; do
  sed -n "s/^$name://p" times | sort -n | awk -v name="$name" -v tests="$tests" '
    { ms[NR] = $1 }
    END {
      if (NR) {
        median = ms[int((NR + 1) / 2)]
        printf "| %s | %.1f / **%.1f** / %.1f | %d |\n", name, ms[1] / 1000, median / 1000, ms[NR] / 1000, median / tests
      }
    }'
done
