"""The search index: for each pair of neighbouring characters, and for each Latin word, the articles that hold it.

Made in two steps, so that memory stays flat and all processors work: the terms of some articles into a scratch file,
then all of these merged, a range of the alphabet at a time, into scripts of some kilobytes. See docs/site.md.
"""

from __future__ import annotations

import marshal
import re
from array import array
from collections import Counter, defaultdict
from itertools import accumulate, chain, groupby
from operator import add, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from scraper.export.web.fold import UNSPACED, WORD
from scraper.export.web.postings import encode, packed
from scraper.files import encode as as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_OTHERS = re.compile(f"[^{UNSPACED}]+")
_WORDS = re.compile(f"[{WORD}]+")
_FIRST_WORD = re.compile(f"[{WORD}]")
END = "\n"
"""Second half of a pair whose first character ends a run: so that single characters are found too."""
END_SHOWN = "."
_SHARD_BITS = 6 * 24_000
"""Bits of a shard: 24 KB as Base64."""
_REST_BITS = 24
_WEIGHT_BITS = 8
"""Of a posting: the low bits hold the weight, the others the id, of up to 24 bits."""
_MOST = (1 << _WEIGHT_BITS - 1) - 1
"""How often a term may stand in an article; more is counted as this."""


class Shard(NamedTuple):
    """A script of the index: its first term, and what stands in it."""

    first: str
    text: str


def terms(text: str) -> Counter[str]:
    """Return how often each term stands in a folded text: pairs of characters, words. Those with ``\\n`` first are none."""
    runs = _OTHERS.sub("\n", text) + "\n"
    counts = Counter(map(add, runs, runs[1:]))
    counts.update(_WORDS.findall(text))
    return counts


def write_scratch(path: Path, articles: Iterable[tuple[int, str, str]]) -> Counter[str]:
    """Write the terms of some articles to a scratch file; return how many postings each first character has.

    Args:
        path: of the file.
        articles: id, title, and all that is searched, the title among it, of each; folded, ids ascending.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for number, title, text in articles:
        base = number << _WEIGHT_BITS
        for term, count in terms(text).items():
            found[term].append(base + 2 * (count if count < _MOST else _MOST))
        for term in terms(title):
            found[term][-1] += 1
    sizes: Counter[str] = Counter()
    places, place = {}, 0
    with path.open("wb") as file:
        for first, group in groupby(sorted(found), key=itemgetter(0)):
            if first == END:
                continue
            rests = list(group)
            lists = [found[term] for term in rests]
            counts, values = array("I", map(len, lists)), array("I", chain.from_iterable(lists))
            data = marshal.dumps(([term[1:] for term in rests], counts.tobytes(), values.tobytes()))
            sizes[first] += len(values)
            places[first] = (place, len(data))
            place += file.write(data)
    path.with_suffix(".places").write_bytes(marshal.dumps(places))
    return sizes


def ranges(sizes: Mapping[str, int], parts: int) -> list[list[str]]:
    """Divide the first characters, ascending, into ranges of about the same number of postings."""
    total = max(1, sum(sizes.values()))
    chars = sorted(sizes)
    before = accumulate((sizes[char] for char in chars), initial=0)
    placed = [(count * parts // total, char) for char, count in zip(chars, before, strict=False)]
    return [[char for _, char in group] for _, group in groupby(placed, key=lambda one: one[0])]


def merge(scratch: Sequence[Path], chars: Sequence[str], last_id: int) -> Iterator[Shard]:
    """Yield the shards of a range of first characters.

    Args:
        scratch: the scratch files, in the order of their ids.
        chars: the first characters, ascending.
        last_id: the greatest id of all articles.
    """
    wanted = set(chars)
    merged: dict[str, dict[str, list[bytes]]] = {char: defaultdict(list) for char in chars}
    for path in scratch:
        places: dict[str, tuple[int, int]] = marshal.loads(path.with_suffix(".places").read_bytes())  # noqa: S302 # ours
        with path.open("rb") as file:
            for char in sorted(wanted & places.keys()):
                start, length = places[char]
                file.seek(start)
                _add(merged[char], file.read(length))
    yield from _shards(merged, last_id)


def _add(group: dict[str, list[bytes]], data: bytes) -> None:
    rests, counts, values = marshal.loads(data)  # noqa: S302 # written by us a moment ago
    ends = [4 * end for end in accumulate(array("I", counts))]
    for rest, start, end in zip(rests, chain((0,), ends), ends, strict=False):
        group[rest].append(values[start:end])


def _shards(merged: dict[str, dict[str, list[bytes]]], last_id: int) -> Iterator[Shard]:
    groups: list[tuple[str, list[str], list[str]]] = []
    size = 0
    mask = (1 << _WEIGHT_BITS) - 1
    for first, rests in merged.items():
        groups.append((first, [], []))
        for rest in sorted(rests):
            values = array("I", b"".join(rests.pop(rest)))
            bits = encode([value >> _WEIGHT_BITS for value in values], [value & mask for value in values], last_id)
            if size and size + len(bits) + _REST_BITS > _SHARD_BITS:
                yield _shard(groups)
                groups, size = [(first, [], [])], 0
            groups[-1][1].append(rest)
            groups[-1][2].append(bits)
            size += len(bits) + _REST_BITS
    if size:
        yield _shard(groups)


def _shard(groups: Sequence[tuple[str, list[str], list[str]]]) -> Shard:
    made = []
    for first, rests, bits in groups:
        if rests:
            joined = " ".join(rests) if _FIRST_WORD.match(first) else "".join(rests).replace(END, END_SHOWN)
            made.append([first, joined, packed("".join(bits))])
    return Shard(made[0][0] + next(rests[0] for _, rests, _ in groups if rests), as_json(made))
