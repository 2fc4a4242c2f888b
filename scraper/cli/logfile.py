"""The log file: one line per event, rotated, safe against what pages and archives put into it."""

from __future__ import annotations

import contextlib
import io
import logging
import logging.handlers
import os
import re
import sys
import time
from typing import TYPE_CHECKING

from scraper.cli.printing import printable
from scraper.config import MEGABYTE
from scraper.errors import StoreError
from scraper.paths import LOG_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.config import Config

_LONG_URL = re.compile(r"(https?://\S{90})\S{10,}?(?=[:,;.)]?(?:\s|\Z))")
"""Its beginning holds moment and article; the ledger has the rest."""


class OneLine(logging.Formatter):
    """Formats a record as one line of printable text: a URL or title with a line break in it forges no second line."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; what is not printable is escaped as Python writes it."""
        return printable(_LONG_URL.sub("\\1…", super().format(record)))


class _Rotating(logging.handlers.RotatingFileHandler):
    def _open(self) -> io.TextIOWrapper:
        """Open the file; what a link in its place leads to is left alone."""
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        return io.TextIOWrapper(
            io.FileIO(descriptor, "ab"), encoding=self.encoding, errors=self.errors, write_through=True
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 # the name is logging's
        """A log line that cannot be written (a full disk) is lost; what matters then raises by itself."""


def _file_handler(config: Config) -> logging.Handler:
    path = config.output_path / LOG_FILE
    if path.is_symlink() or (path.exists() and not path.is_file()):  # a pipe would wait for somebody to read
        raise StoreError(f"{path}: is no file. Move it elsewhere, then run again.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _Rotating(
            path,
            maxBytes=config.log_megabytes * MEGABYTE,
            backupCount=config.log_files,
            encoding="utf-8",
            errors="backslashreplace",
        )
    except (FileExistsError, NotADirectoryError) as error:
        raise StoreError(f"{path.parent}: is a file; name a folder with --output.") from error
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror}). Mend the permissions, or name another folder with --output."
        ) from error


@contextlib.contextmanager
def log_file(config: Config, *, enabled: bool = True, verbose: int = 0, watched: bool = False) -> Iterator[None]:
    """Write what happens to the log file of the output folder, as long as this lasts.

    Args:
        config: names the folder, how large a file grows and how many old ones stay.
        enabled: False for a run that must not change the folder.
        verbose: 1 shows events on stderr too, 2 every request.
        watched: shows warnings there in any case.

    Raises:
        StoreError: it cannot be written.
    """
    form = OneLine("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    handlers: list[logging.Handler] = [_file_handler(config)] if enabled else [logging.NullHandler()]
    if verbose or watched:
        handlers.append(logging.StreamHandler(sys.stderr))
        handlers[-1].setLevel(logging.NOTSET if verbose else logging.WARNING)
    logger = logging.getLogger("scraper")
    before = logger.level
    logger.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
    for handler in handlers:
        handler.setFormatter(form)
        logger.addHandler(handler)
    try:
        yield
    finally:
        logger.setLevel(before)
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
