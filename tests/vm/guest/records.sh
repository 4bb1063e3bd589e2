#!/bin/bash
# In the guest: one start of zept reads everything, since a start takes 10 s under emulation. The counters are asked before and after.
set -u
work=/run/records; rm -rf $work; mkdir -p $work
counters() { # counters before|after
  while read -r device; do
    here=/host/results/text/$device
    ethtool -S "$device" >"$here/S-$1.txt" 2>"$here/S-$1.err"; echo "S-$1 $?" >>"$here/exits"
  done </host/results/devices
}
counters before
/app/zept -NoLogo -File /host/records.ps1 $work >$work/output.txt 2>$work/errors.txt; code=$?
counters after
cp -r $work /host/results/records; mv /host/results/records/*.zip /host/results/ 2>/dev/null
[ $code = 0 ] || { echo "zept ended with $code"; tail -5 $work/errors.txt; exit 1; }
