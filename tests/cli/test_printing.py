"""What people read on a terminal, and what programs read from a pipe."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cli import main
from scraper.cli.printing import say, show
from scraper.config import Config
from scraper.jobs.import_files import import_files
from tests.few_ids import know_few_ids
from tests.server.captures import Saved
from tests.server.make import article_page, article_url, saved_article, write_warc

ROOT = Path(__file__).parents[2]
BAD = "\x1b]0;owned\x07\x9b31m\u202etxt\u2066\u2028"
"""Sets a terminal's title, its colour, and turns text around."""


def harmful(text: str) -> set[str]:
    """Return the characters that a terminal obeys instead of showing."""
    return {one for one in text if one not in "\n\t" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


@given(st.text(max_size=60))
def test_nothing_moves_the_cursor(text: str) -> None:
    """Whatever a page, an archive or a file name puts into a line, a terminal shows it and obeys none of it."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        show(text)
        say([text])
    assert harmful(out.getvalue()) == harmful(err.getvalue()) == set()
    assert err.getvalue().count("\n") == 1  # a line stays one
    assert out.getvalue().count("\n") == text.count("\n") + 1


def test_what_is_text_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Chinese, full-width blanks and tabs are what a diff is about."""
    show("眾新聞\u3000一\xa0二\t三\n四")
    assert capsys.readouterr().out == "眾新聞\u3000一\xa0二\t三\n四\n"


def test_escapes_of_pages_and_of_the_archive_reach_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A title, a text, an archived Location and a URL full of them: each command that people read escapes them."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    output = know_few_ids(tmp_path / "output")
    page = article_page(201, title=f"標題{BAD}").replace(b"</p>", f"{BAD}</p>".encode(), 1)
    moved = Saved(article_url(202), "20210101000000", b"", 301, "Moved", (("Location", f"https://evil.example/{BAD}"),))
    other = article_page(201, title=f"又{BAD}")
    files = write_warc(
        tmp_path / "a.warc.gz",
        [
            Saved(article_url(201), "20200101000000", page),
            Saved(article_url(201, f"x{BAD}"), "20200601000000", other),
            moved,
        ],
    )
    import_files(Config(output=str(output), captures_per_article=2), [files])
    document = next(output.rglob("article_201.md"))
    document.write_text(document.read_text() + BAD)
    seen = ""
    for words in (
        ["status", "201", "202"],
        ["history", "201"],
        ["import", str(files), "-v"],
        ["check"],
        ["rebuild", "--diff", "-v"],
        ["audit", str(output)],
        ["recover", f"https://www.hkcnews.com/article/x{BAD}"],
        ["import", str(tmp_path / f"none{BAD}")],
        ["parse", str(tmp_path / "a.warc.gz"), "--url", f"https://hkcnews.com/article/1/{BAD}", "--timestamp", "x\x1b"],
    ):
        main([*words, "--output", str(output)])
        said = capsys.readouterr()
        assert harmful(said.out) == harmful(said.err) == set(), words
        assert said.out + said.err, words
        seen += said.out if words[0] in ("status", "history", "rebuild") else ""
    assert all(escaped in seen for escaped in (r"\x1b", r"\x07", r"\x9b", r"\u202e"))


@pytest.mark.parametrize(
    "locale",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C"},
    ],
)
def test_any_terminal_and_any_pipe_will_do(tmp_path: Path, locale: dict[str, str]) -> None:
    """JSON and documents are UTF-8 whatever the surroundings know of; text for people escapes what cannot be shown."""
    output = know_few_ids(tmp_path / "output")
    files = write_warc(tmp_path / "a.warc.gz", [saved_article(201)])
    import_files(Config(output=str(output)), [files])
    page = ROOT / "fixtures/article-page/20211123104614-column.html"
    of_page = [str(page), "--url", "https://hkcnews.com/article/12154", "--timestamp", "20211123104614"]
    (plain,) = run([["parse", *of_page, "--json"]], tmp_path, {})
    title = json.loads(plain)["article"]["title"]
    for_programs = [
        ["parse", *of_page, "--json"],
        ["parse", *of_page],
        ["status", "201", "--json"],
        ["status", "--json"],
    ]
    for_people = [["status"], ["status", "201"], ["history", "201"], ["check"], ["audit", "output", "-v"]]
    facts, document, of_one, of_all, *_ = run([*for_programs, *for_people], tmp_path, locale)
    assert json.loads(facts)["article"]["title"] == title
    assert title in document.decode()
    assert json.loads(of_one)["id"] == 201
    assert json.loads(of_all)["states"]["written"] == 1


EACH = """
import json, sys
from scraper.cli import entry
for words in json.loads(sys.argv[1]):
    sys.argv[1:] = words
    try:
        entry()
    except SystemExit as ended:
        assert ended.code in (0, 1), words
    print(end="\\f", flush=True)
"""
"""Commands one after the other in one process, a form feed behind what each says."""


def run(commands: list[list[str]], folder: Path, locale: dict[str, str]) -> list[bytes]:
    """Return what each of the commands wrote to stdout, in such surroundings."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder / "state")}
    done = subprocess.run(
        [sys.executable, "-c", EACH, json.dumps(commands)],
        cwd=folder,
        env=environment | locale,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr, done.stderr
    *said, rest = done.stdout.split(b"\f")
    assert (len(said), rest) == (len(commands), b"")
    return said
