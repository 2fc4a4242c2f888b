"""Articles as one SQLite file that finds Chinese words of any length.

FTS5's tokenizers divide text at spaces, which Chinese has none of. Its trigram tokenizer finds any run of three
characters or more; most Chinese words have two. So a second index holds the words of one and two characters, and
the view `search` asks both: for any word only one of them can answer. Works in any SQLite from 3.34 (December 2020),
without extensions.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sqlite3
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper import __version__
from scraper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scraper.export.rows import ExportRow

# In `short_words`, a line is a word: every character but the line feed belongs to it. So what is quoted in a query is
# one word too, and nothing depends on how new the characters are that this SQLite knows of.
_SCHEMA = r"""
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, date TEXT NOT NULL, last_updated TEXT, author TEXT NOT NULL,
    category TEXT NOT NULL, tags TEXT NOT NULL, url TEXT NOT NULL, original_url TEXT NOT NULL, box_label TEXT,
    box_author TEXT, box_avatar TEXT, box_bio TEXT, markdown TEXT NOT NULL, text TEXT NOT NULL, images TEXT NOT NULL,
    timestamp TEXT NOT NULL, original TEXT NOT NULL, urlkey TEXT NOT NULL, digest TEXT NOT NULL,
    digest_check TEXT NOT NULL, layout TEXT, file TEXT NOT NULL, file_sha256 TEXT NOT NULL, page_sha256 TEXT NOT NULL,
    provenance TEXT NOT NULL
);
CREATE TABLE tags (
    article INTEGER NOT NULL REFERENCES articles(id), position INTEGER NOT NULL, tag TEXT NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID;
CREATE TABLE lost (
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL, author TEXT NOT NULL,
    date TEXT NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL, lists INTEGER NOT NULL
);
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE long_words USING fts5(
    title, author, category, tags, text, content="articles", content_rowid="id", tokenize='trigram'
);
CREATE VIRTUAL TABLE short_words USING fts5(
    words, content='', detail=none, tokenize="ascii tokenchars ' !#$%&()*+,-./:;<=>?@[\]^_`{|}~''""'"
);
CREATE VIEW search AS
    SELECT rowid AS id, long_words AS word FROM long_words UNION ALL SELECT rowid, short_words FROM short_words;
"""
# Made when all rows are in, so that they lie one behind the other.
_INDEXES = """
CREATE INDEX tags_by_tag ON tags (tag);
CREATE INDEX articles_by_date ON articles (date);
INSERT INTO long_words (long_words) VALUES ('rebuild');
INSERT INTO long_words (long_words) VALUES ('optimize');
INSERT INTO short_words (short_words) VALUES ('optimize');
"""


def write_sqlite(
    rows: Iterable[ExportRow], path: Path, lost: Iterable[Mapping[str, object]] = (), *, withheld: str = ""
) -> int:
    """Fill an empty file; return how many articles there were. The same rows give the same bytes.

    `lost` is what lists say of ids that are not written, as `Articles.lost` gives it; it has a table of its own.
    `withheld` is a sentence that says what was left out on purpose.

    Raises:
        StoreError: the file cannot be written, such as on a full disk.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            # Nobody else sees this file before it is whole, so nothing has to be taken back.
            database.execute("PRAGMA page_size = 4096")
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(_SCHEMA)
            database.execute("BEGIN")
            count = 0
            for row in rows:
                _insert(database, row)
                count += 1
            known = (tuple(one.values()) for one in lost)
            database.executemany("INSERT INTO lost VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", known)
            about = {"software": f"hkcnews {__version__}", "articles": str(count), "withheld": withheld}
            database.executemany("INSERT INTO about VALUES (?, ?)", about.items())
            database.execute("COMMIT")
            database.executescript(_INDEXES)
    except sqlite3.Error as error:
        raise StoreError(
            f"the SQLite export cannot be written ({error}). Make room on the disk, or see that Python's SQLite, "
            f"here {sqlite3.sqlite_version}, is 3.34 or newer with FTS5, and run it again."
        ) from error
    return count


def _insert(database: sqlite3.Connection, row: ExportRow) -> None:
    values = dataclasses.asdict(row)
    for name in ("tags", "provenance", "images"):
        values[name] = json.dumps(values[name], ensure_ascii=False)
    places = ", ".join(f":{name}" for name in values)
    database.execute(f"INSERT INTO articles VALUES ({places})", values)  # noqa: S608
    database.executemany(
        "INSERT INTO tags VALUES (?, ?, ?)", ((row.id, position, tag) for position, tag in enumerate(row.tags))
    )
    words = "\n".join(short_words("\n".join((row.title, row.author, row.category, *row.tags, row.text))))
    database.execute("INSERT INTO short_words (rowid, words) VALUES (?, ?)", (row.id, words))


# Letters, digits, and the private area, where old Hong Kong fonts kept Cantonese characters.
_RUN = re.compile(r"(?:[^\W_]|[\ue000-\uf8ff])+")


def short_words(text: str) -> list[str]:
    """Return all words of one and two characters that a reader may look for, each once, sorted.

    Scripts that put no space between words give every character and every pair of neighbours; in others only a word
    that stands alone counts, so that ``EU`` is not found in ``neutral``.
    """
    words: set[str] = set()
    for match in _RUN.finditer(text.lower()):
        run = match[0]
        if len(run) <= 2:
            words.add(run)
        words.update(char for char in run if _unspaced(char))
        words.update(a + b for a, b in pairwise(run) if _unspaced(a) or _unspaced(b))
        pieces = "".join(" " if _unspaced(char) else char for char in run).split()  # such as ``5g`` in ``用5g網``
        words.update(piece for piece in pieces if len(piece) <= 2)
    return sorted(words)


def _unspaced(char: str) -> bool:
    """Say whether a letter is of a script without upper and lower case, as Chinese and Japanese are."""
    return not char.isascii() and char.lower() == char.upper()
