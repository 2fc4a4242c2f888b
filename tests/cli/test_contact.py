"""An empty `contact` is said once per run: to who watches, else where something else has to be said."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.cli import main
from tests.few_ids import know_few_ids
from tests.server import Faults, Rule, TestArchive
from tests.server.make import saved_article


@pytest.mark.parametrize(("contact", "fault", "times"), [("", True, 1), ("", False, 0), ("me@example.org", True, 0)])
def test_it_is_said_once_and_not_to_a_quiet_cron(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    contact: str,
    times: int,
    *,
    fault: bool,
) -> None:
    """A run without a terminal says it, with the line to write, if it was refused; if all is well it says nothing."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "config.toml").write_text(f'contact = "{contact}"\nsit_out = 0\n', encoding="utf-8")
    output = know_few_ids(tmp_path / "output")
    faults = Faults([Rule("429", "cdx", times=None)] if fault else [])
    with TestArchive([saved_article(201)], faults=faults) as archive:
        where = ["--archive", archive.base, "--output", str(output), "--config", str(tmp_path / "config.toml")]
        assert main(["run", "--ids", "201", *where]) == (3 if fault else 0)
    assert capsys.readouterr().err.count('contact = "you@example.org"') == times
