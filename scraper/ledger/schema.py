"""The tables of the ledger.

All times are 14 digits, UTC. A capture is named by ``(article, timestamp, original)`` in every table: two rows of the
CDX server that agree in these cannot be told apart by asking for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.ledger.shards import TRIGGERS

if TYPE_CHECKING:
    from scraper.ledger.database import Migration

_OF_A_MEMENTO = """\
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
    provenance   TEXT NOT NULL,    -- JSON object"""

_TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

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
);
CREATE INDEX listings_article ON listings (article) WHERE article IS NOT NULL;
-- Each id without a document asks which listings would have named its captures.
CREATE INDEX listings_url ON listings (url);
CREATE TABLE malformed (listing INTEGER NOT NULL, row TEXT NOT NULL, UNIQUE (row));

-- 1,000,000 rows are normal. Clustered by article, because that is the only way it is read; no second index, because
-- each would cost as much as the table. What is one page under many ids is counted into `shared` behind a listing.
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
) WITHOUT ROWID;

-- Captures that a listing gave, and a later complete one that asked for them too did not. They stay in `captures`,
-- where `listing` is the last that gave a capture, negative if an earlier one had given it too.
CREATE TABLE vanished (
    article INTEGER NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL, noticed_at TEXT NOT NULL,
    PRIMARY KEY (article, timestamp, original)
) WITHOUT ROWID;

CREATE TABLE shared (
    digest     TEXT PRIMARY KEY,
    ids        INTEGER NOT NULL,   -- how many article ids have it, 2 or more
    verdict    TEXT,               -- of the one time it was read, if that holds for all of them
    statuscode TEXT,               -- of the capture that was read
    detail     TEXT
) WITHOUT ROWID;

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
) WITHOUT ROWID;

CREATE TABLE mementos (
{_OF_A_MEMENTO}
    PRIMARY KEY (original, timestamp)
);
CREATE INDEX mementos_payload ON mementos (payload_sha1);
CREATE INDEX mementos_file ON mementos (file, offset, length);
-- `rebuild` goes through the kept pages article by article; without it each id asked for reads them all.
CREATE INDEX mementos_article ON mementos (article) WHERE article IS NOT NULL;
-- Of a capture that is kept in a better copy: of the same URL and moment, with other bytes.
CREATE TABLE copies (
{_OF_A_MEMENTO}
    PRIMARY KEY (file, offset)
) WITHOUT ROWID;

CREATE TABLE said (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE      -- JSON object; a few dozens stand for all pages
);
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
) WITHOUT ROWID;

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
);
-- The whole work list: a run with nothing to do reads this index, which is then empty.
CREATE INDEX articles_due ON articles (due) WHERE due IS NOT NULL;
CREATE INDEX articles_state ON articles (state);

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
) WITHOUT ROWID;
CREATE INDEX lists_day ON lists (urlkey, timestamp);
-- One list a person would choose for each article: the one that says most.
CREATE TABLE witnesses (
    article   INTEGER PRIMARY KEY,
    title     TEXT NOT NULL,
    category  TEXT NOT NULL,
    author    TEXT NOT NULL,
    date      TEXT NOT NULL,
    timestamp TEXT NOT NULL,   -- of the list's capture
    original  TEXT NOT NULL,
    lists     INTEGER NOT NULL DEFAULT 1  -- that name the article
);

-- A row says that a file of the manifest is as the ledger has it; any change of what it tells takes it away.
CREATE TABLE shards (
    low        INTEGER PRIMARY KEY,  -- first id of a folder of documents
    size       INTEGER NOT NULL,     -- of the manifest's file for it, when it was written
    changed_ns INTEGER NOT NULL      -- as the file system tells it
);
{TRIGGERS}
-- Under which ids the page stands that was just read for all of them, only reading all captures tells.
CREATE TRIGGER shared_update_told AFTER UPDATE OF verdict ON shared BEGIN DELETE FROM shards; END;
"""  # noqa: S608

MIGRATIONS: tuple[Migration, ...] = (("0013-shorter-lines", _TABLES),)
"""A ledger of before the first of them is made again from the kept pages."""
