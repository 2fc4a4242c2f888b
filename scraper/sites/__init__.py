"""What the rest of the program asks of a closed news site. One folder a site; only it knows the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.models import Page, Reading, Site


def get_site(name: str) -> Site:
    """Return the site of that name.

    Raises:
        KeyError: no such site.
    """
    from scraper.sites.hkcnews import HKCNEWS

    return {HKCNEWS.name: HKCNEWS}[name]


def read_page(page: Page, site: str = "hkcnews") -> Reading:
    """Judge a page of a site and, if it is an article, read it. Pure; never raises on any bytes."""
    return get_site(site).read(page)
