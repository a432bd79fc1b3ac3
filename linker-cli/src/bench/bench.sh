#!/bin/bash
# Measures jld beside every linker that is installed, on links of real programs, and prints tables (Markdown). What
# they mean is said in docs/performance.md.
#
#   bench.sh [-n ROUNDS] [-d DIR] [-w WORKDIR] [-l LINKERDIR] [-p] [JOB...]
#
# -n  rounds that count; default 5. Each runs every linker once, so that all see the same weather. The one before is
#     not counted; in it memory is measured, and the linked programs are run
# -d  takes DIR/JOB.rsp as they are and makes none. A program DIR/JOB.check, where there is one, tells whether a linked
#     file is good
# -w  for jobs and outputs; kept. Default: jld-bench in TMPDIR or /tmp. It needs 1 GB for clang-amd64
# -l  holds jld's `ld`; default: the distribution of this build, which is made where there is none
# -p  leaves the passes out
# JOB default: all of DIR, or those that jobs.sh makes
#
# WARM_JAVA_OPTS in the environment: options for the JVM that links again and again.
set -uo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
rounds=5 dir= passes=1 bin=$root/linker-cli/target/jld/bin work=${TMPDIR:-/tmp}/jld-bench
while getopts n:d:w:l:p option; do
  case $option in
    n) rounds=$OPTARG ;;
    d) dir=$(cd "$OPTARG" && pwd) || exit 2 ;;
    w) work=$OPTARG ;;
    l) bin=$(cd "$OPTARG" && pwd) || exit 2 ;;
    p) passes= ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))

say() { echo "bench.sh: $*" >&2; }
die() { say "$@"; exit 1; }

mkdir -p "$work" && work=$(cd "$work" && pwd) || exit 1
data=$work/data.tsv out=$work/out said=$work/said
: >"$data"
record() { local IFS=$'\t'; echo "$*" >>"$data"; }

# jld

if [[ ! -x $bin/ld ]]; then
  [[ $bin == "$root"/* ]] || die "no $bin/ld"
  say "building jld"
  (cd "$root" && mvn -B -q -DskipTests package) >&2 || die "jld can't be built"
fi

# The launcher's JVM and flags, whatever they are: as they stand in the process while it waits for its arguments.
mkfifo "$work/args.$$" || exit 1
"$bin/ld" "@$work/args.$$" >/dev/null 2>&1 &
launched=$!
flags=()
for ((i = 0; i < 500; i++)); do
  kill -0 "$launched" 2>/dev/null || break
  mapfile -d '' flags <"/proc/$launched/cmdline"
  [[ " ${flags[*]} " == *" io.jld.cli.Main "* ]] && break
  sleep 0.01
done
timeout 10 sh -c 'echo --version >"$0"' "$work/args.$$" # it would wait for one who reads
wait "$launched"
rm -f "$work/args.$$"
for ((i = 0; i < ${#flags[@]}; i++)); do [[ ${flags[i]} == -cp ]] && break; done
((i + 1 < ${#flags[@]})) || die "$bin/ld starts no JVM with -cp"
java=${flags[0]} classpath=${flags[i + 1]} flags=("${flags[@]:1:i-1}")

classes=$work/classes
rm -rf "$classes"
"${java%/java}/javac" -d "$classes" "$here"/java/io/jld/bench/{WarmLinks,Empty}.java || die "no javac beside $java"
# A jar behind those of jld, so that its AOT cache stays in use.
"${java%/java}/jar" --create --file "$work/bench.jar" -C "$classes" . || exit 1
classpath=$classpath:$work/bench.jar
empty=("$java" "${flags[@]}" -cp "$classpath" io.jld.bench.Empty)
warm=("$java" ${WARM_JAVA_OPTS:-} --enable-native-access=ALL-UNNAMED -cp "$classpath" io.jld.bench.WarmLinks)

# The others

names=() programs=()
linker() { # linker NAME PACKAGE PROGRAM...: the first that is there
  local name=$1 package=$2 program
  shift 2
  for program; do
    if program=$(command -v "$program"); then
      names+=("$name") programs+=("$program")
      return
    fi
  done
  say "no $name here (Debian: $package)"
}
linker "GNU ld" binutils ld.bfd
linker gold binutils ld.gold
linker lld lld ld.lld ld.lld-{22..14}
linker mold mold mold
names+=(jld) programs+=("$bin/ld")
gnu_time=
if [[ -x /usr/bin/time ]]; then gnu_time=/usr/bin/time; else say "no peak memory: it needs /usr/bin/time (Debian: time)"; fi

# Jobs

if [[ $dir ]]; then
  jobs=("$@")
  if ((!$#)); then
    for file in "$dir"/*.rsp; do [[ -e $file ]] && jobs+=("$(basename "$file" .rsp)"); done
  fi
else
  dir=$work/jobs jobs=()
  (($#)) || set -- hello-amd64 cxx-static-amd64 go-compile-amd64 clang-amd64
  for job; do
    if "$here/jobs.sh" "$dir" "$job" >&2; then jobs+=("$job"); else say "no $job"; fi
  done
fi
((${#jobs[@]})) || die "no jobs"

# Measuring

# timed COMMAND...: sets micros to the time from before its process is made to after its end
timed() {
  local from to
  rm -f "$out" # to give a large file's memory back takes time too
  from=$EPOCHREALTIME
  "$@" >/dev/null 2>"$said" || return 1
  to=$EPOCHREALTIME
  micros=$((${to/./} - ${from/./}))
}

# once PROGRAM NAME: a link that is not counted; false where it fails, or where the linked program does
once() {
  local whole=()
  [[ $2 == mold ]] && whole=(--no-fork) # it links in a process of which GNU time would not know
  rm -f "$out"
  if ! ${gnu_time:+$gnu_time -f 'peak %M' -o "$work/peak"} "$1" "@$dir/$job.rsp" "${whole[@]}" -o "$out" >/dev/null 2>"$said"; then
    say "$job: $2 can't: $(grep -m 1 . "$said")"
    return 1
  fi
  if [[ -x $dir/$job.check ]] && ! "$dir/$job.check" "$out" >"$said" 2>&1; then
    say "$job: what $2 has linked does not run as it should: $(grep -m 1 . "$said")"
    return 1
  fi
  [[ $gnu_time ]] && record memory "$job" "$2" "$(sed -n 's/^peak //p' "$work/peak")"
  return 0
}

# The JVM that links again and again is stopped while others are measured: its compilers would be in their way.
start_warm() {
  coproc WARM { exec "${warm[@]}" "@$dir/$job.rsp" -o "$out" 2>"$work/warm.said"; }
  warm_pid=$WARM_PID warm_in=${WARM[1]} warm_out=${WARM[0]}
}
warm_link() { # warm_link OPTION...: sets micros, and answer to what the link printed
  local line
  rm -f "$out"
  kill -CONT "$warm_pid"
  echo "$*" >&"$warm_in"
  read -r micros <&"$warm_out" || { say "$job: jld warm can't: $(grep -m 1 . "$work/warm.said")"; return 1; }
  answer=
  while read -r line <&"$warm_out" && [[ $line != . ]]; do answer+=$line$'\n'; done
  kill -STOP "$warm_pid"
}
stop_warm() {
  kill -CONT "$warm_pid" 2>/dev/null
  eval "exec $warm_in>&-"
  wait "$warm_pid"
}

# The server is stopped meanwhile as well.
run=$work/run
served() { JLD_SERVER=auto XDG_RUNTIME_DIR=$run "$bin/ld" "$@"; }
server_action() { XDG_RUNTIME_DIR=$run "$bin/jld" "--server=$1"; }
start_server() {
  mkdir -p -m 700 "$run"
  server_pid=$(server_action start | sed -n 's/^jld: server \([0-9]*\) has been started$/\1/p')
  [[ $server_pid ]] || say "$job: no server"
}
served_link() { # served_link RESPONSE-FILE: sets micros
  kill -CONT "$server_pid"
  timed served "@$1" -o "$out"
  local status=$?
  kill -STOP "$server_pid"
  return $status
}
stop_server() {
  local made
  kill -CONT "$server_pid"
  made=$(server_action status | sed -n 's/^links: \([0-9]*\), and 0 sent back$/\1/p')
  ((${made:-0} >= rounds)) || say "$job: the server has made ${made:-not all} links"
  record memory "$job" "jld server" "$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$server_pid/status")"
  server_action stop
  while [[ -e /proc/$server_pid/exe ]]; do sleep 0.05; done
  server_pid=
}

# Relinks: links through the server, in which one file is another than in the link before.
declare -A original changed
relinked_file() { # relinked_file KIND FILE: links of that kind have a copy of the file in its place, if the job has it
  local rsp=$work/$1.rsp copy=$work/relink/$1/${2##*/}
  [[ $2 ]] || return
  mkdir -p "${copy%/*}"
  cp "$2" "$copy"
  { echo "\"-L${copy%/*}\""; sed "s|^\"$2\"\$|\"$copy\"|" "$dir/$job.rsp"; } >"$rsp"
  if grep -qxF -- "$copy" <<<"$("$bin/ld" "@$rsp" -o "$out" --trace 2>/dev/null)"; then
    original[$1]=$2 changed[$1]=$copy
  fi
}
relinkable() {
  local inputs
  original=() changed=()
  rm -rf "$work/relink"
  inputs=$("$bin/ld" "@$dir/$job.rsp" -o "$out" --trace 2>/dev/null)
  relinked_file object "$(grep -v ^/usr/ <<<"$inputs" | grep -m 1 '\.o$')"
  relinked_file archive "$(grep -m 1 '\.a$' <<<"$inputs")"
}
relink() { # relink KIND: sets micros
  cp "${original[$1]}" "${changed[$1]}.new"
  mv "${changed[$1]}.new" "${changed[$1]}"
  sleep 0.1 # what is younger is not kept
  served_link "$work/$1.rsp"
}
trap '[[ ${warm_pid:-} ]] && kill -KILL "$warm_pid" 2>/dev/null; [[ ${server_pid:-} ]] && kill -KILL "$server_pid"' EXIT

# record_passes MODE THREADS ROUND: from --stats on stdin
record_passes() {
  local mode=$1 threads=$2 round=$3 line
  read -r line
  while read -r line; do
    [[ $line == "peak heap"* ]] && break
    record pass "$job" "$mode" "$threads" "$round" "${line% *}" "${line##* }"
  done < <(sed 's/ \{2,\}/ /')
}

targets() {
  record target clang-amd64 jld lld 1.0 1.6
  record target clang-amd64 jld "GNU ld" - 0.4
  record target clang-amd64 warm mold 0.8 1.2
  record target hello-amd64 server mold 0.5 0.75
  record target cxx-static-amd64 server mold 0.5 0.8
  record target go-compile-amd64 server mold 0.8 1.2
  record target cxx-static-amd64 "relink, object" mold 0.4 0.6
  record target go-compile-amd64 "relink, object" mold 0.4 0.7
  record target clang-amd64 "relink, object" mold 0.15 0.4
  record target clang-amd64 server mold 0.7 1.0
  record target clang-amd64 memory lld - 1.5
  record target go-compile-amd64 jld "GNU ld" 1.0 2.0
  record target go-compile-amd64 warm lld 0.8 -
  record target go-compile-amd64 warm "GNU ld" - 1.0
  record target cxx-static-amd64 jld "GNU ld" 1.0 1.6
  record target cxx-static-amd64 warm lld 0.8 -
  record target cxx-static-amd64 warm "GNU ld" - 1.0
  record target hello-amd64 jld "empty Java" 2.0 4.0
  record target hello-amd64 warm mold 1.0 -
  record target hello-amd64 warm lld - 1.0
}

machine() {
  echo "$(sed -n 's/^model name[[:space:]]*: //p;T;q' /proc/cpuinfo), $(nproc) processors," \
    "$(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GiB; Linux $(uname -r);" \
    "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release); outputs on $(stat -f -c %T "$work");" \
    "load before the run $(cut -d ' ' -f 1 /proc/loadavg)."
  local i
  for i in "${!names[@]}"; do
    printf '%s\n' "- ${names[i]}: $("${programs[i]}" --version 2>/dev/null | head -1)"
  done
  echo "- JVM: $(sed -n 's/^IMPLEMENTOR="\(.*\)"/\1/p;s/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "${java%/bin/java}/release" | paste -sd ' ')"
  echo "- its flags: cold \`${flags[*]//${bin%/bin}/D}\`; warm \`${WARM_JAVA_OPTS:-none}\`"
}

machine
echo
echo "Times in milliseconds, as minimum / **median** / maximum of $rounds rounds; ratios likewise, taken within a round."
for job in "${jobs[@]}"; do
  say "$job"
  good_names=() good_programs=()
  for i in "${!names[@]}"; do
    once "${programs[i]}" "${names[i]}" || continue
    good_names+=("${names[i]}") good_programs+=("${programs[i]}")
  done
  [[ " ${good_names[*]} " == *" jld "* ]] || continue
  record job "$job" "$(stat -c %s "$out" | awk '{ printf "%.1f MB.", $1 / 1e6 }')"
  start_warm
  start_server
  for ((i = 1; i < 10; i++)); do warm_link || break; done
  if [[ $server_pid ]]; then
    for ((i = 1; i < 10; i++)); do served_link "$dir/$job.rsp" || break; done
    relinkable
    for kind in "${!changed[@]}"; do relink "$kind"; done
  fi
  for ((round = 1; round <= rounds; round++)); do
    for i in "${!good_names[@]}"; do
      timed "${good_programs[i]}" "@$dir/$job.rsp" -o "$out" && record time "$job" "${good_names[i]}" $round "$micros"
    done
    timed "${empty[@]}" && record time "$job" "empty Java" $round "$micros"
    warm_link && record time "$job" "jld warm" $round "$micros"
    [[ $server_pid ]] || continue
    served_link "$dir/$job.rsp" && record time "$job" "jld server" $round "$micros"
    for kind in "${!changed[@]}"; do
      relink "$kind" && record time "$job" "jld relink, $kind" $round "$micros"
    done
  done
  if [[ $passes ]]; then
    for ((round = 1; round <= rounds; round++)); do
      for threads in 1 2; do
        rm -f "$out"
        "$bin/ld" "@$dir/$job.rsp" -o "$out" --threads=$threads --stats 2>/dev/null | record_passes cold $threads $round
        warm_link --threads=$threads --stats && record_passes warm $threads $round <<<"$answer"
      done
    done
  fi
  stop_warm
  [[ $server_pid ]] && stop_server
done
targets
awk -f "$here/tables.awk" "$data"
rm -rf "$out" "$said" "$work/peak" "$work/warm.said" "$work/relink" "$work"/{object,archive}.rsp
