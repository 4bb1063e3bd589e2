# shellcheck shell=bash disable=SC2154 # inside.sh reads this file
# What profiles of tuned do to the virtual sensor: run by comparison.sh, which makes docs/comparison.md of what is brought back.
tuned() {
  guest bash /host/devices.sh || { not_ok "devices are made in the guest"; return 1; }
  cp "$VM_CACHE/tuned.tar" "$share/" || return 1
  guest_limit=1200 guest bash /host/tuned.sh || { not_ok "tuned runs in the guest"; return 1; }
  ok "tuned runs in the guest"
  rm -rf "${VM_RESULTS:?}/tuned"; cp -r "$share/results/tuned" "$VM_RESULTS/"
}
