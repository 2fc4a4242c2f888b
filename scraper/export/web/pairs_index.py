"""The part of the search index for scripts without spaces: for each pair of neighbouring characters, the articles.

A character that ends a run pairs with the end, so that single characters are found too. There are some 900 pairs in an
article.

Made in two steps, as `words_index`: pairs of some articles into a scratch file, sorted; then all of these merged, a
range of first characters at a time.
"""

from __future__ import annotations

import marshal
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from scraper.export.web.fold import UNSPACED
from scraper.export.web.postings import MOST, SHARD_BITS, WEIGHT_BITS, Shard, coded, low_bits, packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scraper.export.web.postings import Group

    Numbers = NDArray[np.uint64]

END = ord(".")
"""Second half of a pair whose first character ends a run."""
_CHAR = np.uint64(21)
"""Bits of a character."""
_ARTICLES = 256
"""Articles of one scratch file at most."""
_RECORD = np.dtype([("pair", "<u8"), ("posting", "<u4")])
_SPREAD = 20_992
"""Characters among which most second halves are: those of Unicode's main block of Chinese."""


@cache
def _unspaced() -> NDArray[np.bool_]:
    """Return, for each character, whether it is of a script without spaces."""
    found = np.zeros(0x110000, dtype=bool)
    for match in re.finditer("(.)-(.)", UNSPACED):
        found[ord(match[1]) : ord(match[2]) + 1] = True
    return found


def _pairs(texts: Sequence[str]) -> tuple[Numbers, NDArray[np.int64]]:
    """Return each pair of some texts once a text, with the number of the text in its low bits; and how often."""
    chars = np.frombuffer("".join(f"{text}\n" for text in texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), [len(text) + 1 for text in texts])
    letters = _unspaced()[chars]
    firsts = np.flatnonzero(letters)
    seconds = np.where(letters[firsts + 1], chars[firsts + 1], END)
    pairs = (chars[firsts].astype(np.uint64) << _CHAR) | seconds.astype(np.uint64)
    return np.unique(pairs * np.uint64(_ARTICLES) + owner[firsts], return_counts=True)


def write_scratch(path: Path, articles: Sequence[tuple[int, str, str]]) -> Counter[str]:
    """Write the pairs of some articles to a scratch file; return how many postings each first character has.

    Of each article: id, title, and all that is searched, the title among it; folded, ids ascending.
    """
    assert len(articles) <= _ARTICLES
    found, counts = _pairs([text for _, _, text in articles])
    in_title, _ = _pairs([title for _, title, _ in articles])
    records = np.empty(len(found), dtype=_RECORD)
    records["pair"] = found // np.uint64(_ARTICLES)
    ids = np.array([number for number, _, _ in articles], dtype=np.uint32)
    weights = 2 * np.minimum(counts, MOST) + np.isin(found, in_title)
    records["posting"] = (ids[found % np.uint64(_ARTICLES)] << WEIGHT_BITS) + weights if len(found) else 0
    path.write_bytes(records.data)  # `tofile` does not say why a file cannot be written
    firsts, starts, sizes = np.unique(records["pair"] >> _CHAR, return_index=True, return_counts=True)
    chars = [chr(first) for first in firsts]
    places = dict(zip(chars, zip(starts.tolist(), sizes.tolist(), strict=True), strict=True))
    _places(path).write_bytes(marshal.dumps(places))
    return Counter(dict(zip(chars, sizes.tolist(), strict=True)))


def _places(path: Path) -> Path:
    """Return the file that says where each first character begins in a scratch file."""
    return path.with_name(f"{path.name}.places")


def merge(scratch: Sequence[Path], chars: Sequence[str], last_id: int) -> Iterator[Shard]:
    """Yield the shards of a range of first characters, none left out, from all scratch files, in ascending order."""
    wanted = set(chars)
    parts = []
    for path in scratch:
        places: dict[str, tuple[int, int]] = marshal.loads(_places(path).read_bytes())  # noqa: S302 # ours
        if inside := [places[char] for char in places.keys() & wanted]:
            start, size = min(inside)[0], sum(count for _, count in inside)
            parts.append(np.fromfile(path, dtype=_RECORD, count=size, offset=start * _RECORD.itemsize))
    if parts:
        records = np.concatenate(parts)
        yield from _shards(records[np.argsort(records["pair"], kind="stable")], last_id)


def _shards(records: NDArray[Any], last_id: int) -> Iterator[Shard]:
    """Yield shards of records sorted by pair and id."""
    pairs = records["pair"]
    starts = np.flatnonzero(np.r_[True, pairs[1:] != pairs[:-1]])
    firsts, seconds = pairs[starts] >> _CHAR, (pairs[starts] & np.uint64((1 << 21) - 1)).astype(np.int64)
    fresh = np.r_[True, firsts[1:] != firsts[:-1]]
    steps = np.diff(seconds, prepend=-1) - 1
    steps[fresh] = 0  # is told with the group, as at the beginning of each shard
    many = np.diff(np.r_[np.flatnonzero(fresh), len(starts)])
    low = np.repeat(low_bits(_SPREAD, many), many)  # of one first character, the same
    bits, begins = coded(records["posting"], starts, last_id, (steps, low))
    number = begins // SHARD_BITS
    cuts = np.flatnonzero(fresh | np.r_[True, number[1:] != number[:-1]])
    groups: list[Group] = []
    first_term = ""
    for cut, upto in zip(cuts.tolist(), [*cuts[1:].tolist(), len(starts)], strict=True):
        if groups and number[cut] != number[cut - 1]:
            yield Shard(first_term, groups)
            groups = []
        end = begins[upto] if upto < len(starts) else len(bits)
        first, second = chr(int(firsts[cut])), int(seconds[cut])
        if not groups:
            first_term = first + chr(second)
        groups.append((first, [second, upto - cut, int(low[cut])], packed(bits[int(begins[cut]) : int(end)])))
    yield Shard(first_term, groups)
