"""Half a document is found, wherever it was cut; a whole one is not taken for half."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings

from scraper.audit.defects import Defect, Weight
from scraper.audit.examine import examine, find_cut
from scraper.markdown.document import read_loosely, render_document
from scraper.models import Article, AuthorBox
from scraper.sites.hkcnews import HKCNEWS
from tests.audit.documents import document
from tests.markdown.bodies import STAMP, converted
from tests.markdown.fragments import bodies

ORIGINAL = "https://www.hkcnews.com/article/1234/harbour"
FIGURE = '<figure>\n<img src="https://web.archive.org/web/20200102030405im_/https://x/y.jpg" alt="">\n</figure>'
FRAME = '\n{{< video src="https://web.archive.org/web/20200102030405if_/https://y/z" >}}\n'
TABLE = "\n| 甲 | 乙 |\n| --- | --- |\n| 一 | 二 |\n"
TEXT = f"首段。\n\n{FIGURE}\n\n第二段。\n\n{TABLE}\n\n末段。"
WITH_BIO = AuthorBox("博客", "陳大文", "https://web.archive.org/web/20200102030405im_/https://x/a.jpg", "寫字的人。")
EMPTY_BIO = WITH_BIO._replace(bio="")
NO_AVATAR = WITH_BIO._replace(avatar="")


def text_of(content: str, box: AuthorBox | None = None, category: str = "") -> str:
    """Return a document as the program writes it."""
    article = Article(
        "海濱長廊開放", "2019-04-05", "陳大文", category or ("眾說" if box else "眾聞"), content, author_box=box
    )
    return render_document(article, original_url=ORIGINAL, timestamp=STAMP)


def cut_of(text: str) -> str | None:
    return find_cut(text, read_loosely(text), HKCNEWS)


@pytest.mark.parametrize("box", [WITH_BIO, EMPTY_BIO, NO_AVATAR])
def test_every_beginning_of_a_column_is_half_a_document(box: AuthorBox) -> None:
    """Its category asks for the box at the end, so wherever the file was cut, something of it is missing."""
    text = text_of(TEXT, box)
    assert cut_of(text) is None
    assert [end for end in range(len(text)) if cut_of(text[:end]) is None] == []


@pytest.mark.parametrize("content", [TEXT, FIGURE, f"甲。\n\n{FRAME}", f"甲。\n\n{TABLE}", f"甲。\n\n{FRAME}\n\n乙。"])
def test_a_beginning_of_an_article_of_the_news_is_half_unless_it_ends_with_a_paragraph(content: str) -> None:
    """What ends behind a whole paragraph cannot be told from a shorter article: anything else is found."""
    text = text_of(content)
    assert cut_of(text) is None
    sound = [text[:end] for end in range(len(text)) if cut_of(text[:end]) is None]
    assert all(one.endswith(("。\n", "</figure>\n", " |\n\n", " >}}\n\n")) for one in sound)
    assert len(sound) <= content.count("\n\n")


@pytest.mark.parametrize(
    "content",
    ["", "甲。\n\n> 乙\n", "甲   \n", "  \n", "\n---\n", "  \n\n\n| 0", "甲。\n\n---\n\n**訂戶**\n\n請支持。"],
)
def test_whole_documents_are_whole(content: str) -> None:
    """Without text, or ending with a quote, a break, a rule or the plea for subscribers; also with CR LF."""
    assert cut_of(text_of(content)) is None
    assert cut_of(text_of(content).replace("\n", "\r\n")) is None
    assert cut_of(text_of(content, EMPTY_BIO)) is None


def test_the_plea_is_no_author_box() -> None:
    """A rule and a line in bold letters are no box: a column that ends with them lacks its own."""
    assert cut_of(text_of("甲。\n\n---\n\n**月費訂戶**\n\n請支持。", category="眾說")) == "no author box"


def test_half_a_document_is_to_be_recovered() -> None:
    """The article is not in the file; nothing else about it matters then."""
    examined = examine(document().rstrip(b"\n") + b" **", 1234, HKCNEWS)
    assert [found.defect for found in examined.defects] == [Defect.CUT]
    assert examined.weight is Weight.LOST


@settings(max_examples=100, deadline=None)
@given(bodies)
@example("<p>0<br>*</p>")
@example("<p><b>甲</b><br>*</p>")
def test_what_this_program_writes_is_sound(html: str) -> None:
    """Whatever the page holds: words like markup, tables, quotes, figures, with any box or none."""
    content = converted(html)
    for box in (None, WITH_BIO, EMPTY_BIO, NO_AVATAR):
        examined = examine(text_of(content, box).encode(), 1234, HKCNEWS)
        found = [one for one in examined.defects if one.defect is not Defect.EMPTY_EMPHASIS]  # the page's own ****
        assert found == []


def test_a_box_right_below_the_title_is_a_box() -> None:
    """Others leave out the empty line that stands for an empty text; their document is whole all the same."""
    text = text_of("", WITH_BIO).replace("\n\n\n\n---\n", "\n\n---\n")
    read = read_loosely(text)
    assert read is not None
    assert (read.content, read.box.startswith("![博客"), cut_of(text)) == ("", True, None)
