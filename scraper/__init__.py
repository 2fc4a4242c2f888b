"""Recovers a closed news site from the Wayback Machine into Markdown files.

The flow: discover -> select -> fetch -> keep -> judge -> read -> render -> write, the ledger beside every step. The
names here are what other programs may use (docs/library.md); each is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.archive.client import Archive as Archive
    from scraper.check.inspection import check as check
    from scraper.config import Config as Config
    from scraper.config import load_config as load_config
    from scraper.errors import ArchiveError as ArchiveError
    from scraper.errors import ArchiveRefused as ArchiveRefused
    from scraper.errors import CaptureError as CaptureError
    from scraper.errors import ConfigError as ConfigError
    from scraper.errors import ListingFailed as ListingFailed
    from scraper.errors import LockHeld as LockHeld
    from scraper.errors import ScraperError as ScraperError
    from scraper.errors import Stopped as Stopped
    from scraper.errors import StoreError as StoreError
    from scraper.errors import TargetError as TargetError
    from scraper.errors import UsageError as UsageError
    from scraper.jobs.import_files import import_files as import_files
    from scraper.jobs.rebuild import rebuild as rebuild
    from scraper.jobs.recover import recover as recover
    from scraper.jobs.run import RunOptions as RunOptions
    from scraper.jobs.run import run as run
    from scraper.ledger import Ledger as Ledger
    from scraper.markdown.document import Document as Document
    from scraper.markdown.document import DocumentError as DocumentError
    from scraper.markdown.document import parse_document as parse_document
    from scraper.markdown.document import render_document as render_document
    from scraper.models import Article as Article
    from scraper.models import AuthorBox as AuthorBox
    from scraper.models import Capture as Capture
    from scraper.models import DigestCheck as DigestCheck
    from scraper.models import Lack as Lack
    from scraper.models import Memento as Memento
    from scraper.models import Page as Page
    from scraper.models import Reading as Reading
    from scraper.models import Site as Site
    from scraper.models import State as State
    from scraper.models import Verdict as Verdict
    from scraper.sites import get_site as get_site
    from scraper.sites import read_page as read_page
    from scraper.store.warc import WarcStore as WarcStore

__version__ = "0.1.0"

_NAMES = {
    "scraper.archive.client": "Archive",
    "scraper.check.inspection": "check",
    "scraper.config": "Config load_config",
    "scraper.errors": "ArchiveError ArchiveRefused CaptureError ConfigError ListingFailed LockHeld ScraperError "
    "Stopped StoreError TargetError UsageError",
    "scraper.jobs.import_files": "import_files",
    "scraper.jobs.rebuild": "rebuild",
    "scraper.jobs.recover": "recover",
    "scraper.jobs.run": "run RunOptions",
    "scraper.ledger": "Ledger",
    "scraper.markdown.document": "Document DocumentError parse_document render_document",
    "scraper.models": "Article AuthorBox Capture DigestCheck Lack Memento Page Reading Site State Verdict",
    "scraper.sites": "get_site read_page",
    "scraper.store.warc": "WarcStore",
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}
"""Public name to the module it stands in."""

__all__ = sorted(_MODULE_OF)  # noqa: PLE0605 # a list, of what is written once above


def __getattr__(name: str) -> object:
    """Load a public name."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULE_OF[name]), name)
