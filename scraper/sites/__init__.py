"""What the rest of the program asks of a closed news site. One folder a site; only it knows the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.models import Site


def get_site(name: str) -> Site:
    """Return the site of that name.

    Raises:
        KeyError: no such site.
    """
    from scraper.sites.hkcnews import HKCNEWS

    return {HKCNEWS.name: HKCNEWS}[name]
