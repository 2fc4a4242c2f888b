"""``hkcnews compare``: documents of another archive against what this program makes of the captures that they name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scraper.audit.folder import read_document
from scraper.cli.work import at_work
from scraper.errors import TargetError, UsageError
from scraper.jobs.compare import compare, kept_pages
from scraper.jobs.fixtures import add_fixture
from scraper.jobs.targets import parse_ids
from scraper.reports.summary import belief_table
from scraper.reports.words import counted, first_of

if TYPE_CHECKING:
    from scraper.cli.context import Context
    from scraper.jobs.compare import Comparison

_SHOWN = 200
"""Characters of each side that people are shown; ``--json`` has all."""


def run(context: Context) -> int:
    """Compare; 1 if something differs that no known defect of theirs explains."""
    options = context.options
    if not options.folder.is_dir():
        raise TargetError(f"{options.folder}: no such folder. Name the one that holds the documents.")
    ids = parse_ids(options.ids) if options.ids is not None else ()
    sample = None if options.all or ids else options.sample
    if options.fixture and not options.yes and not sys.stdin.isatty():
        raise UsageError("--fixture asks before it keeps a page, and nobody is there to answer; say --yes")
    with at_work(context, archive=True) as work:
        done = compare(context.config, options.folder, ids=ids, sample=sample, **work.means)
    kept = _keep(context, done) if options.fixture else []
    if options.json:
        context.print_json(done.as_json() | {"fixtures": kept})
    else:
        _print(done, verbose=bool(options.verbose))
    differences = f"{counted(len(done.differing), 'difference')} that nothing explains"
    return work.end(done.exit_status, f"{counted(done.compared, 'document')} compared, {differences}")


def _print(done: Comparison, *, verbose: bool) -> None:
    print(f"{'field':<14}{'same':>8}{'ours right':>12}{'differs':>9}")
    for field, counts in done.fields().items():
        print(f"{field:<14}{counts['same']:>8}{counts['ours_right']:>12}{counts['differs']:>9}")
    for one in done.found if verbose else done.differing:
        told = f"ours is right ({one.difference.defect})" if one.difference.defect else "differs"
        print(f"\narticle {one.article}, capture {one.capture.timestamp}: {one.difference.field} {told}")
        print(f"  theirs {_shown(one.difference.theirs)}\n  ours   {_shown(one.difference.ours)}")
    for line in first_of([f"article {article}: {why}" for article, why in done.skipped.items()]):
        print(f"not compared: {line}")
    print("", *belief_table(done.beliefs), "", sep="\n")
    for refusal in done.refusals:
        print(refusal.message)
    print(f"{counted(done.compared, 'document')} compared, {counted(done.fetched, 'capture')} fetched. {done.advice}")


def _shown(text: str) -> str:
    """Return a text in quotes, on one line, what cannot be printed as an escape."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def _keep(context: Context, done: Comparison) -> list[str]:
    """Keep the page of each article that differs as a fixture, with their document to be corrected by hand."""
    options = context.options
    found = {one.article: one for one in reversed(done.differing)}
    wanted = [one for _, one in sorted(found.items()) if options.yes or _asks(one.article)]
    pages = kept_pages(context.config, [one.capture for one in wanted], clock=context.clock) if wanted else []
    made = []
    for one, page in zip(wanted, pages, strict=True):
        fields = dict.fromkeys(other.difference.field for other in done.differing if other.article == one.article)
        try:
            assert page is not None, "it was compared, so it is kept"
            name, why = f"compare-{one.article}", f"differs from another archive in {', '.join(fields)}"
            fixture = add_fixture(options.fixtures, context.site, page, name=name, why=why)
        except UsageError as error:
            context.say([str(error)])
            continue
        document = fixture.path.with_suffix(".md")
        document.write_bytes(read_document(one.file))
        context.say(
            [f"{document}: is theirs; correct it by hand, then mend the reading until `fixture check` is content"]
        )
        made.append(str(fixture.path))
    return made


def _asks(article: int) -> bool:
    """Ask a person."""
    print(f"keep the page of article {article} as a fixture? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
