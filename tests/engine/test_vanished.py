"""A capture that was listed once and is gone now is kept, and told as vanished."""

from __future__ import annotations

import json
from collections.abc import Callable

from scraper.cli import main
from scraper.jobs.recover import recover
from tests.engine.conftest import Folder
from tests.server import Faults, Rule
from tests.server.make import article_url, saved_article

Open = Callable[..., Folder]
KEPT, GONE = "20190101000000", "20200607080910"


def told(folder: Folder, capsys, *words: str) -> str:
    assert main([*words, "--output", str(folder.output)]) == 0
    return str(capsys.readouterr().out)


def test_a_capture_that_is_listed_no_more_is_told(open_folder: Open, capsys) -> None:
    """History, status and report name it; the document that was made of it stays; nothing else is told so."""
    both = [saved_article(201, KEPT), saved_article(201, GONE), saved_article(202, GONE)]
    open_folder(*both).run(ids=(range(201, 203),))
    folder = open_folder(both[0], both[2])
    report = folder.run(ids=())
    assert report.as_json()["vanished"] == 1
    assert any("vanished" in line for line in report.summary())
    assert GONE in folder.document(201)
    (one,) = json.loads(told(folder, capsys, "history", "--json", "201"))["vanished"]
    assert (one["timestamp"], one["original"]) == (GONE, article_url(201))
    assert json.loads(told(folder, capsys, "status", "--json"))["vanished"] == 1
    (gone,) = json.loads(told(folder, capsys, "status", "--json", "201"))["vanished"]
    assert gone == {"timestamp": GONE, "original": article_url(201)}
    for words in (("history", "201"), ("status", "201"), ("status",)):
        assert "vanished" in told(folder, capsys, *words)
    assert "vanished" not in told(folder, capsys, "history", "202") + told(folder, capsys, "status", "202")


def test_one_that_is_listed_again_has_not_vanished(open_folder: Open) -> None:
    """What the archive shows again is there again."""
    one, other = saved_article(201, KEPT), saved_article(201, GONE)
    open_folder(one, other).run(ids=(range(201, 202),))
    assert open_folder(one).run(ids=()).vanished == 1
    folder = open_folder(one, other)
    assert folder.run(ids=(), from_ts="20170101000000").vanished == 0


def test_a_list_that_is_cut_says_nothing_is_gone(open_folder: Open) -> None:
    """Nor does one of a part of the time, nor one of another id."""
    one, other = saved_article(201, KEPT), saved_article(201, GONE)
    open_folder(one, other).run(ids=(range(201, 202),))
    folder = open_folder(one, saved_article(301))
    assert folder.run(ids=(), from_ts="20210101000000").vanished == 0
    assert folder.run(ids=(range(301, 302),)).vanished == 0


def test_an_answer_of_no_bytes_says_nothing_is_gone(open_folder: Open, capsys) -> None:
    """It may be the "nothing" of a service without JSON, and just as well a broken one."""
    one = saved_article(201, KEPT)
    open_folder(one).run(ids=(range(201, 202),))
    folder = open_folder(one, faults=Faults([Rule("cdx_empty_body", times=None)]))
    recover(folder.config, ["201"], clock=folder.clock)
    assert folder.archive.log.faults()["cdx_empty_body"]
    assert "vanished" not in json.loads(told(folder, capsys, "status", "--json", "201"))
