#!/bin/bash
# In the guest: the interrupts whose names begin with a device's name, and where each may go: igb-rx-0 CPUs 2
set -u
for folder in /proc/irq/[0-9]*; do
  for action in "$folder/$1"*/; do [ ! -d "$action" ] || echo "$(basename "$action") CPUs $(<"$folder/smp_affinity_list")"; done
done | sort
