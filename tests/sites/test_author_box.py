from __future__ import annotations

import html
import re

import pytest

from scraper.models import AuthorBox, Lack, Verdict
from tests.sites.pages import (
    AVATAR,
    BIO,
    BLOCKS,
    FIGURE,
    FIRST,
    PLEA,
    SECOND,
    WRITER,
    box,
    column_heading,
    heading,
    page,
    read,
)

SHOWN = f"https://web.archive.org/web/20210704120000im_/https://www.hkcnews.com{AVATAR}"
LINE = f"博客 | {WRITER}"
PICTURE = f'<div class="author-profile-pic" style="background-image:url({AVATAR})"></div>'
NAMED = f'<div class="article-author-info">{PICTURE}<div class="text-box"><div class="line">{LINE}</div></div></div>'
HEAD = f'<img src="{AVATAR}"><h4>{LINE}</h4>'
BOX = AuthorBox("博客", WRITER, SHOWN, BIO)


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
        f'<div class="article-footer">{NAMED}<div class="bio">{BIO}</div></div>',
        f"<div>{NAMED}<div>{BIO}</div></div>",
        f'<div><div class="share-bar">分享</div>{NAMED}<div class="tags">渡輪</div><p>{BIO}</p></div>',
        f'{NAMED}<p class="author-bio">{BIO}</p>',
        f'<div class="blogger-box">{NAMED}</div><div class="desc">{BIO}</div>',
        f'<div class="author-box">{HEAD}<span>{BIO}</span><a href="/b/3">更多文章</a></div>',
        f'<div class="author-box">{HEAD}<p>{BIO} <a href="/b/3">查看更多文章 »</a></p></div>',
        f'<div class="author-box">{HEAD}<p>{BIO}</p><a href="#">追蹤作者</a> | <a href="/b/3">作者其他文章</a></div>',
        f'<div class="author-box">{HEAD}<p>{BIO}</p><a class="btn" href="#">收藏</a><p>{WRITER}的其他文章</p></div>',
        f'<div class="author-box">{HEAD}<p>{BIO}</p><ul><li><a href="/article/1/x">另一篇</a></li></ul></div>',
        f'<div class="author-box">{HEAD}<p>{BIO}</p><a href="/article/1/x">甲</a><a href="/article/2/x">乙</a></div>',
        f'<div class="author-box">{HEAD}<p>{BIO}</p><div><a href="//fb.com/x">Facebook</a> <a>IG</a></div></div>',
        f'<div class="author-box">{HEAD.replace("</h4>", "<a class=btn>追蹤</a></h4>")}<p>{BIO}</p></div>',
        f'<footer><div class="author-box">{HEAD}<p>{BIO}</p></div></footer>',
        f"<footer><div>{HEAD}<p>{BIO}</p></div></footer>",
        f'<div class="grid-item">{box()}</div>',
        f'<a href="/b/3" class="article-block-footer">{box()}</a>',
        f'<div><div>{HEAD}<p>{BIO}</p></div><div><a href="/article/1">甲</a><a href="/article/2">乙</a></div></div>',
        box().replace(" | ", " / "),
        box().replace(" | ", "・"),
        box().replace(" | ", " - "),
        box().replace(LINE, f"{WRITER} | 博客"),
        box().replace(LINE, f"【博客】{WRITER}"),
        box().replace(LINE, f"<div>博客</div><div>/</div><div>{WRITER}</div>"),
        f'<div class="author-box"><img v-lazy="\'{AVATAR}\'"><h4>{LINE}</h4><p>{BIO}</p></div>',
        f'<div class="author-box"><i v-lazy:background-image="{AVATAR}"></i><h4>{LINE}</h4><p>{BIO}</p></div>',
        f'<div class="author-box"><i data-bgset="{AVATAR} 64w, /x.png 32w"></i><h4>{LINE}</h4><p>{BIO}</p></div>',
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


@pytest.mark.parametrize(
    "text",
    [
        '<div class="main"><p>博客 | {0}</p><p><img src="/a_large.jpg"></p>{1}<h3>結語</h3><p>船還會開。</p></div>',
        '<div class="text-part"><p>博客 | {0}</p>{1}</div>',
        '<div class="x"><p>博客 | {0}</p><figure class="image"><img src="/a.jpg"></figure></div>',
        '<p><span class="author">博客 | {0}</span>曾撰文談及此事。</p>',
    ],
)
def test_the_text_of_an_article_is_no_bio(text: str) -> None:
    """Also where a part of it begins with label and name: none of its words leave it."""
    body = "<p>導言。</p>" + text.format(WRITER, "<p>街坊說，收工後只能改乘通宵巴士，多等四十分鐘。</p>" * 4)
    article = read(page(author=WRITER, headline=column_heading(), body=body)).article
    plain = read(page(body=re.sub(' class="(?!image)[^"]*"', "", body))).article
    assert article is not None
    assert plain is not None
    assert article.author_box is None
    assert article.content == plain.content


def test_a_text_without_its_box_is_not_left_empty() -> None:
    """Whatever the class of the block that holds all of it."""
    body = f'<div class="author"><p>博客 | {WRITER}</p><p>收工後只能改乘通宵巴士。</p></div>'
    article = read(page(author=WRITER, headline=column_heading(), body=body)).article
    assert article is not None
    assert "通宵巴士" in article.content


@pytest.mark.parametrize("name", ["user-card", "profile", "post-author", "x"])
@pytest.mark.parametrize(
    "line", [LINE, f"博客 / {WRITER}", f"{WRITER} ・ 博客", f"<b>博客</b> {WRITER}", f"博客<p>{WRITER}</p>"]
)
@pytest.mark.parametrize("wrap", ["{}", "<div>{}</div>"])
@pytest.mark.parametrize("behind", ["", PLEA])
def test_a_box_of_any_class_that_ends_the_text_is_no_text(name: str, line: str, wrap: str, behind: str) -> None:
    """It begins with the line of label and name; whatever the plea is behind it stays."""
    markup = f'<div class="{name}"><div><img src="{AVATAR}"></div><div><h4>{line}</h4><p>{BIO}</p></div></div>'
    body = wrap.format(FIRST + markup) + behind
    article = read(page(author=WRITER, headline=column_heading(), body=body)).article
    plain = read(page(author=WRITER, headline=column_heading(), body=wrap.format(FIRST) + behind)).article
    assert article is not None
    assert plain is not None
    assert article.author_box == BOX
    assert article.content == plain.content


@pytest.mark.parametrize(
    "markup",
    [
        f'<div class="x">{NAMED}<p>{BIO}</p></div>',
        f'<div class="x">{box()}<a href="/b/3">更多文章</a></div>',
        f'<div class="x"><div>{box()}</div></div>',
    ],
)
def test_what_stands_around_a_box_in_the_text_goes_with_it(markup: str) -> None:
    """Its bio, and links that lead on."""
    article = read(page(author=WRITER, headline=column_heading(), body=FIRST + markup)).article
    plain = read(page(author=WRITER, headline=column_heading(), body=FIRST)).article
    assert article is not None
    assert plain is not None
    assert article.author_box == BOX
    assert article.content == plain.content


def test_a_text_behind_a_box_is_not_its_bio() -> None:
    """A name above the text, in one block with it, and a picture beside the box."""
    body = f'<div class="x">{NAMED}<p>{BIO}</p></div>'
    article = read(page(author=WRITER, headline=column_heading(), body=body)).article
    assert article is not None
    assert article.content == BIO
    article = read(page(author=WRITER, headline=column_heading(), body=f"{FIRST}<div>{FIGURE}{box()}</div>")).article
    assert article is not None
    assert "a%20b_large.jpg" in article.content


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{LINE}說，他的博客不寫了。</p>",
        f"<p>{LINE}</p>",
        f"<p>{LINE}<br>{BIO}</p>",
        f"<h3>{LINE}</h3><p>{BIO}</p>",
        f'<div class="x">博客 {WRITER}<br>{BIO}</div>',
        f'<div class="x"><h4>{LINE}</h4><p>{BIO}</p></div>{FIRST}',
        f'<blockquote class="x"><p>{LINE}</p><p>{BIO}</p></blockquote>',
        f'<figure class="image"><img src="/a.jpg"><figcaption>{LINE}<br>{BIO}</figcaption></figure>',
        f'<table class="x"><tr><td>{LINE}</td><td>{BIO}</td></tr></table>',
        f'<div class="user-card"><img src="{AVATAR}"><h4>博客 | 別人</h4><p>{BIO}</p></div>',
    ],
)
def test_a_text_that_names_the_label_is_no_box(markup: str) -> None:
    """A sentence, a line without avatar and bio, a caption, a quotation, a part amid the text, somebody else."""
    article = read(page(author=WRITER, headline=column_heading(), body=FIRST + markup)).article
    assert article is not None
    assert article.author_box is None
    assert "博客" in article.content


def entry(second: str, name: str = WRITER, holder: str = "item") -> str:
    """Another article in a list that does not say so by its classes."""
    return f"""<div class="{holder}"><a href="/article/9/x">題</a><div class="article-author-info">
<div class="author-profile-pic" style="background-image:url(/uploads/avatars/other.png)"></div>
<div class="text-box"><div class="line">博客 | {name}</div>{second}</div></div></div>"""


@pytest.mark.parametrize("holder", ["item", "col-md-6", "grid-item", "media"])
@pytest.mark.parametrize(
    "second", ["", "2017年11月11日", "3 小時前", "11 Nov 2017", "2 hours ago", "昨天", "11.11.17", "文章標題甲乙丙"]
)
def test_an_entry_of_a_list_is_not_the_box(holder: str, second: str) -> None:
    """Wherever it stands, whatever its second line is, be it the author's or another's; without a box there is none."""
    own = entry(f'<div class="line">{second}</div>', holder=holder) * 2
    others = entry(f'<div class="line">{second}</div>', "別人", holder) * 2
    for before, after, listing in (
        (own, box(), BLOCKS),
        ("", own + box(), BLOCKS),
        ("", box() + own, BLOCKS),
        ("", box(), own),
    ):
        markup = page(author=WRITER, headline=before + column_heading(), after=after, listing=listing)
        article = read(markup).article
        assert article is not None
        assert article.author_box == BOX
    for entries in (own, others):
        assert found(entries) is None


def test_an_entry_without_links_is_told_by_its_date() -> None:
    """Where scripts make the links."""
    assert found(f'<div class="article-author-info">{PICTURE}<p>{LINE}</p><p>3 小時前</p></div>') is None


def test_a_box_behind_the_text_comes_before_one_above_it() -> None:
    """Both name the author; one above the text may be of anything."""
    above = f'<div class="author-info"><img src="/x.png"><p>{LINE}</p><p>另一段文字</p></div>'
    article = read(page(author=WRITER, headline=above + column_heading(), after=box())).article
    assert article is not None
    assert article.author_box == BOX


def test_links_in_the_bio_are_words_of_it() -> None:
    """Also to articles: only a link that stands alone leads on."""
    bio = '著有<a href="/article/1/x">《渡輪》</a>，見<a href="/b/3">更多文章</a>。'
    for links in ("", '<a href="/article/2/x">另一篇</a>'):
        author_box = found(box(bio=bio + "</div><div>" + links))
        assert author_box is not None
        assert author_box.bio == "著有《渡輪》，見更多文章。"


def test_a_page_cut_in_a_bio_beside_the_box_is_a_fragment() -> None:
    """A part of the bio is not written."""
    whole = page(author=WRITER, headline=column_heading(), after=f'{NAMED}<p class="author-bio">{BIO}</p>')
    assert read(whole[: whole.index(BIO) + 4]).verdict is Verdict.TRUNCATED


@pytest.mark.parametrize("address", [f'"{AVATAR.replace("0a", "0(a)")}"', AVATAR.replace("0a", "0(a)")])
def test_an_avatar_may_have_brackets_in_its_name(address: str) -> None:
    """In quotes, as browsers ask for, and without."""
    author_box = found(box(avatar=html.escape(address)))
    assert author_box is not None
    assert author_box.avatar == SHOWN.replace("0a", "0(a)")


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
