-- user_version 0, application_id 0
-- migration 0013-shorter-lines
-- meta lists_listed
-- meta seeded
CREATE TABLE articles (
    id          INTEGER PRIMARY KEY,
    source      TEXT NOT NULL,     -- range, cdx, link or asked: how the id came to be known; adopted
    state       TEXT NOT NULL DEFAULT 'waiting',
    reason      TEXT NOT NULL DEFAULT '',
    due         TEXT,              -- when to look at it again: '' at once, NULL not by itself
    timestamp   TEXT,              -- of the capture that was written
    original    TEXT,              -- of the capture that was written
    file        TEXT,              -- below the output folder
    file_sha256 TEXT,
    changed_at  TEXT NOT NULL DEFAULT ''
)
CREATE TRIGGER articles_delete_told AFTER DELETE ON articles BEGIN DELETE FROM shards WHERE low = (old.id - 1) / 1000 * 1000 + 1; END
CREATE INDEX articles_due ON articles (due) WHERE due IS NOT NULL
CREATE TRIGGER articles_insert_told AFTER INSERT ON articles BEGIN DELETE FROM shards WHERE low = (new.id - 1) / 1000 * 1000 + 1; END
CREATE INDEX articles_state ON articles (state)
CREATE TRIGGER articles_update_told AFTER UPDATE OF state, file_sha256 ON articles BEGIN DELETE FROM shards WHERE low = (new.id - 1) / 1000 * 1000 + 1; END
CREATE TABLE attempts (
    article   INTEGER NOT NULL,
    timestamp TEXT NOT NULL,
    original  TEXT NOT NULL,
    tries     INTEGER NOT NULL,    -- that count against this capture
    verdict   TEXT NOT NULL,       -- of the last answer
    detail    TEXT NOT NULL,
    at        TEXT NOT NULL,
    next_at   TEXT,                -- NULL: at once, or, if final, never
    final     INTEGER NOT NULL,
    PRIMARY KEY (article, timestamp, original)
) WITHOUT ROWID
CREATE TRIGGER attempts_delete_told AFTER DELETE ON attempts BEGIN DELETE FROM shards WHERE low = (old.article - 1) / 1000 * 1000 + 1; END
CREATE TRIGGER attempts_insert_told AFTER INSERT ON attempts BEGIN DELETE FROM shards WHERE low = (new.article - 1) / 1000 * 1000 + 1; END
CREATE TABLE captures (
    article    INTEGER NOT NULL,
    timestamp  TEXT NOT NULL,
    original   TEXT NOT NULL,
    urlkey     TEXT,               -- NULL: as follows from the original
    mimetype   TEXT NOT NULL,
    statuscode TEXT NOT NULL,
    digest     TEXT NOT NULL,
    length     TEXT NOT NULL,
    listing    INTEGER NOT NULL,   -- that gave it first; 0: none did, it was fetched by its address or imported
    PRIMARY KEY (article, timestamp, original)
) WITHOUT ROWID
CREATE TRIGGER captures_update_told AFTER UPDATE OF urlkey, digest ON captures BEGIN DELETE FROM shards WHERE low = (new.article - 1) / 1000 * 1000 + 1; END
CREATE TABLE copies (
    original     TEXT NOT NULL,
    timestamp    TEXT NOT NULL,
    article      INTEGER,          -- NULL: a picture
    file         TEXT NOT NULL,    -- below the output folder's warc/
    offset       INTEGER NOT NULL,
    length       INTEGER NOT NULL,
    payload_sha1 TEXT NOT NULL,    -- base32
    page_sha256  TEXT NOT NULL,    -- of the body, hexadecimal
    digest_check TEXT NOT NULL,
    kept_at      TEXT NOT NULL,
    provenance   TEXT NOT NULL,    -- JSON object
    PRIMARY KEY (file, offset)
) WITHOUT ROWID
CREATE TABLE image_attempts (
    address   TEXT NOT NULL,
    position  INTEGER NOT NULL,    -- in which order the questions were put
    original  TEXT NOT NULL,       -- that was asked for
    asked     TEXT NOT NULL,       -- near which moment; empty: which captures there are
    timestamp TEXT NOT NULL,       -- of the capture that answered, or empty
    verdict   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    tries     INTEGER NOT NULL,
    next_at   TEXT,
    final     INTEGER NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (address, original, asked)
) WITHOUT ROWID
CREATE TABLE image_documents (article INTEGER PRIMARY KEY, sha256 TEXT NOT NULL)
CREATE TABLE image_spots (
    article  INTEGER NOT NULL,
    position INTEGER NOT NULL,     -- among the pictures of the document
    raw      TEXT NOT NULL,        -- what stands there in the form with the archive's addresses
    address  TEXT NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID
CREATE INDEX image_spots_address ON image_spots (address)
CREATE TABLE images (
    address    TEXT PRIMARY KEY,   -- as documents name it
    state      TEXT NOT NULL,      -- kept, waiting or missing
    reason     TEXT NOT NULL DEFAULT '',
    due        TEXT,               -- when to ask for it: '' at once, NULL not by itself
    path       TEXT,               -- of its file, below the folder of pictures; as all below: NULL unless kept
    sha256     TEXT,               -- of the file, hexadecimal
    width      INTEGER,            -- pixels
    height     INTEGER,            -- pixels
    original   TEXT,               -- of the capture it came from
    timestamp  TEXT,               -- of the capture it came from
    changed_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID
CREATE INDEX images_due ON images (due) WHERE due IS NOT NULL
CREATE TABLE listings (
    id           INTEGER PRIMARY KEY,
    url          TEXT NOT NULL,     -- of the CDX question
    match_type   TEXT NOT NULL,     -- of the CDX question
    article      INTEGER,           -- the one article it asks for; NULL: the whole site
    from_ts      TEXT,              -- of the CDX question
    to_ts        TEXT,              -- of the CDX question
    started_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    resume_key   TEXT,              -- where to go on, if cut
    pages        INTEGER NOT NULL DEFAULT 0,
    rows         INTEGER NOT NULL DEFAULT 0,  -- that the service gave
    added        INTEGER NOT NULL DEFAULT 0,  -- captures that were new
    newest       TEXT NOT NULL DEFAULT '',    -- latest timestamp among the rows
    complete     INTEGER NOT NULL DEFAULT 0,  -- a question from just behind the last row came back empty
    error        TEXT NOT NULL DEFAULT '',    -- why it is cut
    dialect      TEXT NOT NULL DEFAULT ''
)
CREATE INDEX listings_article ON listings (article) WHERE article IS NOT NULL
CREATE INDEX listings_url ON listings (url)
CREATE TABLE lists (
    original  TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    urlkey    TEXT NOT NULL,
    digest    TEXT NOT NULL,
    read_at   TEXT,                     -- NULL: not read yet
    entries   INTEGER NOT NULL DEFAULT 0,
    tries     INTEGER NOT NULL DEFAULT 0,
    detail    TEXT NOT NULL DEFAULT '', -- of the last try in vain
    PRIMARY KEY (original, timestamp)
) WITHOUT ROWID
CREATE INDEX lists_day ON lists (urlkey, timestamp)
CREATE TABLE malformed (listing INTEGER NOT NULL, row TEXT NOT NULL, UNIQUE (row))
CREATE TABLE mementos (
    original     TEXT NOT NULL,
    timestamp    TEXT NOT NULL,
    article      INTEGER,          -- NULL: a picture
    file         TEXT NOT NULL,    -- below the output folder's warc/
    offset       INTEGER NOT NULL,
    length       INTEGER NOT NULL,
    payload_sha1 TEXT NOT NULL,    -- base32
    page_sha256  TEXT NOT NULL,    -- of the body, hexadecimal
    digest_check TEXT NOT NULL,
    kept_at      TEXT NOT NULL,
    provenance   TEXT NOT NULL,    -- JSON object
    PRIMARY KEY (original, timestamp)
)
CREATE INDEX mementos_article ON mementos (article) WHERE article IS NOT NULL
CREATE TRIGGER mementos_delete_told AFTER DELETE ON mementos BEGIN DELETE FROM shards WHERE low = (old.article - 1) / 1000 * 1000 + 1; END
CREATE INDEX mementos_file ON mementos (file, offset, length)
CREATE TRIGGER mementos_insert_told AFTER INSERT ON mementos BEGIN DELETE FROM shards WHERE low = (new.article - 1) / 1000 * 1000 + 1; END
CREATE INDEX mementos_payload ON mementos (payload_sha1)
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID
CREATE TABLE readings (
    article      INTEGER NOT NULL,
    timestamp    TEXT NOT NULL,
    original     TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    detail       TEXT NOT NULL,
    layout       TEXT,
    readings     INTEGER NOT NULL, -- what is said: JSON object, field to the reading that won
    lacks        TEXT NOT NULL,    -- JSON array
    text_sha256  TEXT NOT NULL,
    completeness TEXT NOT NULL,    -- JSON array of integers
    title        TEXT,
    date         TEXT,
    author       TEXT,
    category     TEXT,
    digest_check TEXT NOT NULL,
    page_sha256  TEXT NOT NULL,
    at           TEXT NOT NULL,
    beliefs      INTEGER NOT NULL, -- what is said: JSON object, belief to whether the page bears it out
    PRIMARY KEY (article, timestamp, original)
) WITHOUT ROWID
CREATE TRIGGER readings_delete_told AFTER DELETE ON readings BEGIN DELETE FROM shards WHERE low = (old.article - 1) / 1000 * 1000 + 1; END
CREATE TRIGGER readings_insert_told AFTER INSERT ON readings BEGIN DELETE FROM shards WHERE low = (new.article - 1) / 1000 * 1000 + 1; END
CREATE TABLE said (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE      -- JSON object; a few dozens stand for all pages
)
CREATE TABLE shards (
    low        INTEGER PRIMARY KEY,  -- first id of a folder of documents
    size       INTEGER NOT NULL,     -- of the manifest's file for it, when it was written
    changed_ns INTEGER NOT NULL      -- as the file system tells it
)
CREATE TABLE shared (
    digest     TEXT PRIMARY KEY,
    ids        INTEGER NOT NULL,   -- how many article ids have it, 2 or more
    verdict    TEXT,               -- of the one time it was read, if that holds for all of them
    statuscode TEXT,               -- of the capture that was read
    detail     TEXT
) WITHOUT ROWID
CREATE TRIGGER shared_update_told AFTER UPDATE OF verdict ON shared BEGIN DELETE FROM shards; END
CREATE TABLE vanished (
    article INTEGER NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL, noticed_at TEXT NOT NULL,
    PRIMARY KEY (article, timestamp, original)
) WITHOUT ROWID
CREATE TRIGGER vanished_delete_told AFTER DELETE ON vanished BEGIN DELETE FROM shards WHERE low = (old.article - 1) / 1000 * 1000 + 1; END
CREATE TRIGGER vanished_insert_told AFTER INSERT ON vanished BEGIN DELETE FROM shards WHERE low = (new.article - 1) / 1000 * 1000 + 1; END
CREATE TABLE witnesses (
    article   INTEGER PRIMARY KEY,
    title     TEXT NOT NULL,
    category  TEXT NOT NULL,
    author    TEXT NOT NULL,
    date      TEXT NOT NULL,
    timestamp TEXT NOT NULL,   -- of the list's capture
    original  TEXT NOT NULL,
    lists     INTEGER NOT NULL DEFAULT 1  -- that name the article
)
CREATE TRIGGER witnesses_insert_told AFTER INSERT ON witnesses BEGIN DELETE FROM shards WHERE low = (new.article - 1) / 1000 * 1000 + 1; END
