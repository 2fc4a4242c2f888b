"""Pages, archives and ledgers that the bench makes itself: invented text in the site's make-up, about 60 KB a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.captures import Saved
from tests.server.make import Box, article_page, article_url, write_warc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SENTENCES = (
    "區內居民表示，新安排實施後每日通勤時間縮短約十分鐘，但繁忙時段的人流仍然擠迫。",
    "部門回覆查詢時指出，有關工程預計於明年第二季完成，其間會維持有限度服務。",
    "記者翻查過去五年的會議紀錄，發現同類建議曾三度提出，均因撥款問題擱置。",
    "有店主認為，改善行人路面有助帶動生意，亦擔心業主趁機加租。",
    "學者指出，數據雖然反映整體改善，個別時段的落差卻被平均數掩蓋。",
    "義工隊逢周末到場協助長者登記，至今已服務逾三百戶。",
)


def body(article: int) -> str:
    """Return a typical text: paragraphs, most of them plain, some with links and emphasis, two figures, the plea."""
    parts = []
    for number in range(16):
        text = "".join(_SENTENCES[(article + number + step) % len(_SENTENCES)] for step in range(4))
        if number % 5 == 2:
            text = f'<strong>{text[:30]}</strong>{text[30:]}<a href="/article/{article - 1}">前文</a>。'
        parts.append(f"<p>{text}</p>")
        if number in (0, 8):
            address = f"/news_新聞/hk-discuss/2019/06/街市-{article}_{number}"
            sources = "".join(f'<source data-srcset="{address}_{size}.jpg">' for size in ("large", "medium", "small"))
            parts.append(
                f'<figure class="image"><picture>{sources}<img src="{address}.jpg" alt=""></picture>'
                f"<figcaption>街市翻新後重開。{number}</figcaption></figure>"
            )
    parts.append(
        '<hr><p>請支持我們的工作。</p><p>月費訂戶<a href="/aboutus/#subscribe">網址：hkcnews.com/aboutus</a></p>'
    )
    return "\n".join(parts)


def page(article: int) -> bytes:
    """Return a page of about 60 KB, most of it surroundings, as on the site."""
    blocks = []
    for number in range(40):
        other = article + number + 1
        sources = "".join(
            f'<source data-srcset="/news_新聞/hk-discuss/2019/06/社區-{other}_{size}.jpg" media="(min-width: 960px)">\n'
            for size in ("large", "medium", "small")
        )
        blocks.append(
            f'<div class="grid-item hvr-fade col-xs-6 col-sm-6 col-md-4"><div class="article-block"><div class="article-block-heading">'
            f'<a href="/article/{other}/社區-生活-{other}/公園涼亭維修半年未完-街坊自發打掃"><picture>\n{sources}'
            f'<img src="/news_新聞/hk-discuss/2019/06/社區-{other}.jpg" alt="公園涼亭維修半年未完" class="img-responsive" /></picture></a>'
            f'</div><div class="article-block-body"><a href="/article/{other}/社區"><p class="text-sm newline">公園涼亭維修半年未完</p>'
            f'</a></div><a href="/news" class="article-block-footer"><div class="article-author-info"><div class="author-profile-pic '
            f'size-32 first left" style="background-image:url(/uploads/avatars/default.jpg);"></div><div class="text-box"><div '
            f'class="line">眾聞 | 記者乙</div><div class="line">05.05.21</div></div></div></a></div></div>'
        )
    return article_page(
        article,
        body=body(article),
        category="眾說",
        last_updated="2019-06-05 12:30:00",
        tags=("社區", "Community", "街市", "區議會"),
        box=Box("街角人"),
        plea=False,
        surroundings="\n".join(blocks),
    )


def captures(count: int, first: int = 1000) -> Iterator[Saved]:
    """Yield one capture for each of so many articles."""
    for article in range(first, first + count):
        yield Saved(article_url(article, "社區-生活"), "20210629000248", page(article))


def warc(path: Path, count: int, first: int = 1000) -> Path:
    """Write a WARC file of so many articles, the ids ascending from `first`."""
    return write_warc(path, captures(count, first))
