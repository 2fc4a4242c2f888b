"""The index's numbers as bits: in which articles a term stands, how often, and whether in the title.

The format is described in docs/site.md; `assets/search.js` reads it.
"""

from __future__ import annotations

from itertools import accumulate, chain, groupby
from operator import itemgetter, sub
from typing import TYPE_CHECKING, NamedTuple

from scraper.files import json_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Group = tuple[str, str | list[int], str]
    """Terms of one first character: that, how they go on, the numbers of all of them. See docs/site.md."""

LONGEST_UNARY = 16
"""Ones before a gap that are no number: the gap follows in Elias' code. The first of ids close together, far from 0."""
ONCE = 2
"""The weight of a term that stands in an article once, and not in its title."""
MOST = 127
"""How often a term may stand in an article; more is counted as this."""
SHARD_BITS = 31 * 5_800
"""Bits of a shard: 23 KB."""
PACK, BASE, FIRST_PACKED = 31, 46_341, 0x2030
"""Bits that two characters hold as the digits of a number, and the character that is zero.

No digit is a quote, a line end or a surrogate. As UTF-16, which scripts may be in, this takes 3 % more than the bits
themselves; Base64 takes 33 %.
"""


class Shard(NamedTuple):
    """A script of the index: its first term, and what stands in it."""

    first: str
    text: str


def shard(first: str, groups: Sequence[Group]) -> Shard:
    """Return a shard of groups, whose first term is `first`."""
    return Shard(first, json_line(groups))


def ranges(sizes: Mapping[str, int], parts: int) -> list[list[str]]:
    """Divide the first characters, ascending, into ranges of about the same number of postings."""
    total = max(1, sum(sizes.values()))
    chars = sorted(sizes)
    before = accumulate((sizes[char] for char in chars), initial=0)
    placed = [(count * parts // total, char) for char, count in zip(chars, before, strict=False)]
    return [[char for _, char in group] for _, group in groupby(placed, key=itemgetter(0))]


def gamma(number: int) -> str:
    """Return Elias' gamma code of a number from 1."""
    bits = f"{number:b}"
    return "0" * (len(bits) - 1) + bits


class _Rice(dict[int, str]):
    """Rice codes of numbers from 0, made when they are first used."""

    def __init__(self, low_bits: int) -> None:
        self._low_bits = low_bits

    def __missing__(self, number: int) -> str:
        high = number >> self._low_bits
        if high >= LONGEST_UNARY:
            code = "1" * LONGEST_UNARY + gamma(number + 1)
        else:
            low = f"{number & ((1 << self._low_bits) - 1):0{self._low_bits}b}" if self._low_bits else ""
            code = f"{'1' * high}0{low}"
        self[number] = code
        return code


class _Weights(dict[int, str]):
    """Codes of how often and where: most terms stand in a text once and not in its title, which takes one bit.

    Next come twice, once and in the title, three times, twice and in the title, and so on.
    """

    def __missing__(self, weight: int) -> str:
        code = "0" if weight == ONCE else f"1{gamma(weight - 1 if weight % 2 else weight - 3)}"
        self[weight] = code
        return code


_RICE = [_Rice(low_bits) for low_bits in range(32)]
_WEIGHTS = _Weights()


def low_bits(last_id: int, count: int) -> int:
    """Return how many low bits of a gap are written as they are: about those of the typical gap."""
    return max(0, (last_id * 13 // (count * 16)).bit_length() - 1)


def encode(ids: Sequence[int], weights: Sequence[int], last_id: int) -> str:
    """Return the bits of one term, as text of 0 and 1.

    Args:
        ids: the articles it stands in, ascending.
        weights: for each, twice the number of times, and 1 more if it stands in the title.
        last_id: the greatest id of all articles.
    """
    rice = _RICE[low_bits(last_id, len(ids))]
    gaps = map(sub, ids, chain((0,), (number + 1 for number in ids)))
    return "".join([gamma(len(ids)), *[rice[gap] for gap in gaps], *[_WEIGHTS[weight] for weight in weights]])


def packed(bits: str) -> str:
    """Return bits as characters, two for 31 of them, filled up with zeros."""
    filled = bits.ljust(-(-len(bits) // PACK) * PACK, "0")
    numbers = (int(filled[at : at + PACK], 2) for at in range(0, len(filled), PACK))
    return "".join(chr(FIRST_PACKED + digit) for number in numbers for digit in divmod(number, BASE))
