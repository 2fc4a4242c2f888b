"""The command line: the only place that prints. `commands` names the commands, each is a module of this folder."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.cli import printing
from scraper.cli.commands import build_parser
from scraper.cli.context import Context
from scraper.errors import ExitStatus, ScraperError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        options = build_parser().parse_args(argv)
    except SystemExit as stop:  # argparse has said what is wrong
        return stop.code if isinstance(stop.code, int) else ExitStatus.UNUSABLE
    try:
        command, context = import_module(f"scraper.cli.{options.command}_command"), Context(options)
        try:
            status: int = command.run(context)
        except KeyboardInterrupt:  # a command that only looks, or handles no signals itself: nothing is half done
            context.conclude("ended before all was done", then="the same command again")
            status = 128 + signal.SIGINT
        sys.stdout.flush()
    except ScraperError as error:
        printing.say([f"hkcnews {options.command}: {error}"])
        return error.exit_status
    except BrokenPipeError:  # the reader of our stdout has left, such as `head`
        _drop_stdout()
        return 128 + signal.SIGPIPE
    except OSError as error:
        if options.verbose:
            raise
        _drop_stdout()
        tip = "Check the disk and the permissions, then run it again; with -v it says where it happened."
        what = error if error.filename else f"stdout: {error.strerror}"  # every file's own errors name it
        printing.say([f"hkcnews {options.command}: {what}. {tip}"])
        return ExitStatus.UNUSABLE
    return status


def _drop_stdout() -> None:
    """Send stdout nowhere: what its buffer still holds must not fail once more when the interpreter ends."""
    with contextlib.suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def entry() -> None:
    """Console script."""
    logging.getLogger().addHandler(logging.NullHandler())  # or what libraries warn of would reach the terminal as it is
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal or pipe need not be able to show Chinese
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the command began
        sys.exit(128 + signal.SIGINT)
