#!/bin/bash
# kernelwork.sh           where the kernel does its own work, by its own files and by Debian's taskset: a line each
# kernelwork.sh spin      starts a thread that is put on CPU 2, and one on CPU 3 that may run anywhere; prints their processes
# kernelwork.sh end PID.. ends them
case ${1:-} in
  spin)
    taskset -c 2 sh -c 'while :; do :; done' </dev/null >/dev/null 2>&1 & echo $!
    # shellcheck disable=SC2016 # the inner shell's own number
    taskset -c 3 sh -c 'taskset -pc 0-3 $$ >/dev/null; while :; do :; done' </dev/null >/dev/null 2>&1 & echo $!
    exit;;
  end) kill "${@:2}"; exit;;
esac
for file in /sys/devices/virtual/workqueue/cpumask /sys/devices/virtual/workqueue/writeback/cpumask /proc/sys/kernel/watchdog_cpumask /proc/irq/default_smp_affinity; do
  [ ! -e $file ] || echo "$file $(cat $file)"
done
for comm in /proc/[0-9]*/comm; do
  case $(cat "$comm" 2>/dev/null) in rcuo*|rcu_preempt|rcu_sched) taskset -pc "$(cut -d/ -f3 <<<"$comm")" | sed "s|.*list: |$(cat "$comm") |";; esac
done | sort
