#!/bin/bash
# In the guest: the steps of suites/extra/guide.sh. The guest's root cannot be written, so a layer in memory lies over it; what a disk keeps goes
# through /host from boot to boot.
set -u
if [ -z "${IN_SENSOR:-}" ]; then
  if [ ! -d /run/merged ]; then
    mkdir -p /run/over/upper /run/over/work /run/merged
    mount -t overlay -o lowerdir=/,upperdir=/run/over/upper,workdir=/run/over/work overlay /run/merged || exit 1
    for folder in proc sys dev run app host tmp var; do mount --rbind /$folder /run/merged/$folder || exit 1; done
  fi
  IN_SENSOR=1 exec chroot /run/merged /bin/bash /host/guide.sh "$@"
fi
results=/host/results/guide; work=/run/guide; kept="etc/zeptadmin etc/systemd etc/udev etc/network var/lib/zeptadmin boot/loader opt/zeek"
mkdir -p $work; cd $work || exit 1
milliseconds() { sed 's/^\([0-9]*\)\.\([0-9]*\) .*/\1\20/' /proc/uptime; } # busybox's date has none
files() { cat /boot/loader/entries/sensor.conf /opt/zeek/etc/node.cfg; }
lost() { # lost WHEN STATES: rows of the plan that are not in place; what igb and e1000e cannot have is no row of theirs
  local rows
  rows=$(/app/zept -NoLogo -Command "(@(Test-NsmPlan $1 -State $3 | ForEach-Object { \"\$(\$_.Kind) \$(\$_.Target)\" }) -join ', ')" 2>>$results/errors)
  echo "$2: $rows" >>$results/drift
}
cp /host/systemctl /usr/bin/systemctl; chmod 755 /usr/bin/systemctl
case $1 in
  make)
    mkdir -p /boot/loader/entries /opt/zeek/etc /etc/network/if-up.d /etc/systemd/system /etc/udev/rules.d
    printf 'title Linux\nlinux /vmlinuz\noptions quiet\n' >/boot/loader/entries/sensor.conf
    printf '# the sample of the package\n[zeek]\ntype=standalone\nhost=localhost\ninterface=eth0\n' >/opt/zeek/etc/node.cfg
    files >$results/files-before
    /app/zept -NoLogo -File /host/guide.ps1 >$results/output 2>$results/said; code=$?
    grep -v '^WARNING: ' $results/said >$results/errors
    lost plan.json made 'Drifted, Unknown'
    cp /boot/loader/entries/sensor.conf $results/entry; cp /opt/zeek/etc/node.cfg sensor.html plan.svg $results/
    # shellcheck disable=SC2086 # a list of folders
    tar -C / -cf /host/results/state.tar $kept
    exit $code ;;
  boot)
    tar -C / -xf /host/results/state.tar
    systemctl --no-block start zeptadmin-plan-capture.service >>$results/output 2>>$results/said || exit 1
    lost /etc/zeptadmin/plans/capture.json booted 'Drifted, Unknown, NextBoot' ;;
  ifup)
    ip link set igb down; ip link set igb up
    began=$(milliseconds)
    IFACE=igb /etc/network/if-up.d/90-zeptadmin-capture >>$results/output 2>>$results/said || exit 1
    echo $(($(milliseconds) - began)) >$results/milliseconds
    lost /etc/zeptadmin/plans/capture.json again 'Drifted, Unknown, NextBoot' ;;
  back)
    /app/zept -NoLogo -File /host/guide-back.ps1 >>$results/output 2>>$results/said
    find / -xdev -name '*zeptadmin*capture*' -not -path '/proc/*' -not -path '/var/*' >$results/left 2>/dev/null
    files >$results/files-after ;;
esac
exit 0
