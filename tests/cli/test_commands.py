"""One shape for all commands."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest

from scraper.cli import main
from scraper.cli.commands import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_module_that_runs_on_a_context(name: str) -> None:
    """The table imports it by its name, so nothing else would tell before it is called."""
    run = import_module(f"scraper.cli.{name}_command").run
    assert list(inspect.signature(run).parameters) == ["context"]
    assert inspect.get_annotations(run) == {"context": "Context", "return": "int"}


@pytest.mark.parametrize("address", ["example.org", "http://[", "https://example.org/?a", 'https://a.org/"'])
def test_what_is_no_address_of_a_site_is_said(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2, before anything is done."""
    assert main(["site", "--base-url", address, "--output", str(tmp_path)]) == 2
    assert f"--base-url {address}: give an address" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["site"], ["rebuild", "--ledger"], ["check"], ["audit", "."]])
@pytest.mark.parametrize("number", ["0", "-1"])
def test_no_process_is_too_few(
    words: list[str], number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said, with status 2, before anything is done."""
    assert main([*words, "--jobs", number, "--output", str(tmp_path)]) == 2
    assert f"--jobs: {number}: must be 1 or more" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_status_page_of_single_ids_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It shows all of them, and to leave out what was asked for in silence would mislead."""
    page = tmp_path / "page.html"
    assert main(["status", "301", "--html", str(page), "--output", str(tmp_path)]) == 2
    assert "leave out the ids" in capsys.readouterr().err
    assert not page.exists()
