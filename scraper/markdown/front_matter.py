"""Front matter: the fields at the head of a document, by python-frontmatter, in the form's exact spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import yaml
from frontmatter.default_handlers import YAMLHandler
from yaml.emitter import Emitter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from frontmatter import Post

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Takes every value as it is written: a date that is not quoted is a text too, and no date is impossible."""
_UNSAFE = re.compile('[\\x00-\\x1f"\\\\\\x7f-\\x9f\\u2028\\u2029\\ufdd0-\\ufdef\\ufeff\\ufffe\\uffff]')
"""Quote, backslash, and what YAML 1.2 does not call printable or takes for a line break (sections 5.1, 5.4, 5.7)."""
_REQUIRED = ("title", "date", "author", "category", "url", "original_url")
_SURROGATES = re.compile("[\\ud800-\\udfff]")
_FIELD = re.compile(r"^(?P<name>[a-z_]+):[ \t]*(?P<value>.*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)


def encodable(text: str) -> str:
    """Return text that can be written as UTF-8: lone surrogates, which are no characters, become U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def _quoted(value: str) -> str:
    return f'"{_UNSAFE.sub(_escape, encodable(value))}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if short := Emitter.ESCAPE_REPLACEMENTS.get(char):
        return f"\\{short}"
    return f"\\x{ord(char):02X}" if char <= "\xff" else f"\\u{ord(char):04X}"


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
            raise ValueError(f"is no valid YAML: {self.error}")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The fields at the head of a document, in the form's order.

    Attributes:
        title: as on the page, like author, category and tags.
        date: ``YYYY-MM-DD``, or empty if the page shows none.
        last_updated: ``YYYY-MM-DD HH:MM:SS``, only if the page shows one.
        url: the replay URL of the capture that was used.
        original_url: what was archived, scheme https, no port.
    """

    title: str
    date: str
    last_updated: str | None = None
    author: str
    category: str
    tags: tuple[str, ...] = ()
    url: str
    original_url: str

    def metadata(self) -> dict[str, str | list[str]]:
        """Return the fields by name, without those that are absent."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: list(value) if name == "tags" else value for name, value in values if value or name in _REQUIRED}

    @classmethod
    def of(cls, metadata: Mapping[str, object]) -> FrontMatter:
        """Make it from fields by name.

        Raises:
            ValueError: a field is missing, or is no text; tags are no list of texts.
        """
        if missing := [name for name in _REQUIRED if name not in metadata]:
            raise ValueError(f"has no {', '.join(missing)}")
        texts: dict[str, Any] = {name: metadata[name] for name in (*_REQUIRED, "last_updated") if name in metadata}
        wrong = [name for name, value in texts.items() if not isinstance(value, str)]
        tags: Any = metadata.get("tags", [])
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            wrong.append("tags")
        if wrong:
            raise ValueError(f"has no text as {', '.join(wrong)}")
        return cls(**texts, tags=tuple(tags))
