"""What other programs may use: the names of docs/library.md, and its examples."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import scraper
from tests.server.make import article_page, saved_article, write_warc

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)


def test_every_public_name_is_there_and_documented() -> None:
    """Each name can be imported, is known to type checkers, and stands in the document or is an error."""
    for name in scraper.__all__:
        thing = getattr(scraper, name)
        is_error = isinstance(thing, type) and issubclass(thing, Exception)
        assert f"`{name}`" in DOCUMENT or is_error, name
    tree = ast.parse(Path(scraper.__file__).read_text(encoding="utf-8"))
    typed = [alias.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(filter(None, typed)) == scraper.__all__


def test_other_names_are_refused() -> None:
    """A name that is not public is no attribute."""
    with pytest.raises(AttributeError, match="no attribute 'Engine'"):
        _ = scraper.Engine


def test_the_examples_run(tmp_path: Path) -> None:
    """Each example of the document runs as it stands there, on a page saved before and on a WARC file."""
    (tmp_path / "saved.html").write_bytes(article_page(301))
    write_warc(tmp_path / "captures.warc.gz", [saved_article(301), saved_article(302)])
    printed = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for program in PROGRAMS
    ]
    assert printed[0].startswith('---\ntitle: "')
    assert "2 captures of articles taken in" in printed[1]
    assert len(list((tmp_path / "output" / "articles").rglob("*.md"))) == 2
