from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from pathlib import Path

import pytest

from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.cli import main
from scraper.config import Config
from scraper.times import SystemClock
from tests.few_ids import know_few_ids
from tests.server import TestArchive
from tests.server.make import saved_article, write_warc

FIXTURE = min(Path(__file__).parents[2].glob("fixtures/article-page/*.html"))

URL = ["--url", "https://www.hkcnews.com/article/201", "--timestamp", "20200102030405"]


@contextlib.contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch, columns: int = 80):
    """Let stderr be a terminal; gives the list of what is written to it."""
    reading, writing = os.openpty()
    said: list[bytes] = []

    def read() -> None:  # all the time: a terminal that nobody reads lets nobody write
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(reading, 1 << 16):
                said.append(piece)

    reader = threading.Thread(target=read)
    reader.start()
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(writing, "w", encoding="utf-8") as file, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", file)
        yield said
    reader.join(30)
    os.close(reading)


def text_of(said: list[bytes]) -> str:
    """What was shown, without the sequences that place and colour it."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", b"".join(said).decode())


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return know_few_ids(tmp_path / "output")


@pytest.mark.parametrize("command", [["run", "--ids", "201"], ["recover", "201"]])
@pytest.mark.parametrize(("words", "shown"), [((), True), (("--quiet",), False), (("--json",), False)])
def test_a_person_at_a_terminal_sees_how_far_it_is(
    words: tuple[str, ...], shown: bool, command: list[str], output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bar says what is going on and how much of the budget is used; not to who wants silence or data."""
    with TestArchive([saved_article(201)]) as archive, terminal(monkeypatch) as said:
        assert main([*command, "--archive", archive.base, "--output", str(output), *words]) == 0
    assert ("a minute" in text_of(said)) is shown


def test_an_import_reads_and_fetches_nothing(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar says what is going on; an import asks nobody."""
    warc = write_warc(tmp_path / "in.warc.gz", [saved_article(201)])
    with terminal(monkeypatch) as said:
        assert main(["import", str(warc), "--output", str(output)]) == 0
    assert ("reading" in text_of(said), "fetching" in text_of(said)) == (True, False)


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_bar_is_one_line_on_any_terminal(columns: int, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is cut: a bar that breaks into lines scrolls what stands above it away."""
    with TestArchive([saved_article(201)]) as archive, terminal(monkeypatch, columns) as said:
        assert main(["run", "--ids", "201", "--archive", archive.base, "--output", str(output)]) == 0
    frames = b"".join(said).decode().partition("\x1b[?25l")[2].partition("\x1b[?25h")[0]
    assert "fetching" in frames
    assert frames.count("\x1b[1A") <= 1  # up by one line, once: when it goes away
    assert all(len(line) <= columns for line in re.split(r"[\r\n]", text_of([frames.encode()])))


def test_ctrl_c_in_a_command_that_only_looks(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It too ends with a line that says what next."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scraper.cli.check_command.check", interrupted)
    with terminal(monkeypatch) as said:
        assert main(["check", "--output", str(output)]) == 130
    assert "Next: the same command again." in text_of(said)


@pytest.mark.parametrize(
    ("words", "last"),
    [
        (["recover", "201"], r"1 article written, 0 not"),
        (["run", "--ids", "201"], r"\S+output: 1 written, 0 unchanged, 0 not written"),
        (["images", "--offline"], r"0 pictures kept below \S+output, 0 missing, 1 waiting"),
        (["rebuild"], r"1 article read again: 0 documents changed, 1 unchanged"),
        (["check"], r"\S+output: 0 findings"),
        (["export", "--jsonl", "a.jsonl", "--csv", "a.csv"], r"a\.csv: 1 article; a\.jsonl: 1 article"),
        (
            ["export", "--config", "withholding.toml", "--bag", "bag"],
            r"bag: 0 articles; 1 article is withheld: asked for",
        ),
        (["status"], r"426 ids of \S+output summed up"),
        (["status", "201", "--json"], r"1 article explained"),
        (["status", "--html", "page.html"], r"page\.html written"),
        (["history", "201"], r"article 201: 1 text"),
        (["parse", str(FIXTURE), *URL], rf"{FIXTURE} read as an article, of the layout [a-z-]+"),
        (["fixture", "check", "--fixtures", str(FIXTURE.parents[1])], r"[0-9]+ fixtures, 0 differ"),
        (["audit", "output"], r"1 document of output examined"),
    ],
)
def test_every_command_ends_with_one_line(
    words: list[str], last: str, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done and how long it took, and where there is something to do next, that."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "withholding.toml").write_text("[withhold]\nids = [201]\nreason = 'asked for'\n")
    with TestArchive([saved_article(201)]) as archive:
        here = ["--archive", archive.base, "--output", str(output)]
        if words[0] not in ("recover", "run"):
            assert main(["recover", "201", *here]) == 0
        with terminal(monkeypatch) as said:
            main([*words, *here])
    line = text_of(said).strip().splitlines()[-1]
    assert re.match(rf"(?:\r| )*hkcnews {words[0]}: {last} \([0-9.]+ s\)\.(?: Next: [^.]+\.)?$", line), line


def test_whom_it_waits_for_is_said(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the archive has asked for a pause, the bar counts it down."""
    with TestArchive([saved_article(201)]) as archive:
        config, stop = Config(archive=archive.base, output=str(output), cool_down=3, sit_out=60), threading.Event()
        (output / "config.toml").write_text(f'archive = "{archive.base}"\ncool_down = 3\nsit_out = 60\n')
        limiter = RateLimiter(config, clock=SystemClock(), stop=stop)
        permit = limiter.acquire("replay")
        limiter.record_refusal(permit, "429", 3.0)
        with terminal(monkeypatch) as said:
            words = ["recover", "201", "--config", str(output / "config.toml"), "--output", str(output)]
            assert main(words) == 0
    assert re.search(r"the archive asked us to wait, [123] s", text_of(said))


def test_how_much_there_is_to_check_is_said(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar of a check has an end: documents, manifest, WARC files, pictures, and what does not belong there."""
    with TestArchive([saved_article(201)]) as archive:
        assert main(["recover", "201", "--archive", archive.base, "--output", str(output)]) == 0
    with terminal(monkeypatch) as said:
        assert main(["check", "--jobs", "1", "--output", str(output)]) == 0
    done, total = re.findall(r"checking +\S+ +([0-9]+)/([0-9]+)", text_of(said))[-1]
    assert int(total) >= int(done) > 3


@pytest.mark.parametrize(
    "words",
    [
        ["status", "--html", "page.html"],
        ["export", "--csv", "a.csv", "--bag", "bag"],
        ["check"],
        ["rebuild"],
        ["run", "--limit", "1"],
    ],
)
def test_without_a_terminal_nothing_is_said_when_all_is_well(
    words: list[str], output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cron makes a mail of whatever is said."""
    monkeypatch.chdir(tmp_path)
    with TestArchive([saved_article(201)]) as archive:
        here = ["--archive", archive.base, "--output", str(output)]
        assert main(["recover", "201", *here]) == 0
        capsys.readouterr()
        assert main([*words, *here]) == 0
    assert capsys.readouterr() == ("", "")
