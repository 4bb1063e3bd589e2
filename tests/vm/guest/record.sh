#!/bin/bash
# In the guest: has the host send both directions of flows into a card, and records on which queue each packet arrived.
# usage: record.sh CARD QUEUES FLOWS tcp|udp FILE
set -u
recorder=/host/recorder; file=$5
[ -x $recorder ] || exit 3
rm -f /host/results/seen
$recorder "$1" "$2" $((2 * $3)) 240 /host/results/seen >"$file" & recording=$!
for _ in $(seq 600); do grep -q READY "$file" && break; sleep 0.1; done
echo "$1 $3 $4" >/host/results/send.new; mv /host/results/send.new /host/results/send # the suite on the host waits for it
wait $recording
