#!/usr/bin/env bash
# Builds the virtual sensor out of Debian's packages: emulator, kernel, root file system. Nothing is installed on this machine;
# everything lands in the cache folder and is used again next time. Needs apt-get and dpkg-deb (a Debian or a relative), no root.
# usage: build.sh CACHE   prints nothing but errors; the last step writes CACHE/machine/ready
# Exit code 3: it cannot be built here (the reason is on stderr), which is not a failure of the project.
# shellcheck disable=SC2015 # "a && b || cannot" means just that
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${1:?usage: build.sh CACHE}; mkdir -p "$cache"; cache=$(cd "$cache" && pwd)
cannot() { echo "$*" >&2; exit 3; }
started=$SECONDS; step() { echo "  $((SECONDS - started)) s: $*" >&2; }

# The machine is as good as new while these files are the same.
recipe=$(cat "$here/build.sh" "$here/guest/init" "$here/guest/switch" | sha256sum | cut -c1-16)
machine=$cache/machine
[ "$(cat "$machine/ready" 2>/dev/null)" != "$recipe" ] || exit 0

[ "$(uname -m)" = x86_64 ] || cannot "the virtual sensor is built on x86-64 only"
for tool in apt-get apt-cache dpkg-deb mke2fs xz; do command -v "$tool" >/dev/null || cannot "$tool is not installed"; done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r $keyring ] || cannot "$keyring is not there (package debian-archive-keyring)"

# --- apt with its own state: this machine's sources and packages stay as they are ---
apt=$cache/apt; mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial "$apt"/etc; : >"$apt/status"
cat >"$apt/etc/vm.sources" <<END
Types: deb
URIs: ${ZEPTADMIN_VM_MIRROR:-http://deb.debian.org/debian}
Suites: bookworm bookworm-backports
Components: main
Architectures: amd64
Signed-By: $keyring
END
cat >"$apt/apt.conf" <<END
Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "$apt/etc"; Dir::Etc::Preferences "/dev/null"; Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$apt/lists"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache"; Dir::Log "$apt"; Dir::State "$apt";
APT::Architecture "amd64"; APT::Sandbox::User "$(id -un)"; APT::Install-Recommends "false"; Acquire::Languages "none"; Acquire::http::Timeout "20"; Acquire::Retries "2";
END
export APT_CONFIG=$apt/apt.conf
apt-get update -qq >"$apt/log" 2>&1 && ! grep -q '^[EW]:' "$apt/log" || cannot "Debian's packages cannot be reached: $(grep -m1 '^[EW]:' "$apt/log")"
fetch() { # fetch FOLDER PACKAGE...: the packages and all they depend on, from bookworm unless a suite is named
  mkdir -p "$1/partial"
  apt-get install -qq -y --download-only -o Dir::Cache::Archives="$1" "${@:2}" >>"$apt/log" 2>&1 || cannot "not fetched: ${*:2}: $(tail -1 "$apt/log")"
}
download() { # download FOLDER PACKAGE...: these packages alone
  mkdir -p "$1"; (cd "$1" && apt-get download -qq "${@:2}" >>"$apt/log" 2>&1) || cannot "not fetched: ${*:2}: $(tail -1 "$apt/log")"
}
unpack() { # unpack FOLDER DEB [tar arguments]
  mkdir -p "$1"; dpkg-deb --fsys-tarfile "$2" | tar -x -C "$1" --keep-directory-symlink --no-same-owner "${@:3}"
}
new=$cache/machine.new; rm -rf "$new"; mkdir -p "$new"
step "package lists"

# --- what runs here: QEMU 10 (the first in Debian with igb) and module tools; this machine's C library serves them ---
backport=/bookworm-backports
fetch "$new/debs-tools" qemu-system-x86$backport qemu-system-common$backport qemu-system-data$backport seabios$backport ipxe-qemu kmod busybox-static
tools=$new/tools; mkdir -p "$tools"/usr/{bin,sbin,lib}; ln -s usr/bin usr/sbin usr/lib "$tools/"
for deb in "$new"/debs-tools/*.deb; do
  case ${deb##*/} in libc6_*|perl*|libperl*|debconf*|base-files*) continue;; esac
  unpack "$tools" "$deb" --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
done
rm -rf "$new/debs-tools"
mkdir -p "$tools/rom"
for folder in ipxe/qemu qemu seabios; do
  for tree in "$tools/usr/lib" "$tools/usr/share"; do [ ! -d "$tree/$folder" ] || cp -rn "$tree/$folder/." "$tools/rom/" 2>/dev/null || true; done
done
# shellcheck disable=SC2016
printf '#!/bin/sh\n# qemu and kmod of the cache, with the libraries that came with them\nt=$(cd "$(dirname "$0")" && pwd)/tools\nexport LD_LIBRARY_PATH=$t/usr/lib/x86_64-linux-gnu QEMU_MODULE_DIR=$t/usr/lib/x86_64-linux-gnu/qemu\nc=$1; shift; exec "$t/usr/bin/$c" "$@"\n' >"$new/tool"
chmod +x "$new/tool"
ln -sf kmod "$tools/usr/bin/modprobe"; ln -sf kmod "$tools/usr/bin/depmod"
"$new/tool" qemu-system-x86_64 --version >"$new/qemu.version" 2>>"$apt/log" || cannot "Debian's QEMU does not run here: $(tail -1 "$apt/log")"
step "$(head -1 "$new/qemu.version")"

# --- kernel ---
kver=$(apt-cache show "linux-image-amd64$backport" | sed -n 's/^Depends: linux-image-\([^ ,]*\).*/\1/p' | head -1)
download "$new/debs-kernel" "linux-image-$kver"
unpack "$new/kernel" "$new"/debs-kernel/linux-image-*.deb
rm -rf "$new/debs-kernel"
modules=$(find "$new/kernel" -type d -path "*/lib/modules/$kver" | head -1); base=${modules%/lib/modules/*}
cp "$new/kernel/boot/vmlinuz-$kver" "$new/vmlinuz"; cp "$new/kernel/boot/config-$kver" "$new/config"; echo "$kver" >"$new/kver"
"$new/tool" depmod -b "$base" "$kver"
step "kernel $kver"

# --- netdevsim, which Debian's kernel package leaves out: built from its source package where a compiler is ---
if ! "$here/netdevsim.sh" "$cache" "$kver" >"$cache/netdevsim.log" 2>&1; then step "netdevsim not built ($(tail -1 "$cache/netdevsim.log")): its checks will be skipped"; fi

# --- root file system ---
root=$new/root; mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{proc,sys,dev,tmp,run,etc,root,host,app,var,old}; ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root/"
fetch "$new/debs-guest" bash busybox-static ethtool iproute2 pciutils numactl dmidecode hwloc-nox util-linux dropbear-bin kmod tcpdump libstdc++6 libgcc-s1
for deb in "$new"/debs-guest/*.deb; do
  case ${deb##*/} in perl*|debconf*|adduser*|passwd*|base-files*) continue;; esac
  unpack "$root" "$deb" --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./usr/share/bash-completion
done
rm -rf "$new/debs-guest" "$root"/etc/{init.d,pam.d,systemd,default} "$root/usr/lib/systemd"
while read -r applet; do [ -e "$root/usr/bin/$applet" ] || [ -e "$root/usr/sbin/$applet" ] || ln -s busybox "$root/usr/bin/$applet"; done < <("$root/usr/bin/busybox" --list)
printf 'root::0:0:root:/run/root:/bin/bash\n' >"$root/etc/passwd"; printf 'root:x:0:\n' >"$root/etc/group"; printf '/bin/sh\n/bin/bash\n' >"$root/etc/shells"
printf 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (virtual sensor)"\nVERSION_ID="12"\n' >"$root/etc/os-release"; echo vsensor >"$root/etc/hostname"
ln -s /proc/self/mounts "$root/etc/mtab"
rm -f "$root"/usr/lib/x86_64-linux-gnu/gconv/* "$root"/usr/lib/x86_64-linux-gnu/libdb-* 2>/dev/null || true
copy_modules() { # copy_modules TARGET MODULE...: with all they depend on
  local target=$1; shift
  for module in "$@"; do "$new/tool" modprobe -d "$base" -S "$kver" --show-depends "$module" 2>/dev/null | awk '$1=="insmod"{print $2}' || true; done | awk '!seen[$0]++' | while read -r file; do
    relative=${file#"$modules"/}; mkdir -p "$target/$(dirname "$relative")"
    case $file in *.xz) xz -dc "$file" >"$target/${relative%.xz}"; echo "${relative%.xz}";; *) cp "$file" "$target/$relative"; echo "$relative";; esac
  done
}
guest_modules=$root/usr/lib/modules/$kver
copy_modules "$guest_modules" virtio_pci virtio_blk virtio_net virtio_rng e1000e igb vmxnet3 9p 9pnet_virtio af_packet veth dummy bonding macvlan macvtap tun \
  bridge vxlan ifb nlmon team 8021q ipvlan msr cpuid acpi_cpufreq intel_rapl_common sch_ingress sch_multiq sch_fq act_skbedit cls_flower cls_u32 dmi_sysfs \
  ptp devlink psample tls udp_tunnel macsec ext4 crc32c_generic overlay loop squashfs af_packet_diag inet_diag >/dev/null
if [ -d "$cache/netdevsim-$kver" ]; then mkdir -p "$guest_modules/extra"; cp "$cache/netdevsim-$kver"/*.ko "$guest_modules/extra/"; fi
cp "$modules"/modules.builtin* "$modules"/modules.order "$guest_modules/"
"$new/tool" depmod -b "$root/usr" "$kver" 2>/dev/null || true
install -m755 "$here/guest/init" "$root/usr/sbin/sensor-init"
size=$(($(du -sm --apparent-size "$root" | cut -f1) + 24))
mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 -L sensor-root -d "$root" "$new/root.ext4" "${size}M" >/dev/null 2>&1
step "root file system, $size MiB"

# --- initramfs: only what finds the root file system ---
early=$new/early; mkdir -p "$early"/{bin,proc,dev,root,lib}
cp "$root/usr/bin/busybox" "$early/bin/"; ln -s busybox "$early/bin/sh"; install -m755 "$here/guest/switch" "$early/init"
copy_modules "$early/lib" virtio_pci virtio_blk crc32c_generic ext4 >"$early/modules"
(cd "$early" && find . | "$root/usr/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$new/initramfs.img"
rm -rf "$early" "$root" "$new/kernel"

# A key pair of this cache's own, for ssh into the guest.
[ -e "$cache/id" ] || ssh-keygen -q -t ed25519 -N '' -C virtual-sensor -f "$cache/id"
rm -rf "$machine"; mv "$new" "$machine"; echo "$recipe" >"$machine/ready"
step "the machine is built"
