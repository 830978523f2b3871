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
