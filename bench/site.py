"""The newspaper as static files: 50,000 made articles on two cores, a second run with nothing new, and the search."""

from __future__ import annotations

import random
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.measure import PYTHON, Row
from bench.site_made import output_folder
from scraper.export.web.search import WORD, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

JOBS = 2
_MINUTES, _SECOND_RUN, _MEMORY, _INDEX, _QUERY = 180.0, 15.0, 600.0, 60.0, 300.0
"""Goals: seconds for all, seconds with nothing new, MiB of all processes, MB of the index, KB read for a query."""
_QUERIES = 200


class Ran(NamedTuple):
    """Seconds of wall time, and the peak of the memory of all processes together, in MiB."""

    wall: float
    peak: float


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield rows that compare with the goals; their absolute figures hold where nothing else runs."""
    count = 400 if quick else 50_000
    with tempfile.TemporaryDirectory() as name:
        output = output_folder(Path(name) / "output", count)
        site = Path(name) / "site"
        first, second = _run(output, site), _run(output, site)
        files = [path for path in site.rglob("*") if path.is_file()]
        index = sum(path.stat().st_size for path in files if "search/index" in path.as_posix()) / 1e6
        figures = {"seconds": round(first.wall), "peak MiB of all processes": round(first.peak), "files": len(files),
                   "MB": round(sum(path.stat().st_size for path in files) / 1e6)}  # fmt: skip
        yield Row(f"site of {count:,} articles, {JOBS} processes", "3 minutes", first.wall / _MINUTES, 1, "", figures)
        yield Row("its memory", "600 MB", first.peak * 1.048576 / _MEMORY, 1, "", {"MiB": round(first.peak)})
        yield Row("second run, nothing new", "15 s", second.wall / _SECOND_RUN, 1, "reading and hashing every document",
                  {"seconds": round(second.wall, 1)})  # fmt: skip
        yield Row("the search's index", "60 MB", index / _INDEX, 1, "the entropy of the pairs", {"MB": round(index, 1)})
        yield from _searched(site, 20 if quick else _QUERIES)


def _run(output: Path, site: Path) -> Ran:
    command = [PYTHON, "-m", "scraper", "site", str(site), "--output", str(output), "--jobs", str(JOBS), "-q"]
    start, peak = time.perf_counter(), 0.0
    process = subprocess.Popen(command)
    while process.poll() is None:
        peak = max(peak, sum(map(_memory, _family(process.pid))))
        time.sleep(0.1)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Ran(time.perf_counter() - start, peak)


def _family(process: int) -> list[int]:
    """Return a process and all that it has started, with theirs."""
    found = [process]
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    except OSError:
        pass
    return found


def _memory(process: int) -> float:
    """Return a process's memory in MiB; what it shares with others is counted in part."""
    try:
        match = re.search(r"^Pss: +(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(match[1]) / 1024 if match else 0.0


def _searched(site: Path, number: int) -> Iterator[Row]:
    """Yield a row for queries drawn from the texts, typed into a real browser, against a scan of all texts."""
    try:
        from tests.export.web.browser import Browser
        from tests.export.web.made import searched_texts

        browser = Browser()
    except BaseException as reason:  # pytest's skip is no Exception
        if isinstance(reason, KeyboardInterrupt):
            raise
        yield Row("queries in a browser", "300 KB read", float("nan"), None, f"not run: {reason}")
        return
    texts = {article: fold(text) for article, text in sorted(searched_texts(site).items())}
    dice = random.Random(11)
    kilobytes, waited, wrong = [], [], 0
    try:
        browser.open(f"{site.as_uri()}/search.html")
        browser.search_again("的")  # loads what every query needs; counted below
        for _ in range(number):
            query = _drawn(dice, texts)
            browser.requests()
            start = time.perf_counter()
            found = browser.search_again(query)
            waited.append(time.perf_counter() - start)
            kilobytes.append(sum(Path(url.removeprefix("file://")).stat().st_size for url in browser.requests()) / 1000)
            folded = fold(query)
            wrong += set(found) != {article for article, text in texts.items() if folded in text}
    finally:
        browser.close()
    always = sum((site / "search" / name).stat().st_size for name in ("fold.js", "directory.js", "docs.js")) / 1000
    kilobytes = sorted(one + always for one in kilobytes)
    middle = statistics.median(kilobytes)
    yield Row(
        f"{number} queries of 2 to 4 characters, the first of a visit", "300 KB read", middle / _QUERY, 1,
        "the shards of its pairs, the texts of what may hold it",
        {"median KB": round(middle), "of these once a visit": round(always),
         "9 in 10 KB": round(kilobytes[number * 9 // 10]), "most KB": round(kilobytes[-1]),
         f"more than {_QUERY:.0f} KB": sum(one > _QUERY for one in kilobytes),
         "median s": round(statistics.median(waited), 2), "missed or false": wrong},
    )  # fmt: skip


def _drawn(dice: random.Random, texts: dict[int, str]) -> str:
    """Return a string of some characters, none of them Latin or punctuation, that stands in one of the texts."""
    articles = list(texts)
    while True:
        text = texts[dice.choice(articles)]
        start = dice.randrange(len(text))
        query = text[start : start + dice.choice((2, 2, 3, 3, 4))]
        if len(query) > 1 and not re.search(f"[{WORD}\\W]", query):
            return query
