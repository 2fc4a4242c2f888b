"""``hkcnews check``: verify WARC files, manifest, documents and images; with --fix, mend them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.check.findings import Finding, Kind
from scraper.check.inspection import check
from scraper.engine.outcomes import Progress
from scraper.errors import ExitStatus
from scraper.reports.words import counted, first_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.cli.context import Context

_MOST = 200
_DONE = dict.fromkeys((Kind.WARC_DAMAGED, Kind.WARC_MISSING), "No longer counted on; `hkcnews run` fetches it again")


def run(context: Context) -> int:
    """Look at everything; 1 if something is not as it should be."""
    options, config, clock = context.options, context.config, context.clock
    fixed: list[Finding] = []
    with context.progress() as show:
        show(Progress("checking", 0, None))
        if options.fix:
            from scraper.jobs.repair import repair  # with all that reads and writes: who only looks does without it

            fixed, findings = repair(config, jobs=context.jobs, clock=clock, form=options.form, progress=show)
        else:
            findings = list(check(config, jobs=context.jobs, clock=clock, form=options.form, progress=show))
    status = ExitStatus.INCOMPLETE if findings else ExitStatus.DONE
    if options.json:
        told = {
            name: [one._asdict() | {"remedy": one.remedy} for one in found]
            for name, found in (("fixed", fixed), ("findings", findings))
        }
        context.print_report(status, told)
    else:
        mended = [f"{one.file}: {one.problem}. {_DONE.get(one.kind, 'Mended')}." for one in fixed]
        lines = first_of(mended, most=_MOST)
        lines += first_of(_lines(findings), most=_MOST, rest=": `hkcnews check --json` has all of them")
        for line in lines:
            context.show(line)
    did = f"{len(fixed)} mended, " if options.fix else ""
    then = "`hkcnews check --fix` mends what can be mended" if findings and not options.fix else ""
    context.conclude(f"{config.output_path}: {did}{counted(len(findings), 'finding')}", then=then)
    return status


def _lines(findings: Sequence[Finding]) -> list[str]:
    """Return a line a finding, but one for all files of the manifest of which the same is said.

    A run that was killed leaves many of those behind.
    """
    groups: dict[object, list[Finding]] = {}
    for number, one in enumerate(findings):
        groups.setdefault(one.problem if one.kind is Kind.MANIFEST else number, []).append(one)
    lines = []
    for first, *others in groups.values():
        files = f"{1 + len(others)} files of the manifest, such as {first.file}" if others else first.file
        lines.append(f"{files}: {first.problem}. {first.remedy}.")
    return lines
