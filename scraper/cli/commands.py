"""The commands: name, help and options of each. What one does is a module of its own, imported when it is called.

So ``--help`` loads nothing but this file, and a command's module imports at its top what it works with.
"""

from __future__ import annotations

import shutil
import textwrap
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    Add = Callable[..., object]
    """``ArgumentParser.add_argument``."""


COMMANDS: dict[str, tuple[Callable[[Add], None], tuple[str, ...]]] = {}
"""Name of a command to the function that adds its options, and examples of what may follow ``hkcnews`` and the name.

``run(context) -> int`` of ``scraper.cli.<name>_command`` does it. A test runs the examples.
"""


def _command(*examples: str) -> Callable[[Callable[[Add], None]], None]:
    """Make the function below, which adds options, a command: its name is the name, its docstring the help."""

    def enter(add_arguments: Callable[[Add], None]) -> None:
        COMMANDS[add_arguments.__name__[1:]] = add_arguments, examples

    return enter


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text}: must be 1 or more")
    return int(text)


@_command("28325", "https://www.hkcnews.com/article/28325/ --stdout")
def _recover(add: Add) -> None:
    """Recover single articles by id, URL or Wayback URL."""
    add(
        "targets",
        nargs="+",
        metavar="TARGET",
        help="an article id, a URL of the site in any form, or the address of a capture in the Wayback Machine",
    )
    add("--stdout", action="store_true", help="print the document instead of its path")


@_command("--limit 100", "--ids 28000-28999 --max-runtime 50m")
def _run(add: Add) -> None:
    """Find captures, fetch what is not yet written, write it."""
    add("--ids", metavar="LIST", help="only these articles, such as 1-1000,28325")
    add("--limit", type=_number, metavar="N", help="ask the archive for at most N articles")
    add("--from", dest="from_ts", metavar="TS", help="only captures from then on: 4 to 14 digits, UTC")
    add("--to", dest="to_ts", metavar="TS", help="only captures up to then: 4 to 14 digits, UTC")
    add("--dry-run", action="store_true", help="change nothing; say what would be done")
    add(
        "--max-runtime",
        metavar="TIME",
        help="end in good order after that long, such as 50m; up to a quarter of it goes to ids that no list names "
        "(without it 12 of them a run)",
    )
    add("--retry-final", action="store_true", help="ask again for captures that were excluded or not there")
    add("--images", action="store_true", help="fetch and keep the pictures of written articles too")
    add("--go-on", action="store_true", help="whatever the first pages say against what is believed of them")


@_command("captures.warc.gz", "saved-pages --json")
def _import(add: Add) -> None:
    """Recover from WARC, WACZ and saved pages one already has, without network."""
    add(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="WARC (plain, gzip, Zstandard), WACZ, saved HTML, or a folder that is searched for them",
    )


@_command("saved.html", "saved.html --url https://www.hkcnews.com/article/4100 --timestamp 20190601000000")
def _parse(add: Add) -> None:
    """Turn one saved page into Markdown on stdout."""
    add("file", type=Path, metavar="FILE.html", help="raw, or saved from the browser; - for stdin")
    add("--url", help="its URL, or its Wayback URL (default: as the page says)")
    add("--timestamp", metavar="TS", help="14 digits of its capture, UTC (default: as the page says)")


@_command("28325", "--html status.html")
def _status(add: Add) -> None:
    """Say where each article stands, and why."""
    add("ids", nargs="*", metavar="ID", help="article ids or URLs to explain; none: sum up")
    add("--html", type=Path, metavar="FILE", help="write one self-contained page with a map of all ids")


@_command("28325", "https://www.hkcnews.com/article/28325 --json")
def _history(add: Add) -> None:
    """Show the differing texts of one article."""
    add("id", metavar="ID", help="article id or URL")


@_command("--diff", "--ids 28001-29000 --jobs 2")
def _rebuild(add: Add) -> None:
    """Make all Markdown again from the kept WARC files."""
    add("--ids", metavar="LIST", help="only these articles, such as 1-1000,28325")
    add("--jobs", type=_number, metavar="N", help="processes (default: all)")
    add("--diff", action="store_true", help="make them again and show how each that changes has changed")
    add(
        "--ledger",
        action="store_true",
        help="set the ledger aside, damaged or not, and make it again from the WARC files first",
    )


@_command("", "--fix")
def _check(add: Add) -> None:
    """Verify WARC files, manifest, documents and images."""
    add(
        "--fix",
        action="store_true",
        help="make again what differs, from the kept pages; what a person changed stays beside it as .orig",
    )
    add(
        "--form",
        action="store_true",
        help="look at the form of each document too, also of those that are as they were written (takes longer)",
    )
    add("--jobs", type=_number, metavar="N", help="processes (default: all)")


@_command("old-archive --save-ids again.txt", "old-archive --adopt")
def _audit(add: Add) -> None:
    """Examine a folder of documents, such as the reference archive."""
    add("folder", type=Path, metavar="DIR", help="folder that holds article_<id>.md files at any depth")
    add(
        "--adopt",
        action="store_true",
        help="take over, as they are, all documents that need not be recovered again; `run` then fetches only the rest",
    )
    add(
        "--strict",
        action="store_true",
        help="also recover again what is whole but marred (broken tables, lost e-mail addresses and the like)",
    )
    add("--save-ids", type=Path, metavar="FILE", help="write the ids to recover again, as --ids takes them")
    add("--jobs", type=_number, metavar="N", help="processes (default: all processors)")


@_command("old-archive", "old-archive --sample 100 --json")
def _compare(add: Add) -> None:
    """Compare documents of another archive with what their captures give."""
    add("folder", type=Path, metavar="DIR", help="folder that holds article_<id>.md files at any depth")
    add("--sample", type=_number, default=40, metavar="N", help="so many, of every kind (default: 40)")
    add("--ids", metavar="LIST", help="these, such as 1-1000,28325, and all of them")
    add("--all", action="store_true", help="all of them: as many requests as there are documents")
    add("--fixture", action="store_true", help="keep the page of a difference as a regression fixture")
    add("--yes", action="store_true", help="with --fixture: do not ask")
    add("--fixtures", type=Path, default=Path("fixtures"), metavar="DIR", help="default: fixtures")


@_command("", "--limit 20")
def _lists(add: Add) -> None:
    """Read lists of articles, which name what was lost."""
    add("--limit", type=_number, default=200, metavar="N", help="fetch at most N lists (default: 200)")


@_command("--jsonl articles.jsonl", "--wacz articles.wacz --text")
def _export(add: Add) -> None:
    """Give it away as WACZ, JSON Lines, CSV, SQLite, BagIt or for Hugo."""
    add("--wacz", metavar="FILE", help="all that is kept, for players such as replayweb.page")
    add("--jsonl", metavar="FILE", help="written articles, one JSON object a line; - for stdout")
    add("--csv", metavar="FILE", help="a line an article id, for spreadsheets; - for stdout")
    add("--sqlite", metavar="FILE", help="written articles, with full-text search")
    add("--hugo", metavar="DIR", help="written articles, as a folder that Hugo builds")
    add("--bag", metavar="DIR", help="a deposit package (BagIt, RO-Crate, DataCite)")
    add("--text", action="store_true", help="with --wacz: let the player's search look into the texts")


@_command("", "newspaper --base-url https://example.org/")
def _site(add: Add) -> None:
    """Make a newspaper of it that people can read and search, with or without a server."""
    add("folder", nargs="?", type=Path, metavar="DIR", help="default: site, beside the output folder")
    add("--base-url", metavar="URL", default="", help="its address on the web: for feed and site map")
    add(
        "--images",
        choices=("kept", "archive"),
        default="kept",
        help="pictures that are not kept: a link to the archive (kept, the default), or shown from there (archive)",
    )
    add("--jobs", type=_number, metavar="N", help="processes (default: all)")


@_command("--limit 100", "--offline")
def _images(add: Add) -> None:
    """Fetch and keep the images of written articles."""
    add("--limit", type=_number, metavar="N", help="fetch at most N pictures")
    add("--again", action="store_true", help="ask again for pictures that were missing")
    add("--offline", action="store_true", help="only put in place what is kept; no requests")


@_command("add saved.html --name market-lanterns", "check")
def _fixture(add: Add) -> None:
    """Add, check or refresh regression fixtures."""
    add("--fixtures", type=Path, default=Path("fixtures"), metavar="DIR", help="default: fixtures")
    add("action", choices=("add", "check", "refresh"), help="add a page; compare all; rewrite all")
    add("target", nargs="?", metavar="TARGET|FILE.html", help="add: an id, URL, or a saved page")
    add("--name", help="add: what is special about it, such as box-in-aside")
    add("--why", default="", help="add: a line that says why it exists")
    add("--url", help="add: URL of the saved page (default: as the page says)")
    add("--timestamp", metavar="TS", help="add: of its capture (default: as the page says)")
    add("--write", action="store_true", help="refresh: write the expected files anew")


EXIT_STATUS = (
    "exit status: 0 all done; 1 done, but some articles could not be written or something was found; 2 usage, "
    "configuration, or an output folder that cannot be used; 3 the archive refused or was unavailable, run again "
    "later; 4 another process is at work on this output folder; 129, 130, 143 ended by SIGHUP, SIGINT, "
    "SIGTERM; 141 the reader of stdout has left"
)
"""What every help text says at its end."""


def build_parser() -> ArgumentParser:
    """Return the parser of all commands."""
    parser = ArgumentParser(
        prog="hkcnews",
        description="Recovers the articles of hkcnews.com (Citizen News) from the Wayback Machine into Markdown files.",
        epilog=EXIT_STATUS,
    )
    parser.add_argument("--version", action="version", version=f"hkcnews {__version__}")
    common = ArgumentParser(add_help=False)
    add = common.add_argument_group("options of every command").add_argument
    add("--config", type=Path, metavar="FILE", help="settings (default: ./config.toml if there is one)")
    add("--output", metavar="DIR", help="output folder (default: output)")
    add("--archive", metavar="BASE", help="address of the archive (default: https://web.archive.org)")
    add("-v", "--verbose", action="count", default=0, help="say more; twice for each request")
    add("-q", "--quiet", action="store_true", help="say only what went wrong")
    add("--json", action="store_true", help="print the report as JSON on stdout")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    statuses = textwrap.fill(EXIT_STATUS, shutil.get_terminal_size().columns - 2)
    for name, (add_arguments, examples) in COMMANDS.items():
        about = str(add_arguments.__doc__)
        lines = (f"   hkcnews {name} {words}".rstrip() for words in examples)
        sub = subparsers.add_parser(
            name,
            parents=[common],
            help=about[0].lower() + about[1:-1],
            description=about,
            epilog="\n".join(("examples:", *lines, "", statuses)),
            formatter_class=RawDescriptionHelpFormatter,
        )
        add_arguments(sub.add_argument)
    return parser
