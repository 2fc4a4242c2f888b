"""The test archive answers like the real one: compared with recorded answers, which lie beside the project."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from tests.server import HTML, Index, RawRow, Saved, TestArchive, cdx, surt
from tests.server.captures import FIELDS
from tests.server.make import article_page, article_url, saved_article, saved_redirect
from tests.server.rewrite import Rewriter

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason=f"no recorded answers at {RECORDINGS.name} beside the project"
)
DECISIVE = (
    "memento-datetime",
    "link",
    "location",
    "content-type",
    "x-archive-src",
    "x-archive-redirect-reason",
    "x-archive-wayback-runtime-error",
)
STAMP = "20200607080910"
URL = article_url(28325)


@dataclass(frozen=True)
class Answer:
    """A recorded answer, or one of the test archive."""

    request: str
    status: int
    headers: dict[str, str]
    body: str


def recorded(name: str) -> Answer:
    folder = RECORDINGS / "responses"
    about = json.loads((folder / f"test_{name}.headers.json").read_text(encoding="utf-8"))
    bodies = [folder / f"test_{name}{suffix}" for suffix in (".html", ".txt")]
    body = next((path.read_bytes().decode() for path in bodies if path.exists()), "")
    headers = {key.lower(): ", ".join(values) for key, values in about["headers"].items()}
    return Answer(about["request"], about["status"]["code"], headers, body)


@pytest.fixture(scope="module")
def archive() -> Iterator[TestArchive]:
    saved = [
        saved_article(28325, "20190102030405"),
        saved_article(28325, STAMP),
        saved_article(28325, "20210102030405", url="http://hkcnews.com:80/article/28325"),
        saved_redirect(article_url(1), STAMP, article_url(28325)),
        saved_redirect(article_url(2), STAMP, "/article/28325"),
        saved_redirect(article_url(3), STAMP, "//www.hkcnews.com/article/28325"),
        Saved(article_url(4), STAMP, b"<p>slow down</p>", 429, "Too Many Requests", (*HTML, ("Retry-After", "6"))),
        Saved(article_url(5), STAMP, article_page(5), 404, "Not Found"),
    ]
    with TestArchive(saved, excluded=[article_url(6)], blocked=["https://blocked.example/"]) as running:
        yield running


def ask(archive: TestArchive, path: str) -> Answer:
    answer = requests.get(
        f"{archive.base}{path}", headers={"User-Agent": "shape test"}, allow_redirects=False, timeout=5
    )
    headers = {key.lower(): value for key, value in answer.headers.items()}
    return Answer(path, answer.status_code, headers, answer.content.decode())


def shape_of_headers(answer: Answer) -> set[str]:
    """Which of the decisive headers an answer has, and whether it tells of the original's headers."""
    found = {name for name in DECISIVE if name in answer.headers}
    if any(name.startswith("x-archive-orig-") for name in answer.headers):
        found.add("x-archive-orig-*")
    return found


def shape_of_address(text: str) -> str:
    """An address of the archive with host, time and target blotted out."""
    text = re.sub(r"\A(https?:)?//[^/]+", lambda match: "http://A" if match[1] else "//A", text)
    text = re.sub(r"/web/\d{14}", "/web/TS", text)
    return re.sub(r"(?<=_/)https?://.*", "URL", text)


LIST = "/cdx/search/cdx?url=hkcnews.com/article/28325&showResumeKey=true"
BLOCKED = "/cdx/search/cdx?url=https%3A%2F%2Fblocked.example%2Fx"
SITUATIONS = {
    "raw memento": ("get_memento__0__200", f"/web/{STAMP}id_/{URL}"),
    "rewritten memento": ("get_memento_with_mode__0__200", f"/web/{STAMP}/{URL}"),
    "inexact time": ("get_memento_with_date_datetime__0__302", f"/web/20200601000000id_/{URL}"),
    "archived redirect": ("get_memento_with_redirects__0__301", f"/web/{STAMP}id_/{article_url(1)}"),
    "path-based redirect": ("get_memento_with_path_based_redirects__0__301", f"/web/{STAMP}id_/{article_url(2)}"),
    "schemeless redirect": ("get_memento_with_schemeless_redirects__0__301", f"/web/{STAMP}id_/{article_url(3)}"),
    "redirect in view mode": ("get_memento_with_redirect_in_view_mode__0__200", f"/web/{STAMP}/{article_url(1)}"),
    "archived 429": (
        "get_memento_works_on_archived_rate_limit_responses__0__429",
        f"/web/{STAMP}id_/{article_url(4)}",
    ),
    "archived 404": ("get_memento_with_path_based_redirects__2__404", f"/web/{STAMP}id_/{article_url(5)}"),
    "excluded": ("get_memento_raises_blocked_error__0__200", f"/web/{STAMP}id_/{article_url(6)}"),
    "never archived": ("get_memento_raises_no_memento_error__0__404", f"/web/{STAMP}id_/{article_url(7)}"),
    "blocked site": ("search_raises_for_blocked_urls__0__403", BLOCKED),
    "list": ("search__0__200", LIST),
}
"""Name of a situation to the recorded answer and the request that puts our archive into it."""


@pytest.mark.parametrize("situation", SITUATIONS)
def test_status_and_decisive_headers_are_those_recorded(archive: TestArchive, situation: str) -> None:
    """Each situation has the recorded status, the decisive headers and no others, and a Location of that form."""
    name, path = SITUATIONS[situation]
    real, ours = recorded(name), ask(archive, path)
    assert ours.status == real.status or (situation == "archived redirect" and real.status == 301)
    wanted = shape_of_headers(real)
    if situation.endswith("redirect"):
        wanted |= {"content-type"} & shape_of_headers(ours)  # the originals differ in that, not the archive
    assert shape_of_headers(ours) == wanted
    assert shape_of_address(ours.headers.get("location", "")) == shape_of_address(real.headers.get("location", ""))


def relations(answer: Answer) -> list[str]:
    return re.findall(r'rel="([^"]+)"', answer.headers["link"])


def test_the_link_header_names_the_same_relations_in_the_same_order(archive: TestArchive) -> None:
    """A memento in the middle of others links to original, timemap, timegate, first, prev, itself, next and last."""
    real, ours = recorded("get_memento__0__200"), ask(archive, SITUATIONS["raw memento"][1])
    assert relations(ours) == relations(real)
    one = re.compile(r'<[^>]+>; rel="[^"]*memento"; datetime="\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"')
    assert len(one.findall(ours.headers["link"])) == len(one.findall(real.headers["link"])) == 5


MARKS = {
    "raw memento": (),
    "rewritten memento": (
        r"<head[^>]*><script src=\"//archive.org/includes/",
        r"/_static/js/wombat.js",
        r"__wm.wombat\(",
        r"<!-- End Wayback Rewrite JS Include -->",
        r"<body[^>]*><!-- BEGIN WAYBACK TOOLBAR INSERT -->",
        r"id=\"wm-ipp-base\"",
        r"<!-- END WAYBACK TOOLBAR INSERT -->",
        r"</html>\s*<!--\s+FILE ARCHIVED ON \d\d:\d\d:\d\d \w{3} \d\d, \d{4} AND RETRIEVED FROM THE\s+INTERNET ARCH",
        r"<!--\s+playback timings \(ms\):",
    ),
    "redirect in view mode": (
        r'id="error"',
        r'<p class="code shift target">https?://',
        r"Got an HTTP 30\d response at crawl time",
        r"Redirecting to\.\.\.",
        r'<p class="impatient"><a href="/web/\d{14}/https?://',
    ),
    "excluded": (r"<title>Wayback Machine</title>", r'id="error"', r"<h2>Sorry\.</h2>", r"This URL has been excluded"),
    "never archived": (
        r"<title>Wayback Machine</title>",
        r'id="error"',
        r"<h2>Hrm\.</h2>",
        r"has not archived that URL",
    ),
    "blocked site": (r"AdministrativeAccessControlException: Blocked Site Error\n",),
}


@pytest.mark.parametrize("situation", MARKS)
def test_bodies_are_built_like_the_recorded_ones(archive: TestArchive, situation: str) -> None:
    """What a reader may hold on to stands in the recorded body and in ours, in the same order."""
    name, path = SITUATIONS[situation]
    for answer in (recorded(name), ask(archive, path)):
        found = 0
        for mark in MARKS[situation]:
            match = re.compile(mark).search(answer.body, found)
            assert match, f"{mark} not found behind {found} in the answer to {answer.request}"
            found = match.start()
    raw = ask(archive, SITUATIONS["raw memento"][1])
    assert raw.body == article_page(28325, plea=True).decode()


LINKS = re.compile(r"<(?:a|img|iframe|link|script|form)\b[^>]*?\s(href|src|action)=\"([^\"]*)\"")


def test_links_are_rewritten_as_in_the_recorded_pair() -> None:
    """The recorded raw page, rewritten by the test archive, has the links of the recorded rewritten page."""
    raw, rewritten = recorded("get_memento__0__200"), recorded("get_memento_with_mode__0__200")
    body = rewritten.body
    own_head = body[body.index("End Wayback Rewrite JS Include") : body.index("BEGIN WAYBACK TOOLBAR INSERT")]
    page = own_head + body[body.index("END WAYBACK TOOLBAR INSERT") :]
    rewriter = Rewriter("http://web.archive.org", "20171124151315", "https://www.fws.gov/birds/")
    wanted = LINKS.findall(page)
    found = LINKS.findall(rewriter.page(raw.body.encode()).decode())
    assert len(wanted) > 500
    assert found == wanted


def rows_of(answer: Answer) -> list[tuple[str, ...]]:
    return [tuple(line.split(" ")) for line in answer.body.split("\n\n")[0].splitlines() if line]


def test_paging_gives_the_recorded_pages_and_keys() -> None:
    """The rows of a recorded listing, asked for as recorded, come in the same pages with the same keys."""
    answers = [recorded(f"search_multipage__{number}__200") for number in range(10)]
    index = Index(raw_rows=[RawRow(f"{row[0]} {row[1]}", row) for answer in answers for row in rows_of(answer)])
    for answer in answers:
        found = cdx.answer(index, parse_qs(urlsplit(answer.request).query))
        assert found.body().decode() == answer.body


@pytest.mark.parametrize("name", ["search_with_filter", "search_with_filter_list"])
def test_filters_choose_the_recorded_rows(name: str) -> None:
    """Filters by status and by a pattern on the urlkey let the recorded rows through, and only them."""
    plain, filtered = (recorded(f"{base}__{n}__200") for base, n in (("search_with_filter", 0), (name, 1)))
    rows = {row for answer in (plain, filtered) for row in rows_of(answer)}
    index = Index(raw_rows=[RawRow(f"{row[0]} {row[1]}", row) for row in rows])
    found = cdx.answer(index, parse_qs(urlsplit(filtered.request).query))
    assert sorted(found.rows) == sorted(rows_of(filtered))


def test_urlkeys_are_made_as_recorded() -> None:
    """Every recorded row's urlkey is what the test archive makes of its URL."""
    seen = 0
    for path in sorted((RECORDINGS / "responses").glob("test_search*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            columns = line.split(" ")
            if len(columns) == 7 and "mailto:" not in columns[2]:
                assert surt(columns[2]) == columns[0], columns[2]
                seen += 1
    assert seen > 500


def test_an_exact_boundary_gives_a_key_and_then_an_empty_page(archive: TestArchive) -> None:
    """With as many rows as the limit there is a key; the page behind it is ``[]``, as the real server has it."""
    question = "/cdx/search/cdx?url=hkcnews.com/article/28325&limit=3&showResumeKey=true&output=json"
    first = json.loads(ask(archive, question).body)
    assert first[0] == list(FIELDS)
    assert len(first) == 6
    assert first[4] == []
    key = quote(first[5][0], safe="")
    assert json.loads(ask(archive, f"{question}&resumeKey={key}").body) == []


def test_without_a_user_agent_the_answer_is_400(archive: TestArchive) -> None:
    """A request that does not say who asks is turned away."""
    connection = http.client.HTTPConnection(urlsplit(archive.base).netloc, timeout=5)
    connection.request("GET", f"/web/{STAMP}id_/{URL}")
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 400
