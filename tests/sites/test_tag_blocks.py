from __future__ import annotations

import re

import pytest

from tests.sites.pages import BLOCKS, FIRST, SECOND, heading, page, read

TAGS = ("渡輪", "ferry", "運輸署")
HOME = "眾新聞, hkcnews, 眾新聞"
LINKS = '<a href="/s?q=1">渡輪</a><a href="/s?q=2">ferry</a><a href="/s?q=3">運輸署</a>'
PLAIN = read(page()).article

OTHERS = [
    '<div class="side-heading">熱門標籤</div><div class="tag-list"><a href="/tag/a" class="tag">街市</a></div>',
    '<div class="widget"><h3>標籤</h3><div class="tagcloud"><a href="/tag/a">街市</a></div></div>',
    '<ul class="tags"><li><a href="/tag/a">街市</a></li><li><a href="/tag/b">渡輪</a></li></ul>',
    '<div class="rail"><a href="/tag/a">街市</a> <a href="/tag/b">渡輪</a></div>',
    '<div class="item"><span class="tag">獨家</span><a href="/article/20111/x">街市檔主自建雨棚</a></div>',
]


@pytest.mark.parametrize("side", OTHERS)
@pytest.mark.parametrize(("keywords", "expected"), [("渡輪, ferry, 運輸署", TAGS), (HOME, ()), (None, ())])
def test_tags_of_other_columns_are_not_the_articles(side: str, keywords: str | None, expected: tuple[str, ...]) -> None:
    """Much-read tags and badges in lists, even where one of them is a tag of the article."""
    article = read(page(keywords=keywords, listing=BLOCKS + side)).article
    assert article is not None
    assert article.tags == expected


@pytest.mark.parametrize(
    "html",
    [
        page(headline=heading(extra='<span class="tag">獨家</span>')),
        page(after='<div class="tag-cloud"><a href="/tag/a">街市</a></div>'),
        page(after='<li><i class="tag">ferry</i><i class="tag">獨家</i><a href="/article/5/x">題</a></li>'),
        page(after=f'<div class="tag-box"><h3>熱門標籤</h3>{LINKS}<a href="/tag/a">街市</a></div>'),
        page(body=FIRST + '<p>見<i class="tag">渡輪</i>及<i class="tag">街市</i>，街坊議論紛紛，未有定論。</p>'),
        page(
            main=f'<div class="tag-a">{heading()}<div class="article-content">{FIRST}</div><a href="/x">街市</a></div>'
        ),
    ],
)
def test_tags_near_the_text_that_the_head_does_not_know_are_not_the_articles(html: str) -> None:
    """Badges, clouds, words of the text."""
    article = read(html).article
    assert article is not None
    assert article.tags == TAGS


@pytest.mark.parametrize(
    "tags",
    [
        '<div class="tag-list"><span>標籤：</span><b class="tag">渡輪</b><b class="tag">ferry</b><b>運輸署</b></div>',
        f'<div class="tag-box"><span class="tag-title">相關標籤</span>{LINKS}</div>',
        f'<div class="tag-list">{LINKS}<a href="#" class="more">更多</a></div>',
        f'<div class="tag-list">{LINKS}<a href="#">See more ›</a></div>',
        '<div class="tags"><a>渡輪 (12)</a> <a>ferry <span class="n">1,203</span></a> <a>運輸署（3）</a></div>',
        '<div class="tags"><a>渡輪,</a> <a>ferry、</a> <a>運輸署</a></div>',
        '<div class="tag-list"><div>渡輪</div><div>ferry</div><div>運輸署</div></div>',
        '<div class="tag"><a>渡輪</a></div><div class="tag"><a>ferry</a></div><div class="tag"><a>運輸署</a></div>',
        '<div class="article-tags">標籤：渡輪, ferry, 運輸署</div>',
        '<p class="keywords"><b>關鍵字</b> 渡輪、ferry、運輸署</p>',
        '<p class="hashtags">#渡輪 #ferry #運輸署</p>',
        f'<div class="tagList">{LINKS}</div>',
        f'<div class="articleTags">{LINKS}</div>',
        f'<div class="article-topics">{LINKS}</div>',
        f'<div class="tags">{LINKS}</div><div class="tags-foot"></div>',
        '<ul><li><a class="tag">渡輪</a></li><li><a class="tag">ferry</a></li><li><a class="tag">運輸署</a></li></ul>',
    ],
)
@pytest.mark.parametrize("keywords", [None, HOME, "渡輪, ferry, 運輸署"])
def test_what_stands_among_tags_and_is_none_is_left_out(tags: str, keywords: str | None) -> None:
    """Labels, links to the rest, counts, commas; and tags that are neither links nor items are read."""
    article = read(page(keywords=keywords, tags=tags)).article
    assert article is not None
    assert article.tags == TAGS


def test_tags_in_the_articles_own_header_count() -> None:
    """A header that holds the headline is the article's, any other the site's."""
    own = "<header>" + heading(extra=f'<div class="tag-list">{LINKS}</div>') + "</header>"
    other = f'<header><div class="tag-list">{LINKS}</div></header>'
    for headline, expected in ((own, TAGS), (other + heading(), ())):
        article = read(page(keywords=None, headline=headline)).article
        assert article is not None
        assert article.tags == expected


def test_a_year_is_no_count() -> None:
    """``(2014)`` belongs to the tag."""
    article = read(page(keywords=None, tags='<div class="tags"><a>渡輪 (2014)</a> <a>1984</a></div>')).article
    assert article is not None
    assert article.tags == ("渡輪 (2014)", "1984")


@pytest.mark.parametrize(
    "name", ["article-tag", "tag-group", "post-tags", "keywords", "hashtags", "tagList", "tagcloud"]
)
@pytest.mark.parametrize(
    "template",
    [
        '<div class="{}"><a href="/tag/a">渡輪</a><a href="/tag/b">ferry</a></div>',
        '<div class="{}"><h4>標籤</h4><a href="/tag/a">渡輪</a>, <a href="/tag/b">ferry</a></div>',
        '<ul class="{}"><li>渡輪</li><li>ferry</li></ul>',
        '<div class="{}"><span>標籤：</span><span>渡輪</span><span>ferry</span></div>',
        '<div class="{}">標籤：渡輪, ferry</div>',
        '<p>標籤：<a class="{0}" href="/tag/a">渡輪</a>、<a class="{0}" href="/tag/b">ferry</a></p>',
    ],
)
def test_tags_inside_the_text_are_no_text(name: str, template: str) -> None:
    """Under whatever name they are read as tags, they do not stand in the text as well."""
    article = read(page(body=FIRST + SECOND + template.format(name))).article
    assert article is not None
    assert PLAIN is not None
    assert (article.content, article.tags) == (PLAIN.content, TAGS)


@pytest.mark.parametrize("name", ["tag", "tags", "article-tag", "keyword", "hashtags", "tagline"])
@pytest.mark.parametrize(
    "template",
    [
        '<p class="{}">渡輪公司說，詳情見<a href="/article/5/x">早前報道</a>及<a href="/x">網頁</a>。</p>',
        '<p>街坊說：<a class="{}" href="/x">網頁</a></p>',
        '<p>渡輪公司的<span class="{}">特別安排</span>未定。</p>',
        '<p>街坊在<a class="{}" href="/tag/a">#渡輪</a>下留言，說未有時間表。</p>',
        '<div class="{}"><p>乘客可於碼頭查詢。</p><p>運輸署未有回應，<a href="/x">網頁</a>也沒有說明。</p></div>',
        '<div><p>運輸署未有回應。</p><a class="{}" href="/tag/a">渡輪</a></div>',
    ],
)
def test_words_of_the_text_stay_whatever_they_are_called(name: str, template: str) -> None:
    """A paragraph or a word of it with such a class is text."""
    plain = read(page(body=FIRST + template.replace(' class="{}"', "")))
    named = read(page(body=FIRST + template.format(name)))
    assert plain.article is not None
    assert named.article is not None
    expected = plain.article.content.removesuffix("\n\n[渡輪](/web/20210704120000/https://www.hkcnews.com/tag/a)")
    assert named.article.content in {plain.article.content, expected}


@pytest.mark.parametrize(
    "text",
    [
        '<div class="topics"><h3>討論題目</h3><ol><li>應否加價？</li><li>應否停航？</li></ol></div>',
        '<ul class="keywords"><li>通宵巴士</li><li>碼頭</li></ul>',
        '<div class="keywords">關鍵詞 今集我們談「渡輪」</div>',
        '<div class="keyword">今天<b>渡輪</b>停航</div>',
        '<p class="hashtags"><a href="/x">#我要通宵船</a></p>',
        '<p><a class="tag" href="/x">早前報道</a></p>',
    ],
)
def test_what_names_no_tags_of_the_article_is_text(text: str) -> None:
    """A block named like tags leaves the text only if all it shows are tags that the document has anyway."""
    plain = read(page(body=FIRST + re.sub(' class="[^"]*"', "", text) + SECOND)).article
    named = read(page(body=FIRST + text + SECOND)).article
    assert plain is not None
    assert named is not None
    assert named.content == plain.content
    assert named.tags == plain.tags
