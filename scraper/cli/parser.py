"""The parser of the command line, with the options of every command."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from pathlib import Path

from scraper import __version__
from scraper.cli.commands import COMMANDS

EXIT_STATUS = (
    "exit status: 0 all done; 1 done, but some articles could not be written or something was found; 2 usage, "
    "configuration, or an output folder that cannot be used; 3 the archive refused or was unavailable, run again "
    "later; 4 another process is at work on this output folder; 129, 130, 143 ended by SIGHUP, SIGINT, "
    "SIGTERM; 141 the reader of stdout has left"
)
"""What every help text says at its end."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="hkcnews",
        description="Recovers the articles of hkcnews.com (Citizen News) from the Wayback Machine into Markdown files.",
        epilog=EXIT_STATUS,
    )
    parser.add_argument("--version", action="version", version=f"hkcnews {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, one in COMMANDS.items():
        ends = (*(f"   hkcnews {name} {words}".rstrip() for words in one.examples), "", _wrapped(EXIT_STATUS))
        sub = subparsers.add_parser(
            name,
            help=one.about[0].lower() + one.about[1:-1],
            description=one.about,
            epilog="\n".join(("examples:", *ends)),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _add_common_options(sub)
        one.add_arguments(sub)
    return parser


def _wrapped(text: str) -> str:
    return textwrap.fill(text, shutil.get_terminal_size().columns - 2)


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("options of every command")
    group.add_argument("--config", type=Path, metavar="FILE", help="settings (default: ./config.toml if there is one)")
    group.add_argument("--output", metavar="DIR", help="output folder (default: output)")
    group.add_argument("--archive", metavar="BASE", help="address of the archive (default: https://web.archive.org)")
    group.add_argument("-v", "--verbose", action="count", default=0, help="say more; twice for each request")
    group.add_argument("-q", "--quiet", action="store_true", help="say only what went wrong")
    group.add_argument("--json", action="store_true", help="print the report as JSON on stdout")
