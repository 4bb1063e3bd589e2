#!/usr/bin/env bash
# Starts the virtual sensor that build.sh made, in the foreground.
# usage: boot.sh CACHE --share FOLDER [options]
#   --share FOLDER      /host in the guest (9p); its authorized_keys opens ssh
#   --app IMAGE         a file system image, /app in the guest
#   --ssh PORT          ssh of the guest, on this namespace's loopback (40022)
#   --tap IFNAME:QUEUES what the card virtio-mq is wired to (zt0:4); it must exist, multi_queue and vnet_hdr
#   --nics LIST         models, in order: e1000e,igb,vmxnet3,virtio-mq,virtio; each gets the interface name it has here
#   --udp PORT          frames sent to 127.0.0.1:PORT+2i arrive at card i, its own go to PORT+2i+1 (41000)
#   --append ARGS       more kernel command line
#   --accel tcg|kvm     (tcg)     --mem MIB (2048)     --timeout SECONDS (600)     --console FILE (standard output)
# Two packages of two cores, a NUMA node each, distance 21; a PCIe expander a node; cards take turns at the nodes, behind root ports
# of 8 and 16 GT/s x8. The cards themselves always train at 2.5 GT/s x1, so a port here is wider than its card, not a card degraded.
# shellcheck disable=SC2054 # the commas are QEMU's
set -euo pipefail
cache=$(cd "${1:?usage: boot.sh CACHE --share FOLDER [options]}" && pwd); shift
machine=$cache/machine
accel=tcg mem=2048 ssh=40022 share='' app='' append='' nics=e1000e,igb,vmxnet3,virtio-mq,virtio tap=zt0:4 limit=600 console='' udp=41000
while [ $# -gt 0 ]; do
  case $1 in
    --accel) accel=$2;; --mem) mem=$2;; --ssh) ssh=$2;; --share) share=$2;; --app) app=$2;; --append) append=$2;; --nics) nics=$2;;
    --tap) tap=$2;; --timeout) limit=$2;; --console) console=$2;; --udp) udp=$2;; *) echo "boot.sh: unknown option $1" >&2; exit 2;;
  esac
  shift 2
done
[ -n "$share" ] || { echo "boot.sh: --share is missing" >&2; exit 2; }
half=$((mem / 2))
arguments=(-nodefaults -no-user-config -display none -no-reboot -L "$machine/tools/rom"
  -machine q35,hmat=off -m "$mem" -smp 4,sockets=2,cores=2,threads=1
  -kernel "$machine/vmlinuz" -initrd "$machine/initramfs.img"
  -append "console=ttyS0 quiet panic=-1 nokaslr mitigations=off tsc=reliable no_timer_check rcupdate.rcu_expedited=1 vm.nics=$nics $append"
  -object "memory-backend-ram,id=m0,size=${half}M" -object "memory-backend-ram,id=m1,size=${half}M"
  -numa node,nodeid=0,cpus=0-1,memdev=m0 -numa node,nodeid=1,cpus=2-3,memdev=m1 -numa dist,src=0,dst=1,val=21
  -smbios type=0,vendor=TestBIOS,version=1.0 -smbios type=1,manufacturer=ZeptTest,product=Sensor1,serial=S1
  -smbios type=17,loc_pfx=DIMM_A,bank=P0_Node0_Channel0,manufacturer=TestMem,serial=D1,part=TM-3200,speed=3200
  -device pxb-pcie,id=pxb0,bus=pcie.0,bus_nr=64,numa_node=0 -device pxb-pcie,id=pxb1,bus=pcie.0,bus_nr=128,numa_node=1
  -device virtio-rng-pci,bus=pcie.0
  -drive "file=$machine/root.ext4,if=none,id=root,format=raw,readonly=on" -device virtio-blk-pci,drive=root,bus=pcie.0
  -fsdev "local,id=share,path=$share,security_model=none,multidevs=remap" -device virtio-9p-pci,fsdev=share,mount_tag=host,bus=pcie.0
  -netdev "user,id=control,restrict=on,hostfwd=tcp:127.0.0.1:$ssh-10.0.2.15:22"
  -device virtio-net-pci,netdev=control,bus=pcie.0,mac=52:54:00:ff:00:01,romfile=)
# Multi-threaded emulation hung or asserted in 3 of 11 boots, single-threaded in none.
case $accel in
  kvm) arguments+=(-accel kvm -cpu max);;
  tcg) arguments+=(-accel tcg,thread=single,tb-size=512 -cpu max);;
  *) echo "boot.sh: --accel is tcg or kvm" >&2; exit 2;;
esac
if [ -n "$console" ]; then arguments+=(-serial "file:$console"); else arguments+=(-serial stdio); fi
[ -z "$app" ] || arguments+=(-drive "file=$app,if=none,id=app,format=raw,readonly=on" -device virtio-blk-pci,drive=app,bus=pcie.0)
i=0; IFS=, read -ra models <<<"$nics"
for model in "${models[@]}"; do
  speeds=(8 16)
  arguments+=(-device "pcie-root-port,id=port$i,bus=pxb$((i % 2)),chassis=$((10 + i)),slot=$((10 + i)),x-speed=${speeds[i % 2]},x-width=8")
  wire="id=wire$i"; card="netdev=wire$i,bus=port$i,mac=52:54:00:00:00:1$i,romfile="
  if [ "$model" = virtio-mq ]; then
    queues=${tap#*:}
    arguments+=(-netdev "tap,$wire,ifname=${tap%:*},queues=$queues,script=no,downscript=no,vhost=off"
      -device "virtio-net-pci,$card,mq=on,vectors=$((2 * queues + 2)),rss=on,hash=on,rx_queue_size=1024")
  else
    [ "$model" = virtio ] && device=virtio-net-pci || device=$model
    arguments+=(-netdev "dgram,$wire,local.type=inet,local.host=127.0.0.1,local.port=$((udp + 2 * i)),remote.type=inet,remote.host=127.0.0.1,remote.port=$((udp + 2 * i + 1))"
      -device "$device,$card")
  fi
  i=$((i + 1))
done
exec timeout "$limit" "$machine/tool" qemu-system-x86_64 "${arguments[@]}"
