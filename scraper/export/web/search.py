"""What the search needs besides the index: the folding of characters, and its other scripts. See docs/site.md.

Folding maps a character to the one that stands for all that are the same to a reader who searches: one to one, so that
places in a text stay. Letters in any case and full width; Chinese characters in any form, by OpenCC's tables: those of
Hong Kong, of Taiwan and simplified ones become the simplified one, so 台 finds 臺 and 颱, and 学 finds 學.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF16_LE
from collections import Counter
from datetime import date
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from opencc import OpenCC

from scraper.export.web.postings import Codes, bits_of, gamma, interleaved, packed, rice
from scraper.files import json_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.export.web.inputs import Story

WORD = "0-9a-z\u00df-\u00f6\u00f8-\u024f\u0370-\u1fff"
"""Characters, folded, of scripts that part words by spaces; a class for regular expressions."""
UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\ue000-\uf8ff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Those of scripts that do not, and the private area, where old Hong Kong fonts kept Cantonese characters."""
_CHINESE = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x32400))
_LETTERS = range(0x80, 0x2000)
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_ROUNDS = 3
_PER_FOLDER = 1000
_EPOCH = date(1970, 1, 1).toordinal()


@cache
def _table() -> dict[int, int]:
    """Return character to the character that stands for it, where that is another one; for `str.translate`."""
    chars = [chr(code) for code in chain.from_iterable(_CHINESE)]
    folded = "\n".join(chars)
    converters = [OpenCC(name) for name in ("t2s", "hk2s", "tw2s")]
    for _ in range(_ROUNDS):  # until nothing changes: some variants lead to a character that has a simple form itself
        for converter in converters:
            folded = converter.convert(folded)
    pairs = dict(zip(chars, folded.split("\n"), strict=True))
    pairs |= {chr(code): chr(code).lower() for code in chain(range(0x41, 0x5B), _LETTERS)}
    pairs |= {chr(code): chr(code - 0xFEE0).lower() for code in _FULL_WIDTH}
    return {ord(char): ord(other) for char, other in pairs.items() if len(other) == 1 and char != other}


def fold(text: str) -> str:
    """Return a text as it is searched, of the same length."""
    return text.translate(_table())


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
    pairs = sorted(_table().items())
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
