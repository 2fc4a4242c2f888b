"""The test archive's faults are what their names say, and its audit of manners sees what it should."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import requests

from tests.server import KINDS, Faults, RequestLog, Rule, TestArchive
from tests.server.log import Entry
from tests.server.make import article_page, saved_article

if TYPE_CHECKING:
    from collections.abc import Iterator

STAMP = "20200607080910"
REPLAY = f"/web/{STAMP}id_/https://www.hkcnews.com/article/300"
CDX = "/cdx/search/cdx?url=hkcnews.com/article/&matchType=prefix&output=json&limit=3&showResumeKey=true"
PAGE = article_page(300, plea=True)
Raw = tuple[int, dict[str, str], bytes, str]


@pytest.fixture(scope="module")
def archive() -> Iterator[TestArchive]:
    with TestArchive([saved_article(number, STAMP) for number in range(300, 306)]) as running:
        yield running


def ask(archive: TestArchive, path: str) -> Raw:
    """Status, headers, body as on the wire, and how it ended."""
    connection = http.client.HTTPConnection("127.0.0.1", archive.port, timeout=0.3)
    status, headers, body, end = 0, {}, b"", "whole"
    try:
        connection.request("GET", path, headers={"User-Agent": "fault test"})
        answer = connection.getresponse()
        status, headers = answer.status, {key.lower(): value for key, value in answer.getheaders()}
        started = time.monotonic()
        while piece := answer.read1(65536):
            body += piece
            if len(body) > 2_000_000 or time.monotonic() - started > 0.25:
                end = "goes on"
                break
        else:
            end = "short" if answer.length else "whole"
    except http.client.IncompleteRead as error:
        body, end = body + error.partial, "short"
    except ConnectionResetError:
        end = "reset"
    except TimeoutError:
        end = "stalled"
    except ConnectionRefusedError:
        end = "refused"
    finally:
        connection.close()
    return status, headers, body, end


def status_is(number: int) -> Callable[[Raw], bool]:
    return lambda raw: raw[0] == number and "memento-datetime" not in raw[1] and raw[3] == "whole"


def ends(how: str) -> Callable[[Raw], bool]:
    return lambda raw: raw[3] == how and raw[2] != PAGE


def encoded(name: str) -> Callable[[Raw], bool]:
    return lambda raw: raw[0] == 200 and raw[1].get("content-encoding") == name and "memento-datetime" in raw[1]


LOOKS: dict[str, Callable[[Raw], bool]] = {
    "429": lambda raw: raw[0] == 429 and "retry-after" not in raw[1],
    "429_retry_after": lambda raw: raw[0] == 429 and raw[1]["retry-after"] == "60",
    "abuse": lambda raw: raw[0] == 403 and b"flagged as suspected abusive" in raw[2],
    "503": lambda raw: raw[0] == 503 and b"Temporarily Offline" in raw[2],
    "502": status_is(502),
    "504": status_is(504),
    "reset": lambda raw: raw[0] == 0 and raw[3] == "reset",
    "reset_midway": lambda raw: raw[0] == 200 and raw[3] == "reset",
    "stall": lambda raw: raw[0] == 0 and raw[3] == "stalled",
    "stall_midway": lambda raw: raw[0] == 200 and raw[3] == "stalled",
    "cut_length": ends("short"),
    "cut_chunked": ends("short"),
    "cut_whole": lambda raw: raw[2] == PAGE[: len(PAGE) // 2] and raw[3] == "whole",
    "encoding_blank": encoded(""),
    "encoding_wrong": lambda raw: encoded("gzip")(raw) and raw[2] == PAGE,
    "encoding_doubled": encoded("gzip, gzip"),
    "encoding_named_twice": encoded("gzip, gzip"),
    "brotli": encoded("br"),
    "no_memento_datetime": lambda raw: status_is(200)(raw) and raw[2] == PAGE,
    "outage_200": lambda raw: status_is(200)(raw) and b"Temporarily Offline" in raw[2],
    "landing": status_is(200),
    "excluded": lambda raw: status_is(200)(raw) and b"has been excluded" in raw[2],
    "redirect_loop": lambda raw: raw[0] == 302 and raw[1]["location"].endswith(REPLAY),
    "redirect_off": lambda raw: raw[0] == 302 and "elsewhere.example" in raw[1]["location"],
    "redirect_private": lambda raw: raw[0] == 302 and "169.254.169.254" in raw[1]["location"],
    "wrong_url": lambda raw: 'article/300>; rel="original"' not in raw[1]["link"] and raw[2] != PAGE,
    "wrong_time": lambda raw: "2018" in raw[1]["memento-datetime"],
    "endless": ends("goes on"),
    "trickle": ends("goes on"),
    "cdx_cut_row": lambda raw: raw[0] == 200 and not raw[2].endswith(b"]\n") and raw[3] == "whole",
    "cdx_early_end": lambda raw: raw[2].count(b"hkcnews") == 2 and b"[]" not in raw[2],
    "cdx_repeated_key": lambda raw: raw[2].endswith(b'[],\n["com%2Chkcnews%29%2Farticle%2F301+20200607080911"]]\n'),
    "cdx_empty_body": lambda raw: raw[0] == 200 and raw[2] == b"",
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "refuse"])
def test_a_fault_looks_as_its_name_says_and_only_when_ordered(archive: TestArchive, kind: str) -> None:
    """The struck request shows the fault on the wire; the one before and the one behind are whole."""
    service = KINDS[kind].services[-1]
    path = REPLAY if service == "replay" else CDX
    if kind == "cdx_repeated_key":
        path += "&resumeKey=com%252Chkcnews%2529%252Farticle%252F301%2B20200607080911"
    archive.faults = Faults()
    good = ask(archive, path)
    archive.faults = Faults([Rule(kind, service=service, contains="article")])
    assert LOOKS[kind](ask(archive, path))
    assert ask(archive, path) == good
    assert not LOOKS[kind](good)


def test_refused_connections_are_refused_and_then_taken_again() -> None:
    """While the listener is away nobody gets through, on standing connections neither; then all is as before."""
    with TestArchive([saved_article(300, STAMP)], faults=Faults([Rule("refuse", seconds=0.4)])) as archive:
        standing = requests.Session()
        standing.headers["User-Agent"] = "fault test"
        with pytest.raises(requests.ConnectionError):
            standing.get(archive.base + REPLAY, timeout=1)
        time.sleep(0.1)
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", archive.port), timeout=1):
            pass
        time.sleep(0.5)
        assert standing.get(archive.base + REPLAY, timeout=1).content == PAGE


def test_the_same_seed_plays_the_same_faults() -> None:
    """Two plans of one seed choose alike for the same requests; each kind is played as often as ordered."""
    paths = [f"{REPLAY}{number}" for number in range(600)]

    def played(seed: int) -> list[str]:
        plan = Faults(seed=seed, every=3, rounds=2, only={"429": 1})
        drawn = [plan.choose(service, path) for path in paths for service in ("cdx", "replay")]
        return [fault.kind if fault else "" for fault in drawn]

    once = played(7)
    assert once == played(7)
    assert once != played(8)
    assert {kind: once.count(kind) for kind in KINDS} == dict.fromkeys(KINDS, 2) | {"429": 1}


def entry(at: float, *, cool_down: float = 0.0) -> Entry:
    return Entry(at, at, "cdx", CDX, "test", answered_at=at + 0.1, answered_real=at + 0.1, cool_down=cool_down)


def test_the_audit_counts_the_busiest_window() -> None:
    """Windows may begin anywhere: 30 requests around a full minute are seen as 30, though each clock minute has 15."""
    log = RequestLog()
    for number in range(30):
        log.add(entry(45.0 + number))
    assert log.busiest("cdx") == 30
    assert log.busiest("cdx", window=10) == 10
    assert log.busiest("replay") == 0


def test_the_audit_sees_requests_during_a_cool_down() -> None:
    """A request within the time that a refusal asks for is named, one that was in the air or came later is not."""
    log = RequestLog()
    moments = {"refused": 0.0, "in the air": 0.3, "too early": 30.0, "in time": 61.0}
    for name, at in moments.items():
        log.add(entry(at, cool_down=60.0 if name == "refused" else 0.0))
    assert [one.at for one in log.during_cool_downs(in_the_air=0.5)] == [moments["too early"]]
