#!/usr/bin/env python3
"""Sends Ethernet frames of many flows, both directions of each, into a card of the virtual sensor.

usage: flows.py udp:PORT|if:INTERFACE MAC FLOWS [tcp|udp] [FRAMES-PER-DIRECTION]
       flows.py list FLOWS      the flows as CSV, as Resolve-NsmFlow takes them (with Protocol udp)
udp:PORT goes to the socket of a QEMU "-netdev dgram" card on loopback, if:INTERFACE through a packet socket (the tap).
The flows are the same in each run, so that a prediction can be made of them. FRAME_BYTES in the environment makes each frame so long,
with zeros behind what its headers tell of: longer than a card takes, it is one that the card counts and drops. SEEN in the environment is a
file in which the recorder counts what arrived: no more than a card's rings hold is on the way at any time, however slow the guest is. FRAMES is a file of the frames to send instead of all,
a line each: number of the flow, from 0, and 0 or 1 for the way back.
"""
import ipaddress
import os
import random
import socket
import struct
import sys
import time


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(mac, source, destination, source_port, destination_port, protocol):
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    payload = b"virtual sensor".ljust(24, b".")
    if protocol == socket.IPPROTO_TCP:
        segment = struct.pack("!HHIIBBHHH", source_port, destination_port, 1, 1, 5 << 4, 0x10, 8192, 0, 0) + payload
        at = 16
    else:
        segment = struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0) + payload
        at = 6
    pseudo = addresses + struct.pack("!BBH", 0, protocol, len(segment))
    segment = segment[:at] + struct.pack("!H", checksum(pseudo + segment) or 0xFFFF) + segment[at + 2:]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 1, 0x4000, 64, protocol, 0) + addresses
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    return bytes.fromhex(mac.replace(":", "")) + bytes.fromhex("525400ee0001") + b"\x08\x00" + header + segment


def flows(count):
    chosen = random.Random(7)
    for _ in range(count):
        yield (f"10.{chosen.randrange(1, 250)}.{chosen.randrange(250)}.{chosen.randrange(1, 250)}",
               f"192.168.{chosen.randrange(250)}.{chosen.randrange(1, 250)}",
               chosen.randrange(1024, 65000), chosen.choice([80, 443, 53, 22, 25]))


def arrived(path):
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read() or "0")
    except (FileNotFoundError, ValueError):
        return 0


def wait(path, count):
    """Waits until so many have arrived; gives up when none came for a minute."""
    last, since = arrived(path), time.monotonic()
    while last < count:
        time.sleep(0.002)
        now = arrived(path)
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > 60:
            sys.exit(f"flows.py: {last} of {count} arrived")


def main():
    if sys.argv[1] == "list":
        print("Source,Destination,SourcePort,DestinationPort,Protocol")
        for a, b, a_port, b_port in flows(int(sys.argv[2])):
            print(f"{a},{b},{a_port},{b_port},udp")
        return
    way, mac, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    protocol = socket.IPPROTO_UDP if sys.argv[4:5] == ["udp"] else socket.IPPROTO_TCP
    repeats = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    length = int(os.environ.get("FRAME_BYTES", "0"))
    seen = os.environ.get("SEEN")
    sent = 0
    kind, _, target = way.partition(":")
    if kind == "udp":
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        wire.connect(("127.0.0.1", int(target)))
    else:
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        wire.bind((target, 0))
    every = list(flows(count))
    wanted = [(number, back) for number in range(count) for back in (0, 1)]
    if "FRAMES" in os.environ:
        with open(os.environ["FRAMES"], encoding="ascii") as file:
            wanted = [tuple(map(int, line.split())) for line in file]
    for number, (flow, back) in enumerate(wanted):
        a, b, a_port, b_port = every[flow]
        each = frame(mac, b, a, b_port, a_port, protocol) if back else frame(mac, a, b, a_port, b_port, protocol)
        for _ in range(repeats):
            wire.send(each.ljust(length, b"\0"))
            sent += 1
        if seen and number % 16 == 15:
            wait(seen, sent - 64)
        elif number % 16 == 15:
            time.sleep(0.004)  # an emulated card takes no more at once


main()
