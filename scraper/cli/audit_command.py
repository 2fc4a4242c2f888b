"""``hkcnews audit``: examine a folder of documents, and take over those that are sound."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.audit import Audited, Summary, Weight, audit_folder, meaning_of, ranges_of, weight_of
from scraper.cli import EXIT_DONE, EXIT_INCOMPLETE
from scraper.config import load
from scraper.errors import TargetError
from scraper.parallel import processors
from scraper.sites import get
from scraper.times import SystemClock

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager

    from scraper.config import Config
    from scraper.jobs.adopt import Adoption

SCHEMA = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder that holds article_<id>.md files at any depth")
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="take over, as they are, all documents that need not be recovered again; `run` then fetches only the rest",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="also recover again what is whole but marred (broken tables, lost e-mail addresses and the like)",
    )
    parser.add_argument(
        "--save-ids", type=Path, metavar="FILE", help="write the ids to recover again, as --ids takes them"
    )
    parser.add_argument(
        "--jobs", type=int, default=processors(), metavar="N", help="processes (default: all processors)"
    )


def run(options: argparse.Namespace) -> int:
    """Examine the folder, print what was found; 1 if a document is marred or without its article."""
    config = load(options.config, output=options.output, archive=options.archive)
    site = get(config.site)
    if not options.folder.is_dir():
        raise TargetError(f"{options.folder}: no such folder. Name the one that holds the documents.")
    summary = Summary(strict=options.strict)
    flawed: list[Audited] = []
    with _adopting(config) if options.adopt else nullcontext() as adoption:
        for audited in audit_folder(options.folder, site=site, jobs=options.jobs):
            summary.add(audited.examined)
            if audited.examined.findings:
                flawed.append(audited)
            if adoption is not None and not summary.to_recover(audited.examined):
                adoption.adopt(audited)
    if options.save_ids:
        _save(options.save_ids, f"{ranges_of(summary.recover)}\n")
    adopted = adoption.adopted if adoption else None
    missing = len(summary.missing(site))
    if options.json:
        print(json.dumps(_as_json(summary, flawed, missing, adopted), ensure_ascii=False, indent=2))
    else:
        _print(summary, flawed if options.verbose else [], missing, adopted)
    return EXIT_INCOMPLETE if summary.worst[Weight.MARRED] or summary.worst[Weight.LOST] else EXIT_DONE


def _adopting(config: Config) -> AbstractContextManager[Adoption]:
    from scraper.jobs.adopt import adopting

    return adopting(config, clock=SystemClock())


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="ascii")
    except OSError as error:
        raise TargetError(f"{path}: cannot be written ({error.strerror}). Name another file.") from error


def _as_json(summary: Summary, flawed: list[Audited], missing: int, adopted: int | None) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "command": "audit",
        "files": summary.files,
        "sound": summary.sound,
        **{weight.name.lower(): summary.worst[weight] for weight in Weight},
        "defects": dict(summary.by_weight()),
        "recover": summary.recover,
        "missing": missing,
        "adopted": adopted,
        "documents": [
            {
                "id": one.examined.article,
                "file": str(one.path),
                "weight": weight.name.lower() if (weight := one.examined.weight) else None,
                "defects": [{"defect": defect, "detail": detail} for defect, detail in one.examined.findings],
            }
            for one in flawed
        ],
    }


def _print(summary: Summary, flawed: list[Audited], missing: int, adopted: int | None) -> None:
    for one in flawed:
        for finding in one.examined.findings:
            print(f"{one.path}: {finding.defect}{f' ({finding.detail})' if finding.detail else ''}")
    worst = summary.worst
    print(
        f"{summary.files} documents: {summary.sound} sound, {worst[Weight.POOR]} whole with a poor URL, "
        f"{worst[Weight.MARRED]} whole but marred, {worst[Weight.LOST]} without their article"
    )
    for defect, count in summary.by_weight():
        print(f"{count:>7}  {defect:<17} {weight_of(defect).name.lower():<7} {meaning_of(defect)}")
    if missing:
        print(f"{missing} ids of the site have no document here")
    if adopted is not None:
        print(f"{adopted} documents adopted; `hkcnews run` fetches the rest")
    if summary.recover:
        print(f"to recover again ({len(summary.recover)}): --ids {ranges_of(summary.recover)}")
