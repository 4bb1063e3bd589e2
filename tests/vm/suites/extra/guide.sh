# shellcheck shell=bash disable=SC2154 # inside.sh reads this file
# The guide from bare server to sensor, its commands run as they are written; then the sensor is started again with its disk and the arguments that
# its boot loader was given, its unit's command makes the plan, and an interface that goes down and up is put back by the hook's own command.
guide() {
  guest bash /host/devices.sh || { not_ok "devices are made in the guest"; return 1; }
  python3 "$here/guide.py" "$here/../../docs/from-bare-server-to-sensor.md" "$share" || { not_ok "the guide is read"; return 1; }
  local results=$share/results/guide; mkdir -p "$results"
  guest_limit=900 guest bash /host/guide.sh make || not_ok "the guide's commands run to their end"
  check "the guide's commands end without an error" test ! -s "$results/errors"
  check "what the plan wants is so, or waits for the next boot" grep -qx 'made: ' "$results/drift"
  check "the boot loader was given the arguments" grep -q isolcpus= "$results/entry"
  check "Zeek's file has the workers of the plan" grep -q '^interface=af_packet::igb$' "$results/node.cfg"
  check "the page and the picture were made" test -s "$results/sensor.html" -a -s "$results/plan.svg"

  reboot "$(sed -n 's/^options //p' "$results/entry")" || return 1
  guest bash /host/devices.sh
  guest_limit=600 guest bash /host/guide.sh boot || not_ok "the unit's command runs at boot"
  check "after the boot everything is there, the kernel's arguments too" grep -qx 'booted: ' "$results/drift"
  guest_limit=600 guest bash /host/guide.sh ifup || not_ok "the hook's command runs"
  check "after ifdown and ifup the hook has put everything back" grep -qx 'again: ' "$results/drift"
  local took; took=$(cat "$results/milliseconds")
  if [ "${VM_ACCEL:-tcg}" = kvm ]; then check "within 5 s ($took ms)" test "$took" -lt 5000; else skip "within 5 s: the guest is emulated, the hook took $took ms"; fi
  guest_limit=600 guest bash /host/guide.sh back || not_ok "the way back runs"
  check "taken back, no file of the plan is left" test ! -s "$results/left"
  check "and the boot loader and Zeek have what they had" diff "$results/files-before" "$results/files-after"
  cp -r "$results" "$VM_RESULTS/"
}
