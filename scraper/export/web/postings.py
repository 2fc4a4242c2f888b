"""The index's numbers as bits: in which articles a term stands, how often, and whether in the title.

The format is described in docs/site.md; `assets/search.js` reads it. Arrays (numpy) do the work: there are 43 million
postings in all, for which plain Python took six times as long.
"""

from __future__ import annotations

from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Bits = NDArray[np.uint8]
    Integers = NDArray[np.int64]
    Group = tuple[str, str | list[int], str]
    """Terms of one first character: that, how they go on, the numbers of all of them. See docs/site.md."""

LONGEST_UNARY = 16
"""Ones before a gap that are no number: the gap follows in Elias' code. The first of ids close together, far from 0."""
ONCE = 2
"""The weight of a term that stands in an article once, and not in its title."""
MOST = 127
"""How often a term may stand in an article; more is counted as this."""
WEIGHT_BITS = 8
"""Of a posting: these hold the weight (twice the number of times, 1 more if in the title), the higher ones the id."""
SHARD_BITS = 31 * 5_800
"""Bits of a shard: 23 KB."""
PACK, BASE, FIRST_PACKED = 31, 46_341, 0x2030
"""Bits that two characters hold as the digits of a number, and the character that is zero.

No digit is a quote, a line end or a surrogate. As UTF-16, which scripts may be in, this takes 3 % more than the bits
themselves; Base64 takes 33 %.
"""
_AT_ONCE = 1 << 16
"""Postings that are made bits of at once: the arrays on the way take a hundred bytes each."""


class Shard(NamedTuple):
    """A script of the index: its first term, and its terms in groups."""

    first: str
    groups: list[Group]


def ranges(sizes: Mapping[str, int], parts: int) -> list[list[str]]:
    """Divide the first characters, ascending, into ranges of about the same number of postings."""
    total = max(1, sum(sizes.values()))
    chars = sorted(sizes)
    before = accumulate((sizes[char] for char in chars), initial=0)
    placed = [(count * parts // total, char) for char, count in zip(chars, before, strict=False)]
    return [[char for _, char in group] for _, group in groupby(placed, key=itemgetter(0))]


def coded(
    postings: NDArray[np.uint32], starts: Integers, last_id: int, steps: tuple[Integers, Integers] | None = None
) -> tuple[Bits, Integers]:
    """Return the bits of all terms, an element a bit, and where each term begins.

    Args:
        postings: id and weight of each, term by term, ids ascending.
        starts: where each term begins there.
        last_id: the greatest id of all articles.
        steps: a number that stands before each term, and its low bits in Rice code.
    """
    bits, begins, place = [], [], 0
    bounds = np.r_[starts, len(postings)]
    cuts = np.unique(np.searchsorted(bounds, [*range(0, len(postings), _AT_ONCE), len(postings)]))
    for cut, upto in pairwise(cuts.tolist()):
        some = bounds[cut : upto + 1] - bounds[cut]
        before = [_rice(steps[0][cut:upto], steps[1][cut:upto])] if steps else []
        values, lengths, of_terms = _codes(postings[bounds[cut] : bounds[upto]], some, last_id, before)
        ends = np.cumsum(lengths)
        bits.append(_bits(values, lengths, ends))
        begins.append(place + ends[of_terms] - lengths[of_terms])
        place += int(ends[-1])
    return np.concatenate(bits), np.concatenate(begins)


def _codes(
    postings: NDArray[np.uint32], bounds: Integers, last_id: int, before: Sequence[tuple[Integers, Integers]]
) -> tuple[Integers, Integers, Integers]:
    """Return all numbers as codes (value, length in bits) in the order of the format, and where each term begins."""
    starts, counts = bounds[:-1], np.diff(bounds)
    ids = (postings >> WEIGHT_BITS).astype(np.int64)
    gaps = np.diff(ids, prepend=-1) - 1
    gaps[starts] = ids[starts]
    weights = (postings & ((1 << WEIGHT_BITS) - 1)).astype(np.int64)
    ranks = np.where(weights == ONCE, 0, np.where(weights % 2, weights - 1, weights - 3))
    weight_lengths = np.where(ranks == 0, 1, 2 * _bit_length(ranks))
    weight_values = np.where(ranks == 0, 0, (1 << (weight_lengths - 1)) | ranks)

    heads = [*before, (counts, 2 * _bit_length(counts) - 1)]  # of each term; then its gaps, then its weights
    codes = len(heads) * np.arange(len(starts)) + 2 * starts
    at = np.repeat(codes + len(heads) - starts, counts) + np.arange(len(postings))
    values = np.empty(len(heads) * len(starts) + 2 * len(postings), dtype=np.int64)
    lengths = np.empty_like(values)
    for number, head in enumerate(heads):
        values[codes + number], lengths[codes + number] = head
    values[at], lengths[at] = _rice(gaps, np.repeat(low_bits(last_id, counts), counts))
    at += np.repeat(counts, counts)
    values[at], lengths[at] = weight_values, weight_lengths
    return values, lengths, codes


def low_bits(last: int, counts: Integers) -> Integers:
    """Return how many low bits of a gap are written as they are: about those of the typical gap."""
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


def _bits(values: Integers, lengths: Integers, ends: Integers) -> Bits:
    """Return codes one behind the other, an element a bit."""
    bits = np.zeros(int(ends[-1]), dtype=np.uint8)
    last, left = ends - 1, lengths
    while len(values):
        bits[last] = values & 1
        more = left > 1
        values, last, left = values[more] >> 1, last[more] - 1, left[more] - 1
    return bits


def packed(bits: Bits) -> str:
    """Return bits as characters, two for 31 of them, filled up with zeros."""
    filled = np.zeros(-(-len(bits) // PACK) * PACK, dtype=np.uint32)
    filled[: len(bits)] = bits
    numbers = filled.reshape(-1, PACK) @ (1 << np.arange(PACK - 1, -1, -1, dtype=np.uint32))
    digits = np.stack(np.divmod(numbers, BASE), axis=1) + FIRST_PACKED
    return digits.astype("<u2").tobytes().decode("utf-16-le")
