"""Which of several captures that all show an article is the one to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.models import Lack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.selection.candidates import PageRead, Ranked

_SEVERITY = {
    Lack.TRUNCATED: "text cut short",
    Lack.EMPTY_BODY: "empty text",
    Lack.SAVED_BY_BROWSER: "saved by a browser",
    Lack.NO_AUTHOR_BOX: "no author box",
    Lack.ENGLISH: "English interface",
    Lack.POOR_URL: "poor URL",
}
"""Lacks in words, the worst first: what costs text, then what costs a part, then what costs looks."""

IN_THE_TEXT = frozenset({Lack.TRUNCATED, Lack.EMPTY_BODY})
"""Lacks of the text itself: a complete text wins whatever its moment, and the lacking one is no version."""
_NO_MATCH = IN_THE_TEXT | {Lack.SAVED_BY_BROWSER}
"""A page that a browser saved is no version either: it is evidence of a text, and no capture."""


def best(articles: Sequence[Ranked]) -> Ranked:
    """Return the one to write. `articles` were all read as articles and stand in the order of candidates.

    A complete text before one that lacks text. Of different texts the first in order, which is the later one before the
    closure. Of the same text the one without lacks, then the one that shows more, then the first in order.
    """
    complete = _most_complete_texts(articles)
    text = read_of(complete[0]).text_sha256
    same = [one for one in complete if read_of(one).text_sha256 == text]
    return min(same, key=lambda one: (_weight(one.lacks), [-count for count in read_of(one).completeness]))


def has_other_texts(articles: Sequence[Ranked], chosen: Ranked) -> bool:
    """Say whether a complete text was captured that differs from that of the chosen one: another version."""
    text = read_of(chosen).text_sha256
    return any(read_of(one).text_sha256 != text for one in _most_complete_texts(articles))


def unsettled_lacks(articles: Sequence[Ranked], chosen: Ranked) -> frozenset[Lack]:
    """Return the lacks of the chosen one for which no better-made capture has been compared with it yet.

    One that has been compared and lost has another text, so it settles the matter all the same.
    """
    better_made = [one for one in articles if one.lacks < chosen.lacks]
    return frozenset(lack for lack in chosen.lacks if all(lack in one.lacks for one in better_made))


def in_words(lacks: frozenset[Lack]) -> str:
    """Return lacks for people, the worst first."""
    return ", ".join(words for lack, words in _SEVERITY.items() if lack in lacks)


def read_of(one: Ranked) -> PageRead:
    """Return what reading gave, of one that was read."""
    read = one.candidate.read
    assert read is not None, one
    return read


def _most_complete_texts(articles: Sequence[Ranked]) -> Sequence[Ranked]:
    weights = [_weight(one.lacks & _NO_MATCH) for one in articles]
    return [one for one, weight in zip(articles, weights, strict=True) if weight == min(weights)]


def _weight(lacks: frozenset[Lack]) -> tuple[bool, ...]:
    return tuple(lack in lacks for lack in _SEVERITY)
