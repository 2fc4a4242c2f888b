"""pywb, the independent replayer, on loopback with the WARC files one gives it."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.error import URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = ROOT / "build" / "interop" / "venv" / "bin"
COLLECTION = "web"
CONFIG = "framed_replay: false\nredirect_to_exact: true\n"


class Pywb:
    """A running `wayback` with one collection; a context manager.

    Args:
        folder: an empty one for its files.
        warcs: to put into the collection.
    """

    def __init__(self, folder: Path, warcs: Iterable[Path]) -> None:
        self.folder = folder
        self.warcs = list(warcs)
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> str:
        """The lines of `config.toml` that lead our program here."""
        return f'cdx_url = "{self.base}/{COLLECTION}/cdx"\nreplay_url = "{self.base}/{COLLECTION}"\n'

    def __enter__(self) -> Self:
        assert (BIN / "wayback").exists(), f"{BIN} lacks pywb; run `make interop`, which installs it"
        self._manage("init", COLLECTION)
        self._manage("add", COLLECTION, *(str(path.resolve()) for path in self.warcs))
        (self.folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        with (self.folder / "wayback.log").open("wb") as log:
            self._process = subprocess.Popen(
                [BIN / "wayback", "-p", str(self.port), "-b", "127.0.0.1"],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(150):
            time.sleep(0.2)
            try:
                with urlopen(f"{self.base}/", timeout=2):
                    return self
            except (URLError, ConnectionError, TimeoutError):
                if self._process.poll() is not None:
                    break
        self.__exit__()
        raise AssertionError(f"pywb did not start:\n{(self.folder / 'wayback.log').read_text(encoding='utf-8')}")

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=10)

    def _manage(self, *words: str) -> None:
        answer = subprocess.run(
            [BIN / "wb-manager", *words], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )
        assert answer.returncode == 0, f"wb-manager {words[0]}:\n{answer.stdout}{answer.stderr}"


def _free_port() -> int:
    """Return a port that nobody listens on, below those handed out for outgoing connections."""
    for port in random.sample(range(20000, 32000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise OSError("no free port on loopback")
