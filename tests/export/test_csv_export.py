"""All ids as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from scraper.export.rows import CSV_COLUMNS, Standing, write_csv
from scraper.ledger.evidence import ChosenCapture, Entry, Witness
from scraper.markdown.document import render_document
from scraper.models import Article, State

CAPTURE = ChosenCapture("20200102030405", "http://x", "k", "D", "match", None, "{}", "", None, None)
LOST = Entry(2, State.NEVER_CAPTURED, "no capture", None, None, None, ())


def standing(**fields: object) -> Standing:
    article = Article("標題", "2020-01-02", "甲", "眾聞", "文")._replace(**fields)
    text = render_document(article, original_url="https://www.hkcnews.com/article/1/a", timestamp="20200102030405")
    return Standing(Entry(1, State.WRITTEN, "the latest", "articles/1-1000/article_1.md", "0", CAPTURE, ()), text)


def table(*standings: Standing) -> list[dict[str, str]]:
    file = io.BytesIO()
    write_csv(standings, file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


def test_a_line_says_where_an_article_stands_and_what_its_front_matter_says() -> None:
    """State, fields, capture; several tags in one cell."""
    (line,) = table(standing(tags=("抗疫", "A股"), title='他說："好", 對'))
    assert (
        line
        | {
            "id": "1",
            "state": "written",
            "title": '他說："好", 對',
            "date": "2020-01-02",
            "last_updated": "",
            "tags": "抗疫; A股",
            "url": "https://web.archive.org/web/20200102030405/https://www.hkcnews.com/article/1/a",
            "captured": "2020-01-02 03:04:05",
            "digest_check": "match",
            "file": "articles/1-1000/article_1.md",
        }
        == line
    )
    assert list(line) == list(CSV_COLUMNS)


def test_what_is_not_written_has_what_lists_say_of_it() -> None:
    """So that somebody who sorts by state sees what was lost."""
    witness = Witness("失去的", "眾聞", "乙", "2018-03-04", "20180305000000", "https://www.hkcnews.com/")
    (line,) = table(Standing(LOST._replace(known_from=witness)))
    assert [line[name] for name in ("id", "state", "reason", "title", "author", "date", "captured")] == [
        *("2", "never_captured", "no capture", "失去的", "乙", "2018-03-04", ""),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    """A page's text is text to a spreadsheet, too: what would begin a formula has an apostrophe before it."""
    (line,) = table(standing(title=text, author=text, tags=(text,)))
    assert {line["title"], line["author"], line["tags"]} == {f"'{text}"}


def test_spreadsheets_see_that_it_is_utf_8() -> None:
    """Excel takes a file without the mark for one in the charset of the country."""
    file = io.BytesIO()
    write_csv([standing()], file)
    assert file.getvalue().startswith(b"\xef\xbb\xbfid,state,")
    assert file.getvalue().count(b"\r\n") == 2
    assert not file.closed


def test_a_document_in_another_form_keeps_its_line(tmp_path: Path) -> None:
    """Whoever calls is told of it; state and capture are there."""
    told: list[int] = []
    broken = standing()._replace(text="no document")
    file = io.BytesIO()
    assert write_csv([broken], file, lambda entry, _: told.append(entry.id)) == 0
    assert told == [1]
    assert b"\r\n1,written,the latest,,,,,,,,,2020-01-02 03:04:05,D,match," in file.getvalue()


def test_every_column_is_described() -> None:
    """docs/exports.md names the columns, in order."""
    text = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
    described = text.partition("## CSV")[2].partition("\n## ")[0].partition("Columns: ")[2].partition(".\n")[0]
    assert tuple(re.findall(r"`(\w+)`", described)) == CSV_COLUMNS
