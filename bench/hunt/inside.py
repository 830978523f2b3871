#!/usr/bin/env python3
"""Rules that carry Channel and EventID inside the detection, made from rules
that name a category: inside.py RULES OUT"""
import pathlib
import sys

import yaml

SYSMON = "Microsoft-Windows-Sysmon/Operational"
PLACES = {
    "process_creation": (SYSMON, [1]), "network_connection": (SYSMON, [3]), "driver_load": (SYSMON, [6]),
    "image_load": (SYSMON, [7]), "create_remote_thread": (SYSMON, [8]), "process_access": (SYSMON, [10]),
    "file_event": (SYSMON, [11]), "registry_event": (SYSMON, [12, 13, 14]), "registry_set": (SYSMON, [13]),
    "registry_delete": (SYSMON, [12]), "registry_add": (SYSMON, [12]), "create_stream_hash": (SYSMON, [15]),
    "pipe_created": (SYSMON, [17, 18]), "dns_query": (SYSMON, [22]), "file_delete": (SYSMON, [23, 26]),
    "ps_script": ("Microsoft-Windows-PowerShell/Operational", [4104]),
    "ps_module": ("Microsoft-Windows-PowerShell/Operational", [4103]),
}

rules, out = map(pathlib.Path, sys.argv[1:])
for path in sorted(rules.rglob("*.yml")):
    rule = yaml.safe_load(path.read_text())
    place = PLACES.get(rule["logsource"].get("category"))
    if place:
        rule["logsource"] = {"product": "windows"}
        detection = rule["detection"]
        condition = detection.pop("condition")
        if "them" in condition:
            continue
        detection["inside_place"] = {"Channel": place[0], "EventID": place[1]}
        detection["condition"] = f"inside_place and ({condition})"
    target = out / path.relative_to(rules)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(yaml.safe_dump(rule, allow_unicode=True))
