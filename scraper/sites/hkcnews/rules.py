"""Pages of the site that are no articles: one small rule for each verdict."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper.models import Verdict
from scraper.page.tree import is_inside, take_out
from scraper.page.visible import shown_text, squeeze
from scraper.sites import verdicts
from scraper.sites.fingerprint import is_empty, linked_ids
from scraper.sites.hkcnews.body import find_plea
from scraper.sites.hkcnews.fields import find_byline, read_date
from scraper.sites.hkcnews.urls import HOSTS, article_id
from scraper.sites.hkcnews.words import BAR, CLOSURE, FAREWELL, FAREWELL_ARTICLE, is_site_name
from scraper.urls import page_host

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.page.view import PageView
    from scraper.sites.base import Fields

_SITE = re.compile("眾新聞|众新闻|citizen ?news".encode(), re.IGNORECASE)
_SITE_CLASSES = ("article-info", "article-content", "article-author-info", "s-navbar", "hl-heading")
_FEW = 40
_FAREWELL_LENGTH = 20
_LEADING = re.compile(rf"\s*(?:{BAR}|[-–—:：])\s*")
_TAIL = re.compile(rf"\s*(?:{BAR}|\s[-–—]\s)\s*")
_BRACKETS = "【】《》「」『』[]（）()"
_NOT_FOUND = re.compile(
    r"\b404\b|not\s*found|找不到|不存在|沒有找到|已被?移除|無法找到|頁面錯誤"
    r"|page (?:you|does|is)|doesn.t exist|no longer available|could not be found|oops|\b50[0-4]\b|whoops",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"not\s*found|(?:查無|找不到|找唔到|沒有找到|未能?找到|無法找到|沒有)(?:你|您|閣下)?(?:所?要(?:求|找|瀏覽)?的?|此|這|該|相關)?(?:一?[篇個])?"
    r"(?:文章|頁|網頁|頁面|內容|帖)"
    r"|(?:文章|頁|網頁|頁面|內容|帖文?).{0,6}(?:刪除|移除|下架|失效|不存在|(?:未能?|無法|沒有)(?:被?找到|顯示|開啟))"
    r"|no\s*longer\s*available|could\s*not\s*be\s*found|doesn.t\s*exist",
    re.IGNORECASE,
)
"""Said of the page itself: an article may be about such a thing too, so it counts only where little else is said."""
_LOGIN = re.compile(r"登入|登錄|登录|log ?in|sign in", re.IGNORECASE)
_SHORT = 300
_BRIEF = 60
_HEADINGS = 3
_LONG_PARAGRAPH = 30
_A_TEXT = 3
_MANY = 3000
_TEXT_TAGS = (
    *("p", "div", "span", "a", "h1", "h2", "h3", "h4", "li", "td", "strong", "b", "section", "article", "main", "body"),
)


def farewell(view: PageView, fields: Fields) -> str:
    """The page that the closed site answered with everywhere, from 2022-01 on; not the article in which it said so."""
    names = [view.document_title, view.meta("og:title")]
    if fields.body is not None and not fields.missing and not is_empty(fields.body):
        names.append(fields.title)  # what other headings say is not about it
        if article_id(view.page.original) == FAREWELL_ARTICLE or view.page.timestamp < CLOSURE:
            return ""
    else:
        headings = [node for node in (view.tags("h1") or view.tags("h2"))[:5] if not view.is_decoy(node)]
        names += [shown_text(node) for node in headings if not is_inside(node, fields.body)]
    found = next((squeeze(name) for name in names if _says_farewell(name)), "")
    return found or ("" if fields.body is not None else _farewell_in_passing(view))


def _says_farewell(name: str) -> bool:
    """Say whether a title is the farewell's; the site's own name may stand before it, and brackets around it."""
    first = _LEADING.split(name[:200], maxsplit=1)
    if len(first) > 1 and is_site_name(first[0]):
        name = first[1]
    return FAREWELL.match("".join(name.split()).lstrip(_BRACKETS)) is not None


def _farewell_in_passing(view: PageView) -> str:
    """Find the farewell in a line of its own, on a page without title that shows no articles."""
    if _claims_an_article(view) or any(_is_title(name) for name in (view.meta("og:title"), view.document_title)):
        return ""
    for node in view.tags("h3", "h4", "strong", "b", "p")[:_FEW]:
        name = squeeze(shown_text(node))
        if len(name) < _FAREWELL_LENGTH and _says_farewell(name) and not view.is_decoy(node) and not _is_linked(node):
            return name if len(view.others) < 2 else ""
    return ""


def empty(view: PageView, fields: Fields) -> str:
    """The article page without article: many URLs end ``/article/N/-``."""
    if fields.title and fields.body is not None:
        return ""
    if fields.body is not None:
        take_out(find_plea(view, fields.body)[0], view.root)
        return "title and body are empty" if is_empty(fields.body) else ""
    text = _main_text(view)
    if not text and not view.others and next(view.root.iter("img", "iframe", "script", "input"), None) is None:
        return "no content at all"
    own = view.has("article-info", "article-heading", "group") and not (view.others and _names_another_page(view))
    framed = own or _claims_an_article(view)
    titled = any(_is_title(name) for name in (view.meta("og:title"), view.document_title))
    return "an article's frame, nothing in it" if framed and not titled and len(text) < _FEW else ""


def _is_title(name: str) -> bool:
    """Say whether a title names more than the site."""
    return any(part.strip() and not is_site_name(part) for part in _TAIL.split(name[:2000]))


def soft_404(view: PageView, _: Fields) -> str:
    """An error page that was answered with status 200."""
    if _has_a_text(view):
        return ""
    titled = [node for node in view.tags("h1", "h2")[:50] if not view.is_decoy(node)]
    own = [node for node in titled if not _is_linked(node) and next(node.iter("a"), None) is None]
    names = [squeeze(shown_text(heading)) for heading in own[:_HEADINGS]]
    said = _main_text(view, links=False)
    names += [view.document_title, said if len(_main_text(view)) < _SHORT else ""]
    found = next((name for name in names if len(name) < _SHORT and _NOT_FOUND.search(name)), "")
    if not found and not view.has("article-info", "group") and not _claims_an_article(view):
        found = said if len(said) < _BRIEF and _GONE.search(said) else ""
    return found[:80]


def login(view: PageView, _: Fields) -> str:
    """A page that asks for a password: it is called so, or has little else."""
    fields = (node for node in view.tags("input") if (node.get("type") or "").lower() == "password")
    around = (parent for node in fields if (parent := node.getparent()) is not None)
    if all(map(view.is_decoy, around)) or _claims_an_article(view):
        return ""
    if _LOGIN.search(view.document_title):
        return view.document_title
    others = max(len(view.others), len(linked_ids(view)))
    return "" if others > _HEADINGS or len(_main_text(view)) >= _SHORT else view.document_title or "password field"


def listing(view: PageView, _: Fields) -> str:
    """The home page, a section or a blogger's page: other articles, and no sign of one of its own."""
    blocks = len(view.others)
    links = linked_ids(view)
    other = _names_another_page(view)
    few = blocks < 2 and len(links) < 3 and not (other and blocks)  # a blogger may have written one article
    if few or not _is_of_the_site(view) or view.cut_in is not None:
        return ""
    own = not other and (_claims_an_article(view) or _has_a_text(view))
    return "" if own else f"{max(blocks, len(links))} articles listed"


def foreign(view: PageView, _: Fields) -> str:
    """A page of another site, such as one that took over the name.

    A page that shows no sign of either, but holds a text, may be an article: that is for `Verdict.UNKNOWN_LAYOUT`.
    """
    shared = page_host(view.meta("og:url"))
    if shared and not shared.endswith(HOSTS[1]) and "/web/" not in view.meta("og:url"):
        return f"og:url names {shared}"
    if _is_of_the_site(view) or _claims_an_article(view) or _has_a_text(view):
        return ""
    return view.document_title or "no sign of the site"


def _is_of_the_site(view: PageView) -> bool:
    """Say whether the page names the paper or has its classes; the name of the host is on a broker's page too."""
    return bool(_SITE.search(view.data)) or bool(view.others or view.has(*_SITE_CLASSES))


def _main_text(view: PageView, *, links: bool = True) -> str:
    """Return the text outside navigation and lists of other articles, without white space; with `links` theirs too."""
    shown = [element for element in view.tags(*_TEXT_TAGS)[:_MANY] if not view.is_decoy(element)]
    if not links:
        shown = [element for element in shown if not _is_linked(element)]
    parts = [text or "" for element in shown for text in (element.text, *(child.tail for child in element))]
    return "".join("".join(parts).split())


def _is_linked(element: _Element) -> bool:
    """Say whether an element is a link or stands in one."""
    return element.tag == "a" or next(element.iterancestors("a"), None) is not None


def _names_another_page(view: PageView) -> bool:
    """Say whether ``og:url`` names a page of the site that is no article, as it does on lists."""
    url = view.meta("og:url")
    return page_host(url) in HOSTS and article_id(url) is None


def _claims_an_article(view: PageView) -> bool:
    """Say whether the page calls itself an article. ``og:type`` proves nothing: it is ``article`` on the home page."""
    if _names_another_page(view):
        return False
    if any(node.get("id") == "Article" for node in view.tags("body")):
        return True
    canonical = next((link.get("href") or "" for link in view.tags("link") if link.get("rel") == "canonical"), "")
    return article_id(view.meta("og:url") or canonical) is not None


def _has_a_text(view: PageView) -> bool:
    """Say whether the page has a byline with a date, or some long paragraphs."""
    byline = find_byline(view, None)
    if byline is not None and byline.author and read_date(byline)[0]:
        return True
    long = (node for node in view.tags("p")[:_MANY] if len(shown_text(node)) > _LONG_PARAGRAPH)
    own = (node for node in long if not view.is_decoy(node) and not _is_linked(node))
    return len(list(islice(own, _A_TEXT))) == _A_TEXT


RULES = {
    Verdict.CHALLENGE: verdicts.challenge,
    Verdict.REDIRECT_ELSEWHERE: verdicts.sends_on,
    Verdict.EMPTY: empty,
    Verdict.LOGIN: login,
    Verdict.SOFT_404: soft_404,
    Verdict.LISTING: listing,
    Verdict.FOREIGN: foreign,
}
"""For pages that no layout reads, in order: what returns the evidence for a verdict, or an empty string."""
