"""Dates as the site and others write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from scraper.sites.hkcnews.vocabulary import DATE_LABEL, UPDATE_LABEL

HONG_KONG = timezone(timedelta(hours=8))

EDGE = "\uffff"
"""Set between the texts of two elements. No character, so no page holds it; and no white space to any pattern."""
GAP = rf"[\s{EDGE}]*+"
COLON = rf"(?:{GAP}[:：]{GAP}|\s*+{EDGE}{GAP})"
_LABELLED_DATE = re.compile(rf"(?P<label>{DATE_LABEL}){COLON}(?P<value>[^|｜]{{4,40}})", re.IGNORECASE)
_BEHIND_UPDATE = re.compile(rf"{UPDATE_LABEL}{GAP}[:：]?{GAP}\Z", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(?<![\d.])(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?!\d|\.\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*(?:[./-]|年)\s*(\d{1,2})\s*(?:[./-]|月)\s*(\d{1,2})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([A-Z][a-z]{2})[a-z]*\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})"
)


def labelled_date(text: str) -> str:
    """Return the date behind a publish label, as ``YYYY-MM-DD``, or an empty string."""
    for match in _LABELLED_DATE.finditer(text):
        if not _BEHIND_UPDATE.search(text[max(0, match.end("label") - 60) : match.end("label")]) and (
            found := find_date(match["value"].replace(EDGE, " "))
        ):
            return found
    return ""


def find_date(text: str) -> str:
    """Return the first date of a text as ``YYYY-MM-DD``, or an empty string.

    Written DD.MM.YY as on the site, or in another common way. Dates behind an update label do not count.
    """
    candidates: list[tuple[int, tuple[int, int, int]]] = []
    for match in _DAY_FIRST.finditer(text):
        year = int(match[4])
        candidates.append((match.start(), (year + 2000 if year < 100 else year, int(match[3]), int(match[1]))))
    candidates += [(m.start(), (int(m[1]), int(m[2]), int(m[3]))) for m in _YEAR_FIRST.finditer(text)]
    for match in _NAMED_MONTH.finditer(text):
        day, month = match[1] or match[3], match[2].lower()
        if day and month in _MONTHS:
            candidates.append((match.start(), (int(match[4]), _MONTHS.index(month) + 1, int(day))))
    for start, parts in sorted(candidates):
        if not _BEHIND_UPDATE.search(text[max(0, start - 60) : start]):
            try:
                return date(*parts).isoformat()
            except ValueError:
                continue
    return ""


def local_moment(text: str) -> datetime | None:
    """Return an ISO 8601 moment as Hong Kong local time; one without zone is local already."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.astimezone(HONG_KONG) if moment.tzinfo else moment
