# Functions for scripts that build projects with a linker. They are read with `.`; the variables WORK (a directory) and, for those
# that record each link, LINKS (a file, the list of links), LD (the linker) and SAVE (not empty where `save` is to be called) are set by
# the reader.

# linker NAME: the absolute path of a linker, which is a path or a name in PATH.
linker() {
  local path
  path=$(command -v "$1") || return
  echo "$(cd "$(dirname "$path")" && pwd)/$(basename "$path")"
}

# need TOOL...
need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "$(basename "$0"): not installed: $tool" >&2; return 1; }
  done
}

# work_directory: WORK, or a temporary one that is removed at the end.
work_directory() {
  if [ -z "$WORK" ]; then
    WORK=$(mktemp -d)
    trap 'rm -rf "$WORK"' EXIT
  fi
  mkdir -p "$WORK"
  WORK=$(cd "$WORK" && pwd)
  export LC_ALL=C
}

# fetch PACKAGE [DIRECTORY]: Debian's source of it, downloaded once from the mirror that this system uses, with Debian's patches, in
# DIRECTORY (default: ./src)
fetch() {
  local apt=$WORK/apt dl=$WORK/download mirror
  if ! ls "$dl/$1"_*.dsc >/dev/null 2>&1; then
    if [ ! -d "$apt/lists/partial" ]; then
      mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Created-By: Packages' | head -1)
      [ -n "$mirror" ] || { echo "$(basename "$0"): apt knows no mirror of Debian 12: run 'apt-get update'" >&2; return 1; }
      mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$dl"
      echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" > "$apt/sources.list"
      cat > "$apt/apt.conf" <<END
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
END
      APT_CONFIG=$apt/apt.conf apt-get -q update || return 1
    fi
    (cd "$dl" && APT_CONFIG=$apt/apt.conf apt-get -q source --download-only "$1") || return 1
  fi
  dpkg-source --no-check -x "$dl/$1"_*.dsc "${2:-src}"
}

# recorder: makes WORK/bin/ld, a linker that notes each link in LINKS: microseconds, directory and arguments, separated by
# tabs. A link is LD's.
recorder() {
  mkdir -p "$WORK/bin"
  cat > "$WORK/bin/ld" <<'END'
#!/bin/bash
if [ -n "$RECORDED_FILES" ]; then
  for file in "$@"; do
    [ -f "$file" ] || continue
    path=$RECORDED_FILES$(realpath -s "$file")
    mkdir -p "${path%/*}"
    ln -f "$file" "$path" 2>/dev/null
  done
fi
start=${EPOCHREALTIME/./}
"$RECORDED_LD" "$@"
status=$?
end=${EPOCHREALTIME/./}
IFS=$'\t'
printf '%d\t%s\t%s\n' $((end - start)) "$PWD" "$*" >> "$RECORDED_LINKS"
exit $status
END
  chmod +x "$WORK/bin/ld"
  export RECORDED_LD=$LD RECORDED_LINKS=$LINKS RECORDED_FILES=
  [ -z "$SAVE" ] || RECORDED_FILES=$WORK/files # where inputs are kept that a build removes
  : > "$LINKS"
}

# times: one line for each output that has a script, and for what -r makes: how many links, and seconds for each. Of many, the
# slowest.
times() {
  awk -F '\t' '{
    out = ""; script = 0; r = ""
    for (i = 3; i <= NF; i++) {
      if ($i == "-o") out = $(i + 1)
      if ($i ~ /^(-T|--script)/ && $i !~ /^-T(text|data|bss)/) script = 1
      if ($i == "-r") r = "-r"
    }
    if (out == "" || out ~ /^\/tmp\/tmp\./) next
    if (!script) out = r == "" ? "(without-script)" : out ~ /vmlinux/ ? out : "(others-with-r)"
    if (out !~ /^\(/ && r != "") out = out ":-r"
    n[out]++; t[out] += $1
  } END { for (o in n) printf "%-56s %4d links %8.3f s each\n", o, n[o], t[o] / n[o] / 1e6 }' "$LINKS" | sort -k 4,4nr -k 1,1 | awk 'NR <= 16; END { if (NR > 16) print "and " NR - 16 " that were faster" }'
}

# save DIRECTORY: each link that has a script, and those of -r, as a response file there that works from any directory as long
# as WORK lies where it is.
save() {
  rm -rf "$1"
  mkdir -p "$1"
  local fields n
  while IFS=$'\t' read -r -a fields; do
    local directory=${fields[1]} name= script= all=() previous= a
    for a in "${fields[@]:2}"; do
      if [ "$previous" = -o ]; then
        name=$a
        unset 'all[-1]'
      elif [ "${a#-o}" != "$a" ] && [ "$a" != -o ] && [ "${a#-o[a-z-]}" = "$a" ]; then
        name=${a#-o}
      else
        case $a in
          --*=/* | /*) ;;
          --*=*) [ -f "$directory/${a#*=}" ] && a=${a%%=*}=$directory/${a#*=} ;;
          -T?* | -L?*) [ -e "$directory/${a#-?}" ] && [ "${a#-?/}" = "$a" ] && a=${a:0:2}$directory/${a#-?} ;;
          -*) ;;
          *)
            if [ "$previous" = -m ] || [ "$previous" = -z ]; then
              :
            elif [ -e "$directory/$a" ]; then
              a=$directory/$a
            elif [ -e "$WORK/files$(realpath -ms "$directory/$a")" ]; then
              a=$WORK/files$(realpath -ms "$directory/$a")
            fi ;;
        esac
        case $a in -T* | --script* | -r) script=yes ;; esac
        all+=("$a")
      fi
      previous=$a
    done
    [ -n "$script" ] && [ -n "$name" ] || continue
    name=${name#"$WORK"/}
    name=${name//\//_}
    name=${name#_}
    n=
    while [ -e "$1/$name$n.rsp" ]; do n=-$((${n:+${n#-}} + 1)); done
    printf '"%s"\n' "${all[@]}" > "$1/$name$n.rsp"
  done < "$LINKS"
}
