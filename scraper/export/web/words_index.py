"""The part of the search index for scripts that part words by spaces: for each word, the articles that hold it.

Made in two steps, so that memory stays flat and all processors work: the words of some articles into a scratch file,
then all of these merged, some first letters at a time, into scripts of some kilobytes. See docs/site.md.
"""

from __future__ import annotations

import marshal
import re
from array import array
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from scraper.export.web.fold import WORD
from scraper.export.web.postings import MOST, WEIGHT_BITS, coded, codes_of, pieces, shards

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
    blobs: dict[str, dict[str, bytes]] = defaultdict(dict)
    sizes: Counter[str] = Counter()
    for word, values in found.items():
        blobs[word[0]][word[1:]] = array("I", values).tobytes()
        sizes[word[0]] += len(values)
    path.write_bytes(marshal.dumps(dict(blobs)))
    return sizes


def merge(scratch: Sequence[Path], letters: Sequence[str], last_id: int) -> Iterator[Shard]:
    """Yield the shards of a range of beginnings from all scratch files; both in ascending order."""
    merged: dict[str, list[bytes]] = defaultdict(list)
    for path in scratch:
        blobs: dict[str, dict[str, bytes]] = marshal.loads(path.read_bytes())  # noqa: S302 # written by us a moment ago
        for letter in letters:
            for rest, values in blobs.get(letter, {}).items():
                merged[letter + rest].append(values)
    terms = sorted(merged)
    lists = [b"".join(merged.pop(term)) for term in terms]
    bounds = np.cumsum([0, *(len(one) // 4 for one in lists)])
    postings = np.frombuffer(b"".join(lists), dtype=np.uint32)
    parts = ((bounds[at:upto], postings[bounds[at] : bounds[upto]]) for at, upto in pieces(bounds))
    bits, begins = coded(codes_of(some, starts - starts[0], last_id) for starts, some in parts)
    firsts = np.array([ord(term[0]) for term in terms])
    yield from shards(firsts, begins, bits, lambda at, upto: " ".join(term[1:] for term in terms[at:upto]), _REST_BITS)
