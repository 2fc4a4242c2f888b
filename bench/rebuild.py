"""All documents again from the kept WARC files, against reading the same files with warcio and converting each page."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from warcio.archiveiterator import ArchiveIterator

from bench import made, pages
from bench.measure import PYTHON, Row, run_process
from scraper.models import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

JOBS = 2
_MEGABYTES = 1
"""Size of the WARC files: small, so that those who take whole files can share them out evenly too."""


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _parted(files: list[str]) -> tuple[float, float]:
    """Read every record once and make its page a document; each process takes the next file when it is done with one.

    Returns:
        seconds of wall time, and of processor time.
    """
    start, before = time.perf_counter(), _children()
    with multiprocessing.get_context("spawn").Pool(JOBS) as pool:
        pool.map(_read_whole, files, chunksize=1)
        pool.close()
        pool.join()
    return time.perf_counter() - start, _children() - before


def _read_whole(name: str) -> None:
    with Path(name).open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                url, date = record.rec_headers.get_header("WARC-Target-URI"), record.rec_headers.get_header("WARC-Date")
                timestamp = "".join(filter(str.isdigit, date))[:14]
                pages.ours(Page(url, timestamp, 200, "text/html; charset=UTF-8", record.content_stream().read()))


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each size, all from one folder that grows: the cost must grow no faster than the work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = folder / "config.toml"
        settings.write_text(f"warc_megabytes = {_MEGABYTES}\n", encoding="utf-8")
        common = ["--config", str(settings), "--output", str(folder / "output"), "-q"]
        there = 0
        for count in (60,) if quick else (1_000, 10_000, 20_000, 50_000):
            source = made.warc(folder / "made.warc.gz", count - there, first=1000 + there)
            run_process([PYTHON, "-m", "scraper", "import", str(source), *common])
            there = count
            yield _row(folder / "output", count, common, rounds=3 if count == 1_000 else 1)


def _row(output: Path, count: int, common: list[str], rounds: int) -> Row:
    files = sorted(str(path) for path in (output / "warc").glob("*.warc.gz"))
    ratios, walls, costs, rates, peak = [], [], [], [], 0.0
    for _ in range(rounds):
        wall, cpu = _parted(files)
        ours = run_process([PYTHON, "-m", "scraper", "rebuild", "--jobs", str(JOBS), *common])
        ratios.append(ours.cpu / cpu)
        walls.append(ours.wall / wall)
        costs.append(ours.cpu / count * 1000)
        rates.append(count / ours.wall)
        peak = max(peak, ours.peak)
    return Row(
        f"rebuild of {count:,} articles, {JOBS} processes",
        "warcio, and each page converted, on the same files and processes, processor time",
        statistics.median(ratios),
        1.15,
        "reading and converting is 1",
        {
            "wall ratio": round(statistics.median(walls), 2),
            "CPU ms an article": round(statistics.median(costs), 2),
            "articles/s": round(statistics.median(rates)),
            "peak MiB of a process": round(peak),
        },
    )
