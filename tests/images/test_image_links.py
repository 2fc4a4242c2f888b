"""Where documents name pictures."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.images.documents import addresses, references, to_archive, to_local
from scraper.markdown.document import render_document
from scraper.models import Article, AuthorBox

ARCHIVE = "https://web.archive.org/web/20200102030405im_/https://www.hkcnews.com"
BOX = AuthorBox("博客", "阿(明) [甲]", f"{ARCHIVE}/uploads/avatars/a(1).png?9", "簡介")
CONTENT = (
    f'<figure>\n<img src="{ARCHIVE}/news_新聞/a%20b_large.jpg?x=1&amp;copy=2" alt="">\n</figure>\n\n'
    f'文字 \\<img src="{ARCHIVE}/no.jpg"> 與 ![圖]({ARCHIVE}/c.png) 之間\n\n'
    f'<figure>\n<img src="{ARCHIVE}/d_large.jpg" alt="代">\n<figcaption>攝</figcaption>\n</figure>'
)


def document(content: str = CONTENT) -> str:
    article = Article("題", "2020-01-02", "明", "眾說", content, author_box=BOX)
    return render_document(article, original_url="https://www.hkcnews.com/article/1/a", timestamp="20200102030405")


def test_finds_figures_pictures_in_lines_and_the_avatar() -> None:
    """Every picture that a reader would see is found, in order, by its real address; text that looks alike is none."""
    assert addresses(document()) == [
        f"{ARCHIVE}/news_新聞/a%20b_large.jpg?x=1&copy=2",
        f"{ARCHIVE}/c.png",
        f"{ARCHIVE}/d_large.jpg",
        BOX.avatar,
    ]


def test_names_kept_ones_by_their_place() -> None:
    """Only pictures that are kept change, and nothing else of the document does."""
    kept = {f"{ARCHIVE}/c.png": "ab/abc.png", BOX.avatar: "cd/cde.jpg"}
    local = to_local(document(), kept.get)
    assert "![圖](../../images/ab/abc.png)" in local
    assert "](../../images/cd/cde.jpg)\n" in local
    assert local.count("web.archive.org") == document().count("web.archive.org") - 2


PIECES = ["![", "](", ")", "(", "\\", '<img src="', '"', "../../images/", "a", ARCHIVE, "\n", " ", "&amp;", "圖", ">"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.sets(st.integers(0, 10)))
@settings(max_examples=150, deadline=None)
def test_the_way_back_gives_the_same_bytes(content: str, kept: set[int]) -> None:
    """Whatever a document holds and whichever pictures are kept: back in the archive's form it is as it was."""
    form = document(content)
    paths = {address: f"ab/{number}.jpg" for number, address in enumerate(addresses(form)) if number in kept}
    assert to_archive(to_local(form, paths.get), [raw for raw, _ in references(form)]) == form
    assert to_archive(form, [raw for raw, _ in references(form)]) == form
