"""The index's two makers write one format, and every term of every text is in it."""

from __future__ import annotations

import random
import re
import tracemalloc
from collections import Counter, defaultdict
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.export.web import index, postings
from scraper.export.web.index import MOST_READ
from scraper.export.web.postings import Shard, coded, codes_of, packed, ranges
from scraper.export.web.search import UNSPACED, WORD, fold
from tests.export.web.made import random_text


class Bits:
    """Reads the format as docs/site.md describes it."""

    def __init__(self, text: str) -> None:
        digits = [ord(char) - 0x2030 for char in text]
        numbers = [high * 46341 + low for high, low in zip(digits[::2], digits[1::2], strict=True)]
        self._bits = iter("".join(f"{number:031b}" for number in numbers))

    def number(self, length: int) -> int:
        return int("".join(next(self._bits) for _ in range(length)) or "0", 2)

    def gamma(self) -> int:
        zeros = 0
        while next(self._bits) == "0":
            zeros += 1
        return (1 << zeros) + self.number(zeros)

    def gap(self, low: int) -> int:
        high = 0
        while high < 16 and next(self._bits) == "1":
            high += 1
        return self.gamma() - 1 if high == 16 else (high << low) + self.number(low)

    def postings(self, last_id: int) -> list[tuple[int, int]]:
        count = self.gamma()
        ids, before = [], -1
        low = max(0, (last_id * 13 // (count * 16)).bit_length() - 1)
        for _ in range(count):
            before += self.gap(low) + 1
            ids.append(before)
        return [(number, self.weight()) for number in ids]

    def weight(self) -> int:
        if next(self._bits) == "0":
            return 2
        rank = self.gamma()
        return rank + 3 if rank % 2 else rank + 1

    def threes(self) -> dict[str, tuple[bool, list[int]]]:
        """Return third characters: whether those that do not have it are named, and the places of those named."""
        code, found = -1, {}
        while self.number(1):
            code += self.gap(10 if found else 14) + 1
            most, named, low = bool(self.number(1)), self.gamma() - 1, self.gamma() - 1
            gaps = [self.gap(low) + 1 for _ in range(named)]
            found[chr(code)] = most, [place - 1 for place in accumulate(gaps)]
        return found


Postings = dict[str, list[tuple[int, int]]]


def read(shards: list[Shard], last_id: int) -> tuple[Postings, dict[str, set[int]]]:
    """Return term to its postings, and three characters to the articles that are told to hold them, of shards."""
    found: Postings = {}
    threes = {}
    for shard in shards:
        for first, rests, data in shard.groups:
            bits = Bits(data)
            if isinstance(rests, str):
                found |= {first + rest: bits.postings(last_id) for rest in rests.split(" ")}
                continue
            code, many, low = rests
            for number in range(many):
                step = bits.gap(low)
                code += step + 1 if number else 0
                pair = chr(code) + first
                found[pair] = bits.postings(last_id)
                threes |= {pair + third: told for third, told in bits.threes().items()}
    return found, {three: _told(three, found, *told) for three, told in threes.items()}


def _told(three: str, found: Postings, most: bool, named: list[int]) -> set[int]:
    both = sorted(dict(found[three[:2]]).keys() & dict(found[three[1:]]))
    assert len(both) > MOST_READ > len(named) - len(both) // 2
    return {number for place, number in enumerate(both) if (place in named) != most}


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 2**24 - 1), st.integers(2, 255), min_size=1, max_size=60))
def test_postings_are_read_back(weights: dict[int, int]) -> None:
    """Any ids and weights come back, packed and unpacked."""
    ids = sorted(weights)
    values = np.array([(number << 8) + weights[number] for number in ids], dtype=np.uint32)
    bits, begins = coded([codes_of(values, np.zeros(1, dtype=np.int64), ids[-1])])
    assert begins.tolist() == [0]
    assert Bits(packed(bits)).postings(ids[-1]) == sorted(weights.items())


@pytest.mark.parametrize("at_once", [1 << 16, 1000, 7])
def test_every_term_is_in_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Pairs of neighbours, the first of each run, and words: each with its articles, how often, whether in the title.

    Of three neighbours whose pairs many articles hold: which of these hold all three.
    """
    monkeypatch.setattr(postings, "_AT_ONCE", at_once)
    dice = random.Random(3)
    articles = []
    for number in [*range(200, 500), *range(70_000, 70_100)]:
        title = " ".join(random_text(dice, 3).split())
        articles.append((number, fold(title), fold(f"{title}\n{random_text(dice, 40)}\U00020001字")))
    expected: Postings = defaultdict(list)
    threes: dict[str, set[int]] = defaultdict(set)
    for number, title, text in articles:
        in_title = _terms(title)
        for term, count in _terms(text).items():
            expected[term].append((number, 2 * min(count, 127) + (term in in_title)))
        for run in re.findall(f"[{UNSPACED}]+", text):
            for at in range(len(run) - 2):
                threes[run[at : at + 3]].add(number)
    held = {term: {number for number, _ in some} for term, some in expected.items()}
    told = {three: some for three, some in threes.items() if len(held[three[:2]] & held[three[1:]]) > MOST_READ}
    assert len(told) > 100
    last, found = articles[-1][0], {}
    for merge, write in (
        (index.merge_words, index.write_words),
        (index.merge_pairs, index.write_pairs),
    ):
        sizes: Counter[str] = Counter()
        scratch = []
        for at in range(0, len(articles), 150):
            scratch.append(tmp_path / f"{merge.__name__}-{at}")
            sizes.update(write(scratch[-1], articles[at : at + 150]))
        shards = [one for chars in ranges(sizes, 5) for one in merge(scratch, chars, last)]
        assert [one.first for one in shards] == sorted(one.first for one in shards)
        terms, found_threes = read(shards, last)
        found |= terms
    assert found == expected
    assert found_threes == told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_as_one() -> None:
    """The site then says why it cannot be written."""
    with pytest.raises(OSError, match="No space left"):
        index.write_pairs(Path("/dev/full"), [(1, "", "渡輪")])


def test_a_frequent_character_takes_little_memory(tmp_path: Path) -> None:
    """A character of 600,000 postings is merged in some 60 bytes each, where it took 190."""
    records = np.zeros(600_000, dtype=[("chars", "<i8"), ("posting", "<u4")])
    pairs = (ord("的") << 18) + 0x4E00 + np.arange(len(records)) // 1000
    records["chars"] = (pairs << 18) + ord("一")
    records["posting"] = np.arange(len(records)) % 1000 * 256 + 2
    records.tofile(tmp_path / "pairs")
    del records
    tracemalloc.start()
    try:
        assert sum(1 for _ in index.merge_pairs([tmp_path / "pairs"], ["的"], 1000)) > 1
        assert tracemalloc.get_traced_memory()[1] < 80 * 600_000
    finally:
        tracemalloc.stop()


def _terms(text: str) -> Counter[str]:
    runs = re.findall(f"[{UNSPACED}]+", text)
    pairs = [f".{run}"[at : at + 2] for run in runs for at in range(len(run))]
    return Counter([*pairs, *re.findall(f"[{WORD}]+", text)])
