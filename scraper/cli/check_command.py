"""``hkcnews check``: verify WARC files, manifest, documents and images; with --fix, mend them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.check.findings import Kind
from scraper.cli import EXIT_DONE, EXIT_INCOMPLETE
from scraper.config import load
from scraper.parallel import processors
from scraper.times import SystemClock

if TYPE_CHECKING:
    import argparse

    from scraper.check.findings import Finding

SCHEMA = 1
_DONE = dict.fromkeys((Kind.WARC_DAMAGED, Kind.WARC_MISSING), "No longer counted on; `hkcnews run` fetches it again")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument(
        "--fix",
        action="store_true",
        help="make again what differs, from the kept pages; what a person changed stays beside it as .orig",
    )
    parser.add_argument(
        "--form",
        action="store_true",
        help="look at the form of each document too, also of those that are as they were written (takes longer)",
    )
    parser.add_argument("--jobs", type=int, default=processors(), metavar="N", help="processes (default: all)")


def run(options: argparse.Namespace) -> int:
    """Look at everything; 1 if something is not as it should be."""
    from scraper.check.inspection import check

    config = load(options.config, output=options.output, archive=options.archive)
    clock = SystemClock()
    if options.fix:
        from scraper.jobs.repair import repair

        fixed, findings = repair(config, jobs=options.jobs, clock=clock, form=options.form)
    else:
        fixed, findings = [], list(check(config, jobs=options.jobs, clock=clock, form=options.form))
    status = EXIT_INCOMPLETE if findings else EXIT_DONE
    if options.json:
        report = {
            "schema": SCHEMA,
            "command": "check",
            "exit_status": status,
            "fixed": [_as_json(finding) for finding in fixed],
            "findings": [_as_json(finding) for finding in findings],
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return status
    for finding in fixed:
        print(f"{finding.file}: {finding.problem}. {_DONE.get(finding.kind, 'Mended')}.")
    for finding in findings:
        print(f"{finding.file}: {finding.problem}. {finding.remedy}.")
    return status


def _as_json(finding: Finding) -> dict[str, object]:
    return finding._asdict() | {"remedy": finding.remedy}
