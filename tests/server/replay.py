"""The replay endpoint: ``/web/<timestamp><flag>/<url>`` in, archived content or a word of the service out."""

from __future__ import annotations

import re
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tests.server import pages
from tests.server.answers import Answer, html
from tests.server.captures import Index, Saved, surt
from tests.server.rewrite import Rewriter, view

if TYPE_CHECKING:
    from collections.abc import Collection

PATH = re.compile(r"/web/(?P<timestamp>[0-9]{1,14})(?P<flag>[a-z]{2}_)?/(?P<url>.*)\Z", re.DOTALL)
# What nginx or the replay sets anew, so that no X-Archive-Orig- copy of it was ever seen in a recording.
_ENTITY = ("content-type", "location", "transfer-encoding")


def answer(index: Index, path: str, *, base: str, excluded: Collection[str] = ()) -> Answer:
    """Answer a replay request.

    Args:
        index: what is held.
        path: of the request, with query, undecoded.
        base: the archive's own address.
        excluded: beginnings of urlkeys that were taken out.
    """
    match = PATH.match(path)
    if match is None:
        return html(200, "OK", pages.landing(), "landing")
    timestamp, flag, url = match["timestamp"], match["flag"] or "", _full(match["url"])
    if surt(url).startswith(tuple(excluded)):
        return html(200, "OK", pages.excluded(), "excluded")
    held = index.captures(url)
    if not held:
        return html(404, "NOT FOUND", pages.not_archived(url), "not_archived")
    best = _nearest(held, timestamp, url)
    if best.timestamp != timestamp:
        location = f"{base}/web/{best.timestamp}{flag}/{best.url}"
        headers = (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Location", location),
            ("X-Archive-Redirect-Reason", f"found capture at {best.timestamp}"),
        )
        return Answer(302, "FOUND", headers, b"", "redirect", length=True)
    return memento(index, best, flag, base)


def memento(index: Index, one: Saved, flag: str, base: str) -> Answer:
    """Return a capture as replayed."""
    location = one.header("Location")
    if location and 300 <= one.status < 400 and flag == "":
        return _interstitial(one, location)
    headers = [(name, value) for name, value in one.headers if name.lower() in ("content-type", "content-encoding")]
    if location:
        headers.append(("Location", _relocated(one, location, flag, base)))
    headers.append(("Memento-Datetime", format_datetime(one.moment, usegmt=True)))
    headers.append(("Link", _links(index, one, base)))
    headers += [(f"X-Archive-Orig-{name}", value) for name, value in one.headers if name.lower() not in _ENTITY]
    headers += [("X-Archive-Src", one.source), *([("Warning", one.warning)] if one.warning else [])]
    body = one.payload
    if flag in ("", "if_") and one.mimetype == "text/html" and body:
        body = _decoded(one)
        headers = [(name, value) for name, value in headers if name.lower() != "content-encoding"]
        rewriter = Rewriter(base, one.timestamp, one.url)
        body = view(body, rewriter, one.moment, toolbar=flag == "")
        headers.append(("X-Archive-Guessed-Content-Type", "text/html"))
    return Answer(one.status, one.reason, tuple(headers), body, "memento")


def _full(url: str) -> str:
    """Return the URL as meant: the archive takes ``http:/x`` and no scheme at all, too."""
    url = re.sub(r"\A(https?:)/(?=[^/])", r"\1//", url)
    return url if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", url) else f"http://{url}"


def _nearest(held: list[Saved], timestamp: str, url: str) -> Saved:
    """Choose the capture that answers: at that very time, the URL as spelled first; else the nearest one.

    A redirect to another spelling of the same URL (http to https, host to www) would lead back to itself, so the
    archive passes it over if there is anything else (recorded: ``…historical_redirects__0__302``).
    """
    useful = [one for one in held if not _leads_to_itself(one)] or held
    exact = [one for one in useful if one.timestamp == timestamp]
    if exact:
        return next((one for one in exact if one.url == url), exact[0])
    wanted = Saved("", timestamp.ljust(14, "0") if len(timestamp) > 4 else f"{timestamp}0101000000").moment
    return min(useful, key=lambda one: abs((one.moment - wanted).total_seconds()))


def _leads_to_itself(one: Saved) -> bool:
    location = one.header("Location")
    return 300 <= one.status < 400 and bool(location) and surt(urljoin(one.url, location or "")) == surt(one.url)


def _relocated(one: Saved, location: str, flag: str, base: str) -> str:
    """Return the target of an archived redirect as the replay gives it, in the three forms that were recorded."""
    stamp = f"/web/{one.timestamp}{flag}/"
    if location.startswith("//"):
        return f"//{urlsplit(base).netloc}{stamp}https:{location}"
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", location):
        return f"{base}{stamp}{location}"
    return stamp + urljoin(one.url, location)


def _interstitial(one: Saved, location: str) -> Answer:
    link = f"/web/{one.timestamp}/{urljoin(one.url, location)}"
    shown = one.moment.strftime("%H:%M:%S %B %d, %Y")
    page = pages.interstitial(one.url, shown, one.status, location, link)
    return html(200, "OK", page, "interstitial").with_headers(("X-Archive-Src", one.source))


def _links(index: Index, one: Saved, base: str) -> str:
    """Return the Link header: original, timemap, timegate and the mementos around this one."""
    held = index.captures(one.url) or [one]
    here = held.index(one) if one in held else 0
    links = [
        f'<{one.url}>; rel="original"',
        f'<{base}/web/timemap/link/{one.url}>; rel="timemap"; type="application/link-format"',
        f'<{base}/web/{one.url}>; rel="timegate"',
    ]
    named = [("first memento", held[0])]
    if here > 0:
        named.append(("prev memento", held[here - 1]))
    named.append(("memento", one))
    if here + 1 < len(held):
        named.append(("next memento", held[here + 1]))
    named.append(("last memento", held[-1]))
    for relation, other in named:
        moment = format_datetime(other.moment, usegmt=True)
        links.append(f'<{base}/web/{other.timestamp}/{other.url}>; rel="{relation}"; datetime="{moment}"')
    return ", ".join(links)


def _decoded(one: Saved) -> bytes:
    """Return the payload without its content encoding, as far as it can be taken off."""
    import gzip
    import zlib

    import brotli

    encoding = (one.header("Content-Encoding") or "").strip().lower()
    try:
        if encoding == "gzip":
            return gzip.decompress(one.payload)
        if encoding == "deflate":
            return zlib.decompress(one.payload)
        if encoding == "br":
            return bytes(brotli.decompress(one.payload))
    except (OSError, EOFError, zlib.error, brotli.error):
        pass
    return one.payload
