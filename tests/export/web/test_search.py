"""The search, in a real browser from a disk: nothing missed and nothing false, whatever is asked."""

from __future__ import annotations

import random
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from scraper.export.plain import plain_text
from scraper.export.web.index import MOST_READ
from scraper.export.web.search import WORD, fold
from scraper.markdown.document import parse_document
from tests.export.web.browser import Browser
from tests.export.web.made import Folder, make, random_text

QUERIES = 200


def words_of(document: str) -> str:
    """Return all words of an article's page, from its document alone."""
    parsed = parse_document(document)
    head = parsed.front_matter
    return "\n".join((head.title, head.author, head.category, *head.tags, plain_text(parsed.body)))


def scan(texts: dict[int, str], query: str) -> set[int]:
    """Look through every text for every part of the query: a string that does not begin or end inside a Latin word."""
    patterns = []
    for part in fold(query).split():
        before = f"(?<![{WORD}])" if re.match(f"[{WORD}]", part) else ""
        behind = f"(?![{WORD}])" if re.search(f"[{WORD}]$", part) else ""
        patterns.append(re.compile(f"{before}{re.escape(part)}{behind}"))
    return {number for number, text in texts.items() if all(one.search(fold(text)) for one in patterns)}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, str]]:
    """A site of 300 articles in which strings come again and again, and the words of each article."""
    place = tmp_path_factory.mktemp("drawn")
    folder = Folder(place / "output")
    dice = random.Random(17)
    for number in [*range(300, 500), *range(20000, 20100)]:
        paragraph = random_text(dice, dice.randint(5, 60)).strip() or "空"
        title = " ".join(random_text(dice, 4).split()) or "題"
        folder.article(
            number, re.sub(r"\n\s*\n[\s]*", "\n\n", paragraph), title=title, tags=(random_text(dice, 1).strip() or "x",)
        )
    make(folder, place / "site")
    files = (place / "output/articles").rglob("*.md")
    texts = {int(path.stem.removeprefix("article_")): words_of(path.read_text(encoding="utf-8")) for path in files}
    return place / "site", texts


def test_nothing_missed_nothing_false(fresh: Browser, drawn: tuple[Path, dict[int, str]]) -> None:
    """200 queries drawn from the texts, of one character to twelve, give exactly what a scan of all texts gives."""
    site, texts = drawn
    dice = random.Random(5)
    wrong, hits = {}, 0
    fresh.open(f"{site.as_uri()}/search.html")
    for _ in range(QUERIES):
        text = dice.choice(list(texts.values()))
        start = dice.randrange(len(text))
        query = text[start : start + dice.choice((1, 2, 2, 3, 3, 4, 5, 8, 12))].replace("\n", " ")  # as a field has it
        if dice.random() < 0.15:
            query = f"{query} {dice.choice('甲乙丙港')}"
        if not re.search(r"\w", query):
            continue
        found, wanted = set(fresh.search_again(query)), scan(texts, query)
        hits += len(wanted)
        if found != wanted:
            wrong[query] = (sorted(found - wanted), sorted(wanted - found))
    assert wrong == {}
    assert hits > QUERIES


@pytest.mark.parametrize(
    ("query", "other"), [("台", "臺"), ("学", "學"), ("里", "裏"), ("FERRY", "ferry"), ("５Ｇ", "5g"), ("été", "Été")]
)
def test_the_same_to_a_reader(fresh: Browser, drawn: tuple[Path, dict[int, str]], query: str, other: str) -> None:
    """Variant and simplified characters, case and full width make no difference."""
    site, texts = drawn
    found = fresh.search(site.as_uri(), query)
    assert found == fresh.search(site.as_uri(), other)
    assert set(found) == scan(texts, other) != set()


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of articles that all hold the pairs 街市, 市場 and 市民, every third one 街市場, and none 街市民."""
    place = tmp_path_factory.mktemp("paired")
    folder = Folder(place / "output")
    for number in range(500, 500 + 3 * MOST_READ):
        together = "街市場" if number % 3 == 0 else "街市，市場"
        folder.article(number, f"{together}，市民。")
    make(folder, place / "site")
    return place / "site"


def test_few_texts_are_read(fresh: Browser, paired: Path) -> None:
    """Which of many articles hold a string of three whose pairs they hold is told by the index, and that none does."""
    for query, found in (("街市場", MOST_READ), ("街市民", 0)):
        fresh.requests()
        assert len(fresh.search(paired.as_uri(), query)) == found
        assert sum("/search/text/" in address for address in fresh.requests()) <= min(found, 20)  # those in sight


def test_latin_by_word(fresh: Browser, drawn: tuple[Path, dict[int, str]]) -> None:
    """A Latin word is not found inside another one."""
    site, texts = drawn
    found = set(fresh.search(site.as_uri(), "lam"))
    assert found == {number for number, text in texts.items() if re.search(r"(?<![a-z])lam(?![a-z])", text.lower())}
    assert found < {number for number, text in texts.items() if "lam" in text.lower()}


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ranked")
    folder = Folder(place / "output")
    folder.article(400, "街市與街市與街市", title="無題", date="2018-01-01", category="眾聞", author="陳小明")
    folder.article(401, "街市一次", title="無題", date="2019-01-01", category="眾說", author="李遠山")
    folder.article(402, "街市一次", title="無題", date="2020-01-01", category="眾說", author="陳小明")
    folder.article(403, "別的事", title="街市重開", date="2017-01-01", category="眾聞", author="李遠山")
    folder.article(404, "街市一次", title="無題", date="", category="", author="")
    make(folder, place / "site")
    return place / "site"


def test_best_first(fresh: Browser, ranked: Path) -> None:
    """Title before text, then how often, then the later one."""
    assert fresh.search(ranked.as_uri(), "街市") == [403, 400, 402, 401, 404]


@pytest.mark.parametrize(
    ("limits", "found"),
    [({"y": "2019"}, [401]), ({"c": "眾說"}, [402, 401]), ({"a": "小明"}, [400, 402]),
     ({"c": "眾說", "a": "李遠山"}, [401]), ({"y": "2016"}, [])],
)  # fmt: skip
def test_limits(fresh: Browser, ranked: Path, limits: dict[str, str], found: list[int]) -> None:
    """Hits can be restricted to a year, a category, an author, or to several of these, by the address alone."""
    assert fresh.search(ranked.as_uri(), "街市", **limits) == found


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ({"a": "小明"}, [402, 400]),
        ({"y": "2019"}, [401]),
        ({"c": "眾說", "a": "李遠山"}, [401]),
        ({"y": "2016"}, []),
        ({}, []),
    ],
)
def test_limits_alone(fresh: Browser, ranked: Path, limits: dict[str, str], found: list[int]) -> None:
    """Without a word all articles of the author, the year, the category are listed, the latest first."""
    assert fresh.search(ranked.as_uri(), "", **limits) == found


def test_nothing_found_is_said(fresh: Browser, ranked: Path) -> None:
    """A plain message where nothing is found."""
    assert fresh.search(ranked.as_uri(), "沒有這個") == []
    assert "No article has these words" in fresh.one("#message").text
    assert fresh.one("#count").text == "0"


def test_hits_are_marked(fresh: Browser, ranked: Path) -> None:
    """The words around a hit are shown with it marked, in the writing of the article."""
    fresh.search(ranked.as_uri(), "街市")
    fresh.until("return document.querySelectorAll('#results mark').length >= 7")
    assert {one.text for one in fresh.driver.find_elements("css selector", "#results mark")} == {"街市"}


def test_typing_and_the_back_button(fresh: Browser, ranked: Path) -> None:
    """A typed query goes into the address; the back button brings the one before, and leads back from a hit."""
    fresh.open((ranked / "search.html").as_uri())
    field = fresh.one("#q")
    field.send_keys("街市\n")
    fresh.until("return location.hash.includes('q=')")
    assert unquote(fresh.driver.current_url).endswith("#q=街市")
    assert len(fresh.searched()) == 5
    field.clear()
    field.send_keys("重開\n")
    fresh.until("return decodeURIComponent(location.hash).includes('重開')")
    assert fresh.searched() == [403]
    fresh.driver.back()
    fresh.until("return document.querySelector('#q').value === '街市'")
    assert len(fresh.searched()) == 5
    fresh.one("#results a").click()
    assert fresh.one("h1").text == "街市重開"
    fresh.driver.back()
    assert len(fresh.searched()) == 5


def test_no_search_in_mid_composition(fresh: Browser, ranked: Path) -> None:
    """While an input method composes a word, nothing is looked for; once it is put in, it is."""
    fresh.open((ranked / "search.html").as_uri())
    fresh.one("#q").click()
    for text in ("ㄐ", "ㄐㄧㄝ", "街ㄕ"):
        fresh.command("Input.imeSetComposition", text=text, selectionStart=len(text), selectionEnd=len(text))
        fresh.run("return new Promise(done => setTimeout(done, 400))")
        assert fresh.run("return location.hash") in ("", "#")
        assert fresh.one("#count").text == ""
    fresh.command("Input.insertText", text="街市")
    fresh.until("return decodeURIComponent(location.hash) === '#q=街市'")
    assert len(fresh.searched()) == 5


def test_the_box_on_every_page(fresh: Browser, ranked: Path) -> None:
    """The search box of any page leads to the search, also from a disk."""
    fresh.open((ranked / "article/0/401.html").as_uri())
    fresh.one("#find").send_keys("重開\n")
    fresh.until("return location.pathname.endsWith('search.html')")
    assert fresh.searched() == [403]
    assert fresh.one("#q").get_attribute("value") == "重開"
