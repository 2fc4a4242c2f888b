"""The part of the search index for scripts that part words by spaces: for each word, the articles that hold it.

Made in two steps, so that memory stays flat and all processors work: the words of some articles into a scratch file,
then all of these merged, some first letters at a time, into scripts of some kilobytes. See docs/site.md.
"""

from __future__ import annotations

import marshal
import re
from array import array
from collections import Counter, defaultdict
from itertools import accumulate, chain, groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from scraper.export.web.fold import WORD
from scraper.export.web.postings import MOST, WEIGHT_BITS, Terms, coded, pieces, shards

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from scraper.export.web.postings import Shard

_WORDS = re.compile(f"[{WORD}]+")
_LONGEST = 64
"""Letters of a word that are indexed: what is longer is an address or a code, and found by its beginning."""
_REST_BITS = 48
"""What the letters of a word take in a shard, about."""


def words(text: str) -> Counter[str]:
    """Return how often each word stands in a folded text."""
    return Counter(word[:_LONGEST] for word in _WORDS.findall(text))


def write_scratch(path: Path, articles: Iterable[tuple[int, str, str]]) -> Counter[str]:
    """Write the words of some articles to a scratch file; return how many postings each beginning has.

    Of each article: id, title, and all that is searched, the title among it; folded, ids ascending.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for number, title, text in articles:
        base = number << WEIGHT_BITS
        for word, count in words(text).items():
            found[word].append(base + 2 * min(count, MOST))
        for word in words(title):
            found[word][-1] += 1
    sizes: Counter[str] = Counter()
    blobs = {}
    for first, group in groupby(sorted(found), key=itemgetter(0)):
        named = list(group)
        lists = [found[word] for word in named]
        counts, values = array("I", map(len, lists)), array("I", chain.from_iterable(lists))
        blobs[first] = ([word[1:] for word in named], counts.tobytes(), values.tobytes())
        sizes[first] += len(values)
    path.write_bytes(marshal.dumps(blobs))
    return sizes


def merge(scratch: Sequence[Path], letters: Sequence[str], last_id: int) -> Iterator[Shard]:
    """Yield the shards of a range of beginnings from all scratch files; both in ascending order."""
    merged: dict[str, dict[str, list[bytes]]] = {letter: defaultdict(list) for letter in letters}
    for path in scratch:
        blobs = marshal.loads(path.read_bytes())  # noqa: S302 # written by us a moment ago
        for letter in letters:
            if letter in blobs:
                rests, counts, values = blobs[letter]
                ends = [4 * end for end in accumulate(array("I", counts))]
                for rest, start, end in zip(rests, chain((0,), ends), ends, strict=False):
                    merged[letter][rest].append(values[start:end])
    if any(merged.values()):
        yield from _shards(merged, last_id)


def _shards(merged: dict[str, dict[str, list[bytes]]], last_id: int) -> Iterator[Shard]:
    named = [(first, rest) for first, rests in merged.items() for rest in sorted(rests)]
    lists = [b"".join(merged[first].pop(rest)) for first, rest in named]
    terms = [first + rest for first, rest in named]
    ends = np.cumsum([len(one) // 4 for one in lists])
    postings, bounds = np.frombuffer(b"".join(lists), dtype=np.uint32), np.r_[0, ends]
    pieces_of_terms = (
        Terms(postings[bounds[cut] : bounds[upto]], bounds[cut:upto] - bounds[cut])
        for cut, upto in pairwise(pieces(bounds))
    )
    bits, begins = coded(pieces_of_terms, last_id)
    firsts = np.array([ord(term[0]) for term in terms])
    yield from shards(firsts, begins, bits, lambda at, upto: " ".join(term[1:] for term in terms[at:upto]), _REST_BITS)
