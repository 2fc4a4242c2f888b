"""Words of one and two characters, for the index that finds what SQLite's trigram index cannot."""

from __future__ import annotations

import re
from itertools import pairwise

# Letters, digits, and the private area, where old Hong Kong fonts kept Cantonese characters.
_RUN = re.compile(r"(?:[^\W_]|[\ue000-\uf8ff])+")


def short_words(text: str) -> list[str]:
    """Return all words of one and two characters that a reader may look for, each once, sorted.

    Scripts that put no space between words give every character and every pair of neighbours; in others only a word
    that stands alone counts, so that ``EU`` is not found in ``neutral``.
    """
    words: set[str] = set()
    for match in _RUN.finditer(text.lower()):
        run = match[0]
        if len(run) <= 2:
            words.add(run)
        words.update(char for char in run if _unspaced(char))
        words.update(a + b for a, b in pairwise(run) if _unspaced(a) or _unspaced(b))
        words.update(piece for piece in _spaced_pieces(run) if len(piece) <= 2)
    return sorted(words)


def _unspaced(char: str) -> bool:
    """Say whether a letter is of a script without upper and lower case, as Chinese and Japanese are."""
    return not char.isascii() and char.lower() == char.upper()


def _spaced_pieces(run: str) -> list[str]:
    """Return the stretches of a run that Chinese characters do not interrupt, such as ``5g`` in ``用5g網``."""
    return "".join(" " if _unspaced(char) else char for char in run).split()
