#!/bin/bash
# In the guest: each profile of tuned in force for a while, with the state of the machine and the module's audit before and under it.
# tuned and its Python are laid over the guest's own files, so that zept finds them where they are on a sensor.
set -u
results=/host/results/tuned; mkdir -p $results /run/tuned /run/over/upper /run/over/work /run/merged
tar -C /run/tuned -xf /host/tuned.tar
mount -t overlay -o lowerdir=/run/tuned:/,upperdir=/run/over/upper,workdir=/run/over/work overlay /run/merged || exit 1
for folder in proc sys dev run app host tmp; do mount --rbind /$folder /run/merged/$folder || exit 1; done
# cpu-partitioning needs to know its CPUs: the talk's division, one CPU of each node kept for the system.
echo 'isolated_cores=1,3' >/run/merged/etc/tuned/cpu-partitioning-variables.conf
running() { grep -lx tuned /proc/[0-9]*/comm 2>/dev/null | cut -d/ -f3; }
in_sensor() { chroot /run/merged "$@"; }

state() { # state NAME: everything that a profile may write, a line each: file, tab, first line
  {
    find /proc/sys -type f -perm /222 ! -path '*/random/*' ! -name '*_cache*' ! -path '*/fs/*-nr' ! -path '*/route/*' 2>/dev/null
    find /sys/devices/virtual/workqueue /sys/devices/system/cpu /sys/devices/system/machinecheck /sys/kernel/mm/transparent_hugepage /sys/kernel/mm/ksm \
      /sys/module/*/parameters /sys/block/*/queue -type f -perm /222 2>/dev/null
    find /proc/irq -name smp_affinity_list; find /sys/class/net/*/ -maxdepth 1 -type f -perm /222; find /sys/class/net/*/queues/ -type f -perm /222
  } | sort -u | tr '\n' '\0' | xargs -0 grep -sHm1 '' 2>/dev/null | sed 's/:/\t/' | cut -c1-600 >"$results/$1.files"
  while read -r device; do
    for option in g l c a k x; do ethtool -$option "$device" 2>/dev/null | sed "s|^|ethtool -$option $device\t|"; done
  done </host/results/devices >"$results/$1.ethtool"
  printf 'held\t%s\n' "$(od -An -td4 -N4 /dev/cpu_dma_latency 2>/dev/null | tr -d ' ')" >"$results/$1.latency"
}
audit() { in_sensor /app/zept -OutputFormat Json "Test-NsmSensor -InterfaceName igb, e1000e" >"$results/$1.json" 2>"$results/$1.errors"; }

in_sensor tuned --version >$results/version 2>&1
state before; audit before
for profile in network-throughput network-latency cpu-partitioning; do
  echo "$profile" >/run/merged/etc/tuned/active_profile
  in_sensor tuned --no-dbus --no-socket --profile "$profile" --log=/run/tuned.log >"$results/$profile.output" 2>&1 & program=$!
  for _ in $(seq 240); do grep -q 'static tuning from profile' /run/tuned.log 2>/dev/null && break; kill -0 $program 2>/dev/null || break; sleep 0.5; done
  sleep 2; cp /run/tuned.log "$results/$profile.log" 2>/dev/null
  state "$profile"; audit "$profile"
  cp /run/merged/etc/tuned/bootcmdline "$results/$profile.bootcmdline" 2>/dev/null
  for file in /etc/default/irqbalance /etc/sysconfig/irqbalance; do [ ! -e /run/merged$file ] || cp "/run/merged$file" "$results/$profile.irqbalance"; done
  kill $(running) 2>/dev/null; for _ in $(seq 60); do [ -n "$(running)" ] || break; sleep 0.5; done
  rm -f /run/tuned.log
  state "$profile.after"
done
exit 0
