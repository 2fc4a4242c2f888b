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


def _parted(files: list[str]) -> float:
    """Read every record once and parse it, the files shared out between the processes."""
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(JOBS) as pool:
        pool.map(_read_whole, [files[turn::JOBS] for turn in range(JOBS)])
    return time.perf_counter() - start


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
            ratios, peak, rates = [], 0.0, []
            for _ in range(1 if quick or count > 2_000 else 3):
                limit = _parted(files)
                ours = run_process([PYTHON, "-m", "scraper", "rebuild", "--jobs", str(JOBS), *common])
                ratios.append(ours.wall / limit)
                rates.append(count / ours.wall)
                peak = max(peak, ours.peak)
            peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
        yield Row(
            f"rebuild of {count:,} articles, {JOBS} processes",
            "warcio and lxml on the same files and processes",
            statistics.median(ratios),
            2.0,
            "reading and parsing is 1",
            {"articles/s": round(statistics.median(rates)), "peak MiB of a process": round(peak)},
        )
