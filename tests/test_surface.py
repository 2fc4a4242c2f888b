"""What users and other programs see: it stays as it is while modules move. `tests/surface/` holds what is expected.

Only the command line is imported. A deliberate change of the surface is made in `tests/surface/` by hand, too.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pytest
from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from scraper.cli import main
from tests.clocks import ScaledClock
from tests.server import Faults, Rule, Saved, TestArchive
from tests.server.make import Box, article_url, farewell_page, home_page, saved_article, write_warc

ROOT = Path(__file__).parents[1]
EXPECTED = Path(__file__).parent / "surface"
SETTINGS = """contact = "test@example.org"
cdx_per_minute = 60000
replay_per_minute = 60000
in_flight = 1
sit_out = 0
tries_per_capture = 1
captures_per_article = 2
"""
DATA_FOR_KEYS = {"readings", "verdicts", "in_vain", "defects", "left_out"}
"""JSON objects whose keys are data, not names of this program's."""
PIER, GONE = "/news/pier.png", "/news/gone.png"


@dataclass
class Surface:
    """What the commands left and said; `said` is of each: its name, exit status, stdout."""

    folder: Path
    said: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def call(self, name: str, archive: TestArchive, *words: object) -> None:
        """Run a command; `name` is that of the command and what tells this use of it from others."""
        where = ["--config", self.folder / "config.toml", "--output", self.output, "--archive", archive.base]
        with contextlib.redirect_stderr(io.StringIO()):
            self.said.append((name, *call(name.partition(" ")[0], *where, *words)))


def call(*words: object) -> tuple[int, str]:
    """Return exit status and stdout of a command."""
    with io.TextIOWrapper(io.BytesIO(), encoding="utf-8") as stdout, contextlib.redirect_stdout(stdout):
        status = main([str(word) for word in words])
        stdout.seek(0)
        return status, stdout.read()


def captures() -> list[Saved]:
    """An article with two texts and two figures, of which one is to be had; a farewell; what no layout reads."""
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(picture, "PNG")
    figures = "".join(f'<figure class="image"><img src="{path}" alt="圖"></figure>' for path in (PIER, GONE))
    column = {"body": f"{figures}<p>圖中是碼頭。</p>", "category": "眾說", "box": Box("甲", avatar=PIER)}
    strange = b"<html><body><div class='article-content'><p>x</p></div></body></html>"
    png = (("Content-Type", "image/png"),)
    return [
        saved_article(201, "20190101000000"),
        saved_article(201, "20200607080910", **column),
        Saved(article_url(202), "20220301000000", farewell_page()),
        Saved(article_url(203), "20200607080910", strange),
        Saved("https://www.hkcnews.com/", "20200607080910", home_page()),
        Saved(f"https://www.hkcnews.com{PIER}", "20200607080910", picture.getvalue(), headers=png),
    ]


@pytest.fixture(scope="module")
def surface(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    """Commands run one after the other on one output folder."""
    made = Surface(tmp_path_factory.mktemp("surface"))
    (made.folder / "config.toml").write_text(SETTINGS, encoding="utf-8")
    (made.folder / "wrong.toml").write_text("no_such_setting = 1\n", encoding="utf-8")
    own = write_warc(made.folder / "own.warc.gz", [saved_article(205)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(made.folder / "state"))
        ScaledClock(600.0).stand_in(patch.setattr)
        with TestArchive([*captures(), saved_article(206)]) as archive:
            made.output.mkdir()
            made.call("images", archive, "--offline", "--json")
            know_few_ids(made.output / "ledger.sqlite3")
            made.call("run", archive, "--images", "--json", "--ids", "201-204")
            made.call("run --dry-run", archive, "--dry-run", "--json", "--ids", "206")
            made.call("lists", archive, "--json")
            made.call("import", archive, "--json", own)
            made.call("images", archive, "--json")
            made.call("status", archive, "--json")
            made.call("history", archive, "--json", "201")
            for number in (201, 204):
                made.call("status ID", archive, "--json", number)
            exports = {kind: made.folder / f"export.{kind}" for kind in ("jsonl", "sqlite", "wacz")}
            made.call(
                "export", archive, "--json", *(word for kind, path in exports.items() for word in (f"--{kind}", path))
            )
            made.call("compare", archive, "--json", "--ids", "201", made.output / "articles")
            made.call("rebuild", archive, "--json", "--jobs", "1", "--ids", "201")
            (made.output / "articles/1-1000/article_201.md").write_text("changed by hand", encoding="utf-8")
            made.call("audit", archive, "--json", "--jobs", "1", made.output / "articles")
            made.call("check", archive, "--json", "--jobs", "1")
            made.call("run of none", archive, "--limit", "0")
            made.call("status with a setting that is none", archive, "--config", made.folder / "wrong.toml")
        refusal = Rule("429", service="cdx", contains="206", times=None)
        with TestArchive(captures(), faults=Faults([refusal])) as archive:
            made.call("recover", archive, "--json", "201", "206")
        yield made


def know_few_ids(ledger: Path) -> None:
    """Let a fresh ledger take few ids for all that the site had, so that manifests are short, and quickly written."""
    with contextlib.closing(sqlite3.connect(ledger)) as database, database:
        database.execute("INSERT INTO meta VALUES ('seeded', 'range(174, 49931)')")
        rows = ((number,) for number in range(174, 221))
        database.executemany("INSERT INTO articles (id, source, due) VALUES (?, 'range', '')", rows)


def expected(name: str) -> list[str]:
    return (EXPECTED / name).read_text(encoding="utf-8").splitlines()


def keys(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path of a key, type of its value) of everything in a JSON value, in the order it stands there."""
    if isinstance(value, dict):
        if not value:
            yield path, "{}"
        is_data = not DATA_FOR_KEYS.isdisjoint(path.split("."))
        for key, one in value.items():
            yield from keys(one, f"{path}.*" if is_data else f"{path}.{key}")
    elif isinstance(value, list):
        if not value:
            yield path, "[]"
        for one in value:
            yield from keys(one, f"{path}[]")
    else:
        yield path, "null" if value is None else type(value).__name__


def described(name: str, objects: Iterable[object]) -> list[str]:
    """Return a line for each key of some JSON objects: its path and the types of its values."""
    found: dict[str, set[str]] = {}
    for one in objects:
        for path, kind in keys(one):
            found.setdefault(path, set()).add(kind)
    return [f"{name} {path.removeprefix('.')}: {' or '.join(sorted(kinds))}" for path, kinds in found.items()]


def lines_of(path: Path) -> list[object]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def schema(path: Path) -> list[str]:
    """Return the statements that make a database, without the tables that SQLite keeps for itself."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        return [line for (sql,) in rows if "CREATE TABLE '" not in sql for line in sql.splitlines()]


def test_json_keys(surface: Surface) -> None:
    """All that is printed with ``--json``, and all JSON that lies in files, has the keys it had, in the same order."""
    printed: dict[str, list[object]] = {}
    for name, _, out in surface.said:
        if out:
            printed.setdefault(name, []).append(json.loads(out))
    found = [line for name, objects in printed.items() for line in described(name, objects)]
    found += described("manifest", chain.from_iterable(map(lines_of, sorted((surface.output / "manifest").iterdir()))))
    found += described("images.jsonl", lines_of(surface.output / "images.jsonl"))
    found += described("export --jsonl", lines_of(surface.folder / "export.jsonl"))
    with zipfile.ZipFile(surface.folder / "export.wacz") as wacz:
        found += described("export --wacz datapackage.json", [json.loads(wacz.read("datapackage.json"))])
        pages = [json.loads(line) for line in wacz.read("pages/pages.jsonl").splitlines()]
        found += described("export --wacz pages.jsonl", pages)
    budgets = [json.loads(path.read_text()) for path in (surface.folder / "state/hkcnews").glob("*.json")]
    found += sorted(described("budget.json", budgets))
    assert found == expected("json.txt")


def test_exit_statuses_of_what_ended_by_itself(surface: Surface) -> None:
    """0 done, 1 some could not be written or something was found, 2 usage and settings, 3 the archive refused."""
    assert [f"{status} {name}" for name, status, _ in surface.said] == expected("statuses.txt")


def test_the_schema_of_a_fresh_ledger(surface: Surface) -> None:
    """Ledgers that exist and ledgers that are made now have the same tables, columns and names of migrations."""
    path = surface.output / "ledger.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (application,) = database.execute("PRAGMA application_id").fetchone()
        names = [f"-- migration {name}" for (name,) in database.execute("SELECT name FROM migrations ORDER BY name")]
        names += [f"-- meta {key}" for (key,) in database.execute("SELECT key FROM meta ORDER BY key")]
    found = [f"-- user_version {version}, application_id {application}", *names, *schema(path)]
    assert found == expected("ledger.sql")


def test_the_schema_of_the_exported_database(surface: Surface) -> None:
    """Queries that people wrote for it go on working."""
    assert schema(surface.folder / "export.sqlite") == expected("export.sql")


def test_file_names(surface: Surface) -> None:
    """Below the output folder, below the user's state folder, and in the WACZ, all has the names it had."""
    places = [path for top in ("output", "state") for path in (surface.folder / top).rglob("*") if path.is_file()]
    names = [path.relative_to(surface.folder).as_posix() for path in places]
    with zipfile.ZipFile(surface.folder / "export.wacz") as wacz:
        names += [f"export.wacz/{name}" for name in wacz.namelist()]
    names = [re.sub(r"/127\.0\.0\.1-\d+\.", "/HOST-PORT.", name) for name in names]
    assert sorted(set(names)) == expected("files.txt")


def test_the_headers_of_warc_records(surface: Surface) -> None:
    """Each kind of record names the same things, in the same order."""
    with next((surface.output / "warc").iterdir()).open("rb") as stream:
        found = {
            f"{record.format} {record.rec_type}: {', '.join(name for name, _ in record.rec_headers.headers)}"
            for record in ArchiveIterator(stream)
        }
    assert sorted(found) == expected("warc.txt")


def test_log_lines(surface: Surface) -> None:
    """Each event is told in the words it was told in. Why a page is judged as it is, in brackets, may change."""
    lines = (surface.output / "hkcnews.log").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        text = re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", "TIME ", line)
        text = re.sub(r"http://127\.0\.0\.1:\d+", "ARCHIVE", text).replace(str(surface.folder), "FOLDER")
        text = re.sub(r"127\.0\.0\.1:\d+|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "…", text)
        found.append(re.sub(r"( read: \w+) \(.*\)$", r"\1 (…)", text))
    assert list(dict.fromkeys(found)) == expected("log.txt")


def test_commands_and_their_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Command names, options with what they take, and positional arguments; every help ends with the exit statuses."""
    monkeypatch.setenv("COLUMNS", "250")
    status, text = call("--help")
    assert status == 0
    commands = re.findall(r"^    (\w+) +\w", text, re.MULTILINE)
    found = [f"hkcnews {word}" for word in options_in(text)]
    for command in commands:
        status, text = call(command, "--help")
        assert status == 0
        found += [f"{command} {word}" for word in options_in(text)]
        assert "exit status: 0 all done; 1 done, but some" in text
    assert found == expected("commands.txt")


def options_in(text: str) -> list[str]:
    """Return arguments and options of a help text, each as it is written there before its explanation."""
    listed = text.partition("\n\n")[2].replace("options of every command:", "")
    return re.findall(r"^  (?:  )?(\S.*?)(?:  .*)?$", listed, re.MULTILINE)


def test_settings(tmp_path: Path) -> None:
    """config.toml has the keys and the defaults it had, and the program takes them all."""
    path = EXPECTED / "config.toml"
    assert tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8")) == tomllib.loads(path.read_text())
    (tmp_path / "output").mkdir()
    assert call("status", "--config", path, "--output", tmp_path / "output")[0] == 0


def test_exit_statuses_of_a_held_folder_and_of_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """4 while another run is at work there; a run that a signal ends gives 128 and its number."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    slow = SETTINGS.replace("cdx_per_minute = 60000", "cdx_per_minute = 1").replace("sit_out = 0", "sit_out = 600")
    (tmp_path / "config.toml").write_text(slow, encoding="utf-8")
    with TestArchive() as archive:
        words = ["run", "-q", "--ids", "201", "--archive", archive.base, "--config", str(tmp_path / "config.toml")]
        command = [sys.executable, "-m", "scraper", *words, "--output"]
        signals = {tmp_path / "first": signal.SIGTERM, tmp_path / "second": signal.SIGINT}
        running = {folder: subprocess.Popen([*command, str(folder)], cwd=ROOT) for folder in signals}
        try:
            end = time.monotonic() + 20
            while not all(has_begun(folder) for folder in running) and time.monotonic() < end:
                time.sleep(0.02)
            with contextlib.redirect_stderr(io.StringIO()):
                assert call(*words, "--output", tmp_path / "first")[0] == 4
            for folder, process in running.items():
                process.send_signal(signals[folder])
            assert [process.wait(20) for process in running.values()] == [143, 130]
        finally:
            for process in running.values():
                process.kill()


def has_begun(folder: Path) -> bool:
    lock = folder / ".lock"
    return lock.exists() and lock.stat().st_size > 0
