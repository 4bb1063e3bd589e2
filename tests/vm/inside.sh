#!/usr/bin/env bash
# The part of run.sh that runs in the network namespace: boots the guest, runs suites, ends the guest. Speaks TAP.
# A suite is a file of tests/vm/suites that defines a function of its own name; it uses
#   guest COMMAND...             runs a command in the guest (its output and exit code)
#   ok TEXT / not_ok TEXT / skip TEXT   one line of the result
#   check TEXT COMMAND...        ok when the command succeeds
#   flows INTERFACE COUNT [udp|tcp]     sends both directions of COUNT flows into that card (flows.py; the same flows each time)
#   reboot ARGS                  ends the guest and boots it again with more kernel command line
#   /host in the guest is $share here; what a suite leaves in $share/results is brought back.
# shellcheck disable=SC2317 # suites, which are read later, use these
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${VM_CACHE:?run.sh starts this}" "${VM_APP:?}" "${VM_RESULTS:?}"
share=$VM_RESULTS/share; rm -rf "$share"; rm -f "$VM_RESULTS/console"; mkdir -p "$share/results"; cp -r "$here/guest/." "$share/"; cp "$VM_CACHE/id.pub" "$share/authorized_keys"
nics=(e1000e igb vmxnet3 virtio-mq virtio); udp=41000; tap=zt0; qemu=
ok() { echo "ok - $*"; }
not_ok() { echo "not ok - $*"; }
skip() { echo "ok - $* # SKIP"; }
check() { if "${@:2}"; then ok "$1"; else not_ok "$1"; fi; }
secure=(ssh -q -i "$VM_CACHE/id" -p 40022 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5 -o ServerAliveInterval=15 root@127.0.0.1)
guest() { timeout "${guest_limit:-400}" "${secure[@]}" "PATH=/usr/sbin:/usr/bin; $*" </dev/null; }

boot() { # boot [kernel arguments]
  "$here/boot.sh" "$VM_CACHE" --share "$share" --app "$VM_APP" --ssh 40022 --tap $tap:4 --udp $udp --nics "$(IFS=,; echo "${nics[*]}")" \
    --accel "${VM_ACCEL:-tcg}" --append "${VM_APPEND:-} ${1:-}" --console "$VM_RESULTS/console" --timeout 1800 2>"$VM_RESULTS/qemu.log" & qemu=$!
  for _ in $(seq 240); do
    if grep -q VM-SSH "$VM_RESULTS/console" 2>/dev/null && timeout 20 "${secure[@]}" true </dev/null; then return 0; fi
    kill -0 $qemu 2>/dev/null || break
    sleep 0.5
  done
  not_ok "the guest boots: $(tail -1 "$VM_RESULTS/qemu.log") $(tail -1 "$VM_RESULTS/console" 2>/dev/null)"
  return 1
}
power_off() {
  [ -n "$qemu" ] || return 0
  guest 'sync; poweroff -f' 2>/dev/null
  for _ in $(seq 40); do kill -0 "$qemu" 2>/dev/null || break; sleep 0.25; done
  kill "$qemu" 2>/dev/null; wait "$qemu" 2>/dev/null; qemu=
}
reboot() { power_off; boot "$1"; }
trap '[ -z "$qemu" ] || kill "$qemu" 2>/dev/null' EXIT
trap 'exit 143' TERM INT

card_index() { local i; for i in "${!nics[@]}"; do [ "${nics[i]}" != "$1" ] || { echo "$i"; return; }; done; return 1; }
flows() { # flows INTERFACE COUNT [udp|tcp]
  local i; i=$(card_index "$1") || return 1
  local way=udp:$((udp + 2 * i)); [ "$1" != virtio-mq ] || way=if:$tap
  python3 "$here/flows.py" "$way" "52:54:00:00:00:1$i" "$2" "${3:-tcp}"
}

ip link set lo up; ip tuntap add dev $tap mode tap multi_queue vnet_hdr
echo 1 >/proc/sys/net/ipv6/conf/$tap/disable_ipv6; ip link set $tap up
began=$SECONDS
boot || exit 1
ok "the guest boots (ssh after $((SECONDS - began)) s)"
if [ -n "${VM_SHELL:-}" ]; then
  echo "The virtual sensor: zept is /app/zept, /host is $share here."
  "${secure[@]}" -t 'PATH=/usr/sbin:/usr/bin:/app; cd; exec bash -i'; power_off; exit 0
fi
for suite in "$@"; do
  # shellcheck source=/dev/null
  . "$here/suites/$suite.sh"
  "${suite##*/}" || not_ok "the suite $suite ran to its end"
done
power_off
exit 0
