#!/usr/bin/env python3
"""Writes docs/comparison.md from what comparison.sh brought back: comparison.py RESULTS KERNEL-VERSION-FILE."""
import datetime
import json
import pathlib
import re
import sys

results, kernel = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).read_text().strip()
profiles = ["network-throughput", "network-latency", "cpu-partitioning"]

# What moves by itself: counters, not settings.
MOVES = re.compile(r"ns_last_pid|/random/|/fs/|nf_conntrack_count|/pty/|min_free_kbytes")

# Where a setting touches a sensor, by a pattern over its name and value: rows of field.md, and what it does there.
EFFECTS = [
    (r"ignore_ce", "D8", "against: correctable memory errors are no longer reported, and a module that fails is not seen"),
    (r"workqueue", "D9", "with: kernel work leaves the CPUs of workers"),
    (r"transparent_hugepage", "C7", "neither: the sources name no value"),
    (r"busy_(poll|read)", "-", "neither: AF_PACKET sockets are not polled so"),
    (r"numa_balancing", "A8", "with: pages of workers that are pinned need no moving"),
    (r"timer_migration", "D3", "neither"),
    (r"cpu_dma_latency", "E1", "with: CPUs stay awake; for as long as tuned runs, beside Start-CpuLatencyLimit"),
    (r"intel_pstate=disable", "E2, E3, R1", "against: the driver that turbo and the performance governor need (S1) is turned off"),
    (r"nohz_full", "D3, R11", "neither: the talk found no effect on Zeek"),
    (r"rcu_nocbs", "D2", "with: callbacks leave the CPUs of workers"),
    (r"nosoftlockup|skew_tick|nohz=on", "-", "neither"),
    (r"non_isolcpus", "D1", "with, where its initramfs is used: services start off the isolated CPUs"),
    (r"stat_interval", "-", "with, a little: the kernel gathers memory statistics less often"),
    (r"read_ahead|dirty|swappiness|hung_task|tcp_", "-", "neither: nothing in the way of a packet to a worker"),
]


def lines(name):
    path = results / name
    return dict([part.replace("\t", " ") for part in line.split("\t", 1)] for line in path.read_text(errors="replace").splitlines() if "\t" in line) if path.exists() else {}


def changed(name):
    before, after = lines("before.files"), lines(f"{name}.files")
    out = {path: (before[path], after[path]) for path in before if path in after and before[path] != after[path] and not MOVES.search(path)}
    latency = [(results / f"{which}.latency").read_text().split()[-1] for which in ("before", name)]
    if latency[0] != latency[1]:
        out["/dev/cpu_dma_latency (held open)"] = ("2000000000" if latency[0] == "2000000000" else latency[0], latency[1])
    return out


def ethtool(name):
    return (results / f"{name}.ethtool").read_text(errors="replace")


def merge(changes):
    """One row for paths that differ in a number and change alike."""
    rows = {}
    for path, pair in changes.items():
        rows.setdefault((re.sub(r"\d+(?=/|$)|(?<=/vd)[a-z]", "*", path), pair), []).append(path)
    return [(key[0] if len(paths) > 1 else paths[0], *key[1]) for key, paths in rows.items()]


def effect(text):
    for pattern, rows, words in EFFECTS:
        if re.search(pattern, text):
            return rows, words
    return "-", "not weighed"


def audit(name):
    return {(row["Id"], row["Target"]): row for row in json.loads((results / f"{name}.json").read_text())}


version = (results / "version").read_text().strip()
print(f"""# What tuned does for a sensor, and what it leaves

Made by `tests/vm/comparison.sh` on {datetime.date.today().isoformat()}: {version} of Debian 12, Linux {kernel}, in the virtual sensor (two packages of two cores, igb
and e1000e), each profile in force by itself (`tuned --no-dbus --profile NAME`), cpu-partitioning with `isolated_cores=1,3`. Run it again
to write this page again. Rows are those of the project's table of knowledge. What a profile does on real hardware with a frequency driver, idle
states or systemd is not seen here: the guest has none of them.

## What each profile changed

A setting is *with* a sensor, *against* it, or *neither*.
""")
for profile in profiles:
    print(f"### {profile}\n\n| Setting | Before | Under the profile | Row | For a sensor |\n|---|---|---|---|---|")
    for path, before, after in merge(changed(profile)):
        rows, words = effect(path)
        print(f"| `{path}` | {before} | {after} | {rows} | {words} |")
    boot = re.search(r'TUNED_BOOT_CMDLINE="(.*)"', (results / f"{profile}.bootcmdline").read_text()) if (results / f"{profile}.bootcmdline").exists() else None
    for word in (boot.group(1).split() if boot else []):
        rows, words = effect(word)
        print(f"| kernel argument `{word}` | | at the next boot | {rows} | {words} |")
    print(f"\nRings, queues, moderation, pause frames, offloads and the table of every card: {'as before' if ethtool(profile) == ethtool('before') else 'changed'}.")
    errors = sorted({re.sub(r"^.*?ERROR +", "", line) for line in (results / f"{profile}.log").read_text(errors="replace").splitlines() if " ERROR " in line})
    if errors:
        print("\nWhat it could not do here, in its own words:\n")
        for error in errors:
            print(f"- `{error[:150]}`")
    left = merge({path: (before, after) for path, (before, after) in changed(f"{profile}.after").items()})
    print("\nAfter it ended: " + ("all as before." if not left else "; ".join(f"`{path}` stayed at {after} (was {before})" for path, before, after in left) + ".") + "\n")

print("## What the audit says before and under each profile\n")
print("Only checks that ask for something, or that changed: the rest passes, or does not apply, all the way.\n")
print("| Check | Target | Before | " + " | ".join(profiles) + " |\n|---|---|---|" + "---|" * len(profiles))
before, under = audit("before"), [audit(profile) for profile in profiles]
for key in before:
    verdicts = [run[key]["Severity"] if key in run else "-" for run in [before, *under]]
    if any(verdict in ("Warn", "Fail") for verdict in verdicts) or len(set(verdicts)) > 1:
        print(f"| {key[0]} | {key[1]} | " + " | ".join(verdicts) + " |")
asked = [key for key, row in before.items() if row["Severity"] in ("Warn", "Fail")]
helped = [sum(1 for key in asked if run.get(key, {}).get("Severity") == "Pass") for run in under]
print(f"""
Of {len(asked)} results that ask for something before, tuned put right: {", ".join(f"{profile} {count}" for profile, count in zip(profiles, helped))}.

## Where the two collide

`F6.Tuned` of Test-NsmSensor names what a running tuned sets that a sensor's plan sets, too. tuned writes its profile again when it starts, when a
device appears, and when a sysctl file changes; what both write is as the last writer left it. `tuned-adm off` gives the sensor to its plan.""")
