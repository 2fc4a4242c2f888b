"""Replayed pages: finding out whose capture a page is, and taking the replay's own work out of it again.

A replay writes links anew and puts scripts and a toolbar in. Undone on the parsed page, so that the same capture gives
the same document whether it was read raw (``id_``), rewritten, or saved from a browser. Seen in recorded answers of
2020 to 2025 (the same capture raw and rewritten), and in pywb.

A page saved by a browser is harder: browsers make every link absolute, and point images at files beside the page. The
first is undone for the site's own host (links there were written from the root); the second cannot be, such an image
keeps its local name.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from scraper.page.decoding import decode
from scraper.page.tree import take_out
from scraper.urls import ReplayUrl, innermost_capture, parse_replay_url

if TYPE_CHECKING:
    from lxml.etree import _Element

_SOURCES = (
    re.compile(r"__wm\.wombat\(\s*\"(?P<url>[^\"]+)\"\s*,\s*\"(?P<ts>[0-9]{14})\""),
    re.compile(r"__wm\.bt\([^\"]*\"web\"\s*,\s*\"(?P<url>[^\"]+)\"\s*,\s*\"(?P<ts>[0-9]{14})\""),
    re.compile(
        r"wbinfo\.url\s*=\s*\"(?P<url>[^\"]+)\";.{0,2000}?wbinfo\.timestamp\s*=\s*\"(?P<ts>[0-9]{14})\"", re.DOTALL
    ),
)
_SAVED = re.compile(
    r"<!--\s*saved from url=\([0-9]+\)(?P<page>\S+?)\s*-->|Page saved with SingleFile\s+url:\s*(?P<single>\S+)",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"cid:|(?:\./)?[^/:?#]{1,200}(?:_files|\.files|_fichiers|-Dateien)/|savepage-url", re.IGNORECASE)
"""Firefox leaves no note, but the same folder; Save Page WE a ``meta`` of its own."""
_MOST = 200
"""Notes, and pictures, scripts and style sheets that are looked at; if one is beside the page, nearly all are."""
_OWN_ADDRESS = re.compile(
    r"<(?:link|meta)\b[^>]{0,300}?(?:canonical|og:url)[^>]{0,300}?(?:href|content)=[\"'](?P<page>[^\"']+)",
    re.IGNORECASE,
)
_FULL = re.compile(r"[0-9]{14}\Z")
_OWN_IDS = frozenset(
    {"wm-ipp-base", "wm-ipp", "wm-ipp-print", "donato", "wm-capinfo", "_wb_plainbanner", "_wb_frame_top_banner"}
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SCAN = 400_000


def replayed_capture(text: str) -> ReplayUrl | None:
    """Return the capture that a replayed or saved page is of, as the page itself says, or None for a raw page.

    Looked for in this order: what the replay's script is told, the browser's or SingleFile's note, a rewritten
    canonical link.
    """
    for pattern in _SOURCES:
        match = pattern.search(text, 0, _SCAN)
        if match:
            return innermost_capture(_plain(match["url"])) or ReplayUrl(match["ts"], "", _plain(match["url"]))
    saved = _SAVED.search(text, 0, _SCAN)
    notes = [saved["page"] or saved["single"]] if saved else []
    for note in (*notes, *_own_addresses(text)):
        found = innermost_capture(unescape(note)) or parse_replay_url(unescape(note))
        if found and _FULL.match(found.timestamp):
            return ReplayUrl(found.timestamp, "", found.original)
    return None


def _own_addresses(text: str) -> list[str]:
    """Return what ``canonical`` and ``og:url`` name; a replay may have rewritten them."""
    return [match["page"] for match in islice(_OWN_ADDRESS.finditer(text, 0, _SCAN), _MOST)]


def is_saved_by_browser(root: _Element) -> bool:
    """Say whether a browser saved the page: a note says so, or pictures are files beside it or parts of an MHTML."""
    notes = chain(root.itersiblings(etree.Comment, preceding=True), root.iter(etree.Comment))
    if any(_SAVED.search(str(note)) for note in islice(notes, _MOST)):
        return True
    parts = islice(root.iter("img", "link", "script", "meta"), _MOST)
    return any(_BESIDE.match(one.get("src") or one.get("href") or one.get("name") or "") for one in parts)


def _plain(url: str) -> str:
    return unquote(url) if url.lower().startswith(("http%3a", "https%3a")) else url.replace("\\/", "/")


def mentions(data: bytes, timestamp: str) -> bool:
    """Say whether the page holds links that a replay of this capture has written.

    No author of a page knows the second at which it will be captured, so a link that names it was written by a replay.
    """
    return data.rfind(f"/{timestamp}".encode("ascii", "ignore")) >= 0  # from behind: digits are rarer than slashes


def undo_replay(root: _Element, timestamp: str, host: str, *, saved: bool = False) -> None:
    """Take what a replay put in out of the page, and give the links back the form that the site sent.

    Args:
        root: of the parsed page; changed in place.
        timestamp: of the capture; only links that name it are undone, and one layer of them.
        host: of the page, to tell root-relative links from absolute ones.
        saved: the page was saved by a browser, which makes root-relative links absolute.
    """
    stamp = re.escape(timestamp)
    link = re.compile(
        rf"(?P<archive>(?:https?:)?//[^/\s\"'()<>,]+)?(?:/web|(?:/[\w.-]+){{0,2}})/{stamp}(?:[a-z]{{2}}_)?/(?=[a-zA-Z][a-zA-Z0-9+.-]*:|/)"
        r"(?P<origin>https?:/+[^/\s\"'()<>,?#]*)?"
    )

    def undo(match: re.Match[str]) -> str:
        archive, origin = match["archive"], match["origin"] or ""
        own = re.sub(r":[0-9]+\Z", "", origin.split("/")[-1].lower()) == host
        if archive is None or (saved and own):
            slash = "" if match.string[match.end() : match.end() + 1] == "/" else "/"
            return slash if own else origin
        if archive.startswith("//"):
            return re.sub(r"https?:", "", origin)
        return origin

    own: list[_Element] = []
    for element in root.iter("*"):
        for name, value in element.items():
            if timestamp in str(value):
                element.set(name, _CONTROLS.sub("", link.sub(undo, str(value))))  # which lxml does not take
        if element.get("id") in _OWN_IDS and element is not root:
            own.append(element)
    take_out(own, root)


def named_in(body: bytes) -> tuple[str | None, str | None]:
    """Return the URL and the timestamp that a page itself names, each None if it does not."""
    text = decode(body[:_SCAN]).decode("utf-8", errors="replace")
    named = replayed_capture(text)
    if named is not None:
        return named.original, named.timestamp
    absolute = (unescape(address) for address in _own_addresses(text) if address.lower().startswith("http"))
    return next(absolute, None), None
