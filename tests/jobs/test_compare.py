"""`hkcnews compare`: documents of another archive against the captures that they name, on a loopback archive."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scraper.audit.folder import Document as Kind
from scraper.audit.folder import draw, kinds_of
from scraper.jobs.compare import Comparison
from scraper.markdown.document import render_document
from scraper.models import Page
from scraper.sites.hkcnews import HKCNEWS
from tests.clocks import ScaledClock
from tests.few_ids import know_few_ids
from tests.jobs.folders import call
from tests.server import Faults, Rule, Saved, TestArchive
from tests.server.make import Box, article_url, farewell_page, made_up_title, saved_article

GOOD = "20200607080910"
IDS = range(301, 309)


def theirs(one: Saved) -> str:
    """The document that the reference's program made of a page: as ours, of pages of the known make-up."""
    reading = HKCNEWS.read(Page(one.url, one.timestamp, 200, "text/html; charset=UTF-8", one.payload))
    assert reading.article is not None
    return render_document(reading.article, original_url=HKCNEWS.document_url(one.url), timestamp=one.timestamp)


def save(folder: Path, article: int, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"article_{article}.md").write_text(text, encoding="utf-8")


def column(article: int, **other: object) -> Saved:
    page = {"category": "眾說", "box": Box("甲", bio="住在離島。")} | other
    return saved_article(
        article, GOOD, url=article_url(article, f"民生-{article + 90}"), last_updated="2020-06-06 07:08:09", **page
    )


@pytest.fixture
def captures() -> list[Saved]:
    return [saved_article(one, GOOD) if one % 2 else column(one) for one in IDS]


@pytest.fixture
def reference(tmp_path: Path, captures: list[Saved]) -> Path:
    """A folder of documents as the known make-up gives them."""
    for article, one in zip(IDS, captures, strict=True):
        save(tmp_path / "reference", article, theirs(one))
    return tmp_path / "reference"


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget of the test's own, and time that runs fast."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    ScaledClock(600.0).stand_in(monkeypatch.setattr)


class Comparing:
    """An output folder, and the command on it."""

    def __init__(self, output: Path, archive: TestArchive) -> None:
        self.output = know_few_ids(output)
        self.archive = archive
        config = "contact = 'test@example.org'\nreplay_per_minute = 60000\nsit_out = 0\ntries_per_capture = 1\n"
        self.config = output / "config.toml"
        self.config.write_text(config, encoding="utf-8")

    def __call__(self, *words: object) -> tuple[int, dict]:
        where = ["--output", self.output, "--archive", self.archive.base, "--config", self.config, "--json"]
        done = call("compare", *words, *where)
        return done.returncode, json.loads(done.stdout)

    def ledger(self) -> list[tuple]:
        with closing(sqlite3.connect(self.output / "ledger.sqlite3")) as database:
            return database.execute("SELECT id, state, due, file FROM articles ORDER BY id").fetchall()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Comparing]:
    archives: list[TestArchive] = []

    def make(saved: list[Saved], **options: object) -> Comparing:
        archives.append(TestArchive(saved, **options).__enter__())  # type: ignore[arg-type]
        return Comparing(tmp_path / "output", archives[-1])

    yield make  # type: ignore[misc]
    for one in archives:
        one.close()


def test_pages_that_are_read_as_theirs_were(opened, captures, reference) -> None:
    """Everything is the same, field by field, tag by tag, block by block: status 0, and the advice to run."""
    comparing = opened(captures)
    status, report = comparing(reference)
    assert (status, report["overall"], report["compared"], report["fetched"]) == (0, "run", len(IDS), len(IDS))
    assert report["differences"] == report["skipped"] == []
    counts = report["fields"]
    assert counts["title"] == {"same": len(IDS), "ours_right": 0, "differs": 0}
    assert counts["body"]["same"] > 4 * len(IDS)
    assert {name for name, one in counts.items() if one["ours_right"] or one["differs"]} == set()
    assert {one["name"]: one["for"] for one in report["beliefs"]}["box"] == len(IDS) // 2
    assert comparing.archive.log.entries("cdx") == []


def test_what_is_fetched_is_kept_and_nothing_else_changes(opened, captures, reference) -> None:
    """No document, no state: a second comparison asks for nothing, and a later run reads what was kept."""
    comparing = opened(captures)
    before = comparing.ledger()
    assert comparing(reference)[0] == 0
    assert comparing.ledger() == before
    assert not (comparing.output / "articles").exists()
    assert len(list((comparing.output / "warc").iterdir())) == 1
    comparing.archive.log.clear()
    status, report = comparing(reference)
    assert (status, report["fetched"], report["compared"]) == (0, 0, len(IDS))
    assert comparing.archive.log.entries() == []


def test_what_is_written_stays_done(opened, captures, reference) -> None:
    """An article that is written from another capture is not looked at again because of a comparison."""
    comparing = opened([*captures, saved_article(301, "20210102030405", surroundings="<p>later</p>")])
    where = ["--output", comparing.output, "--archive", comparing.archive.base, "--config", comparing.config]
    assert call("run", "--ids", "301", *where).returncode == 0
    before = comparing.ledger()
    assert comparing(reference, "--ids", "301")[1]["fetched"] == 1
    assert comparing.ledger() == before


TEXT = '<div class="article-content">'
OTHERWISE = {
    "another place of the stamp": ("last_updated", "stamp", "最後更新: 2020-06-06 07:08:09", "更新於6月6日"),
    "another box": (
        "author_box",
        "box",
        '<div class="article-author-info">\n<div class="author-profile',
        "<div><div id='",
    ),
    "another place of the plea": ("body", "plea_place", TEXT, f"{TEXT}<hr><p>月費訂戶</p><p>月費訂戶</p>"),
    "tags in a list": ("tags", "tags", '<meta name="keywords" content="民生">', "<ul><li>民生</li></ul>"),
    "another label of the date": ("date", "date", "發佈日期", "日期"),
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_another_make_up_is_found(what: str, opened, tmp_path: Path) -> None:
    """What is read otherwise than theirs was is named with both sides; the beliefs say which fact does not hold."""
    field, belief, before, now = OTHERWISE[what]
    made = [column(one) for one in IDS]
    for article, one in zip(IDS, made, strict=True):
        save(tmp_path / "reference", article, theirs(one))
    pages = [Saved(one.url, one.timestamp, one.payload.replace(before.encode(), now.encode())) for one in made]
    status, report = opened(pages)(tmp_path / "reference")
    assert (status, report["overall"]) == (1, "mend")
    assert report["fields"][field]["differs"] >= len(IDS)
    found = [one for one in report["differences"] if one["field"] == field]
    assert {one["id"] for one in found} == set(IDS)
    assert all(one["theirs"] != one["ours"] and one["defect"] is None for one in found)
    assert found[0]["capture"]["timestamp"] == GOOD
    (row,) = [one for one in report["beliefs"] if one["name"] == belief]
    assert (row["for"], row["against"], row["ids"]) == (0, len(IDS), list(IDS)[:3])


def test_a_page_that_is_no_article_for_us(opened, captures, reference) -> None:
    """The field `page` says so, with what it was for us."""
    pages = [Saved(article_url(301), GOOD, b"<html><body><h1>x</h1><p>y</p></body></html>"), *captures[1:]]
    status, report = opened(pages)(reference)
    assert (status, report["fields"]["page"]["differs"]) == (1, 1)
    (found,) = report["differences"]
    assert (found["id"], found["field"]) == (301, "page")


def test_a_defect_of_theirs_is_no_difference(opened, captures, reference) -> None:
    """A farewell page taken for the article, a date lost, an address cut, a broken heading: ours is right."""
    farewell = Saved(article_url(301), "20220301000000", farewell_page())
    text = (reference / "article_301.md").read_text(encoding="utf-8").replace(GOOD, farewell.timestamp)
    save(reference, 301, re.sub(f"{made_up_title(301)}", "眾新聞告別    感謝讀者", text))
    save(reference, 303, re.sub(r'date: ".*"', 'date: ""', (reference / "article_303.md").read_text(encoding="utf-8")))
    cut = (reference / "article_305.md").read_text(encoding="utf-8")
    save(reference, 305, re.sub(r'original_url: ".*"', 'original_url: "https://www.hkcnews.com/art"', cut))
    text = (reference / "article_302.md").read_text(encoding="utf-8")
    save(reference, 302, re.sub(r"\n\n### ", "\n\n### \n\n### ", text))
    status, report = opened([farewell, *captures[1:]])(reference)
    assert {(one["id"], one["field"], one["defect"]) for one in report["differences"]} == {
        (301, "page", "farewell"),
        (302, "body", "broken_heading"),
        (303, "date", "no_date"),
        (305, "original_url", "url_cut"),
    }
    assert (status, report["overall"]) == (0, "run")
    assert report["fields"]["date"] == {"same": len(IDS) - 2, "ours_right": 1, "differs": 0}


def test_a_difference_that_a_defect_does_not_explain_is_one(opened, captures, reference) -> None:
    """A block of theirs that is broken and says something else is not excused by its being broken."""
    text = (reference / "article_302.md").read_text(encoding="utf-8")
    save(reference, 302, re.sub(r"\n\n### [^\n]+", "\n\n### 別的標題   \n兩行", text))
    status, report = opened(captures)(reference)
    (found,) = report["differences"]
    assert (status, report["overall"], found["field"], found["defect"]) == (1, "look", "body", None)


def test_a_refusal_ends_it_and_what_came_is_kept(opened, captures, reference) -> None:
    """Status 3 and the advice to come back; the same command goes on from there."""
    comparing = opened(captures, faults=Faults([Rule("429", service="replay", skip=3, times=None)]))
    status, report = comparing(reference)
    assert (status, report["overall"], len(report["refusals"])) == (3, "later", 1)
    assert 0 < report["compared"] < len(IDS)


def test_what_cannot_be_compared_is_named(opened, captures, reference) -> None:
    """A document whose address is of another article, a capture that is not there: skipped, with the reason."""
    save(reference, 399, (reference / "article_301.md").read_text(encoding="utf-8"))
    comparing = opened(captures[1:])
    status, report = comparing(reference)
    assert {one["id"] for one in report["skipped"]} == {301, 399}
    assert (status, report["compared"]) == (0, len(IDS) - 1)


def test_fixtures_hold_their_document_to_be_corrected(opened, tmp_path: Path) -> None:
    """With ``--yes`` the page is kept; its document is theirs, so that the check fails until that is right."""
    one = column(302)
    save(tmp_path / "reference", 302, theirs(one))
    pages = [Saved(one.url, one.timestamp, one.payload.replace("發佈日期".encode(), "日期".encode()))]
    fixtures = tmp_path / "fixtures"
    status, report = opened(pages)(tmp_path / "reference", "--fixture", "--yes", "--fixtures", fixtures)
    assert status == 1
    (page,) = fixtures.glob("*/*.html")
    assert report["fixtures"] == [str(page)]
    assert page.read_bytes() == pages[0].payload
    assert page.with_suffix(".md").read_text(encoding="utf-8") == theirs(one)
    assert "differs from another archive in date" in page.with_suffix(".json").read_text(encoding="utf-8")
    checked = call("fixture", "check", "--fixtures", fixtures)
    assert checked.returncode == 1
    assert '+date: ""' in checked.stdout


def test_wrong_words_are_told_what_to_do(opened, captures, reference, tmp_path: Path) -> None:
    """A folder without documents, a sample of none, nobody to ask: status 2 and a next step."""
    (tmp_path / "nothing").mkdir()
    for words in (
        (tmp_path / "nothing",),
        (tmp_path / "gone",),
        (reference, "--sample", "0"),
        (reference, "--fixture"),
    ):
        done = call("compare", *words, "--output", tmp_path / "output")
        assert done.returncode == 2
        assert done.stderr


def test_people_are_shown_the_table_and_what_to_do(opened, captures, reference) -> None:
    """The counts by field, each difference with both sides, the beliefs, and a sentence at the end."""
    save(reference, 303, (reference / "article_303.md").read_text(encoding="utf-8").replace("民生", "民\u202e死"))
    comparing = opened(captures)
    where = ["--output", comparing.output, "--archive", comparing.archive.base, "--config", comparing.config]
    done = call("compare", reference, *where)
    assert re.search(r"^tags +7 +0 +1$", done.stdout, re.MULTILINE)
    assert "article 303, capture 20200607080910: tags differs" in done.stdout
    assert r"theirs '民\u202e死'" in done.stdout
    assert "what is believed of the pages" in done.stdout
    assert done.stdout.splitlines()[-1].startswith(f"{len(IDS)} documents compared, {len(IDS)} captures fetched.")


def test_a_sample_has_every_kind() -> None:
    """Of a thousand documents a few are drawn, the rarest kinds among them, and the same ones each time."""
    documents = [
        Kind(number, Path(f"{number}"), frozenset({f"year {number % 5}", "table" if number == 617 else "plain"}))
        for number in range(1000)
    ]
    drawn = draw(documents, 10)
    assert len({one.article for one in drawn}) == 10
    assert 617 in {one.article for one in drawn}
    assert {kind for one in drawn for kind in one.kinds} == {kind for one in documents for kind in one.kinds}
    assert draw(reversed(documents), 10) == drawn
    assert len(draw(documents, 5000)) == 1000


def test_kinds_are_seen_in_the_document() -> None:
    """Year, category, language, and what it shows or lacks."""
    body = "<table><tr><td>一</td></tr><tr><td>二</td></tr></table><iframe src='https://example.org/v'></iframe>"
    kinds = kinds_of(theirs(column(302, body=body)), HKCNEWS)
    assert kinds == {
        "2019",
        "眾說",
        "chinese",
        "2019 眾說 chinese",
        "stamp",
        "box",
        "table",
        "frame",
        "plea",
        "revised",
    }
    plain = saved_article(303, "20170101000000", tags=(), title="A day at sea", date="01.01.17", category="News")
    assert kinds_of(theirs(plain), HKCNEWS) == {"2017", "News", "other language", "2017 News other language", "no tags"}


def test_who_ends_it_is_not_told_to_go_on_with_a_run() -> None:
    """What was not compared may differ: the same command goes on."""
    done = Comparison()
    done.compared, done.stopped = 1, True
    assert (done.overall, "the same command goes on" in done.advice.lower()) == ("later", True)
