"""pywb, the test archive and `import` of the WARC that both serve lead to the same files.

Not part of `make test`: run by `make interop`, which installs pywb below ``build/interop``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.interop.replayer import ROOT, Pywb
from tests.server import Saved, TestArchive, read_warc
from tests.server.make import article_page, article_url, farewell_page, saved_article, saved_redirect, write_warc
from tests.soak.corpus import generate

if TYPE_CHECKING:
    from collections.abc import Iterator

CJK = article_url(28325, "%E7%81%A3%E4%BB%94/%E5%B7%B4%E5%A3%AB")


def captures() -> list[Saved]:
    """What the archives hold: nothing that two replayers may rightly answer in two ways."""
    own = [
        saved_article(28325, "20200607080910", url=CJK),
        saved_article(283250, "20200607080911"),
        saved_redirect(article_url(28325), "20210607080910", CJK),
        Saved(article_url(28325), "20230102030405", farewell_page()),
        Saved("http://hkcnews.com:80/article/400/-?fbclid=x", "20190102030405", article_page(400, english=True)),
        Saved(article_url(401), "20190102030405", farewell_page()),
    ]
    corpus = generate(size=40).saved
    # pywb answers 500 for a URL with raw CJK in it: it puts it into a header as it is.
    return own + [one for one in corpus if one.stored and not one.row and not one.revisit and one.url.isascii()]


IDS = "400-401,28325,283250,20001-20040"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_warc(tmp_path_factory.mktemp("source") / "source.warc.gz", captures())


@pytest.fixture(scope="module")
def pywb(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pywb]:
    with Pywb(tmp_path_factory.mktemp("pywb"), [source]) as running:
        yield running


def hkcnews(folder: Path, settings: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the program with these settings and a budget that does not make anybody wait; its state stays in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.toml"
    fast = 'contact = "interop@example.org"\ncdx_per_minute = 100000\nreplay_per_minute = 100000\n'
    config.write_text(fast + settings, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "scraper", *words, "--config", str(config), "--output", str(folder / "output")],
        cwd=ROOT,
        env=os.environ | {"XDG_STATE_HOME": str(folder / "state"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def documents(folder: Path) -> dict[str, bytes]:
    """Path below the output folder to bytes."""
    articles = folder / "output" / "articles"
    return {str(path.relative_to(articles)): path.read_bytes() for path in sorted(articles.rglob("*.md"))}


@pytest.fixture(scope="module")
def from_test_archive(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("test-archive")
    with TestArchive(read_warc(source)) as archive:
        answer = hkcnews(folder, f'archive = "{archive.base}"\n', "run", "--ids", IDS)
    assert answer.returncode in (0, 1), answer.stderr
    assert len(documents(folder)) > 30, answer.stderr
    return folder


def test_run_against_pywb_gives_the_same_files(pywb: Pywb, from_test_archive: Path, tmp_path: Path) -> None:
    """`run` finds, fetches and writes the same through pywb's CDX and replay as through the test archive's."""
    answer = hkcnews(tmp_path, pywb.settings, "run", "--ids", IDS)
    assert answer.returncode in (0, 1), answer.stderr
    assert documents(tmp_path) == documents(from_test_archive)


def test_import_of_the_same_warc_gives_the_same_files(source: Path, from_test_archive: Path, tmp_path: Path) -> None:
    """`import` of the WARC that both archives serve gives the same files without either."""
    answer = hkcnews(tmp_path, "", "import", str(source))
    assert answer.returncode in (0, 1), answer.stderr
    assert documents(tmp_path) == documents(from_test_archive)


@pytest.mark.parametrize("target", ["28325", "https://hkcnews.com/article/28325/x", "400", "20015"])
def test_recover_against_pywb_gives_the_same_document(
    pywb: Pywb, from_test_archive: Path, tmp_path: Path, target: str
) -> None:
    """`recover` of one article, by id or URL, prints the document that `run` wrote from the test archive."""
    answer = hkcnews(tmp_path, pywb.settings, "recover", target, "--stdout")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.encode() in documents(from_test_archive).values()


def test_pywb_replays_the_files_that_we_kept(from_test_archive: Path, tmp_path: Path) -> None:
    """The WARC files of our store give every document again: replayed by pywb, and imported."""
    kept = sorted((from_test_archive / "output" / "warc").glob("*.warc.gz"))
    assert kept
    (tmp_path / "pywb").mkdir()
    with Pywb(tmp_path / "pywb", kept) as running:
        answer = hkcnews(tmp_path / "run", running.settings, "run", "--ids", IDS)
        assert answer.returncode in (0, 1), answer.stderr
    assert documents(tmp_path / "run") == documents(from_test_archive)
    answer = hkcnews(tmp_path / "import", "", "import", *map(str, kept))
    assert answer.returncode in (0, 1), answer.stderr
    assert documents(tmp_path / "import") == documents(from_test_archive)
