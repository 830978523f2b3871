-- Files kept by content: the bytes lie in the data folder under their sha256.
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    stored_at BIGINT NOT NULL
);

-- Settings of the installation: the province's name, the mail server, the languages.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Answers to posts that carried an Idempotency-Key, for a day.
CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- When each of the server's own jobs ran last.
CREATE TABLE jobs (
    name TEXT PRIMARY KEY,
    ran_at BIGINT NOT NULL,
    failed TEXT
);
