"""What is found out about a text once, since the same few texts are on every page of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_MOST = 4096
_LONGEST = 500
"""So many texts of so many characters are remembered: hostile pages hold any number, of any length."""


class Remembered(dict[str, T]):
    """What a pure function gives, by its argument. Thread-safe. As a dictionary it costs less than `lru_cache`."""

    def __init__(self, function: Callable[[str], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> T:
        found = self._function(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = found
        return found
