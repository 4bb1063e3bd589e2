# shellcheck shell=bash disable=SC2154 # inside.sh reads this file
# Suite of everything that reads: each device's figures as Debian's tools print them and as the module reads them, for ZeptAdmin.Tests.Vm.
eyes() {
  guest bash /host/devices.sh || { not_ok "devices are made in the guest"; return 1; }
  ok "devices are made in the guest"
  if command -v python3 >/dev/null; then
    local nic before after folders=("${nics[@]/#//sys/class/net/}")
    read -ra before < <(guest "cat ${folders[*]/%//statistics/rx_packets} | tr '\n' ' '")
    for nic in "${nics[@]}"; do flows "$nic" 32; done
    read -ra after < <(guest "sleep 2; cat ${folders[*]/%//statistics/rx_packets} | tr '\n' ' '") # the counters of Intel cards are 2 s old at most
    for nic in "${!nics[@]}"; do
      check "frames sent into ${nics[nic]} arrive ($((${after[nic]:-0} - ${before[nic]:-0})) of 64)" test "$((${after[nic]:-0} - ${before[nic]:-0}))" -ge 64
    done
  else
    skip "frames sent into the cards arrive: python3 is not installed"
  fi
  guest bash /host/texts.sh || { not_ok "Debian's tools are asked in the guest"; return 1; }
  check "one start of zept reads everything" guest bash /host/records.sh
  for folder in text machine records; do rm -rf "${VM_RESULTS:?}/$folder"; cp -r "$share/results/$folder" "$VM_RESULTS/" 2>/dev/null; done
  cp "$share"/results/*.zip "$share/results/devices" "$VM_RESULTS/" 2>/dev/null
  return 0
}
