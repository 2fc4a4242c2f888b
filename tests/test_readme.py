"""The README is true: every command shown in it is run, in its order, against the test archive."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from PIL import Image

from scraper.cli import commands
from scraper.cli.commands import build_parser
from scraper.errors import ExitStatus
from tests.clocks import ScaledClock
from tests.few_ids import know_few_ids
from tests.jobs.folders import call
from tests.server.captures import Saved
from tests.server.make import Box, article_page, article_url, farewell_page, write_warc
from tests.server.server import TestArchive

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
COMMANDS = [line.split("  #")[0].strip() for line in SHELL if line.startswith("hkcnews ")]
CLOCK = ScaledClock(60.0)
SETTINGS = 'contact = "reader@example.org"\ncdx_per_minute = 6000\nreplay_per_minute = 6000\n'


def _pictures(*paths: str) -> Iterator[Saved]:
    for number, path in enumerate(paths):
        stream = io.BytesIO()
        Image.new("RGB", (8 + number, 8)).save(stream, "JPEG")
        kind = (("Content-Type", "image/jpeg"),)
        yield Saved(f"https://www.hkcnews.com{path}", "20210101000000", stream.getvalue(), 200, "OK", kind)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A reader's folder: settings that name the test archive, and the files that the commands speak of."""
    place = tmp_path_factory.mktemp("reader")
    captures = [
        Saved(article_url(28325, "武漢肺炎"), "20200327232031", article_page(28325)),
        Saved(
            article_url(28326), "20210101000000", article_page(28326, category="眾說", box=Box("何路"), author="何路")
        ),
        Saved(article_url(28327), "20220901000000", farewell_page()),
        Saved(article_url(4100), "20190601000000", article_page(4100)),
        *_pictures("/article/28326/images/photo_large.jpg", "/uploads/avatars/default.jpg"),
    ]
    write_warc(place / "captures.warc.gz", captures[:2])
    know_few_ids(place / "output", range(28320, 28330))
    with TestArchive(captures) as archive:
        replayed = requests.get(f"{archive.base}/web/20190601000000/{article_url(4100)}", timeout=30)
        (place / "saved.html").write_bytes(replayed.content)
        (place / "config.toml").write_text(f'archive = "{archive.base}"\n{SETTINGS}', encoding="utf-8")
        yield place


def _expected(command: str) -> int:
    """Article 28327 has only the farewell page: a run that is asked for it says so with status 1."""
    return ExitStatus.INCOMPLETE if command == "hkcnews run --ids 28000-28999" else ExitStatus.DONE


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    assert words[0] == "hkcnews"
    with contextlib.chdir(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        CLOCK.stand_in(patch.setattr)
        return call(*words[1:])


def test_every_shown_command_runs_in_the_order_shown(folder: Path) -> None:
    """A newcomer who types what the README shows, from top to bottom, gets what it says and no error."""
    assert len(COMMANDS) > 15
    for command in COMMANDS:
        if "old-archive" in command and not (folder / "old-archive").exists():
            assert _run("hkcnews recover 28325 --output old-archive", folder).returncode == 0
        done = _run(command, folder)
        assert done.returncode == _expected(command), (
            f"{command}\nstatus {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        if command == "hkcnews recover 28325":
            assert done.stdout.strip().endswith("output/articles/28001-29000/article_28325.md")
        if command.endswith("--stdout"):
            document = folder / "output/articles/28001-29000/article_28325.md"
            assert done.stdout == document.read_text(encoding="utf-8")


def test_make_targets_exist() -> None:
    """`make` knows every target that README and CONTRIBUTING name."""
    named = set(
        re.findall(
            r"(?:^|`)make ([a-z]+)", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= known


def test_linked_files_exist() -> None:
    """No link of the README leads nowhere."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_shown_options_are_known_to_the_command() -> None:
    """Every option shown stands in that command's --help."""
    for command in COMMANDS:
        name, options = command.split()[1], re.findall(r"(--[a-z-]+)", command)
        shown = build_parser()
        subparsers = next(action for action in shown._actions if action.dest == "command")
        assert subparsers.choices is not None
        text = subparsers.choices[name].format_help()  # type: ignore[call-overload]
        for option in options:
            assert re.search(rf"{option}\b", text), f"{command}: {option} is not in --help"


def test_every_command_is_in_the_readme() -> None:
    """A command without a place in the README fails here."""
    shown = {command.split()[1] for command in COMMANDS}
    assert shown == set(commands.COMMANDS)


def test_exit_statuses_are_those_of_the_program() -> None:
    """The table of exit statuses in the README has the ones that --help names, and no others."""
    table = {int(number) for row in re.findall(r"^\| ([0-9, ]+) \|", README, re.MULTILINE) for number in row.split(",")}
    assert table == {*ExitStatus, 143, 141, 130, 129}
