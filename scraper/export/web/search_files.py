"""The files of the search besides the index itself. Described in docs/site.md; `assets/search.js` reads them."""

from __future__ import annotations

import json
from codecs import BOM_UTF16_LE
from collections import Counter
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from scraper.export.web.fold import table
from scraper.export.web.postings import Codes, bits_of, gamma, interleaved, packed, rice
from scraper.files import json_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.export.web.inputs import Story

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
    steps = np.diff([(-1, 0), *((story.id, _day(story.date)) for story in ordered)], axis=0)
    days = np.where(steps[:, 1] < 0, -2 * steps[:, 1] - 1, 2 * steps[:, 1])
    each = np.arange(len(ordered))
    codes = interleaved([Codes(*gamma(steps[:, 0]), each), Codes(*rice(days, np.zeros_like(days)), each)])
    yield "search/docs.js", script("docs", {"many": len(ordered), "of": packed(bits_of(codes.values, codes.lengths))})
    for name, of in (("categories", attrgetter("category")), ("authors", attrgetter("author"))):
        found = Counter(map(of, ordered))
        names = sorted(found, key=lambda one: (-found[one], one))
        place = {one: at for at, one in enumerate(names, start=1)}
        places = packed(bits_of(*gamma(np.array([place[of(story)] for story in ordered], dtype=np.int64))))
        yield f"search/{name}.js", script(name, {"names": names, "of": places})


def _day(text: str) -> int:
    """Return the days since 1970-01-01, 0 for an article without a date."""
    return date.fromisoformat(text).toordinal() - _EPOCH if text else 0
