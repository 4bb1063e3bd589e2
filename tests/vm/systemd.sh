#!/usr/bin/env bash
# Runs a registered plan under a real systemd with udev and ifupdown: this machine's own Debian, booted in namespaces over a copy-on-write layer of its
# files, with a network of its own (a veth pair). No virtual machine, nothing of this machine is changed; not part of CI.
# usage: tests/vm/systemd.sh [--keep]
# Needs root, systemd, cgroup v2 in the kernel, overlayfs and apt-get with Debian's packages within reach (udev and ifupdown, where they are not installed).
# The last line is "N passed, N failed, N skipped".
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); repository=$(cd "$here/../.." && pwd)
zept=$repository/src/ZeptAdmin.Shell/bin/Debug/net10.0/zept
passed=0 failed=0 init='' keeper=''
skip() { echo "systemd: skipped: $*"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
check() { local what=$1; shift; if "$@"; then passed=$((passed + 1)); echo "ok - $what"; else failed=$((failed + 1)); echo "not ok - $what"; fi; }
[ "$(id -u)" = 0 ] || skip "it needs root"
for tool in unshare nsenter setpriv apt-get dpkg-deb ip; do command -v $tool >/dev/null || skip "$tool is not installed"; done
[ -x /lib/systemd/systemd ] || skip "systemd is not installed"
[ -x "$zept" ] || skip "zept is not built: dotnet build"

# The layer lives on a tmpfs, so that it can be the upper one of an overlay wherever this runs; it outlives one boot, and no more than this script.
work=$(mktemp -d "${TMPDIR:-/tmp}/zeptadmin-systemd.XXXXXX")
mount -t tmpfs tmpfs "$work" || skip "nothing can be mounted here"
stop() { [ -z "$init" ] || { kill -9 "$keeper"; wait "$keeper" 2>/dev/null; init='' keeper=''; }; }
# shellcheck disable=SC2064
trap "stop; [ '${1:-}' = --keep ] && cp -r $work/logs ${TMPDIR:-/tmp}/zeptadmin-systemd-logs; umount -l $work; rmdir $work" EXIT
mkdir -p "$work"/{upper,work,root,debs,logs}
for package in udev ifupdown; do
  dpkg -s $package >/dev/null 2>&1 && continue
  (cd "$work/debs" && apt-get download -o APT::Sandbox::User=root $package >/dev/null 2>&1) || skip "the package $package cannot be had"
  dpkg-deb -x "$work"/debs/${package}_*.deb "$work/upper" || skip "$package cannot be unpacked"
done
# /lib and its like are links into /usr, which a folder of this name would hide.
for folder in bin sbin lib; do
  if [ -d "$work/upper/$folder" ] && [ -L /$folder ]; then mkdir -p "$work/upper/usr/$folder"; cp -a "$work/upper/$folder/." "$work/upper/usr/$folder/"; rm -rf "${work:?}/upper/$folder"; fi
done

etc=$work/upper/etc; mkdir -p "$etc/systemd/system/multi-user.target.wants" "$etc/network/if-up.d" "$work/upper/run" "$work/upper/var/lib"
printf 'iface v1 inet manual\n    up ip link set v1 up\n    down ip link set v1 down\n' >"$etc/network/interfaces"
# The cards of a boot: there before the network is.
cat >"$etc/systemd/system/cards.service" <<'UNIT'
[Unit]
DefaultDependencies=no
After=systemd-udevd.service
Before=network-pre.target
Wants=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/ip link add v0 type veth peer name v1
ExecStart=/sbin/ip link set v0 up
UNIT
# A capture: it keeps what its card was like when it started.
cat >"$etc/systemd/system/zeek.service" <<'UNIT'
[Unit]
Description=Stands for Zeek
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'cat /sys/class/net/v1/flags >/run/zeek-saw'
UNIT
printf '[Unit]\nWants=cards.service zeek.service\n' | install -D /dev/stdin "$etc/systemd/system/multi-user.target.d/test.conf"
: >"$etc/fstab"
for unit in systemd-sysctl systemd-modules-load systemd-remount-fs systemd-udev-trigger systemd-random-seed systemd-pstore systemd-binfmt systemd-tmpfiles-setup-dev kmod-static-nodes; do
  ln -s /dev/null "$etc/systemd/system/$unit.service"
done
mkdir -p "$work/first"; cat >"$work/first/init" <<INIT
set -e
mount --make-rprivate /
mount -t overlay overlay -o lowerdir=/,upperdir=$work/upper,workdir=$work/work $work/root
cd $work/root
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do touch dev/\$node; mount --bind /dev/\$node dev/\$node; done
ln -s /proc/self/fd dev/fd; mkdir dev/pts dev/shm; mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; ln -s pts/ptmx dev/ptmx
mkdir -p .$repository; mount --bind $repository .$repository; mount -o remount,bind,ro .$repository
mount -t cgroup2 cgroup2 sys/fs/cgroup
# Without a devtmpfs, systemd listens to udev only where udev is there already (device_monitor_new_full of sd-device); udev puts its socket in the place.
mkdir -p run/udev; touch run/udev/control
mount --bind proc/sys proc/sys; mount -o remount,bind,ro proc/sys
rm -f etc/systemd/system/*.wants/* .dockerenv run/.containerenv
mkdir -p before; pivot_root . before; umount -l /before
# Not as a container: systemd has no units for devices there (device_supported of src/core/device.c). What it could do to this machine is out of reach instead:
# /proc/sys can only be read, and no clock, module or boot is its to touch.
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin setpriv --bounding-set=-sys_time,-sys_boot,-sys_module,-sys_rawio,-syslog /lib/systemd/systemd --system --log-target=journal --unit=multi-user.target </dev/null
INIT

inside() { timeout "${limit:-120}" nsenter -t "$init" -m -p -n -u -i -C env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DOTNET_CLI_TELEMETRY_OPTOUT=1 "$@"; }
until_true() { for _ in $(seq 240); do "$@" >/dev/null 2>&1 && return; sleep 0.5; done; return 1; }
silent() { local flags; flags=$(inside cat /sys/class/net/v1/flags) && [ $((flags & 0x180)) = $((0x180)) ]; }
loud() { ! silent; }
booted() { case $(inside systemctl is-system-running) in running|degraded) ;; *) return 1;; esac; }
idle() { [ "$(inside systemctl is-active zeptadmin-plan-capture.service)" = inactive ]; }
spoil() { until_true idle; inside ip link set v1 promisc off arp on; loud; }
boot() {
  stop
  unshare --mount --pid --fork --kill-child --uts --ipc --net --cgroup bash "$work/first/init" >>"$work/logs/console" 2>&1 & keeper=$!
  for _ in $(seq 60); do init=$(cat "/proc/$keeper/task/$keeper/children" 2>/dev/null); init=${init%% *}; [ -n "$init" ] && [ "$(cat "/proc/$init/comm")" = systemd ] && break; sleep 0.5; done
  [ -n "$init" ] && until_true booted
}

boot || { tail -5 "$work/logs/console"; skip "systemd does not boot in namespaces here (cgroup v2, overlayfs?)"; }
check "udev tells of the card" until_true inside systemctl is-active sys-subsystem-net-devices-v1.device
inside "$zept" -Command 'New-NsmPlan v1 | Export-NsmPlan /root/all.json' 2>"$work/logs/plan" || { cat "$work/logs/plan"; skip "this machine has no plan"; }
inside python3 - <<'PY'
import json
plan = json.load(open("/root/all.json"))
plan["Rows"] = [row for row in plan["Rows"] if row["Kind"] == "Link"]
json.dump(plan, open("/root/plan.json", "w"), indent=2)
PY
before=$(inside sh -c 'find /etc /var/lib/systemd -type f | sort')
check "registered" inside "$zept" -Command 'Register-NsmPlan /root/plan.json'
check "systemd finds no fault with the unit" inside sh -c '! systemd-analyze verify --man=no /etc/systemd/system/zeptadmin-plan-capture.service 2>&1 | grep zeptadmin'
check "nothing was made yet" loud

boot
check "after a boot the card is as planned" until_true silent
check "and was before Zeek started" test $(($(inside cat /run/zeek-saw) & 0x180)) = $((0x180))
check "the unit ended well" test "$(inside systemctl show -p Result --value zeptadmin-plan-capture.service)" = success

spoil
inside ifdown --force v1 >"$work/logs/ifdown" 2>&1
inside ifup --force v1 >"$work/logs/ifup" 2>&1
check "after ifdown and ifup the hook has it made again" until_true silent

until_true idle
inside ip link del v0
inside ip link add v0 type veth peer name v1
check "a card that appears anew is made by udev's rule" until_true silent

spoil
check "made again with a deadline" inside "$zept" -Command 'Invoke-NsmPlan /root/plan.json -ConfirmWithin 00:00:08 -Confirm:$false 3>$null'
check "a timer of systemd has the deadline" inside sh -c 'systemctl list-units --all "zeptadmin-confirm-*" | grep -q timer'
check "it was made" silent
check "and nobody confirmed, so it was taken back" until_true loud
check "the timer is gone" until_true inside sh -c '! systemctl list-units --all --no-legend "zeptadmin-confirm-*" | grep -q .'

check "made with a longer deadline" inside "$zept" -Command 'Invoke-NsmPlan /root/plan.json -ConfirmWithin 00:30:00 -Confirm:$false 3>$null'
check "confirmed" inside "$zept" -Command 'if (-not (Confirm-NsmPlan capture).IsConfirmed) { exit 1 }'
check "the timer went with the confirmation" until_true inside sh -c '! systemctl list-units --all --no-legend "zeptadmin-confirm-*" | grep -q .'
check "and it stays" silent

check "unregistered" inside "$zept" -Command 'Unregister-NsmPlan capture'
check "nothing is left of it" diff <(echo "$before") <(inside sh -c 'find /etc /var/lib/systemd -type f | sort')
check "systemd has forgotten it" inside sh -c '! systemctl cat zeptadmin-plan-capture.service 2>/dev/null'
boot
check "after another boot nothing is made" loud
inside journalctl --no-pager >"$work/logs/journal" 2>&1
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
