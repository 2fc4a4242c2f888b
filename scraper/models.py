"""What the stages hand to each other: values, and what is asked of a closed news site. No I/O."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from scraper.headers import first

if TYPE_CHECKING:
    from collections.abc import Mapping


class Page(NamedTuple):
    """A page to be read, and what is known of it; the fields are those of its `Memento`.

    Attributes:
        body: not yet decoded from its charset. Raw, or as rewritten by a replay.
        content_type, location: archived headers, the second of redirects only, or None.
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

    usual_readings: Mapping[str, str]
    """Field to the reading that wins on nearly every page, so that only another one is worth a word."""
    list_queries: tuple[tuple[str, str], ...]
    """CDX queries, as (url, matchType), that find the lists of articles, and other pages too."""

    @property
    def beliefs(self) -> tuple[Belief, ...]:
        """What reading its pages rests on. `Reading.beliefs` says which of them a page bears out."""

    def article_id(self, url: str) -> int | None:
        """Return the article id that a URL names, in any of the site's URL forms, or None."""

    def document_url(self, original: str) -> str:
        """Return `original` as documents give it: scheme https, no port, upper-case percent-encoding."""

    def is_asset(self, original: str) -> bool:
        """Say whether the URL stands for a file below an article's path rather than for the article."""

    def is_poor_url(self, original: str) -> bool:
        """Say whether the URL is one that should not stand in a document if a better one was captured."""

    def is_farewell(self, title: str, article: int | None) -> bool:
        """Say whether a title, in the document of this article, is that of the page that replaced the closed site."""

    def has_author_box(self, category: str) -> bool:
        """Say whether the articles of a category have an author box."""

    def is_revised(self, original: str) -> bool:
        """Say whether the URL shows that the article is a revised one, saved again under a further id."""

    def image_originals(self, original: str) -> tuple[str, ...]:
        """Return the URLs under which a picture may have been captured, the one to be preferred first."""

    def is_list(self, original: str) -> bool:
        """Say whether the URL is one of a list of articles."""

    def read_list(self, page: Page) -> tuple[ListEntry, ...]:
        """Return the articles that a list names, each once. Never raises on any bytes; bounded in time and memory."""

    def read(self, page: Page) -> Reading:
        """Judge a page and, if it is an article, read it. Never raises on any bytes; bounded in time and memory."""


class Belief(NamedTuple):
    """A fact about the pages of a site that reading them rests on.

    Attributes:
        name: for programs.
        sentence: for people.
        place: the part of the page that it is about.
        known: somebody has seen it; else it is inferred.
        stops: an article may be read wrongly if it does not hold, so that a run stops for it; else it is only told.
    """

    name: str
    sentence: str
    place: str
    known: bool
    stops: bool = True


class ListEntry(NamedTuple):
    """An article as a list of articles names it.

    `title` as shown, cut with ``...`` when long; `date` as ``YYYY-MM-DD``. What is not shown is empty.
    """

    article: int
    title: str
    category: str
    author: str
    date: str


class Capture(NamedTuple):
    """One CDX row: a URL at a moment. All fields are text, spelled as the CDX server spells them."""

    urlkey: str
    timestamp: str
    original: str
    mimetype: str
    statuscode: str
    digest: str
    length: str


class Verdict(enum.StrEnum):
    """What a capture turned out to be. `refused` and `wrong_answer` are of the service, not of it."""

    ARTICLE = "article"
    FAREWELL = "farewell"
    EMPTY = "empty"
    SOFT_404 = "soft_404"
    LISTING = "listing"
    CHALLENGE = "challenge"
    LOGIN = "login"
    TRUNCATED = "truncated"
    FOREIGN = "foreign"
    REDIRECT_ELSEWHERE = "redirect_elsewhere"
    ARCHIVED_ERROR = "archived_error"
    UNKNOWN_LAYOUT = "unknown_layout"
    EXCLUDED = "excluded"
    NOT_ARCHIVED = "not_archived"
    INTERSTITIAL = "interstitial"
    OUTAGE = "outage"
    REFUSED = "refused"
    WRONG_ANSWER = "wrong_answer"


UNREAD = frozenset({Verdict.OUTAGE, Verdict.REFUSED, Verdict.WRONG_ANSWER})
"""Verdicts that say nothing about the capture: it still has to be read."""


class DigestCheck(enum.StrEnum):
    """Stored payload against the CDX digest (base32 SHA-1)."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNVERIFIABLE = "unverifiable"


class Lack(enum.StrEnum):
    """Why an article page is not the best one could wish for."""

    TRUNCATED = "truncated"
    EMPTY_BODY = "empty_body"
    SAVED_BY_BROWSER = "saved_by_browser"
    NO_AUTHOR_BOX = "no_author_box"
    ENGLISH = "english"
    POOR_URL = "poor_url"


class Memento(NamedTuple):
    """A capture as the archive answered it, or as a WARC record holds it.

    Attributes:
        original: the URL that was archived, as the archive spells it.
        timestamp: the 14 digits of the capture that answered.
        status: the archived HTTP status.
        reason: the archived reason phrase, may be empty.
        headers: the archived HTTP headers, in order, ``X-Archive-Orig-`` taken off; describe `payload`.
        payload: the entity as archived (still content-encoded if `headers` say so); what the CDX digest is of.
        body: `payload` decoded; what is parsed.
        source_uri: the replay URL that was fetched, empty if not fetched.
        truncated: how the body is known to be cut short, or None.
        digest_check: `payload` against the CDX digest.
        provenance: headers of the archive's own that say where the capture comes from: see `archive.answer.PROVENANCE`.
    """

    original: str
    timestamp: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    body: bytes
    source_uri: str = ""
    truncated: str | None = None
    digest_check: DigestCheck = DigestCheck.UNVERIFIABLE
    provenance: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case, or None."""
        return first(self.headers, name)


class AuthorBox(NamedTuple):
    """The box behind the text of a column: who writes here."""

    label: str
    author: str
    avatar: str
    bio: str


class Article(NamedTuple):
    """An article as read from one page. `content` is Markdown, everything else plain text."""

    title: str
    date: str
    author: str
    category: str
    content: str
    last_updated: str | None = None
    tags: tuple[str, ...] = ()
    author_box: AuthorBox | None = None


class Reading(NamedTuple):
    """What reading one page gave.

    Attributes:
        verdict: what the page is.
        article: the article, only with `Verdict.ARTICLE`.
        detail: evidence for people: the field that could not be read, the target of a redirect, the rule that matched.
        layout: the name of the page layout that read it, or None.
        readings: field name to the name of the reading that won.
        lacks: why another capture may be better.
        text_sha256: of the article's title and text, free of everything that depends on the capture (URLs,
            timestamps, interface language); equal for two captures of the same text.
        completeness: how much of the optional a page shows (text length, figures, stamp, box, tags...), larger is more.
        linked_ids: article ids that the page links to, sorted.
        beliefs: name of a belief to whether the page bears it out; without those of which it says nothing.
    """

    verdict: Verdict
    article: Article | None = None
    detail: str = ""
    layout: str | None = None
    readings: Mapping[str, str] = {}
    lacks: frozenset[Lack] = frozenset()
    text_sha256: str = ""
    completeness: tuple[int, ...] = ()
    linked_ids: tuple[int, ...] = ()
    beliefs: Mapping[str, bool] = {}


class State(enum.StrEnum):
    """Where an article id stands. Each id has exactly one."""

    WRITTEN = "written"
    WAITING = "waiting"
    UNKNOWN_LAYOUT = "unknown_layout"
    UNRECOVERABLE = "unrecoverable"
    NEVER_CAPTURED = "never_captured"


TO_BE_CONFIRMED = "nothing (else) is listed; the archive is to be asked once more about this id"
"""Why an id waits of which one complete listing has nothing (else): a second has to say so too."""


def page_of(memento: Memento) -> Page:
    """Return a memento as a site reads it."""
    return Page(
        original=memento.original,
        timestamp=memento.timestamp,
        status=memento.status,
        content_type=memento.header("content-type"),
        body=memento.body,
        location=memento.header("location") if 300 <= memento.status < 400 else None,
        truncated=memento.truncated,
    )
