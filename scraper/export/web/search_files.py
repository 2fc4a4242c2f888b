"""The files of the search besides the index itself. Described in docs/site.md; `assets/search.js` reads them."""

from __future__ import annotations

import json
from codecs import BOM_UTF16_LE
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.export.web.fold import table
from scraper.files import json_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.export.web.story import Story

_PER_FOLDER = 1000
_EPOCH = date(1970, 1, 1).toordinal()


def script(name: str, value: object) -> bytes:
    """Return a script that hands a value to the search under a name: in UTF-16 where UTF-8 is longer.

    The first two bytes say so, to every browser and whatever the host says.
    """
    text = f"hkcnews({json.dumps(name)},{json_line(value)})\n"
    wide = BOM_UTF16_LE + text.encode("utf-16-le", "replace")
    return min(text.encode("utf-8", "replace"), wide, key=len)


def text_script(story: Story, text: str) -> tuple[str, bytes]:
    """Return path and content of the script that holds the words of an article."""
    name = f"text/{story.id // _PER_FOLDER}/{story.id}"
    return f"search/{name}.js", script(name, [story.title, story.author, story.category, "\n".join(story.tags), text])


def fold_script() -> bytes:
    """Return the script of characters that count as another one: two strings, one above the other."""
    pairs = sorted(table().items())
    return script("fold", ["".join(chr(one) for one, _ in pairs), "".join(chr(other) for _, other in pairs)])


def document_scripts(stories: Sequence[Story]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the scripts that know ids and days, categories, and authors of all articles."""
    ordered = sorted(stories, key=lambda story: story.id)
    days = [_day(story.date) for story in ordered]
    steps = "".join(_letter(_folded(day - before)) for before, day in pairwise([0, *days]))
    yield "search/docs.js", script("docs", {"ids": _runs_of_ids([story.id for story in ordered]), "days": steps})
    names, places = _by_frequency([story.category for story in ordered])
    yield "search/categories.js", script("categories", {"names": names, "of": "".join(map(_letter, places))})
    names, places = _by_frequency([story.author for story in ordered])
    letters = "".join(_letter(at // 64) + _letter(at % 64) for at in places)
    yield "search/authors.js", script("authors", {"names": names, "of": letters})


def _by_frequency(names: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the names, the most frequent first, and the place there of each one given."""
    ordered = sorted(counts := Counter(names), key=lambda name: (-counts[name], name))
    place = {name: at for at, name in enumerate(ordered)}
    return ordered, [place[name] for name in names]


def _day(text: str) -> int:
    """Return the days since 1970-01-01, 0 for an article without a date."""
    return date.fromisoformat(text).toordinal() - _EPOCH if text else 0


def _runs_of_ids(ids: Sequence[int]) -> list[int]:
    """Return ids as pairs: how many are left out, how many follow each other."""
    runs: list[int] = []
    expected = 0
    for number in ids:
        if not runs or number != expected:
            runs += [number - expected, 0]
        runs[-1] += 1
        expected = number + 1
    return runs


def _folded(number: int) -> int:
    """Return a number from 0 for any one: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return 2 * number if number >= 0 else -2 * number - 1


def _letter(number: int) -> str:
    """Return one character for a number from 0: printable ASCII without quote and backslash first, as JSON has it."""
    if number <= 90:
        return chr(number + (36 if number >= 57 else 35))
    return chr(number + (0x100 if number < 0xD700 else 0x900))  # no surrogates
