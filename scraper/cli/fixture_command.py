"""``hkcnews fixture``: regression fixtures from pages that taught us something. Never runs git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli.parse_command import read_saved_page
from scraper.cli.work import stop_on_signals
from scraper.errors import ArchiveError, ExitStatus, TargetError, UsageError
from scraper.jobs.fixtures import add_fixture, differences, outcome_of, read_fixtures, write_expected
from scraper.jobs.recover import recover
from scraper.jobs.targets import parse_target
from scraper.jobs.workspace import open_workspace
from scraper.models import Verdict, page_of
from scraper.reports.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.cli.context import Context
    from scraper.jobs.fixtures import Fixture
    from scraper.jobs.targets import Target
    from scraper.models import Page
    from scraper.selection.candidates import Candidate


def run(context: Context) -> int:
    """Do what the action says; status 1 if a fixture differs."""
    options = context.options
    if options.action == "add":
        if options.target is None or options.name is None:
            raise UsageError(
                "fixture add needs what to add and --name, such as: fixture add page.html --name box-in-aside"
            )
        return _add(context)
    if options.target is not None:
        raise UsageError(f"fixture {options.action} works on all fixtures; leave out {options.target}")
    return _compare(context, write=options.action == "refresh" and options.write)


def _add(context: Context) -> int:
    options = context.options
    why = options.why or options.name.replace("-", " ")
    fixture = add_fixture(options.fixtures, context.site, _page(context), name=options.name, why=why)
    if options.json:
        context.print_json({"fixture": str(fixture.path), **fixture.expected.facts})
    else:
        context.show(str(fixture.path))
    if not options.quiet:
        context.say(_to_do(fixture, said_why=bool(options.why)))
    context.conclude(f"{fixture.path} added", then="`hkcnews fixture check`")
    return ExitStatus.DONE


def _to_do(fixture: Fixture, *, said_why: bool) -> Iterator[str]:
    """Yield what is left to a person: the expected files say what the program reads now, right or wrong."""
    sidecar, document = fixture.path.with_suffix(".json"), fixture.path.with_suffix(".md")
    if not said_why:
        yield f'say in {sidecar} under "why" what it is for'
    if fixture.expected.document is None:
        yield f"if the page is an article after all, correct {sidecar} and write by hand the {document} it should give"
    else:
        yield f"{document} is what the page gives now: correct it by hand to what it should be; `hkcnews fixture check`"
        yield "then says what still differs, and passes once the program gives just that"


def _page(context: Context) -> Page:
    options = context.options
    path = Path(options.target)
    if path.is_file():
        return read_saved_page(path, options.url, options.timestamp)
    if path.suffix.lower() in {".html", ".htm"} and "://" not in options.target:
        raise UsageError(f"{path}: there is no such file")
    return _fetched(context)


def _fetched(context: Context) -> Page:
    """Return the page of a target: as it is kept in the output folder already, else as `hkcnews recover` fetches it."""
    target = parse_target(context.options.target, context.site)
    if (page := _kept(context, target)) is not None:
        return page
    with stop_on_signals() as signals:
        recovery = recover(context.config, [target], clock=context.clock, stop=signals.stop)
    if (page := _kept(context, target)) is not None:
        return page
    result = recovery.results[0]
    kind = ArchiveError if recovery.exit_status is ExitStatus.ARCHIVE else TargetError
    what = f"{context.options.target}: no page of it could be fetched ({result.state}: {result.reason})"
    raise kind(f"{what}. `hkcnews recover {target.article}` says more.")


def _kept(context: Context, target: Target) -> Page | None:
    """Return a kept page of a target: of the capture it names; else the written one, one of unknown layout, any."""
    with open_workspace(context.config, clock=context.clock) as space:
        row = space.ledger.articles.get(target.article)
        written = row.timestamp if row else None

        def fitness(known: Candidate) -> tuple[bool, bool, str]:
            unknown = known.read is not None and known.read.verdict is Verdict.UNKNOWN_LAYOUT
            return known.capture.timestamp == written, unknown, known.capture.timestamp

        kept = (one for one in space.ledger.captures.of_article(target.article) if one.held and one.own_read)
        fit = (one for one in kept if target.timestamp in (None, one.capture.timestamp))
        best = max(fit, key=fitness, default=None)
        memento = space.intake.load(best.capture) if best is not None else None
        return page_of(memento) if memento is not None else None


def _compare(context: Context, *, write: bool) -> int:
    options, site = context.options, context.site
    found: dict[str, list[str]] = {}
    count = 0
    for fixture in read_fixtures(options.fixtures):
        count += 1
        if differing := differences(fixture, site):
            found[fixture.name] = differing
            if write:
                write_expected(fixture, outcome_of(site, fixture.page))
    if not count:
        raise UsageError(f"{options.fixtures}: no fixtures there; name their folder with --fixtures")
    if options.json:
        context.print_json({"fixtures": count, "differing": found})
    else:
        for name, lines in found.items():
            context.show("\n  ".join([name, *lines]))
    context.conclude(f"{counted(count, 'fixture')}, {len(found)} {'written anew' if write else 'differ'}")
    return ExitStatus.INCOMPLETE if found and not write else ExitStatus.DONE
