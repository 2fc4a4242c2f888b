"""Few questions, which together name every capture that is wanted."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.engine.questions import groups, narrower, own_question, wider_urls
from scraper.ledger import Question

SITE = "hkcnews.com/article/"
NOW = "20261129000000"
GREATEST = 49_930


def covers(question: Question, url: str, moment: str = "20200101000000") -> bool:
    """Whether a capture is named by the answer to a question."""
    within = (question.from_ts or "") <= moment <= (question.to_ts or "9")
    return within and (url == question.url if question.match_type == "exact" else url.startswith(question.url))


def test_one_id_is_one_question_and_so_are_its_namesakes() -> None:
    """Of five digits or of fewer."""
    assert [group.question for group in groups(SITE, [28325], GREATEST)] == [Question(f"{SITE}28325", "prefix", 28325)]
    assert [group.question for group in groups(SITE, [636], GREATEST)] == [Question(f"{SITE}636", "prefix", 636)]


@pytest.mark.parametrize("first", [1_001, 9_501, 28_325, 29_990, 48_931])
def test_a_thousand_ids_are_few_questions(first: int) -> None:
    """Each is one answer or a few, and its end another: together at most five."""
    asked = groups(SITE, range(first, first + 1_000), GREATEST)
    assert 2 * len(asked) <= 5


def test_twelve_ids_far_apart_are_twelve_questions() -> None:
    """A wider one would take more answers than they do."""
    ids = random.Random(1).sample(range(10_000, 49_930), 12)
    assert sorted(group.ids for group in groups(SITE, ids, GREATEST)) == sorted((number,) for number in ids)


@given(st.sets(st.integers(1, 49_930), min_size=1, max_size=300))
def test_every_id_is_asked_for_once(ids: set[int]) -> None:
    """And each question names what stands at its ids and below."""
    asked = groups(SITE, ids, GREATEST)
    assert sorted(number for group in asked for number in group.ids) == sorted(ids)
    assert all(covers(group.question, f"{SITE}{number}/slug") for group in asked for number in group.ids)


@pytest.mark.parametrize(
    "question",
    [Question(SITE, "prefix"), Question(f"{SITE}28", "prefix"), Question(f"{SITE}28325", "prefix", 28325),
     Question(SITE, "prefix", None, "20200101000000", "20220101000000")],
)  # fmt: skip
def test_a_question_that_is_too_wide_is_cut_into_parts_that_ask_for_the_same(question: Question) -> None:
    """By the next digit of the id, or by time: nothing is left out, and parts are narrower until they are not cut."""
    parts = narrower(SITE, question, NOW, GREATEST)
    urls = [f"{SITE}{rest}" for rest in ("2", "28", "28/x", "28?x=1", "280", "2832/a", "28325", "28325/slug", "30001")]
    moments = ("20170101000000", "20200101000000", "20211231235959", "20260101000000")
    for url in urls:
        for moment in moments:
            if covers(question, url, moment):
                assert any(covers(part, url, moment) for part in parts), (url, moment)
    assert question not in parts


def test_cutting_comes_to_an_end() -> None:
    """A month of one id is not cut."""
    question, depth = own_question(SITE, 28325), 0
    while parts := narrower(SITE, question, NOW, GREATEST):
        question, depth = parts[-1], depth + 1
    assert depth < 9


def test_the_prefixes_of_an_id() -> None:
    """The site's first."""
    assert wider_urls(SITE, 283) == [SITE, f"{SITE}2", f"{SITE}28"]
