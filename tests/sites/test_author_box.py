"""The author box: the site's component, wherever it stands, and not one of those in lists."""

from __future__ import annotations

import pytest

from scraper.models import AuthorBox, Lack, Verdict
from tests.sites.pages import (
    AVATAR,
    BIO,
    BLOCKS,
    FIRST,
    PLEA,
    SECOND,
    TIMESTAMP,
    WRITER,
    box,
    column_heading,
    page,
    read,
)

SHOWN = f"https://web.archive.org/web/{TIMESTAMP}im_/https://www.hkcnews.com{AVATAR}"
BOX = AuthorBox("博客", WRITER, SHOWN, BIO)


def found(after: str = "", body: str = FIRST + SECOND, before: str = "") -> AuthorBox | None:
    article = read(page(author=WRITER, headline=before + column_heading(), body=body, after=after)).article
    assert article is not None
    return article.author_box


@pytest.mark.parametrize(
    "around",
    ["{}", '<div class="blogger-box">\n{}\n</div>', "<aside><div><div>{}</div></div></aside>", "</div>{}<div>"],
)
def test_the_box_is_read_wherever_it_stands(around: str) -> None:
    """Behind or above the text, bare or in elements of any name, before or behind the plea, in another column."""
    markup = around.format(box())
    assert found(markup) == found(PLEA + markup) == found(markup + PLEA) == found(before=markup) == BOX
    assert found(SECOND + markup + '<div class="share-bar"><a href="#">分享</a></div>' + BLOCKS) == BOX


@pytest.mark.parametrize(
    "markup",
    [
        box().replace(" | ", " ｜ "),
        box().replace(" | ", "|"),
        box().replace(f"| {WRITER}", f'|\n  <a href="/bloggers/3">{WRITER}</a>'),
        box(avatar=f"'{AVATAR}'"),
        box(avatar=f"&quot;{AVATAR}&quot;"),
        box().replace("background-image:url", "width:64px; background: #fff url"),
        box().replace('<div class="line">', '<div class="line hidden">x</div><div class="line">'),
    ],
)
def test_spelling_of_the_component_does_not_matter(markup: str) -> None:
    """Bars, a link around the name, quotes around the address, other declarations, hidden lines."""
    assert found(markup) == BOX


def test_a_box_inside_the_text_is_no_text() -> None:
    """It is read as the box and left out of the content."""
    article = read(page(author=WRITER, headline=column_heading(), body=FIRST + box() + SECOND)).article
    assert article is not None
    assert article.author_box == BOX
    assert article.content == read(page()).article.content  # type: ignore[union-attr]


@pytest.mark.parametrize("label", ["博客", "主筆", "Blogger", "Editorial Writer"])
def test_the_label_is_the_pages(label: str) -> None:
    """The four that there were."""
    assert found(box(label)) == BOX._replace(label=label)


@pytest.mark.parametrize(
    ("bio", "read_as"),
    [
        ("", ""),
        ("第一行<br>第二行<br/>第三行", "第一行\n第二行\n第三行"),
        ("第一行\n第二行\r\n第三行", "第一行\n第二行\n第三行"),
        ("第一行<br>\n第二行", "第一行\n第二行"),
        ("<p>第一行</p>\n<p>第二行</p>", "第一行\n第二行"),
        ('第一行</div><div class="line">第二行', "第一行\n第二行"),
        ("見<a href='/article/1/x'>網頁</a>。", "見網頁。"),
        (
            '電郵：<span class="__cf_email__" data-cfemail="422123362330712302232d2e6c212d2f">[protected]</span>',
            "電郵：catar3a@aol.com",
        ),
    ],
)
def test_the_bio_keeps_its_lines(bio: str, read_as: str) -> None:
    """Breaks, blocks and line ends of the source; hidden addresses are shown."""
    assert found(box(bio=bio)) == BOX._replace(bio=read_as)


def test_a_box_without_picture_has_no_avatar() -> None:
    """An empty background is none."""
    assert found(box(avatar="")) == BOX._replace(avatar="")


def entry(second: str, label: str = "博客", name: str = WRITER) -> str:
    """Another article in a list that does not say so by its classes."""
    return (
        f"""<div class="item"><a href="/article/9/x">題</a>{box(label, name, second, "/uploads/avatars/x.png")}</div>"""
    )


@pytest.mark.parametrize(
    "entries",
    [
        BLOCKS,
        entry("11.11.17"),
        entry("", name="別人"),
        entry(BIO, "眾說"),
        box(bio="11.11.17"),
        box("眾說"),
        box(name="別人"),
        f'<div class="hl-block">{box()}</div>',
        f'<div class="popup" style="display:none">{box()}</div>',
        f'<div class="hidden">{box()}</div>',
        f'<div class="line">博客 | {WRITER}</div><div class="line">{BIO}</div>',
    ],
)
def test_components_of_lists_are_not_the_box(entries: str) -> None:
    """Told by category or date in the place of label and bio, and by another's name."""
    assert found(entries) is None
    assert found(entries + box()) == found(box() + entries) == found(box(), before=entries) == BOX


def test_a_column_without_box_is_a_lack_and_is_said() -> None:
    """Another capture may have the box."""
    reading = read(page(author=WRITER, headline=column_heading()))
    assert Lack.NO_AUTHOR_BOX in reading.lacks
    assert reading.readings["author_box"] == "nothing"


def test_news_has_no_box() -> None:
    """Nothing is taken for one, and none is missed."""
    reading = read(page(after=box(name="記者甲")))
    assert reading.article is not None
    assert reading.article.author_box is None
    assert Lack.NO_AUTHOR_BOX not in reading.lacks
    assert "author_box" not in reading.readings


def test_a_page_cut_in_the_box_is_a_fragment() -> None:
    """A part of the bio is not written."""
    whole = page(author=WRITER, headline=column_heading(), after=box())
    cut = read(whole[: whole.index(BIO) + 4])
    assert (cut.verdict, cut.detail) == (Verdict.TRUNCATED, "cut inside the author box")


@pytest.mark.parametrize(
    "around",
    [
        '<div class="blogger">{}<ul><li><a href="/article/123/x">作者其他文章</a></li></ul></div>',
        "<footer>{}</footer>",
        '<nav class="hl-author">{}</nav>',
    ],
)
def test_what_stands_around_or_behind_the_component_does_not_count(around: str) -> None:
    """Label and author tell the box of the article from those of lists."""
    assert found(around.format(box())) is not None
