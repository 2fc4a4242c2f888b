"""The next question about a picture: a pure function."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.images.next_step import KEPT, LIST, LISTED, NOT_AN_IMAGE, PATIENCE, REDIRECT, Ask, Pause, next_step
from scraper.ledger.images import ImageAttempt

NOW, LATER, MOMENT = "20261123000000", "20261123000100", "20200607080910"
ORIGINALS = ("https://a/x_large.jpg", "https://a/x.jpg", "https://a/x_small.jpg")


def attempt(ask: Ask, verdict: str, *, detail: str = "", tries: int = 1, next_at: str | None = None) -> ImageAttempt:
    final = next_at is None and verdict != LISTED
    return ImageAttempt(*ask, "", verdict, detail, tries, next_at, final)


def step(*attempts: ImageAttempt, asked: tuple[Ask, ...] = (), now: str = NOW) -> Ask | Pause | None:
    return next_step(ORIGINALS, MOMENT, attempts, asked=asked, now=now)


def test_begins_with_the_best() -> None:
    """The first question is for the URL to be preferred, near the page's moment; a final answer leads to the next."""
    first = Ask(ORIGINALS[0], MOMENT)
    assert step() == first
    assert step(attempt(first, "not_archived")) == Ask(ORIGINALS[1], MOMENT)
    assert step(*(attempt(Ask(url, MOMENT), "not_archived") for url in ORIGINALS)) is None


def test_waits_for_a_better_one_before_taking_another() -> None:
    """A URL in trouble is waited for; once it was in trouble in enough runs, the next is asked for as well."""
    first = Ask(ORIGINALS[0], MOMENT)
    assert step(attempt(first, "wrong_answer", next_at=LATER)) == Pause(LATER)
    assert step(attempt(first, "wrong_answer", next_at=LATER), now=LATER) == first
    assert step(attempt(first, "wrong_answer", next_at=LATER), asked=(first,), now=LATER) == Pause(LATER)
    assert step(attempt(first, "wrong_answer", next_at=LATER, tries=PATIENCE)) == Ask(ORIGINALS[1], MOMENT)


def test_trouble_is_never_the_end() -> None:
    """When all others are done with, a URL in trouble keeps the picture waiting."""
    rest = [attempt(Ask(url, MOMENT), "not_archived") for url in ORIGINALS[1:]]
    assert step(attempt(Ask(ORIGINALS[0], MOMENT), "outage", next_at=LATER, tries=99), *rest) == Pause(LATER)


def test_other_moments_of_what_is_no_picture() -> None:
    """Behind a capture that is no picture comes the list, then what it names, then the next URL."""
    first = attempt(Ask(ORIGINALS[0], MOMENT), NOT_AN_IMAGE)
    listed = Ask(ORIGINALS[0], "20180101000000")
    assert step(first) == Ask(ORIGINALS[0], "")
    done = attempt(Ask(ORIGINALS[0], ""), LIST)
    assert step(first, done, attempt(listed, LISTED, tries=0)) == listed
    assert step(first, done, attempt(listed, NOT_AN_IMAGE)) == Ask(ORIGINALS[1], MOMENT)


def test_redirects_end() -> None:
    """A redirect is followed to its target, a circle and a long chain are left."""
    circle = attempt(Ask(ORIGINALS[0], MOMENT), REDIRECT, detail=ORIGINALS[0])
    assert step(circle) == Ask(ORIGINALS[1], MOMENT)
    chain = [
        attempt(Ask(ORIGINALS[0] if n == 0 else f"https://a/{n}", MOMENT), REDIRECT, detail=f"https://a/{n + 1}")
        for n in range(9)
    ]
    assert step(*chain[:1]) == Ask("https://a/1", MOMENT)
    assert step(*chain) == Ask(ORIGINALS[1], MOMENT)


VERDICTS = st.sampled_from(["not_archived", NOT_AN_IMAGE, "archived_error", REDIRECT, "wrong_answer", "truncated"])


@given(st.lists(VERDICTS, min_size=60, max_size=60), st.data())
@settings(max_examples=60, deadline=None)
def test_comes_to_an_end(verdicts: list[str], data: st.DataObject) -> None:
    """Whatever the answers are, a run puts no question twice and comes to its end; nothing in trouble is forgotten."""
    attempts: dict[Ask, ImageAttempt] = {}
    asked: list[Ask] = []
    while isinstance(question := step(*attempts.values(), asked=tuple(asked)), Ask):
        assert question not in asked
        asked.append(question)
        verdict = verdicts[len(asked)]
        if question.timestamp == "":
            attempts[question] = attempt(question, LIST)
            for moment in ("20180101000000", "20190101000000"):
                attempts.setdefault(
                    Ask(question.original, moment), attempt(Ask(question.original, moment), LISTED, tries=0)
                )
        elif verdict == "wrong_answer":
            attempts[question] = attempt(question, verdict, next_at=LATER, tries=data.draw(st.integers(1, 3)))
        else:
            attempts[question] = attempt(question, verdict, detail=f"https://a/{len(asked) % 4}")
    open_ones = [one for one in attempts.values() if not one.final]
    assert (question is None) == (not open_ones)
    assert KEPT not in {one.verdict for one in attempts.values()}
