"""Lists as witnesses, on a loopback archive: what they name is known where nothing else is left of an article."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing

from scraper.cli import main
from scraper.jobs.lists import fetch_lists
from scraper.models import State
from scraper.reports.manifest import read_manifest
from scraper.reports.run import ListsReport
from tests.engine.conftest import Folder
from tests.server import Faults, Rule, Saved
from tests.server.make import article_url, farewell_page, saved_article
from tests.sites.test_lists import HOME, MORE, entry, head, page

Open = Callable[..., Folder]
SECTION = "https://www.hkcnews.com/news/3/x"


def lists(folder: Folder, **options: object) -> ListsReport:
    return fetch_lists(folder.config, clock=folder.clock, **options)  # type: ignore[arg-type]


def listed(url: str, timestamp: str, *blocks: str) -> Saved:
    return Saved(url, timestamp, page(*blocks).encode())


def object_of(folder: Folder, article: int) -> dict:
    return next(one for one in read_manifest(folder.output) if one["id"] == article)


def test_a_lost_article_is_known_by_its_list(open_folder: Open, capsys) -> None:
    """Title, author, category, date, and the list: in manifest, `status`, the page with the map, the export."""
    farewell = Saved(article_url(302), "20220301000000", farewell_page())
    folder = open_folder(
        saved_article(301),
        farewell,
        listed(HOME, "20190203040506", entry(301), entry(302), entry(303)),
        known=range(301, 304),
    )
    folder.run()
    report = lists(folder)
    assert (report.fetched, report.read, report.entries, report.named) == (1, 1, 3, 3)
    assert (report.unwritten, report.uncaptured) == (2, 1)
    known = {"title": "渡輪末班車改點", "category": "眾聞", "author": "記者丙", "date": "2019-02-03"}
    known |= {"timestamp": "20190203040506", "original": HOME, "lists": 1}
    assert object_of(folder, 302)["known_from"] == object_of(folder, 303)["known_from"] == known
    assert "known_from" not in object_of(folder, 301)
    where = ["--output", str(folder.output)]
    assert main(["status", "302", *where]) == 0
    assert "known    渡輪末班車改點 | 記者丙 | 眾聞 | 2019-02-03" in capsys.readouterr().out
    assert main(["status", *where, "--html", str(folder.output.parent / "map.html")]) == 0
    assert (folder.output.parent / "map.html").read_text(encoding="utf-8").count("<i>渡輪末班車改點</i>") == 2
    assert main(["export", *where, "--sqlite", str(folder.output.parent / "all.sqlite3")]) == 0
    with closing(sqlite3.connect(folder.output.parent / "all.sqlite3")) as database:
        lost = database.execute("SELECT id, state, title FROM lost").fetchall()
    assert lost == [(302, "unrecoverable", "渡輪末班車改點"), (303, "never_captured", "渡輪末班車改點")]
    capsys.readouterr()
    assert main(["export", *where, "--jsonl", "-"]) == 0
    article, *lines = map(json.loads, capsys.readouterr().out.splitlines())
    assert (article["id"], lines[0]) == (301, {"id": 302, "state": "unrecoverable"} | known)
    assert [one["id"] for one in lines] == [302, 303]
    shown = (folder.output.parent / "map.html").read_text(encoding="utf-8")
    assert "What 2 of the lost ids were, captured lists of articles say" in shown
    assert main(["status", *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["known_from_lists"] == 2


def test_an_id_that_nothing_else_knew(open_folder: Open) -> None:
    """A list names an article that was in no listing: it is an id from then on. One beyond the site's last is not."""
    folder = open_folder(listed(HOME, "20190203040506", entry(173), entry(60_000)))
    lists(folder)
    ledger = folder.ledger()
    assert (ledger.articles.get(173).source, ledger.articles.get(60_000)) == ("list", None)


def test_the_same_is_not_asked_for_twice(open_folder: Open) -> None:
    """The latest first, one a day and URL, each digest once, none after the closure; a second call asks for nothing."""
    same = entry(305)
    folder = open_folder(
        listed(HOME, "20190203040506", entry(301)),
        listed(HOME, "20190203120000", entry(302)),
        listed(HOME, "20190204000000", entry(303)),
        listed(SECTION, "20180101000000", same),
        listed(SECTION, "20180102000000", same),
        listed(HOME, "20220301000000", entry(304)),
        Saved(
            MORE,
            "20180101000000",
            json.dumps({"items": [entry(306)]}).encode(),
            headers=(("Content-Type", "application/json"),),
        ),
    )
    folder.settings["in_flight"] = 1
    assert lists(folder, limit=2).read == 2
    assert [path.split("/")[2][:14] for path in folder.asked()] == ["20190204000000", "20190203120000"]
    report = lists(folder)
    assert (report.read, report.unread, report.named) == (2, 0, 4)
    folder.archive.log.clear()
    assert lists(folder).fetched == 0
    assert folder.archive.log.entries() == []


def test_what_says_most_stays(open_folder: Open) -> None:
    """A head without date and a cut title give way to a whole entry, in whatever order they are read; all count."""
    folder = open_folder(
        listed(HOME, "20190205000000", head(302), entry(303, "渡輪末...")),
        listed(HOME, "20190204000000", entry(302), entry(303)),
        listed(HOME, "20190203000000", head(302), entry(303, "渡...")),
    )
    lists(folder)
    known = [entry.known_from for entry in folder.ledger().evidence.each(302, 303)]
    assert [(one.title, one.date, one.timestamp, one.lists) for one in known] == [
        ("渡輪末班車改點", "2019-02-03", "20190204000000", 3)
    ] * 2


def test_contradictions_with_documents_are_reported(open_folder: Open) -> None:
    """A list that names another date or author of a written article is told, with status 1."""
    folder = open_folder(
        saved_article(301, author="記者丙", date="03.02.19"),
        saved_article(302, author="記者丙", date="04.02.19"),
        saved_article(303, author="記者丁", date="03.02.19"),
        listed(HOME, "20190205000000", entry(301), entry(302), entry(303)),
    )
    folder.run()
    report = lists(folder)
    assert [one.article for one in report.contradictions] == [302, 303]
    assert report.exit_status == 1
    assert "article 302: the document has 記者丙, 2019-02-04; the list 20190205000000" in report.problems()[0]


def test_lists_are_kept_as_warc(open_folder: Open) -> None:
    """`check` finds nothing wrong with them; a ledger that is made again from the WARC files reads them from there."""
    folder = open_folder(listed(HOME, "20190203040506", entry(302)))
    lists(folder)
    assert main(["check", "--output", str(folder.output), "--jobs", "1"]) == 0
    assert main(["rebuild", "--ledger", "--output", str(folder.output), "--jobs", "1"]) == 0
    folder.archive.log.clear()
    assert object_of(folder, 302)["known_from"]["timestamp"] == "20190203040506"
    report = lists(folder)
    assert (report.fetched, report.read, report.named, folder.asked()) == (0, 0, 1, [])


def test_a_run_reads_lists_when_nothing_else_is_left_in_its_time(open_folder: Open) -> None:
    """A run over everything that was given a time does; one of some ids, with a limit, or without a time does not."""
    folder = open_folder(saved_article(301), listed(HOME, "20190203040506", entry(302)))
    assert folder.run(max_runtime=3000.0).lists is None
    assert folder.run(ids=(), limit=1, max_runtime=3000.0).lists is None
    assert folder.run(ids=()).lists is None
    report = folder.run(ids=(), max_runtime=3000.0)
    assert report.lists is not None
    assert report.lists.read == 1
    assert report.as_json()["lists"]["named"] == 1  # type: ignore[index]
    assert object_of(folder, 302)["state"] == State.NEVER_CAPTURED
    assert object_of(folder, 302)["known_from"]["title"] == "渡輪末班車改點"


def test_a_refusal_ends_it(open_folder: Open) -> None:
    """Status 3; what was read stays, and the next call goes on."""
    days = [listed(HOME, f"201902{day:02}000000", entry(300 + day)) for day in range(1, 9)]
    folder = open_folder(*days, faults=Faults([Rule("429", service="replay", skip=3, times=1)]))
    folder.settings |= {"in_flight": 1, "sit_out": 0, "tries_per_capture": 1}
    report = lists(folder)
    assert report.exit_status == 3
    assert report.read == 3
    folder.clock.wait(120, threading.Event())
    assert lists(folder).read == 5


def test_what_is_not_there_is_left_alone(open_folder: Open) -> None:
    """A capture that the archive has not is asked for once, and the others are read."""
    gone = Saved(SECTION, "20190204000000", b"<html>", stored=False)
    folder = open_folder(gone, listed(HOME, "20190203040506", entry(302)))
    report = lists(folder)
    assert (report.read, len(report.in_vain), report.exit_status) == (1, 1, 0)
    folder.archive.log.clear()
    assert lists(folder).in_vain == []
