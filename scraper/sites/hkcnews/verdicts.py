"""Pages that are not articles: one small rule for each verdict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from scraper import archive_pages
from scraper.models import Verdict
from scraper.sites.hkcnews.body import is_empty
from scraper.sites.hkcnews.byline import find_byline
from scraper.sites.hkcnews.sameness import linked_ids
from scraper.sites.hkcnews.urls import HOSTS, article_id, page_host
from scraper.sites.hkcnews.view import is_decoy, shown_text
from scraper.sites.hkcnews.vocabulary import FAREWELL, squeeze
from scraper.urls import parse_replay_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.sites import Page
    from scraper.sites.hkcnews.layouts import Fields
    from scraper.sites.hkcnews.view import PageView


class Judgement(NamedTuple):
    """A verdict and the evidence for it."""

    verdict: Verdict
    detail: str


_SOMETHING = re.compile(rb"[^\0\s\xef\xbb\xbf\xff\xfe]")
_MAGIC = re.compile(
    rb"%PDF-|\x89PNG|GIF8[79]a|\xff\xd8\xff|PK\x03\x04|RIFF....WEBP|\x1f\x8b|wOF[F2]|ID3|\x00\x00\x00.ftyp|<\?xml[^>]*>\s*<(?:rss|feed|svg|urlset)",
    re.DOTALL,
)
_HTML_TYPE = re.compile(r"text/(?:html|plain)|application/(?:xhtml\+xml|octet-stream)|\*/\*|unk", re.IGNORECASE)
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|div|p|h1|title|meta|script|table)\b", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"^(?:Just a moment|Attention Required!|Please Wait\.*\s*\| ?Cloudflare|Access denied\s*\||DDoS.Guard|One more step"
    r"|請稍候|Checking your browser"
    r"|Security Check|Verify you are human|You are being redirected|403 Forbidden|.*\| Cloudflare$)",
    re.IGNORECASE,
)
_CHALLENGE_MARK = re.compile(
    rb"cf-browser-verification|cf_chl_opt|challenge-form|cf-error-details|/cdn-cgi/challenge-platform/[^\"']*orchestrate|g-recaptcha\b[^>]*>|h-captcha",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"\b404\b|not\s+found|找不到|不存在|沒有找到|已被?移除|無法找到|頁面錯誤"
    r"|page (?:you|does|is)|doesn.t exist|no longer available|oops|\b50[0-4]\b|whoops",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"登入|登錄|登录|login|log in|sign in|會員登記", re.IGNORECASE)
_SITE = re.compile("眾新聞|众新闻|citizen ?news".encode(), re.IGNORECASE)
_SITE_CLASSES = ("article-info", "article-content", "article-author-info", "s-navbar", "hl-heading")
_REFRESH = re.compile(r"\s*[0-9.]*\s*[;,]?\s*url\s*=\s*[\"']?([^\"']+)", re.IGNORECASE)
_LONG_PARAGRAPH = 30


def before_reading(page: Page) -> Judgement | None:
    """Judge what needs no parsing: archived redirects and errors, no bytes, bytes that are no HTML."""
    if 300 <= page.status < 400:
        return _redirect(page, page.location or "")
    if page.status >= 400:
        return Judgement(Verdict.ARCHIVED_ERROR, f"status {page.status}")
    if not _SOMETHING.search(page.body):
        return Judgement(Verdict.TRUNCATED, page.truncated) if page.truncated else Judgement(Verdict.EMPTY, "no bytes")
    if _MAGIC.match(page.body[:64].lstrip()):
        return Judgement(Verdict.FOREIGN, f"no HTML: {page.content_type or 'no content type'}")
    if page.content_type and not _HTML_TYPE.search(page.content_type) and not _MARKUP.search(page.body[:2048]):
        return Judgement(Verdict.FOREIGN, f"no HTML: {page.content_type}")
    return None


def of_the_archive(view: PageView) -> Judgement | None:
    """Judge whether this is a page of the archive in place of the capture."""
    found = archive_pages.judge(view.data)
    return Judgement(*found) if found else None


def _redirect(page: Page, location: str) -> Judgement:
    """Tell a redirect to another place from one between URLs of the same article, which leads on to a capture of it."""
    if not location:
        return Judgement(Verdict.REDIRECT_ELSEWHERE, f"status {page.status} without target")
    replayed = parse_replay_url(location)
    try:
        target = replayed.original if replayed else urljoin(page.original, location)
    except ValueError:  # such as http://[x
        target = location
    number = article_id(target)
    if number is not None and number == article_id(page.original):
        return Judgement(Verdict.INTERSTITIAL, f"redirect to the same article: {target}")
    return Judgement(Verdict.REDIRECT_ELSEWHERE, target)


def farewell(view: PageView) -> str:
    """The page that the closed site answered with everywhere, from 2022-01 on."""
    names = [view.document_title, view.meta("og:title")]
    names += [shown_text(heading) for heading in view.tags("h1", "h2", "h3")[:6]]
    return next((squeeze(name) for name in names if FAREWELL.match("".join(name.split()))), "")


def empty(view: PageView, fields: Fields | None) -> str:
    """The article page without article: many URLs end ``/article/N/-``."""
    if fields is not None and fields.body is not None:
        nothing = not fields.title and is_empty(fields.body)
        return "title and body are empty" if nothing else ""
    for body in view.tags("body"):
        if "".join(shown_text(body).split()) or next(body.iter("img", "iframe", "script"), None) is not None:
            return ""
    return "no content at all"


def challenge(view: PageView, _: Fields | None) -> str:
    """A page that tests whether the reader is a person."""
    title = view.document_title
    if _CHALLENGE.search(title):
        return title
    mark = _CHALLENGE_MARK.search(view.data)
    return mark[0].decode(errors="replace") if mark and len(view.data) < 50_000 else ""


def elsewhere(view: PageView, _: Fields | None) -> str:
    """A page that sends its reader on by ``meta refresh``."""
    for element in view.tags("meta"):
        match = (
            _REFRESH.match(element.get("content") or "")
            if (element.get("http-equiv") or "").strip().lower() == "refresh"
            else None
        )
        if match and article_id(urljoin(view.page.original, match[1])) != article_id(view.page.original):
            return match[1]
    return ""


def soft_404(view: PageView, _: Fields | None) -> str:
    """An error page that was answered with status 200."""
    headings = [squeeze(shown_text(heading)) for heading in view.tags("h1", "h2") if not is_decoy(heading)]
    return next(
        (text for text in [view.document_title, *headings[:3]] if len(text) < 80 and _NOT_FOUND.search(text)), ""
    )


def login(view: PageView, _: Fields | None) -> str:
    """A page that asks for a password."""
    if all((node.get("type") or "").lower() != "password" for node in view.tags("input")):
        return ""
    title = view.document_title
    if _LOGIN.search(title) or _LOGIN.search(" ".join(shown_text(node) for node in view.tags("h1", "h2", "form")[:5])):
        return title or "password field"
    return ""


def listing(view: PageView, _: Fields | None) -> str:
    """The home page, a section or a blogger's page: other articles, and no sign of one of its own."""
    blocks = view.blocks
    links = linked_ids(view)
    if (blocks < 2 and len(links) < 3) or _looks_like_article(view) or not _is_of_the_site(view):
        return ""
    return f"{max(blocks, len(links))} articles listed"


def _looks_like_article(view: PageView) -> bool:
    if (
        view.meta("og:type").strip().lower() == "article"
        or any(node.get("id") == "Article" for node in view.tags("body"))
        or find_byline(view) is not None
    ):
        return True
    canonical = next((link.get("href") or "" for link in view.tags("link") if link.get("rel") == "canonical"), "")
    shared = view.meta("og:url") or canonical
    if article_id(shared) is not None:
        return True
    paragraphs = [node for node in view.tags("p") if len(shown_text(node)) > _LONG_PARAGRAPH and not is_decoy(node)]
    return sum(not any(ancestor.tag == "a" for ancestor in node.iterancestors()) for node in paragraphs) >= 3


def foreign(view: PageView, _: Fields | None) -> str:
    """A page of another site, such as one that took over the name.

    A page that shows no sign of either, but holds a text, may be an article: that is for `Verdict.UNKNOWN_LAYOUT`.
    """
    shared = page_host(view.meta("og:url"))
    if shared and not shared.endswith(HOSTS[1]) and "/web/" not in view.meta("og:url"):
        return f"og:url names {shared}"
    if _is_of_the_site(view) or _looks_like_article(view):
        return ""
    return view.document_title or "no sign of the site"


def _is_of_the_site(view: PageView) -> bool:
    """Say whether the page names the paper or has its classes; the name of the host is on a broker's page too."""
    return bool(_SITE.search(view.data)) or bool(view.blocks or view.having(*_SITE_CLASSES))


RULES: tuple[tuple[Verdict, Callable[[PageView, Fields | None], str]], ...] = (
    (Verdict.EMPTY, empty),
    (Verdict.CHALLENGE, challenge),
    (Verdict.REDIRECT_ELSEWHERE, elsewhere),
    (Verdict.LOGIN, login),
    (Verdict.SOFT_404, soft_404),
    (Verdict.LISTING, listing),
    (Verdict.FOREIGN, foreign),
)
"""For pages that no layout reads, in order. A rule returns its evidence, or an empty string."""


def not_an_article(view: PageView, fields: Fields | None) -> Judgement | None:
    """Judge a page that no layout reads whole, or return None: then its layout is unknown."""
    for verdict, rule in RULES:
        evidence = rule(view, fields)
        if evidence:
            return Judgement(verdict, evidence)
    return None
