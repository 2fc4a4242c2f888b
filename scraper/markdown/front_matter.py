"""Front matter: the fields of a document as quoted strings that every YAML reader reads back the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHORT = {
    "\\": "\\\\",
    '"': '\\"',
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}
_NOT_PLAIN = '\\x00-\\x1f"\\\\\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufdd0-\\ufdef\\ufeff\\ufffe\\uffff'
"""Quote, backslash, and what YAML 1.2 does not call printable or takes for a line break (sections 5.1, 5.4, 5.7)."""
_UNSAFE = re.compile(f"[{_NOT_PLAIN}]")
_SURROGATES = re.compile("[\\ud800-\\udfff]")


def encodable(text: str) -> str:
    """Return text that can be written as UTF-8: lone surrogates, which are no characters, become U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


_VALUE = f'"([^{_NOT_PLAIN}]*)"'
_PLAIN = re.compile(
    f"---\ntitle: {_VALUE}\ndate: {_VALUE}\n(?:last_updated: {_VALUE}\n)?author: {_VALUE}\ncategory: {_VALUE}\n"
    f"(?:tags:\n((?:  - {_VALUE}\n)+))?url: {_VALUE}\noriginal_url: {_VALUE}\n---"
)
_TAG = re.compile(f"  - {_VALUE}\n")


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _SHORT.get(char) or (f"\\x{ord(char):02X}" if char <= "\xff" else f"\\u{ord(char):04X}")


def quoted(value: str) -> str:
    """Return a value in double quotes."""
    if not value.isprintable() or '"' in value or "\\" in value:  # Python calls nothing printable that YAML does not
        value = _UNSAFE.sub(_escape, encodable(value))
    return f'"{value}"'


def read_plain(head: str) -> FrontMatter | None:
    """Read a front matter, fences included, in which nothing is escaped; None if it is any other.

    What stands there in double quotes is then the value, to the letter, for every YAML reader; it takes a hundredth of
    the time of one.
    """
    match = _PLAIN.fullmatch(head)
    if match is None:
        return None
    title, date, last_updated, author, category, tags, _, url, original_url = match.groups()
    return FrontMatter(
        title, date, author, category, url, original_url, last_updated, tuple(_TAG.findall(tags)) if tags else ()
    )


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields at the head of a document, in their order.

    Attributes:
        title: as on the page.
        date: ``YYYY-MM-DD``, or empty if the page shows none.
        author: as on the page.
        category: as on the page.
        url: the replay URL of the capture that was used.
        original_url: what was archived, scheme https, no port.
        last_updated: ``YYYY-MM-DD HH:MM:SS``, only if the page shows one.
        tags: as on the page; empty if there are none.
    """

    title: str
    date: str
    author: str
    category: str
    url: str
    original_url: str
    last_updated: str | None = None
    tags: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the lines of the front matter, fences included."""
        lines = ["---", f"title: {quoted(self.title)}", f"date: {quoted(self.date)}"]
        if self.last_updated:
            lines.append(f"last_updated: {quoted(self.last_updated)}")
        lines += [f"author: {quoted(self.author)}", f"category: {quoted(self.category)}"]
        if self.tags:
            lines += ["tags:", *(f"  - {quoted(tag)}" for tag in self.tags)]
        return [*lines, f"url: {quoted(self.url)}", f"original_url: {quoted(self.original_url)}", "---"]
