"""Regression fixtures: a page, what is known of it, and what reading it must give.

A fixture is three files beside each other in ``fixtures/<layout or verdict>/``, named ``<timestamp>-<name>``:

- ``.html``: the page as it was answered, byte for byte;
- ``.json``: why it is there, the capture it stands for (`url`, `timestamp`, `status`, `content_type`, and where they
  matter `location`, `truncated`), and the expected outcome (`verdict`, `detail`, `layout`, `lacks`, `readings`);
- ``.md``: the expected document, where the verdict is an article.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.errors import StoreError, UsageError
from scraper.files import replace_file
from scraper.markdown.document import render_document
from scraper.models import Page, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.models import Site

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_MOST_LINES = 40
"""Of a document that differs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a page gave: the facts that the ``.json`` holds, and the document of an article."""

    facts: dict[str, object]
    document: str | None


@dataclass(frozen=True, slots=True)
class Fixture:
    """One fixture as it lies on disk; `path` is that of the page."""

    path: Path
    why: str
    page: Page
    expected: Outcome

    @property
    def name(self) -> str:
        """Folder and name, as people say it."""
        return f"{self.path.parent.name}/{self.path.stem}"


def outcome_of(site: Site, page: Page) -> Outcome:
    """Read a page and return what a fixture of it expects."""
    reading = site.read(page)
    facts: dict[str, object] = {"verdict": reading.verdict.value}
    if reading.detail:
        facts["detail"] = reading.detail
    if reading.layout:
        facts["layout"] = reading.layout
    if reading.article is None:
        return Outcome(facts, None)
    facts["lacks"] = sorted(lack.value for lack in reading.lacks)
    facts["readings"] = dict(sorted(reading.readings.items()))
    original_url = site.document_url(page.original)
    return Outcome(facts, render_document(reading.article, original_url=original_url, timestamp=page.timestamp))


def read_fixtures(folder: Path) -> Iterator[Fixture]:
    """Yield the fixtures of a folder, sorted.

    Raises:
        StoreError: a page without its ``.json``, or one that cannot be read.
    """
    for path in sorted(folder.glob("*/*.html")):
        sidecar, document = path.with_suffix(".json"), path.with_suffix(".md")
        try:
            known = json.loads(sidecar.read_text(encoding="utf-8"))
            page = Page(
                original=known.pop("url"),
                timestamp=known.pop("timestamp"),
                status=known.pop("status"),
                content_type=known.pop("content_type"),
                body=path.read_bytes(),
                location=known.pop("location", None),
                truncated=known.pop("truncated", None),
            )
            why = known.pop("why")
            text = document.read_bytes().decode("utf-8") if document.exists() else None
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(
                f"fixture {path}: {error!r}; its .json must hold why, url, timestamp, status, content_type"
            ) from error
        yield Fixture(path, why, page, Outcome(known, text))


def differences(fixture: Fixture, site: Site) -> list[str]:
    """Return in what reading the page now differs from what the fixture expects, as lines; none if it does not."""
    now = outcome_of(site, fixture.page)
    found = [
        f"{key}: expected {fixture.expected.facts.get(key)!r}, is {now.facts.get(key)!r}"
        for key in sorted({*fixture.expected.facts, *now.facts})
        if fixture.expected.facts.get(key) != now.facts.get(key)
    ]
    old, new = ((text or "no document").split("\n") for text in (fixture.expected.document, now.document))
    return found + list(difflib.unified_diff(old, new, "expected", "is", lineterm="", n=0))[:_MOST_LINES]


def add_fixture(folder: Path, site: Site, page: Page, *, name: str, why: str) -> Fixture:
    """Save a page as a fixture, with its expected files as they come out now.

    Raises:
        UsageError: an unfit name, or a fixture of that name is there.
    """
    if not _NAME.match(name):
        raise UsageError(f"--name {name!r}: use lower-case letters, digits and single hyphens, such as box-in-aside")
    expected = outcome_of(site, page)
    kind = str(expected.facts["layout"] if expected.facts["verdict"] == Verdict.ARTICLE else expected.facts["verdict"])
    path = folder / kind / f"{page.timestamp}-{name}.html"
    if path.exists():
        raise UsageError(
            f"{path} is there already; choose another --name, or change it and run fixture refresh --write"
        )
    replace_file(path, [page.body])
    fixture = Fixture(path, why, page, expected)
    write_expected(fixture, expected)
    return fixture


def write_expected(fixture: Fixture, expected: Outcome) -> None:
    """Write the ``.json`` and ``.md`` of a fixture."""
    page = fixture.page
    known: dict[str, object] = {"why": fixture.why, "url": page.original, "timestamp": page.timestamp}
    known |= {"status": page.status, "content_type": page.content_type}
    optional = {"location": page.location, "truncated": page.truncated}
    known |= {key: value for key, value in optional.items() if value is not None}
    text = json.dumps(known | expected.facts, ensure_ascii=False, indent=2) + "\n"
    replace_file(fixture.path.with_suffix(".json"), [text.encode()])
    document = fixture.path.with_suffix(".md")
    if expected.document is None:
        document.unlink(missing_ok=True)
    else:
        replace_file(document, [expected.document.encode()])
