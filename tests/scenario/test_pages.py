"""The pages of the scenario are what the table says, so that a run over them proves something."""

from __future__ import annotations

import pytest

from scraper.models import Lack, Page, Verdict
from scraper.sites.hkcnews import HKCNEWS
from tests.scenario.archive import page
from tests.scenario.table import SERVICE, Row, load

ROWS = {row.line.page + " ".join(row.line.words): row for case in load() for row in case.rows}
_LACKS = {"english": Lack.ENGLISH, "nobox": Lack.NO_AUTHOR_BOX, "nobody": Lack.EMPTY_BODY}


@pytest.mark.parametrize(
    "row", [row for row in ROWS.values() if row.line.page not in SERVICE], ids=lambda row: row.content
)
def test_a_page_of_the_scenario_is_judged_as_the_table_says(row: Row) -> None:
    """Verdict and lacks of each kind of page."""
    status = int(row.line.options.get("status", "200"))
    location = "https://www.hkcnews.com/" if row.line.page == "redirect_elsewhere" else None
    kind = row.capture.mimetype if row.capture.mimetype.startswith("image/") else "text/html; charset=UTF-8"
    body = b"" if location else page(row)
    reading = HKCNEWS.read(Page(row.capture.original, row.line.timestamp, status, kind, body, location=location))
    assert reading.verdict is Verdict(row.line.page), reading.detail
    if reading.verdict is Verdict.ARTICLE:
        assert reading.lacks - {Lack.POOR_URL} == {_LACKS[word] for word in row.line.words & set(_LACKS)}


def test_pages_differ_exactly_where_the_table_says_so() -> None:
    """Equal content, equal bytes."""
    rows = [row for case in load() for row in case.rows]
    assert len({page(row) for row in rows}) == len({row.content for row in rows})
