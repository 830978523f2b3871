-- Instants are microseconds, days TEXT YYYY-MM-DD, months numbers like 202311.

-- What is known of weaknesses: packs of bulletins, and letters that name CVEs.
CREATE TABLE bulletins (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE REFERENCES files (sha256),
    size BIGINT NOT NULL,
    -- Months it holds whole, as JSON; a letter's are those it asks about.
    months TEXT NOT NULL,
    -- A pack: the last day its sources know of. A letter: its own day.
    data_ends TEXT,
    -- The documents it was made from, with their digests, as JSON.
    sources TEXT NOT NULL,
    -- built_in, folder, or the fingerprint of the key that signed it.
    trust TEXT NOT NULL,
    diagnostics TEXT NOT NULL,
    loaded_at BIGINT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    -- When a newer pack with all its months took its place, or it was withdrawn.
    ended_at BIGINT
);
CREATE INDEX bulletins_ended ON bulletins (ended_at);

-- What was in force together from an instant on: what verdicts are judged by.
CREATE TABLE bases (
    id TEXT PRIMARY KEY,
    -- SHA-256 over the digests of its parts.
    digest TEXT NOT NULL,
    -- Identifiers of the bulletins, in the order they are read, as JSON.
    parts TEXT NOT NULL,
    months TEXT NOT NULL,
    data_ends TEXT,
    since BIGINT NOT NULL
);

-- The CVEs of the newest basis, as campaigns choose among them.
CREATE TABLE bulletin_cves (
    cve TEXT PRIMARY KEY,
    month BIGINT NOT NULL,
    released TEXT,
    -- 0 unrated to 4 critical: the vendor's highest.
    severity BIGINT NOT NULL,
    -- CVSS base score in tenths; 0 when none.
    cvss BIGINT NOT NULL,
    exploited BIGINT NOT NULL,
    kev_added TEXT,
    -- How many letters name it.
    named BIGINT NOT NULL
);

-- What a letter says of a CVE, apart from vendor and CVSS.
CREATE TABLE bulletin_namings (
    bulletin_id TEXT NOT NULL REFERENCES bulletins (id),
    cve TEXT NOT NULL,
    severity BIGINT,
    cvss BIGINT,
    PRIMARY KEY (bulletin_id, cve)
);
CREATE INDEX bulletin_namings_cve ON bulletin_namings (cve);

-- What grew graver with a basis: the reason to tell units again.
CREATE TABLE raised (
    id TEXT PRIMARY KEY,
    basis_id TEXT NOT NULL REFERENCES bases (id),
    cve TEXT NOT NULL,
    what TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX raised_basis ON raised (basis_id, cve);

-- A delivery of inventories.
CREATE TABLE inventories (
    id TEXT PRIMARY KEY,
    -- Whose machines it speaks of; missing when the province brought a mixture.
    unit_id TEXT REFERENCES units (id),
    title TEXT NOT NULL,
    through TEXT NOT NULL,
    -- The day of collection, as whoever brought it says.
    said_on TEXT,
    received_at BIGINT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    files BIGINT NOT NULL,
    unread BIGINT NOT NULL,
    machines BIGINT NOT NULL,
    unplaced BIGINT NOT NULL
);
CREATE INDEX inventories_unit ON inventories (unit_id, received_at);
CREATE INDEX inventories_received ON inventories (received_at);

-- The very files that were delivered.
CREATE TABLE inventory_parts (
    inventory_id TEXT NOT NULL REFERENCES inventories (id),
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    size BIGINT NOT NULL,
    PRIMARY KEY (inventory_id, seq)
);
CREATE INDEX inventory_parts_sha256 ON inventory_parts (sha256);

-- Each file with what became of it, members of archives one by one.
CREATE TABLE inventory_files (
    inventory_id TEXT NOT NULL REFERENCES inventories (id),
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT,
    outcome TEXT NOT NULL,
    -- What collected it, and the names of the machines it speaks of.
    collector TEXT NOT NULL,
    machines TEXT NOT NULL,
    diagnostics TEXT NOT NULL,
    PRIMARY KEY (inventory_id, seq)
);

-- A machine as a delivery describes it. Its facts are never changed.
CREATE TABLE machines (
    id TEXT PRIMARY KEY,
    inventory_id TEXT NOT NULL REFERENCES inventories (id),
    -- Whose it is said to be.
    unit_id TEXT REFERENCES units (id),
    name TEXT NOT NULL,
    fold TEXT NOT NULL,
    os TEXT NOT NULL,
    host_id TEXT REFERENCES hosts (id),
    place TEXT NOT NULL,
    collected_at BIGINT NOT NULL,
    -- Who says so: the file, whoever brought it, or the day it came.
    dated TEXT NOT NULL,
    -- patches::inventory::Host as JSON.
    facts TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    -- Why somebody set it aside.
    reason TEXT
);
CREATE INDEX machines_inventory ON machines (inventory_id);
CREATE INDEX machines_host ON machines (host_id, collected_at);
CREATE INDEX machines_place ON machines (place, unit_id);

-- Verdicts that many machines share: a machine points at its sheet, so that a
-- thousand machines at the same patch level are a few hundred rows.
CREATE TABLE sheets (
    -- SHA-256 of its content.
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    -- Updates to install, the one that closes most first, as JSON.
    plan TEXT NOT NULL,
    -- Its rows counted by verdict; those set aside apart.
    fixed BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    aside BIGINT NOT NULL
);
CREATE TABLE sheet_rows (
    sheet_id TEXT NOT NULL REFERENCES sheets (id),
    cve TEXT NOT NULL,
    verdict TEXT NOT NULL,
    -- Why it is unknown.
    reason TEXT,
    -- 1 when the inventory was not asked: programs it does not list, no update exists.
    aside BIGINT NOT NULL,
    -- Number of the rule that decided, and the product row.
    rule BIGINT NOT NULL,
    product TEXT NOT NULL,
    -- The updates of which any is enough, for people.
    needed TEXT NOT NULL,
    severity BIGINT NOT NULL,
    cvss BIGINT NOT NULL,
    PRIMARY KEY (sheet_id, cve)
);
CREATE INDEX sheet_rows_cve ON sheet_rows (cve, verdict);

-- A host's verdicts from an instant until the next: with these (host, CVE) has
-- a history. until_at is missing for the present one.
CREATE TABLE assessments (
    id TEXT PRIMARY KEY,
    host_id TEXT NOT NULL REFERENCES hosts (id),
    machine_id TEXT NOT NULL REFERENCES machines (id),
    basis_id TEXT NOT NULL REFERENCES bases (id),
    sheet_id TEXT NOT NULL REFERENCES sheets (id),
    build TEXT NOT NULL,
    collected_at BIGINT NOT NULL,
    warnings TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT
);
CREATE UNIQUE INDEX assessments_now ON assessments (host_id) WHERE until_at IS NULL;
CREATE INDEX assessments_host ON assessments (host_id, from_at);
CREATE INDEX assessments_sheet ON assessments (sheet_id);

-- A risk that somebody accepts until a day. Never counted as fixed.
CREATE TABLE acceptances (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    -- One host; every host of the unit when missing.
    host_id TEXT REFERENCES hosts (id),
    -- What was accepted, for people: a CVE, or how a campaign is worded.
    title TEXT NOT NULL,
    reason TEXT NOT NULL,
    file_sha256 TEXT REFERENCES files (sha256),
    file_name TEXT,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    -- Last day on which it holds.
    until_on TEXT NOT NULL,
    approver TEXT,
    decided_at BIGINT,
    decided_by TEXT,
    decided_reason TEXT,
    ended_at BIGINT
);
CREATE INDEX acceptances_state ON acceptances (state, until_on);
CREATE INDEX acceptances_unit ON acceptances (unit_id, state);

-- The very CVEs: one that a campaign takes in later is not accepted by it.
CREATE TABLE acceptance_cves (
    acceptance_id TEXT NOT NULL REFERENCES acceptances (id),
    cve TEXT NOT NULL,
    PRIMARY KEY (acceptance_id, cve)
);
CREATE INDEX acceptance_cves_cve ON acceptance_cves (cve);
