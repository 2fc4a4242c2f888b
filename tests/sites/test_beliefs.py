"""Each belief about the pages is borne out by the known make-up and contradicted by a page that is otherwise."""

from __future__ import annotations

import re

import pytest

from scraper.models import Verdict
from scraper.sites.hkcnews import HKCNEWS
from tests.sites import pages
from tests.sites.pages import FIRST, HOUSE, PLEA, SECOND, WRITER, box, column_heading, heading, page, read

COLUMN = {"headline": column_heading(), "author": WRITER, "after": box(avatar="/uploads/avatars/default.jpg")}
REVISED = "https://www.hkcnews.com/article/12345/ferry-渡輪-12399/x"
PLAIN = "https://www.hkcnews.com/article/12345/ferry-渡輪-12345/x"
STAMP = "撰文: 記者甲 | 發佈日期: 04.03.19 | 2019-03-05 10:11:12"
ENGLISH_TEXT = "<p>The ferry company said the last two sailings stop next month, so people take a bus.</p>" * 4
ENGLISH = {"title": "Last ferries stop", "author": "A Reporter", "body": ENGLISH_TEXT}
BARE = "https://www.hkcnews.com/article/12345"
EARLY, LATE = "20170101120000", "20220301120000"


def english(info: str) -> dict[str, object]:
    return ENGLISH | {"headline": heading("Last ferries stop", info, "News")}


def seen(text: str, **of_capture: str) -> dict[str, bool]:
    reading = read(text, **of_capture)
    assert reading.verdict in (Verdict.ARTICLE, Verdict.UNKNOWN_LAYOUT)
    return dict(reading.beliefs)


def test_every_belief_is_seen_to_hold_on_some_page_of_the_known_make_up() -> None:
    """None of the table is dead, and no page of the known make-up speaks against any of it."""
    known = [
        seen(page(plea=PLEA), url=PLAIN),
        seen(page(plea=PLEA, headline=heading(info=STAMP), body=FIRST + pages.FIGURE), url=REVISED),
        seen(page(plea=PLEA, **COLUMN), url=BARE),
        seen(page(), timestamp=LATE, url=BARE),
        seen(page(plea=PLEA, **english("Author: A Reporter | Publish Date: 04.03.19")), url=BARE),
        seen(page(plea=PLEA, **english("Author: A Reporter | Posted: 04.03.19")), url=REVISED),
    ]
    known[5].pop("byline_labels")  # what a revised English byline says nobody knows
    assert [name for one in known for name, held in one.items() if not held] == []
    assert {name for one in known for name in one} == {one.name for one in HKCNEWS.beliefs}


OTHERWISE = {
    "another label of the author": ("author", page(headline=heading(info="文: 記者甲 | 發佈日期: 04.03.19")), {}),
    "another label of the date": ("date", page(headline=heading(info="撰文: 記者甲 | 日期: 04.03.19")), {}),
    "a label that nobody knows": ("byline_labels", page(headline=heading(info=f"{STAMP} | 攝影: 記者丁")), {}),
    "an English page with another label": (
        "date_english",
        page(**english("Author: A Reporter | Posted: 04.03.19")),
        {},
    ),
    "a revised English page like any other": (
        "date_english_revised",
        page(**english("Author: A Reporter | Publish Date: 04.03.19")),
        {"url": REVISED},
    ),
    "a date in another order": ("date_in_life", page(headline=heading(info="撰文: 甲 | 發佈日期: 19.03.04")), {}),
    "labels of the visitor's language": (
        "labels_language",
        page(headline=heading(info="Author: 記者甲 | Publish Date: 04.03.19", group="News")),
        {},
    ),
    "no h1": ("title", page(headline=heading(h1="<h3>{}</h3>")), {}),
    "another title for sharing": ("og_title", page().replace('og:title" content="渡', 'og:title" content="小'), {}),
    "no category": ("category", page(headline=heading(group=None)), {}),
    "another element of the text": ("body", page().replace("article-content", "story"), {}),
    "a class never seen in the text": ("body_parts", page(body=f'{FIRST}<p class="lead">{SECOND}</p>'), {}),
    "an element never seen in the text": ("body_parts", page(body=f"{FIRST}<dl><dt>一</dt></dl>"), {}),
    "tags in the text": ("body_parts", page(body=f'{FIRST}<div class="tags">渡輪</div>'), {}),
    "a figure without its large file": ("figure_large", page(body=FIRST + pages.FIGURE.replace("_large", "")), {}),
    "no plea in its time": ("plea", page(), {}),
    "a plea before its time": ("no_plea", page(plea=PLEA), {"timestamp": EARLY}),
    "a plea before the text": ("plea_place", page(tags=PLEA), {}),
    "a plea amidst the text": ("plea_place", page(body=FIRST + PLEA + SECOND), {}),
    "a plea behind the box": ("plea_place", page(**COLUMN | {"after": box() + PLEA}), {}),
    "another box": ("box", page(**COLUMN | {"after": f'<div class="writer"><b>{WRITER}</b></div>'}), {}),
    "a box in the news": ("no_box", page(headline=heading(info=f"撰文: {WRITER}"), after=box()), {}),
    "a box without picture": ("avatar", page(**COLUMN | {"after": box(avatar="")}), {}),
    "a stamp in another form": ("stamp", page(headline=heading(info="撰文: 記者甲 | 5/3/2019")), {"url": REVISED}),
    "a stamp on any page": ("no_stamp", page(headline=heading(info=STAMP)), {"url": PLAIN}),
    "a stamp beside the byline": ("stamp_place", page(headline=heading(extra="<i>2019-03-05 10:11:12</i>")), {}),
    "no tags": ("tags", page(keywords=None), {}),
    "tags elsewhere": ("tags_place", page(keywords=None, tags='<div class="tags"><a href="/tag/1">渡輪</a></div>'), {}),
    "a slug of other words": ("slug", page(), {"url": PLAIN.replace("ferry", "harbour")}),
    "an id of no article": ("known_id", page(), {"url": "https://www.hkcnews.com/article/77777"}),
    "an entry that does not say whose it is": ("entries", page(listing=pages.BLOCKS.replace(" | ", " ")), {}),
    "a date with one digit": ("date", page(headline=heading(info="撰文: 記者甲 | 發佈日期: 4.3.19")), {}),
    "labels that are not the text's": (
        "labels_language", page(**ENGLISH | {"headline": heading("x", "撰文: A Reporter | 發佈日期: 04.03.19")}), {},
    ),
    "an avatar from elsewhere": ("avatar", page(**COLUMN | {"after": box(avatar="/news/a.jpg")}), {}),
    "a longer title for sharing": ("og_title", page().replace('巴士 | 記者甲"', '巴士，最新消息"'), {}),
    "structured data": ("nothing_else", page(head='<script type="application/ld+json">{}</script>'), {}),
}  # fmt: skip


@pytest.mark.parametrize(
    "head", ['<script property="article:x"></script>', '<meta itemprop="x" type="application/ld+json">']
)
def test_only_a_meta_and_a_script_tell_programs_of_the_article(head: str) -> None:
    """The same words in the other one of these elements say nothing."""
    assert seen(page(head=head))["nothing_else"] is True


@pytest.mark.parametrize("what", OTHERWISE)
def test_a_page_that_is_otherwise_speaks_against_it(what: str) -> None:
    """Each belief is seen to fail where a page contradicts it, also on a page that cannot be read whole."""
    name, text, capture = OTHERWISE[what]
    assert seen(text, **capture)[name] is False


def test_each_belief_has_a_page_against_it_here() -> None:
    """The table above is complete."""
    assert {name for name, _, _ in OTHERWISE.values()} == {one.name for one in HKCNEWS.beliefs}


def test_a_page_that_is_no_article_says_nothing() -> None:
    """Farewell pages, lists and the like are not asked."""
    assert not read(page(kind="home", main=HOUSE)).beliefs
    assert not read("<html><title>眾新聞告別    感謝讀者</title><h1>眾新聞告別    感謝讀者</h1></html>").beliefs


def test_an_empty_paragraph_behind_an_earlier_plea_breaks_nothing() -> None:
    """It is of the plea, and says nothing of its place."""
    asked = "<hr><p>眾新聞眾籌呼籲：請幫忙。</p><p>捐款方法見下。</p><p></p>"
    assert seen(page(plea=asked))["plea_place"]


def test_the_places_of_the_plea_are_as_good_as_each_other() -> None:
    """At the end of the text's element, right behind it, or in an element of its own there."""
    for one in (page(plea=PLEA), page(after=PLEA), page(after=f'<div class="ask">{PLEA}</div>')):
        assert seen(one)["plea_place"]


def test_what_is_not_shown_counts_for_nothing() -> None:
    """A script behind the plea, or in the text, is no text and no part of it."""
    script = "<script>show('x');</script><!-- x -->"
    found = seen(page(body=FIRST + script, plea=PLEA + script))
    assert found["plea_place"]
    assert found["body_parts"]


def test_names_are_for_programs() -> None:
    """A name is one word in lower case, given once."""
    names = [one.name for one in HKCNEWS.beliefs]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(?:_[a-z]+)*", name) for name in names)
