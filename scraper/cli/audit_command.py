"""``hkcnews audit``: examine a folder of documents, and take over those that are sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.audit.defects import Weight
from scraper.audit.folder import AuditSummary, audit, find_documents, ranges_of
from scraper.engine.outcomes import Progress
from scraper.errors import ExitStatus, TargetError
from scraper.files import exporting
from scraper.jobs.adopt import adopt
from scraper.reports import SCHEMA
from scraper.reports.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.audit.folder import Audited
    from scraper.cli.context import Context

_MAX_IDS = 10_000
"""Characters of ids, as ``--ids`` takes them, that are printed."""


def run(context: Context) -> int:
    """Examine the folder, print what was found; 1 if a document is marred or without its article."""
    options, site = context.options, context.site
    if not options.folder.is_dir():
        raise TargetError(f"{options.folder}: no such folder. Name the one that holds the documents.")
    paths = find_documents(options.folder)
    if not paths:
        raise TargetError(f"{options.folder}: no article_<id>.md there. Name the folder that holds the documents.")
    summary = AuditSummary(strict=options.strict)
    with context.progress() as show:
        sound = _sound(audit(paths, site=site, jobs=context.jobs), summary, len(paths), show)
        adopted = adopt(context.config, sound, clock=context.clock) if options.adopt else None
        for _ in sound:  # all of them, where none is adopted
            pass
    if options.save_ids:
        with exporting(options.save_ids) as part:
            part.write_text(f"{ranges_of(summary.recover)}\n", encoding="ascii")
    missing = sum(article not in summary.found for article in site.known_ids)
    if options.json:
        context.print_json(_as_json(summary, missing, adopted))
    else:
        context.show("\n".join(_lines(summary, summary.flawed if options.verbose else [], missing, adopted)))
    then = "`hkcnews run --ids` with the ids above" if summary.recover else ""
    context.conclude(f"{counted(len(paths), 'document')} of {options.folder} examined", then=then)
    unsound = summary.worst[Weight.MARRED] or summary.worst[Weight.LOST]
    return ExitStatus.INCOMPLETE if unsound else ExitStatus.DONE


def _sound(
    documents: Iterable[Audited], summary: AuditSummary, total: int, show: Callable[[Progress], None]
) -> Iterator[Audited]:
    """Sum up the documents, and yield those whose articles need not be recovered again."""
    for number, audited in enumerate(documents, start=1):
        is_to_recover = summary.add(audited)
        show(Progress("examining", number, total))
        if not is_to_recover:
            yield audited


def _as_json(summary: AuditSummary, missing: int, adopted: int | None) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "command": "audit",
        "files": summary.worst.total(),
        "sound": summary.worst[None],
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
                "defects": [found._asdict() for found in one.examined.defects],
            }
            for one in summary.flawed
        ],
    }


def _lines(summary: AuditSummary, flawed: list[Audited], missing: int, adopted: int | None) -> Iterator[str]:
    for one in flawed:
        for found in one.examined.defects:
            yield f"{one.path}: {found.defect}{f' ({found.detail})' if found.detail else ''}"
    worst = summary.worst
    yield (
        f"{counted(worst.total(), 'document')}: {worst[None]} sound, {worst[Weight.POOR]} whole with a poor URL, "
        f"{worst[Weight.MARRED]} whole but marred, {worst[Weight.LOST]} without their article"
    )
    for defect, count in summary.by_weight():
        yield f"{count:>7}  {defect:<17} {defect.weight.name.lower():<7} {defect.meaning}"
    if missing:
        yield f"{counted(missing, 'id')} of the site without a document here"
    if adopted is not None:
        yield f"{counted(adopted, 'document')} adopted; `hkcnews run` fetches the rest"
    if summary.recover:
        ids = ranges_of(summary.recover)
        ids = f"--ids {ids}" if len(ids) <= _MAX_IDS else "too many to print; --save-ids FILE writes them"
        yield f"to recover again ({len(summary.recover)}): {ids}"
