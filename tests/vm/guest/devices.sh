#!/bin/bash
# In the guest: brings up the cards and makes every kind of device that needs none. The list of all is /host/results/devices.
set -u
mkdir -p /host/results
cards=$(sed -n 's/.*vm\.nics=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
for card in $cards; do ip link set "$card" up promisc on; done
ip link add veth0 numrxqueues 4 numtxqueues 4 type veth peer name veth1 numrxqueues 4 numtxqueues 4
ip link set veth0 up; ip link set veth1 up
# none that nobody asked for
modprobe dummy numdummies=0; modprobe bonding max_bonds=0; modprobe tun
ip link add dummy0 type dummy; ip link set dummy0 up
ip link add bond0 type bond mode active-backup; ip link add dummy1 type dummy; ip link set dummy1 master bond0; ip link set bond0 up
ip link add macvlan0 link dummy0 type macvlan mode bridge; ip link set macvlan0 up
ip tuntap add dev tun0 mode tun; ip link set tun0 up
made="veth0 dummy0 bond0 macvlan0 tun0"
if modprobe -q netdevsim; then
  echo "1 1 4" >/sys/bus/netdevsim/new_device
  for _ in 1 2 3 4 5 6 7 8 9 10; do device=$(ls /sys/bus/netdevsim/devices/netdevsim1/net 2>/dev/null); [ -z "$device" ] || break; sleep 0.2; done
  ip link set "$device" name netdevsim0; ip link set netdevsim0 up; made="$made netdevsim0"
fi
for card in $cards; do # an emulated card takes a moment to report its link
  for _ in $(seq 25); do [ "$(cat "/sys/class/net/$card/carrier")" = 1 ] && break; sleep 0.2; done
done
for device in $cards $made; do [ -e "/sys/class/net/$device" ] && echo "$device"; done >/host/results/devices
echo 3 >"/proc/irq/$(awk -F: '/igb-rx-0/{print $1+0; exit}' /proc/interrupts)/smp_affinity_list" # a choice to be seen
ethtool -K igb ntuple on >/dev/null 2>&1 # which an 82576 refuses: wanted, and off
exit 0
