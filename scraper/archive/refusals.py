"""What the archive's own pages mean, the ones that are no archived content. Recorded answers show most of them."""

from __future__ import annotations

import re

from scraper.archive import retries

_OFFLINE = re.compile(rb"temporarily offline", re.IGNORECASE)
_GATEWAY = re.compile(rb"service (is )?(temporarily )?unavailable|bad gateway|gateway time-?out", re.IGNORECASE)
"""What a gateway says with a status of 500 and more; with another status it is a page in place of the capture."""
_BANNED = re.compile(rb"flagged as suspected abusive|suspected abusive", re.IGNORECASE)
_EXCLUDED = re.compile(
    rb"has been excluded from the wayback machine|AccessControlException|Blocked Site Error|blocked by robots|"
    rb"not available (on|in) the wayback machine|cannot be (crawled|displayed) due to robots",
    re.IGNORECASE,
)
_NOT_ARCHIVED = re.compile(
    rb"has not archived that URL|not in archive|ResourceNotInArchive|<h2>\s*Hrm\.", re.IGNORECASE
)
_INTERSTITIAL = re.compile(
    rb"Got an HTTP \d+ response at crawl time|class=[\"']?impatient|>\s*Redirecting to\s*(\.\.\.|\xe2\x80\xa6)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    rb"type=[\"']?password|/account/login[\"'?].{0,200}http-equiv=[\"']?refresh", re.IGNORECASE | re.DOTALL
)


def rule_of_status(status: int) -> retries.Rule | None:
    """Return the rule for an answer that is no archived content, if its status alone decides."""
    if status == 429:
        return retries.THROTTLED
    return retries.SERVER_ERROR if status >= 500 else None


def rule_of_page(page: bytes, status: int = 200) -> retries.Rule | None:
    """Return the rule that a page's text decides, or None.

    Args:
        page: the first part of the body, content encoding taken off.
        status: of the answer.
    """
    for pattern, rule in (
        (_BANNED, retries.BANNED),
        (_EXCLUDED, retries.EXCLUDED),
        (_NOT_ARCHIVED, retries.NOT_ARCHIVED),
        (_INTERSTITIAL, retries.INTERSTITIAL),
        (_OFFLINE, retries.OUTAGE_PAGE),
        (_LOGIN, retries.LOGIN),
    ):
        if pattern.search(page):
            return rule
    return retries.OUTAGE_PAGE if status < 500 and _GATEWAY.search(page) else None


def rule_of_answer(status: int, page: bytes) -> retries.Rule:
    """Return the rule for an answer of the replay service that is no archived content and no plain redirect."""
    rule = rule_of_page(page, status)
    if rule is not None:
        return rule
    by_status = {
        200: retries.NO_MEMENTO,
        400: retries.BAD_REQUEST,
        401: retries.LOGIN,
        404: retries.NOT_ARCHIVED,
        410: retries.NOT_ARCHIVED,
        451: retries.EXCLUDED,
    }
    return by_status.get(status, retries.OTHER_STATUS)
