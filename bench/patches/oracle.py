"""Counts what hosts miss straight from Microsoft's CVRF, by the seven rules,
written apart from the engine: the oracle behind crates/patches/tests/golden.tsv.

    oracle.py CVRF_FOLDER GOLDEN_TSV       prints the rows that differ
"""

import collections
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

MONTHS = ["May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
LINES = [(19041, 19042, 19043, 19044, 19045), (22621, 22631), (26100, 26200), (18362, 18363)]


def local(element):
    return element.tag.split("}")[1]


def texts(element, name):
    return [child.text or "" for child in element if local(child) == name]


def load(folder):
    """Rows (month, CVE, product, KB, fixed build, kind, superseded KBs)."""
    rows = []
    for number, month in enumerate(MONTHS, start=5):
        tree = ET.parse(Path(folder) / f"cvrfDocument-2023-{month}.xml").getroot()
        names = {e.get("ProductID"): e.text for e in tree.iter() if local(e) == "FullProductName"}
        for vulnerability in (e for e in tree.iter() if local(e) == "Vulnerability"):
            cve = texts(vulnerability, "CVE")[0]
            for fix in (e for e in vulnerability.iter() if local(e) == "Remediation"):
                if fix.get("Type") != "Vendor Fix":
                    continue
                one = lambda name: "".join(texts(fix, name)[:1])
                kind = re.sub("[^a-z]", "", one("SubType").lower())
                old = {int(kb) for kb in re.findall(r"\d{6,8}", one("Supercedence"))}
                for product in texts(fix, "ProductID"):
                    rows.append(
                        (number, cve, names.get(product, ""), kb(one("Description")), one("FixedBuild"), kind, old)
                    )
    return rows


def kb(text):
    found = re.fullmatch(r"(?:KB)?(\d{6,8})", text.strip())
    return int(found[1]) if found else 0


def line_of(build):
    shared = next((line[0] for line in LINES if build in line), None)
    return shared or (build if build >= 10240 else None)


def revision_in(line, fixed_build):
    found = re.fullmatch(r"10\.0\.(\d+)\.(\d+)", fixed_build)
    return int(found[2]) if found and line and line_of(int(found[1])) == line else None


def contains(later, earlier, line, revisions):
    """Whether an update holds an earlier one: (month, KB, kind) each."""
    (month, number, kind), (old_month, old_number, old_kind) = later, earlier
    if line:
        new, old = revisions.get(number), revisions.get(old_number)
        if new and old:
            return new > old
        return bool(new) and month > old_month and "hotpatch" not in kind
    if kind == "monthlyrollup":
        beside = old_kind in ("securityonly", "iecumulative")
        return month > old_month or (beside and month == old_month)
    return kind == old_kind == "iecumulative" and month > old_month


def count(rows, product, build, revision, hotfixes):
    """Distinct CVEs listed, missing and unknown."""
    line = line_of(build)
    revisions = {}
    for _, _, _, number, fixed_build, _, _ in rows:
        brings = revision_in(line, fixed_build)
        if brings:
            revisions[number] = max(brings, revisions.get(number, 0))
    own = [row for row in rows if row[2].lower() == product.lower()]
    updates = {(month, number, kind) for month, _, _, number, _, kind, _ in own}
    above = collections.defaultdict(set)
    for _, _, _, number, _, _, old in own:
        for before in old - {number}:
            above[before].add(number)
    memo = {}

    def closure(number):
        if number not in memo:
            seen, left = {number}, [number]
            while left:
                at = left.pop()
                found = set(above[at])
                for earlier in (u for u in updates if u[1] == at):
                    found |= {u[1] for u in updates if contains(u, earlier, line, revisions)}
                left += found - seen
                seen |= found
            memo[number] = seen
        return memo[number]

    def state(number, fixed_build):
        needed = revision_in(line, fixed_build) or (revisions.get(number) if line else None)
        if revision is not None and needed:
            return "fixed" if revision >= needed else "missing"
        if hotfixes is not None and closure(number) & set(hotfixes):
            return "fixed"
        if revision is not None and any(revisions.get(k, 1 << 30) <= revision for k in closure(number)):
            return "fixed"
        return "unknown" if hotfixes is None else "missing"

    by_cve = collections.defaultdict(set)
    for _, cve, _, number, fixed_build, _, _ in own:
        by_cve[cve].add(state(number, fixed_build))
    best = ["fixed" if "fixed" in s else "unknown" if "unknown" in s else "missing" for s in by_cve.values()]
    return len(best), best.count("missing"), best.count("unknown")


def main(folder, golden):
    rows, wrong, seen = load(folder), 0, 0
    for text in Path(golden).read_text().splitlines():
        if text.startswith("#"):
            continue
        product, _, build, _, _, hotfixes, listed, missing, unknown, what = text.split("\t")
        build, _, revision = build.partition(".")
        kbs = {"-": None, "none": []}.get(hotfixes, re.findall(r"\d+", hotfixes))
        kbs = None if kbs is None else [int(number) for number in kbs]
        got = count(rows, product, int(build), int(revision) if revision else None, kbs)
        seen += 1
        if got != (int(listed), int(missing), int(unknown)):
            wrong += 1
            print(product, what, got)
    print(f"{seen} hosts, {wrong} differ")


if __name__ == "__main__":
    main(*sys.argv[1:])
