"""What schemathesis cannot know by itself: the names of things that are there,
and how two of the house's media types are written.

Half of the calls get identifiers that exist, taken from the lists of the same
API when the run begins, so that they reach the core of an operation; the other
half keeps what was made up. The choice follows from the made-up value itself:
the same seed makes the same calls.
"""

import hashlib
import json
import os
import urllib.request

import schemathesis

ADDRESS = os.environ["THAPCANH_ADDRESS"]
TOKEN = os.environ["THAPCANH_TOKEN"]

# Which list knows what stands in a path or a body, by the name it has there.
LISTS = {
    "unit": "units", "unit_id": "units", "owner_id": "units", "operator_id": "units",
    "parent_id": "units", "successor_id": "units", "system_id": "systems", "host": "hosts",
    "feed": "feeds", "feed_id": "feeds", "contact": "contacts", "directive": "directives",
}


def get(path):
    request = urllib.request.Request(ADDRESS + path, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def listed(noun):
    """Identifiers of a list; none where there is no such list."""
    try:
        found = get(f"/api/v1/{noun}")
    except urllib.error.HTTPError:
        return []
    rows = found.get("items", []) if isinstance(found, dict) else found
    return [row["id"] for row in rows if isinstance(row, dict) and "id" in row]


class Known:
    """Lists, each asked for once."""

    def __init__(self):
        self.lists = {}

    def of(self, noun, made_up):
        """One of them for half of all made-up values, else none."""
        if noun not in self.lists:
            self.lists[noun] = sorted(listed(noun))[:20]
        choice = int.from_bytes(hashlib.sha256(repr(made_up).encode()).digest()[:8], "big")
        rows = self.lists[noun]
        return rows[choice // 2 % len(rows)] if rows and choice % 2 else None


KNOWN = Known()


def noun_before(path, name):
    """`/api/v1/alerts/{id}/close`: alerts."""
    parts = path.split("/")
    place = parts.index("{" + name + "}") if "{" + name + "}" in parts else 0
    return parts[place - 1]


@schemathesis.hook
def before_call(ctx, case, kwargs):
    path = case.operation.path
    for name, value in list((case.path_parameters or {}).items()):
        known = KNOWN.of(noun_before(path, name), value)
        if known:
            case.path_parameters[name] = known
    for holder in (case.query, case.body):
        if isinstance(holder, dict):
            for name, value in list(holder.items()):
                known = KNOWN.of(LISTS[name], value) if name in LISTS else None
                if known:
                    holder[name] = known


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    rows = value if isinstance(value, list) else [value]
    return {"data": "\n".join(json.dumps(row) for row in rows).encode()}


@schemathesis.serializer("message/rfc822")
def mail(ctx, value):
    return {"data": value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")}
