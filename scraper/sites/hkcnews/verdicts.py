"""Pages that are not articles: one small rule for each verdict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from scraper.models import Verdict
from scraper.page import archive_pages
from scraper.sites.hkcnews.body import CONTENT, is_empty
from scraper.sites.hkcnews.error_pages import login, soft_404
from scraper.sites.hkcnews.page_text import claims_an_article, has_a_text, is_linked, main_text
from scraper.sites.hkcnews.sameness import linked_ids
from scraper.sites.hkcnews.shown import shown_text
from scraper.sites.hkcnews.title import without_tail
from scraper.sites.hkcnews.urls import HOSTS, article_id, page_host
from scraper.sites.hkcnews.view import is_inside
from scraper.sites.hkcnews.vocabulary import BAR, FAREWELL, is_site_name, squeeze
from scraper.urls import parse_replay_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.models import Page
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
_MARKUP = re.compile(rb"<[!/]?[a-z]", re.IGNORECASE)
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
_LARGEST_REDIRECT = 2_000
_LARGEST_CHALLENGE = 50_000
_SITE = re.compile("眾新聞|众新闻|citizen ?news".encode(), re.IGNORECASE)
_SITE_CLASSES = ("article-info", "article-content", "article-author-info", "s-navbar", "hl-heading")
_REFRESH = re.compile(r"\s*[0-9.]*\s*[;,]?\s*url\s*=\s*[\"']?([^\"']+)", re.IGNORECASE)
_FEW = 40
_FAREWELL_LENGTH = 20
_LEADING = re.compile(rf"\s*(?:{BAR}|[-–—:：])\s*")
_BRACKETS = "【】《》「」『』[]（）()"


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
    if not _MARKUP.search(page.body[:65536].replace(b"\0", b"")):
        return Judgement(Verdict.FOREIGN, f"no HTML: {page.content_type or 'no content type'}")
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
    text = view.having(*CONTENT)
    headings = [node for node in (view.tags("h1") or view.tags("h2"))[:5] if not view.is_decoy(node)]
    names += [shown_text(node) for node in headings if not any(is_inside(node, body) for body in text)]
    found = next((squeeze(name) for name in names if _says_farewell(name)), "")
    return found if found or text else _farewell_in_passing(view)


def _says_farewell(name: str) -> bool:
    """Say whether a title is the farewell's; the site's own name may stand before it, and brackets around it."""
    if "告" not in name:  # as in nearly all titles
        return False
    first = _LEADING.split(name[:200], maxsplit=1)
    if len(first) > 1 and is_site_name(first[0]):
        name = first[1]
    return FAREWELL.match("".join(name.split()).lstrip(_BRACKETS)) is not None


def _farewell_in_passing(view: PageView) -> str:
    """Find the farewell in a line of its own, on a page without title that shows no articles."""
    if claims_an_article(view) or any(_is_title(name) for name in (view.meta("og:title"), view.document_title)):
        return ""
    for node in view.tags("h3", "h4", "strong", "b", "p")[:_FEW]:
        name = squeeze(shown_text(node))
        if len(name) < _FAREWELL_LENGTH and _says_farewell(name) and not view.is_decoy(node) and not is_linked(node):
            return name if view.blocks < 2 else ""
    return ""


def empty(view: PageView, fields: Fields | None) -> str:
    """The article page without article: many URLs end ``/article/N/-``."""
    if fields is not None and fields.body is not None:
        nothing = not fields.title and is_empty(fields.body)
        return "title and body are empty" if nothing else ""
    text = main_text(view)
    if not text and not view.blocks and next(view.root.iter("img", "iframe", "script", "input"), None) is None:
        return "no content at all"
    framed = bool(view.having("article-info", "article-heading", "group")) or claims_an_article(view)
    titled = any(_is_title(name) for name in (view.meta("og:title"), view.document_title))
    return "an article's frame, nothing in it" if framed and not titled and len(text) < _FEW else ""


def _is_title(name: str) -> bool:
    return bool(without_tail(name, ""))


def challenge(view: PageView, _: Fields | None) -> str:
    """A page that tests whether the reader is a person."""
    title = view.document_title
    if _CHALLENGE.search(title):
        return title
    mark = _CHALLENGE_MARK.search(view.data) if len(view.data) < _LARGEST_CHALLENGE else None
    return mark[0].decode(errors="replace") if mark else ""


def elsewhere(view: PageView, _: Fields | None) -> str:
    """A page that sends its reader on, by ``meta refresh`` or by a script and nothing else."""
    metas = [meta for meta in view.tags("meta") if (meta.get("http-equiv") or "").strip().lower() == "refresh"]
    targets = [match[1] for meta in metas if (match := _REFRESH.match(meta.get("content") or ""))]
    if not targets and len(view.data) < _LARGEST_REDIRECT:
        scripts = [node.text or "" for node in view.tags("script")]
        scripts += [node.get("onload") or "" for node in view.tags("body")]
        targets = [found for script in scripts for found in _SCRIPTED.findall(script)]
    here = article_id(view.page.original)
    return next((target for target in targets if article_id(urljoin(view.page.original, target)) != here), "")


def listing(view: PageView, _: Fields | None) -> str:
    """The home page, a section or a blogger's page: other articles, and no sign of one of its own."""
    blocks = view.blocks
    links = linked_ids(view)
    if (blocks < 2 and len(links) < 3) or not _is_of_the_site(view) or view.cut_in is not None:
        return ""
    return "" if claims_an_article(view) or has_a_text(view) else f"{max(blocks, len(links))} articles listed"


def foreign(view: PageView, _: Fields | None) -> str:
    """A page of another site, such as one that took over the name.

    A page that shows no sign of either, but holds a text, may be an article: that is for `Verdict.UNKNOWN_LAYOUT`.
    """
    shared = page_host(view.meta("og:url"))
    if shared and not shared.endswith(HOSTS[1]) and "/web/" not in view.meta("og:url"):
        return f"og:url names {shared}"
    if _is_of_the_site(view) or claims_an_article(view) or has_a_text(view):
        return ""
    return view.document_title or "no sign of the site"


def _is_of_the_site(view: PageView) -> bool:
    """Say whether the page names the paper or has its classes; the name of the host is on a broker's page too."""
    return bool(_SITE.search(view.data)) or bool(view.blocks or view.having(*_SITE_CLASSES))


RULES: tuple[tuple[Verdict, Callable[[PageView, Fields | None], str]], ...] = (
    (Verdict.CHALLENGE, challenge),
    (Verdict.REDIRECT_ELSEWHERE, elsewhere),
    (Verdict.EMPTY, empty),
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
