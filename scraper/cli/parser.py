"""The parser of the command line: the options of every command, and help as wide as the terminal."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path

from scraper import __version__
from scraper.cli.commands import COMMANDS

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


def build_parser(command: str | None, *, alone: bool = False) -> argparse.ArgumentParser:
    """Return the parser.

    Args:
        command: whose options will be parsed, or None; the others are only named.
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
    for name, one in COMMANDS.items():
        if name == command:
            about = one.help[0].upper() + one.help[1:] + "."
            sub = subparsers.add_parser(
                name, help=one.help, description=about, epilog=EXIT_STATUS, formatter_class=Help
            )
            _add_common_options(sub)
            one.add_arguments(sub)
        elif not alone:
            subparsers.add_parser(name, help=one.help, formatter_class=Help)
    return parser


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("options of every command")
    group.add_argument("--config", type=Path, metavar="FILE", help="settings (default: ./config.toml if there is one)")
    group.add_argument("--output", metavar="DIR", help="output folder (default: output)")
    group.add_argument("--archive", metavar="BASE", help="address of the archive (default: https://web.archive.org)")
    group.add_argument("-v", "--verbose", action="count", default=0, help="say more; twice for each request")
    group.add_argument("-q", "--quiet", action="store_true", help="say only what went wrong")
    group.add_argument("--json", action="store_true", help="print the report as JSON on stdout")
