"""Which characters are one and the same to a reader who searches: one character to one, so that places stay.

Letters in any case and full width; Chinese characters in any form, by OpenCC's tables: traditional, as in Hong Kong or
Taiwan, and simplified ones become the simplified one, so 台 finds 臺 and 颱, and 学 finds 學.
"""

from __future__ import annotations

from functools import cache
from itertools import chain

from opencc import OpenCC

WORD = "0-9a-z\u00df-\u00f6\u00f8-\u024f\u0370-\u1fff"
"""Characters, folded, of scripts that part words by spaces; a class for regular expressions."""
UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\ue000-\uf8ff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Those of scripts that do not, and the private area, where old Hong Kong fonts kept Cantonese characters."""
_CHINESE = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x32400))
_LETTERS = range(0x80, 0x2000)
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_ROUNDS = 3


@cache
def table() -> dict[int, int]:
    """Return character to the character that stands for it, where that is another one; for `str.translate`."""
    chars = [chr(code) for code in chain.from_iterable(_CHINESE)]
    folded = "\n".join(chars)
    converters = [OpenCC(name) for name in ("t2s", "hk2s", "tw2s")]
    for _ in range(_ROUNDS):  # until nothing changes: some variants lead to a character that has a simple form itself
        for converter in converters:
            folded = converter.convert(folded)
    pairs = dict(zip(chars, folded.split("\n"), strict=True))
    pairs |= {chr(code): chr(code).lower() for code in chain(range(0x41, 0x5B), _LETTERS)}
    pairs |= {chr(code): chr(code - 0xFEE0).lower() for code in _FULL_WIDTH}
    return {ord(char): ord(other) for char, other in pairs.items() if len(other) == 1 and char != other}


def fold(text: str) -> str:
    """Return a text as it is searched, of the same length."""
    return text.translate(table())
