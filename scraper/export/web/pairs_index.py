"""The part of the search index for scripts without spaces: for each pair of neighbouring characters, the articles.

A character that begins a run pairs with the beginning, so that single characters are found too. There are some 900
pairs in an article. Pairs stand by their second character: all that it takes to tell which third ones follow where
(`threes`) is then in one range.

Made in two steps, as `words_index`: each character of some articles with its neighbours into a scratch file, sorted;
then all of these merged, a range of (second) characters at a time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from scraper.export.web.fold import UNSPACED
from scraper.export.web.postings import (
    MOST,
    WEIGHT_BITS,
    Codes,
    begins_of,
    coded,
    codes_of,
    interleaved,
    low_bits,
    pieces,
    rice,
    shards,
    steps,
)
from scraper.export.web.threes import CHAR, END, ID, ONE, followers, threes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scraper.export.web.postings import Integers, Shard

_ARTICLES = 256
"""Articles of one scratch file at most."""
_RECORD = np.dtype([("chars", "<i8"), ("posting", "<u4")])
"""A character, the one before, the one behind; the article, how often, whether the first two are in the title."""
_SPREAD = 20_992
"""Characters among which most first ones are: those of Unicode's main block of Chinese."""


@cache
def _unspaced() -> NDArray[np.bool_]:
    """Return, for each character, whether it is of a script without spaces."""
    found = np.zeros(0x110000, dtype=bool)
    for match in re.finditer("(.)-(.)", UNSPACED):
        found[ord(match[1]) : ord(match[2]) + 1] = True
    return found


def write_scratch(path: Path, articles: Sequence[tuple[int, str, str]]) -> Counter[str]:
    """Write the neighbours in some articles to a scratch file; return how many records each character has.

    Of each article: id, title, and all that is searched, which begins with the title; folded, ids ascending.
    """
    assert len(articles) <= _ARTICLES
    texts = [f"{text}\n" for _, _, text in articles]
    chars = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    alphabet, codes = np.unique(np.where(_unspaced()[chars], chars, END).astype(np.int64), return_inverse=True)
    many = len(alphabet)  # of all characters there are 200,000: three of them and the article are less than 2 ** 63
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    titles = np.array([len(title) for _, title, _ in articles], dtype=np.int64)
    owner = np.repeat(np.arange(len(texts)), lengths)
    in_title = np.arange(len(chars)) < (np.cumsum(lengths) - lengths + titles)[owner]
    at = np.flatnonzero(alphabet[codes] != END)  # never the last one, a line's end, which is also before the first one
    keys = ((codes[at] * many + codes[at - 1]) * many + codes[at + 1]) * _ARTICLES + owner[at]
    found, counts = np.unique(keys, return_counts=True)
    pairs, titled = (some // (_ARTICLES * many) * _ARTICLES + some % _ARTICLES for some in (found, keys[in_title[at]]))
    ids = np.array([number for number, _, _ in articles], dtype=np.uint32)
    weights = 2 * np.minimum(counts, MOST) + np.isin(pairs, titled)
    middle, before, behind = (alphabet[found // (_ARTICLES * many**power) % many] for power in (2, 1, 0))
    records = np.empty(len(found), dtype=_RECORD)
    records["chars"] = (middle << 2 * CHAR) | (before << CHAR) | behind
    records["posting"] = (ids[found % _ARTICLES] << WEIGHT_BITS) + weights
    path.write_bytes(records.data)  # `tofile` does not say why a file cannot be written
    middles, sizes = np.unique(middle, return_counts=True)
    return Counter(dict(zip(map(chr, middles), sizes.tolist(), strict=True)))


def merge(scratch: Sequence[Path], chars: Sequence[str], last_id: int) -> Iterator[Shard]:
    """Yield the shards of a range of second characters, none left out, from all scratch files, in ascending order."""
    wanted = ord(chars[0]) << 2 * CHAR, ord(chars[-1]) + 1 << 2 * CHAR
    opened = (np.memmap(path, _RECORD, "r") for path in scratch if path.stat().st_size)
    ranges = ((one, slice(*(bisect_left(one["chars"], bound) for bound in wanted))) for one in opened)
    records = np.concatenate([np.array(one[found]) for one, found in ranges])  # copied: few files are open at once
    records[:] = records[np.argsort(records["chars"], kind="stable")]
    starts = begins_of(records["chars"] >> CHAR)
    pairs = records["chars"][starts] >> CHAR
    middles, befores = pairs >> CHAR, pairs & ONE
    fresh = begins_of(middles)
    many = np.diff(np.r_[fresh, len(starts)])
    low = np.repeat(low_bits(_SPREAD, many), many)  # of one second character, the same
    skipped = steps(befores, middles)
    skipped[fresh] = 0  # is told with the group, as at the beginning of each shard
    known = followers(records["chars"], records["posting"].astype(np.int64) >> WEIGHT_BITS)
    bounds = np.r_[starts, len(records)]
    parts = ((slice(at, upto), records[bounds[at] : bounds[upto]]) for at, upto in pieces(bounds))
    bits, begins = coded(_codes(some, rice(skipped[of], low[of]), known, last_id) for of, some in parts)
    yield from shards(middles, begins, bits, lambda at, upto: [int(befores[at]), upto - at, int(low[at])], 0)


def _codes(records: NDArray[Any], skipped: tuple[Integers, Integers], known: Integers, last_id: int) -> Codes:
    """Return some pairs and what follows them, from all their records."""
    chars, (ids, weights) = records["chars"], np.divmod(records["posting"].astype(np.int64), 1 << WEIGHT_BITS)
    fresh = begins_of(chars >> CHAR)
    pair = np.repeat(np.arange(len(fresh)), np.diff(np.r_[fresh, len(chars)]))
    there = (pair << CHAR + ID) | ((chars & ONE) << ID) | ids
    keys = (pair << ID) | ids
    order = np.argsort(keys, kind="stable")
    keys, weights = keys[order], weights[order]
    starts = begins_of(keys)
    counts = np.minimum(np.add.reduceat(weights >> 1, starts), MOST)
    postings = (ids[order][starts] << WEIGHT_BITS) | 2 * counts | (weights[starts] & 1)
    behind = threes(chars[fresh] >> CHAR, keys[starts], there, known)
    of_pairs = codes_of(postings, begins_of(pair[order][starts]), last_id)
    return interleaved([Codes(*skipped, np.arange(len(fresh))), of_pairs, behind])
