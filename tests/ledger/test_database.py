from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.errors import StoreError, WrongVersion
from scraper.ledger import Ledger
from scraper.ledger.database import FUNCTIONS, Database
from scraper.ledger.schema import MIGRATIONS

FIRST = ("0001-a", "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n")
SECOND = ("0002-b", "CREATE TABLE b (x);\nINSERT INTO b VALUES (1);\n")
BROKEN = ("0002-b", "CREATE TABLE b (x);\nINSERT INTO nowhere VALUES (1);\n")


def tables(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return names


def test_each_migration_is_applied_once_and_recorded(tmp_path: Path) -> None:
    """Opening again applies only what is missing, in order."""
    path = tmp_path / "l.sqlite3"
    Database(path, [FIRST]).close()
    database = Database(path, [FIRST, SECOND])
    assert [row[0] for row in database.all("SELECT name FROM migrations ORDER BY name")] == ["0001-a", "0002-b"]
    assert database.all("SELECT count(*) FROM a") == [(1,)]
    database.close()


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Its statements and its record are one transaction; those before it stay, and a mended one can be applied."""
    path = tmp_path / "l.sqlite3"
    with pytest.raises(StoreError):
        Database(path, [FIRST, BROKEN])
    assert tables(path) == {"a", "migrations"}
    Database(path, [FIRST, SECOND]).close()
    assert tables(path) == {"a", "b", "migrations"}


def test_a_ledger_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    """It is not opened, for writing or reading, and the message says what to do."""
    path = tmp_path / "l.sqlite3"
    Database(path, [FIRST, SECOND]).close()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="newer version"):
            Database(path, [FIRST], read_only=read_only)


def test_a_ledger_of_an_older_program_is_not_read_as_it_is(tmp_path: Path) -> None:
    """Something may be lacking; the message says what to do."""
    path = tmp_path / "l.sqlite3"
    Database(path, [FIRST]).close()
    with pytest.raises(WrongVersion, match="hkcnews rebuild"):
        Database(path, [FIRST, SECOND], read_only=True)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_ledger_of_before_all_migrations_is_left_alone(tmp_path: Path, read_only: bool) -> None:
    """Its tables have another form, which nothing brings up to date; the message says how it is made again."""
    path = tmp_path / "l.sqlite3"
    Database(path, [FIRST]).close()
    before = path.read_bytes()
    with pytest.raises(WrongVersion, match=r"older version .*'0001-a'.* `hkcnews rebuild --ledger` sets it aside"):
        Database(path, [SECOND], read_only=read_only)
    assert path.read_bytes() == before


def test_names_of_migrations_are_unique_and_in_order() -> None:
    """They are applied in the order in which they stand, and found by name."""
    names = [name for name, _ in MIGRATIONS]
    assert names == sorted(set(names))


def test_a_transaction_is_all_or_nothing_also_inside_another(open_ledger: Callable[..., Ledger]) -> None:
    """What is raised inside takes everything back, the inner part included."""
    ledger = open_ledger()

    def work() -> None:
        with ledger.transaction():
            ledger.set_meta("outer", "1")
            with ledger.transaction():
                ledger.set_meta("inner", "1")
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert ledger.get_meta("outer") is None
    assert ledger.get_meta("inner") is None


def test_somebody_may_look_while_it_is_written(open_ledger: Callable[..., Ledger]) -> None:
    """A reader beside the writer sees what was committed, and cannot write."""
    writer = open_ledger()
    reader = open_ledger(read_only=True)
    with writer.transaction():
        writer.set_meta("word", "new")
        assert reader.get_meta("word") is None
    assert reader.get_meta("word") == "new"
    with pytest.raises(StoreError):
        reader.set_meta("word", "mine")


def test_rows_left_half_read_outlive_the_file(open_ledger: Callable[..., Ledger]) -> None:
    """Whoever was interrupted amid the rows lets go of them after the ledger is closed, without an error."""
    ledger = open_ledger()
    rows = ledger.articles.each()
    assert next(rows).id == 10
    ledger.close()
    rows.close()  # type: ignore[attr-defined]


def test_known_ids_are_there_from_the_start(open_ledger: Callable[..., Ledger]) -> None:
    """Every id of the site's known range has a state in a new ledger, and opening again adds none."""
    open_ledger().close()
    ledger = open_ledger()
    assert [row.id for row in ledger.articles.each()] == [10, 11, 12, 13, 14]
    assert {row.state for row in ledger.articles.each()} == {"waiting"}


@pytest.mark.parametrize(
    "text", ["https://a/%E7%A4%BE", "https://a/社", "\x01x", "%FF%E7%A4%BE", "", "%ED%A0%80", "%e7%a4%be"]
)
def test_an_original_comes_back_in_its_own_spelling(text: str) -> None:
    """Also one that nobody would spell so."""
    assert FUNCTIONS["uri"](FUNCTIONS["iri"](text)) == text
