"""Pictures that documents name: where each stands, and what asking for its captures gave."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from scraper.ledger.articles import AT_ONCE
from scraper.ledger.database import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class ImageState(enum.StrEnum):
    """Where a picture stands. `MISSING`: everything it could be was asked for, and nothing was refused."""

    KEPT = "kept"
    WAITING = "waiting"
    MISSING = "missing"


class ImageReference(NamedTuple):
    """A place in a document that names a picture: as it stands there, and the address that this means."""

    raw: str
    address: str


class ImageAttempt(NamedTuple):
    """What one question about a picture gave.

    Attributes:
        original: the URL that was asked for.
        asked: near which moment, 14 digits; empty: which captures of it there are.
        timestamp: of the capture that answered; empty if none did.
        verdict: of `images.next_step`, or what the archive said, by the names of `Verdict`.
        next_at: when to ask again, 14 digits; None: at once, or never if `final`.
    """

    original: str
    asked: str
    timestamp: str
    verdict: str
    detail: str
    tries: int
    next_at: str | None
    final: bool


class KeptImage(NamedTuple):
    """A picture that is kept: its file below the folder of pictures, what it is, and the capture it came from."""

    path: str
    sha256: str
    width: int
    height: int
    original: str
    timestamp: str


class ImageEntry(NamedTuple):
    """All that is proven about one picture. `articles` are the ids of those that name it, ascending."""

    address: str
    state: ImageState
    reason: str
    kept: KeptImage | None
    articles: tuple[int, ...]
    tried: tuple[ImageAttempt, ...]


_TABLES = """
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
) WITHOUT ROWID;
CREATE INDEX images_due ON images (due) WHERE due IS NOT NULL;

-- With the archive's addresses: so that a document can be put back into that form, and known as ours.
CREATE TABLE image_documents (article INTEGER PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE image_spots (
    article  INTEGER NOT NULL,
    position INTEGER NOT NULL,     -- among the pictures of the document
    raw      TEXT NOT NULL,        -- what stands there in the form with the archive's addresses
    address  TEXT NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID;
CREATE INDEX image_spots_address ON image_spots (address);

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
) WITHOUT ROWID;
"""

_KEPT = ", ".join(KeptImage._fields)
_NAMED = """
EXISTS (SELECT 1 FROM image_spots s JOIN articles a ON a.id = s.article
        WHERE s.address = images.address AND a.state = 'written')
"""


class Images(Part):
    """The part of the ledger that knows the pictures."""

    def asked_for(self) -> bool:
        """Say whether anybody has ever asked for pictures: only then are there tables of them."""
        return self._db.one("SELECT 1 FROM sqlite_master WHERE name = 'images'") is not None

    def begin(self) -> None:
        """Make the tables of pictures, unless they are there. Before anybody asks for pictures there are none."""
        if not self.asked_for():
            self._db.script(_TABLES)

    def name(self, article: int, form_sha256: str, references: Iterable[ImageReference]) -> None:
        """Record the pictures that an article's document names, in its order; those not known yet are due.

        `form_sha256` is that of the document with the archive's addresses, hexadecimal.
        """
        references = list(references)
        if self.form_sha256(article) == form_sha256 and self.references(article) == references:
            return
        with self._db.transaction():
            self._db.do("INSERT OR REPLACE INTO image_documents VALUES (?, ?)", (article, form_sha256))
            self._db.do("DELETE FROM image_spots WHERE article = ?", (article,))
            self._db.many(
                "INSERT INTO image_spots VALUES (?, ?, ?, ?)",
                ((article, position, *spot) for position, spot in enumerate(references)),
            )
            self._db.many(
                "INSERT OR IGNORE INTO images (address, state, due) VALUES (?, 'waiting', ?)",
                ((spot.address, AT_ONCE) for spot in references),
            )

    def references(self, article: int) -> list[ImageReference]:
        """Return what the document of an article names, in its order."""
        if not self.asked_for():
            return []
        rows = self._db.all("SELECT raw, address FROM image_spots WHERE article = ? ORDER BY position", (article,))
        return [ImageReference(*row) for row in rows]

    def form_sha256(self, article: int) -> str | None:
        """Return the digest of an article's document with the archive's addresses, or None if not recorded."""
        if not self.asked_for():
            return None
        sha256: str | None = self._db.value("SELECT sha256 FROM image_documents WHERE article = ?", (article,))
        return sha256

    def due(self, now: str, *, after: str = "", limit: int = 500) -> list[str]:
        """Return addresses that written articles name and that are to be asked for, ascending, from behind `after`."""
        rows = self._db.all(
            "SELECT address FROM images WHERE state = 'waiting' AND due <= ? AND address > ? "  # noqa: S608
            f"AND {_NAMED} ORDER BY address LIMIT ?",
            (now, after, limit),
        )
        return [row[0] for row in rows]

    def next_due(self) -> str | None:
        """Return the first moment at which a picture wants to be asked for again, or None."""
        due: str | None = self._db.value(f"SELECT min(due) FROM images WHERE state = 'waiting' AND {_NAMED}")  # noqa: S608
        return due

    def states(self) -> dict[ImageState, int]:
        """Return how many pictures of written articles stand in each state."""
        counts: dict[str, int] = dict(self._db.all(f"SELECT state, count(*) FROM images WHERE {_NAMED} GROUP BY state"))  # noqa: S608
        return {state: counts.get(state, 0) for state in ImageState}

    def path(self, address: str) -> str | None:
        """Return the file of a kept picture, below the folder of pictures, or None."""
        path: str | None = self._db.value("SELECT path FROM images WHERE address = ?", (address,))
        return path

    def kept(self) -> Iterator[KeptImage]:
        """Yield each kept file once."""
        for row in self._db.each(f"SELECT {_KEPT} FROM images WHERE state = 'kept' GROUP BY path"):  # noqa: S608
            yield KeptImage(*row)

    def attempts(self, address: str) -> list[ImageAttempt]:
        """Return what the questions about a picture gave, in the order in which they were first put."""
        rows = self._db.all(
            "SELECT original, asked, timestamp, verdict, detail, tries, next_at, final FROM image_attempts "
            "WHERE address = ? ORDER BY position",
            (address,),
        )
        return [ImageAttempt(*row)._replace(final=bool(row[7])) for row in rows]

    def record_attempt(self, address: str, attempt: ImageAttempt) -> None:
        """Remember what one question about a picture gave."""
        self._db.do(
            "INSERT INTO image_attempts (address, position, original, asked, timestamp, verdict, detail, tries, "
            "next_at, final, at) "
            "VALUES (?, (SELECT count(*) FROM image_attempts WHERE address = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (address, original, asked) DO UPDATE SET timestamp = excluded.timestamp, "
            "verdict = excluded.verdict, detail = excluded.detail, tries = excluded.tries, "
            "next_at = excluded.next_at, final = excluded.final, at = excluded.at",
            (address, address, *attempt, self._now()),
        )

    def keep(self, address: str, kept: KeptImage) -> None:
        """Record that a picture's file is on the disk."""
        self._db.do(
            "UPDATE images SET state = 'kept', reason = '', due = NULL, path = ?, sha256 = ?, width = ?, height = ?, "
            "original = ?, timestamp = ?, changed_at = ? WHERE address = ?",
            (*kept, self._now(), address),
        )

    def set_state(self, address: str, state: ImageState, reason: str, *, due: str | None) -> None:
        """Record that a picture is waiting or missing."""
        self._db.do(
            "UPDATE images SET state = ?, reason = ?, due = ?, path = NULL, sha256 = NULL, width = NULL, "
            "height = NULL, original = NULL, timestamp = NULL, changed_at = ? WHERE address = ?",
            (str(state), reason, due, self._now(), address),
        )

    def mark_missing_due(self) -> int:
        """Let all missing ones be asked for anew; return how many."""
        with self._db.transaction():
            self._db.do(
                "DELETE FROM image_attempts WHERE address IN (SELECT address FROM images WHERE state = 'missing')"
            )
            return self._db.do(
                "UPDATE images SET state = 'waiting', reason = '', due = ? WHERE state = 'missing'", (AT_ONCE,)
            )

    def each(self) -> Iterator[ImageEntry]:
        """Yield all pictures that written articles name, by address, in flat memory."""
        if not self.asked_for():
            return
        articles = "SELECT DISTINCT article FROM image_spots WHERE address = ? ORDER BY article"
        for address, state, reason, *kept in self._db.each(
            f"SELECT address, state, reason, {_KEPT} FROM images WHERE {_NAMED} ORDER BY address"  # noqa: S608
        ):
            yield ImageEntry(
                address,
                ImageState(state),
                reason,
                KeptImage(*kept) if kept[0] is not None else None,
                articles=tuple(row[0] for row in self._db.all(articles, (address,))),
                tried=tuple(self.attempts(address)),
            )
