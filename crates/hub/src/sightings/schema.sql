-- Days are TEXT YYYY-MM-DD in the installation's zone; instants are microseconds.

-- A source of lists. Silence is counted feed by feed.
CREATE TABLE feeds (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- lists::Settings as JSON: zone, confirmed mapping, defaults.
    settings TEXT NOT NULL,
    -- How many lists in a row must be silent before "cleaned" is believed.
    silent_lists BIGINT NOT NULL,
    -- How often a list is expected.
    every TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- A list really received. The same bytes count once in a feed.
CREATE TABLE lists (
    id TEXT PRIMARY KEY,
    feed_id TEXT NOT NULL REFERENCES feeds (id),
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    size BIGINT NOT NULL,
    covers_from TEXT NOT NULL,
    covers_to TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    format TEXT NOT NULL,
    report TEXT,
    -- Whether it was read to its end and says anything: only then its silence counts.
    complete BIGINT NOT NULL,
    -- Networks that rows name, as [low, high, family]: not silent about what is inside.
    spans TEXT NOT NULL,
    -- Rows in the file, and what became of them; see Tally.
    tally TEXT NOT NULL,
    -- Findings about the file as a whole and about its rows.
    diagnostics TEXT NOT NULL,
    UNIQUE (feed_id, sha256)
);
CREATE INDEX lists_feed ON lists (feed_id, covers_from);
CREATE INDEX lists_received ON lists (received_at);

-- A file put down for preview, not yet taken in.
CREATE TABLE list_drafts (
    id TEXT PRIMARY KEY,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    by_id TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL
);

-- (address, family, unit). Nobody's yet while unit_id is missing.
CREATE TABLE sightings (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    -- First address as 32 hex characters, for sorting and joining.
    address_key TEXT NOT NULL,
    family TEXT NOT NULL,
    family_key TEXT NOT NULL,
    -- RSIT type of the latest row.
    kind TEXT NOT NULL,
    unit_id TEXT REFERENCES units (id),
    state TEXT NOT NULL,
    -- While it is nobody's: "nobody" or "several".
    question TEXT,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    host_id TEXT REFERENCES hosts (id),
    host_name TEXT,
    -- What the unit claims: the day of cleaning, and which answer says so.
    cleaned_on TEXT,
    claim_id TEXT,
    -- Which lists proved it, as JSON, and when.
    proof TEXT,
    verified_at BIGINT,
    reopened BIGINT NOT NULL,
    reopened_at BIGINT,
    -- A unit's word that waits for the province: not_ours, false_alarm, need_help.
    waiting TEXT,
    refusal TEXT,
    refused_until TEXT,
    refused_reason TEXT,
    refused_by TEXT,
    merged_into TEXT REFERENCES sightings (id),
    fold TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sightings_key ON sightings (address_key, family_key, unit_id)
    WHERE unit_id IS NOT NULL AND merged_into IS NULL;
CREATE UNIQUE INDEX sightings_queue ON sightings (address_key, family_key)
    WHERE unit_id IS NULL AND merged_into IS NULL;
CREATE INDEX sightings_unit ON sightings (unit_id, state, last_seen, family_key);
CREATE INDEX sightings_state ON sightings (state, last_seen);
CREATE INDEX sightings_seen ON sightings (last_seen);
-- Few sightings are set aside or wait: a list of 200,000 rows fills neither.
CREATE INDEX sightings_until ON sightings (refused_until) WHERE refused_until IS NOT NULL;
CREATE INDEX sightings_waiting ON sightings (waiting, unit_id) WHERE waiting IS NOT NULL;

-- When a feed saw a sighting.
CREATE TABLE sighting_feeds (
    sighting_id TEXT NOT NULL REFERENCES sightings (id),
    feed_id TEXT NOT NULL REFERENCES feeds (id),
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (sighting_id, feed_id)
);
CREATE INDEX sighting_feeds_feed ON sighting_feeds (feed_id, sighting_id);

-- Units that a queued sighting may belong to.
CREATE TABLE sighting_candidates (
    sighting_id TEXT NOT NULL REFERENCES sightings (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    PRIMARY KEY (sighting_id, unit_id)
);
CREATE INDEX sighting_candidates_unit ON sighting_candidates (unit_id);

-- Every row of every list, with what became of it. A row that names several
-- addresses has several parts.
CREATE TABLE list_rows (
    list_id TEXT NOT NULL REFERENCES lists (id),
    line BIGINT NOT NULL,
    part BIGINT NOT NULL,
    feed_id TEXT NOT NULL,
    raw TEXT NOT NULL,
    address TEXT,
    address_key TEXT,
    port BIGINT,
    seen_at BIGINT,
    seen_from TEXT,
    family TEXT,
    kind TEXT,
    -- Destination, transport, host name and the other columns, as JSON.
    detail TEXT NOT NULL,
    content_key TEXT,
    outcome TEXT NOT NULL,
    reason TEXT,
    -- Diagnostics of this line, as JSON.
    findings TEXT NOT NULL,
    -- Whose the address was at that moment, by the register.
    owner_id TEXT,
    sighting_id TEXT REFERENCES sightings (id),
    PRIMARY KEY (list_id, line, part)
);
CREATE INDEX list_rows_sighting ON list_rows (sighting_id, seen_at);
CREATE INDEX list_rows_content ON list_rows (feed_id, content_key);
CREATE INDEX list_rows_outcome ON list_rows (list_id, outcome);

-- What a unit says of a sighting. Only ever added to, but for the decision.
CREATE TABLE answers (
    id TEXT PRIMARY KEY,
    sighting_id TEXT NOT NULL REFERENCES sightings (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    word TEXT NOT NULL,
    text TEXT NOT NULL,
    cleaned_on TEXT,
    host_name TEXT,
    file_sha256 TEXT REFERENCES files (sha256),
    file_name TEXT,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    as_head BIGINT NOT NULL,
    at BIGINT NOT NULL,
    decision TEXT,
    decided_by TEXT,
    decided_at BIGINT,
    decided_reason TEXT
);
CREATE INDEX answers_sighting ON answers (sighting_id, at);

-- Rows that need no answer: range, family or unit, with a reason, a name and an end.
CREATE TABLE exclusions (
    id TEXT PRIMARY KEY,
    range_text TEXT,
    low TEXT,
    high TEXT,
    family TEXT,
    family_key TEXT,
    unit_id TEXT REFERENCES units (id),
    reason TEXT NOT NULL,
    approver TEXT NOT NULL,
    by_name TEXT NOT NULL,
    -- Last day on which it holds.
    expires_on TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX exclusions_expiry ON exclusions (ended_at, expires_on);
