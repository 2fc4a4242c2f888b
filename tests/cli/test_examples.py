"""The examples that each command's --help ends with."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from scraper.cli.commands import COMMANDS
from tests.few_ids import know_few_ids
from tests.test_readme import _run, folder  # noqa: F401 # pytest takes the fixture from here

if TYPE_CHECKING:
    from pathlib import Path

SAYS_SO = {"run --limit 100"}
"""Article 28327 has only the farewell page: a run over it says so with status 1."""


@pytest.fixture(scope="module")
def place(folder: Path) -> Path:  # noqa: F811 # that fixture
    """A folder with what the examples name."""
    shutil.rmtree(folder / "output")
    know_few_ids(folder / "output", range(28325, 28329))
    assert _run("hkcnews recover 28325", folder).returncode == 0
    shutil.copytree(folder / "output/articles", folder / "old-archive")
    (folder / "saved-pages").mkdir()
    shutil.copy(folder / "saved.html", folder / "saved-pages")
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_work(name: str, place: Path) -> None:
    """What --help shows can be typed as it is; both lines stand at its end."""
    shown = _run(f"hkcnews {name} --help", place).stdout
    for words in COMMANDS[name][1]:
        line = f"hkcnews {name} {words}".rstrip()
        assert f"\n   {line}\n" in shown.partition("examples:")[2]
        done = _run(shlex.join(shlex.split(line)), place)
        assert done.returncode == (1 if f"{name} {words}" in SAYS_SO else 0), (line, done.stdout, done.stderr)
