"""``make demo``: serve the project's own fixtures on loopback, run the main job on them, show what came of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.archive import Saved, TestArchive
from tests.archive.make import article_url, farewell_page, saved_article, saved_redirect

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path("build") / "demo"
CONFIG = 'contact = "demo@example.org"\n'


def captures() -> list[Saved]:
    """Return what the demo's archive holds: articles as they were, and what was captured after the closure."""
    saved = [saved_article(number, f"20200607{number % 24:02d}0910") for number in range(20_001, 20_010)]
    saved += [Saved(article_url(number), "20230102030405", farewell_page()) for number in range(20_001, 20_008)]
    saved.append(saved_redirect("http://hkcnews.com/article/20003", "20190102030405", article_url(20_003)))
    return saved


def hkcnews(*words: str) -> int:
    """Run a command of the program, shown first; its memory of the archive stays below the demo's folder."""
    print(f"\n$ hkcnews {' '.join(words)}", flush=True)
    environment = os.environ | {"XDG_STATE_HOME": str((FOLDER / "state").resolve())}
    return subprocess.run(
        [sys.executable, "-m", "scraper", *words], env=environment, timeout=120, check=False
    ).returncode


def main() -> int:
    os.chdir(ROOT)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    config, output = FOLDER / "config.toml", FOLDER / "output"
    config.write_text(CONFIG, encoding="utf-8")
    saved = captures()
    ids = "20001-20009"
    where = ("--config", str(config), "--output", str(output))
    with TestArchive(saved) as archive:
        print(f"An archive with {len(saved)} captures of our own making answers at {archive.base}")
        status = hkcnews("run", "--ids", ids, "--archive", archive.base, *where)
        requests = len(archive.log.entries())
    made = sorted(output.glob("articles/*/*.md"))
    print(f"\n{len(made)} files after {requests} requests:")
    for path in made:
        print(f"  {path}")
    if made:
        print(f"\n$ cat {made[0]}\n{made[0].read_text(encoding='utf-8')}")
    said = hkcnews("status", *where)
    if status == 0 and not made:
        print("The run said that all was well, but there is no file.", file=sys.stderr)
        return 1
    return status or said


if __name__ == "__main__":
    raise SystemExit(main())
