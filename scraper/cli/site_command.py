"""``hkcnews site``: a newspaper that people can read and search, as static files. Described in docs/site.md."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.cli.progress import is_shown
from scraper.config import load
from scraper.errors import UsageError
from scraper.parallel import processors

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

SCHEMA = 1
_SHOWN = 20
_IMAGES = ("kept", "archive")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="default: site, beside the output folder")
    parser.add_argument("--base-url", metavar="URL", default="", help="its address on the web: for feed and site map")
    parser.add_argument(
        "--images",
        choices=_IMAGES,
        default=_IMAGES[0],
        help="pictures that are not kept: a link to the archive (kept, the default), or shown from there (archive)",
    )
    parser.add_argument("--jobs", type=int, default=processors(), metavar="N", help="processes (default: all)")


def run(options: argparse.Namespace) -> int:
    """Make the site, or bring it up to date."""
    from scraper.jobs.site import Wanted, make_site

    config = load(options.config, output=options.output, archive=options.archive)
    target = options.folder or config.output_path.parent / "site"
    wanted = Wanted(_base_url(options.base_url), embed=options.images == "archive", jobs=max(1, options.jobs))
    with _progress(quiet=options.quiet) as show:
        built = make_site(config, target, wanted, show)
    front = target / "index.html"
    for reason in list(built.left_out.values())[:_SHOWN]:
        print(f"left out: {reason}", file=sys.stderr)
    if len(built.left_out) > _SHOWN:
        print(f"and {len(built.left_out) - _SHOWN} more", file=sys.stderr)
    if built.left_out:
        print("`hkcnews rebuild` writes the articles that were left out anew", file=sys.stderr)
    status = 1 if built.left_out else 0
    if options.json:
        report = {
            "schema": SCHEMA,
            "command": "site",
            "exit_status": status,
            "front": str(front),
            "articles": built.articles,
            "changed": built.changed,
            "removed": built.removed,
            "left_out": built.left_out,
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
    elif not options.quiet:
        print(f"{built.articles} articles; {built.changed} files written, {built.removed} removed", file=sys.stderr)
        print(front)
    return status


def _base_url(text: str) -> str:
    """Return the address with a slash at its end.

    Raises:
        UsageError: it is none of the web.
    """
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or '"' in text:
        raise UsageError(f"--base-url {text}: give an address such as https://example.org/citizennews/")
    return text.rstrip("/") + "/"


@contextlib.contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows how far the work is, on a terminal only."""
    if not is_shown(quiet=quiet):
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total)
