# shellcheck shell=bash disable=SC2154 # inside.sh reads this file
# Suite of losses at a card: frames too long for it, which it counts and drops, and frames that it takes; Get-PacketDrops of the time between.
drops() {
  local card=e1000e good=64 long=40
  command -v python3 >/dev/null || { skip "losses are planted at a card: python3 is not installed"; return 0; }
  [ -s "$share/results/devices" ] || guest bash /host/devices.sh || { not_ok "devices are made in the guest"; return 1; }
  rm -f "$share/results/drops"/{before,sent}; mkdir -p "$share/results/drops"; echo "$card" >"$share/results/drops/card"
  guest bash /host/drops.sh & local running=$!
  for _ in $(seq 900); do [ -e "$share/results/drops/before" ] && break; kill -0 $running 2>/dev/null || break; sleep 0.2; done
  flows "$card" $((good / 2)); FRAME_BYTES=2000 flows "$card" $((long / 2)); echo "$good $long" >"$share/results/drops/sent"
  check "one start of zept tells what a card lost" wait $running
  rm -rf "${VM_RESULTS:?}/drops"; cp -r "$share/results/drops" "$VM_RESULTS/"
  return 0
}
