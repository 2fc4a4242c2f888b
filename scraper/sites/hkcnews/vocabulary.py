"""The words of the site: labels, categories, names of itself."""

from __future__ import annotations

import re

BAR = r"[|｜│︱¦]"
"""What stands between label and name, and between the parts of a byline."""

NEWS = "眾聞"
"""The category whose articles have no author box."""
NEWS_NAMES = frozenset({NEWS, "News", "news"})

CATEGORIES = ("眾聞", "眾觀", "眾說", "眾數", "眾坊", "眾記", "我們", "tri-angles", "Tri-angles", "Videos")
"""Categories that were seen; others are taken as they are where the page marks them as such."""

CATEGORY_LABEL = r"(?:分類|類別|類型|欄目|版面|Category|Section)"
HOME_NAMES = frozenset({"主頁", "首頁", "home"})
"""Names of the home page, in lower case: what a path to a category begins with."""

BOX_LABELS = ("博客", "主筆", "Blogger", "Editorial Writer")
"""Labels of author boxes. Another label counts when the name beside it is the byline's author."""

SITE_NAMES = frozenset(
    {"眾新聞", "hkcnews", "citizennews", "citizen news", "眾新聞 citizennews", "hkcnews.com", "www.hkcnews.com"}
)
"""Keywords that name the site, in lower case: the home page has nothing else there."""

AUTHOR_LABEL = r"(?:撰文|作者|撰稿|文(?=\s*[:：])|記者(?=\s*[:：])|Author|Written\s+by|By(?=\s*[:：]))"
SHORT_LABEL = r"(?:文|By)"
"""What is an author's label only where it stands alone: names and words hold it."""
DATE_LABEL = (
    r"(?:(?:發佈|發布|發表|刊登|出版|刊出|上載)(?:日期|時間|於)?|日期|Publish(?:ed|ing)?(?:\s+(?:Date|on|at|Time))?|Date(?:\s+Published)?"
    r"|Post(?:ed)?(?:\s+(?:Date|on))?)"
)
UPDATE_LABEL = (
    r"(?:(?:最後|最近|上次|最新)?(?:更新|修改|修訂|編輯)(?:日期|時間|於)?|(?:Last\s+)?(?:Updated?|Modified|Revised|Edited)"
    r"(?:\s+(?:Date|on|at|Time))?)"
)
ENGLISH_LABEL = re.compile(r"(?:Author|Publish|Written|By)", re.IGNORECASE)

FAREWELL = re.compile(r"[眾众]新[聞闻]告[別别].{0,12}?(?:感[謝谢]|多[謝谢]|[讀读]者)")
"""Title of the page that the closed site answered with everywhere, white space taken out."""

PLEA = re.compile(r"訂戶|hkcnews\.com/aboutus|月費|subscri|paypal\.hkcnews", re.IGNORECASE)
"""The plea for subscribers that the site put at the end of each text from 2017-06 on: part of the page, not of the
text."""


def is_site_name(text: str) -> bool:
    """Say whether a text is no more than the site's own name."""
    return squeeze(text).lower().strip("|｜-– ") in SITE_NAMES


def squeeze(text: str) -> str:
    """Return a text with runs of white space made one space, and none at its ends."""
    return " ".join(text.split())
