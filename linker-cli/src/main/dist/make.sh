#!/bin/sh
# make.sh DISTRIBUTION OUT NAME: for mvn -Pdist package. Copies the distribution to OUT/NAME, moves the Java runtime
# OUT/runtime to it, makes the AOT cache for that, and packs OUT/NAME.tar.gz.
set -eu
distribution=$1 out=$2 name=$3
home=$out/$name
rm -rf "$home"
mkdir -p "$home"
cp -R "$distribution/." "$home"
rm -f "$home/lib/jld.aot" "$home/lib/jld.aot.whole"
mv "$out/runtime" "$home/runtime"
# One time for all files, before the cache remembers them and behind it: packages keep whole seconds, or one time only.
find "$home" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-1767225600}" {} +
"$home/bin/jld" --rebuild-cache
test -s "$home/lib/jld.aot"
find "$home" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-1767225600}" {} +
tar -C "$out" --owner=0 --group=0 --numeric-owner -czf "$home.tar.gz" "$name"
