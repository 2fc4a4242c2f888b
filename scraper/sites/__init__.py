"""What the rest of the program asks of a closed news site. One folder a site; only it knows the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from scraper.models import Reading


NAMES = ("hkcnews",)
"""The sites there are; each is a folder here."""


class Page(NamedTuple):
    """A page to be read: bytes and what is known of them.

    Attributes:
        original: the URL that was archived.
        timestamp: 14 digits of the capture.
        status: the archived HTTP status.
        content_type: the archived ``Content-Type`` header, or None.
        body: decoded from any content encoding, not yet from its charset. Raw, or as rewritten by a replay.
        location: the archived ``Location`` header of a redirect, or None.
        truncated: how the body is known to be cut short by the transfer, or None.
    """

    original: str
    timestamp: str
    status: int
    content_type: str | None
    body: bytes
    location: str | None = None
    truncated: str | None = None


class Site(Protocol):
    """A closed news site. Implementations are pure: no session, no path, no clock."""

    name: str
    hosts: tuple[str, ...]
    """Host names under which articles were served, the one to show first."""
    article_prefix: str
    """Host and path below which all articles stand, for a CDX prefix query: ``hkcnews.com/article/``."""
    known_ids: range
    """Ids that are known to have been articles."""
    closure: str
    """14 digits, UTC: captures from then on are mostly of the farewell page."""

    def article_id(self, url: str) -> int | None:
        """Return the article id that a URL names, in any of the site's URL forms, or None."""

    def article_queries(self, article_id: int) -> tuple[tuple[str, str], ...]:
        """Return the CDX queries, as (url, matchType), that find all captures of one article and of no other."""

    def document_url(self, original: str) -> str:
        """Return `original` as documents give it: scheme https, no port, upper-case percent-encoding."""

    def is_asset(self, original: str) -> bool:
        """Say whether the URL stands for a file below an article's path rather than for the article."""

    def is_poor_url(self, original: str) -> bool:
        """Say whether the URL is one that should not stand in a document if a better one was captured."""

    def is_farewell(self, title: str) -> bool:
        """Say whether this is the title of the page that the closed site answered with everywhere."""

    def image_originals(self, original: str) -> tuple[str, ...]:
        """Return the URLs under which a picture may have been captured, the one to be preferred first."""

    def read(self, page: Page) -> Reading:
        """Judge a page and, if it is an article, read it. Never raises on any bytes; bounded in time and memory."""


def get(name: str) -> Site:
    """Return the site of that name.

    Raises:
        KeyError: no such site.
    """
    from scraper.sites.hkcnews import HKCNEWS

    return {HKCNEWS.name: HKCNEWS}[name]
