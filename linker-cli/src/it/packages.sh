#!/bin/bash
# packages.sh: tests what `mvn -B -Pdist -DskipTests package` has made: unpacks the archive and the .deb into a temporary
# directory, and links with each where PATH has no Java. Needs gcc and dpkg-deb; takes some seconds.
set -euo pipefail
dist=$(cd "$(dirname "$0")/../../target/dist" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir "$work/archive" "$work/deb" "$work/path"
tar -C "$work/archive" -xzf "$dist"/jld-*.tar.gz
dpkg-deb -x "$dist/jld_amd64.deb" "$work/deb"
# The launcher follows the links of /usr/bin by it; gcc, as and the rest are called by their paths.
ln -s "$(command -v readlink)" "$work/path/readlink"
cd "$work"
printf '#include <stdio.h>\nint main(void) { puts("linked"); return 0; }\n' > hello.c
gcc -c hello.c
gcc=$(command -v gcc)

# try NAME BIN: the program of BIN/ld runs, and the JVM, which ends where it can't use the cache, is the runtime.
try() {
  rm -f hello
  env -i PATH="$work/path" JAVA_HOME=/none JLD_JAVA_OPTS=-XX:AOTMode=on "$gcc" -B"$2/" hello.o -o hello
  [[ $(./hello) == linked ]]
  [[ $(env -i PATH="$work/path" "$2/jld" --list-archs) == $'amd64\nx86' ]]
  echo "ok: $1"
}
try archive "$(echo "$work"/archive/jld-*)/bin"
try deb "$work/deb/usr/lib/jld/bin"
[[ $(env -i PATH="$work/path" JLD_JAVA_OPTS=-XX:AOTMode=on "$work/deb/usr/bin/ld.jld" -v) == 'GNU ld (jld)'* ]]
[[ $(env -i PATH="$work/path" JLD_JAVA_OPTS=-XX:AOTMode=on "$work/deb/usr/bin/jld" -v) == 'GNU ld (jld)'* ]]
for file in man/man1/jld.1 bash-completion/completions/{jld,ld.jld} zsh/vendor-completions/_jld \
  fish/vendor_completions.d/jld.fish; do
  test -s "$work/deb/usr/share/$file"
done
echo "ok: files of the deb"
