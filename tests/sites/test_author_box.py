from __future__ import annotations

import pytest

from scraper.models import AuthorBox, Lack
from tests.sites.pages import AVATAR, BIO, BLOCKS, FIRST, SECOND, WRITER, box, column_heading, heading, page, read

SHOWN = f"https://web.archive.org/web/20210704120000im_/https://www.hkcnews.com{AVATAR}"
LINE = f"博客 | {WRITER}"


def found(after: str = "", body: str = FIRST + SECOND) -> AuthorBox | None:
    article = read(page(author=WRITER, headline=column_heading(), body=body, after=after)).article
    assert article is not None
    return article.author_box


@pytest.mark.parametrize(
    "markup",
    [
        box(),
        box().replace(" | ", " ｜ "),
        box().replace(" | ", "|"),
        box(avatar=f"'{AVATAR}'"),
        box(avatar=f"&quot;{AVATAR}&quot;"),
        box().replace("background-image:url", "width:64px; background: #fff url"),
        f'<div class="author-box"><img src="{AVATAR}" alt=""><h4>{LINE}</h4><p>{BIO}</p></div>',
        f'<div class="author-box"><img src="data:image/gif,R" data-src="{AVATAR}"><h4>{LINE}</h4><p>{BIO}</p></div>',
        f'<div class="author-box"><img data-original="{AVATAR}"><h4>{LINE}</h4><p>{BIO}</p></div>',
        f'<div class="author-box"><img srcset="{AVATAR} 1x"><h4>{LINE}</h4><p>{BIO}</p></div>',
        f'<div class="author-box"><picture><source srcset="{AVATAR}"><img></picture><p>{LINE}<br>{BIO}</p></div>',
        f'<div class="columnist"><img src="{AVATAR}"><span>博客</span> | <span>{WRITER}</span><div>{BIO}</div></div>',
        f'<div class="blogger-info"><img src="{AVATAR}"><div>博客</div><div>{WRITER}</div><div>{BIO}</div></div>',
        f'<div class="blogger-info"><img src="{AVATAR}"><div><b>博客</b><a>{WRITER}</a></div><p>{BIO}</p></div>',
        f'<aside class="author"><a><img src="{AVATAR}"></a><p><strong>{LINE}</strong></p><p>{BIO}</p></aside>',
        f'<div><div class="b"><img src="{AVATAR}"></div><div class="c"><h3>{LINE}</h3><p>{BIO}</p></div></div>',
        f'<a href="/b" class="author-box"><img src="{AVATAR}"><div>{LINE}</div><div>{BIO}</div></a>',
        f'<table class="author-box"><tr><td><img src="{AVATAR}"></td><td><b>{LINE}</b><br>{BIO}</td></tr></table>',
        f'<dl class="author-info"><dt><img src="{AVATAR}"> {LINE}</dt><dd>{BIO}</dd></dl>',
        f'<div class="media"><div><img src="{AVATAR}"></div><div class="media-body"><h4>{LINE}</h4>{BIO}</div></div>',
        f'<div class="author-box"><div data-bg="{AVATAR}"></div><h4>{LINE}</h4><p>{BIO}</p><a>更多文章</a></div>',
        f'<div class="author-box"><noscript><img src="{AVATAR}"></noscript><h4>{LINE}</h4><p>{BIO}</p></div>',
        f'<table class="author-box"><tr><td><img src="{AVATAR}"><td>{LINE}</tr><tr><td>{BIO}</tr></table>',
        f'<footer class="article-footer"><section><img src="{AVATAR}"><p>{LINE}</p><p>{BIO}</p></section></footer>',
        box().replace('<div class="article-author', '<img src="/images/quote.svg"><div class="article-author'),
        f'<div class="blogger-box">{box()}{box()}</div>',
        f'<div class="author-info"><div>{LINE}</div><img src="{AVATAR}"></div>' + box(),
        f'<div class="author-info"><div>{LINE}</div><div>04.03.19</div><img src="/x.png"></div>' + box(),
        box(bio=BIO + "</div><p>更多文章 »</p><a>顯示更多</a><div>"),
        box() + BLOCKS,
        BLOCKS + box(),
        box() + '<div class="tag-list"><a class="tag">ferry</a></div>',
        "</div>" + box() + "<div>",
    ],
)
def test_the_box_is_read_however_it_is_made(markup: str) -> None:
    """Label, name, avatar and bio, from any block that holds them behind the text."""
    assert found(markup) == AuthorBox("博客", WRITER, SHOWN, BIO)


@pytest.mark.parametrize(
    "markup", [box(), f'<div class="author-box"><img src="{AVATAR}"><h4>{LINE}</h4><p>{BIO}</p></div>']
)
def test_a_box_inside_the_text_is_no_text(markup: str) -> None:
    """It is read as the box and left out of the content."""
    article = read(page(author=WRITER, headline=column_heading(), body=FIRST + markup)).article
    assert article is not None
    assert article.author_box == AuthorBox("博客", WRITER, SHOWN, BIO)
    assert BIO not in article.content


@pytest.mark.parametrize("label", ["博客", "主筆", "Blogger", "Editorial Writer", "專欄作家"])
def test_the_label_is_the_pages(label: str) -> None:
    """Known labels, and others where the name is the byline's."""
    author_box = found(box(label))
    assert author_box is not None
    assert author_box.label == label


@pytest.mark.parametrize(
    ("bio", "read_as"),
    [
        ("", ""),
        ("第一行<br>第二行<br/>第三行", "第一行\n第二行\n第三行"),
        ("第一行\n第二行\r\n第三行", "第一行\n第二行\n第三行"),
        ("第一行<br>\n第二行", "第一行\n第二行"),
        ("<p>第一行</p>\n<p>第二行</p>", "第一行\n第二行"),
        ("見<a href='/x'>網頁</a>。", "見網頁。"),
        (
            '電郵：<span class="__cf_email__" data-cfemail="422123362330712302232d2e6c212d2f">[protected]</span>',
            "電郵：catar3a@aol.com",
        ),
    ],
)
def test_the_bio_keeps_its_lines(bio: str, read_as: str) -> None:
    """Breaks, paragraphs and line ends of the source; hidden addresses are shown."""
    author_box = found(box(bio=bio))
    assert author_box is not None
    assert author_box.bio == read_as


def test_news_has_no_box_and_listings_are_none() -> None:
    """In 眾聞 nothing is taken for a box; elsewhere a listing's byline of the same author is not."""
    assert read(page(after=box(name="記者甲"))).article is not None
    article = read(page(after=box(name="記者甲"))).article
    assert article is not None
    assert article.author_box is None
    assert found(BLOCKS) is None


def test_a_column_without_box_is_a_lack_and_news_without_is_none() -> None:
    """Another capture may have the box."""
    assert Lack.NO_AUTHOR_BOX in read(page(author=WRITER, headline=column_heading())).lacks
    assert Lack.NO_AUTHOR_BOX not in read(page(headline=heading())).lacks


def test_a_box_of_somebody_else_yields_to_the_authors() -> None:
    """Of several boxes the byline's author counts."""
    assert found(box(name="別人", bio="另一人") + box()) == AuthorBox("博客", WRITER, SHOWN, BIO)
