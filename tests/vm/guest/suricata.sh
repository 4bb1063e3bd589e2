#!/bin/bash
# In the guest: Suricata with four pinned workers on the igb, and zept, once, with suricata.ps1.
set -u
results=/host/results/suricata; run=/run/suricata; rm -rf $results; mkdir -p $results $run/log
cp -r /host/suricata/. $run/
echo 1 >/proc/sys/net/ipv6/conf/igb/disable_ipv6; ip link set igb up promisc on arp off
cat >$run/suricata.yaml <<'END'
%YAML 1.1
---
classification-file: /run/suricata/classification.config
reference-config-file: /run/suricata/reference.config
unix-command:
  enabled: no
stats:
  enabled: yes
  interval: 1
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:
        - stats:
            totals: no
            threads: yes
runmode: workers
threading:
  set-cpu-affinity: yes
  cpu-affinity:
    - management-cpu-set:
        cpu: [ 0 ]
    - worker-cpu-set:
        cpu: [ "0-3" ]
        mode: exclusive
af-packet:
  - interface: igb
    threads: 4
    cluster-id: 99
    cluster-type: cluster_qm
    defrag: yes
    tpacket-v3: yes
    ring-size: 8192
END
$run/lib/ld-linux-x86-64.so.2 --library-path $run/lib $run/suricata -c $run/suricata.yaml -l $run/log -S /dev/null -v --af-packet >$results/output 2>&1 </dev/null & engine=$!
for _ in $(seq 600); do grep -q 'Engine started' $results/output && break; kill -0 $engine 2>/dev/null || { tail -5 $results/output; exit 1; }; sleep 0.5; done

echo 0 >$run/base
# How many frames the card has taken, for the sender on the host: it waits for them, so that no ring of the card runs over.
(while kill -0 $engine 2>/dev/null; do
  read -r count </sys/class/net/igb/statistics/rx_packets; read -r base <$run/base
  echo $((count - base)) >/host/results/seen.new; mv /host/results/seen.new /host/results/seen; sleep 0.05
done) 2>/dev/null &

/app/zept -NoLogo -File /host/suricata.ps1 $results $run >$results/zept.out 2>$results/zept.err; code=$?
kill $engine; wait $engine
[ $code = 0 ] || { echo "zept ended with $code"; tail -5 $results/zept.err $results/zept.out; exit 1; }
