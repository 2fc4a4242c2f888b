"""Documents: their exact form, and that every reader gets back what was put in."""

from __future__ import annotations

import frontmatter
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.markdown.document import Document, DocumentError, parse_document, read_loosely, render_document
from scraper.markdown.front_matter import DocumentHandler, FrontMatter
from scraper.models import Article, AuthorBox
from tests.markdown.shown import Line, Run, markdown_shows

URL = "https://www.hkcnews.com/article/7/%E6%B8%A1%E8%BC%AA"
STAMP = "20200101000000"
ARTICLE = Article("渡輪停航", "2020-01-01", "何在岸", "眾聞", "早上起霧。")
BOX = AuthorBox("博客", "何在岸", "https://web.archive.org/a b.png", "寫海。\n也寫岸。")


def rendered(article: Article) -> str:
    return render_document(article, original_url=URL, timestamp=STAMP)


def with_(**values: object) -> Article:
    return ARTICLE._replace(**values)


def test_exact_form_with_everything():
    """Each field, tag, line and empty line stands where the form has it."""
    article = with_(last_updated="2020-01-02 03:04:05", tags=("海", 'a "b"'), author_box=BOX)
    assert rendered(article) == (
        "---\n"
        'title: "渡輪停航"\n'
        'date: "2020-01-01"\n'
        'last_updated: "2020-01-02 03:04:05"\n'
        'author: "何在岸"\n'
        'category: "眾聞"\n'
        "tags:\n"
        '  - "海"\n'
        '  - "a \\"b\\""\n'
        f'url: "https://web.archive.org/web/{STAMP}/{URL}"\n'
        f'original_url: "{URL}"\n'
        "---\n\n# 渡輪停航\n\n早上起霧。\n\n---\n\n"
        "![博客 | 何在岸](https://web.archive.org/a%20b.png)\n\n**博客 | 何在岸**\n\n寫海。\n也寫岸。\n"
    )


def test_what_is_absent_is_left_out():
    """No stamp, no tags, no box: no line for them. An empty bio is an empty line, an absent avatar no picture."""
    assert rendered(ARTICLE) == (
        '---\ntitle: "渡輪停航"\ndate: "2020-01-01"\nauthor: "何在岸"\ncategory: "眾聞"\n'
        f'url: "https://web.archive.org/web/{STAMP}/{URL}"\noriginal_url: "{URL}"\n'
        "---\n\n# 渡輪停航\n\n早上起霧。\n"
    )
    assert rendered(with_(author_box=AuthorBox("主筆", "甲", "", ""))).endswith("起霧。\n\n---\n\n**主筆 | 甲**\n\n\n")
    assert rendered(with_(content="")).endswith("---\n\n# 渡輪停航\n\n\n")


def test_the_title_is_verbatim_but_stays_on_its_line():
    """What looks like markup is not touched in the title's line; a line break in it is a space there."""
    assert "\n\n# *甲* [乙](x)\t丙 # 丁\n\n" in rendered(with_(title="*甲* [乙](x)\t丙 # 丁"))
    text = rendered(with_(title="甲\r\n---\n乙"))
    assert 'title: "甲\\r\\n---\\n乙"\n' in text
    assert "\n\n# 甲 --- 乙\n\n" in text


def test_the_texts_of_the_author_box_show_as_they_are():
    """Names and bio are text, not markup."""
    box = AuthorBox("*博*客", "a]_b_", "https://x.hk/(", "1. *海*\n# 岸\n\n    遠")
    lines = markdown_shows(rendered(with_(author_box=box)).split("\n\n---\n\n", 1)[1])
    assert lines == [
        Line((), "p", (Run("⟦https://x.hk/(⟧*博*客|a]_b_"),)),
        Line((), "p", (Run("*博*客|a]_b_", strong=True),)),
        Line((), "p", (Run("1.*海*"),)),
        Line((), "p", (Run("#岸"),)),
        Line((), "p", (Run("遠"),)),
    ]


# Everything that can be in a text: also controls, separators, noncharacters, and characters beyond the basic plane.
NASTY = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            "\0\a\t\n\x0b\x0c\r\x1b\x7f\x85\xa0\u200b\u2028\u2029\u202e\ufeff\ufdd0\ufffe\uffff\"'\\#:-&*{}%@`"
        ),
    ),
    max_size=20,
)


@settings(max_examples=300, deadline=None)
@given(title=NASTY, author=NASTY, tags=st.lists(NASTY, max_size=3), content=st.text("a\n-# 港", max_size=30))
def test_front_matter_comes_back_whatever_is_in_it(title, author, tags, content):
    """PyYAML, python-frontmatter and our own strict reader give back every value, to the character."""
    article = with_(title=title, author=author, tags=tuple(tags), content=content)
    text = rendered(article)
    document = parse_document(text)
    assert (document.front_matter.title, document.front_matter.author) == (title, author)
    assert document.front_matter.tags == tuple(tags)
    assert document.body == content
    fields, _ = frontmatter.parse(text)
    assert fields["title"] == title
    head = text.split("\n---\n", 1)[0]
    assert yaml.safe_load(head.removeprefix("---\n"))["author"] == author
    assert head.isprintable() or all(char.isprintable() or char in "\n\xa0" or ord(char) > 0x9F for char in head)


def test_lone_surrogates_are_no_characters():
    """They could not be written as UTF-8: each becomes the replacement character, in every part."""
    box = AuthorBox("\ud800", "\udfff", "", "\ud804")
    text = rendered(with_(title="a\ud800b", content="c\udc00d", author_box=box))
    assert text.encode().decode() == text
    assert parse_document(text).front_matter.title == "a\ufffdb"
    assert "c\ufffdd" in text


def test_a_document_is_read_back():
    """Fields and everything below the title."""
    document = parse_document(rendered(with_(tags=("海",), author_box=BOX)))
    url = f"https://web.archive.org/web/{STAMP}/{URL}"
    assert document == Document(
        FrontMatter(
            title="渡輪停航",
            date="2020-01-01",
            author="何在岸",
            category="眾聞",
            url=url,
            original_url=URL,
            tags=("海",),
        ),
        document.body,
    )
    assert document.body.startswith("早上起霧。\n\n---\n\n![博客")
    assert document.body.endswith("也寫岸。")


TEXT = rendered(with_(tags=("海",)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: '' where the form has"),
        ("# 甲\n", "line 1: '# 甲' where the form has"),
        ("\ufeff" + TEXT, "line 1: "),
        (TEXT.replace("\n", "\r\n"), "line 1: '---\\\\r' where"),
        (TEXT.split("url:")[0], "line 1: '---' where"),
        (TEXT.replace('"渡輪停航"', '"渡輪\x08"'), "line 1: the front matter is no valid YAML"),
        (TEXT.replace('"2020-01-01"', "2020-01-01"), "line 3: 'date: 2020-01-01' where the form has 'date: \"2020-01"),
        (TEXT.replace('  - "海"', "  - 1"), "line 7: '  - 1' where the form has '  - \"1\"'"),
        (TEXT.replace('author: "何在岸"\n', ""), "line 1: the front matter has no author"),
        (TEXT.replace('"何在岸"', "何在岸"), "line 4: 'author: 何在岸' where the form has 'author: \"何在岸\"'"),
        (TEXT.replace("category:", "mood: x\ncategory:"), "line 5: 'mood: x' where the form has 'category:"),
        (TEXT.replace("# 渡輪停航", "# 渡輪"), "line 12: '# 渡輪' where the form has '# 渡輪停航'"),
        (TEXT.removesuffix("\n"), "line 14: the text ends where the form has a newline"),
        (TEXT[: TEXT.index("早")].removesuffix("\n"), "line 13: the text ends"),
    ],
)
def test_what_is_not_of_the_form_is_refused_with_its_line(text, message):
    """The message names the line, what stands there and what should."""
    with pytest.raises(DocumentError, match=f"^{message}"):
        parse_document(text)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["title", "tags", "x"]), st.one_of(NASTY, st.lists(NASTY, min_size=1))))
def test_the_handler_is_python_frontmatters_own_way_to_read_and_write(metadata):
    """What its `dumps` writes with our handler, its `loads` reads back, with ours and with its own."""
    post = frontmatter.Post("# 甲")
    post.metadata.update(metadata)
    text = frontmatter.dumps(post, handler=DocumentHandler())
    assert frontmatter.loads(text, handler=DocumentHandler()).metadata == metadata
    assert frontmatter.loads(text).metadata == metadata
    assert frontmatter.loads(text).content == "# 甲"


def test_documents_of_others_are_read_as_far_as_they_go():
    """Front matter that no YAML reader takes, dates that are none, line ends of Windows: the fields are there."""
    document = read_loosely(rendered(with_(tags=("海",), author_box=BOX)).replace("渡輪停航", "渡輪\x08", 1))
    assert document is not None
    assert "control characters are not allowed" in document.yaml_error
    assert document.fields["title"] == "渡輪\x08"
    assert document.fields["author"] == "何在岸"
    assert (document.title, document.content, document.box) == (
        "渡輪停航",
        "早上起霧。",
        "![博客 | 何在岸](https://web.archive.org/a%20b.png)\n\n**博客 | 何在岸**\n\n寫海。\n也寫岸。",
    )
    document = read_loosely("---\r\ndate: 2021-99-99\r\ny: 2021-01-01T99:99:99Z\r\n- \r\n---\r\n甲")
    assert document is not None
    assert document.crlf
    document = read_loosely("---\ndate: 2021-99-99\nx: [1]\n---\n\n甲")
    assert document is not None
    assert (document.yaml_error, document.fields) == ("", {"date": "2021-99-99"})
    assert (document.title, document.content, document.box) == (None, "甲", "")
    document = read_loosely(rendered(with_(author_box=BOX._replace(bio=""))))
    assert document is not None
    assert document.box.endswith("**博客 | 何在岸**")
    for text in ("", "甲", "---\n---\n", "---\ntitle: x\n", "\ufeff---\na: b\n---\n"):
        assert read_loosely(text) is None


@settings(max_examples=300, deadline=None)
@given(st.text("-:\n #a\"'[{&*!|>\\\x07\u2028%@`", max_size=40))
def test_anything_between_fences_is_read_or_refused(text):
    """A reader of others' documents never raises; our own raises a `DocumentError` only."""
    document = f"---\n{text}\n---\n\n# a\n"
    read_loosely(document)
    with pytest.raises(DocumentError):
        parse_document(document)
