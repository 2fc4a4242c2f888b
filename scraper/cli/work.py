"""A command that changes the output folder, at work: signals, log file and progress; and how it ends."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

from scraper.cli.logfile import log_file
from scraper.cli.signals import stop_on_signals
from scraper.config import NO_CONTACT

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from scraper.cli.context import Context
    from scraper.cli.signals import Signals
    from scraper.engine.outcomes import Progress
    from scraper.errors import ExitStatus


class Report(Protocol):
    """What a command did, as it is shown."""

    @property
    def exit_status(self) -> ExitStatus:
        """What the process should end with, if no signal ended it."""

    def problems(self) -> list[str]:
        """Return what somebody should know of, for people."""

    def summary(self) -> list[str]:
        """Return what was done, for people."""

    def as_json(self) -> dict[str, object]:
        """Return the same for programs."""


class Work(NamedTuple):
    """A command at work.

    `signals` may end it; `progress` is told now and then how far it is.
    """

    context: Context
    signals: Signals
    progress: Callable[[Progress], None] = lambda _: None

    @property
    def stop(self) -> threading.Event:
        """Set when the command is to end in good order."""
        return self.signals.stop

    def finish(self, report: Report, *, asked: bool = False) -> int:
        """Show a report and return the exit status: data on stdout, talk on stderr; under cron nothing if all is well.

        `asked`: the summary is what was asked for, so it is shown whoever is looking.
        """
        options = self.context.options
        self.context.say(report.problems())
        if options.json:
            self.context.print_json(report.as_json())
        elif options.verbose or asked or self.context.is_watched:
            self.context.say(report.summary())
        return self.status(report.exit_status)

    def status(self, own: ExitStatus) -> int:
        """Return the exit status: that of a signal that ended the command, else its own."""
        return own if self.signals.exit_status is None else self.signals.exit_status


@contextlib.contextmanager
def at_work(context: Context, *, log: bool = True, warn: bool = False, bar: bool = False) -> Iterator[Work]:
    """Handle signals, write the log file and show progress, as long as this lasts.

    Args:
        context: the command's.
        log: write the log file; False for a run that must not change the folder.
        warn: show warnings on a terminal: a person wants to know what the command is waiting for.
        bar: show a progress bar on a terminal.

    Raises:
        StoreError: the log file cannot be written.
    """
    options, config, watched = context.options, context.config, context.is_watched
    if bar and watched and not config.contact:
        context.say([NO_CONTACT])
    with contextlib.ExitStack() as stack:
        signals = stack.enter_context(stop_on_signals())
        stack.enter_context(log_file(config, enabled=log, verbose=options.verbose, watched=warn and watched))
        work = Work(context, signals)
        if bar and watched and not options.json and not options.verbose:
            from scraper.cli.progress import progress_bar  # with rich

            work = work._replace(progress=stack.enter_context(progress_bar(config, clock=context.clock)))
        yield work
