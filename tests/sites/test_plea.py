"""The plea for subscribers: of the page's frame, on every capture of its time, behind the text wherever it stands."""

from __future__ import annotations

import pytest

from scraper.models import Article, Lack, Reading, Verdict
from tests.sites.pages import ASKED, ASKED_EARLIER, FIRST, HOUSE, PLEA, SECOND, box, column_heading, page, read

EARLIER = PLEA.replace(ASKED, ASKED_EARLIER)
CAMPAIGN = """<hr><p><strong>眾新聞眾籌呼籲：</strong></p><p>如果你想繼續看下去，請幫忙：</p>
<ol><li>到平台捐款</li><li>寄支票</li></ol><p>註：電郵請附收據。</p>"""
SHARE = '<div class="share-bar"><a href="#">分享</a></div>'


def article(reading: Reading) -> Article:
    assert reading.article is not None
    return reading.article


@pytest.mark.parametrize("plea", [PLEA, EARLIER, PLEA.replace("<p>", '<p class="MsoNormal"><span>', 1), CAMPAIGN])
@pytest.mark.parametrize(
    ("place", "reading"),
    [
        ("{}", "behind the text"),
        (f"{SHARE}{{}}", "behind the text"),
        (f"{{}}{SHARE}", "behind the text"),
        ("<div>{}</div>", "in its own element"),
        (f'{SHARE}<section class="x"><div class="y">{{}}</div></section>{SHARE}', "in its own element"),
        ("<footer>{}</footer>", "in its own element"),
    ],
)
def test_the_plea_is_content_wherever_it_stands(plea: str, place: str, reading: str) -> None:
    """Outside of the text's element it makes the same document as inside; the reading says where it stood."""
    inside = read(page(headline=column_heading(), plea=plea, after=box()))
    for after in (place.format(plea) + box(), box() + place.format(plea)):
        outside = read(page(headline=column_heading(), after=after))
        assert outside.article == inside.article
        assert (outside.readings["plea"], inside.readings["plea"]) == (reading, "in the text")
        assert (outside.text_sha256, outside.completeness) == (inside.text_sha256, inside.completeness)
    assert article(inside).content.count("\n---\n") == 1


@pytest.mark.parametrize(
    "body",
    [
        FIRST + SECOND + "<hr></div><div>" + PLEA.removeprefix("<hr>"),
        f"<div>{PLEA}</div>{FIRST}{SECOND}",
        f"{FIRST}<div>{PLEA}</div>{SECOND}",
        f'{FIRST}{SECOND}</div><div class="x"><hr></div><div class="y"><p>&nbsp;</p>{PLEA.removeprefix("<hr>")}',
    ],
)
def test_the_plea_stands_behind_the_text(body: str) -> None:
    """Also if it stands before or amid it, or its parts in several elements."""
    assert article(read(page(body=body))).content == article(read(page(plea=PLEA))).content


def test_a_capture_of_its_time_without_it_is_news() -> None:
    """Recorded as a reading; outside of that time nothing is said."""
    found = {
        moment: read(page(), timestamp=moment).readings.get("plea")
        for moment in ("20170704155959", "20170704160000", "20190101000000", "20220101235959", "20220107000000")
    }
    assert list(found.values()) == [None, "nothing", "nothing", "nothing", None]


def test_the_plea_makes_no_other_text_and_no_text() -> None:
    """It came and went with the time of the capture; a text that holds nothing else is empty."""
    for plea in (PLEA, EARLIER, CAMPAIGN):
        assert read(page(plea=plea)).text_sha256 == read(page()).text_sha256
        for html in (page(body="", plea=plea), page(body="<p></p>", after=plea)):
            reading = read(html)
            assert Lack.EMPTY_BODY in reading.lacks
            assert "---" in article(reading).content


@pytest.mark.parametrize(
    "text",
    [
        f"<hr>{HOUSE}{SECOND}",
        "<p>眾新聞的月費訂戶多了一倍。</p><p>月費訂戶說，會續訂。</p>",
        f"<hr>{FIRST}<p>眾新聞的月費訂戶多了一倍。</p>",
        f"<hr><p>眾新聞的月費訂戶多了一倍。</p>{HOUSE}",
    ],
)
def test_words_of_the_text_are_no_plea(text: str) -> None:
    """A rule, and a paragraph that speaks of subscribers, are the text's; the plea behind it is found all the same."""
    plain, asked = read(page(body=FIRST + text)), read(page(body=FIRST + text, after=PLEA))
    assert plain.readings["plea"] == "nothing"
    assert asked.readings["plea"] == "behind the text"
    assert plain.text_sha256 == asked.text_sha256 != read(page(body=FIRST)).text_sha256
    assert article(asked).content.startswith(article(plain).content)


def test_a_plea_that_nobody_sees_is_none() -> None:
    """In a popup that is hidden."""
    assert read(page(after=f'<div class="x hidden"><div>{PLEA}</div></div>')).readings["plea"] == "nothing"


def test_a_page_cut_in_the_plea_is_a_fragment() -> None:
    """A part of it is not written."""
    whole = page(after=f"<div>{PLEA}</div>")
    cut = read(whole[: whole.index("網址：")])
    assert (cut.verdict, cut.detail) == (Verdict.TRUNCATED, "cut inside the plea")


@pytest.mark.parametrize(
    "between", ['<div class="adslot"><p>廣告</p></div>', "<p><br></p>", '<p><img src="/x.png"></p>']
)
def test_other_paragraphs_of_the_frame_may_stand_amid_the_plea(between: str) -> None:
    """Outside of the text only paragraphs that ask for subscribers count."""
    rule, first, second = PLEA.partition("<p>")[0], *(f"<p>{part}" for part in PLEA.split("<p>")[1:])
    inside = article(read(page(plea=PLEA)))
    for after in (f"{rule}{between}{first}{second}", f"{rule}{first}{between}{second}"):
        assert article(read(page(after=after))).content == inside.content


def test_a_page_that_ends_before_its_plea_is_cut() -> None:
    """Of its time: the text is whole, but what belongs behind it did not come. What is missing later is nothing."""
    whole = page(after=PLEA).encode()
    behind_the_text = whole.index(b"<hr>", whole.index(SECOND.encode()))
    for end in (behind_the_text, whole.index(b"</p>", behind_the_text) + 4):
        cut = read(whole[:end])
        assert (cut.verdict, cut.detail) == (Verdict.TRUNCATED, "cut before the plea")
    assert read(whole[: whole.index(b"<footer")]).verdict is Verdict.ARTICLE


def test_the_empty_page_has_a_plea_too() -> None:
    """A frame without title and text is empty, whatever the template put into it."""
    assert read(page(headline="<h1></h1>", body="", plea=PLEA)).verdict is Verdict.EMPTY
