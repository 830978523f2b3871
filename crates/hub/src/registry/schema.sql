-- Days are the first and the last day on which something holds, both included.

CREATE TABLE units (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    -- The code in lower case without marks: two units never differ by those alone.
    code_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    short_name TEXT,
    -- Code, name, short name and former names, folded for search.
    fold TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id TEXT REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    valid_from TEXT,
    valid_to TEXT,
    ended_as TEXT,
    successor_id TEXT REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    note TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX units_parent ON units (parent_id);
CREATE INDEX units_successor ON units (successor_id);

-- Names that a unit had before, with the last day of each.
CREATE TABLE unit_names (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    name TEXT NOT NULL,
    short_name TEXT,
    valid_to TEXT NOT NULL
);
CREATE INDEX unit_names_unit ON unit_names (unit_id, valid_to);

CREATE TABLE systems (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    code_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    fold TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES units (id),
    operator_id TEXT REFERENCES units (id),
    -- 1 to 5; missing is unknown.
    level BIGINT,
    dossier TEXT,
    measures TEXT,
    decision_number TEXT,
    decided_on TEXT,
    note TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX systems_owner ON systems (owner_id);
CREATE INDEX systems_operator ON systems (operator_id);

-- A machine as last collected. Every collection is kept in host_facts.
CREATE TABLE hosts (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    system_id TEXT REFERENCES systems (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    fold TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- As written, joined by ", "; host_addresses has them one by one.
    addresses TEXT NOT NULL,
    mac TEXT,
    os TEXT,
    location TEXT,
    collected_at BIGINT,
    collector TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (unit_id, name_key)
);
CREATE INDEX hosts_system ON hosts (system_id);
CREATE INDEX hosts_name ON hosts (name_key);

-- address_key: 32 hex characters, IPv4 as ::ffff:a.b.c.d.
CREATE TABLE host_addresses (
    host_id TEXT NOT NULL REFERENCES hosts (id),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    PRIMARY KEY (host_id, address_key)
);
CREATE INDEX host_addresses_key ON host_addresses (address_key);

-- What was said about a machine, by whom, as of when. Only ever added to.
CREATE TABLE host_facts (
    id TEXT PRIMARY KEY,
    host_id TEXT NOT NULL REFERENCES hosts (id),
    collected_at BIGINT,
    collector TEXT,
    facts TEXT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX host_facts_host ON host_facts (host_id, recorded_at);

-- Address ranges. low and high: 32 hex characters each, IPv4 as ::ffff:a.b.c.d,
-- so that "which range holds this address" is a comparison of text.
CREATE TABLE networks (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    range_text TEXT NOT NULL,
    low TEXT NOT NULL,
    high TEXT NOT NULL,
    kind TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    -- For an inside range: the public address behind which it is.
    nat_address TEXT,
    nat_key TEXT,
    provider TEXT,
    note TEXT,
    source TEXT NOT NULL,
    status TEXT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    reason TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX networks_unit ON networks (unit_id);
CREATE INDEX networks_bounds ON networks (low, high);
CREATE INDEX networks_status ON networks (status);
CREATE INDEX networks_nat ON networks (nat_key);

CREATE TABLE contacts (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    fold TEXT NOT NULL,
    role TEXT NOT NULL,
    position TEXT,
    phone TEXT,
    email TEXT,
    hours TEXT,
    confirmed_at BIGINT,
    -- 180 days after confirmed_at; missing when it never was confirmed.
    expires_at BIGINT,
    bounced_at BIGINT,
    bounce_reason TEXT,
    closed_at BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX contacts_unit ON contacts (unit_id, closed_at);
CREATE INDEX contacts_expiry ON contacts (closed_at, expires_at);
CREATE INDEX contacts_email ON contacts (email);

-- A file handed in: drafted when it was uploaded, done when it was taken in.
CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mapping TEXT NOT NULL,
    created BIGINT NOT NULL DEFAULT 0,
    updated BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    rejected BIGINT NOT NULL DEFAULT 0,
    diagnostics TEXT NOT NULL DEFAULT '[]',
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    done_at BIGINT
);
CREATE INDEX imports_by ON imports (by_id, uploaded_at);

-- What became of each row of an import.
CREATE TABLE import_rows (
    import_id TEXT NOT NULL REFERENCES imports (id),
    line BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    subject_id TEXT,
    title TEXT NOT NULL,
    raw TEXT NOT NULL,
    diagnostics TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);
CREATE INDEX import_rows_outcome ON import_rows (import_id, outcome);
