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
    pending BIGINT NOT NULL DEFAULT 0, -- the second factor is still owed
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id, ended_at);

-- One-time codes for whoever lost the second factor. Kept as sha256: they are random.
CREATE TABLE recovery_codes (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    code_sha256 TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, code_sha256)
);

-- Tokens of machines that act for an account.
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL UNIQUE,
    may_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX tokens_account ON tokens (account_id, ended_at);

-- Browsers from which an account has signed in before.
CREATE TABLE devices (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    secret_sha256 TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, secret_sha256)
);

-- Failed sign-ins, counted by where they come from; see throttle.rs.
CREATE TABLE login_failures (
    place TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
