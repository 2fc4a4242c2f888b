"""docs/exports.md describes what the exports hold."""

import dataclasses
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from scraper.export.rows import ExportRow
from scraper.export.sqlite import write_sqlite

DOCUMENT = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")


def test_every_field_is_described() -> None:
    """The table of fields names each field of a row, in order, and says whether it may be null."""
    described = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", DOCUMENT, re.MULTILINE)
    kinds = {"int": "integer", "str": "text", "str | None": "text or null", "tuple[str, ...]": "list of text"}
    kinds["dict[str, str]"] = "object of text"
    assert described == [(field.name, kinds[str(field.type)]) for field in dataclasses.fields(ExportRow)]


def test_every_query_runs(tmp_path: Path, make_row: Callable[..., ExportRow]) -> None:
    """The queries shown find an article that holds the words they ask for."""
    row = make_row(7, title="抗疫 習近平 COVID-19", tags=("武漢肺炎",))
    write_sqlite([row], tmp_path / "a.sqlite")
    queries = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)
    queries += [f"SELECT id FROM search WHERE {part}" for part in re.findall(r"`(word MATCH [^`]+)`", DOCUMENT)]
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as database:
        assert [database.execute(query).fetchone()[0] for query in queries] == [7, 1, 7]
