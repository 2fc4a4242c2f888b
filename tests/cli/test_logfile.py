from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cli.logfile import OneLine, log_file
from scraper.config import Config
from scraper.errors import StoreError

LOG = logging.getLogger("scraper.test")


def lines(folder: Path) -> list[str]:
    return (folder / "hkcnews.log").read_text(encoding="utf-8").splitlines()


@given(st.text(max_size=40))
def test_an_event_is_one_line_whatever_it_names(text: str) -> None:
    """Line breaks, escapes and bidi controls of a URL or title neither forge a line nor move the cursor."""
    record = logging.LogRecord("scraper", logging.INFO, "", 0, "url=%s", (text,), None)
    line = OneLine("%(message)s").format(record)
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_chinese_stays_readable(tmp_path: Path) -> None:
    """Only what is not printable is escaped."""
    with log_file(Config(output=str(tmp_path))):
        LOG.info("title=%s", "眾新聞\n2026-01-01 forged")
    (line,) = lines(tmp_path)
    assert line.endswith(r"INFO title=眾新聞\n2026-01-01 forged")


def test_a_long_url_is_told_by_its_beginning(tmp_path: Path) -> None:
    """Moment and article stand there, and the words behind it; the whole of it is in the ledger."""
    url = "https://web.archive.org/web/20210629000248id_/https://www.hkcnews.com/article/270/" + "%E7%9A%84" * 60
    with log_file(Config(output=str(tmp_path))):
        LOG.info("%s: status 503, then %s", url, "https://www.hkcnews.com/article/270")
    (line,) = lines(tmp_path)
    assert "/20210629000248id_/https://www.hkcnews.com/article/270/" in line
    assert line.endswith("…: status 503, then https://www.hkcnews.com/article/270")
    assert len(line) < 220


def test_it_is_rotated(tmp_path: Path) -> None:
    """A full file makes room for a new one; so many old ones stay as are asked for."""
    with log_file(Config(output=str(tmp_path), log_megabytes=1, log_files=2)):
        for _ in range(40):
            LOG.info("x" * 100_000)
    names = sorted(path.name for path in tmp_path.glob("hkcnews.log*"))
    assert names == ["hkcnews.log", "hkcnews.log.1", "hkcnews.log.2"]


def test_afterwards_nothing_is_left(tmp_path: Path) -> None:
    """Handlers and level are as they were."""
    logger = logging.getLogger("scraper")
    before = (list(logger.handlers), logger.level, logger.propagate)
    with log_file(Config(output=str(tmp_path)), verbose=2):
        assert logger.level == logging.DEBUG
    assert (list(logger.handlers), logger.level, logger.propagate) == before


def test_a_person_who_watches_sees_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That the archive refused and all stops is shown on stderr; the rest is in the file alone."""
    with log_file(Config(output=str(tmp_path)), watched=True):
        LOG.info("article=1 written")
        LOG.warning("all requests stop for 60 s")
    assert capsys.readouterr().err.endswith("WARNING all requests stop for 60 s\n")
    assert len(lines(tmp_path)) == 2
    with log_file(Config(output=str(tmp_path))):
        LOG.warning("all requests stop for 60 s")
    assert capsys.readouterr().err == ""


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The error names the file and the option."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--output"), log_file(Config(output=str(tmp_path / "file"))):
        pass


def test_a_link_in_the_place_of_the_log_is_not_written_through(tmp_path: Path) -> None:
    """What it leads to stays as it is, whether it is there or not, and the error names the link."""
    victim = tmp_path / "victim"
    for content in (None, "secret\n"):
        if content is not None:
            victim.write_text(content)
        (tmp_path / "hkcnews.log").unlink(missing_ok=True)
        (tmp_path / "hkcnews.log").symlink_to(victim)
        with pytest.raises(StoreError, match=r"hkcnews\.log: is no file"), log_file(Config(output=str(tmp_path))):
            LOG.info("x")
        assert (victim.read_text() if victim.exists() else None) == content


def test_a_link_among_the_old_logs_is_replaced_not_followed(tmp_path: Path) -> None:
    """Rotation renames over it."""
    (tmp_path / "victim").write_text("secret\n")
    (tmp_path / "hkcnews.log.1").symlink_to(tmp_path / "victim")
    with log_file(Config(output=str(tmp_path), log_megabytes=1, log_files=1)):
        for _ in range(15):
            LOG.info("x" * 100_000)
    assert (tmp_path / "victim").read_text() == "secret\n"
    assert not (tmp_path / "hkcnews.log.1").is_symlink()


def test_a_pipe_in_the_place_of_the_log_is_not_waited_for(tmp_path: Path) -> None:
    """The error names it."""
    os.mkfifo(tmp_path / "hkcnews.log")
    with pytest.raises(StoreError, match="no file"), log_file(Config(output=str(tmp_path))):
        pass
