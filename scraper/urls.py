"""The archive's names for things: replay URLs, urlkeys, the same resource, its rewriting of links."""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

_LINK = re.compile(r"<([^<>]*)>\s*((?:;\s*[a-zA-Z*]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+)\s*)*)")
_BESIDE = re.compile(r';\s*rel="((?:first|prev|next|last)[a-z ]*?)(?: memento)"')
_ORIGINAL = re.compile(r";\s*rel\s*=\s*(?:\"(?:[^\"]*\s)?original(?:\s[^\"]*)?\"|original\b)", re.IGNORECASE)


def original_of_link(link: str) -> str | None:
    """Return the URL of ``Link: <…>; rel="original"``, or None. The archive escapes ``&`` as ``&amp;`` at times."""
    for match in _LINK.finditer(link):
        if _ORIGINAL.search(match[2]):
            return html.unescape(match[1])
    return None


def captures_beside(link: str) -> str:
    """Return the moments of other captures that a replay's ``Link`` header names: ``first 20171222125647, prev …``.

    It names one URL up to eight times, which is more than all else that is told of a capture.
    """
    found = ((_BESIDE.search(attributes), parse_replay_url(url)) for url, attributes in _LINK.findall(link))
    return ", ".join(f"{relation[1]} {place.timestamp}" for relation, place in found if relation and place)


def same_resource(one: str, other: str) -> bool:
    """Say whether two URLs name the same archived resource, as the archive's own index sees it.

    That is by `urlkey`; letter case and percent-encoding of the same bytes make no difference either.
    """
    return _plain(urlkey(one)) == _plain(urlkey(other))


def joined(base: str, link: str) -> str:
    """Return a link made absolute, or as it is if it is no URL at all."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def _plain(text: str) -> str:
    for _ in range(2):  # doubly encoded ones are told apart by nobody
        text = unquote(text, errors="surrogateescape")
    return text.casefold()


PUBLIC_ARCHIVE = "https://web.archive.org"
"""What documents always name, whatever address the pages were fetched from."""
_REPLAY = re.compile(r"/web/(?P<timestamp>[0-9]{1,14})(?P<modifier>[a-z]{2}_)?/(?P<original>.*)\Z", re.DOTALL)
_REPLAYED = re.compile(
    r"(?:https?:/+)?(?:[^/?#]*/)"
    r"(?:web/(?P<short>[0-9]{1,14})(?=(?:[a-z]{2}_)?/+(?:https?(?::|%3a)|[\w-]+\.))|(?:[^/?#]+/){0,2}(?P<full>[0-9]{6,14})(?=(?:[a-z]{2}_)?/https?:/))"
    r"(?P<modifier>[a-z]{2}_)?/(?P<original>.+)",
    re.IGNORECASE | re.DOTALL,
)
"""A whole address: the Wayback Machine's under any host, or a collection's of pywb: no id has so many digits."""
_MARK = "\x01"
_ESCAPED = re.compile(r"(?:%[89A-F][0-9A-F])+")
_TEXT = re.compile(r"[^\x00-\x7f]+")
_NESTED = 5
_HOST_PORT = re.compile(r"[\w.-]+\.[\w-]+:[0-9]")
_ENCODED = re.compile(r"https?%3a", re.IGNORECASE)
_SLASHES = re.compile(r"(https?):/*(?=[^/])", re.IGNORECASE)
_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):")
_AUTHORITY = re.compile(r"([^/?#]*)([^?#]*)(\?[^#]*|)", re.DOTALL)
_WWW = re.compile(r"\Awww[0-9]*\.(?=.*\.)")
_BARE_HOST = re.compile(r"((?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#]+)(?=[?#]|\Z)")
_STAND = frozenset({"javascript", "tel", "data"})


class ReplayUrl(NamedTuple):
    """The parts of a replay URL: ``BASE/web/<timestamp><modifier>/<original>``."""

    timestamp: str
    modifier: str
    original: str


def parse_replay_url(url: str) -> ReplayUrl | None:
    """Take a replay URL apart, with any host or none, or return None.

    The first ``/web/`` counts: an original may hold a second one.
    """
    match = _REPLAY.match(url, max(url.find("/web/"), 0))
    if match is None:
        return None
    return ReplayUrl(match["timestamp"], match["modifier"] or "", with_scheme(match["original"]))


def replay_layers(url: str) -> list[ReplayUrl]:
    """Return the captures that the address of a replay names, the innermost last; none for another address.

    Whatever host replayed it: ``web-old.archive.org``, ``archive.org/web``, a pywb on this machine. A timestamp may be
    a short one.
    """
    layers: list[ReplayUrl] = []
    while len(layers) < _NESTED and (match := _REPLAYED.fullmatch(url)):
        url = with_scheme(match["original"].lstrip("/"))
        layers.append(ReplayUrl(match["short"] or match["full"], match["modifier"] or "", url))
    return layers


def innermost_capture(url: str) -> ReplayUrl | None:
    """Return the innermost capture that the address of a replay names, or None for another address."""
    return next(reversed(replay_layers(url)), None)


def with_scheme(original: str, default: str = "http") -> str:
    """Return an original with its scheme whole: the Wayback Machine takes one without for ``http``. A path stands."""
    if not original or original.startswith("/"):
        return original
    if _ENCODED.match(original):
        original = unquote(original)
    if match := _SLASHES.match(original):
        return f"{match[1]}://{original[match.end() :]}"
    return original if _SCHEME.match(original) and not _HOST_PORT.match(original) else f"{default}://{original}"


def replay_url(base: str, timestamp: str, original: str, modifier: str = "") -> str:
    """Return the replay URL of a capture. `base` ends before the timestamp, such as ``https://web.archive.org/web``."""
    return f"{base.rstrip('/')}/{timestamp}{modifier}/{original}"


def public_url(timestamp: str, original: str) -> str:
    """Return the address at which anybody can look at a capture."""
    return replay_url(f"{PUBLIC_ARCHIVE}/web", timestamp, original)


def urlkey(original: str) -> str:
    """Return the SURT key of a URL as the CDX server makes it: ``com,hkcnews)/article/1/a?b=1``.

    ``www.``, the default port and a slash at the end go, everything is lower case, parameters are sorted (seen in
    recorded rows).
    """
    rest = original.split("://", 1)[-1]
    authority, path, query = _AUTHORITY.match(rest).groups()  # type: ignore[union-attr] # it matches any text
    host, _, port = authority.rpartition("@")[2].lower().partition(":")
    key = ",".join(reversed(_WWW.sub("", host).rstrip(".").split(".")))
    key += f":{port}" if port not in ("", "80", "443") else ""
    key += f"){path.lower().removesuffix('/') or '/'}"
    return f"{key}?{'&'.join(sorted(query[1:].lower().split('&')))}" if query[1:] else key


def to_iri(original: str) -> str:
    """Return a URL with its escaped text as text, a third as long for Chinese; `to_uri` gives back the very same URL.

    Upper-case escapes of whole UTF-8 characters are taken; any other stands. A URL that holds such text unescaped is
    marked by a first character that no URL has.
    """
    if not original.isascii() or original.startswith(_MARK):
        return _MARK + original
    return _ESCAPED.sub(_unescaped, original)


def to_uri(iri: str) -> str:
    """Return the URL that `to_iri` was given."""
    if iri.isascii() and not iri.startswith(_MARK):
        return iri
    return iri[1:] if iri.startswith(_MARK) else _TEXT.sub(_escaped, iri)


def _unescaped(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return match[0]


def _escaped(match: re.Match[str]) -> str:
    return f"%{match[0].encode().hex('%').upper()}"


class LinkRewriter:
    """Writes links the way the Wayback Machine rewrites them in a replayed page.

    Checked against recorded answers (the same capture raw and rewritten) and the reference archive:
    ``/a`` -> ``/web/<ts>/https://<host>/a``; ``http://x/`` -> ``https://web.archive.org/web/<ts>/http://x/``;
    ``//h/a`` -> ``//web.archive.org/web/<ts>/https://h/a``; other schemes and ``mailto:`` as absolute ones;
    path-relative, ``#…``, ``javascript:``, ``tel:``, ``data:`` stand as written. A bare host gets its slash
    (``https://h`` -> ``…/https://h/``), and ``../a`` becomes root-relative: both seen in recorded answers.

    Args:
        timestamp, original: of the capture that holds the page.
        local_files: a browser saved the page, so that path-relative links name files beside it and stand as written.
    """

    def __init__(self, timestamp: str, original: str, *, local_files: bool = False) -> None:
        parts = urlsplit(original)
        self._timestamp = timestamp
        self._host = parts.hostname or ""
        self._path = parts.path or "/"
        self._local_files = local_files

    def rewrite(self, href: str, modifier: str = "") -> str:
        """Return a link of the page as replayed; `modifier` is ``im_`` for images and ``if_`` for frames."""
        stamp = f"/web/{self._timestamp}{modifier}/"
        if href.startswith("../") and not self._local_files:
            href = self._from_root(href)
        if href.startswith("//"):
            return f"//web.archive.org{stamp}https:{_with_slash(href)}"
        if href.startswith("/"):
            return f"{stamp}https://{self._host}{href}"
        match = _SCHEME.match(href)
        if match is None:
            return href
        scheme = match["scheme"].lower()
        if scheme in _STAND or (scheme != "mailto" and not href.startswith("//", match.end())):
            return href
        return f"{PUBLIC_ARCHIVE}{stamp}{_with_slash(href)}"

    def absolute(self, href: str, modifier: str = "") -> str:
        """Return a link as `rewrite` does, made absolute (figures and avatars), also where it was path-relative."""
        if href[:1] not in {"", "#", "/"} and not self._local_files and not _SCHEME.match(href):
            href = self._from_root(href)
        link = self.rewrite(href, modifier)
        if link.startswith("//"):
            return f"https:{link}"
        if link.startswith("/"):
            return f"{PUBLIC_ARCHIVE}{link}"
        return link

    def _from_root(self, href: str) -> str:
        """Return a path-relative link as a root-relative one; as in browsers there is nothing above the root."""
        return f"/{urljoin(self._path, href).lstrip('/')}"


def _with_slash(url: str) -> str:
    return _BARE_HOST.sub(r"\1/", url, count=1) if _BARE_HOST.match(url) else url


def page_host(original: str) -> str:
    """Return the host of a page's URL, lower case, without port, or an empty string."""
    try:
        return (urlsplit(original).hostname or "").rstrip(".")
    except ValueError:  # such as http://[x
        return ""
