"""The table of the archive's own pages: what comes, or was saved, in place of a capture. Recorded answers show them.

Each row has two ways to know its page. *sure* is for archived content and for documents, where an article may quote the
words, so it asks for the make-up of the page too. *loose* is for answers without ``Memento-Datetime``, which are never
archived content: there the words alone will do.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scraper.models import Verdict

_SCAN = 400_000
"""Bytes of a page that are looked at."""


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_TITLE = r"<title[^>]{0,200}>\s{0,200}"
_WORDS_OF_OUTAGE = (
    r"(?:(?:Internet Archive|Wayback Machine)\b[^<\n]{0,40}(?:Temporarily|Offline|Unavailable|Maintenance)"
    r"|Temporarily Offline\b"
    r"|50[0234] (?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Internal Server Error))"
)
_SHELL = _pattern(_TITLE + r"(?:Internet Archive:? ?)?Wayback Machine\s*</title>")
_TARGET = re.compile(r"Redirecting to\W*(?:<[^>]*>\s*)*?<a[^>]+href=[\"']([^\"']+)", re.IGNORECASE)


class Row(NamedTuple):
    """One kind of page.

    Attributes:
        verdict: what it says of the capture in whose place it stands.
        sure: patterns that must all be found in content; empty: content is never taken for this page.
        loose: pattern of which one match is enough in an answer that is no content; None: it has none.
        evidence: what to say where the words found say too little.
        below_500: whether `loose` counts only for a status below 500: with others a gateway's words tell nothing new.
    """

    verdict: Verdict
    sure: tuple[re.Pattern[str], ...] = ()
    loose: re.Pattern[str] | None = None
    evidence: str = ""
    below_500: bool = False


TABLE = (
    Row(Verdict.REFUSED, loose=_pattern("suspected abusive")),
    Row(
        Verdict.INTERSTITIAL,
        (_pattern(r"(?<=Got an )HTTP 30[0-9](?= response at crawl time)"),),
        _pattern(
            r"Got an HTTP \d+ response at crawl time", r"class=[\"']?impatient", r">\s*Redirecting to\s*(?:\.\.\.|…)"
        ),
    ),
    Row(
        Verdict.EXCLUDED,
        (_pattern(r"excluded from the Wayback Machine", r"(?:Administrative|Robot)AccessControlException"),),
        _pattern(
            r"has been excluded from the wayback machine", r"AccessControlException", r"Blocked Site Error",
            r"blocked by robots", r"not available (?:on|in) the wayback machine",
            r"cannot be (?:crawled|displayed) due to robots",
        ),
    ),
    Row(
        Verdict.NOT_ARCHIVED,
        (
            _SHELL,
            _pattern(
                r"has not archived that URL", _TITLE.replace("title", "h2") + r"Hrm\.",
                r"Wayback Machine doesn(?:'|&#0?39;|&rsquo;|’)t have that page archived",
            ),
        ),
        _pattern(r"has not archived that URL", r"not in archive", r"ResourceNotInArchive", r"<h2>\s*Hrm\."),
        "the archive has not archived that URL",
    ),
    Row(
        Verdict.OUTAGE,
        (
            _pattern(
                rf"(?:{_TITLE}|\A){_WORDS_OF_OUTAGE}", r"Internet Archive services are temporarily offline",
                r"Temporarily Offline\s*</h[1-3]>",
            ),
        ),
        _pattern(r"temporarily offline"),
    ),
    # Its home page and its bare shell come back when the archive is in trouble.
    Row(Verdict.OUTAGE, (_SHELL,), evidence="the archive's own page in place of the capture"),
    Row(
        Verdict.LOGIN,
        loose=_pattern(r"type=[\"']?password", r"/account/login[\"'?][\s\S]{0,200}http-equiv=[\"']?refresh"),
    ),
    Row(
        Verdict.OUTAGE,
        loose=_pattern(r"service (?:is )?(?:temporarily )?unavailable", r"bad gateway", r"gateway time-?out"),
        below_500=True,
    ),
)  # fmt: skip
"""Every page known, the first row that fits counts."""


def judge(data: bytes) -> tuple[Verdict, str] | None:
    """Return what page of the archive's own this content is and the evidence, or None if it is none.

    The evidence of `Verdict.INTERSTITIAL` is the target of the archived redirect, where the page names one.
    """
    text = data[:_SCAN].decode("utf-8", errors="replace")
    for row in TABLE:
        found = [match for pattern in row.sure if (match := pattern.search(text))]
        if not found or len(found) < len(row.sure):
            continue
        last = found[-1]
        if row.verdict is Verdict.INTERSTITIAL:
            target = _TARGET.search(text[last.start() : last.start() + 3000])
            return row.verdict, target[1] if target else f"{last[0]}, target not given"
        return row.verdict, row.evidence or " ".join(re.sub(r"<[^>]*>", "", last[0]).split())
    return None


def judge_answer(page: bytes, status: int = 200) -> Verdict | None:
    """Return what page of the archive's own an answer without ``Memento-Datetime`` is, or None if none is known.

    Args:
        page: the first part of the body, content encoding taken off.
        status: of the answer.
    """
    text = page[:_SCAN].decode("utf-8", errors="replace")
    for row in TABLE:
        if row.loose is not None and not (row.below_500 and status >= 500) and row.loose.search(text):
            return row.verdict
    return None
