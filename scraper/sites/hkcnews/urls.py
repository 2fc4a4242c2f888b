"""The site's URL forms. The server looked at the id only, so one article has many URLs: the id is the identity."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote

from scraper.urls import parse_replay_url

HOSTS = ("www.hkcnews.com", "hkcnews.com")
"""Where articles were served. ``www1.hkcnews.com`` held microsites."""

_MAX_WRAPPINGS = 4
_ENCODED_SCHEME = re.compile(r"https?%3a", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"(?:https?:/+|//+)(?P<authority>[^/?#\\]*)|(?P<bare>[\w.-]*hkcnews\.com\.?(?::[0-9]*)?)(?=[/?#]|\Z)", re.IGNORECASE
)
_AS_CAPTURED = re.compile(
    r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:/*|/+)?(?P<host>[^/?]*?)(?::[0-9]*)?(?P<path>[/?].*)?", re.DOTALL
)
_ARTICLE_PATH = re.compile(
    r"/+article(?:/|%2f)+([1-9][0-9]{0,6})(?=[/?#&;\\\s%]|[.,)]*(?:[/?#]|\Z))(.*)", re.IGNORECASE | re.DOTALL
)
_PLAIN = re.compile(r"(?:https?://(?:www\.)?hkcnews\.com)?/article/([1-9][0-9]{0,6})(?=/|\Z)")
_ESCAPE = re.compile(r"%(?:[a-f][0-9a-fA-F]|[0-9A-F][a-f])")
"""Percent-encoding that is not all upper case; captures have a hundred that are."""
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_ASSET = re.compile(
    r"/(?:images?|img|css|js|fonts?|uploads|static|assets|storage|news_[^/]*)/[^/]"
    r"|\.(?:jpe?g|png|gif|svg|webp|ico|bmp|css|js|woff2?|ttf|eot|mp[34]|json|xml|map|pdf)\Z",
    re.IGNORECASE,
)
_DESTROYED = re.compile(r"%(?:25)?EF%(?:25)?BF%(?:25)?BD|\ufffd", re.IGNORECASE)
_PLACEHOLDER = re.compile(r".*/(?:0|-)/*\Z", re.DOTALL)
_JUNK = re.compile(r"(?:fbclid|__cf_chl|utm_[a-z]+|gclid)", re.IGNORECASE)
_QUERY = re.compile(r"[?#]")
_SLUG_END = re.compile(r"/[^/?#]*-([0-9]{1,7})(?=[/?#]|\Z)")
_PARAMETERS = re.compile(r"[\w.%\[\]-]+=[^&]*(?:&[^&]*)*\Z")

SIZES = ("_large", "", "_medium", "_small")
"""How the site named the sizes of one picture, largest first; the second is the picture as it was uploaded."""

_OF_THE_SITE = re.compile(
    rf"(?P<scheme>https?://)(?P<host>{'|'.join(map(re.escape, HOSTS))})(?P<port>:[0-9]+)?(?P<path>/[^#]*)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?P<stem>/[^?]*?)(?:_(?:large|medium|small))?(?P<tail>(?:\.[A-Za-z0-9]{1,5})?(?:\?.*)?)", re.DOTALL
)
_ONE_SIZE = "/uploads/"


LIST_QUERIES = (
    ("hkcnews.com/", "exact"),
    ("hkcnews.com/news", "exact"),
    *((f"hkcnews.com/{name}", "prefix") for name in ("news/", "blogger/", "event/", "tag/", "tags/", "data/newsposts")),
)
"""Pictures stand below ``/news_…/``, thousands of them: so no prefix ``news``."""
_LIST = re.compile(r"/*(?:news(?:/.*)?|(?:blogger|event|tags?)/.+|data/newsposts(?:/.*)?)?/*(?:[?#].*)?", re.DOTALL)


def is_list(original: str) -> bool:
    """Say whether the URL is of a list of articles: home page, section, blogger, event, tag, or their JSON."""
    host, path = _split(original)
    return host in HOSTS and _LIST.fullmatch(path) is not None and not _ASSET.search(_QUERY.split(path, maxsplit=1)[0])


def article_id(url: str) -> int | None:
    """Return the article id that a URL names, or None.

    Both hosts, any scheme, port and case of the host, raw or percent-encoded, with whatever follows the id, and
    replay URLs of such, also nested. A bare path (``/article/1``) counts as the site's own.
    """
    if plain := _PLAIN.match(url):  # nearly all, and in lists there are a million
        return int(plain[1])
    tail = _article_tail(url)
    return None if tail is None else tail[0]


@lru_cache(maxsize=8)  # of the page that is being read, half a dozen questions are asked
def _article_tail(url: str) -> tuple[int, str] | None:
    """Return the id and what stands behind it."""
    rest = url.strip()
    for _ in range(_MAX_WRAPPINGS):
        host, path = _split(rest)
        if host in ("", *HOSTS) and (match := _ARTICLE_PATH.match(path)):
            return int(match[1]), match[2]
        inner = None if host in HOSTS else parse_replay_url(rest)
        if inner is None:
            return None
        rest = inner.original
    return None


def _split(url: str) -> tuple[str, str]:
    """Return the host (lower case, no port, no trailing dot; empty for a path) and what follows it."""
    if _ENCODED_SCHEME.match(url):
        url = unquote(url)
    match = _AUTHORITY.match(url)
    if match is None:
        return "", url
    authority = (match["authority"] or match["bare"] or "").rpartition("@")[2]
    return authority.partition(":")[0].rstrip(".").lower(), url[match.end() :]


def document_url(original: str) -> str:
    """Return a URL as documents give it: scheme https, no port, percent-encoding in upper case, all else as captured.

    Raw characters (a WARC may hold an IRI) become percent-encoded UTF-8, as the CDX has them. A fragment stays: some
    rows of the CDX have one, and the reference keeps it (36932).
    """
    match = _AS_CAPTURED.fullmatch(original)
    assert match is not None  # it matches any text
    path = quote(match["path"] or "", safe=_PRINTABLE)
    slash = "/" if path.startswith("?") else ""
    return f"https://{match['host']}{slash}{_ESCAPE.sub(lambda match: match[0].upper(), path)}"


def is_asset(original: str) -> bool:
    """Say whether the URL stands for a file below an article's path, such as ``/article/1/images/x.png``."""
    tail = _article_tail(original)
    return tail is not None and _ASSET.search(_QUERY.split(tail[1], maxsplit=1)[0]) is not None


def is_poor_url(original: str) -> bool:
    """Say whether the URL should not stand in a document if a better one was captured.

    Destroyed slugs (U+FFFD, 9,159 files of the reference), an end of ``/0`` or ``/-``, and query junk.
    ``…/sex?+Let's+take`` is no junk: that slug holds a question mark.
    """
    tail = _article_tail(original)
    path, _, query = (original if tail is None else tail[1]).partition("#")[0].partition("?")
    poor_path = tail is not None and (is_asset(original) or _PLACEHOLDER.match(path))
    return bool(poor_path or _DESTROYED.search(original) or _JUNK.search(original) or _PARAMETERS.match(query))


def image_originals(original: str) -> tuple[str, ...]:
    """Return the URLs under which a picture may have been captured: largest size first, its own host before the other.

    Pictures of other sites, and avatars (``/uploads/``), came in one size only.
    """
    match = _OF_THE_SITE.match(original)
    if match is None:
        return (original,)
    host = match["host"].lower()
    hosts = (host, *(other for other in HOSTS if other != host))
    name = _NAME.fullmatch(match["path"])
    paths = [match["path"]]
    if name is not None and not match["path"].startswith(_ONE_SIZE):
        paths = [f"{name['stem']}{size}{name['tail']}" for size in SIZES]
    return tuple(f"{match['scheme']}{one}{match['port'] or ''}{path}" for path in paths for one in hosts)


def slug_of(original: str) -> str:
    """Return what stands behind the id of an article's URL, decoded; empty if nothing does."""
    tail = _article_tail(original)
    return "" if tail is None else unquote(re.split(r"[/?#]", tail[1].lstrip("/"), maxsplit=1)[0])


def is_revised(original: str) -> bool:
    """Say whether the slug ends in a number greater than the id: such an article was saved again under a further id."""
    tail = _article_tail(original)
    end = _SLUG_END.match(tail[1]) if tail is not None else None
    return tail is not None and end is not None and int(end[1]) > tail[0]
