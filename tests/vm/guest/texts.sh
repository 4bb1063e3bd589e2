#!/bin/bash
# In the guest: what Debian's own tools print. text/DEVICE/OPTION.txt and .err hold output and errors, text/DEVICE/exits the exit codes.
set -u
work=/run/results; rm -rf $work; mkdir -p $work/text $work/machine
ask() { # ask FILE COMMAND...
  "${@:2}" >"$here/$1.txt" 2>"$here/$1.err"; echo "$1 $?" >>"$here/exits"
}
while read -r device; do
  here=$work/text/$device; mkdir -p "$here"
  ask link ethtool "$device"
  for option in i g k l c a S x n P; do ask $option ethtool -$option "$device"; done
  for type in tcp4 udp4 sctp4 ah4 esp4 tcp6 udp6 sctp6 ah6 esp6; do ask hash-$type ethtool -n "$device" rx-flow-hash $type; done
  ask priv ethtool --show-priv-flags "$device"
done </host/results/devices
here=$work/machine
ask lscpu lscpu -J
ask lscpu-extended lscpu -J -e=CPU,NODE,SOCKET,CORE,ONLINE
ask lscpu-caches lscpu -J -C
ask numactl numactl -H
ask lstopo lstopo-no-graphics --of xml
ask lspci lspci -vvv -nn
ask dmidecode dmidecode
ask interrupts cat /proc/interrupts
ask softnet_stat cat /proc/net/softnet_stat
for folder in /proc/irq/[0-9]*; do
  names=$(for action in "$folder"/*/; do [ ! -d "$action" ] || basename "$action"; done | tr '\n' ' ')
  echo "${folder##*/}|$(cat "$folder/smp_affinity_list")|$(cat "$folder/effective_affinity_list" 2>/dev/null)|$(cat "$folder/node")|$names"
done >$here/irq.txt
while read -r device; do echo "$device|$(readlink -f "/sys/class/net/$device")"; done </host/results/devices >$here/devices.txt
cp -r $work/text $work/machine /host/results/
