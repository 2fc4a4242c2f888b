"""Pages of the archive itself that come back, or were saved, in place of a capture. Recorded answers show them."""

from __future__ import annotations

import re

from scraper.models import Verdict

_OUTAGE = re.compile(
    r"<title[^>]{0,200}>\s{0,200}(?:(?:Internet Archive|Wayback Machine)[^<]{0,40}"
    r"(?:Temporarily|Offline|Unavailable|Maintenance)"
    r"|Temporarily Offline"
    r"|50[0234] (?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Internal Server Error))|"
    r"Internet Archive services are temporarily offline|Temporarily Offline\s*</h[1-3]>",
    re.IGNORECASE,
)
_SHELL = re.compile(r"<title[^>]{0,200}>\s{0,200}(?:Internet Archive:? ?)?Wayback Machine\s*</title>", re.IGNORECASE)
_EXCLUDED = re.compile(
    r"This URL has been excluded from the Wayback Machine|AdministrativeAccessControlException"
    r"|RobotAccessControlException|excluded from the Wayback",
    re.IGNORECASE,
)
_REDIRECT = re.compile(r"Got an HTTP (30[0-9]) response at crawl time", re.IGNORECASE)
_TARGET = re.compile(r"Redirecting to\W*(?:<[^>]*>\s*)*?<a[^>]+href=[\"']([^\"']+)", re.IGNORECASE | re.DOTALL)
_ABSENT = re.compile(
    r"has not archived that URL|Wayback Machine doesn(?:'|&#0?39;|&rsquo;|’)t have that page archived"
    r"|<h2[^>]{0,200}>\s{0,200}Hrm\.",
    re.IGNORECASE,
)
_SCAN = 400_000


def judge(data: bytes) -> tuple[Verdict, str] | None:
    """Return what page of the archive this is and the evidence, or None if it is not one.

    `Verdict.INTERSTITIAL` carries the target of the archived redirect, `Verdict.EXCLUDED` is final,
    `Verdict.NOT_ARCHIVED` is the
    archive's "Hrm.", everything else of the archive's own is `Verdict.OUTAGE`: its home page and its bare shell come
    back
    in place of a page when it is in trouble.
    """
    text = data[:_SCAN].decode("utf-8", errors="replace")
    if redirect := _REDIRECT.search(text):
        target = _TARGET.search(text[redirect.start() : redirect.start() + 3000])
        return Verdict.INTERSTITIAL, target[1] if target else f"HTTP {redirect[1]}, target not given"
    if found := _EXCLUDED.search(text):
        return Verdict.EXCLUDED, found[0]
    if found := _OUTAGE.search(text):
        return Verdict.OUTAGE, " ".join(re.sub(r"<[^>]*>", "", found[0]).split())
    if _SHELL.search(text):
        if found := _ABSENT.search(text):
            return Verdict.NOT_ARCHIVED, "the archive has not archived that URL"
        return Verdict.OUTAGE, "the archive's own page in place of the capture"
    return None
