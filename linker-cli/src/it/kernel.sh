#!/bin/bash
# Builds Debian 12's Linux kernel with a linker, boots it in qemu as far as a program of its own, which loads a module and
# prints a line, and prints how long each kind of link took.
#
#   kernel.sh [-d WORKDIR] [-j JOBS] [-s] LD ARCH
#
# WORKDIR    sources, build and logs; default: a temporary directory, which is removed at the end. What lies there is taken over;
#            only what LD makes is made again
# LD         the linker: a path, or a name in PATH
# ARCH       amd64, x86
# -s         writes each link that has a script as a response file that works from any directory: WORKDIR/rsp/ARCH/OUTPUT.rsp
#
# The configuration is the kernel's tinyconfig with what makes links harder (kallsyms, which needs three of them, a relocatable
# kernel, whose link keeps relocations, and a module, which -r makes with a script), a serial console and an initramfs. Needed: a
# Debian system, gcc (with -m32 for x86), make, flex, bison, bc, libelf-dev, cpio, xz-utils, qemu-system-x86; 3 GB for both
# architectures.
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
[ $# = 2 ] || { echo "kernel.sh: need LD and ARCH" >&2; exit 2; }
. "$(dirname "$0")/links.sh"
LD=$(linker "$1") || { echo "kernel.sh: no linker $1" >&2; exit 2; }
ARCH=$2
case $ARCH in
  amd64) KARCH=x86_64 M=-m64 ;;
  x86) KARCH=i386 M=-m32 ;;
  *) echo "kernel.sh: unknown architecture $ARCH" >&2; exit 2 ;;
esac
need make flex bison bc cpio xz gcc qemu-system-x86_64 || exit 2
work_directory
LINE="hello from init, linked by a linker under test"
TREE=$WORK/linux-$ARCH
LINKS=$WORK/links-$ARCH${LD//\//-}
LOG=$LINKS.log

# The sources: Debian's package has them as an archive.
sources() {
  [ -d "$WORK/linux-source-6.1" ] && return
  local archive=/usr/src/linux-source-6.1.tar.xz
  if [ ! -e $archive ]; then
    (cd "$WORK" && apt-get -q download linux-source-6.1 && dpkg-deb -x linux-source-6.1_*.deb package) || return
    archive=$WORK/package$archive
  fi
  tar -C "$WORK" -xf "$archive"
}

# A program without a library: it loads a module, writes a line to the console and has the machine start anew, which ends
# qemu.
init() {
  cat > "$WORK/init-$ARCH.S" <<END
#ifdef __x86_64__
#define CALL(n64, n32, a, b, c, d) mov a, %rdi; mov b, %rsi; mov c, %rdx; mov d, %r10; mov \$n64, %eax; syscall
#define RESULT %rax
#else
#define CALL(n64, n32, a, b, c, d) mov a, %ebx; mov b, %ecx; mov c, %edx; mov d, %esi; mov \$n32, %eax; int \$0x80
#define RESULT %eax
#endif
.globl _start
_start: CALL(2, 5, \$module, \$0, \$0, \$0)     # open
  CALL(313, 350, RESULT, \$empty, \$0, \$0)     # finit_module
  test %eax, %eax
  jnz 1f
  CALL(1, 4, \$1, \$line, \$(end - line), \$0)  # write
1: CALL(169, 88, \$0xfee1dead, \$672274793, \$0x1234567, \$0)
2: jmp 2b
.section .rodata
module: .asciz "/test.ko"
empty: .asciz ""
line: .ascii "$LINE\n"
end:
.section .note.GNU-stack,"",@progbits
END
  gcc $M -nostdlib -static -no-pie -o "$WORK/init-$ARCH" "$WORK/init-$ARCH.S"
}

# What the kernel finds in memory: the program, the module, a console.
initramfs() {
  cat > "$WORK/initramfs-$ARCH" <<END
dir /dev 0755 0 0
nod /dev/console 0600 0 0 c 5 1
file /init $WORK/init-$ARCH 0755 0 0
file /test.ko $TREE/lib/test_hexdump.ko 0644 0 0
END
  "$TREE/usr/gen_init_cpio" "$WORK/initramfs-$ARCH" > "$LINKS.cpio"
}

configure() {
  [ -e "$TREE/.config" ] && return
  mkdir -p "$TREE"
  make -s -C "$WORK/linux-source-6.1" O="$TREE" ARCH=$KARCH tinyconfig || return
  cat >> "$TREE/.config" <<END
CONFIG_BLK_DEV_INITRD=y
CONFIG_MODULES=y
CONFIG_RUNTIME_TESTING_MENU=y
CONFIG_TEST_HEXDUMP=m
CONFIG_BINFMT_ELF=y
CONFIG_PRINTK=y
CONFIG_BUG=y
CONFIG_TTY=y
CONFIG_SERIAL_8250=y
CONFIG_SERIAL_8250_CONSOLE=y
CONFIG_KALLSYMS=y
CONFIG_KALLSYMS_ALL=y
CONFIG_RELOCATABLE=y
CONFIG_RANDOMIZE_BASE=y
CONFIG_SMP=y
END
  case $ARCH in amd64) echo CONFIG_64BIT=y ;; *) echo '# CONFIG_64BIT is not set' ;; esac >> "$TREE/.config"
  make -s -C "$WORK/linux-source-6.1" O="$TREE" ARCH=$KARCH olddefconfig
}

boot() {
  timeout 60 qemu-system-x86_64 -machine pc -accel tcg -m 128 -display none -monitor none -serial stdio -no-reboot -net none \
    -kernel "$TREE/arch/x86/boot/bzImage" -initrd "$LINKS.cpio" -append "console=ttyS0 panic=-1 reboot=t" < /dev/null > "$LINKS.serial" 2>&1
  grep -q "$LINE" "$LINKS.serial" && grep -q 'test_hexdump: all [0-9]* tests passed' "$LINKS.serial"
}

sources && init && configure && recorder || exit 2
# Everything that is linked is linked again, also where the tree was built by another linker.
find "$TREE" \( -name 'vmlinux*' -o -name '.tmp_vmlinux*' -o -name '*.elf' -o -name '*.so' -o -name '*.so.dbg' -o -name '*.ko' -o -name bzImage \) \
  ! -name '*.lds' ! -name '.*.cmd' -type f -exec rm -f {} +
if ! nice make -C "$WORK/linux-source-6.1" O="$TREE" ARCH=$KARCH LD="$WORK/bin/ld" KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=user \
  KBUILD_BUILD_HOST=host -j"$JOBS" bzImage modules > "$LOG" 2>&1; then
  tail -20 "$LOG" >&2
  echo "kernel.sh: no $ARCH kernel with $LD, see $LOG" >&2
  exit 1
fi
times
[ -n "$SAVE" ] && save "$WORK/rsp/$ARCH"
if initramfs && boot; then
  echo "$ARCH: booted: $(grep -a "$LINE" "$LINKS.serial" | tr -d '\r')"
else
  tail -20 "$LINKS.serial" >&2
  echo "kernel.sh: the $ARCH kernel that $LD made did not come as far as its init, see $LINKS.serial" >&2
  exit 1
fi
