-- What people started and need not wait for. Instants are microseconds.
CREATE TABLE works (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- What it is about, as people call it: the name of a file.
    title TEXT NOT NULL,
    -- The page that it was started from, and can be started from again.
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    -- What came of it: its identifier, and the page that shows it.
    subject TEXT,
    result TEXT,
    -- Why it was refused, as JSON.
    findings TEXT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    -- When the server that does it said so last.
    beat_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX works_by ON works (by_id, id);
CREATE INDEX works_origin ON works (origin);
