"""The index's numbers as bits: in which articles a term stands, how often, and whether in the title.

The format is described in docs/site.md; `assets/search.js` reads it. Arrays (numpy) do the work: there are 43 million
postings in all, for which plain Python took six times as long.
"""

from __future__ import annotations

from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Bits = NDArray[np.uint8]
    Integers = NDArray[np.int64]
    Rests = str | list[int]
    Group = tuple[str, Rests, str]
    """Terms of one first character: that, how they go on, the numbers of all of them. See docs/site.md."""

LONGEST_UNARY = 16
"""So many ones say that a gap follows in Elias' code, such as the first one of ids close together and far from 0."""
ONCE = 2
"""The weight of a term that stands in an article once, and not in its title."""
MOST = 127
"""How often a term may stand in an article; more is counted as this."""
WEIGHT_BITS = 8
"""Of a posting: these hold the weight (twice the number of times, 1 more if in the title), the higher ones the id."""
SHARD_BITS = 31 * 3_800
"""Bits of a shard: 15 KB."""
PACK, BASE, FIRST_PACKED = 31, 46_341, 0x2030
"""Bits that two characters hold as the digits of a number, and the character that is zero.

No digit is a quote, a line end or a surrogate. As UTF-16, which scripts may be in, this takes 3 % more than the bits
themselves; Base64 takes 33 %.
"""
_AT_ONCE = 1 << 16
"""Postings that are worked on at once: the arrays on the way take a hundred bytes each."""


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


def begins_of(values: Integers) -> Integers:
    """Return the places at which a run of equal values begins."""
    return np.flatnonzero(np.diff(values, prepend=values[:1] - 1))


def pieces(bounds: Integers) -> Iterator[tuple[int, int]]:
    """Divide work into pieces of bounded memory: yield first and last place in `bounds`, which ascend from 0."""
    wanted = np.arange(0, bounds[-1], _AT_ONCE)
    yield from pairwise(np.unique(np.r_[0, np.searchsorted(bounds, wanted), len(bounds) - 1]).tolist())


def steps(numbers: Integers, of: Integers) -> Integers:
    """Return how many numbers lie between each one and the one before it; before the first of each owner stands -1."""
    found = np.diff(numbers, prepend=-1) - 1
    fresh = begins_of(of)
    found[fresh] = numbers[fresh]
    return found


class Codes(NamedTuple):
    """Numbers as bits: value, length in bits, and owner (the place of the term they belong to), ascending."""

    values: Integers
    lengths: Integers
    of: Integers


def interleaved(codes: Sequence[Codes]) -> Codes:
    """Return several sequences of codes as one, sorted by owner; those of one owner stay in the order given."""
    values, lengths, of = map(np.concatenate, zip(*codes, strict=True))
    order = np.argsort(of, kind="stable")
    return Codes(values[order], lengths[order], of[order])


def coded(terms: Iterable[Codes]) -> tuple[Bits, Integers]:
    """Return the bits of terms that come in several pieces, an element a bit, and where each term begins."""
    bits, begins, place = [], [], 0
    for codes in terms:
        bits.append(bits_of(codes.values, codes.lengths))
        begins.append(place + (np.cumsum(codes.lengths) - codes.lengths)[begins_of(codes.of)])
        place += len(bits[-1])
    return np.concatenate(bits), np.concatenate(begins)


def codes_of(postings: NDArray[Any], starts: Integers, last_id: int) -> Codes:
    """Return number, gaps and weights of the postings of each term.

    Args:
        postings: id and weight of each, term by term, ids ascending.
        starts: where each term begins there.
        last_id: the greatest id of all articles.
    """
    counts = np.diff(np.r_[starts, len(postings)])
    each = np.arange(len(counts))
    of = np.repeat(each, counts)
    ids, weights = np.divmod(postings.astype(np.int64), 1 << WEIGHT_BITS)
    ranks = np.where(weights == ONCE, 0, np.where(weights % 2, weights - 1, weights - 3))
    lengths = np.where(ranks == 0, 1, 2 * _bit_length(ranks))
    return interleaved([
        Codes(*gamma(counts), each),
        Codes(*rice(steps(ids, of), low_bits(last_id, counts)[of]), of),
        Codes(np.where(ranks == 0, 0, (1 << (lengths - 1)) | ranks), lengths, of),
    ])  # fmt: skip


def low_bits(last: int | Integers, counts: Integers) -> Integers:
    """Return how many low bits of a gap are written as they are: about those of the typical gap."""
    return np.maximum(_bit_length(last * 13 // (counts * 16)) - 1, 0)


def gamma(numbers: Integers) -> tuple[Integers, Integers]:
    """Return Elias' gamma codes of numbers from 1: value, and length in bits."""
    return numbers, 2 * _bit_length(numbers) - 1


def rice(numbers: Integers, low: Integers) -> tuple[Integers, Integers]:
    """Return the Rice codes of numbers from 0, with so many low bits: value, and length in bits."""
    high = numbers >> low
    far = high >= LONGEST_UNARY
    _, far_length = gamma(numbers + 1)
    return np.where(
        far, (((1 << LONGEST_UNARY) - 1) << far_length) | (numbers + 1),
        (((1 << np.minimum(high, LONGEST_UNARY)) - 1) << (low + 1)) | (numbers & ((1 << low) - 1)),
    ), np.where(far, LONGEST_UNARY + far_length, high + 1 + low)  # fmt: skip


def _bit_length(numbers: Integers) -> Integers:
    return np.frexp(numbers.astype(np.float64))[1].astype(np.int64)


def bits_of(values: Integers, lengths: Integers) -> Bits:
    """Return codes one behind the other, an element a bit."""
    bits = np.zeros(int(lengths.sum()), dtype=np.uint8)
    last, left = np.cumsum(lengths) - 1, lengths
    while len(values):
        bits[last] = values & 1
        more = left > 1
        values, last, left = values[more] >> 1, last[more] - 1, left[more] - 1
    return bits


def shards(
    firsts: Integers, begins: Integers, bits: Bits, rests: Callable[[int, int], Rests], each: int
) -> Iterator[Shard]:
    """Yield the terms as shards of about `SHARD_BITS`.

    Args:
        firsts: the first character of each term, ascending.
        begins: where its bits begin.
        bits: those of all terms.
        rests: returns how the terms from one place up to another go on.
        each: bits that such a rest takes, for one term.
    """
    number = (begins + each * np.arange(len(begins))) // SHARD_BITS
    ends = [*begins.tolist(), len(bits)]
    groups: list[Group] = []
    first = ""
    for cut, upto in pairwise([*np.union1d(begins_of(firsts), begins_of(number)).tolist(), len(firsts)]):
        if groups and number[cut] != number[cut - 1]:
            yield Shard(first, groups)
            groups = []
        char, some = chr(firsts[cut]), rests(cut, upto)
        if not groups:
            first = char + (some.partition(" ")[0] if isinstance(some, str) else chr(some[0]))
        groups.append((char, some, packed(bits[ends[cut] : ends[upto]])))
    yield Shard(first, groups)


def packed(bits: Bits) -> str:
    """Return bits as characters, two for 31 of them, filled up with zeros."""
    filled = np.zeros(-(-len(bits) // PACK) * PACK, dtype=np.uint32)
    filled[: len(bits)] = bits
    numbers = filled.reshape(-1, PACK) @ (1 << np.arange(PACK - 1, -1, -1, dtype=np.uint32))
    digits = np.stack(np.divmod(numbers, BASE), axis=1) + FIRST_PACKED
    return digits.astype("<u2").tobytes().decode("utf-16-le")
