#!/usr/bin/env python3
"""Reckons, from what tshark says of each packet, what a card would do with it. Knows nothing of ZeptAdmin.

usage: reckoning.py CAPTURE KEY QUEUES TABLE_SIZE   (KEY in hexadecimal; a table as drivers fill it: entry mod queues)
Prints one line a packet: bytes, queue with ports hashed, queue with addresses only, hash with ports, hash of addresses, fragment (0 none,
1 first, 2 later), source, destination, protocol, ports, kinds of encapsulation. '-' where there is nothing.
"""
import ipaddress
import subprocess
import sys

FIELDS = ("frame.len frame.protocols ip.src ip.dst ip.proto ip.flags.mf ip.frag_offset ipv6.src ipv6.dst ipv6.fraghdr.offset "
          "ipv6.nxt ipv6.hopopts.nxt ipv6.routing.nxt ipv6.dstopts.nxt ipv6.fraghdr.nxt "
          "tcp.srcport tcp.dstport udp.srcport udp.dstport sctp.srcport sctp.dstport").split()
# What tshark calls the layers between the link and the IP that a card looks behind.
TRANSPARENT = {"eth", "ethertype", "sll", "nflog", "raw", "null", "loop"}
EXTENSIONS = {"ipv6.hopopts", "ipv6.routing", "ipv6.dstopts", "ipv6.fraghdr"}
NUMBERS = {"tcp": 6, "udp": 17, "sctp": 132}


def toeplitz(key, data):
    bits = int.from_bytes(key, "big")
    length = len(key) * 8
    result = 0
    for i in range(len(data) * 8):
        if data[i // 8] >> (7 - i % 8) & 1:
            result ^= bits >> (length - 32 - i) & 0xFFFFFFFF
    return result


def kinds(layers):
    found = []
    vlans = sum(layer in ("vlan", "ieee8021ad") for layer in layers)
    if vlans > 0:
        found.append("Vlan")
    if vlans > 1:
        found.append("QinQ")
    for layer, kind in (("mpls", "Mpls"), ("pppoes", "Pppoe"), ("gre", "Gre"), ("vxlan", "Vxlan"), ("geneve", "Geneve")):
        if layer in layers:
            found.append(kind)
    ip = [i for i, layer in enumerate(layers) if layer in ("ip", "ipv6")]
    for first, second in zip(ip, ip[1:]):
        if all(layer in EXTENSIONS for layer in layers[first + 1:second]):
            found.append("IpInIp")
            break
    return found


def view(row):
    """Version, source, destination, transport protocol, ports, fragment: as a card sees the packet."""
    layers = row["frame.protocols"].split(":")
    vlans = 0
    for i, layer in enumerate(layers):
        if layer in ("vlan", "ieee8021ad"):
            vlans += 1
            if vlans > 2:
                return None
        elif layer in ("ip", "ipv6"):
            break
        elif layer not in TRANSPARENT:
            return None
    else:
        return None
    rest = layers[i + 1:]
    while rest and rest[0] in EXTENSIONS:
        rest = rest[1:]
    transport = rest[0] if rest and rest[0] in NUMBERS else None
    if layer == "ip":
        if not row["ip.dst"]:
            return None
        offset = int(row["ip.frag_offset"] or 0)
        more = row["ip.flags.mf"] in ("1", "True")
        fragment = 2 if offset else 1 if more else 0
        source, destination, number = row["ip.src"], row["ip.dst"], row["ip.proto"]
    else:
        if not row["ipv6.dst"]:
            return None
        fragment = 0
        if "ipv6.fraghdr" in layers[i + 1:len(layers) - len(rest)]:
            fragment = 2 if int(row["ipv6.fraghdr.offset"] or "0") else 1
        source, destination = row["ipv6.src"], row["ipv6.dst"]
        # The last extension header that is whole tells the protocol.
        extensions = layers[i + 1:len(layers) - len(rest)]
        number = ([row["ipv6.nxt"]] + [row[layer + ".nxt"] for layer in extensions if row[layer + ".nxt"]])[-1]
    ports = None
    if transport and fragment != 2 and row[transport + ".dstport"]:
        ports = int(row[transport + ".srcport"]), int(row[transport + ".dstport"])
    return source, destination, number, ports, fragment


def main():
    capture, key, queues, size = sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    command = ["tshark", "-n", "-r", capture, "-T", "fields", "-E", "occurrence=f", "-E", "separator=/t",
               "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE"]
    for field in FIELDS:
        command += ["-e", field]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    for line in output.splitlines():
        row = dict(zip(FIELDS, line.split("\t")))
        seen = view(row)
        wrapped = ",".join(kinds(row["frame.protocols"].split(":"))) or "-"
        if seen is None:
            print(row["frame.len"], 0, 0, "-", "-", 0, "-", "-", "-", "-", wrapped, sep="\t")
            continue
        source, destination, number, ports, fragment = seen
        addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
        two = toeplitz(key, addresses)
        four = two
        if ports and not fragment:
            four = toeplitz(key, addresses + ports[0].to_bytes(2, "big") + ports[1].to_bytes(2, "big"))
        print(row["frame.len"], four % size % queues, two % size % queues, f"{four:08x}", f"{two:08x}", fragment, source, destination,
              number, f"{ports[0]}>{ports[1]}" if ports else "-", wrapped, sep="\t")


main()
