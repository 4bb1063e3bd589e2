#!/bin/bash
# In the guest: the root file system is read-only and has no /boot, so a folder is laid over it, with a boot entry that has the running command line.
# kernel.sh set ARGUMENT...   has Set-KernelArgument edit the entry
# kernel.sh proof             after the boot with those arguments: what the module says of them, who runs where, and the kernel's own work moved and put back
set -u
results=/host/results/kernel; mkdir -p $results /run/over/upper/boot/loader/entries /run/over/work /run/merged
mount -t overlay -o lowerdir=/,upperdir=/run/over/upper,workdir=/run/over/work overlay /run/merged || exit 1
for folder in proc sys dev run app host tmp var; do mount --rbind /$folder /run/merged/$folder || exit 1; done
entry=/run/merged/boot/loader/entries/sensor.conf
case $1 in
  set)
    printf 'title Sensor\nlinux /vmlinuz\noptions %s\n' "$(cat /proc/cmdline)" >$entry; cp $entry $results/entry.before
    arguments=${*:2}
    chroot /run/merged /app/zept -Command "Set-KernelArgument ${arguments// /, } -Confirm:\$false -WarningAction SilentlyContinue" || exit 1
    cp $entry $results/entry.after
    sed -n 's/^options //p' $entry >$results/line; cat /proc/cmdline >$results/running;;
  proof)
    # The kernel's own word, before zept starts: one file each.
    cat /proc/cmdline >$results/cmdline
    for file in isolated nohz_full; do cat /sys/devices/system/cpu/$file >$results/$file 2>/dev/null; done
    for module in processor intel_idle; do cat /sys/module/$module/parameters/max_cstate >$results/max_cstate.$module 2>/dev/null; done
    cat /proc/[0-9]*/comm 2>/dev/null | grep '^rcuo' | sort >$results/rcuo
    grep Cpus_allowed_list /proc/1/status >$results/init
    chroot /run/merged /app/zept -File /host/kernel.ps1;;
esac
