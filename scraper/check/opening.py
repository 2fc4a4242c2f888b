"""Opening what should be a file."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path


def open_file(path: Path) -> BufferedReader:
    """Open a file for reading.

    Raises:
        OSError: there is none, or something else has its name. A named pipe would wait for somebody to write.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file")
    return path.open("rb")
