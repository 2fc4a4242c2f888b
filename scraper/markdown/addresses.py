"""Link destinations and picture addresses, fit for the place where they stand; they lead where they led."""

from __future__ import annotations

import re
from html.entities import html5

_DROPPED = re.compile(r"[\t\r\n]+")  # what browsers leave out of every URL (WHATWG URL, basic URL parser)
_UNFIT = re.compile(r"[\x00-\x20\x7f<>`\\]")
_UNFIT_IN_QUOTES = re.compile(r'[\x00-\x20\x7f"<>\\]')
_SHORTCODE = re.compile(r"\{\{(?=[<%])")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|(?P<name>[a-zA-Z][a-zA-Z0-9]{1,31}));")
"""A character reference as CommonMark knows them; a name must be one of HTML's too, see `is_entity`."""
_MAX_NESTING = 31  # CommonMark readers follow at most 32 levels of parentheses in a destination


def is_entity(match: re.Match[str]) -> bool:
    """Say whether what `ENTITY` found is a reference that shows as another character."""
    name = match["name"]
    return name is None or f"{name};" in html5


def tidy(url: str) -> str:
    """Return a URL from an attribute as browsers take it: no space around it, no line break or tab in it."""
    return (url if url.isprintable() else _DROPPED.sub("", url)).strip(" \x0c")


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def destination(url: str) -> str:
    """Return a URL as the destination of a Markdown link, ready to stand between parentheses."""
    text = _SHORTCODE.sub("%7B%7B", _UNFIT.sub(_percent, url))
    if "&" in text:
        text = ENTITY.sub(lambda match: ("\\" if is_entity(match) else "") + match[0], text)
    if "(" in text or ")" in text:
        text = _balance(text)
    return text


def _balance(text: str) -> str:
    """Put a backslash before every parenthesis that has no partner, or all if they nest too deep."""
    opened: list[int] = []
    lonely: set[int] = set()
    deepest = 0
    for index, char in enumerate(text):
        if char == "(":
            opened.append(index)
            deepest = max(deepest, len(opened))
        elif char == ")":
            if opened:
                opened.pop()
            else:
                lonely.add(index)
    lonely.update(opened)
    if deepest > _MAX_NESTING:
        lonely = {index for index, char in enumerate(text) if char in "()"}
    return "".join("\\" + char if index in lonely else char for index, char in enumerate(text))


_POINTED = re.compile(r"<(?:[^<>\n\\]|\\.)*+>")
_BARE_STEP = re.compile(r"(?:\\[!-/:-@\[-`{-~]|[^\s()\x00-\x1f\x7f])++|(?P<opening>\()|(?P<closing>\))")


def destination_end(text: str, start: int) -> int | None:
    """Return where the destination that begins at `start` ends, as CommonMark reads one; None if it is none."""
    pointed = _POINTED.match(text, start)
    if pointed:
        return pointed.end()
    depth = 0
    at = start
    while step := _BARE_STEP.match(text, at):
        depth += (step["opening"] is not None) - (step["closing"] is not None)
        if depth < 0:
            return at
        if depth > _MAX_NESTING + 1:
            return None
        at = step.end()
    return at if depth == 0 and text[start : start + 1] != "<" else None


def image_source(url: str) -> str:
    """Return a URL for ``src="…"`` of a figure: raw CJK, spaces as ``%20``."""
    return html_attribute(_UNFIT_IN_QUOTES.sub(_percent, url))


def shortcode_source(url: str) -> str:
    """Return a URL for ``src="…"`` of a Hugo shortcode, where a backslash or quote would end or change it."""
    return _SHORTCODE.sub("%7B%7B", _UNFIT_IN_QUOTES.sub(_percent, url))


_REFERENCE = re.compile(r"&(?=#[0-9xX]|(?P<name>[a-zA-Z][a-zA-Z0-9]{0,39};?))")
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")


def _reference(match: re.Match[str]) -> str:
    name = match["name"]
    if name is None or any(name[:end] in html5 for end in range(len(name), 1, -1)):
        return "&amp;"
    return "&"


def html_text(text: str) -> str:
    """Return text for the inside of an HTML element, escaped only where it would show as something else."""
    if "&" in text:
        text = _REFERENCE.sub(_reference, text)
    if "<" in text:
        text = _TAG_START.sub("&lt;", text)
    return _html_shortcode(text)


def html_attribute(text: str) -> str:
    """Return text for an HTML attribute in double quotes, escaped only where it would read as something else."""
    if "&" in text:
        text = _REFERENCE.sub(_reference, text)
    return _html_shortcode(text.replace('"', "&quot;"))


def _html_shortcode(text: str) -> str:
    """Keep ``{{<`` and ``{{%`` of a page from being run by Hugo, which looks for them before it looks for HTML."""
    return _SHORTCODE.sub("{&#123;", text) if "{{" in text else text
