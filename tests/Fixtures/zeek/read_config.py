"""Reads node.cfg (as zeekctl does, by configparser) or zeek.conf (by the grammar of zeek-systemd-generator), independent of the module.

Arguments: a folder with *.cfg and *.conf files. Prints one JSON object: file name to what was read.
"""
import configparser
import json
import pathlib
import re
import sys


def node_cfg(path):
    parser = configparser.ConfigParser()
    parser.read(path)
    nodes = []
    for section in parser.sections():
        items = dict(parser.items(section))
        processes = int(items.pop("lb_procs", 0))
        cpus = [int(cpu) for cpu in items.pop("pin_cpus", "").split(",") if cpu]
        env = [pair.strip() for pair in items.pop("env_vars", "").split(",") if pair]
        for number in range(max(processes, 1)):
            nodes.append({
                "name": f"{section}-{number + 1}" if processes else section,
                "cpu": cpus[number % len(cpus)] if cpus else None,
                "env": env,
                "options": {key: value for key, value in items.items() if key not in ("lb_method",)},
            })
    return nodes


def zeek_conf(path):
    sections, section, option = {}, "", None
    for line in path.read_text().split("\n"):
        line = line.rstrip()
        if re.fullmatch(r"#.*|", line):
            continue
        if match := re.fullmatch(r"\[(.+)\]", line):
            section, option = match[1], None
            assert section not in sections, f"duplicate section {section}"
            sections[section] = {}
        elif match := re.fullmatch(r"([_0-9a-z][^=]*)=(.*)", line):
            option = match[1].strip()
            assert option not in sections[section], f"duplicate option {option}"
            sections[section][option] = [match[2].strip()]
        elif match := re.fullmatch(r"\s+(\S.*)", line):
            sections[section][option].append(match[1])
        else:
            raise ValueError(line)
    return {name: {key: [value for value in values if value] for key, values in options.items()} for name, options in sections.items()}


folder = pathlib.Path(sys.argv[1])
print(json.dumps({path.name: node_cfg(path) if path.suffix == ".cfg" else zeek_conf(path) for path in sorted(folder.iterdir())}))
