# shellcheck shell=bash disable=SC2154 # inside.sh reads this file
# The real Suricata in the virtual sensor, on the igb: whether the thread that Resolve-NsmFlow names by what Test-AfPacketFanout -Interval measured
# is the one whose counter moves, for 10,000 flows in both directions; and the share of packets that stay on the CPU of their interrupt,
# before and after the SameCore plan's pins and after what J6.OtherCpu says. Suricata is that of tests/suricata/unpack.sh, which has to have run.
suricata() {
  local root=${XDG_CACHE_HOME:-$HOME/.cache}/zeptadmin-suricata/root; root=${ZEPTADMIN_SURICATA:-$root}
  [ -x "$root/usr/bin/suricata" ] || { skip "no Suricata in $root: run tests/suricata/unpack.sh ${root%/root}"; return 0; }
  command -v python3 >/dev/null || { skip "flows are sent: python3 is not installed"; return 0; }

  # With its loader and all its libraries, since the guest has few.
  local bundle=$share/suricata libs=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu
  mkdir -p "$bundle/lib"; cp "$root/usr/bin/suricata" "$root"/etc/suricata/{classification,reference}.config "$bundle/"
  LD_LIBRARY_PATH=$libs ldd "$root/usr/bin/suricata" | awk '$2=="=>"{print $3} $1~/ld-linux/{print $1}' | xargs -I{} cp -L {} "$bundle/lib/"
  python3 "$here/flows.py" list 10000 >"$share/flows.csv"

  [ -s "$share/results/devices" ] || guest bash /host/devices.sh || { not_ok "devices are made in the guest"; return 1; }
  rm -f "$share/results/send"
  guest_limit=${SURICATA_LIMIT:-1500} guest bash /host/suricata.sh & local running=$! card count protocol frames
  while kill -0 $running 2>/dev/null; do
    if read -r card count protocol frames 2>/dev/null <"$share/results/send"; then
      rm -f "$share/results/send"; SEEN=$share/results/seen FRAMES=$share/results/suricata/$frames flows "$card" "$count" "$protocol"
    fi
    sleep 0.2
  done
  check "Suricata runs in the guest and is asked" wait $running
  rm -rf "${VM_RESULTS:?}/suricata"; cp -r "$share/results/suricata" "$VM_RESULTS/" 2>/dev/null
  python3 "$here/suricata.py" "$VM_RESULTS/suricata" || not_ok "what Suricata counted is judged"
}
