"""``run`` and ``recover`` as typed: what they print, where, and how they end."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.cli import main
from scraper.models import State, Verdict
from tests.engine.conftest import Folder
from tests.server import Saved
from tests.server.make import article_page, article_url, challenge_page, farewell_page, saved_article

Open = Callable[..., Folder]
ROOT = Path(__file__).parents[2]
TEXT = "20200607080910"


@pytest.fixture
def hkcnews(open_folder: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Callable[..., int]]:
    """Give a command line for an archive that holds certain captures, without waiting for any budget."""

    def make(*saved: object, **archive: object) -> Callable[..., int]:
        folder = open_folder(*saved, **archive)
        folder.clock.stand_in(monkeypatch.setattr)
        config = tmp_path / "config.toml"
        config.write_text("cdx_per_minute = 60000\nreplay_per_minute = 60000\nsit_out = 0\ntries_per_capture = 1\n")

        def call(command: str, *arguments: str) -> int:
            common = ["--config", str(config), "--archive", folder.archive.base, "--output", str(folder.output)]
            return main([command, *common, *arguments])

        call.folder = folder  # type: ignore[attr-defined]
        return call

    return make


def test_recover_prints_the_path_and_nothing_else(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """An id is enough: the file is there, its path is on stdout, stderr is silent."""
    call = hkcnews(saved_article(201))
    assert call("recover", "201") == 0
    said = capsys.readouterr()
    assert said.err == ""
    (line,) = said.out.splitlines()
    assert Path(line).read_text(encoding="utf-8").startswith('---\ntitle: "')


@pytest.mark.parametrize(
    "target",
    [
        "201",
        "https://www.hkcnews.com/article/201/標題",
        "http://hkcnews.com/article/201/%E6%A8%99%E9%A1%8C?fbclid=1",
        f"https://web.archive.org/web/{TEXT}/https://www.hkcnews.com/article/201/標題",
        f"https://web.archive.org/web/{TEXT}id_/https://www.hkcnews.com/article/201/%e6%a8%99%e9%a1%8c",
    ],
)
def test_every_way_to_name_it_recovers_the_same(
    hkcnews: Callable[..., Callable[..., int]], capsysbinary: pytest.CaptureFixture[bytes], target: str
) -> None:
    """Id, URL and Wayback URL, raw and percent-encoded, give the same document on stdout."""
    url = "https://www.hkcnews.com/article/201/%E6%A8%99%E9%A1%8C"
    call = hkcnews(Saved(url, TEXT, article_page(201)))
    assert call("recover", "--stdout", target) == 0
    document = capsysbinary.readouterr().out
    assert document == call.folder.documents()["article_201.md"]  # type: ignore[attr-defined]
    assert f"/web/{TEXT}/{url}".encode() in document


def test_the_capture_that_was_named_is_the_one_that_is_written(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """A Wayback URL gets that very capture, also when another would have been chosen."""
    call = hkcnews(*(Saved(article_url(201), stamp, article_page(201)) for stamp in ("20190101000000", TEXT)))
    assert call("recover", f"https://web.archive.org/web/20190101000000/{article_url(201)}") == 0
    assert "/web/20190101000000/" in call.folder.document(201)  # type: ignore[attr-defined]
    assert capsys.readouterr().err == ""


def test_a_named_capture_that_is_no_article_is_stepped_back_from_and_said_so(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The farewell page is not written, another capture is, and stderr says which and why."""
    call = hkcnews(saved_article(201), Saved(article_url(201), "20220301000000", farewell_page()))
    assert call("recover", f"https://web.archive.org/web/20220301000000/{article_url(201)}") == 0
    assert f"/web/{TEXT}/" in call.folder.document(201)  # type: ignore[attr-defined]
    assert re.search(rf"{TEXT} instead of 20220301000000", capsys.readouterr().err)


def test_a_named_moment_without_a_capture_takes_the_nearest(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """As the archive does, and says so."""
    call = hkcnews(saved_article(201, "20180101000000"), saved_article(201, "20200101000000"))
    assert call("recover", f"https://web.archive.org/web/2018/{article_url(201)}") == 0
    assert "/web/20180101000000/" in call.folder.document(201)  # type: ignore[attr-defined]
    assert call("recover", f"https://web.archive.org/web/20180203000000/{article_url(201)}") == 0
    said = capsys.readouterr().err
    assert "nearest, 20180101000000" in said
    assert "instead of" not in said


def test_without_a_list_a_named_capture_is_recovered_all_the_same(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """When the CDX server is down, the address of a capture is enough; an id is not, and that ends with 3."""
    call = hkcnews(saved_article(201), blocked=["hkcnews.com/article/"])
    assert call("recover", "201") == 3
    assert "could not be listed" in capsys.readouterr().err
    assert call("recover", f"https://web.archive.org/web/{TEXT}/{article_url(201)}") == 0
    assert f"/web/{TEXT}/" in call.folder.document(201)  # type: ignore[attr-defined]


def test_what_cannot_be_recovered_says_what_was_tried(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Capture by capture with its verdict, then what to do, as `status` says it; 1; what can be recovered is."""
    call = hkcnews(
        saved_article(202),
        Saved(article_url(201), "20220301000000", farewell_page()),
        Saved(article_url(201), "20210301000000", challenge_page()),
    )
    assert call("recover", "201", "202", "203") == 1
    said = capsys.readouterr()
    assert [Path(line).name for line in said.out.splitlines()] == ["article_202.md"]
    assert f"tried 20220301000000 {article_url(201)}: farewell" in said.err
    assert f"tried 20210301000000 {article_url(201)}: challenge" in said.err
    assert "article 203: never_captured" in said.err
    for number in (201, 203):
        assert call("status", str(number)) == 0
        *_, told = capsys.readouterr().out.splitlines()
        assert f"  {told.removeprefix('Next: ').removesuffix('.')}\n" in said.err


def test_recover_again_finds_what_was_handed_in_late(hkcnews: Callable[..., Callable[..., int]]) -> None:
    """A capture with an old timestamp that came into the archive later is found by asking for its article again."""
    call = hkcnews(Saved(article_url(201), "20220301000000", farewell_page()))
    assert call("recover", "201") == 1
    call.folder.archive.index.add(saved_article(201, "20180101000000"))  # type: ignore[attr-defined]
    assert call("recover", "201") == 0


def test_recover_again_asks_again_for_what_was_final(hkcnews: Callable[..., Callable[..., int]]) -> None:
    """Whoever asks for an article by name has its excluded captures asked for again."""
    call = hkcnews(saved_article(201), excluded=[article_url(201)])
    assert call("recover", "201") == 1
    call.folder.archive.excluded.clear()  # type: ignore[attr-defined]
    assert call("recover", "201") == 0


@pytest.mark.parametrize("target", ["0", "nonsense", "https://example.org/article/1"])
def test_a_target_that_names_nothing_is_a_usage_error(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str], target: str
) -> None:
    """Status 2, nothing made, an example in the message."""
    call = hkcnews(saved_article(201), new=True)
    assert call("recover", target) == 2
    assert target in capsys.readouterr().err
    assert not call.folder.output.exists()  # type: ignore[attr-defined]


def test_the_first_run_over_everything_says_once_what_to_do_before(
    hkcnews: Callable[..., Callable[..., int]], capfd: pytest.CaptureFixture[str]
) -> None:
    """Where no page was ever fetched `compare` is named, once a folder; not for a few ids, not when quiet."""
    call = hkcnews(saved_article(201))
    call("run", "--ids", "999")
    call("run", "--dry-run", "-q")
    assert "hkcnews compare" not in capfd.readouterr().err
    call("run", "--limit", "1")
    assert capfd.readouterr().err.count("hkcnews compare DIR") == 1
    call("run", "--limit", "1")
    assert "hkcnews compare" not in capfd.readouterr().err


def test_run_is_quiet_when_all_went_well(
    hkcnews: Callable[..., Callable[..., int]], capfd: pytest.CaptureFixture[str]
) -> None:
    """Under cron nothing is printed on success, and what went wrong is listed otherwise."""
    call = hkcnews(saved_article(201), Saved(article_url(202), "20220301000000", farewell_page()))
    assert call("run", "--ids", "201") == 0
    assert capfd.readouterr() == ("", "")
    assert call("run", "--ids", "202", "-q") == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert "article 202: unrecoverable: all captures were tried: 1 farewell" in said.err


def test_the_log_names_article_and_capture(hkcnews: Callable[..., Callable[..., int]]) -> None:
    """Each line about a page names its article and its capture, and is one line whatever the page holds."""
    call = hkcnews(saved_article(201))
    call("run", "--ids", "201")
    lines = (call.folder.output / "hkcnews.log").read_text(encoding="utf-8").splitlines()  # type: ignore[attr-defined]
    about = [line for line in lines if "read:" in line or " written" in line]
    assert len(about) == 2
    assert all(f"article=201 capture={TEXT} " in line for line in about)


@pytest.mark.parametrize(
    ("arguments", "tip"),
    [
        (["--ids", "x"], "1-1000,28325"),
        (["--limit", "0"], "--limit"),
        (["--max-runtime", "soon"], "50m"),
        (["--max-runtime", "50"], "50m, 1h30m or 90s"),
        (["--from", "2021", "--to", "2020"], "no moment between"),
        (["--from", "20201301"], "no moment"),
    ],
)
def test_wrong_options_say_what_is_right(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str], arguments: list[str], tip: str
) -> None:
    """Status 2 and the way to write it."""
    call = hkcnews()
    assert call("run", *arguments) == 2
    assert tip in capsys.readouterr().err


def test_an_archive_that_is_not_there_ends_with_3_and_says_when(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody answers: status 3, and the moment from which on to try again."""
    call = hkcnews(saved_article(201))
    call.folder.archive.close()  # type: ignore[attr-defined]
    assert call("run", "--ids", "201") == 3
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", capsys.readouterr().err)


def described() -> dict[str, str]:
    """The table of docs/report.md: key to type."""
    text = (ROOT / "docs/report.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", text, re.MULTILINE))


TYPES = {"integer": int, "string": str, "object": dict, "array": list, "null": type(None)}


def test_the_report_is_as_described(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """docs/report.md names each key of ``--json`` with its type, and no other; so for a run that ends badly."""
    call = hkcnews(
        saved_article(201),
        Saved(article_url(202), "20220301000000", farewell_page()),
        Saved(article_url(203), TEXT, b"<html><body><div class='article-content'><p>x</p></div></body></html>"),
    )
    for arguments in (["--ids", "201-220", "--dry-run"], ["--ids", "201-220"]):
        call("run", "--json", *arguments)
        report = json.loads(capsys.readouterr().out)
        table = described()
        assert list(report) == list(table)
        for key, value in report.items():
            allowed = tuple(
                TYPES[word] for word in re.findall(r"\b(integer|string|object|array|null)\b(?!s)", table[key])
            )
            assert isinstance(value, allowed), key
    assert report["written"] == [201]
    assert report["states"].keys() == {str(state) for state in State}
    assert report["verdicts"].keys() <= {str(verdict) for verdict in Verdict}
    assert {one["id"]: one["state"] for one in report["failures"]} == {202: "unrecoverable", 203: "unknown_layout"}
    assert report["failures"][0].keys() == {"id", "state", "reason", "until"}
    assert report["listings"][0].keys() == {"url", "match_type", "id", "from", "to", "rows", "complete", "error"}
    assert report["readings"]["title"]
    assert report["exit_status"] == 1


def type_in(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Let bytes stand on stdin."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_a_list_on_stdin_may_be_of_any_encoding(
    hkcnews: Callable[..., Callable[..., int]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Byte order mark, blank lines and remarks are no articles; a slug in Big5 does not hide the id before it."""
    call = hkcnews(saved_article(201), saved_article(202), saved_article(203))
    big5 = "https://www.hkcnews.com/article/202/武漢".encode("big5")
    named = f"https://web.archive.org/web/{TEXT}/https://www.hkcnews.com/article/203/武漢".encode("big5")
    type_in(monkeypatch, b"\xef\xbb\xbf201\r\n\n# from a friend\n" + big5 + b"\n" + named + b"\n")
    assert call("recover", "-") == 0
    names = [Path(line).name for line in capsys.readouterr().out.splitlines()]
    assert names == ["article_201.md", "article_202.md", "article_203.md"]


def test_a_bad_line_on_stdin_is_named_and_nothing_done(
    hkcnews: Callable[..., Callable[..., int]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, the number of the line, and no request."""
    call = hkcnews(saved_article(201))
    type_in(monkeypatch, b"201\n\nhttps://example.org/\xaa\n")
    assert call("recover", "-") == 2
    said = capsys.readouterr().err
    assert "line 3 of stdin" in said
    assert "Nothing was done" in said
    assert not call.folder.asked()  # type: ignore[attr-defined]


def test_what_is_still_to_be_asked_alone_falls_from_run_to_run(
    hkcnews: Callable[..., Callable[..., int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """A short run that looked at some of the ids that no list names does not make them more."""
    call = hkcnews(saved_article(201), known=range(195, 225))
    counts = []
    for _ in range(3):
        call("run", "--limit", "5")
        capsys.readouterr()
        assert call("status", "--json") == 0
        counts.append(json.loads(capsys.readouterr().out)["to_confirm"])
    assert counts[0] > counts[1] > counts[2] > 0
    assert call("status", "220") == 0
    assert "a `hkcnews run` goes on in its turn; or `hkcnews recover 220` at once." in capsys.readouterr().out
