from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from scraper.config import Config
from scraper.jobs.images import collect_images
from scraper.jobs.import_files import import_files
from scraper.jobs.workspace import open_archive, open_workspace
from scraper.reports.images import ImagesReport
from tests.clocks import ScaledClock
from tests.few_ids import know_few_ids
from tests.server import Faults, Saved, TestArchive
from tests.server.make import Box, article_page, article_url, write_warc

TIME = "20200607080910"
HOST = "https://www.hkcnews.com"
PIER = "/news_新聞/2020/06/pier a_large.jpg"
AVATAR = "/uploads/avatars/a1.png?77"
DOCUMENT = "articles/1-1000/article_401.md"


def make_picture(colour: str = "navy", kind: str = "JPEG", size: tuple[int, int] = (30, 20)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def figure(*sources: str) -> str:
    return "".join(f'<figure class="image"><img src="{source}" alt="圖"></figure>' for source in sources)


def saved_picture(path: str, data: bytes, *, at: str = TIME, host: str = HOST, kind: str = "image/jpeg") -> Saved:
    url = path if "://" in path else f"{host}{quote(path, safe='/?=&%')}"
    return Saved(url, at, data, headers=(("Content-Type", kind),))


class Folder:
    """An output folder with written articles, and what can be done with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = ScaledClock(2000)
        self.config = Config(
            output=str(path / "output"),
            contact="test@example.org",
            cdx_per_minute=100_000,
            replay_per_minute=100_000,
            in_flight=4,
            sit_out=1,
        )
        self.stop = threading.Event()

    @property
    def output(self) -> Path:
        return self.path / "output"

    def write(self, pages: dict[int, bytes], *, at: str = TIME) -> None:
        """Let articles be written from pages that one has."""
        captures = [Saved(article_url(number, "a"), at, page) for number, page in pages.items()]
        source = write_warc(self.path / f"source-{len(list(self.path.iterdir()))}.warc.gz", captures)
        import_files(self.config, [source], clock=self.clock, stop=threading.Event())

    def set(self, **settings: object) -> None:
        self.config = self.config._replace(**settings)

    def images(self, archive: TestArchive | None = None, **options: object) -> ImagesReport:
        """Do what ``hkcnews images`` does."""
        if archive:
            self.set(archive=archive.base)
        progress = options.pop("progress", lambda _: None)
        with open_workspace(self.config, clock=self.clock, stop=self.stop, progress=progress) as space:  # type: ignore[arg-type]
            if archive is None:
                return collect_images(space, None, **options)  # type: ignore[arg-type]
            with open_archive(space) as opened:
                return collect_images(space, opened, **options)  # type: ignore[arg-type]

    def listed(self) -> dict[str, dict]:
        """The list of pictures, by the end of their address."""
        lines = (self.output / "images.jsonl").read_text(encoding="utf-8").splitlines()
        return {json.loads(line)["address"].partition("im_/")[2]: json.loads(line) for line in lines}

    def files(self) -> list[Path]:
        return sorted(path for path in (self.output / "images").rglob("*") if path.is_file())

    def document(self, name: str = DOCUMENT) -> str:
        return (self.output / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Article 401 with one figure and an avatar, written once for all tests."""
    path = tmp_path_factory.mktemp("written")
    know_few_ids(path / "output")
    box = Box("甲", avatar=AVATAR)
    Folder(path).write({401: article_page(401, category="眾說", body=figure(PIER) + "<p>圖中是碼頭。</p>", box=box)})
    return path


@pytest.fixture
def folder(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """An output folder in which article 401 is written, with one figure and an avatar."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.copytree(written, tmp_path / "work")
    return Folder(tmp_path / "work")


@pytest.fixture
def archive() -> Iterator[Callable[..., TestArchive]]:
    """Start test archives that hold what one gives."""
    running: list[TestArchive] = []

    def start(*saved: Saved, faults: Faults | None = None, **options: object) -> TestArchive:
        running.append(TestArchive(saved, faults=faults, **options).__enter__())  # type: ignore[arg-type]
        return running[-1]

    yield start
    for one in running:
        one.close()
