"""What people and documents name: article ids, URLs, captures, moments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from scraper.errors import TargetError
from scraper.models import Capture
from scraper.times import is_timestamp
from scraper.urls import innermost_capture, parse_replay_url, urlkey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.models import Site

MOST_IDS = 1_000_000
"""So many may be named with ``--ids``; the site had 50,000."""
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
_ID = re.compile(r"[0-9]{1,9}\Z")
_AROUND = " \t\r\n*<>()[]\"'"
"""What people copy along with an address, and the Wayback Machine's wildcard behind it."""
_HOST_BEGINS = re.compile(r"(?:\A|[/=:,;&?#<>(\[\"'\s])\.?(?=[\w.-]{1,253}\.\w{2,63}[:/])")
_MOST_HOSTS = 100
_PARTIAL = re.compile(r"[0-9]{4,14}\Z")
_FIRST = ("00000101000000",)
_LAST = ("99991231235959", "99991230235959", "99991229235959", "99991228235959")


class Target(NamedTuple):
    """An article that was asked for, and the capture of it that was named, percent-encoded, if one was."""

    article: int
    timestamp: str | None = None
    original: str | None = None


def parse_target(text: str, site: Site) -> Target:
    """Understand an article id, or any address that has one of the site's URLs in it; raw or percent-encoded.

    Only the address of a capture in the Wayback Machine names that capture.

    Raises:
        TargetError: none of these, or a URL that names no article.
    """
    word = text.strip(_AROUND)
    if _ID.match(word):
        if int(word) == 0:
            raise TargetError(f"{word}: article ids begin with 1.")
        return Target(int(word))
    replay = innermost_capture(word) or parse_replay_url(word)
    if replay is not None:
        original = _encoded(replay.original)
        return Target(_article(original, word, site), _completed(replay.timestamp, _FIRST), original)
    return Target(_article(_encoded(word), word, site))


def _article(url: str, word: str, site: Site) -> int:
    article = site.article_id(url if "://" in url else f"https://{url}") or _inside(word, site)
    if article is not None:
        return article
    hosts = "|".join(map(re.escape, site.hosts))
    if number := re.search(rf"\.(?:{hosts})/article/([1-9][0-9]*)", url):
        raise TargetError(
            f"{word!r}: articles were at {' and '.join(site.hosts)}. If it is the same one, name its id: {number[1]}."
        )
    raise TargetError(
        f"{word!r} names no article. Give an id (28325), a URL such as https://{site.article_prefix}28325, "
        "or the address of a capture of one in the Wayback Machine."
    )


def _inside(text: str, site: Site) -> int | None:
    """Return the article whose URL stands somewhere in a text, as in another viewer's address; of several the last."""
    text = text.replace("*", "")
    for form in dict.fromkeys((text, unquote(text), unquote(unquote(text)))):
        rests = [form[match.end() :] for match in _HOST_BEGINS.finditer(form)][-_MOST_HOSTS:]
        for rest in reversed(rests):
            if (article := site.article_id(f"https://{rest.rstrip(_AROUND)}")) is not None:
                return article
    return None


def _encoded(url: str) -> str:
    """Percent-encode what may not stand in a URL, in upper case; leave what is encoded.

    Bytes that are no UTF-8 come from the command line as lone surrogates, and are encoded as the bytes they were.
    """
    quoted = quote(url, safe=_URL_SAFE, errors="surrogateescape")
    return re.sub(r"%[0-9a-f]{2}", lambda match: match[0].upper(), quoted, flags=re.IGNORECASE)


def _completed(digits: str, endings: Sequence[str]) -> str | None:
    """Complete a shortened moment by the first ending that makes a moment of the calendar of it."""
    found = (whole for ending in endings if is_timestamp(whole := digits + ending[len(digits) :]))
    return next(found, None) if len(digits) >= len("2020") else None


def unlisted_capture(original: str, timestamp: str, digest: str = "-") -> Capture:
    """Return the row of a capture of which no listing tells more than its address."""
    return Capture(urlkey(original), timestamp, original, "text/html", "200", digest, "-")


def parse_ids(text: str) -> tuple[range, ...]:
    """Understand ``1-1000,28325``.

    Raises:
        TargetError: not such a list.
    """
    ranges = []
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        if not _ID.match(low.strip()) or (dash and not _ID.match(high.strip())):
            raise TargetError(f"--ids {text!r}: {part.strip()!r} is no id and no range. Write it like 1-1000,28325.")
        first = int(low)
        last = int(high) if dash else first
        if first < 1 or last < first:
            raise TargetError(f"--ids {text!r}: {part.strip()!r} is empty; ids begin with 1 and ranges go upwards.")
        ranges.append(range(first, last + 1))
    if sum(map(len, ranges)) > MOST_IDS:
        raise TargetError(
            f"--ids {text!r} names more than {MOST_IDS:,} ids. Leave it out to work on all that are known."
        )
    return tuple(ranges)


def covers(ranges: Sequence[range], article: int) -> bool:
    """Say whether an id was named."""
    return any(article in one for one in ranges)


def parse_moment(text: str, *, end: bool = False) -> str:
    """Complete a shortened moment (``2020``, ``2020-03``, ``202003``) to 14 digits, with `end` to its last second.

    Raises:
        TargetError: no moment of the calendar.
    """
    digits = re.sub(r"[-:TZ ]", "", text.strip())
    is_shortened = _PARTIAL.match(digits) and len(digits) % 2 == 0
    whole = _completed(digits, _LAST if end else _FIRST) if is_shortened else None
    if whole is None:
        raise TargetError(f"{text!r} is no moment. Write it like 2020, 20200301 or 20200301120000 (UTC).")
    return whole
