#!/bin/bash
# In the guest: a plan of igb and e1000e in one start of zept, with the cards' state before and after.
set -u
results=/host/results/plan; mkdir -p $results
state() { for card in igb e1000e; do /host/state.sh $card; done; }
state >$results/before
/app/zept -NoLogo -File /host/plan.ps1 $results >$results/output 2>$results/errors || { tail -5 $results/errors; exit 1; }
state >$results/after
exit 0
