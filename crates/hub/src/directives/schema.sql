-- Letters (công văn) that ask something of units.
CREATE TABLE directives (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    issuer TEXT NOT NULL,
    date TEXT NOT NULL,
    title TEXT NOT NULL,
    period_from TEXT,
    period_to TEXT,
    legal_base TEXT NOT NULL,
    refers_to TEXT NOT NULL,
    supersedes TEXT NOT NULL,
    pack TEXT,
    fold TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    issued_at BIGINT,
    issued_by TEXT,
    closed_at BIGINT,
    close_reason TEXT
);
CREATE INDEX directives_state ON directives (state, issued_at);

-- Files that came with the letter.
CREATE TABLE directive_files (
    directive_id TEXT NOT NULL REFERENCES directives (id),
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (directive_id, sha256)
);

-- One thing asked each. `due_at` is the last instant that is in time.
CREATE TABLE demands (
    id TEXT PRIMARY KEY,
    directive_id TEXT NOT NULL REFERENCES directives (id),
    place BIGINT NOT NULL,
    code TEXT NOT NULL,
    clause TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    covers TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    check_kind TEXT NOT NULL,
    check_parameters TEXT NOT NULL,
    zero_allowed BIGINT NOT NULL,
    counts TEXT,
    UNIQUE (directive_id, code)
);

-- Demand x unit. `due_at` is the demand's until an extension moves it.
CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    directive_id TEXT NOT NULL REFERENCES directives (id),
    demand_id TEXT NOT NULL REFERENCES demands (id),
    unit_id TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    excused_until BIGINT,
    report_id TEXT,
    accepted_report_id TEXT,
    changed_at BIGINT NOT NULL,
    UNIQUE (demand_id, unit_id)
);
CREATE INDEX tasks_directive ON tasks (directive_id, unit_id);
CREATE INDEX tasks_unit ON tasks (unit_id, state);
CREATE INDEX tasks_state ON tasks (state, changed_at);

-- What a unit said of a task; never changed but for the decision on it. The
-- machine's own figures of that moment stand beside the claimed ones.
CREATE TABLE reports (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks (id),
    revision BIGINT NOT NULL,
    reported_at BIGINT NOT NULL,
    reported_by TEXT NOT NULL,
    as_head BIGINT NOT NULL,
    zero BIGINT NOT NULL,
    handled BIGINT,
    total BIGINT,
    text TEXT NOT NULL,
    machine TEXT NOT NULL,
    outcome TEXT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    reason TEXT,
    UNIQUE (task_id, revision)
);

-- Evidence: when it took effect stands apart from when it was uploaded.
CREATE TABLE report_files (
    report_id TEXT NOT NULL REFERENCES reports (id),
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    effective_on TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (report_id, sha256)
);
CREATE INDEX report_files_sha256 ON report_files (sha256);

-- More time asked for (`extension`), or the word that it cannot be done (`cannot`).
CREATE TABLE task_requests (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks (id),
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    measure TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    outcome TEXT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    decision TEXT
);
CREATE INDEX task_requests_task ON task_requests (task_id, asked_at);
CREATE INDEX task_requests_outcome ON task_requests (outcome, asked_at);

-- The board as it stood on a day, a row a cell: the trend.
CREATE TABLE board_days (
    directive_id TEXT NOT NULL REFERENCES directives (id),
    day TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    demand_id TEXT NOT NULL,
    state TEXT NOT NULL,
    handled BIGINT,
    total BIGINT,
    PRIMARY KEY (directive_id, day, unit_id, demand_id)
);
CREATE INDEX board_days_unit ON board_days (directive_id, unit_id, day);

-- The same days summed over the whole province, for the page that everybody opens.
CREATE TABLE board_totals (
    directive_id TEXT NOT NULL REFERENCES directives (id),
    day TEXT NOT NULL,
    state TEXT NOT NULL,
    cells BIGINT NOT NULL,
    PRIMARY KEY (directive_id, day, state)
);
