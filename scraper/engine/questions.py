"""Which CDX questions to ask: few, each for all captures below a prefix. Pure.

``hkcnews.com/article/28325`` as a prefix names all captures of that id and of ids that begin with its digits; both
hosts have one urlkey. There is no ``filter``: servers were seen that cut filtered lists without a word.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from scraper.ledger import Question
from scraper.times import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PER_ANSWER = 500
"""Ids whose captures fit into one answer of 10,000 rows: some twenty captures of each."""
_FIRST = "20160101000000"
"""Before the first capture of any article."""
_SHORTEST = timedelta(days=31)
"""A shorter stretch of time is not cut into halves."""


class Group(NamedTuple):
    """A question, and for which of the ids that are wanted it is asked."""

    question: Question
    ids: tuple[int, ...]


def own_question(prefix: str, article: int) -> Question:
    """Return the question about one id alone, any path below it; `prefix` is the site's, of all articles."""
    return Question(f"{prefix}{article}", "prefix", article)


def wider_urls(prefix: str, article: int) -> list[str]:
    """Return the prefixes of questions about this id and others, the whole site's first."""
    digits = str(article)
    return [prefix + digits[:length] for length in range(len(digits))]


def groups(prefix: str, ids: Iterable[int], greatest: int) -> list[Group]:
    """Return the questions that name the captures of these ids with the fewest answers; `greatest` is the last id."""
    return _groups(prefix, "", sorted(set(ids), key=str), greatest)[1]


def namesakes(digits: str, greatest: int) -> list[range]:
    """Return the ids that begin with these digits."""
    if not digits:
        return [range(1, greatest + 1)]
    first = int(digits)
    more = range(len(str(greatest)) - len(digits) + 1)
    found = (range(max(first * 10**k, 1), min((first + 1) * 10**k - 1, greatest) + 1) for k in more)
    return [ids for ids in found if ids]


def _groups(prefix: str, digits: str, ids: Sequence[int], greatest: int) -> tuple[float, list[Group]]:
    """Return the cost in answers of the cheapest questions for ids that begin with some digits, and the questions."""
    if len(ids) == 1:
        return 1.0, [Group(own_question(prefix, ids[0]), tuple(ids))]
    answers = 2 + sum(map(len, namesakes(digits, greatest))) / _PER_ANSWER  # the last one proves the end
    together = [Group(Question(prefix + digits, "prefix"), tuple(sorted(ids)))]
    if digits and int(digits) in ids:
        return answers, together
    parts = [
        _groups(prefix, digits + one, wanted, greatest)
        for one in "0123456789"
        if (wanted := [number for number in ids if str(number).startswith(digits + one)])
    ]
    apart = sum(cost for cost, _ in parts)
    return (apart, [group for _, some in parts for group in some]) if apart <= answers else (answers, together)


def narrower(prefix: str, question: Question, now: str, greatest: int) -> list[Question]:
    """Return questions that together ask for the same, each for less; none if it cannot be cut any further.

    Args:
        prefix: the site's, of all articles.
        question: one that the service took too long to answer.
        now: 14 digits.
        greatest: the last id.
    """
    digits = question.url.removeprefix(prefix)
    many = question.match_type == "prefix" and question.article is None and len(digits) < len(str(greatest))
    if question.is_whole and many and not digits:
        return [Question(f"{prefix}{one}", "prefix") for one in "123456789"]
    if question.is_whole and many and digits.isdigit():  # what stands at this URL itself and below it, then the longer
        own = [Question(question.url, "exact"), *(Question(f"{question.url}{one}", "prefix") for one in "/?")]
        return own + [Question(f"{question.url}{one}", "prefix") for one in "0123456789"]
    first, last = parse_timestamp(question.from_ts or _FIRST), parse_timestamp(question.to_ts or now)
    if last - first < _SHORTEST:
        return []
    middle = first + (last - first) / 2
    return [
        question._replace(to_ts=format_timestamp(middle)),
        question._replace(from_ts=format_timestamp(middle)),
    ]
