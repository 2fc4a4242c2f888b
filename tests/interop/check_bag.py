"""A deposit package is valid for rocrate-validator, which knows more of RO-Crate 1.1 than the library that made it.

Needs `make interop`: the validator brings rdflib and pySHACL.
"""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path

import rocrate

from scraper.cli import main
from scraper.config import Config
from scraper.jobs.import_files import import_files
from scraper.times import SystemClock
from tests.few_ids import know_few_ids
from tests.server.make import saved_article, write_warc

PYTHON = Path(__file__).parents[2] / "build/interop/venv/bin/python"
CONTEXT = Path(rocrate.__file__).parent / "data/ro-crate.jsonld"


def test_is_valid(tmp_path: Path) -> None:
    """All that must be and should be is, but for a publisher: that is whoever takes the package in."""
    source = write_warc(tmp_path / "source.warc.gz", [saved_article(number) for number in range(501, 504)])
    output = know_few_ids(tmp_path / "output")
    import_files(Config(output=str(output)), [source], clock=SystemClock(), stop=threading.Event())
    assert main(["export", "--output", str(output), "--bag", str(tmp_path / "bag")]) == 0
    command = [
        PYTHON,
        Path(__file__).with_name("crate_validator.py"),
        CONTEXT,
        tmp_path / "bag/data",
        tmp_path / "cache",
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = json.loads(result.stdout.splitlines()[-1])
    assert [message for _, message in found if "`publisher`" not in message] == []
    assert {severity for severity, _ in found} <= {"RECOMMENDED"}
