from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.jobs.fixtures import read_fixtures
from scraper.models import Page
from scraper.page.replayed import replayed_capture
from scraper.sites.hkcnews import HKCNEWS
from tests.server.rewrite import Rewriter, view
from tests.sites.pages import FIRST, TIMESTAMP, URL, WRITER, box, column_heading, page, read

ROOT = Path(__file__).parent.parent.parent
RECORDED = ROOT.parent / "shared" / "recordings" / "replay-pages"
FIXTURES = [
    fixture
    for fixture in read_fixtures(ROOT / "fixtures")
    if fixture.expected.facts["verdict"] in {"article", "farewell", "listing", "login", "soft_404", "foreign"}
    and fixture.page.body[:1] == b"<"  # a replay cannot write into bytes that are no ASCII-like text
    and "rewritten" not in fixture.name
]


def rewritten(held: Page, base: str, *, toolbar: bool = True, frame_modifier: str = "if_") -> Page:
    rewriter = Rewriter(base, held.timestamp, held.original, frame_modifier)
    return held._replace(body=view(held.body, rewriter, datetime(2021, 7, 4, tzinfo=UTC), toolbar=toolbar))


@pytest.mark.parametrize("base", ["https://web.archive.org", "http://127.0.0.1:8123"])
@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_a_rewritten_page_reads_as_the_raw_one(fixture, base: str) -> None:
    """Verdict, every field, the text's digest and the linked ids are equal, whatever address replayed it."""
    assert HKCNEWS.read(rewritten(fixture.page, base)) == HKCNEWS.read(fixture.page)


def test_every_link_form_survives_the_rewriting() -> None:
    """Root-relative, absolute, protocol- and path-relative, bare host, mailto, and a link into the archive itself."""
    links = (
        "/a",
        "https://www.hkcnews.com/b",
        "//h.example/c",
        "d/e",
        "../f",
        "https://h.example",
        "mailto:a@h.example",
    )
    links += ("https://web.archive.org/web/2018/http://h.example/", "#top", "tel:1", "http://h.example?x=1")
    body = FIRST + "".join(f'<p><a href="{link}">{number}</a></p>' for number, link in enumerate(links))
    media = '<p><img src="/a b.png"></p><p><iframe src="//v.example/1"></iframe></p>'
    held = page(author=WRITER, headline=column_heading(), body=body + media, after=box()).encode()
    raw = Page(URL, TIMESTAMP, 200, None, held)
    article = HKCNEWS.read(raw).article
    assert article is not None
    for toolbar in (True, False):
        assert HKCNEWS.read(rewritten(raw, "https://web.archive.org", toolbar=toolbar)).article == article
    assert HKCNEWS.read(rewritten(raw, "https://web.archive.org", frame_modifier="")).article == article
    assert f"(/web/{TIMESTAMP}/https://www.hkcnews.com/a)" in article.content
    assert (
        f"(https://web.archive.org/web/{TIMESTAMP}/https://web.archive.org/web/2018/http://h.example/)"
        in article.content
    )
    assert f"(https://web.archive.org/web/{TIMESTAMP}/https://h.example/)" in article.content


def test_links_into_the_archive_on_a_raw_page_stand() -> None:
    """Only links that name the page's own capture were written by a replay."""
    article = read(
        page(body=FIRST + '<p><a href="https://web.archive.org/web/2018/http://h.example/">x</a></p>')
    ).article
    assert article is not None
    assert f"/web/{TIMESTAMP}/https://web.archive.org/web/2018/http://h.example/" in article.content


@pytest.mark.parametrize(
    "note",
    [
        f'__wm.wombat("{URL}","{TIMESTAMP}","https://web.archive.org/","web","/_static/","1");',
        f'__wm.bt(700,27,25,2,"web","{URL}","{TIMESTAMP}",1996,"/_static/",[]);',
        f'wbinfo.url = "{URL}";\n wbinfo.timestamp = "{TIMESTAMP}";',
        f"<!-- saved from url=(0099)https://web.archive.org/web/{TIMESTAMP}/{URL} -->",
        f"<!--\n Page saved with SingleFile \n url: https://web.archive.org/web/{TIMESTAMP}/{URL} \n-->",
        f'<link rel="canonical" href="https://web.archive.org/web/{TIMESTAMP}/{URL}">',
        f'<meta property="og:url" content="http://localhost/web/{TIMESTAMP}/{URL}" />',
    ],
)
def test_a_replayed_page_says_whose_capture_it_is(note: str) -> None:
    """From the replay's script, a browser's note, or a rewritten canonical link."""
    found = replayed_capture(f"<html><head>{note}</head></html>")
    assert found is not None
    assert (found.original, found.timestamp) == (URL, TIMESTAMP)


def test_a_raw_page_names_no_capture() -> None:
    """Its own address is not a capture's."""
    assert replayed_capture(page(head=f'<link rel="canonical" href="{URL}">')) is None


@pytest.mark.parametrize(
    ("name", "timestamp"),
    [
        ("2020-toolbar.html", "20140109030403"),
        ("2021-toolbar.html", "20070228213001"),
        ("2021-no-toolbar.html", "20210916140120"),
        ("2021-no-toolbar-gb2312.html", "20120611024252"),
    ],
)
def test_recorded_replay_pages_name_their_capture(name: str, timestamp: str) -> None:
    """Pages that the archive really answered with."""
    if not RECORDED.is_dir():
        pytest.skip("../shared/recordings is not here")
    found = replayed_capture((RECORDED / name).read_text(encoding="utf-8", errors="replace"))
    assert found is not None
    assert found.timestamp == timestamp
    assert found.original.startswith("http")


def test_a_page_saved_by_a_browser_has_its_root_relative_links_back() -> None:
    """Browsers make links absolute; those to the site's own host were written from the root."""
    note = f"<!-- saved from url=(0099)https://web.archive.org/web/{TIMESTAMP}/{URL} -->"
    inner = f"https://web.archive.org/web/{TIMESTAMP}/https://www.hkcnews.com/aboutus/"
    html = page(body=FIRST + f'<p><a href="{inner}">關於</a></p>').replace("<html", f"{note}<html", 1)
    article = read(html).article
    assert article is not None
    assert f"[關於](/web/{TIMESTAMP}/https://www.hkcnews.com/aboutus/)" in article.content


def test_a_link_with_a_control_character_is_undone() -> None:
    """The parser keeps such characters and takes none back: they leave the link."""
    link = f'<p><a href="https://web.archive.org/web/{TIMESTAMP}/http://h.example/a\x08b">甲</a></p>'
    article = read(page(body=FIRST + link)).article
    assert article is not None
    assert f"[甲](https://web.archive.org/web/{TIMESTAMP}/http://h.example/ab)" in article.content
