"""Pages in the make-up of the site, with invented text: the parts that a test changes are arguments."""

from __future__ import annotations

import html

from scraper.models import Page, Reading
from scraper.sites.hkcnews import HKCNEWS

URL = "https://www.hkcnews.com/article/12345/slug-12345"
TIMESTAMP = "20210704120000"
TITLE = "渡輪深夜班次下月取消　街坊改乘通宵巴士"
WRITER = "海旁散步"
BIO = "在碼頭旁長大，寫城中小事。"
AVATAR = "/uploads/avatars/0a1b.png?123"
FIRST = "<p>渡輪公司今日宣布，下月起取消深夜兩班航次，碼頭外的街坊說，收工後只能改乘通宵巴士。</p>"
SECOND = '<p>運輸署說，<strong>未有時間表</strong>，詳情見<a href="/article/20442/渡輪-20442">早前報道</a>。</p>'
HOUSE = "<p>屋宇署說會跟進。</p>"
FIGURE = '<figure class="image"><img alt="" src="/a b_large.jpg"><figcaption>碼頭外的候船人</figcaption></figure>'
ASKED = "請加入成為眾新聞的月費訂戶，長期支持我們的工作。"
ASKED_EARLIER = "我們的眾籌活動已結束，謝謝你們的支持。你可以加入成為眾新聞的月費訂戶。"
PLEA = f"""<hr>
<p>{ASKED}</p>
<p>月費訂戶<a href="/aboutus/#subscribe">網址：hkcnews.com/aboutus/#subscribe</a></p>"""
NAVIGATION = """<div class="wrapper navigation"><nav class="s-navbar"><ul><li><a href="/news">眾聞</a></li>
<li><a href="/bloggers">眾說</a></li></ul></nav></div>"""
POPUP = (
    """<script>var tpl = '<h1 class="popup"><%= title %></h1><div class="article-info"><%= info %></div>';</script>"""
)


def block(number: int, title: str, label: str, author: str) -> str:
    """Another article, as lists of them show it."""
    return f"""<div class="grid-item"><div class="article-block"><div class="article-block-body">
<a href="/article/{number}/x"><p>{title}</p></a></div>
<div class="article-author-info">
<div class="author-profile-pic" style="background-image:url(/uploads/default.jpg)"></div>
<div class="text-box"><div class="line">{label} | {author}</div><div class="line">03.02.19</div></div>
</div></div></div>"""


BLOCKS = block(20111, "街市檔主自建雨棚", "眾聞", "記者丙") + block(20442, "渡輪末班車改點", "博客", WRITER)


def heading(
    title: str = TITLE,
    info: str = "撰文: 記者甲 | 發佈日期: 04.03.19",
    group: str | None = "眾聞",
    *,
    h1: str = "<h1>{}</h1>",
    extra: str = "",
) -> str:
    """Category, headline and byline. `title` and `info` are markup."""
    category = f'<div class="group">{group}</div>' if group is not None else ""
    return f"""<div class="article-heading">{category}
{h1.format(title)}
<div class="article-info">{info}</div>
{extra}</div>"""


def column_heading() -> str:
    """The heading of a column by WRITER."""
    return heading(info=f"撰文: {WRITER} | 發佈日期: 04.03.19", group="眾說")


def box(label: str = "博客", name: str = WRITER, bio: str = BIO, avatar: str = AVATAR) -> str:
    """The author's component, as lists of articles have it too."""
    return f"""<div class="article-author-info">
<div class="author-profile-pic size-64 first left" style="background-image:url({avatar})"></div>
<div class="text-box"><div class="line">{label} | {name}</div><div class="line">{bio}</div></div></div>"""


def page(
    *,
    title: str = TITLE,
    author: str = "記者甲",
    keywords: str | None = "渡輪, ferry, 運輸署",
    head: str = "",
    headline: str | None = None,
    tags: str = "",
    body: str = FIRST + SECOND,
    plea: str = "",
    after: str = "",
    main: str | None = None,
    listing: str = BLOCKS,
    kind: str = "article",
) -> str:
    """A whole page. Whatever its `kind`, its ``og:type`` says that it is an article, as on the site."""
    words = f'<meta name="keywords" content="{html.escape(keywords)}">' if keywords is not None else ""
    inner = (
        main
        or f"""{headline or heading()}
<div class="share-bar"><a href="#">分享</a></div>
{tags}
<div class="article-content">
{body}
{plea}
</div>
{after}"""
    )
    return f"""<!DOCTYPE html>
<html lang="zh">
<head>
<title>{html.escape(title)} | 眾新聞</title>
<meta charset="utf-8">
{words}
<meta property="og:title" content="{html.escape(title)} | {html.escape(author)}">
<meta property="og:type" content="article">
{f'<meta property="og:url" content="{URL}">' if kind == "article" else ""}
{head}
</head>
<body id="{"Article" if kind == "article" else "Landing"}">
{NAVIGATION}
<div class="wrapper article"><h2 class="hidden">眾新聞 CitizenNews</h2>
<div class="col-md-8">
{inner}
<h2 class="hidden">相關文章</h2>
</div>
<div class="col-md-4"><div class="side-heading">最新文章</div>{listing}</div>
</div>
<footer class="wrapper footer">眾新聞版權所有</footer>
{POPUP}
</body>
</html>
"""


def read(
    body: str | bytes,
    *,
    url: str = URL,
    timestamp: str = TIMESTAMP,
    status: int = 200,
    content_type: str | None = "text/html; charset=UTF-8",
    location: str | None = None,
    truncated: str | None = None,
) -> Reading:
    """Read a page as captured at TIMESTAMP, or at another time."""
    held = body if isinstance(body, bytes) else body.encode()
    return HKCNEWS.read(Page(url, timestamp, status, content_type, held, location, truncated))
