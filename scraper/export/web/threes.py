"""Which third characters follow a pair of characters, and in which articles: what the pairs leave open.

A text that holds 台北 and 北市 need not hold 台北市. Where few texts hold both, they are read. Where many do, the index
says which of them hold the three: by their places in the list of those that hold both, which takes a bit or less each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scraper.export.web.postings import Codes, begins_of, gamma, interleaved, low_bits, pieces, rice, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scraper.export.web.postings import Integers

MOST_READ = 32
"""Articles whose texts are read to see which of them hold a string of three characters, at most."""
END = ord(".")
"""What stands beside a character where its run begins or ends."""
CHAR, ID = 18, 24
"""Bits of a character of a script without spaces, and of an id, in a key."""
ONE = (1 << CHAR) - 1
"""The bits of the last character."""
_FIRST_LOW, _STEP_LOW = 14, 10
"""Low bits of the first third character of a pair, and of the steps to the others."""


def followers(chars: Integers, ids: Integers) -> Integers:
    """Return in order keys of first character, article and second one, of pairs that more than a few articles hold.

    `chars` and `ids` are those of records, as `pairs_index` has them.
    """
    keys = np.unique((chars >> 2 * CHAR << CHAR + ID) | (ids << CHAR) | (chars & ONE))
    pairs = (keys >> CHAR + ID << CHAR) | (keys & ONE)
    _, which, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    frequent: Integers = keys[(counts[which] > MOST_READ) & (keys & ONE != END)]
    return frequent


def threes(pairs: Integers, postings: Integers, there: Integers, known: Integers) -> Codes:
    """Return what follows each of some pairs as codes, in the order of the format.

    Args:
        pairs: two characters each, ascending, the second one in the higher bits.
        postings: in order keys of a pair's place in that list and an article.
        there: in order keys of a pair's place, a third character and an article that holds all three.
        known: `followers` of all second characters of these.
    """
    pair, ids = np.divmod(postings, 1 << ID)
    frequent = (np.bincount(pair) > MOST_READ) & (pairs & ONE != END)
    sought = known >> CHAR, (pairs[pair] >> CHAR << ID) | ids
    low, high = np.searchsorted(*sought, "left"), np.searchsorted(*sought, "right")
    many = np.where(frequent[pair], high - low, 0)  # frequent pairs behind this one in the article
    ends = np.r_[0, np.cumsum(many)]
    bounds = np.r_[begins_of(pair), len(pair)]
    codes = []
    for cut, upto in pieces(ends[bounds]):
        some = slice(bounds[cut], bounds[upto])
        at = np.arange(ends[some.start], ends[some.stop]) + np.repeat((low - ends[:-1])[some], many[some])
        both = np.repeat(((pair << CHAR + ID) | ids)[some], many[some])
        candidates = np.sort(both | ((known[at] & ONE) << ID))
        holds = there[np.minimum(np.searchsorted(there, candidates), len(there) - 1)] == candidates
        codes.append(_codes(candidates >> ID, holds))
    each = np.arange(len(pairs))
    return interleaved([*codes, Codes(np.zeros_like(each), np.ones_like(each), each)])


def _codes(three: Integers, holds: NDArray[np.bool_]) -> Codes:
    """Return the codes of strings of three, owned by their pairs: of each string and article, whether that holds it."""
    starts = begins_of(three)
    sizes, held = np.diff(np.r_[starts, len(three)]), np.add.reduceat(holds, starts, dtype=np.int64)
    most = 2 * held > sizes  # then those are named that do not hold it
    wanted = (sizes > MOST_READ) & (held > 0)
    named = (holds != np.repeat(most, sizes)) & np.repeat(wanted, sizes)
    places = (np.arange(len(three)) - np.repeat(starts, sizes))[named]
    pair, third = np.divmod(three[starts[wanted]], 1 << CHAR)
    numbers = np.where(most, sizes - held, held)[wanted]
    low = low_bits(sizes[wanted], np.maximum(numbers, 1))
    step_low = np.full(len(pair), _STEP_LOW)
    step_low[begins_of(pair)] = _FIRST_LOW
    each = np.arange(len(pair))
    of = np.repeat(each, numbers)
    codes = interleaved([
        Codes(np.ones_like(each), np.ones_like(each), each),
        Codes(*rice(steps(third, pair), step_low), each),
        Codes(most[wanted].astype(np.int64), np.ones_like(each), each),
        Codes(*gamma(numbers + 1), each),
        Codes(*gamma(low + 1), each),
        Codes(*rice(steps(places, of), low[of]), of),
    ])  # fmt: skip
    return codes._replace(of=pair[codes.of])
