"""``hkcnews audit``: examine a folder of documents, and take over those that are sound."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from scraper.audit.defects import Weight
from scraper.audit.folder import AuditSummary, audit_folder, ranges_of
from scraper.errors import ExitStatus, TargetError
from scraper.files import replace_file
from scraper.jobs.adopt import adopting
from scraper.reports import SCHEMA

if TYPE_CHECKING:
    from scraper.audit.folder import Audited
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Examine the folder, print what was found; 1 if a document is marred or without its article."""
    options, site = context.options, context.site
    if not options.folder.is_dir():
        raise TargetError(f"{options.folder}: no such folder. Name the one that holds the documents.")
    summary = AuditSummary(strict=options.strict)
    flawed: list[Audited] = []
    with adopting(context.config, clock=context.clock) if options.adopt else nullcontext() as adoption:
        for audited in audit_folder(options.folder, site=site, jobs=context.jobs):
            summary.add(audited.examined)
            if audited.examined.defects:
                flawed.append(audited)
            if adoption is not None and not summary.is_to_recover(audited.examined):
                adoption.adopt(audited)
    if options.save_ids:
        replace_file(options.save_ids, [f"{ranges_of(summary.recover)}\n".encode()])
    adopted = adoption.adopted if adoption else None
    missing = len(summary.missing(site))
    if options.json:
        context.print_json(_as_json(summary, flawed, missing, adopted))
    else:
        _print(summary, flawed if options.verbose else [], missing, adopted)
    unsound = summary.worst[Weight.MARRED] or summary.worst[Weight.LOST]
    return ExitStatus.INCOMPLETE if unsound else ExitStatus.DONE


def _as_json(summary: AuditSummary, flawed: list[Audited], missing: int, adopted: int | None) -> dict[str, object]:
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
                "defects": [{"defect": found.defect, "detail": found.detail} for found in one.examined.defects],
            }
            for one in flawed
        ],
    }


def _print(summary: AuditSummary, flawed: list[Audited], missing: int, adopted: int | None) -> None:
    for one in flawed:
        for found in one.examined.defects:
            print(f"{one.path}: {found.defect}{f' ({found.detail})' if found.detail else ''}")
    worst = summary.worst
    print(
        f"{summary.files} documents: {summary.sound} sound, {worst[Weight.POOR]} whole with a poor URL, "
        f"{worst[Weight.MARRED]} whole but marred, {worst[Weight.LOST]} without their article"
    )
    for defect, count in summary.by_weight():
        print(f"{count:>7}  {defect:<17} {defect.weight.name.lower():<7} {defect.meaning}")
    if missing:
        print(f"{missing} ids of the site have no document here")
    if adopted is not None:
        print(f"{adopted} documents adopted; `hkcnews run` fetches the rest")
    if summary.recover:
        print(f"to recover again ({len(summary.recover)}): --ids {ranges_of(summary.recover)}")
