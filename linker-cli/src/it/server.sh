#!/bin/bash
# Links many times through one server, from several clients at once, and then kills clients and the server at any moment.
#
#   server.sh JOBS [LINKS [KILLS [CLIENTS [LD]]]]
#
# JOBS     a directory with jobs as linker-cli/src/bench/jobs.sh makes them: NAME.rsp, arguments without -o
# LINKS    how many are made while nobody is killed; default 2000. Each client makes two random jobs at a time
# KILLS    how many are made after that, one in three of which is killed; so is the server now and then; default 300
# CLIENTS  default 8
# LD       default: the distribution of this build
#
# Every output has to be the one of a cold link, and the server must be left as it was before: threads, descriptors,
# mappings, FIFOs. With JOBS of some seconds' CPU time (not clang-amd64) it takes some minutes.
set -uo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
jobs_dir=$(cd "${1:?a directory with jobs}" && pwd) || exit 2
links=${2:-2000} kills=${3:-300} clients=${4:-8} ld=${5:-$here/../../target/jld/bin/ld}
ld=$(cd "$(dirname "$ld")" && pwd)/$(basename "$ld")
jld=${ld%/*}/jld

work=$(mktemp -d) || exit 1
export XDG_RUNTIME_DIR=$work/run JLD_SERVER=auto
mkdir -m 700 "$XDG_RUNTIME_DIR"
cleanup() {
  "$jld" --server=stop
  rm -rf "$work"
}
trap cleanup EXIT
fail() {
  echo "server.sh: $*" >&2
  touch "$work/failed"
}

names=()
for rsp in "$jobs_dir"/*.rsp; do
  name=$(basename "$rsp" .rsp)
  JLD_SERVER= "$ld" "@$rsp" -o "$work/$name.cold" || exit 1
  names+=("$name")
done
echo "jobs: ${names[*]}"

server() { "$jld" --server=status | sed -n 's/^server //p'; }

# state WHEN: prints what the server holds
state() {
  sleep 8 # it looks after what is left every five seconds, and gives memory back
  local pid slots
  pid=$(server) slots=$XDG_RUNTIME_DIR/jld
  echo "$1: $(ls "/proc/$pid/task" | wc -l) threads, $(ls "/proc/$pid/fd" | wc -l) descriptors," \
    "$(wc -l < "/proc/$pid/maps") mappings, $(find "$slots" -type p | wc -l) FIFOs," \
    "$(find "$slots" -name '*.taken' | wc -l) of them taken, $(find "$slots" -name '*-[0-9]*' -type f | wc -l) files," \
    "$(sed -n 's/^VmRSS:[[:space:]]*//p' "/proc/$pid/status") resident"
  "$jld" --server=status | sed -n 's/^links/  links/p; s/^heap/  heap/p'
}

# one CLIENT NUMBER: links a random job and looks at the output
one() {
  local name=${names[RANDOM % ${#names[@]}]} out=$work/$1.$2
  "$ld" "@$jobs_dir/$name.rsp" -o "$out" > "$out.said" 2>&1 || fail "$name: status $?: $(head -3 "$out.said")"
  cmp -s "$work/$name.cold" "$out" || fail "$name: other bytes than those of a cold link"
  rm -f "$out" "$out.said"
}

# pairs CLIENT LINKS
pairs() {
  local i
  RANDOM=$1
  for ((i = 0; i < $2; i += 2)); do
    RANDOM=$((RANDOM + i)) # a child gets the same numbers as its parent, and its sibling others
    one "$1" 0 &
    RANDOM=$((RANDOM + 7919 * i + 1))
    one "$1" 1
    wait
  done
}

# killed CLIENT LINKS: as above, one at a time; some are killed
killed() {
  local i name out pid status signal
  RANDOM=$((1000 + $1))
  for ((i = 0; i < $2; i++)); do
    name=${names[RANDOM % ${#names[@]}]} out=$work/$1.killed signal=
    "$ld" "@$jobs_dir/$name.rsp" -o "$out" > "$out.said" 2>&1 &
    pid=$!
    if ((RANDOM % 3 == 0)); then
      sleep "0.$(printf %03d $((RANDOM % 400)))"
      case $((RANDOM % 3)) in 0) signal=KILL ;; 1) signal=TERM ;; 2) signal=HUP ;; esac
      kill -$signal "$pid" 2> /dev/null || signal=
    fi
    wait "$pid" 2> /dev/null
    status=$?
    if [[ -z $signal || $status -eq 0 ]]; then
      ((status == 0)) || fail "$name: status $status: $(head -3 "$out.said")"
      cmp -s "$work/$name.cold" "$out" || fail "$name: other bytes than those of a cold link"
    elif [[ -e $out ]]; then
      cmp -s "$work/$name.cold" "$out" || fail "$name: a part of an output is left by SIG$signal"
    fi
    rm -f "$out" "$out.said"
  done
}

run() { # run FUNCTION LINKS: all clients
  local i pids=()
  for ((i = 1; i <= clients; i++)); do
    "$1" $i $(($2 / clients)) &
    pids+=($!)
  done
  wait "${pids[@]}"
}

"$jld" --server
run pairs $((links / 10))
state "after a tenth"
from=$EPOCHREALTIME
run pairs $((links - links / 10))
to=$EPOCHREALTIME
echo "$((links - links / 10)) links in $(((${to/./} - ${from/./}) / 1000)) ms"
state "after all"

echo "killing"
run killed "$kills" 2> "$work/shell" & # a shell says which of its children were killed
killer=$!
count=0
while kill -0 $killer 2> /dev/null; do
  sleep "$((RANDOM % 4 + 1)).$((RANDOM % 10))"
  pid=$(server)
  if [[ $pid ]] && kill -KILL "$pid" 2> /dev/null; then count=$((count + 1)); fi
done
wait $killer
grep -v ' \(Killed\|Terminated\|Hangup\) ' "$work/shell" >&2
echo "$kills links, the server killed $count times"
"$jld" --server
state "after that"
left=$(find "$work" -maxdepth 1 -name '.jld*' | wc -l)
echo "$left temporary files of clients and servers that were killed"

[[ ! -e $work/failed ]] || exit 1
echo "all as it should be"
