"""Nothing is lost when fetching pictures is killed or the disk is full."""

from __future__ import annotations

import hashlib
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.images.conftest import Folder, figure, make_picture, saved_picture
from tests.server import TestArchive
from tests.server.make import article_page

Start = Callable[..., TestArchive]
COUNT = 30


def sources() -> dict[str, bytes]:
    return {f"/news_新聞/{n}_large.png": make_picture((n * 8, 0, 255 - n), "PNG", (40 + n, 30)) for n in range(COUNT)}


@pytest.fixture
def many(folder: Folder) -> Folder:
    """A folder with one more article that has thirty pictures, and a configuration file for processes."""
    folder.write({403: article_page(403, body=figure(*sources()) + "<p>圖輯。</p>")})
    folder.clock.factor = 10  # thirty pictures at two a second: two seconds, enough to be caught at work
    return folder


def command(folder: Folder, archive: TestArchive) -> list[str]:
    settings = 'contact = "test@example.org"\nreplay_per_minute = 100000\nin_flight = 4\nimages = "local"\n'
    (folder.path / "config.toml").write_text(settings, encoding="utf-8")
    where = ["--config", str(folder.path / "config.toml"), "--output", str(folder.output), "--archive", archive.base]
    return [sys.executable, "-m", "tests.fast", "images", "-q", *where]


def serve(archive: Start) -> TestArchive:
    avatar = saved_picture("/uploads/avatars/a1.png?77", make_picture())
    large = make_picture("green", "BMP", (500, 300))  # 450 KB
    pier = saved_picture("/news_新聞/2020/06/pier a_large.jpg", large)
    return archive(avatar, pier, *(saved_picture(path, data) for path, data in sources().items()))


def assert_all_there(folder: Folder) -> None:
    entries = folder.listed().values()
    assert {entry["state"] for entry in entries} == {"kept"}
    assert len(entries) == COUNT + 2
    for entry in entries:
        assert hashlib.sha256((folder.output / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert folder.document("articles/1-1000/article_403.md").count("../../images/") == COUNT


def test_killed_again_and_again(many: Folder, archive: Start) -> None:
    """SIGKILL at random moments: the next run goes on, and in the end every picture is there, whole, once."""
    held = serve(archive)
    moments = random.Random(5)
    environment = os.environ | many.clock.environment() | {"XDG_STATE_HOME": str(many.path / "state")}
    for _ in range(4):
        process = subprocess.Popen(command(many, held), env=environment, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.35, 0.9))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert subprocess.run(command(many, held), env=environment, check=False).returncode == 0
    assert_all_there(many)
    requests = [entry.path for entry in held.log.entries() if "_large" in entry.path and entry.status == 200]
    assert len(requests) < 4 * COUNT, "what was kept was fetched anew"


@pytest.mark.parametrize("room", [20_000, 400_000])
def test_full_disk(many: Folder, archive: Start, room: int) -> None:
    """On a full disk the command says so and ends; with room again it goes on, and nothing half-written is left."""
    held = serve(archive)
    environment = os.environ | many.clock.environment() | {"XDG_STATE_HOME": str(many.path / "state")}

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    result = subprocess.run(
        command(many, held), env=environment, preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2, result.stderr
    assert re.search("room|space", result.stderr)
    assert "Traceback" not in result.stderr
    assert not list(many.output.rglob("*.tmp"))
    assert subprocess.run(command(many, held), env=environment, check=False).returncode == 0
    assert_all_there(many)
