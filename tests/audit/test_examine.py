"""Each defect of a document is told by what its file shows."""

import time
from pathlib import Path

import pytest

from scraper.audit.defects import Defect, Weight
from scraper.audit.examine import examine
from scraper.sites.hkcnews import HKCNEWS
from tests.audit.documents import LONG, document

SHARED = Path(__file__).parents[3] / "shared/conformance"


def defects(data: bytes, number: int | None = 1234) -> list[Defect]:
    return [found.defect for found in examine(data, number, HKCNEWS).defects]


@pytest.mark.parametrize(
    "content",
    [
        LONG,
        "a **b** c\n\n***d*** , [x](https://web.archive.org/web/20200102030405/https://a.org/b_c_d) 。",
        "### 小標題\n\n- 一\n\n- 二\n\n1. 三\n\n1. 四",
        "\n| 甲 | 乙 |\n| --- | --- |\n| 1 | **2** |\n",
        "第一行   \n 第二行  \n 第三行",
        "> 引文一   \n 引文二\n",
        "字面的 \\*星號\\* 和 2\\. 號碼 和 \\_底線\\_ 和 \\`引號\\` 和 \\<b>",
        "5 * 3 = 15 ，一個 ` ，a_b ，<3",
        (
            '<figure>\n<img src="https://web.archive.org/web/20200102030405im_/https://x/y.jpg" alt="">\n'
            "<figcaption>說明 *</figcaption>\n</figure>"
        ),
        '\n{{< video src="https://web.archive.org/web/20200102030405if_/https://y/z" >}}\n',
    ],
)
def test_what_the_form_has_is_sound(content):
    """Nothing that a correct document may hold is called a defect."""
    assert defects(document(content)) == []


@pytest.mark.parametrize(
    ("content", "defect"),
    [
        ("聯絡： [email protected]", Defect.EMAIL_LOST),
        ("聯絡： [email\u00a0protected]", Defect.EMAIL_LOST),
        ('<figure>\n<img src="" alt="">\n<figcaption>說明</figcaption>\n</figure>', Defect.EMPTY_IMAGE),
        ("前文 **** 後文", Defect.EMPTY_EMPHASIS),
        ("**甲乙。   \n** 後文", Defect.OPEN_EMPHASIS),
        ("### \n\n後文", Defect.BROKEN_HEADING),
        ("### 甲   \n 乙\n\n後文", Defect.BROKEN_HEADING),
        ("\n| 甲 | 乙 |\n| --- | --- |\n| 一   \n 二 | 三 |\n", Defect.BROKEN_TABLE),
        ("\n| 甲 | 乙 |\n| --- | --- |\n| 一 |\n", Defect.BROKEN_TABLE),
        ("見 [此](https://web.archive.org/web/20200102030405/https://a.org/b c.pdf) 。", Defect.LINK_WITH_SPACES),
        ("5*3*2", Defect.SWALLOWED_TEXT),
        ("詳見 `round the tree 和 `cause", Defect.SWALLOWED_TEXT),
        ("2. 第二點", Defect.SWALLOWED_TEXT),
        ("曲目：   \n 1. 第一首", Defect.SWALLOWED_TEXT),
        ("甲 _乙_ 丙", Defect.SWALLOWED_TEXT),
        ("甲 <abc> 丙", Defect.SWALLOWED_TEXT),
        ("[x](/web/20191231235959/https://www.hkcnews.com/a)", Defect.OTHER_CAPTURE),
    ],
)
def test_each_defect_of_the_text(content, defect):
    """One defect, one finding; the text is whole, so it need not be recovered again."""
    examined = examine(document(content), 1234, HKCNEWS)
    assert [found.defect for found in examined.defects] == [defect]
    assert examined.weight is Weight.MARRED


def test_defects_of_the_author_box():
    """E-mail addresses are lost in the box behind the text as well."""
    box = "\n\n---\n\n![博客 | 陳大文](https://web.archive.org/x.png)\n\n**博客 | 陳大文**\n\n電郵 [email protected]"
    assert defects(document(LONG + box)) == [Defect.EMAIL_LOST]


@pytest.mark.parametrize(
    ("data", "defect"),
    [
        (document("多謝支持", title="眾新聞告別    感謝讀者"), Defect.FAREWELL),
        (document("Internet Archive services are temporarily offline.", title="Temporarily Offline"), Defect.OUTAGE),
        (document("", title="Internet Archive: Scheduled Maintenance"), Defect.OUTAGE),
        (document("", title="", author=""), Defect.EMPTY),
        (document(date=""), Defect.NO_DATE),
        (document(LONG.encode().decode("cp1252", "replace")), Defect.CHARSET),
        (document(LONG.encode("big5", "replace").decode("utf-8", "replace")), Defect.CHARSET),
        (b"no front matter", Defect.NOT_THE_FORM),
        (b"---\n\xff\xfe\n---\n", Defect.NOT_THE_FORM),
        (document(number=99), Defect.NOT_THE_FORM),
        (document(url="https://example.org/"), Defect.NOT_THE_FORM),
        (
            document(url="htt://web.archive.org/web/20200102030405/https://www.hkcnews.com/article/1234/harbour"),
            Defect.NOT_THE_FORM,
        ),
        (
            document(url="https://web.archive.org/web/202001/https://www.hkcnews.com/article/1234/harbour"),
            Defect.NOT_THE_FORM,
        ),
        (document(author=""), Defect.NOT_THE_FORM),
        (document(category=" "), Defect.NOT_THE_FORM),
        (document() * 2, Defect.NOT_THE_FORM),
        (document().rstrip() + document(), Defect.NOT_THE_FORM),
        (document(LONG + "\n\n" + "\0" * 512 + "\n\n" + LONG), Defect.CUT),
    ],
)
def test_each_loss(data, defect):
    """Where the article itself is not in the file, it has to be recovered again."""
    examined = examine(data, 1234, HKCNEWS)
    assert (examined.defects[0].defect, examined.weight) == (defect, Weight.LOST)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (document(title="甲\x08乙"), [Defect.INVALID_YAML]),
        (document(title='甲"乙'), [Defect.INVALID_YAML]),
        (document(original_url="https://www.hkcnews.com/article/1234"), [Defect.URL_CUT]),
        (document().replace(b"\n", b"\r\n"), [Defect.LINE_ENDS]),
        (document(title='甲\\"乙'), []),
    ],
)
def test_defects_of_the_front_matter(data, found):
    """Values that YAML readers refuse, a cut URL and foreign line ends are seen, and the rest is still read."""
    assert defects(data) == found


def test_a_destroyed_url_alone_is_only_poor():
    """The text is sound; a better URL may or may not have been captured."""
    poor = "https://hkcnews.com/article/1234/%EF%BF%BD"
    data = document(url=f"https://web.archive.org/web/20200102030405/{poor}", original_url=poor)
    examined = examine(data, 1234, HKCNEWS)
    assert (examined.weight, examined.original, examined.timestamp) == (Weight.POOR, poor, "20200102030405")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared conformance set does not lie beside the project")
def test_the_shared_identity_files_are_sound():
    """Files that are right byte for byte have no defect but, some, a poor URL."""
    for path in (SHARED / "expected").iterdir():
        examined = examine(path.read_bytes(), int(path.stem.removeprefix("article_")), HKCNEWS)
        assert examined.weight in (None, Weight.POOR), (path.name, examined.defects)


VISIBLE = {
    "yaml-invalid": Defect.INVALID_YAML, "table-br": Defect.BROKEN_TABLE, "heading-br": Defect.BROKEN_HEADING,
    "empty-heading": Defect.BROKEN_HEADING, "empty-strong": Defect.EMPTY_EMPHASIS, "cf-email": Defect.EMAIL_LOST,
    "strong-trailing-br": Defect.OPEN_EMPHASIS, "src-empty": Defect.EMPTY_IMAGE, "link-space": Defect.LINK_WITH_SPACES,
    "english-date-missing": Defect.NO_DATE, "crlf": Defect.LINE_ENDS, "redirected-timestamp": Defect.OTHER_CAPTURE,
    "literal-code": Defect.SWALLOWED_TEXT,
}  # fmt: skip


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared conformance set does not lie beside the project")
def test_the_shared_errata_show_their_defects():
    """Each reason that concerns what the file shows is found."""
    rows = [line.split("\t") for line in (SHARED / "cases.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    seen = set()
    for row in rows:
        wanted = {VISIBLE[reason] for reason in row[6].split(",") if reason in VISIBLE} if row[5] == "errata" else set()
        if wanted:
            path = SHARED / "expected_reference" / f"article_{row[0]}.md"
            assert wanted <= set(defects(path.read_bytes(), int(row[0]))), path.name
        seen |= wanted
    assert len(seen) == len(set(VISIBLE.values()))


@pytest.mark.parametrize(
    "content",
    [
        "## 甲 <br> 乙",
        "\n| 甲 <br> 乙 | 丙 |\n| --- | --- |\n| 丁 | 戊 |\n",
        "<figure>\n<figcaption>只有說明</figcaption>\n</figure>",
        '> <figure>\n> <img src="https://x/y.jpg" alt="">\n> </figure>',
        "<pre>a < b&#10;c</pre>",
        "- 甲\n\n  - 乙\n\n1. 丙",
        "甲 _ 乙 ` 丙 5 * 6 a_b_c",
        "甲**** 乙",
    ],
)
def test_what_reads_as_it_was_meant_is_no_defect(content):
    """The form's own HTML, and characters that Markdown leaves alone."""
    assert defects(document(content)) == []


@pytest.mark.parametrize(
    "content",
    ["甲\n===", "    code 甲", "```\n甲", "<https://a.b>", "[甲]: https://a.b", "*** \n\n甲", "甲\n- 乙", "甲**乙**丙"],
)
def test_any_markup_that_the_form_does_not_have_is_swallowed_text(content):
    """As a reader of CommonMark takes it, and not by the look of it."""
    assert defects(document(content)) == [Defect.SWALLOWED_TEXT]


def test_the_papers_own_farewell_is_an_article():
    """49873 has the farewell for its title; under any other id that is the page of the closed site."""
    farewell = {"title": "眾新聞告別 感謝讀者", "author": "編輯部"}
    assert defects(document(number=49873, **farewell), 49873) == []
    assert defects(document(number=49872, **farewell), 49872) == [Defect.FAREWELL]


@pytest.mark.parametrize(
    ("front", "lost"),
    [
        ("date: 2021-99-99", False),
        ("y: 2021-01-01T99:99:99Z", False),
        ("x: !!python/object:os.system 1", False),
        ("x: &a [*a]", False),
        ("x: " + "[" * 50_000, False),
        ("x: " + "a" * 200_000, True),
    ],
)
def test_any_front_matter_is_judged(front, lost):
    """Impossible dates, foreign tags, deep nesting: a value, never an exception."""
    data = document().replace(b"---\n", f"---\n{front}\n".encode(), 1)
    weight = examine(data, 1234, HKCNEWS).weight
    assert (weight is Weight.LOST) == lost


@pytest.mark.parametrize(
    "unit", ["[", "`a``", "<!--", "**a*", "\n", "> - ", "| a ", '<figure>\n<img src="">\n<figcaption>', "](a b "]
)
def test_a_long_document_takes_its_length_and_no_more(unit):
    """Four times the text takes about four times as long, whatever it repeats; details are short."""
    started = time.process_time()
    examined = examine(document(unit * (1_000_000 // len(unit))), 1234, HKCNEWS)
    assert time.process_time() - started < 10
    assert all(len(found.detail) <= 100 for found in examined.defects)
