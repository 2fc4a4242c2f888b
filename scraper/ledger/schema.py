"""The tables of the ledger, as named migrations. Never change one that was released: add another.

All times are 14 digits, UTC. A capture is named by ``(article, timestamp, original)`` in every table: two rows of the
CDX server that agree in these cannot be told apart by asking for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.ledger.database import Migration

_LISTINGS = """
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
"""

# 1,000,000 rows are normal. Clustered by article, because that is the only way it is read; no second index, because
# each would cost as much as the table. What is one page under many ids is counted into `shared` behind a listing.
_CAPTURES = """
CREATE TABLE captures (
    article    INTEGER NOT NULL,
    timestamp  TEXT NOT NULL,
    original   TEXT NOT NULL,
    urlkey     TEXT NOT NULL,
    mimetype   TEXT NOT NULL,
    statuscode TEXT NOT NULL,
    digest     TEXT NOT NULL,
    length     TEXT NOT NULL,
    listing    INTEGER NOT NULL,   -- that gave it first; 0: none did, it was fetched by its address or imported
    PRIMARY KEY (article, timestamp, original)
) WITHOUT ROWID
"""

_SHARED = """
CREATE TABLE shared (
    digest     TEXT PRIMARY KEY,
    ids        INTEGER NOT NULL,   -- how many article ids have it, 2 or more
    verdict    TEXT,               -- of the one time it was read, if that holds for all of them
    statuscode TEXT,               -- of the capture that was read
    detail     TEXT
) WITHOUT ROWID
"""

_ATTEMPTS = """
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
"""

_MEMENTOS = """
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
    PRIMARY KEY (original, timestamp)
) WITHOUT ROWID
"""

_READINGS = """
CREATE TABLE readings (
    article      INTEGER NOT NULL,
    timestamp    TEXT NOT NULL,
    original     TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    detail       TEXT NOT NULL,
    layout       TEXT,
    readings     TEXT NOT NULL,    -- JSON object: field to the reading that won
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
    PRIMARY KEY (article, timestamp, original)
) WITHOUT ROWID
"""

_ARTICLES = """
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
"""

_IMAGES = """
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
"""

_IMAGE_SPOTS = """
CREATE TABLE image_spots (
    article  INTEGER NOT NULL,
    position INTEGER NOT NULL,     -- among the pictures of the document
    raw      TEXT NOT NULL,        -- what stands there in the form with the archive's addresses
    address  TEXT NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID
"""

_IMAGE_ATTEMPTS = """
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
"""

_LISTS = """
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
"""

# One list a person would choose for each article: the one that says most.
_WITNESSES = """
CREATE TABLE witnesses (
    article   INTEGER PRIMARY KEY,
    title     TEXT NOT NULL,
    category  TEXT NOT NULL,
    author    TEXT NOT NULL,
    date      TEXT NOT NULL,
    timestamp TEXT NOT NULL,   -- of the list's capture
    original  TEXT NOT NULL
)
"""

# Captures that a listing gave, and a later complete one that asked for them too did not. They stay in `captures`, where
# `listing` is the last that gave a capture, negative if an earlier one had given it too.
_VANISHED = """
CREATE TABLE vanished (
    article INTEGER NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL, noticed_at TEXT NOT NULL,
    PRIMARY KEY (article, timestamp, original)
) WITHOUT ROWID
"""
_SHARDS = """
CREATE TABLE shards (
    low        INTEGER PRIMARY KEY,  -- first id of a folder of documents
    size       INTEGER NOT NULL,     -- of the manifest's file for it, when it was written
    changed_ns INTEGER NOT NULL      -- as the file system tells it
)
"""
_CHANGES = (("INSERT", "new"), ("DELETE", "old"))
_TOLD = (
    *(("articles", change, f"{row}.id") for change, row in _CHANGES),
    ("articles", "UPDATE OF state, file_sha256", "new.id"),
    *((name, change, f"{row}.article") for name in ("readings", "attempts", "mementos") for change, row in _CHANGES),
    ("captures", "UPDATE OF urlkey, digest", "new.article"),
    ("witnesses", "INSERT", "new.article"),
)
"""What the manifest tells of: table, change, the id concerned. A capture that becomes known makes its article due."""


def _stale_with(table: str, change: str, article: str) -> str:
    name = f"{table}_{change.partition(' ')[0].lower()}_told"
    low = f"({article} - 1) / 1000 * 1000 + 1"
    return f"CREATE TRIGGER {name} AFTER {change} ON {table} BEGIN DELETE FROM shards WHERE low = {low}; END"  # noqa: S608


MIGRATIONS: tuple[Migration, ...] = (
    (
        "0001-ledger",
        (
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
            _LISTINGS,
            "CREATE INDEX listings_article ON listings (article) WHERE article IS NOT NULL",
            "CREATE TABLE malformed (listing INTEGER NOT NULL, row TEXT NOT NULL, UNIQUE (row))",
            _CAPTURES,
            _SHARED,
            _ATTEMPTS,
            _MEMENTOS,
            "CREATE INDEX mementos_payload ON mementos (payload_sha1)",
            "CREATE INDEX mementos_file ON mementos (file, offset, length)",
            _READINGS,
            _ARTICLES,
            # The whole work list: a run with nothing to do reads this index, which is then empty.
            "CREATE INDEX articles_due ON articles (due) WHERE due IS NOT NULL",
            "CREATE INDEX articles_state ON articles (state)",
        ),
    ),
    (
        "0002-images",
        (
            _IMAGES,
            "CREATE INDEX images_due ON images (due) WHERE due IS NOT NULL",
            # With the archive's addresses: so that a document can be put back into that form, and known as ours.
            "CREATE TABLE image_documents (article INTEGER PRIMARY KEY, sha256 TEXT NOT NULL)",
            _IMAGE_SPOTS,
            "CREATE INDEX image_spots_address ON image_spots (address)",
            _IMAGE_ATTEMPTS,
        ),
    ),
    (
        "0003-kept-pages-by-article",
        # `rebuild` goes through the kept pages article by article; without it each id asked for reads them all.
        ("CREATE INDEX mementos_article ON mementos (article) WHERE article IS NOT NULL",),
    ),
    (
        "0004-listings-by-url",  # each id without a document asks which listings would have named its captures
        ("CREATE INDEX listings_url ON listings (url)",),
    ),
    (
        "0005-provenance",  # JSON object: what the archive's answer said of where the capture comes from, by header
        ("ALTER TABLE mementos ADD COLUMN provenance TEXT NOT NULL DEFAULT '{}'",),
    ),
    (
        "0006-copies",
        # Of a capture that is kept in a better copy: of the same URL and moment, with other bytes.
        (
            _MEMENTOS.replace("mementos", "copies").replace("(original, timestamp)", "(file, offset)"),
            "ALTER TABLE copies ADD COLUMN provenance TEXT NOT NULL DEFAULT '{}'",
        ),
    ),
    (
        "0007-beliefs",
        # JSON object: name of a belief to whether the page bears it out; in pages read earlier none was looked for.
        ("ALTER TABLE readings ADD COLUMN beliefs TEXT NOT NULL DEFAULT '{}'",),
    ),
    (
        "0008-lists",
        (
            _LISTS,
            "CREATE INDEX lists_day ON lists (urlkey, timestamp)",
            _WITNESSES,
        ),
    ),
    (
        "0009-shards",
        # A row says that a file of the manifest is as the ledger has it; any change of what it tells takes it away.
        (
            "DELETE FROM meta WHERE key = 'manifest'",
            _SHARDS,
            *(_stale_with(*told) for told in _TOLD),
            # Under which ids the page stands that was just read for all of them, only reading all captures tells.
            "CREATE TRIGGER shared_update_told AFTER UPDATE OF verdict ON shared BEGIN DELETE FROM shards; END",
        ),
    ),
    (
        "0010-vanished",
        (_VANISHED, *(_stale_with("vanished", change, f"{row}.article") for change, row in _CHANGES)),
    ),
    (
        "0011-lists-counted",  # that name the article
        ("ALTER TABLE witnesses ADD COLUMN lists INTEGER NOT NULL DEFAULT 1",),
    ),
)
