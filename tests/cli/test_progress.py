from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path

import pytest

from scraper.cli import main
from tests.few_ids import know_few_ids
from tests.server import TestArchive
from tests.server.make import saved_article


@pytest.mark.parametrize(("words", "shown"), [((), True), (("--quiet",), False), (("--json",), False)])
def test_a_person_at_a_terminal_sees_how_far_a_run_is(
    words: tuple[str, ...], shown: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bar says what is going on and how much of the budget is used; not to who wants silence or data."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    output = know_few_ids(tmp_path / "output")
    terminal, stderr = os.openpty()
    said: list[bytes] = []

    def read() -> None:  # all the time: a terminal that nobody reads lets nobody write
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(terminal, 1 << 16):
                said.append(piece)

    reader = threading.Thread(target=read)
    reader.start()
    with TestArchive([saved_article(201)]) as archive, os.fdopen(stderr, "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stderr", file)
        assert main(["run", "--ids", "201", "--archive", archive.base, "--output", str(output), *words]) == 0
    reader.join(30)
    os.close(terminal)
    assert (b"a minute" in b"".join(said)) is shown
