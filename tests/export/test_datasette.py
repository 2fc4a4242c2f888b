"""The SQLite file in real Datasette."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from scraper.export.rows import ExportRow
from scraper.export.sqlite import write_sqlite


def test_datasette_shows_every_table(tmp_path: Path, make_row: Callable[..., ExportRow]) -> None:
    """Every table and view has its page, articles have a search box that finds, facets count, tags link to articles."""
    command = Path(sys.executable).with_name("datasette")
    if not command.exists():
        pytest.skip("no datasette here: `make browser` installs it")
    file = tmp_path / "hkcnews.sqlite"
    write_sqlite([make_row(1, title="武漢肺炎大爆發"), make_row(2, author="李遠山")], file)

    def get(path: str) -> str:
        words = [str(command), str(file), "--get", path]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"{path}: {done.stdout[-500:]} {done.stderr[-500:]}"
        return done.stdout

    database = json.loads(get("/hkcnews.json"))
    names = [table["name"] for table in database["tables"] + database["views"]]
    assert {"articles", "tags", "search"} <= set(names)
    for name in names:
        get(f"/hkcnews/{name}")
    assert 'name="_search"' in get("/hkcnews/articles")
    found = json.loads(get(f"/hkcnews/articles.json?_shape=array&_search={quote('武漢肺炎')}"))
    assert [row["id"] for row in found] == [1]
    facets = json.loads(get("/hkcnews/articles.json?_facet=author"))["facet_results"]
    assert {one["value"]: one["count"] for one in facets["author"]["results"]} == {"陳小明": 1, "李遠山": 1}
    assert 'href="/hkcnews/articles/1"' in get("/hkcnews/tags")
