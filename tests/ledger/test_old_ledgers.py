"""Ledgers of versions before this one are brought up to date in place, and nothing in them is lost."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scraper.ledger import Ledger
from scraper.ledger.database import FUNCTIONS, Database
from scraper.ledger.mementos import Kept
from scraper.ledger.schema import MIGRATIONS
from scraper.sites.hkcnews import HKCNEWS
from scraper.times import SystemClock
from scraper.urls import urlkey

OLD = Path(__file__).with_name("old_ledger.sql").read_text(encoding="utf-8")
"""The tables of when pictures were noted unasked and originals stood as they are."""
STAMP = "20210629000248"
OPEN = (
    "import sys; from pathlib import Path; from scraper.ledger import Ledger;"
    "from scraper.sites.hkcnews import HKCNEWS; from scraper.times import SystemClock; print('go', flush=True);"
    "Ledger(Path(sys.argv[1]), site=HKCNEWS, clock=SystemClock()).close()"
)


def original(number: int) -> str:
    """Return one that can be told shorter, or is destroyed, or spelled in lower case, or not escaped at all."""
    tail = ("%E7%A4%BE%E5%8D%80-%E7%94%9F", "%EF%BF%BD%E7%A4", "%e7%a4%be", "社區%E5%8D%80", "?fbclid=%41")[number % 5]
    return f"https://www.hkcnews.com/article/{number}/{tail * 5}"


def make_old(path: Path, ids: range) -> None:
    """Make a ledger as an earlier version left it: an article, a capture, a reading, a kept page, a picture an id."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD)
    database = Database(path, MIGRATIONS[:1])
    with database.transaction():
        database.do("INSERT INTO meta VALUES ('seeded', ?), ('manifest', 'stale')", (str(HKCNEWS.known_ids),))
        for number in ids:
            url = original(number)
            key = "k" if number % 2 else urlkey(url)
            file = f"articles/x/article_{number}.md"
            database.do(
                "INSERT INTO articles (id, source, state, reason, timestamp, original, file, file_sha256) "
                "VALUES (?, 'cdx', 'written', 'first', ?, ?, ?, ?)",
                (number, STAMP, url, file, "a" * 64),
            )
            database.do(
                "INSERT INTO captures VALUES (?, ?, ?, ?, 'text/html', '200', ?, '9', 1)",
                (number, STAMP, url, key, f"{number:032}"),
            )
            database.do(
                "INSERT INTO readings VALUES (?, ?, ?, 'article', '', 'article-page', '{\"title\": \"h1\"}', '[]', ?, "
                "'[1]', 't', '2021-06-29', 'a', '眾聞', 'match', ?, ?, '{\"tags\": true}')",
                (number, STAMP, url, "b" * 64, "c" * 64, STAMP),
            )
            database.do(
                "INSERT INTO mementos VALUES (?, ?, ?, 'captures-00001.warc.gz', ?, 1, ?, ?, 'match', ?, ?)",
                (url, STAMP, number, number, f"{number:032}", "c" * 64, STAMP, '{"Warning": "299"}'),
            )
            database.do(
                "INSERT INTO attempts VALUES (?, ?, ?, 1, 'outage', '', ?, NULL, 0)", (number, STAMP, url, STAMP)
            )
            database.do("INSERT INTO images (address, state, due) VALUES (?, 'waiting', '')", (f"https://x/{number}",))
            database.do("INSERT INTO image_spots VALUES (?, 0, 'raw', ?)", (number, f"https://x/{number}"))
    database.close()


def dump(path: Path) -> list[str]:
    """Return all that a ledger holds, as text, sorted: indexes and triggers may be made in another order."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        return sorted(line for line in database.iterdump() if 'INTO "migrations"' not in line)


def test_an_old_ledger_tells_the_same(tmp_path: Path) -> None:
    """Captures, readings, kept pages, tries, states: as they were given, in whatever spelling; it takes less room."""
    path, ids = tmp_path / "ledger.sqlite3", range(1000, 9000)
    make_old(path, ids)
    before = path.stat().st_size
    with contextlib.closing(Ledger(path, site=HKCNEWS, clock=SystemClock())) as ledger:
        for number in (*ids[:10], ids[-1]):
            url = original(number)
            (known,) = ledger.captures.of_article(number)
            assert known.capture[1:] == (STAMP, url, "text/html", "200", f"{number:032}", "9")
            assert known.capture.urlkey == ("k" if number % 2 else urlkey(url))
            assert known.read is not None
            assert known.attempt is not None
            kept = ledger.mementos.get(url, STAMP)
            assert kept == Kept(
                *(url, STAMP, number, "captures-00001.warc.gz", number, 1, f"{number:032}", "c" * 64, "match"),
                '{"Warning": "299"}',
            )
            entry = ledger.evidence.of_article(number)
            assert entry is not None
            assert entry.chosen is not None
            assert (entry.chosen.original, entry.chosen.provenance) == (url, {"Warning": "299"})
            assert (dict(entry.chosen.readings), entry.chosen.title) == ({"title": "h1"}, "t")
            row = ledger.articles.get(number)
            assert row is not None
            assert row.original == url
        assert list(ledger.evidence.beliefs()) == [('{"tags": true}', len(ids), list(ids))]
        assert not ledger.images.asked_for()
        ledger.require_whole()
    assert path.stat().st_size < before * 0.7


def test_pictures_that_were_asked_for_stay(tmp_path: Path) -> None:
    """Only what nobody asked for goes."""
    path = tmp_path / "ledger.sqlite3"
    make_old(path, range(1000, 1003))
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE images SET state = 'missing' WHERE address = 'https://x/1000'")
    with contextlib.closing(Ledger(path, site=HKCNEWS, clock=SystemClock())) as ledger:
        assert ledger.images.asked_for()
        assert [spot.address for spot in ledger.images.references(1001)] == ["https://x/1001"]


def test_killed_while_it_is_brought_up_to_date_it_is_whole(tmp_path: Path) -> None:
    """At whatever moment: the next to open it finds the old ledger or the new one, and goes on from there."""
    old, path, wanted = tmp_path / "old.sqlite3", tmp_path / "ledger.sqlite3", tmp_path / "wanted.sqlite3"
    make_old(old, range(1000, 4000))
    shutil.copy(old, wanted)
    begun = time.monotonic()
    Ledger(wanted, site=HKCNEWS, clock=SystemClock()).close()
    whole = time.monotonic() - begun
    killed = 0
    for part in range(6):
        for name in tmp_path.glob("ledger.sqlite3*"):
            name.unlink()
        shutil.copy(old, path)
        process = subprocess.Popen([sys.executable, "-c", OPEN, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(whole * part / 6)
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        process.stdout.close()
        with contextlib.closing(Ledger(path, site=HKCNEWS, clock=SystemClock())) as ledger:
            ledger.require_whole()
        assert dump(path) == dump(wanted)
    assert killed


@pytest.mark.parametrize(
    "text", ["https://a/%E7%A4%BE", "https://a/社", "\x01x", "%FF%E7%A4%BE", "", "%ED%A0%80", "%e7%a4%be"]
)
def test_an_original_comes_back_in_its_own_spelling(text: str) -> None:
    """Also one that nobody would spell so."""
    assert FUNCTIONS["uri"](FUNCTIONS["iri"](text)) == text
