-- Accounts of people. A unit's person belongs to one unit or several.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change_password BIGINT NOT NULL DEFAULT 0,
    totp_secret TEXT,
    totp_last_step BIGINT,
    lang TEXT NOT NULL DEFAULT 'vi',
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE TABLE account_units (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    unit_id TEXT NOT NULL,
    PRIMARY KEY (account_id, unit_id)
);

-- One row a signed-in browser. The cookie's secret is kept as its sha256.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    secret_sha256 TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id, ended_at);
