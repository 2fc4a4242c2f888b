"""The site as people meet it: from a disk, in a real browser."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.export.web.browser import Browser, inside, served
from tests.export.web.conftest import KINDS


def test_reading_from_front_to_article_and_on(fresh: Browser, site: Path) -> None:
    """Clicks lead from the front page to a day, an article, the older one, its author; the back button leads back."""
    fresh.open((site / "index.html").as_uri())
    fresh.one("section.day h2 a").click()
    assert "date/2020" in fresh.driver.current_url
    fresh.one("ul.rows a").click()
    first = fresh.driver.current_url
    title = fresh.one("h1").text
    fresh.one(".near a[rel=prev]").click()
    assert fresh.driver.current_url != first
    fresh.one("a[rel=author]").click()
    assert fresh.one("h1").text.startswith("記者")
    fresh.driver.back()
    fresh.driver.back()
    assert fresh.driver.current_url == first
    assert fresh.one("h1").text == title
    assert fresh.complaints() == []


def test_nothing_is_asked_of_another_host(fresh: Browser, site: Path) -> None:
    """Every kind of page, the hostile one too, loads files of its folder only, and breaks none of its own rules."""
    for kind, path in KINDS.items():
        fresh.open(f"{site.as_uri()}/{path}")
        time.sleep(0.2)
        assert fresh.run("return window.ran") is None, kind
    requests = fresh.requests()
    assert len(requests) > 2 * len(KINDS)
    assert [one for one in requests if not inside(one, site)] == []
    assert fresh.complaints() == []


def test_the_same_on_a_web_host(fresh: Browser, site: Path) -> None:
    """Served over HTTP, no page asks another host, no script of a document runs, and the search finds."""
    with served(site) as address:
        for kind, path in KINDS.items():
            fresh.open(f"{address}/{path}")
            assert fresh.run("return window.ran") is None, kind
        assert 1200 in fresh.search(address, "渡輪")
        assert [one for one in fresh.requests() if not one.startswith(f"{address}/")] == []
        assert fresh.complaints() == []


def test_a_hostile_document_in_the_results(fresh: Browser, site: Path) -> None:
    """Words of a hostile document in the list of hits are text."""
    assert fresh.search(site.as_uri(), "onerror") == [1202]
    assert fresh.run("return [document.querySelectorAll('#results img, #results script').length, window.ran]") == [
        0,
        None,
    ]
    assert "<script>" in fresh.one("#results").text


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_no_page_is_wider_than_the_window(fresh: Browser, site: Path, width: int) -> None:
    """From 320 px to a wide screen, nothing but tables scrolls sideways."""
    fresh.size(width)
    for kind, path in KINDS.items():
        fresh.open(f"{site.as_uri()}/{path}")
        assert fresh.run("return document.documentElement.scrollWidth") <= width, kind


def test_light_and_dark(fresh: Browser, site: Path) -> None:
    """The page follows the system's wish."""
    colours = []
    for scheme in ("light", "dark"):
        fresh.media(scheme=scheme)
        fresh.open((site / "article/1/1200.html").as_uri())
        colours.append(fresh.run("return getComputedStyle(document.body).backgroundColor"))
    light, dark = (sum(map(int, colour.strip("rgb()").split(","))) for colour in colours)
    assert light > 700
    assert dark < 120


def test_print(fresh: Browser, site: Path) -> None:
    """In print an article is its text and where it comes from: no menu, no search, black on white."""
    fresh.media(kind="print", scheme="dark")
    fresh.open((site / "article/1/1200.html").as_uri())
    hidden = fresh.run(
        "return ['.top nav', '.find', '.near', 'footer'].map(s => getComputedStyle(document.querySelector(s)).display)"
    )
    assert hidden == ["none"] * 4
    assert fresh.run("return getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert fresh.one(".provenance").is_displayed()
    assert len(fresh.command("Page.printToPDF")["data"]) > 10_000


def test_by_keyboard_alone(fresh: Browser, site: Path) -> None:
    """The first stop is a link past the menu; every link can be reached and shows that it has been."""
    from selenium.webdriver import ActionChains, Keys

    fresh.open((site / "article/1/1200.html").as_uri())
    keys = ActionChains(fresh.driver)
    keys.send_keys(Keys.TAB).perform()
    assert fresh.run("return document.activeElement.className") == "skip"
    assert fresh.run("return document.activeElement.getBoundingClientRect().left") >= 0
    keys.send_keys(Keys.ENTER).perform()
    assert fresh.run("return location.hash") == "#main"
    seen = set()
    for _ in range(60):
        keys.send_keys(Keys.TAB).perform()
        if fresh.run("return document.activeElement === document.body"):  # round once: the browser's own bar
            break
        seen.add(fresh.run("return document.activeElement.getAttribute('href')"))
        assert fresh.run("return document.activeElement.matches(':focus-visible')")
    links = fresh.run(
        "return [...document.querySelectorAll('main a[href]')].filter(a => a.checkVisibility())"
        ".map(a => a.getAttribute('href'))"
    )
    assert set(links) <= seen


@pytest.mark.parametrize("path", [KINDS["article"], KINDS["front"], KINDS["search"]])
def test_nothing_moves_while_a_page_loads(fresh: Browser, site: Path, path: str) -> None:
    """No layout shift, with pictures in the page and while hits come in."""
    fresh.open(f"{site.as_uri()}/{path}")
    time.sleep(0.5)
    shift = fresh.run(
        "return new Promise(done => new PerformanceObserver(list => done(list.getEntries().map(e => e.value)))"
        ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done([]), 500))"
    )
    assert sum(shift) < 0.01


def test_without_javascript(site: Path) -> None:
    """Everything can be read without scripts; the search says that it needs them, and where else to go."""
    browser = Browser(javascript=False)
    try:
        browser.open((site / "index.html").as_uri())
        browser.one("ul.cards a").click()
        assert browser.one("article .text p").text
        browser.open((site / "search.html").as_uri())
        assert "JavaScript" in browser.one("noscript").text
    finally:
        browser.close()


def test_an_article_shows_what_the_document_holds(fresh: Browser, site: Path) -> None:
    """Kept picture here, others as a link to the archive; film as a link with its host; table; author box; links."""
    fresh.open((site / "article/1/1200.html").as_uri())
    fresh.until("return document.querySelector('figure img').naturalWidth === 600")  # pictures are loaded lazily
    assert fresh.one("figure a.absent").get_attribute("href").startswith("https://web.archive.org/web/")
    assert fresh.one("a.video").text.endswith("youtube.com")
    assert fresh.one("a.video").get_attribute("href").endswith("/embed/_x_y_")
    assert fresh.one("td").text == "中環"
    assert "在碼頭旁長大" in fresh.one(".box").text
    links = [unquote(one.get_attribute("href")) for one in fresh.driver.find_elements("css selector", ".text p a")]
    assert links[0] == unquote((site / "article/1/1001.html").as_uri())
    assert links[1].endswith("/https://example.org/臺灣?a=1")
    assert fresh.run("return document.documentElement.lang") == "zh-HK"
    assert fresh.run("return JSON.parse(document.querySelector('script[type]').textContent).headline").startswith(
        "臺灣"
    )


def test_pictures_from_the_archive_only_when_asked(fresh: Browser, tmp_path: Path) -> None:
    """With `--images archive` pictures that are not kept come from there, from nowhere else; the about page says so."""
    from tests.export.web.made import every_kind, make

    make(every_kind(tmp_path / "output"), tmp_path / "site", embed=True)
    page = (tmp_path / "site/article/1/1200.html").read_text(encoding="utf-8")
    assert '<img class="far" src="https://web.archive.org/web/20200102030405im_/' in page
    assert "img-src &#39;self&#39; https://web.archive.org;" in page
    assert "evil.example" not in "".join(
        one for one in (tmp_path / "site/article/1/1202.html").read_text().split("<img")[1:] if "src" in one[:20]
    )
    assert "asks" not in (tmp_path / "site/about.html").read_text().split("Pictures and films")[0]
    assert "your browser asks that host" in (tmp_path / "site/about.html").read_text()
