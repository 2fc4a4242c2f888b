"""The words of the site: labels, categories, names of itself."""

from __future__ import annotations

import re

BAR = r"[|｜│︱¦]"
"""What stands between label and name, and between the parts of a byline."""

NEWS = frozenset({"眾聞", "News"})
"""The category whose articles have no author box, in both languages."""

BOX_LABELS = ("博客", "主筆", "Blogger", "Editorial Writer")
"""Labels of author boxes. In lists the category stands in their place."""

SITE_NAMES = frozenset(
    {"眾新聞", "hkcnews", "citizennews", "citizen news", "眾新聞 citizennews", "hkcnews.com", "www.hkcnews.com"}
)
"""Names of the site, in lower case."""

NO_TAGS = "眾新聞, hkcnews, 眾新聞"
"""The site's default keywords. Nothing else means none: `眾新聞` alone, or among others, is a tag."""

CLOSURE = "20220103160000"
"""2022-01-04 00:00 in Hong Kong: captures from then on are mostly of the farewell page."""
FAREWELL = re.compile(r"[眾众]新[聞闻]告[別别].{0,12}?(?:感[謝谢]|多[謝谢]|[讀读]者)")
"""Title of the page that the closed site answered with everywhere, white space taken out."""
FIRST_ID, LAST_ID = 174, 49930
FAREWELL_ARTICLE = 49873
"""The paper's own farewell of 2022-01-02 is an article like any other."""

PLEA = re.compile("月費訂戶")
"""In both paragraphs of the plea for subscribers, and in both its wordings."""
PLEA_FROM, PLEA_TO = "20170704160000", "20220101235959"
"""Every capture of this time has the plea, whatever the article; none before, none after."""
CAMPAIGN = re.compile("眾新聞眾籌呼籲")
"""Heading of what stood in the place of the plea before that time."""


def is_site_name(text: str) -> bool:
    """Say whether a text is no more than the site's own name."""
    return " ".join(text.split()).lower().strip("|｜-– ") in SITE_NAMES


USUAL_READINGS = {
    "title": "h1",
    "author": "article-info",
    "category": "group",
    "body": "article-page",
    "date": "article-info",
    "tags": "meta keywords",
    "author_box": "author block",
    "plea": "behind the text",
}
"""The stamp has none: its place is inferred, so each reading of it is reported."""
