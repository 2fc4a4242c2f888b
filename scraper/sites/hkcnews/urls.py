"""The site's URL forms. The server looked at the id only, so one article has many URLs: the id is the identity."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from scraper.urls import parse_replay_url

HOSTS = ("www.hkcnews.com", "hkcnews.com")
"""Where articles were served. ``www1.hkcnews.com`` held microsites."""

_MAX_WRAPPINGS = 4
_SCHEME = re.compile(r"(?:https?:)?/+", re.IGNORECASE)
_ENCODED_DELIMITER = re.compile(r"%(?=2f|3f|23|26|20)", re.IGNORECASE)
_ARTICLE_PATH = re.compile(
    r"/+article/+([1-9][0-9]{0,6})(?=[/?#&;\\\s%]|[.,)]*(?:[/?#]|\Z))(.*)", re.IGNORECASE | re.DOTALL
)
_PLAIN = re.compile(r"(?:https?://(?:www\.)?hkcnews\.com)?/article/([1-9][0-9]{0,6})(?=/|\Z)")
_ESCAPE = re.compile(r"%(?:[a-f][0-9a-fA-F]|[0-9A-F][a-f])")
"""Percent-encoding that is not all upper case; captures have a hundred that are."""
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_PORT = re.compile(r"(?<=[^:/]):[0-9]*\Z")
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


def _article_tail(url: str) -> tuple[int, str] | None:
    rest = url.strip()
    for _ in range(_MAX_WRAPPINGS):
        host, path = _split(rest)
        if host in HOSTS or not host:
            match = _ARTICLE_PATH.match(_decode_delimiters(path))
            if match:
                return int(match[1]), match[2]
            if host:
                return None
        inner = parse_replay_url(rest)
        if inner is None:
            return None
        rest = inner.original
    return None


def _split(url: str) -> tuple[str, str]:
    """Return the host (lower case, no port, no trailing dot; empty for a path) and what follows it."""
    if url[:8].lower() in ("https%3a", "http%3a%2", "http%3a/") or url[:7].lower() == "http%3a":
        url = unquote(url)
    match = _SCHEME.match(url)
    if match is None or (match.end() == 1 and url.startswith("/")):
        bare = re.match(r"[\w.-]*hkcnews\.com\.?(?::[0-9]*)?(?=[/?#]|\Z)", url, re.IGNORECASE)
        if bare is None:
            return "", url
        authority, path = bare[0], url[bare.end() :]
    else:
        authority, slash, path = url[match.end() :].partition("/")
        path = slash + path
        authority = re.split(r"[?#\\]", authority, maxsplit=1)[0]
    host = _PORT.sub("", authority.rpartition("@")[2]).rstrip(".").lower()
    return host, path


def _decode_delimiters(path: str) -> str:
    head = path[:40]
    return unquote(head) + path[40:] if _ENCODED_DELIMITER.search(head) and head[:9].lower() != "/article/" else path


def document_url(original: str) -> str:
    """Return a URL as documents give it: scheme https, no port, percent-encoding in upper case, host as captured.

    Raw characters (a WARC may hold an IRI) become percent-encoded UTF-8, as the CDX has them.
    """
    match = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:/*|/+", original)
    rest = original[match.end() :] if match else original
    authority, slash, path = rest.partition("/")
    if not slash and "?" in authority:
        authority, mark, path = authority.partition("?")
        slash = "/" + mark
    authority = _PORT.sub("", authority)
    encoded = quote(path, safe=_PRINTABLE)
    return f"https://{authority}{slash}{_ESCAPE.sub(lambda match: match[0].upper(), encoded)}"


def is_asset(original: str) -> bool:
    """Say whether the URL stands for a file below an article's path, such as ``/article/1/images/x.png``."""
    tail = _article_tail(original)
    return tail is not None and _is_asset_path(tail[1])


def _is_asset_path(behind_id: str) -> bool:
    return bool(_ASSET.search(_QUERY.split(behind_id, maxsplit=1)[0]))


def is_poor_url(original: str) -> bool:
    """Say whether the URL should not stand in a document if a better one was captured.

    Destroyed slugs (U+FFFD, 9,159 files of the reference), an end of ``/0`` or ``/-``, and query junk.
    ``…/sex?+Let's+take`` is no junk: that slug holds a question mark.
    """
    tail = _article_tail(original)
    path, _, query = (original if tail is None else tail[1]).partition("#")[0].partition("?")
    if (tail is not None and (_is_asset_path(tail[1]) or _PLACEHOLDER.match(path))) or _DESTROYED.search(original):
        return True
    return bool(_JUNK.search(original) or _PARAMETERS.match(query))


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
