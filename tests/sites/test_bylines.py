from __future__ import annotations

import pytest

from scraper.models import Lack, Verdict
from scraper.sites.hkcnews.dates import find_date
from tests.sites.pages import FIRST, TITLE, heading, page, read

STAMP = "2019-03-05 10:11:12"
SEPARATORS = (
    " / ",
    "/",
    "／",
    " · ",
    " • ",
    "・",
    " - ",
    " – ",
    " — ",
    ", ",
    "，",
    "、",
    "; ",
    "；",
    " » ",
    " (",
    "（",
)


@pytest.mark.parametrize(
    "info",
    [
        "撰文: 記者甲 | 發佈日期: 04.03.19",
        "撰文：記者甲｜發佈日期：04.03.19",
        "撰文: 記者甲 發佈日期: 04.03.19",
        "\n 撰文:\n  記者甲\n |\n 發佈日期:\n 04.03.19\n",
        "撰文: 記者甲<br>發佈日期: 04.03.19",
        "撰文:&nbsp;記者甲&nbsp;|&nbsp;發佈日期:&nbsp;04.03.19",
        "<span>撰文: 記者甲</span><span>發佈日期: 04.03.19</span>",
        '<span class="l">撰文</span><span class="v">記者甲</span><span class="l">發佈日期</span><span>04.03.19</span>',
        '<span>撰文:</span> <a href="/bloggers/1">記者甲</a> <i>|</i> <span>發佈日期:</span> <time>04.03.19</time>',
        "<p>撰文: 記者甲</p><p>發佈日期: 04.03.19</p>",
        "發佈日期: 04.03.19 | 撰文: 記者甲",
        "撰文: 記者甲 | 發佈日期: 04.03.2019",
        "撰文: 記者甲 | 發佈日期: 4.3.19",
        "撰文: 記者甲 | 發佈日期: 04/03/19",
        "撰文: 記者甲 | 發佈日期: 2019-03-04",
        "撰文: 記者甲 | 發佈日期: 2019年3月4日",
        "撰文: 記者甲 | 發佈日期: 04.03.19 | 攝影: 記者乙",
        '<a href="/bloggers/1" rel="author">記者甲</a> | 發佈日期: 04.03.19',
        '撰文: 記者甲</div><div class="article-info">發佈日期: 04.03.19',
        '撰文: 記者甲</div><p class="update"></p><p class="article-date">發佈日期: 04.03.19</p><div>',
        "Author: 記者甲 | Publish Date: 04.03.19",
        "AUTHOR: 記者甲 | PUBLISH DATE: 04.03.19",
        *(f"撰文: 記者甲{separator}發佈日期: 04.03.19" for separator in SEPARATORS),
        *(f"<span>撰文: 記者甲</span>{separator}<span>發佈日期: 04.03.19</span>" for separator in SEPARATORS),
        *(
            f"<span>撰文: 記者甲</span><span>{separator}</span><span>發佈日期: 04.03.19</span>"
            for separator in SEPARATORS
        ),
        *(f"撰文: 記者甲{separator}\n 發佈日期 04.03.19" for separator in SEPARATORS),
        *(f"撰文: 記者甲{separator}04.03.19" for separator in SEPARATORS),
        *(f"<a>記者甲</a>{separator}04.03.19" for separator in SEPARATORS),
        *(f"記者甲{separator}04.03.19" for separator in SEPARATORS),
        "撰文: 記者甲 (發佈日期: 04.03.19)",
        "<i>•</i> <a>記者甲</a> <span>04.03.19</span>",
        "撰文: 記者甲, Mar 4, 2019",
        "Author: 記者甲, Published 4th March 2019",
        "撰文 記者甲 | 發佈日期 04.03.19",
        "撰文　記者甲 | 04.03.19",
        "發佈日期 04.03.19 | 撰文 記者甲",
        "文 記者甲 | 發佈日期 04.03.19",
        "文／記者甲 | 發佈日期: 04.03.19",
        "Author 記者甲 | Publish Date 04.03.19",
        "By 記者甲 | 04.03.19",
        "<dl><dt>文</dt><dd>記者甲</dd><dt>發佈日期</dt><dd>04.03.19</dd></dl>",
        "<dl>\n <dt> 文 </dt>\n <dd> 記者甲 </dd>\n <dt> 日期 </dt>\n <dd> 04.03.19 </dd>\n</dl>",
        "<span>文</span> <span>記者甲</span> | <span>發佈日期</span> <span>04.03.19</span>",
        "<b>By</b> <a>記者甲</a> <b>Published</b> <time>04.03.19</time>",
    ],
)
def test_author_and_date_are_read_however_they_are_set(info: str) -> None:
    """Order, colon, bar, line breaks and elements of the byline do not matter."""
    article = read(page(headline=heading(info=info))).article
    assert article is not None
    assert (article.author, article.date, article.last_updated) == ("記者甲", "2019-03-04", None)


@pytest.mark.parametrize(
    ("info", "author"),
    [
        ("撰文: <a>記者甲</a>、<a>記者乙</a> | 發佈日期: 04.03.19", "記者甲、記者乙"),
        ("撰文: 飄飄 &amp; 小雨 | 發佈日期: 04.03.19", "飄飄 & 小雨"),
        ("Author: Ann B. Lee | Publish Date: 04.03.19", "Ann B. Lee"),
        ("撰文: 關你乜事？ | 發佈日期: 04.03.19", "關你乜事？"),
        ("撰文: 一悠— | 發佈日期: 04.03.19", "一悠—"),
    ],
)
def test_an_authors_name_is_kept_whole(info: str, author: str) -> None:
    """Several names, signs and spaces belong to the author."""
    article = read(page(headline=heading(info=info))).article
    assert article is not None
    assert article.author == author


@pytest.mark.parametrize(
    "end", [" | 發佈日期: 04.03.19", " / 發佈日期: 04.03.19", " 發佈日期 04.03.19", "<br>04.03.19", ""]
)
@pytest.mark.parametrize(
    "author",
    [
        "甲/乙",
        "甲 / 乙",
        "甲・乙",
        "甲 - 乙",
        "Ann Lee, HKU",
        "文思",
        "文 思",
        "作者群",
        "Author Li",
        "By Lee",
        "HK Columns (Translated)",
        "海旁（散步）",
        "Post Master",
        "更新社",
        "Theresa May 2",
        "Post852",
        "一城：兩個人的比較",
    ],
)
def test_what_may_stand_behind_a_name_stays_inside_one(author: str, end: str) -> None:
    """Separators, brackets and the words of labels are the name's own where no date or label follows."""
    article = read(page(headline=heading(info=f"撰文: {author}{end}"))).article
    assert article is not None
    assert article.author == author


@pytest.mark.parametrize("author", ["文迪", "文 迪", "作者不詳", "作者 不詳", "Author Li", "Byron Lee", "文", "撰文社"])
def test_a_name_without_label_may_begin_with_the_word_of_one(author: str) -> None:
    """Such words are a label only where a labelled date, or an element of their own before a name, says so."""
    for info in (f"{author} | 04.03.19", f"<a>{author}</a> | <span>04.03.19</span>"):
        article = read(page(headline=heading(info=info))).article
        assert article is not None
        assert article.author == author


@pytest.mark.parametrize(
    "entry",
    [
        '<div class="item"><a href="/article/20111/x">題</a>{}</div>',
        '<a class="item" href="/article/20111/x"><p>題</p>{}</a>',
        '<ul><li><h3><a href="https://www.hkcnews.com/article/20111/x">題</a></h3>{}</li></ul>',
        '<div><a href="/article/20111/x"><h1>題</h1></a>{}</div>',
        "<div><h3>題</h3>{}</div>",
    ],
)
@pytest.mark.parametrize("name", ["article-info", "article-meta"])
def test_the_byline_is_the_one_by_the_headline(entry: str, name: str) -> None:
    """Entries of other articles have bylines of the same class, and may stand before the article."""
    other = entry.format(f'<div class="{name}">撰文: 別人 | 發佈日期: 01.01.18</div>')
    own = heading().replace("article-info", name)
    for headline in (other + own, other * 3 + own, own + other, f"<div>{other}</div><header>{own}</header>"):
        article = read(page(headline=headline)).article
        assert article is not None
        assert (article.title, article.author, article.date) == (TITLE, "記者甲", "2019-03-04")


@pytest.mark.parametrize(
    "info",
    [
        f"撰文: 記者甲 | 發佈日期: 04.03.19 | 最後更新日期: {STAMP}",
        f"發佈日期: 04.03.19　撰文: 記者甲　最後更新 {STAMP}",
        f"發佈日期: 04.03.19 撰文: 記者甲 (更新 {STAMP})",
        f"撰文: 記者甲 / 發佈日期: 04.03.19 / 最後更新: {STAMP}",
        f"文 記者甲 / 最後更新 {STAMP} / 發佈日期 04.03.19",
        f"撰文: 記者甲 | 最後更新: {STAMP} | 發佈日期: 04.03.19",
        f"撰文: 記者甲 | 發佈日期: 04.03.19 ({STAMP})",
        f'撰文: 記者甲 | 發佈日期: 04.03.19 <span class="x">更新於 {STAMP}</span>',
        f"<span>最後更新: {STAMP}</span> 撰文: 記者甲 | 發佈日期: 04.03.19",
        f"撰文: 記者甲 | 發佈日期: 04.03.19<br><small>Last Updated : {STAMP}</small>",
        f"<ul><li>撰文: 記者甲</li><li>發佈日期: 04.03.19</li><li>修訂 {STAMP}</li></ul>",
    ],
)
def test_a_stamp_in_the_byline_is_read_whatever_its_label(info: str) -> None:
    """The stamp is told by its form; it is never taken for the publish date."""
    article = read(page(headline=heading(info=info))).article
    assert article is not None
    assert (article.author, article.date, article.last_updated) == ("記者甲", "2019-03-04", STAMP)


@pytest.mark.parametrize(
    "extra",
    [
        f'<div class="article-update">最後更新日期: {STAMP}</div>',
        f'<div class="latest-update">最後更新日期: {STAMP}</div>',
        f"<p>{STAMP}</p>",
        f"<time>{STAMP}</time>",
        f'<time class="updated" datetime="{STAMP}">昨日更新</time>',
        '<time itemprop="dateModified" datetime="2019-03-05T02:11:12Z">昨日更新</time>',
        f'<div class="x"><div class="y"><span>修訂：</span><b>{STAMP}</b></div></div>',
        "<div><span>2019-03-05</span> <span>10:11:12</span></div>",
        '<div>更新: <time datetime="2019-03-05T10:11:12+08:00">昨日</time></div>',
        '<div><span>最後更新</span> <i></i> <b><time datetime="2019-03-05T02:11:12Z"></time></b></div>',
        f"<div>發佈: <time>2019-03-04 09:00:00</time> 更新: <time>{STAMP}</time></div>",
        f'<div><a href="/article/12345/x">本文</a> {STAMP}</div>',
        f"更新 {STAMP}",
    ],
)
def test_a_stamp_beside_the_byline_is_read(extra: str) -> None:
    """A block of its own, a time element or bare text beside the byline."""
    article = read(page(headline=heading(extra=extra))).article
    assert article is not None
    assert article.last_updated == STAMP


def test_a_stamp_may_stand_in_the_column_of_the_text() -> None:
    """Right above the text, when the byline is in another column."""
    headline = f'<div class="row"><div>{heading()}</div></div>'
    article = read(
        page(
            main=f"""{headline}<div class="row"><div><p>最後更新：{STAMP}</p>
<div class="article-content">{FIRST}</div></div></div>"""
        )
    ).article
    assert article is not None
    assert article.last_updated == STAMP


@pytest.mark.parametrize("element", ["div", "p", "footer"])
def test_a_stamp_around_the_text_is_read(element: str) -> None:
    """Above the heading or behind the text, in a block of its own."""
    stamp = f'<{element} class="article-x">最後更新：{STAMP}</{element}>'
    for html in (page(after=stamp), page(headline=stamp + heading()), page(headline=heading() + stamp)):
        article = read(html).article
        assert article is not None
        assert article.last_updated == STAMP


def test_a_moment_in_the_text_or_the_sidebar_is_no_stamp() -> None:
    """Only what stands by the byline or around the text counts."""
    article = read(page(body=FIRST + f"<p>系統在 {STAMP} 停機。</p>", listing=f"<div>{STAMP}</div>")).article
    assert article is not None
    assert article.last_updated is None


def test_a_published_moment_is_no_stamp() -> None:
    """A full moment behind the publish label gives the date."""
    article = read(page(headline=heading(info="撰文: 記者甲 | 發佈日期: 2019-03-04 09:00:00"))).article
    assert article is not None
    assert (article.date, article.last_updated) == ("2019-03-04", None)


@pytest.mark.parametrize(
    "info",
    [
        '撰文: 記者甲 | 發佈日期: <time datetime="2019-03-04T09:00:00+08:00">04.03.19</time>',
        '撰文: 記者甲 | <time datetime="2019-03-04T00:00:00+08:00">發佈日期: 04.03.19</time>',
        '<span>撰文: 記者甲</span> <time class="updated" datetime="2019-03-05T10:11:12+08:00">04.03.19</time>',
        '撰文: 記者甲 | 發佈日期: <time datetime="2019-03-04T09:00:00Z">2019-03-04 17:00:00</time>',
    ],
)
def test_the_moment_of_the_publish_date_is_no_stamp(info: str) -> None:
    """A time element of the byline tells when the text was published; its attribute is not shown."""
    for html in (page(headline=heading(info=info)), page(headline=f"<div>{heading(info=info)}</div>")):
        article = read(html).article
        assert article is not None
        assert (article.author, article.date, article.last_updated) == ("記者甲", "2019-03-04", None)


@pytest.mark.parametrize(
    "other",
    [
        '<time datetime="2019-03-08T09:00:00+08:00">08.03.19</time>',
        '<div>發佈時間: <time datetime="2019-03-08T09:00:00+08:00">08.03.19</time></div>',
        "<div>發佈時間: <time>2019-03-08 09:00:00</time></div>",
        '<time class="updated hidden" datetime="2019-03-08T09:00:00+08:00">08.03.19</time>',
        '<ul><li><a href="/article/20111/x">題</a><time datetime="2019-03-08T09:00:00+08:00">08.03.19</time></li></ul>',
        f'<ul><li><a href="/article/20111/x">題</a> {STAMP}</li></ul>',
        f'<div><p><a href="//hkcnews.com/article/20111/x">題</a><time class="updated">{STAMP}</time></p></div>',
        f'<div class="comment-list"><div>讀者 {STAMP} 說好</div></div>',
        f'<div id="comments"><div>讀者 <span>{STAMP}</span></div></div>',
        f'<section><div class="fb-comments"><time>{STAMP}</time></div></section>',
    ],
)
def test_a_moment_of_something_else_is_no_stamp(other: str) -> None:
    """Of another article, of a comment, or in an attribute that nothing says is an update's."""
    for html in (page(after=other), page(headline=heading(extra=other)), page(headline=heading() + other)):
        article = read(html).article
        assert article is not None
        assert article.last_updated is None
    stamped = read(page(after=other, headline=heading(extra=other + f"<p>更新: {STAMP[:-2]}59</p>"))).article
    assert stamped is not None
    assert stamped.last_updated == f"{STAMP[:-2]}59"


@pytest.mark.parametrize("wrapped", ["{}", "<div>{}</div>", "<section><div>{}</div></section>"])
def test_a_moment_in_a_list_behind_the_text_is_no_stamp(wrapped: str) -> None:
    """Its name tells a list of other articles, whatever it stands in."""
    other = wrapped.format(f'<div class="related-list"><p>更新: {STAMP}</p></div>')
    for html in (page(after=other), page(headline=heading() + other)):
        article = read(html).article
        assert article is not None
        assert article.last_updated is None


def test_english_labels_are_an_english_interface() -> None:
    """The labels tell the interface, not the language of the text."""
    reading = read(page(headline=heading(info="Author: 記者甲 | Publish Date: 04.03.19")))
    assert Lack.ENGLISH in reading.lacks
    assert Lack.ENGLISH not in read(page(title="Night ferries", headline=heading(title="Night ferries"))).lacks


def test_a_byline_without_date_leaves_the_date_empty() -> None:
    """The date is not among the required fields."""
    reading = read(page(headline=heading(info="撰文: 記者甲")))
    assert reading.article is not None
    assert reading.article.date == ""
    assert "date" not in reading.readings


def test_machine_dates_are_the_last_resort_and_in_hong_kong_time() -> None:
    """article:published_time counts only when the byline has no date; a moment in UTC becomes local."""
    head = '<meta property="article:published_time" content="2019-03-03T18:30:00Z">'
    with_date = read(page(head=head, headline=heading(info="撰文: 記者甲 | 發佈日期: 05.03.19"))).article
    without = read(page(head=head, headline=heading(info="撰文: 記者甲"))).article
    assert with_date is not None
    assert without is not None
    assert (with_date.date, without.date) == ("2019-03-05", "2019-03-04")


@pytest.mark.parametrize("text", ["31.02.19", "00.00.00", "99.99.99", "1.2", "04.03.19.5.6", ""])
def test_impossible_dates_are_no_dates(text: str) -> None:
    """A date must be a day of the calendar."""
    assert find_date(text) == ""


def test_bylines_of_listings_are_not_the_articles() -> None:
    """Without a byline of its own the page has no author, whatever its listings say."""
    headline = f'<div class="group">眾聞</div><h1>{TITLE}</h1>'
    html = page(author="", headline=headline).replace(' | "', '"')
    reading = read(html)
    assert reading.verdict is Verdict.UNKNOWN_LAYOUT
    assert "author" in reading.detail


@pytest.mark.parametrize(
    "author",
    ["2019.6.12 行動組", "8.31.19關注組", "June 4 1989 Vigil Group", "May 2019", "蔡甲/2019-07-21 特稿", "甲 – 乙"],
)
def test_an_author_may_have_a_date_in_the_name(author: str) -> None:
    """Where the publish date has its label, a date without one ends no name."""
    article = read(page(author="", headline=heading(info=f"撰文: {author} | 發佈日期: 04.03.19"))).article
    assert article is not None
    assert (article.author, article.date) == (author, "2019-03-04")
