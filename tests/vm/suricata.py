#!/usr/bin/env python3
"""Judges what the suite extra/suricata brought back, as lines of TAP.

usage: suricata.py FOLDER   (with facts.json, written by guest/suricata.ps1)
What the module said is held against counts that are not the module's: packets by queue from the driver, interrupts by CPU from the kernel,
packets by thread from Suricata, the CPUs of a thread from /proc.
"""
import json
import sys


def check(is_so, text):
    print(f"{'ok' if is_so else 'not ok'} - {text}")


def same_cpu(placement):
    """Share of packets counted by a thread on the CPU that took the interrupts of their queue; queues and threads are paired by their counts."""
    threads = {count: name for name, count in placement["Threads"].items()}
    kept = 0
    for queue, count in placement["Card"].items():
        by_cpu = {cpu: placement["Interrupts"][f"{queue} {cpu}"] for cpu in range(4)}
        taken = max(by_cpu, key=by_cpu.get)
        if threads.get(count) is None:
            return None
        kept += count * (placement["Pins"][threads[count]] == str(taken))
    return 100 * kept / sum(placement["Card"].values())


def main():
    with open(f"{sys.argv[1]}/facts.json", encoding="utf-8") as file:
        facts = json.load(file)
    for placement in facts["Placements"]:
        name, told, counted = placement["Name"], placement["SameCpuPercent"], same_cpu(placement)
        links = {link["Queue"]: link for link in placement["Links"]}
        check(all(link["Confidence"] == "Measured" for link in links.values()), f"{name}: all queues are measured: {[link['Confidence'] for link in links.values()]}")
        wrong = [queue for queue, link in links.items() if link["Confidence"] == "Measured"
                 and placement["Threads"].get(link["Thread"]) != placement["Card"][str(queue)]]
        check(not wrong, f"{name}: the thread of each queue is the one that counted its packets {dict(placement['Card'])}")
        check(told is not None and counted is not None and abs(told - counted) < 0.01,
              f"{name}: {told} percent of the packets stay on the CPU of their interrupt, and {counted} by counts of card, kernel and Suricata")
    check(facts["Placements"][-1]["SameCpuPercent"] == 100, "after what J6.OtherCpu says, all packets stay on the CPU of their interrupt")
    sent = sum(group["Sent"] for group in facts["Groups"])
    astray = sum(group["Sent"] - group["Threads"].get(group["Thread"], 0) for group in facts["Groups"])
    others = sum(count for group in facts["Groups"] for name, count in group["Threads"].items() if name != group["Thread"])
    check(facts["Flows"] == 10000 and sent == 20000 and astray == 0 and others == 0,
          f"of {sent} packets of 10,000 flows, {sent - astray} moved the counter of the thread that Resolve-NsmFlow names, {others} another's")


main()
