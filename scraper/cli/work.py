"""A command that changes the output folder, at work: signals, log file and progress; and how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from scraper.cli.logfile import log_file
from scraper.config import NO_CONTACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from scraper.cli.context import Context
    from scraper.engine.outcomes import Progress
    from scraper.errors import ExitStatus
    from scraper.jobs.import_files import ImportReport
    from scraper.jobs.workspace import Means
    from scraper.reports.images import ImagesReport
    from scraper.reports.run import ListsReport, RunReport

    Report = RunReport | ImportReport | ImagesReport | ListsReport

_TOGETHER = 0.5
"""Seconds within which a second signal is the first one's echo: `timeout` signals a process and then its group."""


class Signals:
    """Sets `stop` when a signal comes; `exit_status` is then 128 and the signal's number, before that None."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.exit_status: int | None = None
        self._came_at = 0.0

    def handle(self, number: int, _: FrameType | None) -> None:
        """Take in a signal. Requests in flight may end; who sends a second signal does not want to wait for them."""
        if self.exit_status is not None:
            if time.monotonic() - self._came_at > _TOGETHER:
                os._exit(128 + number)
            return
        self._came_at = time.monotonic()
        self.exit_status = 128 + number
        self.stop.set()


@contextlib.contextmanager
def stop_on_signals() -> Iterator[Signals]:
    """Handle the signals as long as this lasts. Outside of the main thread nothing can be handled.

    SIGHUP stays ignored where it is, as under nohup.
    """
    signals = Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, signals.handle) for number in numbers}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Work(NamedTuple):
    """A command at work; `unreachable`: the archive is asked without a contact, and nobody was told so."""

    context: Context
    signals: Signals
    progress: Callable[[Progress], None]
    unreachable: bool = False

    @property
    def stop(self) -> threading.Event:
        """Set when the command is to end in good order."""
        return self.signals.stop

    @property
    def means(self) -> Means:
        """What every job is given to work with."""
        return {"clock": self.context.clock, "stop": self.stop, "progress": self.progress}

    def finish(self, report: Report, did: str, *, then: str = "", asked: bool = False) -> int:
        """Show a report and return the exit status: data on stdout, talk on stderr; under cron nothing if all is well.

        `did` and `then` are for the last line; `asked`: the summary is what was asked for, so it is shown in any case.
        """
        options = self.context.options
        self.context.say(report.problems())
        if options.json:
            self.context.print_json(report.as_json())
        elif options.verbose or asked or self.context.is_watched:
            self.context.say(report.summary())
        return self.end(report.exit_status, did, then=then)

    def end(self, own: ExitStatus, did: str, *, then: str = "") -> int:
        """Say the last line and return the exit status: that of a signal that ended the command, else its own."""
        ended = self.signals.exit_status
        if self.unreachable and own:
            self.context.say([NO_CONTACT])  # to nobody who watches, where something else is said
        self.context.conclude(did, then=then if ended is None else "the same command goes on from here")
        return own if ended is None else ended


@contextlib.contextmanager
def at_work(context: Context, *, log: bool = True, bar: bool = True, archive: bool = False) -> Iterator[Work]:
    """Handle signals, write the log file and show progress, as long as this lasts.

    Args:
        context: the command's.
        log: False for a command that must not change the folder, so writes no log there.
        bar: show a progress bar on a terminal.
        archive: the command asks the archive: the bar says how things stand there, or without a bar warnings are shown.

    Raises:
        StoreError: the log file cannot be written.
    """
    warn = archive and context.is_watched and not context.has_bar
    unreachable = archive and not context.config.contact
    if unreachable and context.is_watched:
        context.say([NO_CONTACT])
    with (
        stop_on_signals() as signals,
        log_file(context.config, enabled=log, verbose=context.options.verbose, watched=warn),
        context.progress(archive=archive) if bar else contextlib.nullcontext(lambda _: None) as progress,
    ):
        yield Work(context, signals, progress, unreachable and not context.is_watched)
