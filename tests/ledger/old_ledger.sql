CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE listings (id INTEGER PRIMARY KEY, url TEXT NOT NULL, match_type TEXT NOT NULL, article INTEGER, from_ts
    TEXT, to_ts TEXT, started_at TEXT NOT NULL, updated_at TEXT NOT NULL, resume_key TEXT, pages INTEGER NOT NULL
    DEFAULT 0, rows INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0, newest TEXT NOT NULL DEFAULT '',
    complete INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '', dialect TEXT NOT NULL DEFAULT '');
CREATE INDEX listings_article ON listings (article) WHERE article IS NOT NULL;
CREATE TABLE malformed (listing INTEGER NOT NULL, row TEXT NOT NULL, UNIQUE (row));
CREATE TABLE captures (article INTEGER NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL, urlkey TEXT NOT
    NULL, mimetype TEXT NOT NULL, statuscode TEXT NOT NULL, digest TEXT NOT NULL, length TEXT NOT NULL, listing
    INTEGER NOT NULL, PRIMARY KEY (article, timestamp, original)) WITHOUT ROWID;
CREATE TABLE shared (digest TEXT PRIMARY KEY, ids INTEGER NOT NULL, verdict TEXT, statuscode TEXT, detail TEXT)
    WITHOUT ROWID;
CREATE TABLE attempts (article INTEGER NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL, tries INTEGER NOT
    NULL, verdict TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL, next_at TEXT, final INTEGER NOT NULL, PRIMARY
    KEY (article, timestamp, original)) WITHOUT ROWID;
CREATE TABLE mementos (original TEXT NOT NULL, timestamp TEXT NOT NULL, article INTEGER, file TEXT NOT NULL, offset
    INTEGER NOT NULL, length INTEGER NOT NULL, payload_sha1 TEXT NOT NULL, page_sha256 TEXT NOT NULL, digest_check
    TEXT NOT NULL, kept_at TEXT NOT NULL, provenance TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (original, timestamp))
    WITHOUT ROWID;
CREATE INDEX mementos_payload ON mementos (payload_sha1);
CREATE INDEX mementos_file ON mementos (file, offset, length);
CREATE TABLE readings (article INTEGER NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL, verdict TEXT NOT
    NULL, detail TEXT NOT NULL, layout TEXT, readings TEXT NOT NULL, lacks TEXT NOT NULL, text_sha256 TEXT NOT NULL,
    completeness TEXT NOT NULL, title TEXT, date TEXT, author TEXT, category TEXT, digest_check TEXT NOT NULL,
    page_sha256 TEXT NOT NULL, at TEXT NOT NULL, beliefs TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (article, timestamp,
    original)) WITHOUT ROWID;
CREATE TABLE articles (id INTEGER PRIMARY KEY, source TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', reason
    TEXT NOT NULL DEFAULT '', due TEXT, timestamp TEXT, original TEXT, file TEXT, file_sha256 TEXT, changed_at TEXT
    NOT NULL DEFAULT '');
CREATE INDEX articles_due ON articles (due) WHERE due IS NOT NULL;
CREATE INDEX articles_state ON articles (state);
CREATE INDEX mementos_article ON mementos (article) WHERE article IS NOT NULL;
CREATE INDEX listings_url ON listings (url);
CREATE TABLE copies (original TEXT NOT NULL, timestamp TEXT NOT NULL, article INTEGER, file TEXT NOT NULL, offset
    INTEGER NOT NULL, length INTEGER NOT NULL, payload_sha1 TEXT NOT NULL, page_sha256 TEXT NOT NULL, digest_check
    TEXT NOT NULL, kept_at TEXT NOT NULL, provenance TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (file, offset)) WITHOUT
    ROWID;
CREATE TABLE lists (original TEXT NOT NULL, timestamp TEXT NOT NULL, urlkey TEXT NOT NULL, digest TEXT NOT NULL,
    read_at TEXT, entries INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, detail TEXT NOT NULL DEFAULT
    '', PRIMARY KEY (original, timestamp)) WITHOUT ROWID;
CREATE INDEX lists_day ON lists (urlkey, timestamp);
CREATE TABLE witnesses (article INTEGER PRIMARY KEY, title TEXT NOT NULL, category TEXT NOT NULL, author TEXT NOT
    NULL, date TEXT NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL);
CREATE TABLE images (address TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', due TEXT, path
    TEXT, sha256 TEXT, width INTEGER, height INTEGER, original TEXT, timestamp TEXT, changed_at TEXT NOT NULL DEFAULT
    '') WITHOUT ROWID;
CREATE INDEX images_due ON images (due) WHERE due IS NOT NULL;
CREATE TABLE image_documents (article INTEGER PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE image_spots (article INTEGER NOT NULL, position INTEGER NOT NULL, raw TEXT NOT NULL, address TEXT NOT
    NULL, PRIMARY KEY (article, position)) WITHOUT ROWID;
CREATE INDEX image_spots_address ON image_spots (address);
CREATE TABLE image_attempts (address TEXT NOT NULL, position INTEGER NOT NULL, original TEXT NOT NULL, asked TEXT NOT
    NULL, timestamp TEXT NOT NULL, verdict TEXT NOT NULL, detail TEXT NOT NULL, tries INTEGER NOT NULL, next_at TEXT,
    final INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (address, original, asked)) WITHOUT ROWID;
INSERT INTO migrations VALUES
    ('0001-ledger', '20261123000000'),
    ('0002-images', '20261123000000'),
    ('0003-kept-pages-by-article', '20261123000000'),
    ('0004-listings-by-url', '20261123000000'),
    ('0005-provenance', '20261123000000'),
    ('0006-copies', '20261123000000'),
    ('0007-beliefs', '20261123000000'),
    ('0008-lists', '20261123000000');
