"""All documents again from the kept WARC files, against reading the same files with warcio and parsing with lxml."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
from warcio.archiveiterator import ArchiveIterator

from bench import made
from bench.measure import PYTHON, Row, run_process

if TYPE_CHECKING:
    from collections.abc import Iterator

JOBS = 2


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _parted(files: list[str]) -> tuple[float, float]:
    """Read every record once and parse it, the files shared out between the processes.

    Returns:
        seconds of wall time, and of processor time.
    """
    start, before = time.perf_counter(), _children()
    with multiprocessing.get_context("spawn").Pool(JOBS) as pool:
        pool.map(_read_whole, [files[turn::JOBS] for turn in range(JOBS)])
        pool.close()
        pool.join()
    return time.perf_counter() - start, _children() - before


def _read_whole(files: list[str]) -> int:
    count = 0
    for name in files:
        with Path(name).open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response":
                    count += 1
                    lxml.html.document_fromstring(record.content_stream().read())
    return count


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each size; the files are cut small enough that both processes get an equal share."""
    for count in (60,) if quick else (2_000, 20_000):
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "output"
            settings = Path(folder) / "config.toml"
            settings.write_text(f"warc_megabytes = {1 if quick else 16}\n", encoding="utf-8")
            source = made.warc(Path(folder) / "made.warc.gz", count)
            common = ["--config", str(settings), "--output", str(output), "-q"]
            run_process([PYTHON, "-m", "scraper", "import", str(source), *common])
            files = sorted(str(path) for path in (output / "warc").glob("*.warc.gz"))
            ratios, walls, peak, rates = [], [], 0.0, []
            for _ in range(1 if quick or count > 2_000 else 3):
                wall, cpu = _parted(files)
                ours = run_process([PYTHON, "-m", "scraper", "rebuild", "--jobs", str(JOBS), *common])
                ratios.append(ours.cpu / cpu)
                walls.append(ours.wall / wall)
                rates.append(count / ours.wall)
                peak = max(peak, ours.peak)
        yield Row(
            f"rebuild of {count:,} articles, {JOBS} processes",
            "warcio and lxml on the same files and processes, processor time",
            statistics.median(ratios),
            2.0,
            "reading and parsing is 1",
            {
                "wall ratio": round(statistics.median(walls), 2),
                "articles/s": round(statistics.median(rates)),
                "peak MiB of a process": round(peak),
            },
        )
