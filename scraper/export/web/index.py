"""The search index: for each word, or pair of neighbouring characters, the articles that hold it. See docs/site.md.

Made in two steps, so that memory stays flat and all processors work: the terms of some articles go into a scratch file,
sorted; then all of these files are merged, a range of first characters at a time, into scripts of some kilobytes.

Scripts that part words by spaces have words. Others have pairs: a character that begins a run pairs with the beginning,
so that single characters are found too. There are some 900 pairs in an article. Pairs are sorted by their second
character, so that one range has all that it takes to tell which third characters follow a pair.

A text that holds 台北 and 北市 need not hold 台北市. Where few texts hold both, they are read. Where many do, the index
says which of them hold the three: by their places in the list of those that hold both, which takes a bit or less each.
"""

from __future__ import annotations

import marshal
import re
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from scraper.export.web.postings import (
    MOST,
    WEIGHT_BITS,
    Codes,
    begins_of,
    coded,
    codes_of,
    gamma,
    interleaved,
    low_bits,
    pieces,
    rice,
    shards,
    steps,
)
from scraper.export.web.search import UNSPACED, WORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scraper.export.web.postings import Integers, Shard

_WORDS = re.compile(f"[{WORD}]+")
_LONGEST = 64
"""Letters of a word that are indexed: what is longer is an address or a code, and found by its beginning."""
_REST_BITS = 48
"""What the letters of a word take in a shard, about."""
MOST_READ = 32
"""Articles whose texts are read to see which of them hold a string of three characters, at most."""
_END = ord(".")
"""What stands beside a character where its run begins or ends."""
_CHAR, _ID = 18, 24
"""Bits of a character of a script without spaces, and of an id, in a key."""
_ONE = (1 << _CHAR) - 1
"""The bits of the last character."""
_FIRST_LOW, _STEP_LOW = 14, 10
"""Low bits of the first third character of a pair, and of the steps to the others."""
_ARTICLES = 256
"""Articles of one scratch file at most."""
_RECORD = np.dtype([("chars", "<i8"), ("posting", "<u4")])
"""A character, the one before, the one behind; article and weight: how often it holds them, whether its title does."""
_SPREAD = 20_992
"""Characters among which most first ones are: those of Unicode's main block of Chinese."""


def _words(text: str) -> Counter[str]:
    """Return how often each word stands in a folded text."""
    return Counter(word[:_LONGEST] for word in _WORDS.findall(text))


def write_words(path: Path, articles: Iterable[tuple[int, str, str]]) -> Counter[str]:
    """Write the words of some articles to a scratch file; return how many postings the words of each letter have.

    Of each article: id, title, and all that is searched, the title among it; folded, ids ascending.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for number, title, text in articles:
        base = number << WEIGHT_BITS
        for word, count in _words(text).items():
            found[word].append(base + 2 * min(count, MOST))
        for word in _words(title):
            found[word][-1] += 1
    path.write_bytes(marshal.dumps({word: array("I", values).tobytes() for word, values in found.items()}))
    sizes: Counter[str] = Counter()
    for word, values in found.items():
        sizes[word[0]] += len(values)
    return sizes


def merge_words(scratch: Sequence[Path], letters: Sequence[str], last_id: int) -> Iterator[Shard]:
    """Yield the shards of the words that begin with some letters, from all scratch files, in ascending order."""
    wanted = frozenset(letters)
    merged: dict[str, list[bytes]] = defaultdict(list)
    for path in scratch:
        for word, values in marshal.loads(path.read_bytes()).items():  # noqa: S302 # written by us a moment ago
            if word[0] in wanted:
                merged[word].append(values)
    terms = sorted(merged)
    lists = [b"".join(merged.pop(term)) for term in terms]
    bounds = np.cumsum([0, *(len(one) // 4 for one in lists)])
    postings = np.frombuffer(b"".join(lists), dtype=np.uint32)
    parts = ((bounds[at:upto], postings[bounds[at] : bounds[upto]]) for at, upto in pieces(bounds))
    bits, begins = coded(codes_of(some, starts - starts[0], last_id) for starts, some in parts)
    firsts = np.array([ord(term[0]) for term in terms])
    yield from shards(firsts, begins, bits, lambda at, upto: " ".join(term[1:] for term in terms[at:upto]), _REST_BITS)


@cache
def _unspaced() -> NDArray[np.bool_]:
    """Return, for each character, whether it is of a script without spaces."""
    found = np.zeros(0x110000, dtype=bool)
    for match in re.finditer("(.)-(.)", UNSPACED):
        found[ord(match[1]) : ord(match[2]) + 1] = True
    return found


def write_pairs(path: Path, articles: Sequence[tuple[int, str, str]]) -> Counter[str]:
    """Write the neighbours in some articles to a scratch file; return how many records each character has.

    Of each article: id, title, and all that is searched, which begins with the title; folded, ids ascending.
    """
    assert len(articles) <= _ARTICLES
    texts = [f"{text}\n" for _, _, text in articles]
    chars = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    alphabet, codes = np.unique(np.where(_unspaced()[chars], chars, _END).astype(np.int64), return_inverse=True)
    many = len(alphabet)  # of all characters there are 200,000: three of them and the article are less than 2 ** 63
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    titles = np.array([len(title) for _, title, _ in articles], dtype=np.int64)
    owner = np.repeat(np.arange(len(texts)), lengths)
    in_title = np.arange(len(chars)) < (np.cumsum(lengths) - lengths + titles)[owner]
    at = np.flatnonzero(alphabet[codes] != _END)  # never the last one, a line's end, which is also before the first one
    keys = ((codes[at] * many + codes[at - 1]) * many + codes[at + 1]) * _ARTICLES + owner[at]
    found, counts = np.unique(keys, return_counts=True)
    pairs, titled = (some // (_ARTICLES * many) * _ARTICLES + some % _ARTICLES for some in (found, keys[in_title[at]]))
    ids = np.array([number for number, _, _ in articles], dtype=np.uint32)
    weights = 2 * np.minimum(counts, MOST) + np.isin(pairs, titled)
    middle, before, behind = (alphabet[found // (_ARTICLES * many**power) % many] for power in (2, 1, 0))
    records = np.empty(len(found), dtype=_RECORD)
    records["chars"] = (middle << 2 * _CHAR) | (before << _CHAR) | behind
    records["posting"] = (ids[found % _ARTICLES] << WEIGHT_BITS) + weights
    path.write_bytes(records.data)  # `tofile` does not say why a file cannot be written
    middles, sizes = np.unique(middle, return_counts=True)
    return Counter(dict(zip(map(chr, middles), sizes.tolist(), strict=True)))


def merge_pairs(scratch: Sequence[Path], chars: Sequence[str], last_id: int) -> Iterator[Shard]:
    """Yield the shards of a range of second characters, none left out, from all scratch files, in ascending order."""
    wanted = ord(chars[0]) << 2 * _CHAR, ord(chars[-1]) + 1 << 2 * _CHAR
    opened = (np.memmap(path, _RECORD, "r") for path in scratch if path.stat().st_size)
    ranges = ((one, slice(*(bisect_left(one["chars"], bound) for bound in wanted))) for one in opened)
    records = np.concatenate([np.array(one[found]) for one, found in ranges])  # copied: few files are open at once
    records[:] = records[np.argsort(records["chars"], kind="stable")]
    starts = begins_of(records["chars"] >> _CHAR)
    pairs = records["chars"][starts] >> _CHAR
    middles, befores = pairs >> _CHAR, pairs & _ONE
    fresh = begins_of(middles)
    many = np.diff(np.r_[fresh, len(starts)])
    low = np.repeat(low_bits(_SPREAD, many), many)  # of one second character, the same
    skipped = steps(befores, middles)
    skipped[fresh] = 0  # is told with the group, as at the beginning of each shard
    known = _frequent_pairs(records["chars"], records["posting"].astype(np.int64) >> WEIGHT_BITS)
    bounds = np.r_[starts, len(records)]
    parts = ((slice(at, upto), records[bounds[at] : bounds[upto]]) for at, upto in pieces(bounds))
    bits, begins = coded(_codes_of_pairs(some, rice(skipped[of], low[of]), known, last_id) for of, some in parts)
    yield from shards(middles, begins, bits, lambda at, upto: [int(befores[at]), upto - at, int(low[at])], 0)


def _codes_of_pairs(records: NDArray[Any], skipped: tuple[Integers, Integers], known: Integers, last_id: int) -> Codes:
    """Return the codes of some pairs, from all their records: steps between characters, postings, strings of three."""
    chars, (ids, weights) = records["chars"], np.divmod(records["posting"].astype(np.int64), 1 << WEIGHT_BITS)
    fresh = begins_of(chars >> _CHAR)
    pair = np.repeat(np.arange(len(fresh)), np.diff(np.r_[fresh, len(chars)]))
    there = (pair << _CHAR + _ID) | ((chars & _ONE) << _ID) | ids
    keys = (pair << _ID) | ids
    order = np.argsort(keys, kind="stable")
    keys, weights = keys[order], weights[order]
    starts = begins_of(keys)
    counts = np.minimum(np.add.reduceat(weights >> 1, starts), MOST)
    postings = (ids[order][starts] << WEIGHT_BITS) | 2 * counts | (weights[starts] & 1)
    behind = _threes(chars[fresh] >> _CHAR, keys[starts], there, known)
    of_pairs = codes_of(postings, begins_of(pair[order][starts]), last_id)
    return interleaved([Codes(*skipped, np.arange(len(fresh))), of_pairs, behind])


def _frequent_pairs(chars: Integers, ids: Integers) -> Integers:
    """Return pairs that more than `MOST_READ` articles hold: sorted keys of first character, article and second one.

    `chars` and `ids` are characters and article of each record.
    """
    keys = np.unique((chars >> 2 * _CHAR << _CHAR + _ID) | (ids << _CHAR) | (chars & _ONE))
    pairs = (keys >> _CHAR + _ID << _CHAR) | (keys & _ONE)
    _, which, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    frequent: Integers = keys[(counts[which] > MOST_READ) & (keys & _ONE != _END)]
    return frequent


def _threes(pairs: Integers, postings: Integers, there: Integers, known: Integers) -> Codes:
    """Return the codes of the strings of three that begin with some pairs, in the order of the format.

    Args:
        pairs: two characters each, ascending, the second one in the higher bits.
        postings: sorted keys of a pair's place in `pairs` and an article that holds it.
        there: sorted keys of a pair's place, a third character and an article that holds all three.
        known: `_frequent_pairs` that begin with the second characters of these.
    """
    pair, ids = np.divmod(postings, 1 << _ID)
    frequent = (np.bincount(pair) > MOST_READ) & (pairs & _ONE != _END)
    sought = known >> _CHAR, (pairs[pair] >> _CHAR << _ID) | ids
    low, high = np.searchsorted(*sought, "left"), np.searchsorted(*sought, "right")
    many = np.where(frequent[pair], high - low, 0)  # frequent pairs behind this one in the article
    ends = np.r_[0, np.cumsum(many)]
    bounds = np.r_[begins_of(pair), len(pair)]
    codes = []
    for cut, upto in pieces(ends[bounds]):
        some = slice(bounds[cut], bounds[upto])
        at = np.arange(ends[some.start], ends[some.stop]) + np.repeat((low - ends[:-1])[some], many[some])
        both = np.repeat(((pair << _CHAR + _ID) | ids)[some], many[some])
        candidates = np.sort(both | ((known[at] & _ONE) << _ID))
        holds = there[np.minimum(np.searchsorted(there, candidates), len(there) - 1)] == candidates
        codes.append(_codes_of_threes(candidates >> _ID, holds))
    each = np.arange(len(pairs))
    return interleaved([*codes, Codes(np.zeros_like(each), np.ones_like(each), each)])


def _codes_of_threes(three: Integers, holds: NDArray[np.bool_]) -> Codes:
    """Return the codes of strings of three, owned by their pairs.

    Args:
        three: keys of a pair's place and a third character, ascending: one for each article that holds both pairs.
        holds: whether that article holds all three.
    """
    starts = begins_of(three)
    sizes, held = np.diff(np.r_[starts, len(three)]), np.add.reduceat(holds, starts, dtype=np.int64)
    most = 2 * held > sizes  # then those are named that do not hold it
    wanted = (sizes > MOST_READ) & (held > 0)
    named = (holds != np.repeat(most, sizes)) & np.repeat(wanted, sizes)
    places = (np.arange(len(three)) - np.repeat(starts, sizes))[named]
    pair, third = np.divmod(three[starts[wanted]], 1 << _CHAR)
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
