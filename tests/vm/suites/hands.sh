# shellcheck shell=bash disable=SC2154 # inside.sh reads this file
# Suite of everything that writes: each change made, seen by Debian's tools, made again and taken back; what a reset disturbs; and on which
# queues flows arrive before and after Set-NicRss. ZeptAdmin.Tests.Vm judges what is brought back.
hands() {
  [ -s "$share/results/devices" ] || guest bash /host/devices.sh || { not_ok "devices are made in the guest"; return 1; }
  if ! command -v python3 >/dev/null || ! gcc -O2 -static -o "$share/recorder" "$share/recorder.c" 2>"$VM_RESULTS/recorder.log"; then
    skip "flows are sent and recorded: python3, or gcc with a static libc, is not installed"
  fi
  rm -f "$share/results/send"
  cp "$here/../../examples/runbooks/tune-nic.ps1" "$share/"
  guest_limit=900 guest bash /host/hands.sh & local running=$! card count protocol
  while kill -0 $running 2>/dev/null; do
    if read -r card count protocol 2>/dev/null <"$share/results/send"; then rm -f "$share/results/send"; SEEN=$share/results/seen flows "$card" "$count" "$protocol"; fi
    sleep 0.2
  done
  check "one start of zept makes every change and takes it back" wait $running
  rm -rf "${VM_RESULTS:?}/hands"; cp -r "$share/results/hands" "$VM_RESULTS/" 2>/dev/null
  return 0
}
