#!/bin/bash
# release.sh [VERSION]: rehearses a release of what is committed (docs/releasing.md), in some minutes, and leaves nothing
# behind. Builds it twice, in other places, languages and time zones, deploys both to repositories that are directories, and
# compares those byte by byte; signs one with a key made for it; builds an example with what was deployed. With VERSION,
# which a repository of ~/.m2/settings.xml or the local one has, what is public is compared with it, too.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
previous=${1:-}
local=${MAVEN_REPO_LOCAL:-$HOME/.m2/repository}
work=$(mktemp -d)
trap 'gpgconf --kill all 2>/dev/null || true; rm -rf -- "$work"' EXIT
export GNUPGHOME=$work/keys
umask 022 # jars of sources have the files' modes

# Javadoc's plug-in reads class files with Maven's own JDK.
for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  [[ -x $jdk/bin/javac && $("$jdk/bin/javac" -version) == 'javac 25'* ]] && break
done
export JAVA_HOME=$jdk

# build NAME OPTION...: deploys to $work/NAME.
build() {
  local name=$1
  shift
  git clone -q --no-local "$root" "$work/of-$name/jld"
  (cd "$work/of-$name/jld" &&
    mvn -B -q -Dmaven.repo.local="$local" -Prelease -DskipTests -Djld.aot.skip -Dfmt.skip -Dmaven.install.skip \
      -DaltDeploymentRepository="rehearsal::file:$work/$name" "$@" deploy)
}

mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-gen-key 'Rehearsal <rehearsal@jld.example>' 2>/dev/null
build first
TZ=Asia/Tokyo LC_ALL=C.UTF-8 build second -Dgpg.skip

cd "$work/first"
find . -name '*.asc' -print0 | while IFS= read -r -d '' signature; do
  gpg --batch --quiet --verify "$signature" "${signature%.asc}" 2>/dev/null
done
echo "ok: $(find . -name '*.asc' | wc -l) signatures"

files() { (cd "$1" && find . -type f \( -name '*.jar' -o -name '*.pom' \) | sort); }
diff <(files "$work/first") <(files "$work/second")
files . | while IFS= read -r file; do cmp "$file" "$work/second/$file"; done
echo "ok: $(files . | wc -l) files, twice the same"

for pom in io/jld/*/*/*.pom; do
  base=${pom%.pom}
  test -s "$pom.asc"
  [[ $(<"$pom") != *SNAPSHOT* ]]
  if [[ -e $base.jar ]]; then
    for file in "$base.jar" "$base-sources.jar" "$base-javadoc.jar"; do test -s "$file" && test -s "$file.asc"; done
    for element in name description; do grep -q "^  <$element>" "$pom"; done
  else
    for element in name description url licenses developers scm; do grep -q "^  <$element[ >]" "$pom"; done
  fi
done
echo "ok: each has what it needs"

# A user's build: what it has downloaded before, and jld from the directory.
cp -al "$local" "$work/user" 2>/dev/null || cp -a "$local" "$work/user"
rm -rf "$work/user/io/jld"
sed "s#@localRepositoryUrl@#file:$work/first#" "$root/linker-cli/src/it/settings.xml" > "$work/settings.xml"
cp -a "$root/docs/examples/embedding" "$work/example"
(cd "$work/example" && mvn -B -q -s "$work/settings.xml" -Dmaven.repo.local="$work/user" clean verify)
echo "ok: docs/examples/embedding is built with it"
