"""Front matter: the fields at the head of a document, by python-frontmatter, in the form's exact spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml
from frontmatter.default_handlers import YAMLHandler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from frontmatter import Post

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Takes every value as it is written: a date that is not quoted is a text too, and no date is impossible."""
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
_UNSAFE = re.compile('[\\x00-\\x1f"\\\\\\x7f-\\x9f\\u2028\\u2029\\ufdd0-\\ufdef\\ufeff\\ufffe\\uffff]')
"""Quote, backslash, and what YAML 1.2 does not call printable or takes for a line break (sections 5.1, 5.4, 5.7)."""
_FIELDS = ("title", "date", "author", "category", "url", "original_url")
_SURROGATES = re.compile("[\\ud800-\\udfff]")
_FIELD = re.compile(r"^(?P<name>[a-z_]+):[ \t]*(?P<value>.*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)


def encodable(text: str) -> str:
    """Return text that can be written as UTF-8: lone surrogates, which are no characters, become U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def _quoted(value: str) -> str:
    return f'"{_UNSAFE.sub(_escape, encodable(value))}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _SHORT.get(char) or (f"\\x{ord(char):02X}" if char <= "\xff" else f"\\u{ord(char):04X}")


class DocumentHandler(YAMLHandler):
    """Reads and writes front matter for python-frontmatter; all documents go through it.

    Args:
        tolerant: True to read what can be read of a front matter that is no valid YAML.
    """

    def __init__(self, *, tolerant: bool = False) -> None:
        super().__init__()
        self._tolerant = tolerant
        self.error = ""
        """Why a YAML reader refuses what was read last; empty if it does not."""

    def load(self, fm: str, **kwargs: object) -> dict[str, object]:  # noqa: ARG002 - python-frontmatter's signature
        """Return the fields of a front matter.

        Raises:
            ValueError: it is no valid YAML, or no table of fields.
        """
        try:
            loaded = yaml.load(fm, Loader=_LOADER)  # noqa: S506 - it makes texts, lists and tables only
        except yaml.YAMLError as error:
            self.error = " ".join(str(error).split())
        else:
            if loaded is None or isinstance(loaded, dict):
                return loaded or {}
            self.error = "no table of fields"
        if not self._tolerant:
            raise ValueError(self.error)
        return _read_by_line(fm)

    def export(self, metadata: Mapping[str, object], **kwargs: object) -> str:  # noqa: ARG002 - as above
        """Return the lines of the fields: every value in double quotes, lists one value a line."""
        lines = []
        for name, value in metadata.items():
            if isinstance(value, list):
                lines += [f"{name}:", *(f"  - {_quoted(one)}" for one in value)]
            else:
                lines.append(f"{name}: {_quoted(str(value))}")
        return "\n".join(lines)

    def format(self, post: Post, **kwargs: object) -> str:  # noqa: ARG002 - as above
        """Return a document, its content to the letter: python-frontmatter's own would strip it."""
        return f"---\n{self.export(post.metadata)}\n---\n\n{post.content}\n"


def _read_by_line(front: str) -> dict[str, object]:
    values = {match["name"]: match["value"] for match in _FIELD.finditer(front)}
    return {
        name: value[1:-1].replace('\\"', '"')
        for name, value in values.items()
        if len(value) >= 2 and value[0] == value[-1] == '"'
    }


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

    def metadata(self) -> dict[str, str | list[str]]:
        """Return the fields by name, in the form's order, without those that are absent."""
        fields = {
            "title": self.title,
            "date": self.date,
            "last_updated": self.last_updated or None,
            "author": self.author,
            "category": self.category,
            "tags": list(self.tags) or None,
            "url": self.url,
            "original_url": self.original_url,
        }
        return {name: value for name, value in fields.items() if value is not None}

    @classmethod
    def of(cls, metadata: Mapping[str, object]) -> FrontMatter:
        """Make it from fields by name.

        Raises:
            ValueError: a field is missing, or is no text; tags are no list of texts.
        """
        missing = [name for name in _FIELDS if name not in metadata]
        if missing:
            raise ValueError(f"has no {', '.join(missing)}")
        texts = {name: value for name, value in metadata.items() if isinstance(value, str)}
        wrong = [name for name in (*_FIELDS, "last_updated") if name in metadata and name not in texts]
        tags = metadata.get("tags", [])
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            wrong.append("tags")
        if wrong:
            raise ValueError(f"has no text as {', '.join(wrong)}")
        assert isinstance(tags, list)
        return cls(**{name: texts[name] for name in _FIELDS}, last_updated=texts.get("last_updated"), tags=tuple(tags))
