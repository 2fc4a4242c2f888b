"""The part of the search index for scripts that part words by spaces: for each word, the articles that hold it.

Frequent strings of three Chinese characters are among its terms, behind a mark: pairs alone leave open whether a text
holds such a string, and to look into so many texts takes long.

Made in two steps, so that memory stays flat and all processors work: the words of some articles into a scratch file,
then all of these merged, some first letters at a time, into scripts of some kilobytes. See docs/site.md.
"""

from __future__ import annotations

import marshal
import re
from array import array
from collections import Counter, defaultdict
from itertools import accumulate, chain, groupby
from typing import TYPE_CHECKING

import numpy as np

from scraper.export.web.fold import UNSPACED, WORD
from scraper.export.web.postings import MOST, SHARD_BITS, WEIGHT_BITS, Shard, coded, packed

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from pathlib import Path

    from scraper.export.web.postings import Group

_WORDS = re.compile(f"[{WORD}]+")
_RUNS = re.compile(f"[{UNSPACED}]{{3,}}")
MARK = "~"
"""Stands before three characters; behind all letters of words but those with accents."""
_SHARE, _FEWEST = 60, 10
"""Three characters are frequent that one text in so many holds, and so many texts at least."""
_LONGEST = 64
"""Letters of a word that are indexed: what is longer is an address or a code, and found by its beginning."""
_REST_BITS = 48
"""What the letters of a word take in a shard, about."""


def frequent(texts: Iterable[str]) -> frozenset[str]:
    """Return the frequent strings of three characters in folded texts."""
    each = [{run[at : at + 3] for run in _RUNS.findall(text) for at in range(len(run) - 2)} for text in texts]
    found = Counter(chain.from_iterable(each))
    return frozenset(three for three, many in found.items() if many >= max(_FEWEST, len(each) / _SHARE))


def words(text: str, threes: Container[str]) -> Counter[str]:
    """Return how often each word stands in a folded text, and each of these strings of three characters."""
    found = Counter(word[:_LONGEST] for word in _WORDS.findall(text))
    found.update(MARK + three for at in range(len(text) - 2) if (three := text[at : at + 3]) in threes)
    return found


def write_scratch(path: Path, articles: Iterable[tuple[int, str, str]], threes: Container[str]) -> Counter[str]:
    """Write the words of some articles to a scratch file; return how many postings each beginning has.

    Of each article: id, title, and all that is searched, the title among it; folded, ids ascending.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for number, title, text in articles:
        base = number << WEIGHT_BITS
        for word, count in words(text, threes).items():
            found[word].append(base + 2 * min(count, MOST))
        for word in words(title, threes):
            found[word][-1] += 1
    sizes: Counter[str] = Counter()
    blobs = {}
    for first, group in groupby(sorted(found), key=_beginning):
        named = list(group)
        lists = [found[word] for word in named]
        counts, values = array("I", map(len, lists)), array("I", chain.from_iterable(lists))
        blobs[first] = ([word[len(first) :] for word in named], counts.tobytes(), values.tobytes())
        sizes[first] += len(values)
    path.write_bytes(marshal.dumps(blobs))
    return sizes


def _beginning(word: str) -> str:
    """Return the first letter of a word, and of three characters the first one too: all of them are many."""
    return word[:2] if word.startswith(MARK) else word[0]


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
    bits, begins = coded(np.frombuffer(b"".join(lists), dtype=np.uint32), np.r_[0, ends[:-1]], last_id)
    numbers = (begins + _REST_BITS * np.arange(len(terms))) // SHARD_BITS
    for _, in_shard in groupby(range(len(terms)), key=numbers.__getitem__):
        groups: list[Group] = []
        for first, group in groupby(in_shard, key=lambda at: terms[at][0]):
            some = list(group)
            end = begins[some[-1] + 1] if some[-1] + 1 < len(terms) else len(bits)
            groups.append((first, " ".join(terms[at][1:] for at in some), packed(bits[begins[some[0]] : end])))
        yield Shard(groups[0][0] + str(groups[0][1]).partition(" ")[0], groups)
