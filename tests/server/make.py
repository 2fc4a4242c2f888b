"""Made-up captures: article pages in the site's make-up with invented text, other pages of the site, WARC files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.server.captures import HTML, Saved

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HOST = "https://www.hkcnews.com"
_NAMES = ("陳小雨", "李遠山", "黃一心", "周明月", "何路", "Anna Field")
_PLACES = ("灣仔", "深水埗", "大埔", "屯門", "長洲", "觀塘", "西貢", "荃灣")
_MATTERS = ("巴士改道", "海濱長廊", "街市翻新", "圖書館延長開放", "渡輪加班", "單車徑接通", "舊樓維修", "學校合併")
_VOICES = (
    "居民說，附近的路燈壞了三個月，至今沒有人修理。",
    "區議員表示會在下次會議上跟進，並要求部門交代時間表。",
    "記者昨日到場觀察，下午四時人流最多，隊伍長約五十米。",
    "有店主認為新安排方便送貨，但擔心租金隨之上升。",
    "The department replied that the work would be finished within the year.",
    "團體收集了逾二千個簽名，希望保留原有的老樹和涼亭。",
)
_PLEA = """<hr><p>獨立報道需要讀者同行，請成為月費訂戶。</p>
<p>月費訂戶<a href="/aboutus/#subscribe">按此登記</a>，多謝支持。</p>"""


@dataclass(frozen=True, slots=True)
class Box:
    """The author box behind a column."""

    author: str
    label: str = "博客"
    avatar: str = "/uploads/avatars/default.jpg"
    bio: str = "住在離島，寫城市與海。"


def article_url(article_id: int, slug: str = "", *, host: str = HOST) -> str:
    """Return an article's URL; `slug` is put behind the id as it is."""
    return f"{host}/article/{article_id}" + (f"/{slug}" if slug else "")


def made_up_title(article_id: int) -> str:
    """Return the title that `article_page` gives an article if not told otherwise."""
    place, matter = _PLACES[article_id % len(_PLACES)], _MATTERS[article_id // 3 % len(_MATTERS)]
    return f"{place}{matter}：第{article_id}號報告"


def made_up_body(article_id: int) -> str:
    """Return a body of a few paragraphs, a heading, a figure, a list; different for each id."""
    voices = [_VOICES[(article_id + step) % len(_VOICES)] for step in range(4)]
    parts = [f"<p>（{article_id}）{voices[0]}<strong>{voices[1]}</strong></p>"]
    if article_id % 3 == 0:
        parts.append(
            f'<figure class="image"><img src="/article/{article_id}/images/photo_large.jpg" alt="現場">'
            f"<figcaption>{_PLACES[article_id % len(_PLACES)]}現場（資料圖片）</figcaption></figure>"
        )
    parts.append(f"<h3>{_MATTERS[article_id % len(_MATTERS)]}</h3>")
    parts.append(f'<p>{voices[2]}詳見<a href="/article/{max(174, article_id - 1)}">前文</a>。</p>')
    if article_id % 5 == 0:
        parts.append(f"<ul><li>{voices[0]}</li><li>{voices[3]}</li></ul>")
    parts.append(f"<blockquote><p>{voices[3]}</p></blockquote>")
    return "\n".join(parts)


def article_page(
    article_id: int,
    *,
    title: str | None = None,
    author: str | None = None,
    date: str = "05.06.19",
    category: str = "眾聞",
    tags: Iterable[str] = ("民生",),
    body: str | None = None,
    last_updated: str | None = None,
    box: Box | None = None,
    english: bool = False,
    plea: bool = False,
    surroundings: str = "",
) -> bytes:
    """Return an article page in the site's make-up. `body` is HTML; everything else plain text.

    `surroundings` is put outside of the article: what changes from capture to capture and must not matter.
    """
    title = made_up_title(article_id) if title is None else title
    if author is None:
        author = _NAMES[article_id % len(_NAMES)] if box is None else box.author
    labels = ("Author", "Publish Date") if english else ("撰文", "發佈日期")
    stamp = f" | {'Last Updated' if english else '最後更新'}: {last_updated}" if last_updated else ""
    content = made_up_body(article_id) if body is None else body
    keywords = escape(", ".join(tags))
    return f"""<!DOCTYPE html>
<html lang="{"en" if english else "zh-HK"}">
<head>
<meta charset="utf-8">
<title>{escape(title)} | 眾新聞</title>
<meta name="keywords" content="{keywords}">
<meta property="og:title" content="{escape(title)} | {escape(author)}">
<meta property="og:url" content="{article_url(article_id)}">
<link rel="stylesheet" href="/css/app.css">
<script>window.page = {article_id};</script>
</head>
<body>
<nav><a href="/">眾新聞</a> <a href="/category/1">眾聞</a></nav>
<h2 class="hidden">導航</h2>
<main class="article">
<span class="group">{escape(category)}</span>
<h1>{escape(title)}</h1>
<div class="article-info">{labels[0]}: {escape(author)} | {labels[1]}: {date}{stamp}</div>
<div class="article-content">
{content}
{_PLEA if plea else ""}
</div>
{_box(box)}
</main>
<aside>
<div class="article-block"><div class="article-block-body">
<a href="/article/{article_id + 1}"><p>另一篇報道</p></a></div>
<div class="article-author-info"><div class="line">眾聞 | 別的人</div><div class="line">01.01.18</div></div></div>
{surroundings}
</aside>
<footer>© 眾新聞</footer>
</body>
</html>
""".encode()


def _box(box: Box | None) -> str:
    if box is None:
        return ""
    return f"""<div class="article-author-info">
<div class="author-profile-pic size-64 first left" style="background-image:url({escape(box.avatar)})"></div>
<div class="text-box"><div class="line">{escape(box.label)} | {escape(box.author)}</div>
<div class="line">{escape(box.bio)}</div></div></div>"""


def farewell_page() -> bytes:
    """Return the page that the closed site gave for every URL."""
    return """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>眾新聞告別    感謝讀者</title></head>
<body><div class="farewell"><h1>眾新聞告別    感謝讀者</h1>
<p>本網站已停止運作。謝謝各位五年來的同行，後會有期。</p></div></body></html>
""".encode()


def home_page() -> bytes:
    """Return the home page; its make-up is not that of an article."""
    return """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>眾新聞</title><meta name="keywords" content="眾新聞, hkcnews, 眾新聞"></head>
<body><div class="home"><div class="article-block"><a href="/article/20001"><h3>今日頭條</h3></a>
<div class="article-author-info"><div class="line">眾聞 | 何路</div><div class="line">03.03.20</div></div></div>
<div class="article-block"><a href="/article/20002"><h3>另一則</h3></a></div></div></body></html>
""".encode()


def challenge_page() -> bytes:
    """Return a page that asks the crawler to prove that it is a person."""
    return b"""<!DOCTYPE html>
<html><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body class="no-js"><div id="cf-wrapper"><form id="challenge-form" action="/article/1?__cf_chl_f_tk=abc" method="POST">
<h1>Checking your browser before accessing hkcnews.com.</h1></form></div></body></html>
"""


def empty_page() -> bytes:
    """Return a page of the article make-up with neither title nor text."""
    return article_page(0, title="", author="", date="", category="", tags=(), body="")


def saved_article(article_id: int, timestamp: str = "20200607080910", *, url: str = "", **page: object) -> Saved:
    """Return a capture of a made-up article, with the plea in its time; `page` as for `article_page`."""
    page = {"plea": "20170704160000" <= timestamp <= "20220101235959"} | page
    body = article_page(article_id, **page)  # type: ignore[arg-type]
    return Saved(url or article_url(article_id), timestamp, body)


def saved_redirect(url: str, timestamp: str, target: str, status: int = 301) -> Saved:
    """Return a captured redirect."""
    reason = {301: "Moved Permanently", 302: "Found"}.get(status, "See Other")
    return Saved(url, timestamp, b"", status, reason, (*HTML, ("Location", target)))


def write_warc(path: Path, saved: Iterable[Saved]) -> Path:
    """Write captures as a WARC 1.1 file, gzipped if the name says so; the same captures give the same bytes."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=path.name.endswith(".gz"), warc_version="1.1")
        for number, one in enumerate(saved):
            headers = StatusAndHeaders(f"{one.status} {one.reason}", list(one.headers), protocol="HTTP/1.1")
            record = writer.create_warc_record(
                one.url,
                "response",
                payload=io.BytesIO(one.payload),
                http_headers=headers,
                warc_headers_dict={
                    "WARC-Date": one.moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012x}>",
                },
            )
            writer.write_record(record)
            record.raw_stream.close()  # a temporary file by now, into which warcio put the payload to hash it
    return path
