from __future__ import annotations

import re

import pytest

from scraper.models import Lack, Verdict
from tests.sites.pages import BLOCKS, FIRST, SECOND, TITLE, heading, page, read

TAGS = ("渡輪", "ferry", "運輸署")


@pytest.mark.parametrize(
    "headline",
    [
        heading(h1="<div>{}</div>"),
        heading(h1='<h2 class="article-title">{}</h2>'),
        heading(h1='<h1 class="title"><a href="#"><span>\n {} \n</span></a></h1>'),
        heading(h1='<h1><span class="group">眾聞</span> {}</h1>', group=None),
        '<h1 class="logo">眾新聞</h1>' + heading(),
        "<header>" + heading() + "</header>",
        heading() + '<h1 class="hidden">另一個</h1>',
    ],
)
def test_the_title_is_the_articles_headline(headline: str) -> None:
    """Not the site's name, not a hidden heading, not a popup's template."""
    article = read(page(headline=headline)).article
    assert article is not None
    assert article.title == TITLE


def test_a_heading_in_the_text_is_not_the_title() -> None:
    """An h1 of the text stays in the text, also where the page has no other."""
    reading = read(page(headline=heading(h1="<div>{}</div>"), body="<h1>小標題</h1>" + FIRST))
    assert reading.article is not None
    assert reading.article.title == TITLE
    assert reading.readings["title"] == "og:title"


def test_white_space_of_a_title_stays_where_only_the_documents_title_has_it() -> None:
    """An ideographic space is the title's own."""
    found = read(page().replace("og:title", "og:other").replace("<h1>", "<div>").replace("</h1>", "</div>"))
    assert found.article is not None
    assert (found.article.title, found.readings["title"]) == (TITLE, "title")


@pytest.mark.parametrize("title", ["甲 | 乙", "記者甲 | 眾聞", "A | B | C"])
def test_a_bar_in_the_title_stays(title: str) -> None:
    """Only the author and the site's name are cut off, and only where the title is not from the headline."""
    for h1 in ("<h1>{}</h1>", "<p>{}</p>"):
        article = read(page(title=title, headline=heading(title, h1=h1))).article
        assert article is not None
        assert article.title == title


def test_inner_white_space_of_a_title_stays_and_line_breaks_are_spaces() -> None:
    """Tabs and double spaces are the title's own; a line break cannot stand in a heading."""
    article = read(page(headline=heading("渡輪\t停航  改乘<br>巴士\n   全文"))).article
    assert article is not None
    assert article.title == "渡輪\t停航  改乘 巴士 全文"


@pytest.mark.parametrize(
    ("html", "reading"),
    [
        (page(headline=heading(group='<a href="/news">眾聞</a>')), "group"),
        (page(headline=heading(group="眾聞 &gt; 政治")), "group"),
        (page(headline=heading(group='分類: <a href="/news">眾聞</a>')), "group"),
        (page(headline=heading(group="<span>分類</span> <a>眾聞</a>")), "group"),
        (page(headline=heading(group='<a href="/news">眾聞</a> <a href="/news/12">政治</a>')), "group"),
        (page(headline=heading(group="<a>政治</a><a>眾聞</a>")), "group"),
        (page(headline=heading(group='<a href="/">主頁</a> <a href="/news">眾聞</a>')), "group"),
        (page(headline=heading(group="眾聞 · 政治")), "group"),
        (page(headline='<div class="group">眾說</div><a href="/article/2/x">題</a>' + heading()), "group"),
        (page(headline='<span class="group news">眾聞</span>' + heading(group=None)), "group"),
        (page(headline='<span class="article-category">眾聞</span>' + heading(group=None)), "group block"),
        (
            page(headline=heading(group=None), head='<meta property="article:section" content="眾聞">'),
            "article:section",
        ),
        (
            page(headline='<ol class="breadcrumb"><li>主頁</li><li>眾聞</li><li>渡輪</li></ol>' + heading(group=None)),
            "breadcrumb",
        ),
    ],
)
def test_the_category_is_read_by_the_first_reading_that_knows(html: str, reading: str) -> None:
    """The reading that won is recorded."""
    found = read(html)
    assert found.article is not None
    assert found.article.category == "眾聞"
    assert found.readings["category"] == reading


@pytest.mark.parametrize(
    "name", ["專題", "城市 生活", "生活-副刊", "生活 - 副刊", "生活・副刊", "生活: 副刊", "Section 8"]
)
@pytest.mark.parametrize(
    "group",
    [
        "{}",
        "<b>{}</b>",
        "分類：{}",
        "<span>分類</span><a>{}</a>",
        "<span>Category:</span> <a>{}</a>",
        "<a>首頁</a> &gt; <a>{}</a>",
        "<a>主頁</a> <a>{}</a>",
        "Home / {}",
        '<a href="/x">{}</a> <a href="/x/1">政治</a>',
    ],
)
def test_a_category_that_nobody_knows_is_taken_as_it_is(name: str, group: str) -> None:
    """Without its label and the way from the home page; what signs it holds are its own."""
    article = read(page(headline=heading(group=group.format(name)))).article
    assert article is not None
    assert article.category == name


@pytest.mark.parametrize(
    "navigation",
    [
        "",
        '<ul class="group"><li>眾觀</li><li>眾聞</li><li>眾說</li></ul>',
        '<ul class="group"><li>眾聞</li><li>經濟</li><li>社會</li><li>生活</li><li>政治</li><li>國際</li></ul>',
        f'<div class="group"><h3><a>眾聞</a></h3>{FIRST}<a>更多</a></div>',
        '<ul class="hl-heading-group"><li>眾聞</li></ul>',
        '<ul><li class="active"><a>眾聞</a></li></ul>',
    ],
)
def test_a_page_without_category_is_kept_not_written(navigation: str) -> None:
    """A missing required field is named; navigation, which says 眾聞 on pages of every category, does not stand in."""
    reading = read(page(headline=navigation + heading(group=None)))
    assert reading.verdict is Verdict.UNKNOWN_LAYOUT
    assert reading.article is None
    assert "category" in reading.detail


@pytest.mark.parametrize(
    "html",
    [
        page(keywords="渡輪,ferry , 運輸署,"),
        page(keywords="渡輪，ferry，運輸署"),
        page(keywords="渡輪, ferry, Ferry, 運輸署, FERRY"),
        page(keywords="眾新聞, hkcnews, 眾新聞", head='<meta name="keywords" content="渡輪, ferry, 運輸署">'),
        page(keywords=None, head='<META NAME="Keywords" CONTENT="渡輪, ferry, 運輸署">'),
        page(keywords=None, head='<meta name="news_keywords" content="渡輪,ferry,運輸署">'),
        page(keywords=None, head="".join(f'<meta property="article:tag" content="{tag}">' for tag in TAGS)),
        page(
            keywords="眾新聞, hkcnews",
            tags='<ul class="tags"><li><a href="/x">渡輪</a></li><li><a>ferry</a></li><li><a>運輸署</a></li></ul>',
        ),
        page(
            keywords=None,
            tags='<div class="article-tags">標籤：<a href="/s?q=1">#渡輪</a> <a>ferry</a> <a>運輸署</a></div>',
        ),
        page(keywords=None, tags='<p><a rel="tag">渡輪</a>, <a rel="tag">ferry</a>, <a rel="tag">運輸署</a></p>'),
        page(keywords=None, tags='<ul id="article-tags"><li>渡輪</li><li>ferry</li><li>運輸署</li></ul>'),
        page(
            keywords=None,
            after='<div><span class="tag">渡輪</span><span class="tag">ferry</span><i class="tags">'
            "<a>運輸署</a></i></div>",
        ),
        page(
            keywords="渡輪, ferry", tags='<div class="tag-list"><a class="tag">Ferry</a><a class="tag">運輸署</a></div>'
        ),
    ],
)
def test_tags_are_read_wherever_they_stand(html: str) -> None:
    """Order and case of the page, doubles dropped without regard to case."""
    article = read(html).article
    assert article is not None
    assert article.tags == TAGS


@pytest.mark.parametrize("keywords", [None, "", " , ", "眾新聞, hkcnews, 眾新聞", "HKCNEWS,眾新聞"])
def test_the_sites_own_keywords_are_no_tags(keywords: str | None) -> None:
    """What the home page has there says nothing about an article."""
    article = read(page(keywords=keywords)).article
    assert article is not None
    assert article.tags == ()


@pytest.mark.parametrize(
    "html",
    [
        page(keywords="光在碼頭，船在海上"),
        page(keywords=None, head='<meta property="article:tag" content="光在碼頭，船在海上">'),
        page(keywords="光在碼頭，船在海上, 光在碼頭，船在海上"),
    ],
)
def test_a_lone_full_width_comma_is_the_tags_own(html: str) -> None:
    """A slogan is one tag."""
    article = read(html).article
    assert article is not None
    assert article.tags == ("光在碼頭，船在海上",)


def test_the_sites_name_may_be_a_tag_among_others() -> None:
    """An article about the paper is tagged with its name."""
    article = read(page(keywords="眾新聞, 眾籌")).article
    assert article is not None
    assert article.tags == ("眾新聞", "眾籌")


@pytest.mark.parametrize(
    "text",
    [
        '<div class="col article-content clearfix">{}</div>',
        '<div id="article-content">{}</div>',
        '<div itemprop="articleBody">{}</div>',
        '<section class="entry-content">{}</section>',
        '<div class="article-content"><div class="article-content">{}</div></div>',
        '<div class="article-content hidden">{}</div><div class="article-content">{}</div>',
        '<div class="article-content"></div><div class="article-content">{}</div>',
        "<DIV CLASS=article-content>{}</DIV>",
    ],
)
def test_the_text_is_found_in_its_element(text: str) -> None:
    """Class among several, id, schema.org, nested, doubled."""
    article = read(page(main=heading() + text.replace("{}", FIRST))).article
    assert article is not None
    assert article.content == "渡輪公司今日宣布，下月起取消深夜兩班航次，碼頭外的街坊說，收工後只能改乘通宵巴士。"


def test_other_articles_inside_the_text_are_left_out() -> None:
    """Lists of related articles and tags are no text, though they stand in its element."""
    related = '<div class="related-articles"><a href="/article/5/x">相關報道</a></div>'
    tags = '<div class="tags"><a href="/tag/a">標籤甲</a></div>'
    article = read(page(body=FIRST + BLOCKS + related + tags + SECOND, keywords=None)).article
    assert article is not None
    assert "街市檔主" not in article.content
    assert "相關報道" not in article.content
    assert "標籤甲" not in article.content
    assert "未有時間表" in article.content
    assert article.tags == ("標籤甲",)


@pytest.mark.parametrize(
    "others",
    [
        f'<div class="side-heading"><span class="title">相關文章</span></div>{BLOCKS}',
        f'<div class="more-list"><h3>相關文章</h3>{BLOCKS}</div>',
        f'<div class="more"><div class="title">延伸閱讀</div><div class="row"><div>{BLOCKS}</div></div></div>',
    ],
)
def test_lists_of_other_articles_leave_no_heading_in_the_text(others: str) -> None:
    """Neither the list nor what stands above it."""
    plain, article = read(page()).article, read(page(body=FIRST + others + SECOND)).article
    assert plain is not None
    assert article is not None
    assert article.content == plain.content


@pytest.mark.parametrize(
    "text",
    [
        "<h3>票價</h3>{}",
        "<div><h3>票價</h3></div>{}",
        '<div class="inner"><h3>票價</h3>{}<p>加價一成</p></div>',
        '<div class="row"><div>圖表見下</div>{}</div>',
        '<div class="row"><h3>票價</h3><img src="/a.jpg">{}</div>',
        '<div class="latest-update"><p>渡輪公司說，詳情見<a href="/article/1/x">早前報道</a>。</p></div>',
        '<div class="hot-line">熱線：2000 1000</div>',
        '<div class="related-box"><p>票價未定</p></div>',
        '<p class="related-note">票價未定</p>',
        '<ul class="latest-updates"><li>16:00 渡輪停航</li><li>17:00 <a href="/article/1/x">運輸署</a>宣布</li></ul>',
        '<div class="latest-updates"><img src="/a.jpg"><p>16:00 停航 <a href="/article/1/x">詳情</a></p></div>',
        '<div class="grid-item"><a href="/article/12345/images/a_large.jpg"><img src="/a.jpg"></a></div>',
        '<h3 class="recommendations">委員會建議</h3>',
        '<h3 class="related-title">相關爭議</h3>',
        '<h2 class="most-wanted">二、<a href="/article/1/x">渡輪風波</a></h2>',
        '<div class="related-series"><p>專題之一：<a href="/article/1/x">消失的碼頭</a></p></div>',
        "<section><h2>二、爭議</h2>{}</section><p>街坊反應</p>",
        '<h3>延伸閱讀</h3><ul><li><a href="/x">碼頭的故事</a></li></ul>{}',
    ],
)
def test_headings_and_words_of_the_text_stay_beside_lists(text: str) -> None:
    """A subheading is the text's own, also above a list of other articles; a class alone takes no sentence away."""
    with_list, without = (read(page(body=FIRST + text.format(blocks) + SECOND)).article for blocks in (BLOCKS, ""))
    bare = read(page(body=FIRST + re.sub(' class="[^"]*"', "", text.format("")) + SECOND)).article
    assert with_list is not None
    assert without is not None
    assert bare is not None
    assert with_list.content == without.content == bare.content


def test_an_empty_text_is_an_article_with_a_lack() -> None:
    """Title, author and category are enough; embeds are content."""
    assert Lack.EMPTY_BODY in read(page(body="")).lacks
    assert Lack.EMPTY_BODY in read(page(body="<p> &nbsp;</p>")).lacks
    assert Lack.EMPTY_BODY not in read(page(body='<iframe src="//x.example/1"></iframe>')).lacks
