"""The part of the search index for scripts without spaces: for each pair of neighbouring characters, the articles.

A character that ends a run pairs with the end, so that single characters are found too. There are some 900 pairs in an
article, 43 million in all, so that arrays (numpy) do the work: plain Python took six times as long.

Made in two steps, as `words_index`: pairs of some articles into a scratch file, sorted; then all of these merged, a
range of first characters at a time.
"""

from __future__ import annotations

import marshal
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from scraper.export.web.fold import UNSPACED
from scraper.export.web.postings import BASE, FIRST_PACKED, LONGEST_UNARY, MOST, ONCE, PACK, SHARD_BITS, Shard, shard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scraper.export.web.postings import Group

    Numbers = NDArray[np.uint64]
    Integers = NDArray[np.int64]

END = ord(".")
"""Second half of a pair whose first character ends a run."""
_CHAR = np.uint64(21)
"""Bits of a character."""
_ARTICLES = 256
"""Articles of one scratch file at most."""
_AT_ONCE = 1 << 16
"""Postings that are made bits of at once."""
_RECORD = np.dtype([("pair", "<u8"), ("id", "<u4"), ("weight", "u1")])
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

    Args:
        path: of the file.
        articles: id, title, and all that is searched, the title among it, of each; folded, ids ascending.
    """
    assert len(articles) <= _ARTICLES
    found, counts = _pairs([text for _, _, text in articles])
    in_title, _ = _pairs([title for _, title, _ in articles])
    records = np.empty(len(found), dtype=_RECORD)
    records["pair"] = found // np.uint64(_ARTICLES)
    ids = np.array([number for number, _, _ in articles], dtype=np.uint32)
    records["id"] = ids[found % np.uint64(_ARTICLES)] if len(found) else 0
    records["weight"] = 2 * np.minimum(counts, MOST) + np.isin(found, in_title)
    records.tofile(path)
    firsts, starts, sizes = np.unique(records["pair"] >> _CHAR, return_index=True, return_counts=True)
    chars = [chr(first) for first in firsts]
    places = dict(zip(chars, zip(starts.tolist(), sizes.tolist(), strict=True), strict=True))
    _places(path).write_bytes(marshal.dumps(places))
    return Counter(dict(zip(chars, sizes.tolist(), strict=True)))


def _places(path: Path) -> Path:
    """Return the file that says where each first character begins in a scratch file."""
    return path.with_name(f"{path.name}.places")


def merge(scratch: Sequence[Path], chars: Sequence[str], last_id: int) -> Iterator[Shard]:
    """Yield the shards of a range of first characters.

    Args:
        scratch: the scratch files, in the order of their ids.
        chars: the first characters, ascending, none left out between them.
        last_id: the greatest id of all articles.
    """
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
    low = np.repeat(_low_bits(_SPREAD, many), many)  # of one first character, the same
    bits, begins = _coded(records, starts, steps, low, last_id)
    number = begins // SHARD_BITS
    cuts = np.flatnonzero(fresh | np.r_[True, number[1:] != number[:-1]])
    groups: list[Group] = []
    first_term = ""
    for cut, upto in zip(cuts.tolist(), [*cuts[1:].tolist(), len(starts)], strict=True):
        if groups and number[cut] != number[cut - 1]:
            yield shard(first_term, groups)
            groups = []
        end = begins[upto] if upto < len(starts) else len(bits)
        data = _packed(bits[int(begins[cut]) : int(end)])
        first, second = chr(int(firsts[cut])), int(seconds[cut])
        if not groups:
            first_term = first + chr(second)
        groups.append((first, [second, upto - cut, int(low[cut])], data))
    yield shard(first_term, groups)


def _coded(
    records: NDArray[Any], starts: Integers, steps: Integers, low: Integers, last_id: int
) -> tuple[NDArray[np.uint8], Integers]:
    """Return the bits of all pairs, an element a bit, and where each pair begins.

    Some pairs at a time: the arrays on the way take a hundred bytes a posting, and a frequent character has a million.
    """
    bits, begins, place = [], [], 0
    bounds = np.r_[starts, len(records)]
    cuts = np.unique(np.searchsorted(bounds, [*range(0, len(records), _AT_ONCE), len(records)]))
    for cut, upto in pairwise(cuts.tolist()):
        first, end = bounds[cut], bounds[upto]
        some = starts[cut:upto] - first
        values, lengths = _codes(records[first:end], some, steps[cut:upto], low[cut:upto], last_id)
        ends = np.cumsum(lengths)
        bits.append(_bits(values, lengths, ends))
        of_pairs = 2 * np.arange(len(some)) + 2 * some
        begins.append(place + ends[of_pairs] - lengths[of_pairs])
        place += int(ends[-1])
    return np.concatenate(bits), np.concatenate(begins)


def _codes(
    records: NDArray[Any], starts: Integers, steps: Integers, low: Integers, last_id: int
) -> tuple[Integers, Integers]:
    """Return all numbers as codes (value, length in bits) in the order of the format."""
    total = len(records)
    counts = np.diff(np.r_[starts, total])
    ids = records["id"].astype(np.int64)
    gaps = np.diff(ids, prepend=-1) - 1
    gaps[starts] = ids[starts]
    weights = records["weight"].astype(np.int64)
    ranks = np.where(weights == ONCE, 0, np.where(weights % 2, weights - 1, weights - 3))
    weight_lengths = np.where(ranks == 0, 1, 2 * _bit_length(ranks))
    weight_values = np.where(ranks == 0, 0, (1 << (weight_lengths - 1)) | ranks)

    codes = 2 * np.arange(len(starts)) + 2 * starts  # each pair: the step to it, its count, its gaps, its weights
    rank = np.arange(total) - np.repeat(starts, counts)
    at = np.repeat(codes, counts) + 2 + rank
    values = np.empty(2 * len(starts) + 2 * total, dtype=np.int64)
    lengths = np.empty_like(values)
    values[codes], lengths[codes] = _rice(steps, low)
    values[codes + 1], lengths[codes + 1] = counts, 2 * _bit_length(counts) - 1
    values[at], lengths[at] = _rice(gaps, np.repeat(_low_bits(last_id, counts), counts))
    at += np.repeat(counts, counts)
    values[at], lengths[at] = weight_values, weight_lengths
    return values, lengths


def _low_bits(last: int, counts: Integers) -> Integers:
    """Return the same as `postings.low_bits`."""
    return np.maximum(_bit_length(last * 13 // (counts * 16)) - 1, 0)


def _rice(numbers: Integers, low: Integers) -> tuple[Integers, Integers]:
    """Return the Rice codes of numbers from 0, with so many low bits: value, and length in bits."""
    high = numbers >> low
    far = high >= LONGEST_UNARY
    far_length = 2 * _bit_length(numbers + 1) - 1
    return np.where(
        far, (((1 << LONGEST_UNARY) - 1) << far_length) | (numbers + 1),
        (((1 << np.minimum(high, LONGEST_UNARY)) - 1) << (low + 1)) | (numbers & ((1 << low) - 1)),
    ), np.where(far, LONGEST_UNARY + far_length, high + 1 + low)  # fmt: skip


def _bit_length(numbers: Integers) -> Integers:
    return np.frexp(numbers.astype(np.float64))[1].astype(np.int64)


def _bits(values: Integers, lengths: Integers, ends: Integers) -> NDArray[np.uint8]:
    """Return codes one behind the other, an element a bit."""
    bits = np.zeros(int(ends[-1]), dtype=np.uint8)
    last, left = ends - 1, lengths
    while len(values):
        bits[last] = values & 1
        more = left > 1
        values, last, left = values[more] >> 1, last[more] - 1, left[more] - 1
    return bits


def _packed(bits: NDArray[np.uint8]) -> str:
    """Return bits as `postings.packed` does."""
    filled = np.zeros(-(-len(bits) // PACK) * PACK, dtype=np.uint32)
    filled[: len(bits)] = bits
    numbers = filled.reshape(-1, PACK) @ (1 << np.arange(PACK - 1, -1, -1, dtype=np.uint32))
    digits = np.stack(np.divmod(numbers, BASE), axis=1) + FIRST_PACKED
    return digits.astype("<u2").tobytes().decode("utf-16-le")
