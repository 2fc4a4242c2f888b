"""Pages that are not articles, on any site: status, bytes, redirects, challenges, the archive's own pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.models import Verdict
from scraper.sites.hkcnews.urls import article_id
from scraper.urls import joined, parse_replay_url

if TYPE_CHECKING:
    from scraper.models import Page
    from scraper.page.view import PageView
    from scraper.sites.base import Fields

_SOMETHING = re.compile(rb"[^\0\s\xef\xbb\xbf\xff\xfe]")
_MAGIC = re.compile(
    rb"%PDF-|\x89PNG|GIF8[79]a|\xff\xd8\xff|PK\x03\x04|RIFF....WEBP|\x1f\x8b|wOF[F2]|ID3|\x00\x00\x00.ftyp|<\?xml[^>]*>\s*<(?:rss|feed|svg|urlset)",
    re.DOTALL,
)
_MARKUP = re.compile(rb"<(?:[!/]?[a-z]|!?\Z)", re.IGNORECASE)
"""Also where the page ends right behind the first character or two."""
_CHALLENGE = re.compile(
    r"^(?:Just a moment|Attention Required!|Please Wait\.*\s*\| ?Cloudflare|Access denied\s*\||DDoS.Guard|One more step"
    r"|請稍候|Checking your browser"
    r"|Security Check|Verify you are human|You are being redirected|403 Forbidden|.*\| Cloudflare$)",
    re.IGNORECASE,
)
_CHALLENGE_MARK = re.compile(
    rb"cf-browser-verification|cf_chl_opt|challenge-form|cf-error-details|/cdn-cgi/challenge-platform/"
    rb"[^\"']{0,200}orchestrate|g-recaptcha\b|h-captcha",
    re.IGNORECASE,
)
_SCRIPTED = re.compile(r"location(?:(?:\.href)?\s*=|\.(?:replace|assign)\s*\()\s*[\"']([^\"']{1,2000})[\"']")
_REFRESH = re.compile(r"\s*[0-9.]*\s*[;,]?\s*url\s*=\s*[\"']?([^\"']+)", re.IGNORECASE)
_LARGEST_REDIRECT = 2_000
_LARGEST_CHALLENGE = 50_000


def before_reading(page: Page) -> tuple[Verdict, str] | None:
    """Judge what needs no parsing: archived redirects and errors, no bytes, bytes that are no HTML."""
    if 300 <= page.status < 400:
        return _redirect(page, page.location or "")
    if page.status >= 400:
        return Verdict.ARCHIVED_ERROR, f"status {page.status}"
    if not _SOMETHING.search(page.body):
        return (Verdict.TRUNCATED, page.truncated) if page.truncated else (Verdict.EMPTY, "no bytes")
    other = _MAGIC.match(page.body[:64].lstrip())
    if other or not _MARKUP.search(page.body[:65536].replace(b"\0", b"")):
        if page.truncated and not other:
            return Verdict.TRUNCATED, page.truncated
        return Verdict.FOREIGN, f"no HTML: {page.content_type or 'no content type'}"
    return None


def _redirect(page: Page, location: str) -> tuple[Verdict, str]:
    """Tell a redirect to another place from one between URLs of the same article, which leads on to a capture of it."""
    if not location:
        return Verdict.REDIRECT_ELSEWHERE, f"status {page.status} without target"
    replayed = parse_replay_url(location)
    target = replayed.original if replayed else joined(page.original, location)
    number = article_id(target)
    if number is not None and number == article_id(page.original):
        return Verdict.INTERSTITIAL, f"redirect to the same article: {target}"
    return Verdict.REDIRECT_ELSEWHERE, target


def challenge(view: PageView, _: Fields) -> str:
    """A page that tests whether the reader is a person."""
    title = view.document_title
    if _CHALLENGE.search(title):
        return title
    mark = _CHALLENGE_MARK.search(view.data) if len(view.data) < _LARGEST_CHALLENGE else None
    return mark[0].decode(errors="replace") if mark else ""


def sends_on(view: PageView, _: Fields) -> str:
    """Return where a page sends its reader on, by ``meta refresh`` or by a script and nothing else, or ""."""
    metas = [meta for meta in view.tags("meta") if (meta.get("http-equiv") or "").strip().lower() == "refresh"]
    targets = [match[1] for meta in metas if (match := _REFRESH.match(meta.get("content") or ""))]
    if not targets and len(view.data) < _LARGEST_REDIRECT:
        scripts = [node.text or "" for node in view.tags("script")]
        scripts += [node.get("onload") or "" for node in view.tags("body")]
        targets = [found for script in scripts for found in _SCRIPTED.findall(script)]
    here = article_id(view.page.original)
    return next((target for target in targets if article_id(joined(view.page.original, target)) != here), "")
