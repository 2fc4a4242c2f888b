"""What a line of the manifest holds, and how what it leaves out is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.ledger.evidence import ChosenCapture, Entry
from scraper.models import State
from scraper.paths import shard_path
from scraper.reports.manifest import entry_json, read_manifest
from scraper.sites.hkcnews import HKCNEWS

if TYPE_CHECKING:
    from pathlib import Path

SHA = "0" * 64
CAPTURE = ChosenCapture(
    "20200607080910",
    "https://www.hkcnews.com/article/201/harbour",
    None,
    "FD2DB4GMP5HI3WNJA73VHVWTNTTVADRZ",
    "unverifiable",
    "article-page",
    '{"body": "article-page"}',
    SHA,
    "2020-06-07",
    "Harbour",
)
ENTRY = Entry(
    201, State.WRITTEN, "first intact capture in order", "articles/1-1000/article_201.md", SHA, CAPTURE, tried=()
)


def test_what_is_as_nearly_always_or_follows_from_the_rest_is_left_out_and_read_back(tmp_path: Path) -> None:
    """Of 41,013 articles it was a fifth of each line: the usual reason and layout, the path, a digest not compared."""
    line = entry_json(ENTRY, HKCNEWS)
    assert list(json.loads(line)) == ["id", "state", "capture", "file_sha256", "page_sha256"]
    assert len(line) < 390
    shard = tmp_path / shard_path(1)
    shard.parent.mkdir()
    shard.write_text(f"{line}\n")
    (told,) = read_manifest(tmp_path)
    assert (told["reason"], told["file"]) == (ENTRY.reason, ENTRY.file)
    assert told["capture"]["digest_check"] == "unverifiable"


def test_what_is_out_of_the_ordinary_is_told() -> None:
    """Another reason, another layout, a digest that was compared."""
    capture = CAPTURE._replace(digest_check="mismatch", layout="other")
    told = json.loads(entry_json(ENTRY._replace(reason="preferred to 20190101000000", chosen=capture), HKCNEWS))
    assert (told["reason"], told["layout"]) == ("preferred to 20190101000000", "other")
    assert told["capture"]["digest_check"] == "mismatch"
