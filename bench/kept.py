"""A check of a folder that holds its pages, against warcio verifying the records and `sha256sum` of the documents."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from warcio.archiveiterator import ArchiveIterator

from bench import made
from bench.ledger import sha256sum
from bench.measure import PYTHON, Row, processes_take_turns, run_process

if TYPE_CHECKING:
    from collections.abc import Iterator


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield one row for each size."""
    for count in (60,) if quick else (1_000, 5_000):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            output = folder / "output"
            ours = [PYTHON, "-m", "scraper"]
            source = made.warc(folder / "made.warc.gz", count)
            run_process([*ours, "import", str(source), "--output", str(output), "-q"])
            files = sorted(str(path) for path in (output / "warc").iterdir())
            ran = processes_take_turns(
                {
                    "warcio": [PYTHON, "-m", "bench.kept", *files],
                    "sha256sum": sha256sum(output),
                    "check": [*ours, "check", "--jobs", "1", "--output", str(output)],
                },
                rounds=1 if quick else 3,
            )
        limit = ran["warcio"].cpu + ran["sha256sum"].cpu
        yield Row(
            f"check, {count:,} articles and their pages",
            "warcio verifying the records and `sha256sum` of the documents",
            ran["check"].cpu / limit,
            None,
            f"warcio is {ran['warcio'].cpu / limit:.2f}",
            {"CPU s": round(ran["check"].cpu, 2), "peak MiB": round(ran["check"].peak)},
        )


def verify(names: list[str]) -> None:
    """Read every record to its end and compare its digests, as `warcio check` does; raises if one differs."""
    for name in names:
        with Path(name).open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests=True):
                while record.raw_stream.read(1 << 16):
                    pass
                if record.digest_checker.passed is False:
                    raise ValueError(f"{name}: {record.digest_checker.problems}")


if __name__ == "__main__":
    verify(sys.argv[1:])
