CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    -- TB-2024-000123: what people say on the telephone.
    code TEXT NOT NULL UNIQUE,
    unit_id TEXT NOT NULL REFERENCES units (id),
    -- What it is about, in another room: noun, id there, and how it is called.
    about_noun TEXT NOT NULL,
    about_id TEXT NOT NULL,
    about_title TEXT NOT NULL,
    -- 0 for the first about this, 1 for its first reminder, and so on.
    round BIGINT NOT NULL,
    lang TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- With {{link}} and {{due}} where the reply link and the last day stand.
    body TEXT NOT NULL,
    -- Code, subject and unit, folded for search.
    fold TEXT NOT NULL,
    due_on TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    file_sha256 TEXT REFERENCES files (sha256),
    file_name TEXT,
    state TEXT NOT NULL,
    drafted_at BIGINT NOT NULL,
    drafted_by TEXT NOT NULL,
    -- When it was last told to be sent, and when the first leg worked.
    asked_at BIGINT,
    sent_at BIGINT,
    opened_at BIGINT,
    answered_at BIGINT,
    UNIQUE (unit_id, about_noun, about_id, round)
);
CREATE INDEX notices_state ON notices (state, due_on);
CREATE INDEX notices_unit ON notices (unit_id, drafted_at);
CREATE INDEX notices_about ON notices (about_noun, about_id);

-- The last number of each year.
CREATE TABLE notice_numbers (
    year BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- The ways on which a notice went: a mail to a contact, a paper handed over.
CREATE TABLE notice_legs (
    id TEXT PRIMARY KEY,
    notice_id TEXT NOT NULL REFERENCES notices (id),
    channel TEXT NOT NULL,
    contact_id TEXT REFERENCES contacts (id),
    name TEXT NOT NULL,
    address TEXT,
    state TEXT NOT NULL,
    -- The server's words, or the note of whoever handed it over.
    detail TEXT,
    begun_at BIGINT NOT NULL,
    settled_at BIGINT,
    by_name TEXT NOT NULL
);
CREATE INDEX notice_legs_notice ON notice_legs (notice_id, id);

-- What happened to a notice, in its order.
CREATE TABLE notice_events (
    id TEXT PRIMARY KEY,
    notice_id TEXT NOT NULL REFERENCES notices (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    detail TEXT,
    address TEXT,
    agent TEXT
);
CREATE INDEX notice_events_notice ON notice_events (notice_id, seq);

-- Reply links. The secret itself is only in the message.
CREATE TABLE notice_links (
    id TEXT PRIMARY KEY,
    notice_id TEXT NOT NULL REFERENCES notices (id),
    leg_id TEXT REFERENCES notice_legs (id),
    secret_sha256 TEXT NOT NULL UNIQUE,
    made_for TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_by TEXT,
    visits BIGINT NOT NULL DEFAULT 0,
    last_visit_at BIGINT
);
CREATE INDEX notice_links_notice ON notice_links (notice_id, id);

-- Who came to a reply page, known link or not: for the record and the limits.
CREATE TABLE notice_visits (
    id TEXT PRIMARY KEY,
    link_id TEXT REFERENCES notice_links (id),
    at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX notice_visits_link ON notice_visits (link_id, at);
CREATE INDEX notice_visits_address ON notice_visits (address, at);
