"""Emphasis: which runs of ``*`` and ``_`` would be paired (CommonMark spec 0.31, section 6.2 and its appendix)."""

from __future__ import annotations

import unicodedata

_SPACES = frozenset("\t\n\f\r")


class Delimiter:
    """A run of ``*`` or ``_``, used up from its inner end.

    Args:
        char: which of the two.
        start: position of its first character.
        stop: position behind its last.
        opens: whether emphasis can begin with it.
        closes: whether emphasis can end with it.
        ours: for each character whether it is markup of ours.
    """

    __slots__ = ("char", "closes", "length", "opens", "origin", "ours", "start", "stop")

    def __init__(self, char: str, start: int, stop: int, opens: bool, closes: bool, ours: list[bool]) -> None:
        self.char = char
        self.start = start
        self.stop = stop
        self.opens = opens
        self.closes = closes
        self.ours = ours
        self.origin = start
        self.length = stop - start

    def texts(self, start: int, stop: int) -> list[int]:
        """Return the positions between `start` and `stop` that are the page's text."""
        return [position for position in range(start, stop) if not self.ours[position - self.origin]]


def _kind(char: str) -> str:
    """Return ``space``, ``punctuation`` or ``other``; the edge of a text counts as space."""
    if not char or char in _SPACES:
        return "space"
    category = unicodedata.category(char)
    if category == "Zs":
        return "space"
    return "punctuation" if category[0] in "PS" else "other"


def flanking(char: str, before: str, after: str) -> tuple[bool, bool]:
    """Return whether a run of `char` between these two characters can open and can close emphasis."""
    left, right = _kind(before), _kind(after)
    opens = right != "space" and (right != "punctuation" or left != "other")
    closes = left != "space" and (left != "punctuation" or right != "other")
    if char == "*":
        return opens, closes
    return opens and (not closes or left == "punctuation"), closes and (not opens or right == "punctuation")


def match_delimiters(delimiters: list[Delimiter]) -> set[int]:
    """Pair the runs as a CommonMark reader does, and return the characters of the text that would be used up."""
    found: set[int] = set()
    bottom: dict[tuple[str, bool, int], int] = {}
    below = list(range(-1, len(delimiters) - 1))  # the run before each one that is still in play
    for index, closer in enumerate(delimiters):
        if not closer.closes:
            if not closer.opens and index + 1 < len(delimiters):
                below[index + 1] = below[index]
            continue
        while closer.start < closer.stop:
            key = (closer.char, closer.opens, closer.length % 3)
            at = _opener(delimiters, below, below[index], bottom.get(key, -1), closer)
            if at < 0:
                bottom[key] = below[index]
                break
            opener = delimiters[at]
            used = 2 if opener.stop - opener.start >= 2 and closer.stop - closer.start >= 2 else 1
            texts = opener.texts(opener.stop - used, opener.stop)
            found.update(texts or closer.texts(closer.start, closer.start + used))
            opener.stop -= used
            closer.start += used
            below[index] = at if opener.stop > opener.start else below[at]
        if index + 1 < len(delimiters) and (closer.start == closer.stop or not closer.opens):
            below[index + 1] = below[index]
    return found or _in_the_way(delimiters)


def _in_the_way(delimiters: list[Delimiter]) -> set[int]:
    """Return what keeps markup of ours from being paired: text in the same runs, or else any."""
    broken = [run for run in delimiters if any(run.ours[run.start - run.origin : run.stop - run.origin])]
    if not broken:
        return set()
    near = {position for run in broken for position in run.texts(run.origin, run.origin + len(run.ours))}
    return near or {position for run in delimiters for position in run.texts(run.origin, run.origin + len(run.ours))}


def _opener(delimiters: list[Delimiter], below: list[int], at: int, bottom: int, closer: Delimiter) -> int:
    """Return the index of the run that `closer` would be paired with, or -1."""
    while at > bottom:
        opener = delimiters[at]
        if opener.char == closer.char and opener.opens:
            clash = (opener.closes or closer.opens) and (opener.length + closer.length) % 3 == 0
            if not clash or (opener.length % 3 == 0 and closer.length % 3 == 0):
                return at
        at = below[at]
    return -1
