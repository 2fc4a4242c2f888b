"""HTTP headers as (name, value) pairs: the one look-up, and the archived ones among those of a replayed answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Headers = tuple[tuple[str, str], ...]
"""In the order in which they came; a name may come more than once."""
_ARCHIVED = "x-archive-orig-"
_OF_THE_TRANSFER = frozenset({
    "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "proxy-connection",
    "proxy-authenticate", "proxy-authorization",
})  # fmt: skip
"""They describe a transfer (RFC 9110, 7.6.1), and not the payload that is kept."""
_OF_THE_ARCHIVE = frozenset({
    "memento-datetime", "link", "preference-applied", "content-location", "vary", "server", "date", "via", "age",
    "cache-control", "content-security-policy", "permissions-policy", "referrer-policy", "server-timing",
})  # fmt: skip
_KEPT_AS_THEY_ARE = ("content-type", "content-language", "content-disposition", "content-range")
"""The archive gives these of the capture without its prefix."""


def all_values(headers: Iterable[tuple[str, str]], name: str) -> list[str]:
    """Return the values of a header in order, whatever the case of its name; empty if it is not there."""
    wanted = name.lower()
    return [value for key, value in headers if key.lower() == wanted]


def first(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """Return the first value of a header, None if it is not there: for headers that hold one value."""
    return next(iter(all_values(headers, name)), None)


def values(headers: Iterable[tuple[str, str]], name: str) -> str:
    """Return all values of a header joined by commas, empty if it is not there: for headers that hold a list."""
    return ", ".join(all_values(headers, name))


def with_header(headers: Headers, name: str, value: str | None) -> Headers:
    """Return the headers with one of them set (in its place, if it is there), or taken out if `value` is None."""
    wanted = name.lower()
    result: list[tuple[str, str]] = []
    for key, old in headers:
        if key.lower() != wanted:
            result.append((key, old))
        elif value is not None:
            result.append((key, value))
            value = None
    if value is not None:
        result.append((name, value))
    return tuple(result)


def archived_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return the headers as they were archived, transfer headers left out.

    The Wayback Machine prefixes them with ``X-Archive-Orig-``, except ``Content-Type`` and a few; pywb prefixes none.
    """
    pairs = tuple(headers)
    prefixed = [(key[len(_ARCHIVED) :], value) for key, value in pairs if key.lower().startswith(_ARCHIVED)]
    if not prefixed:
        return tuple(
            (key, value)
            for key, value in pairs
            if key.lower() not in _OF_THE_TRANSFER | _OF_THE_ARCHIVE and not key.lower().startswith("x-archive-")
        )
    known = {key.lower() for key, _ in prefixed}
    plain = [(key, value) for key, value in pairs if key.lower() in _KEPT_AS_THEY_ARE and key.lower() not in known]
    return tuple((_cased(key), value) for key, value in (*plain, *prefixed) if key.lower() not in _OF_THE_TRANSFER)


def _cased(name: str) -> str:
    """Return a header's name with capitals: HTTP/2 front ends make them small."""
    return "-".join(part[:1].upper() + part[1:] for part in name.split("-"))
