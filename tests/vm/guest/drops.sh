#!/bin/bash
# In the guest: what a card loses between two looks, as one zept tells it. The host sends when the first look is done.
set -u
here=/host/results/drops; card=$(cat $here/card)
/app/zept -NoLogo -File /host/drops.ps1 "$card" $here >$here/output.txt 2>$here/errors.txt; code=$?
ethtool -S "$card" >$here/ethtool.txt
[ $code = 0 ] || { echo "zept ended with $code"; tail -5 $here/errors.txt; exit 1; }
