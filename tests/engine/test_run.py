"""What a run promises, on a real archive on loopback."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.archive.replay import ReplayClient
from scraper.ledger import Ledger
from scraper.models import Capture, State
from scraper.reports.manifest import read_manifest
from tests.clocks import ScaledClock
from tests.engine.conftest import SITE, Folder
from tests.server import Faults, RawRow, Rule, Saved
from tests.server.make import article_page, article_url, farewell_page, saved_article

Open = Callable[..., Folder]
GOOD = "20200607080910"


def states(folder: Folder, *articles: int) -> list[State]:
    ledger = folder.ledger()
    try:
        rows = [ledger.articles.get(article) for article in articles]
    finally:
        ledger.close()
    return [row.state for row in rows if row is not None]


def test_what_is_captured_is_written_and_the_rest_is_accounted_for(open_folder: Open) -> None:
    """Articles are written; an id of which complete listings have no capture is never captured; the report says so."""
    folder = open_folder(*(saved_article(article) for article in (201, 202, 203)), new=True)
    report = folder.run(ids=(range(201, 206),))
    assert sorted(report.outcomes.written) == [201, 202, 203]
    assert sorted(folder.documents()) == ["article_201.md", "article_202.md", "article_203.md"]
    assert states(folder, 204, 205) == [State.NEVER_CAPTURED] * 2
    assert report.exit_status == 0


def test_run_again_does_only_what_is_new(open_folder: Open) -> None:
    """The second run asks for no page, touches no file and asks the CDX server only for what may be new."""
    folder = open_folder(*(saved_article(article) for article in range(201, 221)))
    folder.run(ids=())
    before = {path: path.stat().st_mtime_ns for path in folder.output.glob("articles/*/*")}
    manifest = {path: path.stat().st_mtime_ns for path in folder.output.glob("manifest/*")}
    folder.archive.log.clear()
    report = folder.run(ids=())
    assert folder.asked() == []
    assert all("from=20200508080910" in entry.path for entry in folder.archive.log.entries("cdx"))
    assert report.outcomes.articles == 0
    assert before == {path: path.stat().st_mtime_ns for path in folder.output.glob("articles/*/*")}
    assert manifest == {path: path.stat().st_mtime_ns for path in folder.output.glob("manifest/*")} != {}


def test_a_run_of_all_asks_about_few_absent_ids_alone(open_folder: Open) -> None:
    """An archive that holds little leaves nearly all ids absent: each run asks about some, and about no more."""
    folder = open_folder(saved_article(201))
    folder.settings["cdx_per_minute"] = 24
    folder.run(ids=())
    with contextlib.closing(folder.ledger()) as ledger:
        counts = ledger.articles.states()
    assert counts[State.NEVER_CAPTURED] == 12
    assert len(folder.archive.log.entries("cdx")) <= 12 + 3


def test_a_new_capture_is_found_and_only_its_article_is_worked_on(open_folder: Open) -> None:
    """What comes into the archive after a complete listing is fetched by the next run."""
    one, other = saved_article(201), saved_article(202, "20200620000000")
    folder = open_folder(one)
    folder.run()
    second = open_folder(one, other)
    report = second.run()
    assert report.outcomes.written == [202]
    assert ["/202" in path for path in second.asked()] == [True]


def test_the_farewell_page_is_stepped_back_from(open_folder: Open) -> None:
    """A later farewell page loses against an earlier article, and an id with nothing else is unrecoverable."""
    pages = [Saved(article_url(article), "20220301000000", farewell_page()) for article in range(201, 208)]
    folder = open_folder(saved_article(201), *pages)
    report = folder.run(ids=(range(201, 208),))
    assert "/web/20200607080910/" in folder.document(201)
    assert states(folder, *range(201, 208)) == [State.WRITTEN] + [State.UNRECOVERABLE] * 6
    assert report.exit_status == 1


def test_one_page_under_many_ids_is_read_once(open_folder: Open) -> None:
    """What five ids or more share is fetched for one of them, also when many are in the air at the same time."""
    pages = [Saved(article_url(article), "20220301000000", farewell_page()) for article in range(201, 231)]
    folder = open_folder(*pages)
    folder.run(ids=(range(201, 231),))
    assert len(folder.asked()) == 1
    assert set(states(folder, *range(201, 231))) == {State.UNRECOVERABLE}


def test_a_listing_that_is_cut_is_partial_and_goes_on(open_folder: Open) -> None:
    """With a list cut in the middle what is on it is fetched, nothing is called absent, and the next run ends it."""
    saved = [saved_article(article) for article in range(201, 241)]
    faults = Faults([Rule("503", service="cdx", skip=2, times=None)])
    folder = open_folder(*saved, faults=faults, known=range(201, 250))
    folder.settings["cdx_page_rows"] = 10
    folder.settings["sit_out"] = 0
    report = folder.run(ids=())
    assert report.exit_status == 3
    assert [listing.complete for listing in report.listings] == [False]
    assert sum("503" in line for line in report.problems()) == 1
    assert set(states(folder, *range(241, 250))) == {State.WAITING}
    folder.archive.faults = Faults()
    folder.settings["sit_out"] = 100_000
    report = folder.run(ids=())
    assert [listing.complete for listing in report.listings] == [True]
    assert len(folder.documents()) == 40
    folder.run(ids=(range(241, 250),))
    assert set(states(folder, *range(241, 250))) == {State.NEVER_CAPTURED}
    assert len(folder.asked()) == 40


@pytest.mark.parametrize("kind", ["502", "reset", "landing", "cdx_empty_body"])
def test_a_place_in_a_list_that_the_archive_has_forgotten_is_got_over(open_folder: Open, kind: str) -> None:
    """Nobody has to do anything: the next run lists from the beginning, and what is on the list is fetched."""
    saved = [saved_article(article) for article in range(201, 241)]
    folder = open_folder(*saved, faults=Faults([Rule("503", service="cdx", skip=2, times=None)]))
    folder.settings |= {"cdx_page_rows": 10, "sit_out": 0}
    folder.run(ids=())
    with contextlib.closing(sqlite3.connect(folder.output / "ledger.sqlite3")) as ledger, ledger:
        changed = ledger.execute("UPDATE listings SET resume_key = 'forgotten' WHERE resume_key IS NOT NULL")
        assert changed.rowcount == 1
    folder.archive.faults = Faults([Rule(kind, service="cdx", contains="resumeKey=forgotten", times=None)])
    folder.settings["sit_out"] = 100_000
    report = folder.run(ids=())
    assert [listing.complete for listing in report.listings] == [True]
    assert len(folder.documents()) == 40


def test_an_answer_of_nothing_at_all_is_no_empty_list(open_folder: Open) -> None:
    """`[]` says that there is no capture; a body of 0 bytes says nothing, and no id is called never captured by it."""
    folder = open_folder(faults=Faults([Rule("cdx_empty_body", times=None)]))
    report = folder.run(ids=())
    assert report.exit_status == 3
    assert [listing.complete for listing in report.listings] == [False]
    assert states(folder, 201, 214) == [State.WAITING] * 2


def test_a_cut_list_of_a_period_is_not_partial_for_ever(open_folder: Open) -> None:
    """A list between two moments that was cut is no longer shown once the site's own list is complete."""
    saved = [saved_article(article) for article in range(201, 241)]
    folder = open_folder(*saved, faults=Faults([Rule("503", service="cdx", skip=2, times=None)]))
    folder.settings |= {"cdx_page_rows": 10, "sit_out": 0}
    report = folder.run(ids=(), from_ts="20190101000000")
    assert [listing.complete for listing in report.listings] == [False]
    folder.archive.faults = Faults()
    folder.settings["sit_out"] = 100_000
    report = folder.run(ids=())
    assert [listing.complete for listing in report.listings] == [True]
    assert len(folder.documents()) == 40


def test_a_refusal_uses_up_no_tries_and_proves_nothing(open_folder: Open) -> None:
    """When the archive refuses, the run ends with 3, all articles wait, and later all are written."""
    saved = [saved_article(article) for article in range(201, 211)]
    folder = open_folder(*saved, faults=Faults([Rule("429", service="replay", times=None)]))
    folder.settings["sit_out"] = 0
    report = folder.run(ids=(range(201, 211),))
    assert report.exit_status == 3
    assert report.outcomes.refusals[0].until is not None
    assert folder.archive.base.removeprefix("http://") in report.problems()[0]
    assert set(states(folder, *range(201, 211))) == {State.WAITING}
    ledger = folder.ledger()
    assert {
        known.attempt.tries
        for article in range(201, 211)
        for known in ledger.captures.of_article(article)
        if known.attempt
    } <= {0}
    ledger.close()
    folder.archive.faults = Faults()
    folder.settings["sit_out"] = 100_000
    assert folder.run(ids=(range(201, 211),)).exit_status == 0
    assert len(folder.documents()) == 10


def test_one_capture_in_trouble_does_not_hold_up_its_article(open_folder: Open) -> None:
    """A capture that alone answers 503 is counted against itself; the next candidate is written in the same run."""
    folder = open_folder(
        saved_article(201, "20200101000000"),
        saved_article(201, "20210101000000"),
        *(saved_article(article) for article in range(202, 212)),
        faults=Faults([Rule("503", service="replay", contains="20210101000000", times=None)]),
    )
    report = folder.run(ids=(range(201, 212),))
    assert len(folder.documents()) == 11
    assert "/web/20200101000000/" in folder.document(201)
    assert report.outcomes.vain


@pytest.mark.parametrize(
    "trouble",
    [Rule("429", service="replay", contains="article/202"), Rule("503", service="replay", contains="20200607080911")],
    ids=["the archive refused", "what was answered before failed once"],
)
def test_a_capture_in_trouble_behind_a_cool_down_holds_up_no_other(open_folder: Open, trouble: Rule) -> None:
    """Three captures answer 504 each time, one of them as the probe: all others come, and nothing waits again."""
    bad = [Rule("504", service="replay", contains=f"article/{article}", times=None) for article in (202, 203, 204)]
    folder = open_folder(
        *(saved_article(article) for article in range(201, 211)), factor=30, faults=Faults([trouble, *bad])
    )
    folder.settings |= {"in_flight": 1, "tries_per_capture": 2}
    report = folder.run(ids=(range(201, 211),))
    assert sorted(report.outcomes.written) == [201, *range(205, 211)]
    assert report.outcomes.refusals == []
    limiter = RateLimiter(folder.config, clock=folder.clock, stop=threading.Event())
    assert limiter.status().refusals == 1


def test_limit_counts_articles_that_need_the_archive(open_folder: Open) -> None:
    """``--limit`` bounds what is asked for; the next runs go on until everything is there."""
    folder = open_folder(*(saved_article(article) for article in range(201, 211)))
    assert len(folder.run(limit=3).outcomes.written) == 3
    assert len(folder.asked()) == 3
    folder.run(limit=4)
    folder.run(limit=4)
    assert len(folder.documents()) == 10


def test_moments_bound_the_captures_and_prove_nothing(open_folder: Open) -> None:
    """With ``--from`` and ``--to`` only captures between them are fetched; an id with others is not given up."""
    folder = open_folder(
        saved_article(201, "20180101000000"), saved_article(201, "20200101000000"), saved_article(202, "20180101000000")
    )
    report = folder.run(ids=(range(201, 221),), from_ts="20190101000000", to_ts="20201231000000")
    assert report.outcomes.written == [201]
    assert all("20200101000000" in path for path in folder.asked())
    assert states(folder, 202, 203) == [State.WAITING, State.NEVER_CAPTURED]
    folder.run(ids=(range(201, 221),))
    assert states(folder, 201, 202, 203) == [State.WRITTEN, State.WRITTEN, State.NEVER_CAPTURED]


def test_a_dry_run_changes_nothing_and_says_what_would_be_done(open_folder: Open) -> None:
    """``--dry-run`` leaves the output folder as it is, also one that is not there, and names what it would fetch."""
    folder = open_folder(saved_article(201), saved_article(202), new=True)
    report = folder.run(ids=(range(201, 204),), dry_run=True)
    assert report.plan is not None
    assert report.plan.fetch == [(201, GOOD), (202, GOOD)]
    assert not folder.output.exists()
    folder.run(ids=(range(201, 202),))
    before = {path: path.read_bytes() for path in folder.output.rglob("*") if path.is_file()}
    report = folder.run(ids=(range(201, 204),), dry_run=True)
    assert report.plan is not None
    assert report.plan.fetch == [(202, GOOD)]
    assert before == {path: path.read_bytes() for path in folder.output.rglob("*") if path.is_file()}


def test_ids_that_pages_link_to_become_known(open_folder: Open) -> None:
    """An id outside the known range and the listings has a state once a page that was read links to it."""
    body = '<p>請看<a href="/article/49901/x">另一篇</a>。</p>'
    folder = open_folder(saved_article(201, body=body))
    folder.run(ids=())
    folder.run(ids=(range(49901, 49902),))
    assert states(folder, 49901) == [State.NEVER_CAPTURED]


def test_a_near_capture_that_answered_is_the_one_that_is_named(open_folder: Open) -> None:
    """When the archive redirects to a near capture, document and ledger name that one, and the one asked for waits."""
    row = ("com,hkcnews)/article/201", "20200607080950", article_url(201), "text/html", "200", "A" * 32, "900")
    listed = RawRow(f"{row[0]} {row[1]}", row)
    folder = open_folder(saved_article(201, "20200607080910"), raw_rows=[listed])
    folder.run(ids=(range(201, 202),))
    assert f"/web/{GOOD}/" in folder.document(201)
    assert "20200607080950" not in folder.document(201)
    (entry,) = (one for one in read_manifest(folder.output) if one["id"] == 201)
    assert entry["capture"]["digest_check"] == "match"


def test_english_gives_way_to_chinese(open_folder: Open) -> None:
    """A lack makes the next best capture be read too; the one without it is written."""
    folder = open_folder(
        Saved(article_url(201), "20210101000000", article_page(201, english=True)),
        Saved(article_url(201), "20200101000000", article_page(201)),
    )
    folder.run(ids=(range(201, 202),))
    assert "/web/20200101000000/" in folder.document(201)


def test_a_few_ids_are_listed_one_by_one(open_folder: Open) -> None:
    """For a few ids nobody has to wait for the list of the whole site; no other article is worked on."""
    folder = open_folder(saved_article(201), saved_article(2012), saved_article(2010), new=True)
    report = folder.run(ids=(range(201, 202), range(299, 300)))
    assert report.outcomes.written == [201]
    assert states(folder, 201, 299) == [State.WRITTEN, State.NEVER_CAPTURED]
    assert states(folder, 2012) == [State.WAITING]
    with contextlib.closing(folder.ledger()) as ledger:
        told = [*ledger.listings.all(), *ledger.listings.of_articles()]
    assert {one.question.url for one in told} == {"hkcnews.com/article/29", "hkcnews.com/article/299"}
    assert all(one.complete for one in told)
    assert all("article%2F2" in entry.path for entry in folder.archive.log.entries("cdx"))
    assert len(folder.archive.log.entries("cdx")) == 3


def test_time_is_up(open_folder: Open) -> None:
    """``--max-runtime`` ends a run in good order; what is left is done by the next one."""
    saved = [saved_article(article) for article in range(201, 281)]
    folder = open_folder(*saved, factor=60.0)
    folder.settings["replay_per_minute"] = 60
    report = folder.run(max_runtime=20.0)
    assert report.stopped == "max_runtime"
    assert len(folder.documents()) < 80
    folder.settings["replay_per_minute"] = 100_000
    folder.run()
    assert len(folder.documents()) == 80
    assert len(folder.asked()) == 80


class _SlowToOpen(ScaledClock):
    """A clock that is first asked for the time while a folder is opened, and answers when the run is to end."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(600.0)
        self.stop, self.is_open = stop, False

    def now(self) -> datetime:
        if not self.is_open:
            self.is_open = True
            self.stop.wait(3.0)
        return super().now()


def test_the_time_counts_while_the_folder_is_opened(open_folder: Open) -> None:
    """Else a run of 50 minutes that has much to take in first is still at work when cron starts the next."""
    folder, stop = open_folder(saved_article(201)), threading.Event()
    folder.clock = _SlowToOpen(stop)
    assert folder.run(stop=stop, max_runtime=600.0).stopped == "max_runtime"
    assert not folder.archive.log.entries()


def test_a_stopped_run_saves_what_landed(open_folder: Open) -> None:
    """A stop event set from outside ends the run; nothing that landed is asked for again."""
    folder = open_folder(*(saved_article(article) for article in range(201, 241)))
    stop = threading.Event()
    stop.set()
    report = folder.run(stop=stop)
    assert report.stopped == "signal"
    assert folder.documents() == {}
    folder.run()
    assert len(folder.documents()) == 40


def test_excluded_is_final_until_somebody_asks(open_folder: Open) -> None:
    """An excluded capture is not asked for again by later runs, but is with ``--retry-final``."""
    folder = open_folder(saved_article(201), saved_article(202), excluded=[article_url(201)])
    for _ in range(4):
        folder.run(ids=(range(201, 203),))
    assert states(folder, 201, 202) == [State.UNRECOVERABLE, State.WRITTEN]
    asked = len(folder.asked())
    folder.run(ids=(range(201, 203),))
    assert len(folder.asked()) == asked
    folder.archive.excluded.clear()
    folder.run(ids=(range(201, 203),), retry_final=True)
    assert states(folder, 201) == [State.WRITTEN]


def test_a_fault_of_ours_on_one_answer_does_not_stop_the_others(
    open_folder: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody expected is that capture's trouble, named as the program's own; all else is written."""
    folder = open_folder(*(saved_article(article) for article in range(201, 206)))
    fetch = ReplayClient.fetch

    def fails(self: ReplayClient, capture: Capture, **options: object) -> object:
        if "/203" in capture.original:
            raise ZeroDivisionError("of all things")
        return fetch(self, capture, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ReplayClient, "fetch", fails)
    report = folder.run()
    assert sorted(report.outcomes.written) == [201, 202, 204, 205]
    assert list(report.outcomes.failed) == [203]
    ledger = folder.ledger()
    (known,) = ledger.captures.of_article(203)
    ledger.close()
    assert known.attempt is not None
    assert "of all things" in known.attempt.detail
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder.output.parent / "state"))
    assert folder.run().outcomes.written == [203]


def test_articles_far_apart_are_asked_for_at_the_same_time(open_folder: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids without a capture between two articles do not make one wait for the other's answer."""
    folder = open_folder(saved_article(201), saved_article(380))
    fetch = ReplayClient.fetch
    both = threading.Barrier(2, timeout=10)

    def meets(self: ReplayClient, capture: Capture, **options: object) -> object:
        both.wait()
        return fetch(self, capture, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ReplayClient, "fetch", meets)
    assert sorted(folder.run().outcomes.written) == [201, 380]


def test_a_damaged_kept_page_is_fetched_once_more(open_folder: Open) -> None:
    """When the store cannot give a page back that is needed again, the archive is asked, once, and the run goes on."""
    folder = open_folder(saved_article(201), saved_article(202))
    folder.run()
    asked = len(folder.asked())
    for path in (folder.output / "warc").iterdir():
        path.write_bytes(path.read_bytes()[:200] + b"\0" * (path.stat().st_size - 200))
    for path in folder.output.glob("articles/*/article_201.md"):
        path.unlink()
    ledger = Ledger(folder.output / "ledger.sqlite3", site=SITE, clock=folder.clock)
    ledger.articles.mark_due([201])
    ledger.close()
    report = folder.run()
    assert report.outcomes.written == [201]
    assert len(folder.asked()) == asked + 1


def test_a_range_makes_no_ids_known(open_folder: Open) -> None:
    """Ids that never were articles get no state by standing in a range; one that is named alone does."""
    folder = open_folder(saved_article(201))
    folder.run(ids=(range(100, 300), range(60_000, 60_001)))
    ledger = folder.ledger()
    rows = [ledger.articles.get(article) for article in (100, 60_000, 201)]
    ledger.close()
    assert [row and row.state for row in rows] == [None, State.NEVER_CAPTURED, State.WRITTEN]
