"""``make demo``: serve the project's own fixtures on loopback, run the main job on them, show what came of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.jobs.fixtures import read_fixtures
from scraper.models import Verdict
from scraper.sites import get_site
from tests.server import Saved, TestArchive
from tests.server.make import farewell_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.jobs.fixtures import Fixture

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path("build") / "demo"
SITE_FOLDER = FOLDER / "site"
SITE = get_site("hkcnews")
HOPELESS = ("farewell", "unknown_layout", "redirect_elsewhere")
"""Folders of fixtures that are shown beside the articles: not everything that was captured can be written."""
DONE_WITH_SOME_LEFT = 1


def chosen() -> dict[int, Fixture]:
    """Return the fixtures that are served, one for each article id: all articles, and one of each hopeless kind."""
    found: dict[int, Fixture] = {}
    shown: set[str] = set()
    for fixture in read_fixtures(Path("fixtures")):
        kind, page = fixture.path.parent.name, fixture.page
        article_id = SITE.article_id(page.original)
        # A capture is served as it was archived, so one saved as a replay rewrote it has no place here.
        if article_id is None or article_id in found or b"/_static/" in page.body or page.truncated:
            continue
        if fixture.expected.document is not None or (kind in HOPELESS and kind not in shown):
            found[article_id] = fixture
            shown.add(kind)
    return found


def captures(fixtures: Sequence[Fixture]) -> list[Saved]:
    """Return the captures of the fixtures, and behind each what the closed site gave later: the farewell page."""
    saved = []
    for fixture in fixtures:
        page = fixture.page
        headers = [("Content-Type", page.content_type)] if page.content_type else []
        if page.location:
            headers.append(("Location", page.location))
        one = Saved(page.original, page.timestamp, page.body, page.status, headers=tuple(headers))
        later = Saved(page.original, "20231231235959", farewell_page())
        saved += [one, later]
    return saved


def hkcnews(*words: str) -> int:
    """Run a command of the program, shown first; its memory of the archive stays below the demo's folder.

    Time runs as it does, but where the test of the demo says otherwise.
    """
    print(f"\n$ hkcnews {' '.join(words)}", flush=True)
    environment = os.environ | {"XDG_STATE_HOME": str((FOLDER / "state").resolve())}
    command = [sys.executable, "-m", "tests.fast", *words]
    return subprocess.run(command, env=environment, timeout=300, check=False).returncode


def differing(fixtures: dict[int, Fixture], made: dict[int, Path]) -> list[str]:
    """Return what is not as the fixtures say it must be."""
    wanted = {number: one.expected.document for number, one in fixtures.items() if one.expected.document is not None}
    lines = [f"article {number}: no file" for number in sorted(wanted.keys() - made.keys())]
    lines += [f"{made[number]}: should not be there" for number in sorted(made.keys() - wanted.keys())]
    lines += [
        f"{made[number]}: differs from fixtures/{fixtures[number].name}.md"
        for number in sorted(made.keys() & wanted.keys())
        if made[number].read_bytes() != (wanted[number] or "").encode()
    ]
    return lines


def main() -> int:
    os.chdir(ROOT)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    config, output = FOLDER / "config.toml", FOLDER / "output"
    config.write_text('contact = "demo@example.org"\n', encoding="utf-8")
    fixtures = chosen()
    saved = captures(list(fixtures.values()))
    where = ("--config", str(config), "--output", str(output))
    with TestArchive(saved) as archive:
        print(f"An archive with {len(saved)} captures of {len(fixtures)} made-up articles answers at {archive.base}")
        # With a limit it does not go on to ask about each id of the site that this archive has not, as a run would.
        status = hkcnews("run", "--limit", str(len(fixtures)), "--archive", archive.base, *where)
        requests = len(archive.log.entries())
    made = {int(path.stem.removeprefix("article_")): path for path in sorted(output.glob("articles/*/*.md"))}
    print(f"\nExit status {status}; {requests} requests; {len(made)} files:")
    for path in made.values():
        print(f"  {path}")
    if lost := [number for number, one in fixtures.items() if one.expected.document is None]:
        print(f"Exit status {DONE_WITH_SOME_LEFT} is meant here: of {len(lost)} articles only hopeless captures exist.")
    shown = next((number for number, one in fixtures.items() if number in made and "column" in one.name), None)
    if shown is not None:
        print(f"\n$ cat {made[shown]}\n{made[shown].read_text(encoding='utf-8')}")
    hkcnews("status", *where)
    site_status = hkcnews("site", str(SITE_FOLDER), *where)
    problems = differing(fixtures, made)
    hopeless = any(one.expected.facts["verdict"] != Verdict.ARTICLE for one in fixtures.values())
    if status != (DONE_WITH_SOME_LEFT if hopeless else 0):
        problems.append(f"`hkcnews run` ended with status {status}")
    if site_status:
        problems.append(f"`hkcnews site` ended with status {site_status}")
    for line in problems:
        print(line, file=sys.stderr)
    if not problems:
        print(f"\nAll {len(made)} files are, byte for byte, what fixtures/ expects.")
        print(f"\nRead them as a newspaper: open {(SITE_FOLDER / 'index.html').resolve()}")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
