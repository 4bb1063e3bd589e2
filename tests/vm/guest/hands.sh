#!/bin/bash
# In the guest: one start of zept makes all changes, since a start takes 10 s under emulation.
set -u
work=/run/hands; rm -rf $work; mkdir -p $work/cases $work/states $work/flows
number=0
while IFS='|' read -r device command ask seen; do
  case $device in ''|'#'*) continue;; esac
  number=$((number + 1)); bash -c "$ask" >$work/cases/$number.before.txt 2>&1
  device=${device// /}; [ -e $work/states/$device.txt ] || /host/state.sh "$device" >$work/states/$device.txt
done </host/hands.cases
/app/zept -NoLogo -File /host/hands.ps1 /host/hands.cases $work >$work/output.txt 2>$work/errors.txt; code=$?
rm -rf /host/results/hands; cp -r $work /host/results/hands
[ $code = 0 ] || { echo "zept ended with $code"; tail -5 $work/errors.txt; exit 1; }
