from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scraper import cli
from scraper.jobs.fixtures import read_fixtures
from tests.sites.pages import TIMESTAMP, URL, page
from tests.test_fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

FIXTURES = {fixture.path.stem.split("-", 1)[1]: fixture for fixture in read_fixtures(FOLDER)}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(page(), encoding="utf-8")
    return path


def test_a_raw_page_needs_its_url_and_timestamp(saved: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """The document is on stdout, byte for byte."""
    assert cli.main(["parse", str(saved), "--url", URL, "--timestamp", TIMESTAMP]) == 0
    out, err = capsysbinary.readouterr()
    assert out.decode("utf-8").startswith("---\ntitle: ")
    assert f"{TIMESTAMP}/{URL}" in out.decode("utf-8")
    assert err == b""


def test_a_page_comes_from_stdin_too(saved: Path) -> None:
    """As of `curl`, under the name that other commands have for it."""
    words = [sys.executable, "-m", "scraper", "parse", "-", "--url", URL, "--timestamp", TIMESTAMP]
    done = subprocess.run(words, input=saved.read_bytes(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"---\ntitle: ")


def test_a_wayback_url_gives_both(saved: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """As copied from the browser's address bar."""
    assert cli.main(["parse", str(saved), "--url", f"https://web.archive.org/web/{TIMESTAMP}/{URL}"]) == 0
    assert f"{TIMESTAMP}/{URL}" in capsysbinary.readouterr().out.decode("utf-8")


@pytest.mark.parametrize("name", ["one-capture-rewritten", "one-capture-rewritten-elsewhere"])
def test_a_rewritten_page_says_itself_what_it_is(name: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """URL and timestamp are read from the page."""
    fixture = FIXTURES[name]
    assert cli.main(["parse", str(fixture.path)]) == 0
    assert capsysbinary.readouterr().out.decode("utf-8") == fixture.expected.document


def test_json_tells_the_readings(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict, layout, the reading that won for each field, and the document."""
    assert cli.main(["parse", str(saved), "--json", "--url", URL, "--timestamp", TIMESTAMP]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["id"], report["verdict"], report["layout"]) == (12345, "article", "article-page")
    assert report["readings"]["title"] == "h1"
    assert report["document"].startswith("---\n")


def test_a_page_that_is_no_article_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, the verdict and why on stderr, nothing on stdout."""
    fixture = FIXTURES["farewell"]
    words = ["parse", str(fixture.path), "--url", fixture.page.original, "--timestamp", fixture.page.timestamp]
    assert cli.main(words) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "farewell" in err
    assert cli.main([*words, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "farewell"


def test_a_url_may_lack_its_scheme_or_one_of_its_slashes(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As address bars, and file systems, leave them out."""
    rest = URL.removeprefix("https://")
    for url in (rest, f"//{rest}", f"https:/{rest}"):
        assert cli.main(["parse", str(saved), "--url", url, "--timestamp", TIMESTAMP]) == 0
        assert f'original_url: "{URL}"' in capsys.readouterr().out
        assert cli.main(["parse", str(saved), "--url", url, "--timestamp", TIMESTAMP, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["original"] == URL


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-file.html"], "no-such-file.html"),
        (["BARE"], "--url"),
        (["PAGE"], "--timestamp"),
        (["PAGE", "--url", URL], "--timestamp"),
        (["PAGE", "--url", "28325", "--timestamp", TIMESTAMP], "--url '28325': give the whole URL"),
        (["PAGE", "--url", "article/28325", "--timestamp", TIMESTAMP], "--url 'article/28325': give the whole URL"),
        (["PAGE", "--url", URL, "--timestamp", "2021"], "14 digits"),
        (["PAGE", "--url", URL, "--timestamp", "20211332000000"], "14 digits"),
    ],
)
def test_wrong_words_are_told_what_to_do(
    words: list[str], said: str, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2 and the next step; a page that names its address (``og:url``) lacks its moment alone."""
    bare = saved.with_name("bare.html")
    bare.write_bytes(saved.read_bytes().replace(b"og:url", b"og:nothing"))
    files = {"PAGE": str(saved), "BARE": str(bare)}
    assert cli.main(["parse", *(files.get(word, word) for word in words)]) == 2
    assert said in capsys.readouterr().err
