#!/usr/bin/env bash
# Builds netdevsim.ko (and ptp_mock.ko, which it needs) for the guest's kernel: Debian's own package has CONFIG_NETDEVSIM unset.
# usage: netdevsim.sh CACHE KERNEL   with APT_CONFIG of build.sh; leaves CACHE/netdevsim-KERNEL/*.ko
set -euo pipefail
cache=${1:?usage: netdevsim.sh CACHE KERNEL}; kver=${2:?kernel version}
target=$cache/netdevsim-$kver
[ ! -e "$target/netdevsim.ko" ] || exit 0
for tool in gcc make; do command -v $tool >/dev/null || { echo "$tool is not installed"; exit 1; }; done
compiler=$(command -v gcc-12 || command -v gcc)
work=$cache/netdevsim.work; rm -rf "$work"; mkdir -p "$work"; cd "$work"
series=$(cut -d. -f1,2 <<<"$kver"); abi=${kver%-amd64}
apt-get download -qq "linux-headers-$kver" "linux-headers-$abi-common" "linux-kbuild-$abi" "linux-source-$series/bookworm-backports" libelf1 zlib1g
for deb in linux-headers-*.deb linux-kbuild-*.deb libelf1_*.deb zlib1g_*.deb; do dpkg-deb -x "$deb" tree; done
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
  tar -xJ "linux-source-$series/drivers/net/netdevsim" "linux-source-$series/drivers/ptp/ptp_mock.c"
rm -f ./*.deb
export LD_LIBRARY_PATH=$work/tree/usr/lib/x86_64-linux-gnu:$work/tree/lib/x86_64-linux-gnu # for objtool
headers=$work/tree/usr/src/linux-headers-$kver; common=$work/tree/usr/src/linux-headers-$abi-common
# The packaged makefiles name /usr/src and /usr/lib; point them at the unpacked copy.
{ grep -rlI '/usr/src/linux\|/usr/lib/linux-kbuild' "$headers/Makefile" "$headers/.kernelvariables" "$common/Makefile" "$common/scripts" 2>/dev/null || true; } |
  xargs -r sed -i "s#/usr/src/linux#$work/tree/usr/src/linux#g; s#/usr/lib/linux-kbuild#$work/tree/usr/lib/linux-kbuild#g"
source=$work/linux-source-$series; mkdir mock; cp "$source/drivers/ptp/ptp_mock.c" mock/; echo 'obj-m := ptp_mock.o' >mock/Makefile
build=(make -s -C "$headers" "CC=$compiler" CONFIG_DEBUG_INFO_BTF_MODULES=)
"${build[@]}" M="$work/mock" CONFIG_PTP_1588_CLOCK_MOCK=m KCFLAGS=-DCONFIG_PTP_1588_CLOCK_MOCK_MODULE=1 modules
"${build[@]}" M="$source/drivers/net/netdevsim" CONFIG_NETDEVSIM=m KBUILD_EXTRA_SYMBOLS="$work/mock/Module.symvers" \
  KCFLAGS="-DCONFIG_PTP_1588_CLOCK_MOCK_MODULE=1 -DCONFIG_NETDEVSIM_MODULE=1" modules
mkdir -p "$target"; cp mock/ptp_mock.ko "$source/drivers/net/netdevsim/netdevsim.ko" "$target/"
cd /; rm -rf "$work"
