from __future__ import annotations

from pathlib import Path

import pytest

from scraper.errors import LockHeld, StoreError
from scraper.files import if_idle, output_lock


def test_the_second_is_turned_away_and_the_next_is_not(tmp_path: Path) -> None:
    """As long as the lock is held nobody else gets it, and the message says who has it; then the next one does."""
    folder = tmp_path / "output"
    with output_lock(folder), pytest.raises(LockHeld, match=r"process [0-9]+"), output_lock(folder):
        pass
    with output_lock(folder):
        pass


def test_looking_leaves_no_trace(tmp_path: Path) -> None:
    """Whether somebody is at work can be asked without making anything, and keeps others from beginning."""
    with if_idle(tmp_path) as idle:
        assert idle
    assert list(tmp_path.iterdir()) == []
    with output_lock(tmp_path), if_idle(tmp_path) as idle:
        assert not idle
    with if_idle(tmp_path) as idle, pytest.raises(LockHeld), output_lock(tmp_path):
        pass


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The error names the folder and the option."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--output"), output_lock(tmp_path / "file" / "output"):
        pass


def test_a_link_in_the_place_of_the_lock_is_not_written_through(tmp_path: Path) -> None:
    """What it leads to stays as it is, and the error names it."""
    (tmp_path / "other").write_text("secret")
    (tmp_path / ".lock").symlink_to(tmp_path / "other")
    with pytest.raises(StoreError, match="link"), output_lock(tmp_path):
        pass
    assert (tmp_path / "other").read_text() == "secret"
