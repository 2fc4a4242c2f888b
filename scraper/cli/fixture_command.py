"""``hkcnews fixture``: regression fixtures from pages that taught us something. Never runs git."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli import EXIT_DONE, EXIT_INCOMPLETE
from scraper.config import load
from scraper.errors import UsageError
from scraper.jobs import fixtures
from scraper.jobs.parse import saved_page
from scraper.sites import get

if TYPE_CHECKING:
    import argparse

    from scraper.config import Config
    from scraper.jobs.targets import Target
    from scraper.models import Page, Site
    from scraper.selection import Candidate


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--fixtures", type=Path, default=Path("fixtures"), metavar="DIR", help="default: fixtures")
    parser.add_argument("action", choices=("add", "check", "refresh"), help="add a page; compare all; rewrite all")
    parser.add_argument("target", nargs="?", metavar="TARGET|FILE.html", help="add: an id, URL, or a saved page")
    parser.add_argument("--name", help="add: what is special about it, such as box-in-aside")
    parser.add_argument("--why", default="", help="add: a line that says why it exists")
    parser.add_argument("--url", help="add: URL of the saved page (default: as the page says)")
    parser.add_argument("--timestamp", metavar="TS", help="add: of its capture (default: as the page says)")
    parser.add_argument("--status", type=int, default=200, help="add: archived HTTP status (default: 200)")
    parser.add_argument("--content-type", metavar="TYPE", help="add: archived Content-Type header")
    parser.add_argument("--location", metavar="URL", help="add: archived Location header of a redirect")
    parser.add_argument("--truncated", metavar="REASON", help="add: the transfer is known to have been cut short")
    parser.add_argument("--write", action="store_true", help="refresh: write the expected files anew")


def run(options: argparse.Namespace) -> int:
    """Do what the action says; status 1 if a fixture differs."""
    if options.action == "add":
        if options.target is None or options.name is None:
            raise UsageError(
                "fixture add needs what to add and --name, such as: fixture add page.html --name box-in-aside"
            )
        return _add(options)
    if options.target is not None:
        raise UsageError(f"fixture {options.action} works on all fixtures; leave out {options.target}")
    return _compare(options, write=options.action == "refresh" and options.write)


def _add(options: argparse.Namespace) -> int:
    page = _page(options)
    why = options.why or options.name.replace("-", " ")
    fixture = fixtures.add(options.fixtures, _site(options), page, name=options.name, why=why)
    if options.json:
        print(json.dumps({"fixture": str(fixture.path), **fixture.expected.facts}, ensure_ascii=False, indent=2))
    else:
        print(fixture.path)
    if not options.why and not options.quiet:
        print(f'say in {fixture.path.with_suffix(".json")} under "why" what it is for', file=sys.stderr)
    return EXIT_DONE


def _site(options: argparse.Namespace) -> Site:
    return get(load(options.config, output=options.output, archive=options.archive).site)


def _page(options: argparse.Namespace) -> Page:
    path = Path(options.target)
    if path.is_file():
        page = saved_page(path, options.url, options.timestamp)
        return page._replace(
            status=options.status,
            content_type=options.content_type,
            location=options.location,
            truncated=options.truncated,
        )
    if path.suffix.lower() in {".html", ".htm"} and "://" not in options.target:
        raise UsageError(f"{path}: there is no such file")
    return _fetched(options)


def _fetched(options: argparse.Namespace) -> Page:
    """Return the page of a target: as it is kept in the output folder already, else as `hkcnews recover` fetches it."""
    from scraper.cli.signals import stop_on_signals
    from scraper.errors import TargetError
    from scraper.jobs.recover import recover
    from scraper.jobs.targets import parse_target
    from scraper.times import SystemClock

    config = load(options.config, output=options.output, archive=options.archive)
    target = parse_target(options.target, get(config.site))
    page = _kept(config, target)
    if page is None:
        with stop_on_signals() as signals:
            recovery = recover(config, [target], clock=SystemClock(), stop=signals.stop)
        page = _kept(config, target)
    if page is None:
        result = recovery.results[0]
        raise TargetError(f"{options.target}: no page of it could be fetched ({result.state}: {result.reason})")
    return page


def _kept(config: Config, target: Target) -> Page | None:
    """Return the kept page of a target, or None.

    The capture that the target names; else the one that is written, one of unknown layout, any.
    """
    from scraper.jobs.workspace import open_workspace
    from scraper.models import Verdict, page_of
    from scraper.times import SystemClock

    with open_workspace(config, clock=SystemClock()) as space:
        row = space.ledger.articles.get(target.article)
        wanted = target.timestamp or (row.timestamp if row else None)
        kept = [
            known for known in space.ledger.captures.of(target.article) if known.held and known.own_read is not None
        ]
        if target.timestamp is not None:
            kept = [known for known in kept if known.capture.timestamp == target.timestamp]

        def fitness(known: Candidate) -> tuple[bool, bool, str]:
            unknown = known.read is not None and known.read.verdict is Verdict.UNKNOWN_LAYOUT
            return known.capture.timestamp == wanted, unknown, known.capture.timestamp

        best = max(kept, key=fitness, default=None)
        memento = space.intake.load(best.capture) if best is not None else None
        return page_of(memento) if memento is not None else None


def _compare(options: argparse.Namespace, *, write: bool) -> int:
    site = _site(options)
    found: dict[str, list[str]] = {}
    count = 0
    for fixture in fixtures.read_fixtures(options.fixtures):
        count += 1
        differing = fixtures.differences(fixture, site)
        if differing:
            found[fixture.name] = differing
            if write:
                fixtures.write_expected(fixture, fixtures.outcome(site, fixture.page))
    if not count:
        raise UsageError(f"{options.fixtures}: no fixtures there; name their folder with --fixtures")
    if options.json:
        print(json.dumps({"fixtures": count, "differing": found}, ensure_ascii=False, indent=2))
    else:
        for name, lines in found.items():
            print(name, *lines, sep="\n  ")
    if not options.quiet:
        done = "written anew" if write else "differ"
        print(f"{count} fixtures, {len(found)} {done}", file=sys.stderr)
    return EXIT_INCOMPLETE if found and not write else EXIT_DONE
