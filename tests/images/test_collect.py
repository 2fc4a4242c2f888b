"""Pictures of written articles are fetched, proven and kept."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from scraper.jobs.workspace import open_workspace
from scraper.ledger.images import ImageState
from scraper.models import Memento
from scraper.store.archives import read_archives
from tests.images.conftest import AVATAR, HOST, PIER, TIME, Folder, figure, make_picture, saved_picture
from tests.server import Faults, Rule, Saved, TestArchive
from tests.server.make import article_page, write_warc

Start = Callable[..., TestArchive]
FIGURE = f"{HOST}{PIER.replace(' ', '%20')}"
FACE = f"{HOST}{AVATAR}"


def test_keeps_figures_and_avatars_by_content(folder: Folder, archive: Start) -> None:
    """Each picture lies once under the digest of its bytes; the list says where it came from and who names it."""
    pier, face = make_picture(), make_picture("red", "PNG")
    report = folder.images(archive(saved_picture(PIER, pier), saved_picture(AVATAR, face, kind="image/png")))
    assert report.exit_status == 0
    assert {path.read_bytes() for path in folder.files()} == {pier, face}
    for path in folder.files():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert (path.parent.name, path.stem) == (digest[:2], digest)
    entry = folder.listed()[FACE]
    assert entry["state"] == "kept"
    assert entry["file"].endswith(".png")
    assert entry["articles"] == [401]
    assert entry["capture"] == {"timestamp": TIME, "original": FACE}
    assert (entry["width"], entry["height"]) == (30, 20)


def test_pictures_are_decoded_one_after_another_in_one_thread(
    folder: Folder, archive: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large one each thread keeps the memory: twelve of 62 megapixels took over a gigabyte."""
    threads, opened = set[int](), Image.open
    monkeypatch.setattr(
        Image, "open", lambda *more, **named: threads.add(threading.get_ident()) or opened(*more, **named)
    )
    folder.images(archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red", "PNG"))))
    assert len(folder.files()) == 2
    assert threads == {threading.get_ident()}


def test_equal_pictures_are_one_file(folder: Folder, archive: Start) -> None:
    """The same bytes under two addresses are stored once, and both addresses lead there."""
    same = make_picture()
    folder.images(archive(saved_picture(PIER, same), saved_picture(AVATAR, same)))
    assert len(folder.files()) == 1
    assert {entry["sha256"] for entry in folder.listed().values()} == {hashlib.sha256(same).hexdigest()}


def test_what_was_fetched_is_in_the_warc_files(folder: Folder, archive: Start) -> None:
    """Pictures, and what turned out to be none, are kept as they came, in the same store as pages."""
    pier = make_picture()
    page = b"<!doctype html><p>Not a picture</p>"
    folder.images(archive(saved_picture(PIER, pier), saved_picture(AVATAR, page)))
    kept = [one.payload for one in read_archives([folder.output / "warc"]) if hasattr(one, "payload")]
    assert pier in kept
    assert page in kept


@pytest.mark.parametrize(
    ("left", "best"), [("", "_large"), ("_large", ""), ("_large,", "_medium"), ("_large,,_medium", "_small")]
)
def test_takes_the_largest_size_that_was_captured(folder: Folder, archive: Start, left: str, best: str) -> None:
    """Of large, plain, medium and small the first one that the archive has is taken, whatever the page named."""
    there = [size for size in ("_large", "", "_medium", "_small") if size not in left.split(",") or not left]
    saved = [saved_picture(PIER.replace("_large", size), make_picture(f"#0000{n}0")) for n, size in enumerate(there, 1)]
    folder.images(archive(*saved))
    assert unquote(folder.listed()[FIGURE]["capture"]["original"]) == f"{HOST}{PIER.replace('_large', best)}"


def test_asks_the_other_host(folder: Folder, archive: Start) -> None:
    """A picture that was captured at the bare host only is found there."""
    bare = "https://hkcnews.com"
    folder.images(archive(saved_picture(PIER, make_picture(), host=bare)))
    assert folder.listed()[FIGURE]["state"] == "kept"


def test_takes_the_nearest_in_time(folder: Folder, archive: Start) -> None:
    """Of several captures of a picture the one nearest to the page's is kept."""
    near = make_picture("green")
    held = archive(
        saved_picture(PIER, make_picture("red"), at="20170101000000"),
        saved_picture(PIER, near, at="20200608000000"),
        saved_picture(PIER, make_picture("blue"), at="20220101000000"),
    )
    folder.images(held)
    assert folder.listed()[FIGURE]["sha256"] == hashlib.sha256(near).hexdigest()
    assert folder.listed()[FIGURE]["capture"]["timestamp"] == "20200608000000"


def test_looks_past_the_farewell_page(folder: Folder, archive: Start) -> None:
    """If the nearest capture is the page of the closed site, the nearest one that is a picture is found and kept."""
    page = b"<!doctype html><title>bye</title>"
    good = make_picture("green")
    held = archive(
        saved_picture(PIER, make_picture("red"), at="20170101000000"),
        saved_picture(PIER, good, at="20180101000000"),
        saved_picture(PIER, page, at="20190101000000", kind="text/html"),
        saved_picture(PIER, page, at="20200608000000"),
        saved_picture(AVATAR, make_picture()),
    )
    assert folder.images(held).exit_status == 0
    entry = folder.listed()[FIGURE]
    assert entry["sha256"] == hashlib.sha256(good).hexdigest()
    assert [one["verdict"] for one in entry["tried"]] == ["not_an_image", "list", "kept"]


def test_a_list_that_is_refused_is_asked_for_again(folder: Folder, archive: Start) -> None:
    """As long as the list of captures was not had, the picture is waiting; then it is found."""
    saved = [
        saved_picture(PIER, make_picture("green"), at="20180101000000"),
        saved_picture(PIER, b"<p>bye", at="20200608000000"),
        saved_picture(AVATAR, make_picture()),
    ]
    held = archive(*saved, faults=Faults([Rule("429", service="cdx", times=None)]))
    assert folder.images(held).states[ImageState.WAITING] == 1
    folder.clock.jump += 10**6
    assert folder.images(archive(*saved)).states[ImageState.KEPT] == 2


def test_follows_an_archived_redirect(folder: Folder, archive: Start) -> None:
    """A picture that the site had moved is fetched from where it was moved to."""
    moved = f"{HOST}/moved.jpg"
    redirect = Saved(saved_picture(PIER, b"").url, TIME, b"", 301, "Moved Permanently", (("Location", "/moved.jpg"),))
    folder.images(archive(redirect, saved_picture(moved, make_picture())))
    assert folder.listed()[FIGURE]["capture"]["original"] == moved


def test_a_kept_redirect_to_no_address_is_no_picture(folder: Folder, tmp_path: Path) -> None:
    """An archived ``Location`` may be no URL; the pictures behind it are put in place all the same, offline."""
    nowhere = (("Location", "http://[::1/moved.jpg"),)
    redirect = Saved(saved_picture(PIER, b"").url, TIME, b"", 301, "Moved Permanently", nowhere)
    captures = write_warc(tmp_path / "captures.warc.gz", [redirect, saved_picture(AVATAR, make_picture())])
    with open_workspace(folder.config, clock=folder.clock) as space:
        for memento in read_archives([captures]):
            assert isinstance(memento, Memento)
            space.intake.keep(memento)
    assert folder.images().states[ImageState.KEPT] == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!doctype html><title>404</title>", "text"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "text"),
        (make_picture(size=(300, 300))[:-400], "truncated"),
        (b"GIF89a garbage", "decoded"),
    ],
    ids=["html", "svg", "cut", "garbage"],
)
def test_a_lie_is_no_picture(folder: Folder, archive: Start, data: bytes, reason: str) -> None:
    """What calls itself a JPEG and is none is not kept as a picture; a smaller size that is one is taken instead."""
    small = make_picture("white")
    held = archive(saved_picture(PIER, data), saved_picture(PIER.replace("_large", "_small"), small))
    folder.images(held)
    entry = folder.listed()[FIGURE]
    assert entry["sha256"] == hashlib.sha256(small).hexdigest()
    tried = [one for one in entry["tried"] if one["verdict"] == "not_an_image"]
    assert reason in tried[0]["detail"]
    assert tried[0]["timestamp"] == TIME


def test_the_content_gives_the_extension(folder: Folder, archive: Start) -> None:
    """A PNG that name and header call a JPEG is stored as what it is."""
    folder.images(archive(saved_picture(PIER, make_picture("red", "PNG"))))
    assert folder.listed()[FIGURE]["file"].endswith(".png")


def test_a_missing_one_is_listed_with_all_that_was_tried(folder: Folder, archive: Start) -> None:
    """What the archive has in no size is missing; the list names each URL that was asked for and what came of it."""
    report = folder.images(archive(saved_picture(AVATAR, make_picture())))
    entry = folder.listed()[FIGURE]
    assert (report.exit_status, entry["state"]) == (1, "missing")
    assert len(entry["tried"]) == 8
    assert {one["verdict"] for one in entry["tried"]} == {"not_archived"}
    assert any("missing" in line and "pier" in line for line in report.problems())


def test_missing_ones_are_asked_for_once_until_told(folder: Folder, archive: Start) -> None:
    """Another run spends no request on what is missing or kept, and says no more of it, so that cron is quiet.

    With `--again` what is missing is asked for anew.
    """
    held = archive(saved_picture(AVATAR, make_picture()))
    assert folder.images(held).exit_status == 1
    before = len(held.log.entries())
    again = folder.images(held)
    assert (again.exit_status, again.problems(), again.states[ImageState.MISSING]) == (0, [], 1)
    assert len(held.log.entries()) == before
    with_it = archive(saved_picture(PIER, make_picture()))
    assert folder.images(with_it, ask_again=True).exit_status == 0
    assert folder.listed()[FIGURE]["state"] == "kept"


@pytest.mark.parametrize("kind", ["429", "503", "refuse", "outage_200", "landing", "no_memento_datetime"])
def test_a_refusal_is_never_absence(folder: Folder, archive: Start, kind: str) -> None:
    """While the archive refuses, a picture is waiting, never missing; the next run fetches it."""
    saved = [saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red"))]
    report = folder.images(archive(*saved, faults=Faults([Rule(kind, times=None, seconds=10**6)])))
    assert report.states == {ImageState.KEPT: 0, ImageState.WAITING: 2, ImageState.MISSING: 0}
    assert report.exit_status != 0
    folder.clock.jump += 10**6
    assert folder.images(archive(*saved)).states[ImageState.KEPT] == 2


def test_one_url_in_trouble_does_not_hide_a_smaller_size_for_ever(folder: Folder, archive: Start) -> None:
    """A size that keeps answering wrongly is waited for; in the end a smaller one is taken."""
    small = PIER.replace("_large", "_small")
    saved = [
        saved_picture(PIER, make_picture()),
        saved_picture(small, make_picture("red")),
        saved_picture(AVATAR, make_picture()),
    ]
    held = archive(*saved, faults=Faults([Rule("wrong_url", contains="_large", times=None)]))
    for _ in range(3):  # both hosts, two runs each
        assert len(folder.files()) < 2
        folder.images(held)
        folder.clock.jump += 10**6
    assert folder.listed()[FIGURE]["sha256"] == hashlib.sha256(make_picture("red")).hexdigest()


def test_limit(folder: Folder, archive: Start) -> None:
    """With a limit so many pictures are worked on, and the next run goes on with the rest."""
    held = archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red")))
    assert folder.images(held, limit=1).states[ImageState.KEPT] == 1
    assert folder.images(held, limit=1).states[ImageState.KEPT] == 2


def test_what_an_ended_run_left_is_no_failure(folder: Folder, archive: Start) -> None:
    """When its time is up a run ends with status 0 and says nothing, as long as nothing failed; the pictures wait."""
    report = folder.images(archive(), progress=lambda _: folder.stop.set())
    assert (report.stopped, report.exit_status, report.problems()) == (True, 0, [])
    assert report.states[ImageState.WAITING] == 2


def test_an_address_outside_the_archive(folder: Folder, archive: Start) -> None:
    """A picture in the parts of a mail is no capture: it costs no request, and the list says why."""
    folder.write({402: article_page(402, body=figure("cid:beside") + "<p>字</p>")})
    held = archive()
    folder.images(held)
    entry = next(one for one in map(dict, folder.listed().values()) if one["address"].startswith("cid:"))
    assert entry["state"] == "missing"
    assert "beside" not in " ".join(one.path for one in held.log.entries())


def test_a_lost_file_is_made_again_without_the_network(folder: Folder, archive: Start) -> None:
    """A picture's file that somebody deleted comes back from the WARC files."""
    pier = make_picture()
    folder.images(archive(saved_picture(PIER, pier), saved_picture(AVATAR, pier)))
    (path,) = folder.files()
    path.unlink()
    assert folder.images().remade == 1
    assert path.read_bytes() == pier


def test_everything_comes_back_from_the_warc_files(folder: Folder, archive: Start, tmp_path: Path) -> None:
    """When ledger and pictures are gone, what is kept gives the same pictures again, offline."""
    folder.images(
        archive(saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red"), at="20190101000000"))
    )
    before = {path: path.read_bytes() for path in folder.files()}
    for path in [*folder.files(), *folder.output.glob("ledger.sqlite3*")]:
        path.unlink()
    page = article_page(401, category="眾說", body=figure(PIER) + f'<p><img src="{AVATAR}"></p>')
    folder.write({401: page})
    assert folder.images().states[ImageState.MISSING] == 0
    assert {path: path.read_bytes() for path in folder.files()} == before


STRUCK = [
    *("429", "503", "502", "reset", "reset_midway", "cut_length", "cut_chunked", "encoding_blank", "encoding_wrong"),
    *("no_memento_datetime", "outage_200", "landing", "excluded", "redirect_loop", "redirect_off", "wrong_url"),
]


@pytest.mark.parametrize("seed", [1, 2])
def test_through_all_faults(folder: Folder, archive: Start, seed: int) -> None:
    """Whatever the archive does on the way: in the end each picture is there as it was, and none was called missing."""
    names = [f"/news/{number}_large.png" for number in range(24)]
    pictures = {name: make_picture((number * 9, 0, 9), "PNG") for number, name in enumerate(names)}
    folder.write({404: article_page(404, body=figure(*names) + "<p>圖輯。</p>")})
    saved = [saved_picture(path, data) for path, data in pictures.items()]
    saved += [saved_picture(PIER, make_picture()), saved_picture(AVATAR, make_picture("red"))]
    held = archive(*saved, faults=Faults(seed=seed, kinds=STRUCK, every=1, rounds=2), clock=folder.clock.monotonic)
    for _ in range(12):
        states = folder.images(held).states
        assert states[ImageState.MISSING] == 0
        if not states[ImageState.WAITING]:
            break
        folder.clock.jump += 100_000
    assert states[ImageState.KEPT] == len(saved)
    assert {path.read_bytes() for path in folder.files()} == {one.payload for one in saved}
    assert sum(held.log.faults().values()) >= 12
