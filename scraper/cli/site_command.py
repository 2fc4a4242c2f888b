"""``hkcnews site``: a newspaper that people can read and search, as static files. Described in docs/site.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.work import at_work
from scraper.config import is_web_address
from scraper.engine.outcomes import Progress
from scraper.errors import ExitStatus, ProcessLost, Stopped, UsageError
from scraper.export.web.build import Wanted
from scraper.jobs.site import make_site
from scraper.reports.words import counted, first_of

if TYPE_CHECKING:
    from scraper.cli.context import Context


def run(context: Context) -> int:
    """Make the site, or bring it up to date."""
    options = context.options
    target = options.folder or context.config.output_path.parent / "site"
    wanted = Wanted(_base_url(options.base_url), embed=options.images == "archive", jobs=context.jobs)
    made = None
    with at_work(context, log=False) as work:

        def show(stage: str, done: int, total: int) -> None:
            work.progress(Progress(stage, done, total or None))
            if work.stop.is_set():
                raise Stopped("the site was to be left as it is")

        try:
            made = make_site(context.config, target, wanted, show)
        except (Stopped, ProcessLost):  # the other processes may have got the same signal
            if not work.stop.is_set():
                raise
    if made is None:
        return work.end(ExitStatus.INCOMPLETE, f"the site in {target} is not whole yet")
    front, (built, withheld) = target / "index.html", made
    articles = counted(built.articles, "article")
    kept_back = f"; {withheld.sentence}" if withheld.sentence else ""
    strangers = context.config.withhold.strangers({*withheld.ids, *context.site.known_ids})
    status = ExitStatus.INCOMPLETE if built.left_out or strangers else ExitStatus.DONE
    context.say(first_of([f"left out: {reason}" for reason in built.left_out.values()]) + first_of(strangers))
    if built.left_out:
        context.say(["`hkcnews check` says what to do about what was left out"])
    if options.json:
        told = {
            "front": str(front),
            "articles": built.articles,
            "changed": built.changed,
            "removed": built.removed,
            "left_out": built.left_out,
            "withheld": {"articles": len(withheld.ids), "reason": withheld.reason},
        }
        context.print_report(status, told)
    elif not options.quiet:
        context.say([f"{articles}; {built.changed} files written, {built.removed} removed{kept_back}"])
        print(front)
    context.conclude(f"{articles} in {target}{kept_back}", then=f"open {front}")
    return status


def _base_url(text: str) -> str:
    """Return the address with a slash at its end.

    Raises:
        UsageError: it is none of the web.
    """
    if not text:
        return ""
    if not is_web_address(text) or '"' in text:
        raise UsageError(f"--base-url {text}: give an address such as https://example.org/citizennews/")
    return text.rstrip("/") + "/"
