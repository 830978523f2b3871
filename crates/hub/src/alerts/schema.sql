-- What somebody must answer for: a rule that matched on a machine.
CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    -- Unit, machine, rule and case as one digest: detections that agree in it
    -- join the open alert that has it.
    group_key TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    title TEXT NOT NULL,
    level TEXT NOT NULL,
    author TEXT NOT NULL,
    license TEXT NOT NULL,
    rule_sha256 TEXT NOT NULL,
    -- JSON lists of text.
    tags TEXT NOT NULL,
    reference_list TEXT NOT NULL,
    unit_id TEXT REFERENCES units (id),
    host_id TEXT REFERENCES hosts (id),
    -- As the log, or whoever posted it, calls the machine; and folded.
    host_name TEXT NOT NULL,
    host_key TEXT NOT NULL,
    -- Why host_id is missing.
    question TEXT,
    case_ref TEXT,
    state TEXT NOT NULL,
    outcome TEXT,
    reason TEXT,
    -- Of the detections that have a time.
    first_seen BIGINT,
    last_seen BIGINT,
    detection_count BIGINT NOT NULL,
    -- The closed alert of the same key that this one comes after.
    follows TEXT REFERENCES alerts (id),
    raised_at BIGINT NOT NULL,
    raised_by TEXT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    closed_at BIGINT,
    closed_by TEXT,
    changed_at BIGINT NOT NULL,
    fold TEXT NOT NULL
);
CREATE INDEX alerts_group ON alerts (group_key, state);
CREATE INDEX alerts_state ON alerts (state, raised_at);
CREATE INDEX alerts_unit ON alerts (unit_id, state, raised_at);
CREATE INDEX alerts_host ON alerts (host_id, raised_at);
CREATE INDEX alerts_named ON alerts (host_key, unit_id);
CREATE INDEX alerts_case ON alerts (case_ref);

-- Detections as they were posted. Only ever added to.
CREATE TABLE alert_detections (
    id TEXT PRIMARY KEY,
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    -- The file that it was found in, and record, rule and time as one digest:
    -- the same detection twice has the same two.
    source_sha256 TEXT NOT NULL,
    source_ref TEXT NOT NULL,
    seen_at BIGINT,
    raw TEXT NOT NULL,
    posted_at BIGINT NOT NULL,
    posted_by TEXT NOT NULL
);
CREATE INDEX alert_detections_alert ON alert_detections (alert_id, id);
CREATE INDEX alert_detections_source ON alert_detections (source_ref, source_sha256);

-- What people wrote about an alert. Only ever added to.
CREATE TABLE alert_notes (
    id TEXT PRIMARY KEY,
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    at BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    -- Whether the unit says so, and not the province.
    of_unit BIGINT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX alert_notes_alert ON alert_notes (alert_id, id);
