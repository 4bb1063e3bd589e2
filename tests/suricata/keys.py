#!/usr/bin/env python3
"""Writes src/ZeptAdmin.Core/Suricata/Data/keys.txt: the keys of Suricata's own suricata.yaml.in, those in comments too, by version.

usage: keys.py CLONE 7=suricata-7.0.17 8=suricata-8.0.6 9=main >keys.txt      CLONE is a git clone of https://github.com/OISF/suricata
       keys.py --file SURICATA.YAML VERSION                                   the keys of one file, to compare
"""
import re
import subprocess
import sys

SECTIONS = ["runmode", "max-pending-packets", "default-packet-size", "af-packet", "threading", "stream", "flow", "defrag", "host", "ippair", "capture", "mpm-algo", "spm-algo", "detect"]
# Values that runmode-af-packet.c, util-affinity.c and detect-engine.c compare with.
ALLOWED = {
    "af-packet[].cluster-type": "cluster_flow|cluster_cpu|cluster_qm|cluster_ebpf|cluster_random|cluster_round_robin",
    "af-packet[].checksum-checks": "kernel|yes|no|auto",
    "af-packet[].copy-mode": "ips|tap",
    "af-packet[].xdp-mode": "soft|driver|hw",
    "detect.profile": "low|medium|high|custom",
    "stream.inline": "auto|yes|no",
    "runmode": "single|workers|autofp",
    "threading.cpu-affinity.*.mode": "exclusive|balanced",
    "threading.cpu-affinity.*.prio.default": "low|medium|high",
    "threading.cpu-affinity.*.interface-specific-cpu-set[].mode": "exclusive|balanced",
    "threading.cpu-affinity.*.interface-specific-cpu-set[].prio.default": "low|medium|high",
}
TYPES = {
    "af-packet[].threads": "number", "af-packet[].bpf-filter": "text", "af-packet[].interface": "text", "af-packet[].copy-iface": "text",
    "threading.cpu-affinity.*.interface-specific-cpu-set[].interface": "text",
    "stream.inline": "word", "defrag.prealloc": "boolean", "af-packet[].checksum-checks": "word", "runmode": "word",
    "stream.reassembly.toserver-chunk-size": "size", "stream.reassembly.toclient-chunk-size": "size", "default-packet-size": "size",
    "threading.cpu-affinity.*.threads": "number", "stream.reassembly.check-overlap-different-data": "boolean",
}
# doc/userguide/capture-hardware/ebpf-xdp.rst, to which suricata.yaml refers; read by runmode-af-packet.c of each version.
EBPF = {"bypass": "boolean", "ebpf-lb-file": "text", "ebpf-filter-file": "text", "xdp-filter-file": "text", "xdp-mode": "word", "xdp-cpu-redirect": "list", "use-percpu-hash": "boolean", "pinned-maps": "boolean", "pinned-maps-name": "text"}


def kind(value):
    value = value.split(" #")[0].strip()
    if value == "" or value.startswith("#"):
        return "section"
    if value.startswith("["):
        return "list"
    if re.fullmatch(r"yes|no|true|false|true\|false", value):
        return "boolean"
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return "number"
    if re.fullmatch(r"\d+ ?(kb|mb|gb|KiB|MiB|GiB)", value):
        return "size"
    return "word"


def keys(text):
    """Path and type of each key of the wanted sections, with keys in comments."""
    found = {}
    stack = []
    for line in text.splitlines():
        match = re.match(r"^(\s*)(#?)(\s?)(\s*)(- )?([a-z][a-z0-9-]*):(\s.*)?$", line)
        if not match:
            continue
        indent, comment, space, more, dash, name, value = match.groups()
        column = len(indent) + (len(space + more) - (1 if space else 0) if comment else len(space + more))
        if comment and indent == "" and (space + more) == "" and name not in SECTIONS:
            continue
        while stack and stack[-1][0] >= column:
            stack.pop()
        if dash and not (name.endswith("-cpu-set")):
            parent = stack[-1][1] if stack else ""
            stack.append((column, parent + "[]"))
            column += 2
        elif dash:
            pass
        path = (stack[-1][1] + "." if stack else "") + name
        if not stack and name not in SECTIONS:
            stack.append((column, "?"))
            continue
        path = re.sub(r"(threading\.cpu-affinity)\.[a-z]+-cpu-set", r"\1.*", path)
        if path.startswith("?"):
            continue
        value = value or ""
        if path not in found or found[path] == "section":
            found[path] = TYPES.get(path, kind(value))
        stack.append((column, path))
    # The comment above stream: has more of its keys.
    block = re.search(r"^# stream:\n((?:#.*\n)+)", text, re.M)
    if block:
        for path, value in keys("stream:\n" + "\n".join(re.sub(r"^# ?", "", row) for row in block.group(1).splitlines())).items():
            found.setdefault(path, value)
    # A list of values that a comment explains is no part of the key above it.
    return {path: value for path, value in found.items() if "[]" not in path or found.get(path.rsplit("[]", 1)[0]) == "section"}


def complete(found):
    found.update({"af-packet[]." + name: value for name, value in EBPF.items()})
    return found


def main():
    if sys.argv[1] == "--file":
        with open(sys.argv[2], encoding="utf-8") as file:
            for path, value in sorted(keys(file.read()).items()):
                print(sys.argv[3], path, value)
        return
    rows = {}
    print("# Keys of Suricata's own configuration, by version: those that this module writes or checks, and their neighbours.")
    print("# Made by tests/suricata/keys.py from suricata.yaml.in, with the keys that stand there in comments, of https://github.com/OISF/suricata at")
    for item in sys.argv[2:]:
        version, tag = item.split("=")
        commit = subprocess.check_output(["git", "-C", sys.argv[1], "rev-parse", tag + "^{commit}"], text=True).strip()
        print(f"#   {version}: {tag} ({commit})")
        text = subprocess.check_output(["git", "-C", sys.argv[1], "show", tag + ":suricata.yaml.in"], text=True)
        for path, value in complete(keys(text)).items():
            rows.setdefault((path, value), []).append(version)
    print("# The keys of eBPF and XDP are from doc/userguide/capture-hardware/ebpf-xdp.rst, to which suricata.yaml refers.")
    print("# versions, path, type, allowed values")
    for (path, value), versions in sorted(rows.items()):
        print(" ".join([",".join(versions), path, value, ALLOWED.get(path, "")]).rstrip())


main()
