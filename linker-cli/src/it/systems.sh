#!/bin/bash
# Builds programs that run without an operating system, and whose linker scripts are hard, with a linker, and boots them in qemu.
#
#   systems.sh [-d WORKDIR] [-j JOBS] [-s] LD NAME...
#
# WORKDIR    sources, builds and logs; default: a temporary directory, which is removed at the end. Sources that lie there are
#            taken over, and each build is one from scratch
# LD         the linker: a path, or a name in PATH
# NAME       seabios    the BIOS: three scripts with an address for each section, the output of one link read into the next;
#                       it has to start a boot sector
#            xen        the hypervisor: sections for tables and for code that is thrown away, and three links, the last two with
#                       the names that the one before has; it has to come as far as the kernel that it is not given
#            syslinux   the boot loaders: a core with load addresses that the script computes from what comes later, boot
#                       sectors, and forty shared libraries with a script; isolinux has to load one from a CD and run it
# -s         writes each link that has a script as a response file that works from any directory: WORKDIR/rsp/NAME/OUTPUT.rsp
#
# The sources are those of Debian 12, fetched by `apt-get source` with a configuration of its own: nothing on this system is
# changed. Needed: a Debian system, gcc with -m32, make, python3, qemu-system-x86; for xen flex and bison; for syslinux nasm,
# perl, uuid-dev and genisoimage.
set -u

WORK=
JOBS=2
SAVE=
while getopts d:j:s option; do
  case $option in
    d) WORK=$OPTARG ;;
    j) JOBS=$OPTARG ;;
    s) SAVE=yes ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || { echo "systems.sh: need LD and what to build" >&2; exit 2; }
. "$(dirname "$0")/links.sh"
LD=$(linker "$1") || { echo "systems.sh: no linker $1" >&2; exit 2; }
shift
need make gcc python3 apt-get dpkg-source qemu-system-x86_64 || exit 2
work_directory

# qemu ARGUMENT...: a machine whose serial port is the output; a program ends it by writing to port 0xf4.
qemu() {
  timeout 60 qemu-system-x86_64 -machine pc -accel tcg -display none -monitor none -net none -no-reboot \
    -device isa-debug-exit,iobase=0xf4,iosize=4 "$@" < /dev/null
}

# sees FILE TEXT
sees() {
  grep -aq "$2" "$1" && return
  tail -20 "$1"
  echo "no '$2' in $1"
  return 1
}

# Each of these works in a directory of its own, leaves its sources in ./src and what it prints in a log.

seabios() {
  fetch seabios && cd src || return
  printf 'CONFIG_QEMU=y\nCONFIG_QEMU_HARDWARE=y\n' > .config
  make olddefconfig && nice make -j"$JOBS" LD="$WORK/bin/ld" || return
  # a boot sector that does nothing but end the machine: mov $0x10, %al; out %al, $0xf4; hlt
  { printf '\xb0\x10\xe6\xf4\xf4'; head -c 505 /dev/zero; printf '\x55\xaa'; } > ../sector
  qemu -m 32 -bios out/bios.bin -chardev file,id=log,path=../serial -device isa-debugcon,iobase=0x402,chardev=log \
    -drive file=../sector,format=raw,if=ide,snapshot=on
  [ $? = 33 ] || { echo "the boot sector did not run"; return 1; }
  sees ../serial 'SeaBIOS (version'
}

xen() {
  need flex bison && fetch xen && cd src/xen || return
  make -s defconfig && nice make -j"$JOBS" LD="$WORK/bin/ld" build || return
  qemu -cpu max -m 256 -serial stdio -kernel xen -append "console=com1 com1=115200,8n1 sync_console reboot=t" > ../../serial
  sees ../../serial 'dom0 kernel not specified'
}

syslinux() {
  need nasm perl genisoimage && fetch syslinux && cd src || return
  PATH=$WORK/bin:$PATH nice make -j"$JOBS" bios PYTHON=python3 DATE=20260101 HEXDATE=0x20260101 || return
  mkdir -p ../cd/isolinux
  cp bios/core/isolinux.bin bios/com32/elflink/ldlinux/ldlinux.c32 bios/com32/modules/cat.c32 bios/com32/libutil/libutil.c32 \
    bios/com32/lib/libcom32.c32 ../cd/isolinux || return
  echo 'the text on the CD' > ../cd/isolinux/text
  printf 'SERIAL 0\nDEFAULT show\nPROMPT 0\nLABEL show\nCOM32 cat.c32\nAPPEND text\n' > ../cd/isolinux/isolinux.cfg
  genisoimage -quiet -o ../cd.iso -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table \
    -J -R ../cd || return
  (timeout 20 qemu-system-x86_64 -machine pc -accel tcg -m 64 -display none -monitor none -net none -no-reboot -serial stdio \
    -cdrom ../cd.iso -boot d < /dev/null > ../serial)
  sees ../serial 'ISOLINUX' && sees ../serial 'the text on the CD'
}

status=0
for NAME in "$@"; do
  case $NAME in
    seabios | xen | syslinux) ;;
    *) echo "systems.sh: unknown name $NAME" >&2; exit 2 ;;
  esac
  directory=$WORK/$NAME${LD//\//-}
  LINKS=$directory.links
  rm -rf "$directory"
  mkdir -p "$directory"
  recorder
  if (cd "$directory" && $NAME) > "$directory.log" 2>&1; then
    echo "$NAME: booted"
  else
    tail -20 "$directory.log" >&2
    echo "systems.sh: $NAME with $LD failed, see $directory.log" >&2
    status=1
  fi
  times
  [ -n "$SAVE" ] && save "$WORK/rsp/$NAME"
done
exit $status
