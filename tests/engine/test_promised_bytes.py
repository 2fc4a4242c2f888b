"""Bytes that contradict what was promised are not the capture: the id waits, and the archive is asked again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from scraper.cli import main
from scraper.jobs.recover import recover
from scraper.models import State
from scraper.reports.manifest import read_manifest
from scraper.selection.candidates import TRIES_OF_A_PART
from tests.engine.conftest import Folder
from tests.server import Saved
from tests.server.captures import HTML
from tests.server.make import Box, article_page, article_url, saved_article, write_warc

Open = Callable[..., Folder]
WHOLE = saved_article(201)
PAGE = WHOLE.payload
BLANK = b"<html><head></head><body></body></html>"
EMPTY = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
"""The digest of no byte."""


def part(one: Saved, length: int, *, headers: tuple[tuple[str, str], ...] = HTML, **row: str) -> Saved:
    """Return a capture of which the archive gives the beginning only; its listing has the digest of the whole."""
    return replace(one, payload=one.payload[:length], headers=headers, row={"digest": one.digest} | row)


def entry(folder: Folder, article: int) -> dict[str, object]:
    """Return what the manifest says of an article."""
    return next(one for one in read_manifest(folder.output) if one["id"] == article)


def in_text(page: bytes) -> int:
    return page.index(b"<blockquote>") + 5


LENGTH = (*HTML, ("Content-Length", str(len(PAGE))))
WARNING = '299 - "response truncated by the archive"'
IN_THE_FOOTER = PAGE[: PAGE.index(b"<footer>") + 8]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(part(WHOLE, in_text(PAGE)), id="digest of the listing, cut in the text"),
        pytest.param(part(WHOLE, 0), id="digest of the listing, no byte"),
        pytest.param(replace(part(WHOLE, 0), payload=b" \n"), id="digest of the listing, white space"),
        pytest.param(replace(part(WHOLE, 0), payload=BLANK), id="digest of the listing, a blank page"),
        pytest.param(part(WHOLE, in_text(PAGE), headers=LENGTH, digest="-"), id="Content-Length, cut in the text"),
        pytest.param(part(WHOLE, 0, headers=LENGTH, digest="-"), id="Content-Length, no byte"),
        pytest.param(part(WHOLE, in_text(PAGE), digest="-"), id="the page stops inside an element"),
    ],
)
@pytest.mark.parametrize("again", ["run", "retry_final", "recover"])
def test_the_id_waits_and_is_written_once_the_whole_page_comes(open_folder: Open, bad: Saved, again: str) -> None:
    """No document and no verdict for good from a part; each way to ask again gets the whole page."""
    folder = open_folder(bad)
    folder.settings = {"tries_per_capture": 1}
    assert folder.run().exit_status == 1
    assert (entry(folder, 201)["state"], folder.documents()) == ("waiting", {})
    (tried,) = entry(folder, 201)["tried"]  # type: ignore[misc]
    assert tried["verdict"] == ("empty" if bad.payload == BLANK else "truncated")
    later = open_folder(WHOLE)
    if again == "recover":
        recover(later.config, ["201"], clock=later.clock)
    else:
        later.run(retry_final=again == "retry_final")
    assert entry(later, 201)["state"] == "written"
    assert list(later.documents()) == ["article_201.md"]


def test_a_page_that_was_captured_as_a_part_is_final(open_folder: Open) -> None:
    """The listing's digest says that the archive has no more: asking again is no use."""
    cut, empty = replace(WHOLE, payload=PAGE[: in_text(PAGE)]), Saved(article_url(202), "20200607080910", b"")
    folder = open_folder(cut, empty)
    assert empty.digest == EMPTY
    folder.run(ids=(range(201, 203),))
    assert [entry(folder, article)["state"] for article in (201, 202)] == ["unrecoverable"] * 2
    folder.archive.log.clear()
    folder.run(ids=(range(201, 203),))
    assert folder.asked() == []


def test_a_part_that_nothing_contradicts_is_all_there_is_after_five_tries(open_folder: Open) -> None:
    """The same bytes each time, and no digest in the listing: it is said, and not asked for by every run for ever."""
    folder = open_folder(part(WHOLE, in_text(PAGE), digest="-"))
    folder.settings = {"tries_per_capture": 1}
    states = []
    for _ in range(TRIES_OF_A_PART + 2):
        folder.run(ids=(range(201, 202),))
        states.append(entry(folder, 201)["state"])
        folder.clock.jump += 2 * 86_400
    assert states == ["waiting"] * (TRIES_OF_A_PART - 1) + ["unrecoverable"] * 3
    assert len(folder.asked()) == TRIES_OF_A_PART
    (tried,) = entry(folder, 201)["tried"]  # type: ignore[misc]
    assert tried["verdict"] == "truncated"
    later = open_folder(WHOLE)
    later.run(ids=(range(201, 202),), retry_final=True)
    assert entry(later, 201)["state"] == "written"


def test_a_part_that_the_digest_contradicts_is_asked_for_as_long_as_it_is_one(open_folder: Open) -> None:
    """The listing says that there is more: at most once a day, and never for good."""
    folder = open_folder(part(WHOLE, in_text(PAGE)))
    folder.settings = {"tries_per_capture": 1}
    for _ in range(TRIES_OF_A_PART + 3):
        folder.run(ids=(range(201, 202),))
        folder.clock.jump += 2 * 86_400
    assert entry(folder, 201)["state"] == "waiting"


def test_an_article_that_holds_all_its_elements_is_one_whatever_its_length(open_folder: Open) -> None:
    """Cut in the footer, against length and digest: the article is whole."""
    folder = open_folder(part(WHOLE, PAGE.index(b"<footer>") + 8, headers=LENGTH))
    folder.settings = {"tries_per_capture": 1}
    folder.run()
    assert entry(folder, 201)["state"] == "written"


def test_several_captures_in_a_row_that_come_in_part_are_the_archives_trouble(open_folder: Open) -> None:
    """Exit 3, every id waits, and the rest is left for later."""
    pages = [saved_article(article) for article in range(201, 213)]
    folder = open_folder(*(part(one, 0) for one in pages))
    folder.settings = {"tries_per_capture": 1, "in_flight": 1}
    report = folder.run(ids=(range(201, 213),))
    assert report.exit_status == 3
    assert len(folder.asked()) < len(pages)
    assert {entry(folder, article)["state"] for article in range(201, 213)} == {"waiting"}


def test_a_whole_page_between_them_says_that_the_archive_is_well(open_folder: Open) -> None:
    """Two in a row, a good one, two more: each is that capture's own trouble."""
    pages = [saved_article(article) for article in range(201, 206)]
    folder = open_folder(*(one if number == 2 else part(one, 0) for number, one in enumerate(pages)))
    folder.settings = {"tries_per_capture": 1, "in_flight": 1}
    report = folder.run(ids=(range(201, 206),))
    assert (report.exit_status, report.outcomes.refusals) == (1, [])
    assert report.states[State.WRITTEN] == 1


def test_a_cut_copy_that_was_imported_does_not_keep_the_whole_page_out(open_folder: Open) -> None:
    """Though a record's own digest is that of its bytes: the listing's is another."""
    from scraper.jobs.import_files import import_files

    folder = open_folder(WHOLE)
    cut = replace(WHOLE, payload=PAGE[: in_text(PAGE)])
    import_files(folder.config, [write_warc(folder.output.parent / "cut.warc.gz", [cut])], clock=folder.clock)
    assert folder.documents() == {}
    folder.run()
    assert entry(folder, 201)["state"] == "written"


def test_an_answer_that_warns_of_being_a_part_is_believed(open_folder: Open) -> None:
    """``Warning: 299`` of a page without its box: not the capture."""
    page = article_page(201, category="政治", box=Box("甲"))
    cut = page[: page.index(b'<div class="article-author-info">')]
    bad = replace(WHOLE, payload=cut, warning=WARNING, row={"digest": "-"})
    folder = open_folder(bad)
    folder.settings = {"tries_per_capture": 1}
    folder.run()
    assert (entry(folder, 201)["state"], folder.documents()) == ("waiting", {})


def test_a_truncation_that_is_announced_is_a_lack_with_its_evidence(open_folder: Open, capsys) -> None:
    """The article's own elements are whole: it is written, and all that gives account says so."""
    warned = replace(WHOLE, payload=IN_THE_FOOTER, source="liveweb/one.warc.gz", warning=WARNING, row={"digest": "-"})
    folder = open_folder(warned)
    report = folder.run()
    assert (entry(folder, 201)["state"], report.as_json()["lacks"]) == ("written", {"truncated": 1})
    assert "text cut short" in str(entry(folder, 201)["reason"])
    where = ["--output", str(folder.output)]
    told = {}
    for command in (["status", "--json", "201"], ["history", "--json", "201"], ["export", "--jsonl", "-"]):
        assert main([*command, *where]) == 0
        told[command[0]] = json.loads(capsys.readouterr().out)
    shown = (told["status"], told["history"]["versions"][0], told["export"])
    assert {(one["provenance"]["Warning"], one["provenance"]["X-Archive-Src"]) for one in shown} == {
        (WARNING, "liveweb/one.warc.gz")
    }
    warc = gzip.decompress(next(folder.output.glob("warc/*.gz")).read_bytes())
    assert all(
        field in warc for field in (b"WARC-Truncated", b"X-Archive-Link", b"X-Archive-Src", b"X-Archive-Warning")
    )


def test_a_capture_without_such_a_warning_is_taken_instead(open_folder: Open) -> None:
    """The same text, whole, though it is older."""
    cut = replace(WHOLE, payload=IN_THE_FOOTER, warning=WARNING, row={"digest": "-"})
    folder = open_folder(cut, saved_article(201, "20190101000000"))
    folder.run()
    assert entry(folder, 201)["capture"]["timestamp"] == "20190101000000"  # type: ignore[index]


def test_what_is_told_of_a_capture_that_is_excluded_later_is_of_the_exclusion(
    open_folder: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict is not that of the part which came before, so neither is what is said of it."""
    folder = open_folder(part(WHOLE, in_text(PAGE)))
    folder.settings = {"tries_per_capture": 1}
    folder.run()
    later = open_folder(WHOLE, excluded=[article_url(201)])
    later.output = folder.output
    later.run(retry_final=True)
    assert main(["status", "201", "--output", str(folder.output)]) == 0
    shown = capsys.readouterr().out
    assert "before the closure: excluded (http" in shown
    assert "cut inside the text" not in shown
