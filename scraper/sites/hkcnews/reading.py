"""What reads the site's pages, behind one door: it needs the parser, without which commands start that read none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.sites.hkcnews.lists import read_list
from scraper.sites.hkcnews.rules import READER
from scraper.sites.reading import read_page

if TYPE_CHECKING:
    from scraper.models import Page, Reading

__all__ = ["READER", "read", "read_list"]


def read(page: Page) -> Reading:
    """Judge a page and, if it is an article, read it. Never raises on any bytes."""
    return read_page(page, READER)
