# shellcheck shell=bash disable=SC2154 # inside.sh reads this file
# The kernel command line for real: Set-KernelArgument writes a boot entry in the guest, the guest is booted again with what the entry says, and
# isolated CPUs, rcu_nocbs and the limit of C-states are there by the kernel's own files; then Get-CpuTenant and Set-CpuHousekeeping on them.
boot_words() { # boot_words FILE: the words of a line, one a line
  tr -s ' ' '\n' <"$1" | grep . | sort
}
kernel() {
  local results=$share/results/kernel wanted='isolcpus=2-3 rcu_nocbs=2-3 nohz_full=2-3 processor.max_cstate=1 intel_idle.max_cstate=1'
  guest_limit=600 guest "bash /host/kernel.sh set $wanted" || { not_ok "Set-KernelArgument edits the boot entry"; return 1; }
  check "Set-KernelArgument adds its arguments to the line of the entry and nothing else" \
    diff <({ boot_words "$results/running"; tr ' ' '\n' <<<"$wanted"; } | sort) <(boot_words "$results/line")
  check "the other lines of the entry stay" diff <(grep -v ^options "$results/entry.before") <(grep -v ^options "$results/entry.after")

  # QEMU gives the line that the entry has: what is new in it is appended to what it gives anyway.
  reboot "$(comm -13 <(boot_words "$results/running") <(boot_words "$results/line") | tr '\n' ' ')" || return 1
  guest_limit=900 guest 'bash /host/kernel.sh proof' || { not_ok "zept runs in the guest that was booted again"; return 1; }
  check "the guest runs with every argument" test -z "$(comm -23 <(tr ' ' '\n' <<<"$wanted" | sort) <(boot_words "$results/cmdline"))"
  check "CPUs 2-3 are isolated" grep -qx 2-3 "$results/isolated"
  check "what is started runs on CPUs 0-1" grep -q '0-1$' "$results/init"
  check "callbacks of RCU are taken from CPUs 2-3" grep -q '^rcuo[ps]/3$' "$results/rcuo"
  if [ -s "$results/nohz_full" ] && ! grep -qx '(null)' "$results/nohz_full"; then check "CPUs 2-3 are without a tick" grep -qx 2-3 "$results/nohz_full"
  else skip "CPUs 2-3 are without a tick: this kernel has no nohz_full"; fi
  check "C-states are limited to C1" test -z "$(grep -Lx 1 "$results/max_cstate.processor" "$results/max_cstate.intel_idle")"
  check "Get-KernelArgument says the same" grep -qx isolcpus=2-3 "$results/arguments"
  check "New-NsmPlan gives out the isolated CPUs as before" grep -qE '^(Irq|Worker|IrqAndWorker) .*[23]' "$results/plan"
  check "unbound work of the kernel keeps off CPUs 2-3 by itself" grep -q '^UnboundWork 0-1 *$' "$results/parts"
  check "Get-CpuTenant finds the thread that was put on CPU 2, and no stray in it" grep -qx 'placed 2 False' "$results/spinners"
  check "Get-CpuTenant finds the thread that may run anywhere on CPU 3, a stray" grep -qx 'stray 3 True' "$results/spinners"
  check "Set-CpuHousekeeping puts the kernel's work on CPU 0" test "$(grep -cE ' (0*1|0)$' "$results/work.made")" = "$(grep -c . "$results/work.before")"
  check "the threads of rcu_nocbs are among it" grep -qE '^rcuo[ps]/3 0$' "$results/work.made"
  check "Undo-NsmChange puts it back" diff "$results/work.before" "$results/work.after"
  rm -rf "${VM_RESULTS:?}/kernel"; cp -r "$results" "$VM_RESULTS/"
}
