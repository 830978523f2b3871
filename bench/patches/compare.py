"""Compares two sets of answers on the same hosts and prints a table.

Usage: compare.py OURS.json WES_FOLDER OUR_SECONDS OUR_HOSTS WES_SECONDS

Only CVEs that both could know count: those of the months that both hold and
that list the host's own product.
"""

import collections
import csv
import json
import pathlib
import sys


def main():
    ours = json.load(open(sys.argv[1], encoding="utf-8"))
    folder = pathlib.Path(sys.argv[2])
    our_seconds, our_hosts, wes_seconds = float(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
    months = ["202305", "202306", "202307", "202308", "202309"]
    table = collections.Counter()
    compared = 0
    for host in ours["hosts"]:
        path = folder / (host["host"] + ".csv")
        if not path.exists():
            continue
        compared += 1
        theirs, foreign = set(), set()
        for row in csv.DictReader(open(path, encoding="utf-8")):
            if row["DatePosted"][:6] not in months:
                continue
            own = row["AffectedProduct"].lower() == host["product"].lower()
            (theirs if own else foreign).add(row["CVE"])
        known = {m["cve"]: "missing" for m in host["missing"]}
        known.update({u["cve"]: "unknown" for u in host["unknown"]})
        # Fixes of October and November supersede: their CVEs are not in the definitions.
        sources = ours["data"]["sources"]
        late = {at for at, s in enumerate(sources) if s["id"] in ("2023-Oct", "2023-Nov")}
        missing = {m["cve"] for m in host["missing"] if m["proof"]["source"] not in late}
        table["both missing"] += len(theirs & missing)
        table["missing, hidden by wesng (superseded, installed or not)"] += len(missing - theirs)
        table["accused by wesng, fixed or not listed by us"] += len(theirs - set(known))
        table["listed by wesng, unknown by us"] += len({c for c in theirs if known.get(c) == "unknown"})
        table["rows of other products wesng takes for the host's"] += len(foreign - theirs - set(known))
    each_ours, each_wes = our_seconds / our_hosts, wes_seconds / max(compared, 1)
    print(f"hosts compared: {compared}; CVEs of May to September 2023, host x CVE:")
    for what, count in table.most_common():
        print(f"  {count:>7}  {what}")
    print(f"ours:  {our_hosts} hosts in {our_seconds:.2f} s of processor = {each_ours * 1e6:.0f} us a host")
    print(f"wesng: {compared} hosts in {wes_seconds:.2f} s of processor = {each_wes * 1e3:.0f} ms a host")
    print(f"ratio: {each_wes / each_ours:.0f} x a host")


main()
