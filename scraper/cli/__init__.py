"""The command line. Each command is a module of this folder, imported only when it is called."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import __version__
from scraper.errors import ArchiveError, LockHeld, ScraperError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_DONE = 0
EXIT_INCOMPLETE = 1
EXIT_USAGE = 2
EXIT_ARCHIVE = 3
EXIT_LOCKED = 4

COMMANDS = {
    "recover": "recover single articles by id, URL or Wayback URL",
    "run": "find captures, fetch what is not yet written, write it",
    "import": "recover from WARC, WACZ and saved pages one already has, without network",
    "parse": "turn one saved page into Markdown on stdout",
    "status": "say where each article stands, and why",
    "history": "show the differing texts of one article",
    "rebuild": "make all Markdown again from the kept WARC files",
    "check": "verify WARC files, manifest, documents and images",
    "audit": "examine a folder of documents, such as the reference archive",
    "export": "give it away as WACZ, JSON Lines, SQLite or for Hugo",
    "site": "make a newspaper of it that people can read and search, with or without a server",
    "images": "fetch and keep the images of written articles",
    "fixture": "add, check or refresh regression fixtures",
}
"""Command to its one-line help. The module is ``scraper.cli.<command>_command``."""


EXIT_STATUS = (
    "exit status: 0 all done; 1 done, but some articles could not be written or something was found; 2 usage, "
    "configuration, or an output folder that cannot be used; 3 the archive refused or was unavailable, run again "
    "later; 4 another run is at work on this output folder; 130, 143 ended by SIGINT, SIGTERM"
)
"""What every help text says at its end."""


class Help(argparse.HelpFormatter):
    """Help as wide as the terminal. argparse would ask shutil, which loads all that it can compress with, at any start.

    Args:
        prog: the words that call the program.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """Return the columns of the terminal by the rules of `shutil.get_terminal_size`; 80 where there is none."""
    columns = 0
    with contextlib.suppress(ValueError):
        columns = int(os.environ.get("COLUMNS", "0"))
    if columns <= 0:
        with contextlib.suppress(OSError):
            columns = os.get_terminal_size().columns
    return columns if columns > 0 else 80


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command takes."""
    group = parser.add_argument_group("options of every command")
    group.add_argument("--config", type=Path, metavar="FILE", help="settings (default: ./config.toml if there is one)")
    group.add_argument("--output", metavar="DIR", help="output folder (default: output)")
    group.add_argument("--archive", metavar="BASE", help="address of the archive (default: https://web.archive.org)")
    group.add_argument("-v", "--verbose", action="count", default=0, help="say more; twice for each request")
    group.add_argument("-q", "--quiet", action="store_true", help="say only what went wrong")
    group.add_argument("--json", action="store_true", help="print the report as JSON on stdout")


def build_parser(command: str | None, *, alone: bool = False) -> argparse.ArgumentParser:
    """Return the parser; only `command`'s own module is imported, for its options.

    Args:
        command: that will be parsed, or None.
        alone: leave the other commands out; right only where the first word is the command.
    """
    parser = argparse.ArgumentParser(
        prog="hkcnews",
        description="Recovers the articles of hkcnews.com (Citizen News) from the Wayback Machine into Markdown files.",
        epilog=EXIT_STATUS,
        formatter_class=Help,
    )
    parser.add_argument("--version", action="version", version=f"hkcnews {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        if name == command:
            sub = subparsers.add_parser(
                name,
                help=summary,
                description=summary[0].upper() + summary[1:] + ".",
                epilog=EXIT_STATUS,
                formatter_class=Help,
            )
            add_common_options(sub)
            import_module(f"scraper.cli.{name}_command").configure(sub)
        elif not alone:
            subparsers.add_parser(name, help=summary, formatter_class=Help)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in arguments if word in COMMANDS), None)
    try:
        options = build_parser(command, alone=arguments[:1] == [command]).parse_args(arguments)
    except SystemExit as stop:  # argparse has said what is wrong
        return stop.code if isinstance(stop.code, int) else EXIT_USAGE
    try:
        status: int = import_module(f"scraper.cli.{options.command}_command").run(options)
        sys.stdout.flush()
    except ScraperError as error:
        print(f"hkcnews {options.command}: {error}", file=sys.stderr)
        return _status_of(error)
    except BrokenPipeError:  # the reader of our stdout has left, such as `head`
        _drop_stdout()
        return _ended_by("SIGPIPE")
    except OSError as error:
        if options.verbose:
            raise
        _drop_stdout()
        tip = "Check the disk and the permissions, then run it again; with -v it says where it happened."
        print(f"hkcnews {options.command}: {error}. {tip}", file=sys.stderr)
        return EXIT_USAGE
    return status


def _drop_stdout() -> None:
    """Nothing more can be written there: what is in the buffer must not fail once more when the interpreter ends."""
    with contextlib.suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _status_of(error: ScraperError) -> int:
    if isinstance(error, LockHeld):
        return EXIT_LOCKED
    if isinstance(error, ArchiveError):
        return EXIT_ARCHIVE
    return EXIT_USAGE


def _ended_by(name: str) -> int:
    """Return the exit status of a process that a signal has ended."""
    import signal

    return 128 + signal.Signals[name]


def entry() -> None:
    """Console script."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # a command that only looks, or does not handle signals itself yet: nothing is half done
        sys.exit(_ended_by("SIGINT"))
