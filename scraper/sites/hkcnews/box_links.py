"""Links in and beside an author box that lead on: to other articles, to all of the author's, to follow the author."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper.sites.hkcnews.nearby import other_article
from scraper.sites.hkcnews.shown import shown_text
from scraper.sites.hkcnews.view import MOST
from scraper.sites.hkcnews.vocabulary import squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element

    from scraper.sites.hkcnews.view import PageView

_MORE = re.compile(
    r"[+＋]?\s?(?:(?:更多|查看|所有|閱讀).{0,8}(?:文章|作品)|(?:作者的?)?(?:其他|其它|其餘|最新|近期)(?:文章|作品)"
    r"|(?:顯示|閱讀|查看)(?:更多|全部)|(?:追蹤|追踪|關注|訂閱)(?:作者|博客|博主|專欄|專頁|我們?)?"
    r"|(?:more|all|view)\s.{0,20}(?:articles|posts|by)(?:\s.{0,9}作者)?|(?:read|show|see)\s+more"
    r"|(?:follow|subscribe)(?:\s(?:the\s)?(?:author|blogger|writer|me|us|作者))?)[\s»›>→+.…]{0,9}",
    re.IGNORECASE,
)
"""The author's own name stands in it as 作者."""
_ELSEWHERE = re.compile(
    r"(?:facebook|fb|twitter|instagram|ig|youtube|telegram|medium|patreon|mewe|threads|微博|rss|e-?mail|電郵|網站|網誌"
    r"|blog|website)(?:\s?(?:專頁|page))?",
    re.IGNORECASE,
)
_BUTTON = re.compile(r"(?:^|\s)(?:btn|button|follow)(?=[\s_-]|\Z)", re.IGNORECASE)
_INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"})
_BETWEEN = " \t\r\n\xa0\u3000|｜/／・·•,，、-–—"
"""What stands between links in a row."""
_MANY = 1000


def is_more(text: str, author: str) -> bool:
    """Say whether a text is no more than the invitation to read or follow more."""
    if len(text) > len(author) + 60:
        return False
    text = squeeze(text)
    return _MORE.fullmatch(text.replace(author, "作者") if author else text) is not None


def leading_on(view: PageView, box: _Element, author: str) -> frozenset[_Element]:
    """Return the links in a box that are not of its words, with all that is in them."""
    found: set[_Element] = set()
    for link in islice(box.iter("a"), MOST):
        if link is not box and _leads_on(view, link, author):
            found.update(islice(link.iter("*"), _MANY))
    return frozenset(found)


def _leads_on(view: PageView, link: _Element, author: str) -> bool:
    text = squeeze(shown_text(link))
    if not text or (author and text.endswith(author) and not is_more(text, author)):
        return False
    before, after = words_beside(link)
    if after:
        return False
    if is_more(text, author):
        return True
    named = _BUTTON.search(link.get("class") or "") or _ELSEWHERE.fullmatch(text)
    return not before and (named is not None or other_article(view, link) is not None)


def words_beside(link: _Element) -> tuple[str, str]:
    """Return the text right before and right behind a link in its line, without what stands between links in a row."""
    before = after = ""
    node = link
    while (parent := node.getparent()) is not None:
        previous = node.getprevious()
        before = before or ((parent.text if previous is None else previous.tail) or "").strip(_BETWEEN)
        after = after or (node.tail or "").strip(_BETWEEN)
        if parent.tag not in _INLINE:
            break
        node = parent
    return before, after
