"""Documents that are right have no defect: what an audit calls marred is marred."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scraper.audit.defects import Weight
from scraper.audit.examine import examine
from scraper.sites.hkcnews import HKCNEWS

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared/conformance"


def marred(path: Path) -> list[str]:
    data = path.read_bytes()
    named = re.search(rb"^url: .*/article/([0-9]+)", data, re.MULTILINE)
    assert named is not None
    found = examine(data, int(named[1]), HKCNEWS).defects
    return [f"{path.name}: {one.defect} {one.detail}" for one in found if one.defect.weight is Weight.MARRED]


def test_of_the_fixtures_none_is_marred() -> None:
    """Not even where the text is full of what Markdown might take for markup."""
    documents = list(ROOT.glob("fixtures/*/*.md"))
    assert len(documents) > 50
    assert [line for path in documents for line in marred(path)] == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/conformance is not here")
def test_of_the_sites_own_texts_none_is_marred() -> None:
    """Nor of documents whose body is the site's own HTML."""
    documents = [*SHARED.glob("expected/**/*.md"), *SHARED.glob("real/expected/**/*.md")]
    assert documents
    assert [line for path in documents for line in marred(path)] == []
