"""A document read tolerantly: whatever fields it has, and the text below them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

_FRONT = re.compile(r"---\n(?P<front>.*?\n)---\n(?P<rest>.*)\Z", re.DOTALL)
_FIELD = re.compile(r"^(?P<name>[a-z_]+):[ \t]*(?P<value>.*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)
_PLAIN_LINE = re.compile(
    r'(?:[a-z_]+|  -):? "(?:[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\\")*"\Z|tags:\Z'
)
_TITLE = re.compile(r"\n*# ?(?P<title>[^\n]*)\n?")
_BOX = re.compile(
    r"\n+---\n\n!\[(?P<alt>[^\n]*)\]\([^\n]*\)\n\n\*\*(?P<name>[^\n]*)\*\*\n\n(?P<bio>.*)\Z", re.DOTALL
)  # fmt: skip
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class LooseDocument:
    """What could be read of a document.

    Attributes:
        fields: front matter, text values only; what is missing or cannot be read is left out.
        yaml_error: why a YAML reader refuses the front matter, or an empty text.
        title: of the heading, or None.
        content: between title and author box.
        box: the author box's name and bio, or an empty text.
        crlf: the lines ended with CR LF.
    """

    fields: dict[str, str]
    yaml_error: str
    title: str | None
    content: str
    box: str
    crlf: bool


def read_loosely(text: str) -> LooseDocument | None:
    """Read a document, or return None when it has no front matter at all."""
    crlf = "\r\n" in text
    match = _FRONT.match(text.replace("\r\n", "\n"))
    if match is None:
        return None
    fields, error = _fields(match["front"])
    head = _TITLE.match(match["rest"])
    rest = match["rest"][head.end() :] if head else match["rest"]
    box = _BOX.search(rest)
    content = rest[: box.start()] if box else rest
    return LooseDocument(
        fields=fields,
        yaml_error=error,
        title=head["title"] if head else None,
        content=content.strip("\n"),
        box=f"{box['name']}\n\n{box['bio']}" if box else "",
        crlf=crlf,
    )


def _fields(front: str) -> tuple[dict[str, str], str]:
    lines = front.rstrip("\n").split("\n")
    if all(_PLAIN_LINE.match(line) for line in lines):  # the usual case, 50 times faster than a YAML reader
        return _by_hand(front), ""
    try:
        loaded = yaml.load(front, Loader=_LOADER)  # noqa: S506 # a safe loader either way
    except yaml.YAMLError as error:
        return _by_hand(front), " ".join(str(error).split())
    if not isinstance(loaded, dict):
        return _by_hand(front), "no table of fields"
    return {str(name): value for name, value in loaded.items() if isinstance(value, str)}, ""


def _by_hand(front: str) -> dict[str, str]:
    fields = {}
    for match in _FIELD.finditer(front):
        value = match["value"]
        if len(value) >= 2 and value[0] == value[-1] == '"':
            fields[match["name"]] = value[1:-1].replace('\\"', '"')
    return fields
