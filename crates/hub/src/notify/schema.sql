-- Mails on their way. What is in a mail is written when it goes out, by the
-- room that asked for it: no text and no reply link lies here.
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    -- The room that asked, and its name for what the mail is about.
    noun TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    last_error TEXT,
    queued_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX mails_due ON mails (state, next_at);
CREATE INDEX mails_subject ON mails (noun, subject_id);

-- Mail that came back, or came in: each message once, with what we made of it.
CREATE TABLE bounces (
    id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE REFERENCES files (sha256),
    file_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Whom it could not reach, the enhanced status code (RFC 3463), the server's words.
    recipient TEXT,
    status TEXT,
    reason TEXT,
    -- The number of a notice, when the message names one.
    code TEXT,
    mail_id TEXT REFERENCES mails (id),
    came_at BIGINT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT
);
CREATE INDEX bounces_open ON bounces (settled_at, came_at);
CREATE INDEX bounces_mail ON bounces (mail_id);
