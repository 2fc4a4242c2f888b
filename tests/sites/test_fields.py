"""Each field from where the site had it; what nobody has seen (SPEC: inferred) from wherever it may stand."""

from __future__ import annotations

import pytest

from scraper.models import Article, Lack, Verdict
from tests.sites.pages import BLOCKS, FIRST, PLEA, SECOND, TITLE, URL, WRITER, box, column_heading, heading, page, read

TAGS = ("渡輪", "ferry", "運輸署")
STAMP = "2019-03-05 10:11:12"
BYLINE = "撰文: 記者甲 | 發佈日期: 04.03.19"
LINKS = '<a href="/tag/渡輪">渡輪</a> <a href="/tag/ferry">ferry</a> <a href="/tag/運輸署">運輸署</a>'
DEFAULT = "眾新聞, hkcnews, 眾新聞"


def article(html: str) -> Article:
    found = read(html).article
    assert found is not None
    return found


# title


@pytest.mark.parametrize(
    "headline",
    [
        heading(),
        heading(h1='<h1 class="title"><a href="#"><span>\n {} \n</span></a></h1>'),
        '<h1 class="logo">眾新聞</h1>' + heading(),
        heading() + '<h1 class="hidden">另一個</h1>',
    ],
)
def test_the_title_is_the_articles_headline(headline: str) -> None:
    """Not the site's name, not a hidden heading, not a popup's template, and without the author of ``og:title``."""
    assert article(page(headline=headline)).title == TITLE


@pytest.mark.parametrize("title", ["甲 | 乙", "記者甲 | 眾聞", "A | B | C", "渡輪　停航"])
def test_a_title_is_kept_whole(title: str) -> None:
    """Bars and ideographic spaces are its own."""
    assert article(page(title=title, headline=heading(title))).title == title


def test_inner_white_space_of_a_title_stays_and_line_breaks_are_spaces() -> None:
    """Tabs and double spaces are the title's own; a line break cannot stand in a heading."""
    headline = heading("渡輪\t停航  改乘<br>巴士\n   全文")
    assert article(page(headline=headline)).title == "渡輪\t停航  改乘 巴士 全文"


def test_a_heading_in_the_text_is_not_the_title() -> None:
    """It stays in the text; a page without another headline is not written."""
    found = article(page(body="<h1>小標題</h1>" + FIRST))
    assert (found.title, found.content[:5]) == (TITLE, "# 小標題")
    reading = read(page(headline=heading(h1="<div>{}</div>"), body="<h1>小標題</h1>" + FIRST))
    assert (reading.verdict, reading.detail) == (Verdict.UNKNOWN_LAYOUT, "not readable: title")


@pytest.mark.parametrize("frame", ["<nav>{}</nav>", '<div class="nav-overlay">{}</div>', '<div class="popup">{}</div>'])
def test_a_heading_of_navigation_or_of_a_popup_is_not_the_title(frame: str) -> None:
    """They stand on every page of the site, with headings and groups of their own."""
    html = page().replace(
        '<body id="Article">', '<body id="Article">' + frame.format("<h1>登入會員</h1><a class='group'>專題</a>")
    )
    assert "登入會員" in html
    assert (article(html).title, article(html).category) == (TITLE, article(page()).category)


@pytest.mark.parametrize(
    "other",
    [
        '<div class="hl-heading news"><h1>專題</h1><b class="group">眾觀</b></div>',
        '<div class="modal fade"><div><h1>訂閱</h1></div></div>',
        '<ul class="menu"><li class="group">眾觀</li></ul><aside><h1>目錄</h1></aside>',
        '<p><b class="group">眾觀</b><b class="article-info">撰文: 乙 | 發佈日期: 01.01.20</b></p>',
    ],
)
def test_headline_byline_and_category_are_those_nearest_to_the_text(other: str) -> None:
    """Not those of what stands on the page before the article's column, whatever its classes."""
    html = page().replace('<body id="Article">', '<body id="Article">' + other)
    assert html != page()
    assert article(html) == article(page())


@pytest.mark.parametrize(
    "other",
    [
        '<div class="side-heading"><h1>最新文章</h1></div>',
        '<div class="hl-heading"><h1>專題</h1><b class="group">眾觀</b></div>',
        '<div class="grid-item"><p>甲</p><div class="article-info">撰文: 乙 | 發佈日期: 01.01.20</div></div>',
    ],
)
def test_lists_in_the_articles_column_are_no_part_of_it(other: str) -> None:
    """They are told by their classes, unless the text stands in such an element."""
    assert article(page(headline=other + heading())) == article(page())
    around = f'<div class="grid-item">{heading()}<div class="article-content">{FIRST + SECOND}</div></div>'
    assert article(page(main=around)) == article(page())


def test_a_byline_in_a_footer_of_the_article_is_read() -> None:
    """The page's own footer is another."""
    footer = '<footer class="article-info">{}</footer>'
    info = f'<div class="article-info">{BYLINE}</div>'
    assert article(page(headline=heading().replace(info, footer.format(BYLINE)))) == article(page())
    stamped = page(after=f'<footer class="article-footer"><p>{STAMP}</p></footer>')
    assert article(stamped).last_updated == STAMP


def test_a_body_that_scripts_show_is_read() -> None:
    """Some pages hide all of themselves until their scripts have run."""
    html = page().replace('<body id="Article">', '<body id="Article" style="display:none">')
    assert "display:none" in html
    assert article(html).title == TITLE


def test_plea_and_box_are_read_in_a_body_that_scripts_show() -> None:
    """They are as hidden as all the rest."""
    plain = page(author=WRITER, headline=column_heading(), plea=PLEA, after=box())
    hidden = plain.replace("<html", '<html class="hidden"').replace('<body id="Article">', '<body class="hide">')
    assert article(hidden) == article(plain)
    assert article(plain).author_box is not None


# byline


@pytest.mark.parametrize(
    "info",
    [
        BYLINE,
        "撰文：記者甲｜發佈日期：04.03.19",
        "撰文: 記者甲 發佈日期: 04.03.19",
        "\n 撰文:\n  記者甲\n |\n 發佈日期:\n 04.03.19\n",
        "撰文: 記者甲<br>發佈日期: 04.03.19",
        "撰文:&nbsp;記者甲&nbsp;|&nbsp;發佈日期:&nbsp;04.03.19",
        "<p>撰文: 記者甲</p><p>發佈日期: 04.03.19</p>",
        '撰文: <a href="/bloggers/1">記者甲</a> | 發佈日期: 4.3.19',
        "撰文: 記者甲 | 發佈日期: 04.03.19 | 攝影: 記者乙",
        "Author: 記者甲 | Publish Date: 04.03.19",
    ],
)
def test_author_and_date_are_read_whatever_the_white_space(info: str) -> None:
    """Line breaks, blocks and links inside of the line do not matter, nor does what follows."""
    found = article(page(headline=heading(info=info)))
    assert (found.author, found.date, found.last_updated) == ("記者甲", "2019-03-04", None)


@pytest.mark.parametrize(
    "author",
    [
        "甲、乙",
        "甲/乙",
        "甲 - 乙",
        "Ann B. Lee, HKU",
        "HK Columns (Translated)",
        "2019.6.12 行動組",
        "一城：兩個人的比較",
    ],
)
def test_an_authors_name_is_kept_whole(author: str) -> None:
    """Signs, spaces and dates belong to the name: only the bar ends it."""
    assert article(page(headline=heading(info=f"撰文: {author} | 發佈日期: 04.03.19"))).author == author


@pytest.mark.parametrize("info", ["發佈日期: 04.03.19", "撰文: | 發佈日期: 04.03.19", ""])
def test_a_page_without_author_is_kept_not_written(info: str) -> None:
    """Whatever the components of its lists say."""
    reading = read(page(headline=heading(info=info)))
    assert (reading.verdict, reading.detail) == (Verdict.UNKNOWN_LAYOUT, "not readable: author")


@pytest.mark.parametrize("date", ["", " | 發佈日期: ", " | 發佈日期: 31.02.19", " | 發佈日期: 00.00.00"])
def test_a_byline_without_date_leaves_the_date_empty_and_says_so(date: str) -> None:
    """The date is not among the required fields; it must be a day of the calendar."""
    reading = read(page(headline=heading(info=f"撰文: 記者甲{date}")))
    assert reading.article is not None
    assert (reading.article.date, reading.readings["date"]) == ("", "nothing")


@pytest.mark.parametrize(
    ("rest", "date", "stamp", "reading"),
    [
        ("Publish Date: 04.03.19", "2019-03-04", None, "article-info"),
        (f"Publish Date: 04.03.19 | Last Update: {STAMP}", "2019-03-04", STAMP, "article-info"),
        ("First Published: 04.03.19", "2019-03-04", None, "other label"),
        ("Last Updated: 05.03.19", "", None, "nothing"),
        ("LAST UPDATE: 05.03.19", "", None, "nothing"),
        ("Last Edit: 05.03.19", "", None, "nothing"),
        ("Amended on 05.03.19 | First Published: 04.03.19", "2019-03-04", None, "other label"),
        (f"Last Updated: {STAMP}", "", STAMP, "nothing"),
        (f"Date: 04.03.19 | Last Updated: {STAMP}", "2019-03-04", STAMP, "other label"),
        ("", "", None, "nothing"),
    ],
)
def test_the_english_line_of_revised_pages_is_read_by_any_label(
    rest: str, date: str, stamp: str | None, reading: str
) -> None:
    """But the day of an update is no publish date."""
    found = read(page(headline=heading(info=f"Author: 記者甲 | {rest}")))
    assert found.article is not None
    assert (found.article.date, found.article.last_updated, found.readings["date"]) == (date, stamp, reading)


@pytest.mark.parametrize("name", ["Edith Lam", "Alastair Ho", "Credit"])
def test_a_name_is_no_label_of_an_update(name: str) -> None:
    """The date behind it is that of publication."""
    assert article(page(headline=heading(info=f"Author: {name} │ 04.03.19"), author=name)).date == "2019-03-04"


def test_english_labels_are_an_english_interface() -> None:
    """The labels tell the interface, not the language of the text."""
    reading = read(page(headline=heading(info="Author: 記者甲 | Publish Date: 04.03.19")))
    assert Lack.ENGLISH in reading.lacks
    assert Lack.ENGLISH not in read(page(title="Night ferries", headline=heading(title="Night ferries"))).lacks


# stamp


@pytest.mark.parametrize(
    "info",
    [
        f"{BYLINE} | 最後更新日期: {STAMP}",
        f"{BYLINE}\n<br>\n最後更新: {STAMP}",
        f"撰文: 記者甲 | 最後更新: {STAMP} | 發佈日期: 04.03.19",
        f"{BYLINE} ({STAMP})",
        f"{BYLINE} <small>Last Updated : {STAMP}</small>",
    ],
)
def test_a_stamp_in_the_byline_is_read_whatever_its_label(info: str) -> None:
    """The stamp is told by its form; it is never taken for the publish date."""
    reading = read(page(headline=heading(info=info)))
    assert reading.article is not None
    assert (reading.article.date, reading.article.last_updated) == ("2019-03-04", STAMP)
    assert reading.readings["last_updated"] == "byline"


def test_white_space_of_the_byline_varies() -> None:
    """Line breaks of the source are spaces, in the author's name and in the stamp."""
    found = article(page(headline=heading(info="撰文: First\n   Last | 發佈日期: 04.03.19 | 2019-03-05&nbsp;10:11:12")))
    assert (found.author, found.last_updated) == ("First Last", STAMP)


@pytest.mark.parametrize(
    "stamp", ["<div>最後更新日期: {}</div>", "<p>{}</p>", "更新 {}", '<div class="x"><b>修訂：</b><i>{}</i></div>']
)
def test_a_stamp_elsewhere_in_the_articles_column_is_read(stamp: str) -> None:
    """Beside the byline, above the heading, right above or behind the text."""
    stamp = stamp.format(STAMP)
    for html in (
        page(headline=heading(extra=stamp)),
        page(headline=stamp + heading()),
        page(tags=stamp),
        page(after=stamp),
    ):
        reading = read(html)
        assert reading.article is not None
        assert (reading.article.last_updated, reading.readings["last_updated"]) == (STAMP, "beside the byline")


@pytest.mark.parametrize(
    "html",
    [
        page(body=FIRST + f"<p>系統在 {STAMP} 停機。</p>"),
        page(listing=f"<div>{STAMP}</div>"),
        page(after=f'<div class="article-block">{STAMP}</div>'),
        page(after=f'<p class="hidden">{STAMP}</p>'),
        page(headline=heading(info=f"{BYLINE} | 2019-13-05 10:11:12")),
        page(headline=column_heading(), after=box(bio=f"生於 {STAMP}")),
        page(after=f'<div class="x"><a href="/article/20111/x">街市檔主自建雨棚</a> <i>{STAMP}</i></div>'),
        page(after=f'<ul><li><a href="/article/20111/x">街市檔主自建雨棚</a><br>{STAMP}</li></ul>'),
        page(after=f'<div class="comments"><b>讀者</b> <i>{STAMP}</i></div>'),
    ],
)
def test_a_moment_of_something_else_is_no_stamp(html: str) -> None:
    """Of the text, another column, another article, a bio; hidden; or no moment at all."""
    assert article(html).last_updated is None


@pytest.mark.parametrize("space", ["  ", "\t", "\n   ", "&nbsp; "])
def test_white_space_within_a_stamp_varies(space: str) -> None:
    """As in the rest of the page."""
    assert article(page(after=f"<div>更新 {STAMP.replace(' ', space)}</div>")).last_updated == STAMP


def test_a_revised_page_without_stamp_says_so() -> None:
    """Its slug ends in a number greater than the id; on all others a stamp may be missing."""
    revised = URL.replace("slug-12345", "slug-12346")
    assert read(page(), url=revised).readings["last_updated"] == "nothing"
    assert "last_updated" not in read(page()).readings


# category


@pytest.mark.parametrize(
    "group",
    [
        '<div class="group">眾聞</div>',
        '<div class="group"><a href="/news">眾聞</a></div>',
        '<span class="label group group-news">\n 眾聞 \n</span>',
        '<div class="group"></div><div class="group hidden">眾說</div><div class="group">眾聞</div>',
    ],
)
def test_the_category_is_the_groups_text(group: str) -> None:
    """The first that is shown."""
    assert article(page(headline=group + heading(group=None))).category == "眾聞"


@pytest.mark.parametrize(
    "navigation", ["", '<ul class="hl-heading-group"><li>眾聞</li></ul>', '<nav><div class="group">眾聞</div></nav>']
)
def test_a_page_without_category_is_kept_not_written(navigation: str) -> None:
    """A missing required field is named; navigation, which says 眾聞 on pages of every category, does not stand in."""
    reading = read(page(headline=navigation + heading(group=None)))
    assert (reading.verdict, reading.detail) == (Verdict.UNKNOWN_LAYOUT, "not readable: category")


# tags


@pytest.mark.parametrize(
    "html",
    [
        page(keywords="渡輪,ferry , 運輸署,"),
        page(keywords="渡輪, ferry, Ferry, 運輸署, FERRY"),
        page(keywords="　渡輪　, ferry\u00a0, 運輸署"),
        page(keywords="渡輪, ferry, 運輸署", tags='<div class="tag-list"><a href="/tag/渡輪">渡輪</a></div>'),
        page(keywords=None, head='<META CONTENT="渡輪, ferry, 運輸署" NAME="Keywords">'),
        page(keywords=DEFAULT, tags=f'<div class="tag-list">{LINKS}</div>'),
        page(keywords=None, tags=f"<p>標籤：{LINKS}</p>"),
        page(keywords="", after=f'<ul class="x"><li>{LINKS}</li></ul>'),
        page(keywords=DEFAULT, headline=heading(extra=LINKS.replace("/tag/", "/s?q=").replace("<a", '<a class="tag"'))),
    ],
)
def test_tags_are_the_keywords_or_else_the_links_near_the_text(html: str) -> None:
    """In the order and case of the page, white space cut at their ends, doubles dropped without regard to case."""
    assert article(html).tags == TAGS


@pytest.mark.parametrize(
    "tags",
    [
        *(("眾新聞",), ("眾新聞", "眾籌"), ("hkcnews", "眾新聞")),
        *(("渡輪　停航", "x  y"), ("光在碼頭，船在海上",), ("1,200億", "渡輪", "2019")),
    ],
)
def test_a_tag_is_kept_as_it_is(tags: tuple[str, ...]) -> None:
    """The paper's name is one; white space inside, full-width commas and those of numbers are its own."""
    assert article(page(keywords=", ".join(tags))).tags == tags


@pytest.mark.parametrize("keywords", [None, "", " , ", DEFAULT])
def test_the_default_keywords_are_no_tags(keywords: str | None) -> None:
    """Only these words in this order."""
    reading = read(page(keywords=keywords))
    assert reading.article is not None
    assert (reading.article.tags, "tags" in reading.readings) == ((), False)


@pytest.mark.parametrize(
    "html",
    [
        page(keywords=DEFAULT, listing=BLOCKS + f'<div class="tag-list">{LINKS}</div>'),
        page(keywords=DEFAULT, body=FIRST + f"<p>見{LINKS}</p>"),
        page(keywords=DEFAULT, after=f'<div class="article-block">{LINKS}</div><p class="hidden">{LINKS}</p>'),
        page(keywords=DEFAULT, after='<a href="/staging/x">甲</a><a class="stage" href="/x">乙</a>'),
    ],
)
def test_other_links_are_no_tags(html: str) -> None:
    """Those of another column, of the text, of another article; hidden ones; and what is only named alike."""
    assert article(html).tags == ()


# text


@pytest.mark.parametrize(
    "text",
    [
        '<div class="col article-content clearfix">{}</div>',
        '<section class="article-content"><div>{}</div></section>',
        '<div class="article-content hidden">x</div><div class="article-content">{}</div>',
        '<div class="article-content visible-xs"> </div><div class="article-content">{}</div>',
        "<DIV CLASS=article-content>{}</DIV>",
    ],
)
def test_the_text_is_found_in_its_element(text: str) -> None:
    """The first of its class that is shown and holds anything."""
    found = article(page(main=heading() + text.replace("{}", FIRST)))
    assert found.content == "渡輪公司今日宣布，下月起取消深夜兩班航次，碼頭外的街坊說，收工後只能改乘通宵巴士。"


def test_a_page_without_the_texts_element_is_kept_not_written() -> None:
    """However much text it shows."""
    reading = read(page(main=heading() + f'<div class="story">{FIRST * 4}</div>'))
    assert (reading.verdict, reading.detail) == (Verdict.UNKNOWN_LAYOUT, "not readable: body")


@pytest.mark.parametrize("other", [BLOCKS, '<div class="hl-block"><p>街市檔主自建雨棚</p></div>'])
def test_blocks_of_other_articles_are_no_text(other: str) -> None:
    """Should they stand in its element."""
    assert article(page(body=FIRST + other + SECOND)).content == article(page()).content


def test_an_empty_text_is_an_article_with_a_lack() -> None:
    """Title, author and category are enough; embeds are content."""
    assert Lack.EMPTY_BODY in read(page(body="")).lacks
    assert Lack.EMPTY_BODY in read(page(body="<p> &nbsp;</p>")).lacks
    assert Lack.EMPTY_BODY not in read(page(body='<iframe src="//x.example/1"></iframe>')).lacks


def test_control_characters_stay_and_those_of_no_character_are_the_pages_own() -> None:
    """Values are kept; nothing stands in for anything else on the way."""
    found = article(page(title="渡\x08輪", headline=heading("渡\x08輪\ufdda"), body="<p>甲\x01乙\ufdd1丙</p>"))
    assert (found.title, found.content) == ("渡\x08輪\ufdda", "甲\x01乙\ufdd1丙")


def test_every_reading_that_won_is_recorded() -> None:
    """Field to reading, on a page that has all."""
    headline = heading(info=f"撰文: {WRITER} | 發佈日期: 04.03.19 | 最後更新: {STAMP}", group="眾說")
    assert read(page(headline=headline, after=box())).readings == {
        "title": "h1",
        "author": "article-info",
        "date": "article-info",
        "last_updated": "byline",
        "category": "group",
        "tags": "meta keywords",
        "body": "article-page",
        "author_box": "author block",
        "plea": "nothing",
    }
