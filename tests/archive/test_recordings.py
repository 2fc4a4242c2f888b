"""Real answers of web.archive.org, recorded by others, served to the client. They lie beside the project, or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from scraper.errors import CaptureError, ListingBlocked
from scraper.models import Capture, Verdict
from scraper.times import is_timestamp
from scraper.urls import parse_replay_url
from tests.archive.conftest import Reply, Request

if TYPE_CHECKING:
    from scraper.archive.client import Archive
    from scraper.models import Memento
    from tests.archive.conftest import Server

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="../shared/recordings is not beside the project")
RESPONSES = RECORDINGS / "responses"


class Recorded(NamedTuple):
    request: str
    reply: Reply


def _body(name: str) -> bytes:
    files = [RESPONSES / f"{name}{ending}" for ending in (".html", ".txt")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def recorded(name: str, base: str) -> Recorded:
    """One recorded answer, its redirects led to our server. Bodies are stored decoded, headers as they were."""
    told = json.loads((RESPONSES / f"{name}.headers.json").read_text(encoding="utf-8"))
    headers = [
        (key, value.replace("https://web.archive.org", base) if key.lower() == "location" else value)
        for key, values in told["headers"].items()
        for value in values
        if key.lower() not in ("transfer-encoding", "connection", "content-length")
    ]
    return Recorded(told["request"], Reply(told["status"]["code"], headers, _body(name)))


def play(server: Server, *names: str) -> Recorded:
    """Serve the recorded answers at their addresses; the first of them."""
    told = [recorded(name, server.base) for name in names]
    by_path = {unquote(one.request.partition("web.archive.org")[2]): one.reply for one in told}
    server.answer = lambda request: by_path.get(unquote(request.path)) or Reply(404, [], b"no such recording")
    return told[0]


def fetch(archive: Archive, told: Recorded) -> Memento:
    asked = parse_replay_url(told.request)
    assert asked is not None
    capture = Capture("-", asked.timestamp, unquote(asked.original), "text/html", "200", "-", "-")
    return archive.replay.fetch(capture, asked.modifier)


MEMENTOS = sorted(
    path.name.removesuffix(".headers.json")
    for path in RESPONSES.glob("*.headers.json")
    if "memento-datetime" in path.read_text(encoding="utf-8").lower()
)


@pytest.mark.parametrize("name", MEMENTOS)
def test_every_recorded_memento_is_read(server: Server, archive: Archive, name: str) -> None:
    """Each recorded answer with Memento-Datetime is content of the capture asked for, whatever its status."""
    told = play(server, name)
    found = fetch(archive, told)
    assert found.status == told.reply.status
    assert is_timestamp(found.timestamp)
    assert found.body == told.reply.body
    assert found.truncated is None
    assert not any(key.lower().startswith(("x-archive", "memento")) for key, _ in found.headers)
    assert found.header("Location") is None or server.base not in found.header("Location")


REFUSED = {
    "test_get_memento_raises_no_memento_error__0__404": Verdict.NOT_ARCHIVED,
    "test_get_memento_raises_blocked_error__0__200": Verdict.EXCLUDED,
    "test_get_memento_with_redirect_in_view_mode__0__200": Verdict.INTERSTITIAL,
}


@pytest.mark.parametrize("name", REFUSED)
def test_recorded_pages_that_are_no_content_are_told_apart(server: Server, archive: Archive, name: str) -> None:
    """ "Hrm.", the excluded page with status 200, and the interstitial of the view mode."""
    told = play(server, name)
    with pytest.raises(CaptureError) as caught:
        fetch(archive, told)
    assert caught.value.verdict is REFUSED[name]


@pytest.mark.parametrize(
    "name",
    [
        "test_get_memento_target_window",
        "test_get_memento_with_date_datetime",
        "test_get_memento_with_inexact_string_datetime",
    ],
)
def test_recorded_redirects_to_the_nearest_capture_are_followed(server: Server, archive: Archive, name: str) -> None:
    """The archive's 302 leads to the capture that answers."""
    told = play(server, f"{name}__0__302", f"{name}__1__200")
    found = fetch(archive, told)
    assert found.status == 200
    assert len(server.requests) == 2
    assert found.timestamp in server.requests[1].path


def test_a_recorded_redirect_to_another_capture_s_redirect_is_content(server: Server, archive: Archive) -> None:
    """The archive's own redirect is followed, the archived one behind it is returned with its own target."""
    name = "test_get_memento_follow_redirects_does_not_follow_historical_redirects"
    found = fetch(archive, play(server, f"{name}__0__302", f"{name}__1__301"))
    assert found.status == 301
    assert found.header("Location") == "https://www.epa.gov/sites/production/files/signpost/cc.html"


@pytest.mark.parametrize("shell", ["wayback-home-search-shell-2023.html", "wayback-landing-shell-2023.html"])
def test_recorded_landing_shells_are_no_content(server: Server, archive: Archive, capture: Capture, shell: str) -> None:
    """A shell of the archive's site instead of a page: the capture stays to be read."""
    page = (RECORDINGS / "errors" / shell).read_bytes()
    server.answer = lambda request: Reply(200, [("Content-Type", "text/html; charset=utf-8")], page)
    with pytest.raises(CaptureError) as caught:
        archive.replay.fetch(capture)
    assert (caught.value.verdict, caught.value.final) == (Verdict.WRONG_ANSWER, False)


def test_a_recorded_bad_gateway_is_not_read(server: Server, archive: Archive, capture: Capture) -> None:
    """nginx's 502: a refusal by its status, an outage page when it comes with status 200."""
    page = (RECORDINGS / "errors" / "nginx-502-bad-gateway.html").read_bytes()
    for status in (502, 200):
        server.answer = lambda request, status=status: Reply(status, [("Content-Type", "text/html")], page)
        with pytest.raises(CaptureError) as caught:
            archive.replay.fetch(capture._replace(timestamp=f"20200101000{status}"))
        assert caught.value.verdict is (Verdict.REFUSED if status == 502 else Verdict.OUTAGE)


def test_recorded_pages_of_a_listing_are_followed(server: Server, archive: Archive) -> None:
    """Ten recorded pages in plain text, with keys such as `…593:`; behind the last one nothing."""
    pages: dict[str | None, Reply] = {}
    for number in range(10):
        told = recorded(f"test_search_multipage__{number}__200", server.base)
        key = parse_qs(urlsplit(told.request).query).get("resumeKey", [None])[0]
        pages[key] = told.reply
    server.answer = lambda request: pages.get(request.query.get("resumeKey"), Reply(200, [], b""))
    listed = list(archive.cdx.pages("cnn.com", "exact", from_ts="20010410", to_ts="20010510"))
    rows = [row for page in listed for row in page.rows]
    assert len(rows) == 250
    assert listed[-1].complete
    assert len(server.requests) == 12  # an empty body in plain text is believed only twice
    assert listed[0].dialect == "text"


def test_the_key_that_we_make_is_the_recorded_one(server: Server, archive: Archive) -> None:
    """Where the service gives no key, the question from behind the last row is spelled as the service spells it."""
    for number in range(9):
        told = recorded(f"test_search_multipage__{number}__200", server.base)
        text, _, key = told.reply.body.decode().strip().rpartition("\n")
        server.requests.clear()
        server.answer = lambda request, text=text: Reply(
            200, [], text.strip().encode() + b"\n" if "resumeKey" not in request.query else b""
        )
        assert list(archive.cdx.pages("cnn.com", "exact"))[-1].complete
        assert server.requests[1].query["resumeKey"] == key


def test_the_recorded_blocked_site_is_an_error_of_its_own(server: Server, archive: Archive) -> None:
    """403 with an exception's name."""
    reply = recorded("test_search_raises_for_blocked_urls__0__403", server.base).reply
    server.answer = lambda request: reply
    with pytest.raises(ListingBlocked):
        list(archive.cdx.pages("nationalpost.com/health", "exact"))


ODDITIES = {"bad_timestamp_cdx.txt": (3, 2), "malformed_cdx.txt": (4, 1), "zero_length_cdx.txt": (5, 0)}


@pytest.mark.parametrize("name", ODDITIES)
def test_recorded_odd_rows_are_kept_apart(server: Server, archive: Archive, name: str) -> None:
    """Impossible timestamps and rows without URL are kept as malformed; an endless URL and a length `-` are rows."""
    body = (RECORDINGS / "cdx-oddities" / name).read_bytes()

    def answer(request: Request) -> Reply:
        return Reply(200, [], b"" if "resumeKey" in request.query else body)

    server.answer = answer
    pages = list(archive.cdx.pages("x.com", "prefix"))
    sound = [row for page in pages for row in page.rows]
    malformed = [line for page in pages for line in page.malformed]
    assert (len(sound), len(malformed)) == ODDITIES[name]
    assert pages[-1].complete
