# shellcheck shell=bash disable=SC2154 # inside.sh reads this file
# A plan on real drivers: made, lost with ifdown and ifup, put back, taken back whole; and taken back by itself after its SSH session was cut.
plan() {
  guest bash /host/devices.sh || { not_ok "devices are made in the guest"; return 1; }
  guest_limit=600 guest bash /host/plan.sh || { not_ok "the plan runs in the guest"; cp -r "$share/results/plan" "$VM_RESULTS/" 2>/dev/null; return 1; }
  local results=$share/results/plan
  check "every row of the plan that igb can have is in place" grep -qx 'made: ' "$results/drift"
  check "after ifdown and ifup, and the plan made again, every row is in place" grep -qx 'again: ' "$results/drift"
  check "putting it back takes less than 5 s in the running shell (emulated)" test "$(cat "$results/milliseconds")" -lt 5000
  check "taken back, the cards are as they were" diff "$results/before" "$results/after"

  # The session is cut as soon as something was changed: nobody can confirm.
  "${secure[@]}" 'PATH=/usr/sbin:/usr/bin; /app/zept -Command "Invoke-NsmPlan /run/plan.json -ConfirmWithin 00:01:00 -Confirm:\$false"' </dev/null >/dev/null 2>&1 & local session=$!
  for _ in $(seq 120); do guest 'test "$(ethtool -g igb | grep -c 512)" -gt 0' && break; sleep 1; done
  kill -9 $session; wait $session 2>/dev/null
  guest 'cat /var/lib/zeptadmin/pending/*.pending.json' >"$results/pending" 2>/dev/null
  check "a plan waits for its confirmation when the session is cut" grep -q '"Plan": "capture"' "$results/pending"
  for _ in $(seq 150); do guest 'test -z "$(ls /var/lib/zeptadmin/pending)"' && break; sleep 1; done
  guest 'for card in igb e1000e; do /host/state.sh $card; done' >"$results/cut"
  check "and takes itself back" diff "$results/before" "$results/cut"
  cp -r "$results" "$VM_RESULTS/"
}
