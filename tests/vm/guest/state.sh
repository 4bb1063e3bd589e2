#!/bin/bash
# In the guest: what Debian's tools say of a device's settings, and of all interrupts. Two states are the same when the texts are, byte for byte.
set -u
device=$1
for option in i k g l c a x n; do echo "== ethtool -$option"; ethtool -$option "$device" 2>&1; echo "exit code $?"; done
for type in tcp4 udp4 sctp4 ah4 tcp6 udp6 sctp6 ah6; do echo "== rx-flow-hash $type"; ethtool -n "$device" rx-flow-hash $type 2>&1; echo "exit code $?"; done
echo "== private flags"; ethtool --show-priv-flags "$device" 2>&1
echo "== interrupts"; grep . /proc/irq/*/smp_affinity_list
echo "== queues"; grep . "/sys/class/net/$device"/queues/*/?ps_cpus 2>/dev/null
echo "== budget"; cat /proc/sys/net/core/netdev_budget /proc/sys/net/core/netdev_budget_usecs
