"""A run counts what its pages say of what is believed of them, and stops for it before much is spent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from scraper.cli import main
from scraper.engine.outcomes import FEWEST_AGAINST, FIRST_PAGES, Tally
from scraper.models import Belief
from tests.engine.conftest import Folder
from tests.server import Saved
from tests.server.make import Box, article_page, article_url, saved_article, write_warc

Open = Callable[..., Folder]
MANY = range(201, 261)


def otherwise(article: int) -> Saved:
    """A column whose author box is not the component that we know."""
    body = article_page(article, category="眾說", author="甲", box=Box("甲"), plea=True)
    body = body.replace(
        b'<div class="article-author-info">\n<div class="author-profile-pic', b'<div class="x">\n<div class="y'
    )
    return Saved(article_url(article), "20200607080910", body)


def against(folder: Folder) -> dict[str, int]:
    report = folder.run()
    return {one.belief.name: one.against for one in report.beliefs if one.against}


def test_pages_of_the_known_make_up_contradict_nothing(open_folder: Open) -> None:
    """Nothing is said, all is written, and the report has the whole table."""
    folder = open_folder(*map(saved_article, MANY))
    report = folder.run()
    assert len(report.outcomes.written) == len(MANY)
    assert (report.exit_status, report.stopped, report.problems()) == (0, None, [])
    rows = {one["name"]: one for one in report.as_json()["beliefs"]}  # type: ignore[attr-defined]
    assert (rows["plea"]["for"], rows["plea"]["against"], rows["plea"]["ids"]) == (len(MANY), 0, [])


def test_the_first_pages_stop_a_run_that_believes_otherwise(open_folder: Open) -> None:
    """25 pages are enough: the run ends in good order, says which belief and on which pages, and ends with 1."""
    folder = open_folder(*map(otherwise, MANY))
    report = folder.run()
    assert FIRST_PAGES <= len(folder.asked()) <= FIRST_PAGES + folder.config.in_flight
    assert report.stopped == "beliefs"
    assert report.exit_status == 1
    told = "\n".join(report.problems())
    assert "BELIEF box: a category other than 眾聞 has the box: 2" in told
    assert "such as 201, 202, 203" in told
    assert len(report.outcomes.written) == len(folder.asked())
    assert "--go-on" in told


def test_the_next_run_stops_at_once_and_one_that_goes_on_does_not(open_folder: Open) -> None:
    """What earlier runs have read counts; ``--go-on`` reads on, and the table still has it."""
    folder = open_folder(*map(otherwise, MANY))
    folder.run()
    folder.archive.log.clear()
    assert folder.run().stopped == "beliefs"
    assert len(folder.asked()) <= folder.config.in_flight
    report = folder.run(go_on=True)
    assert (report.stopped, report.exit_status, report.problems()) == (None, 0, [])
    assert len(folder.documents()) == len(MANY)
    assert [one.belief.name for one in report.beliefs if one.doubted] == ["box"]


def test_a_few_pages_against_are_told_and_stop_nothing(open_folder: Open) -> None:
    """Every fourth page is otherwise: the table says so, with three ids."""
    folder = open_folder(
        *(otherwise(one) if one % 4 == 0 else saved_article(one, category="眾說", box=Box("乙")) for one in MANY)
    )
    report = folder.run()
    (row,) = [one for one in report.beliefs if one.belief.name == "box"]
    assert (row.held, row.against, row.ids) == (45, 15, (204, 208, 212))
    assert (report.stopped, report.exit_status) == (None, 0)


def test_status_shows_the_table_of_all_runs(open_folder: Open, capsys) -> None:
    """``status`` counts every page that was ever read, with ids, for people and for programs; a page once."""
    folder = open_folder(otherwise(201), saved_article(202), otherwise(203))
    folder.run()
    folder.run()
    assert main(["status", "--output", str(folder.output), "--json"]) == 0
    rows = {one["name"]: one for one in json.loads(capsys.readouterr().out)["beliefs"]}
    assert (rows["box"]["for"], rows["box"]["against"], rows["box"]["ids"]) == (0, 2, [201, 203])
    assert (rows["title"]["for"], rows["stamp_place"]["known"]) == (3, False)
    assert main(["status", "--output", str(folder.output)]) == 0
    assert (
        "0       2  a category other than 眾聞 has the box [author box] (such as 201, 203)" in capsys.readouterr().out
    )


def test_pages_that_an_earlier_version_read_say_nothing(open_folder: Open) -> None:
    """Its pages were not asked; a rebuild asks them."""
    folder = open_folder(otherwise(201))
    folder.run()
    with closing(sqlite3.connect(folder.output / "ledger.sqlite3")) as database, database:
        database.execute("INSERT INTO said (text) VALUES ('{}')")
        database.execute("UPDATE readings SET beliefs = last_insert_rowid()")
    folder.run()
    assert list(folder.ledger().evidence.beliefs()) == []
    assert main(["rebuild", "--output", str(folder.output), "--jobs", "1"]) == 0
    assert [articles for *_, articles in folder.ledger().evidence.beliefs()] == [[201]]


def test_of_few_pages_nobody_can_tell() -> None:
    """Not of fewer than 25, nor where few speak of a belief or as many bear it out; nor is all a reason to stop."""
    tally = Tally()
    table = [Belief(name, "", "", known=True) for name in ("wrong", "split", "rare")]
    table.append(Belief("aside", "", "", known=True, stops=False))
    for number in range(FIRST_PAGES):
        assert tally.doubted(table) == []
        said = {"wrong": False, "aside": False, "split": bool(number % 2)}
        tally.add(number, said | ({"rare": False} if number < FEWEST_AGAINST - 1 else {}))
    assert tally.doubted(table) == ["wrong", "split"]
    tally.add(99, {"split": True})
    assert tally.doubted(table) == ["wrong"]


def test_an_import_only_tells(open_folder: Open, tmp_path: Path) -> None:
    """What somebody has as files is not asked of the archive, so that nothing is saved by stopping."""
    folder = open_folder()
    warc = write_warc(tmp_path / "a.warc.gz", map(otherwise, MANY))
    assert main(["import", str(warc), "--output", str(folder.output), "-q"]) == 0
    assert len(folder.documents()) == len(MANY)
