"""Articles as an SQLite file."""

import dataclasses
import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.export.rows import ExportRow
from scraper.export.sqlite import write_sqlite


@pytest.fixture
def database(tmp_path: Path, make_row: Callable[..., ExportRow]) -> Iterator[sqlite3.Connection]:
    rows = [
        make_row(1),
        make_row(2, title="武漢肺炎大爆發", text="中美元首通電話，用5G網。港股跌。", tags=("習近平",)),
        make_row(3, title="Trump visits", text="A poem by Li Bai; café 今日；\ue123字", tags=(), author="Lee"),
    ]
    assert write_sqlite(rows, tmp_path / "a.sqlite") == 3
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        yield connection


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("抗疫", [1]),
        ("肺炎", [2]),
        ("電話", [2]),
        ("散步記", [1]),
        ("武漢肺炎", [2]),
        ("武漢肺炎大爆發", [2]),
        ("習近平", [2]),
        ("近平", [2]),
        ("疫", [1]),
        ("𨋢", [1]),
        ("有 𨋢", [1]),
        ('"𨋢 無"', [1]),
        ('"無樓梯。"', [1]),
        ('"5G"', [2]),
        ('"G-7"', []),
        ('"it\'s"', []),
        ('"a\\b""c"', []),
        ("\ue123", [3]),
        ("\ue123字", [3]),
        ("trump", [3]),
        ("Trump", [3]),
        ("visits", [3]),
        ("EU", [1]),
        ("li", [3]),
        ("ne", []),
        ("5g", [2]),
        ("G7", [1]),
        ("A股", [1]),
        ("港股", [2]),
        ("café", [3]),
        ("今日", [3]),
        ("疫炎", []),
        ("大爆炸", []),
        ("陳小明", [1, 2]),
        ("lee", [3]),
    ],
)
def test_finds_words_of_any_length(database: sqlite3.Connection, word: str, ids: list[int]) -> None:
    """One simple query finds a word as it stands: Chinese of one, two or more characters, Latin, mixed, rare."""
    found = database.execute("SELECT id FROM search WHERE word MATCH ? ORDER BY id", (word,)).fetchall()
    assert [row[0] for row in found] == ids


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("SELECT count(*) FROM articles WHERE {抗疫}", [(1,)]),
        ("SELECT id FROM articles WHERE {抗疫} OR {肺炎} ORDER BY date, id DESC LIMIT 2", [(2,), (1,)]),
        ("SELECT id FROM articles WHERE {抗疫} AND {散步記} AND category = '眾聞'", [(1,)]),
        ("SELECT category, count(*) FROM articles WHERE NOT {抗疫} GROUP BY 1", [("眾聞", 2)]),
        ("SELECT DISTINCT tag FROM tags JOIN articles ON id = article WHERE {武漢肺炎} ORDER BY 1", [("習近平",)]),
    ],
)
def test_goes_with_any_other_question(
    database: sqlite3.Connection, query: str, answer: list[tuple[object, ...]]
) -> None:
    """A word found is a condition like any other: it can be counted, sorted, grouped, negated and joined."""
    for word in ("抗疫", "肺炎", "散步記", "武漢肺炎"):
        query = query.replace(f"{{{word}}}", f"id IN (SELECT id FROM search WHERE word MATCH '{word}')")
    assert database.execute(query).fetchall() == answer


def test_rows_are_those_of_json_lines(database: sqlite3.Connection, make_row: Callable[..., ExportRow]) -> None:
    """The table has the same fields; tags stand in a table of their own as well."""
    cursor = database.execute("SELECT * FROM articles WHERE id = 1")
    assert [column[0] for column in cursor.description] == [field.name for field in dataclasses.fields(ExportRow)]
    row = dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
    wanted = dataclasses.asdict(make_row(1))
    assert json.loads(row.pop("tags")) == list(wanted.pop("tags"))
    assert json.loads(row.pop("images")) == list(wanted.pop("images"))
    assert json.loads(row.pop("provenance")) == wanted.pop("provenance")
    assert row == wanted
    assert database.execute("SELECT article, tag FROM tags ORDER BY article, position").fetchall() == [
        (1, "抗疫"),
        (1, "A股"),
        (2, "習近平"),
    ]
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_same_rows_same_bytes(tmp_path: Path, make_row: Callable[..., ExportRow]) -> None:
    """Two exports of the same articles are the same file, byte for byte."""
    rows = [make_row(number) for number in range(1, 40)]
    for name in ("a", "b"):
        write_sqlite(rows, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


CHINESE = "疫情香港𨋢𠝹"


AROUND = st.text(st.sampled_from(CHINESE + "Ab7é-。 "), max_size=12)


@given(st.text(st.sampled_from(CHINESE), min_size=1, max_size=6), AROUND, AROUND, st.lists(AROUND, max_size=3))
@settings(max_examples=40, deadline=None)
def test_finds_exactly_what_is_there(word: str, before: str, behind: str, others: list[str]) -> None:
    """For a Chinese word of any length the search finds the articles whose text has it somewhere, and no other."""
    texts = [before + word + behind, *others]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite"
        write_sqlite([blank_row(number, text) for number, text in enumerate(texts, 1)], path)
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("SELECT id FROM search WHERE word MATCH ? ORDER BY id", (word,)).fetchall()
    assert [row[0] for row in found] == [number for number, text in enumerate(texts, 1) if word in text]


def blank_row(number: int, text: str) -> ExportRow:
    kinds = {"int": number, "str": "", "str | None": None, "tuple[str, ...]": (), "dict[str, str]": {}}
    values = {field.name: kinds[str(field.type)] for field in dataclasses.fields(ExportRow)}
    return ExportRow(**values | {"text": text})  # type: ignore[arg-type]
