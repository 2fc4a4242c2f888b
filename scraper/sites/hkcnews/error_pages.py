"""Pages in place of an article that were answered with status 200: not found, and the door to what is closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.page_text import claims_an_article, has_a_text, is_linked, main_text
from scraper.sites.hkcnews.sameness import linked_ids
from scraper.sites.hkcnews.shown import shown_text
from scraper.sites.hkcnews.vocabulary import squeeze

if TYPE_CHECKING:
    from scraper.sites.hkcnews.layouts import Fields
    from scraper.sites.hkcnews.view import PageView

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
_LOGIN = re.compile(r"登入|登錄|登录|login|log in|sign in|會員登記|會員專區", re.IGNORECASE)
_SHORT = 300
_BRIEF = 60
_HEADINGS = 3


def soft_404(view: PageView, _: Fields | None) -> str:
    """An error page that was answered with status 200."""
    if has_a_text(view):
        return ""
    titled = [node for node in view.tags("h1", "h2")[:50] if not view.is_decoy(node)]
    own = [node for node in titled if not is_linked(node) and next(node.iter("a"), None) is None]
    names = [squeeze(shown_text(heading)) for heading in own[:_HEADINGS]]
    said = main_text(view, links=False)
    names += [view.document_title, said if len(main_text(view)) < _SHORT else ""]
    found = next((name for name in names if len(name) < _SHORT and _NOT_FOUND.search(name)), "")
    if not found and not view.having("article-info", "group") and not claims_an_article(view):
        found = said if len(said) < _BRIEF and _GONE.search(said) else ""
    return found[:80]


def login(view: PageView, _: Fields | None) -> str:
    """A page that asks for a password: it says so, or it has little else."""
    fields = [node for node in view.tags("input") if (node.get("type") or "").lower() == "password"]
    if not fields or has_a_text(view):
        return ""
    said = " ".join(shown_text(node) for node in view.tags("h1", "h2", "h3", "form", "legend", "label")[:9])
    evidence = view.document_title or "password field"
    if _LOGIN.search(f"{view.document_title} {said}"):
        return evidence
    if claims_an_article(view) or view.blocks > 1 or len(linked_ids(view)) > _HEADINGS:
        return ""
    asks = any(not view.is_decoy(parent) for node in fields if (parent := node.getparent()) is not None)
    return evidence if asks and len(main_text(view)) < _SHORT else ""
