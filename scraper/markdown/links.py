"""Link destinations and picture sources, fit for the place where they stand; they lead where they led."""

from __future__ import annotations

import re
from html import unescape

_DROPPED = re.compile(r"[\t\r\n]+")
"""What browsers leave out of every URL (WHATWG URL, basic URL parser)."""
_UNFIT = re.compile(r"[\x00-\x20\x7f<>`\\]")
_UNFIT_IN_QUOTES = re.compile(r'[\x00-\x20\x7f"<>\\]')
_SHORTCODE = re.compile(r"\{\{(?=[<%])")
_MAY_BE_READ = re.compile(r"[()]|&(?=#?\w+;)")
_REFERENCE = re.compile(r"&#?\w+;?")
_REFERENCE_IN_QUOTES = re.compile(r"&#\w+;?|&\w+(?:;|(?![\w=]))")
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")


def tidy(url: object) -> str:
    """Return a URL from an attribute, or none, as browsers take it: no space around it, no line break or tab in it."""
    return _DROPPED.sub("", str(url or "")).strip(" \x0c")


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def destination(url: str) -> str:
    """Return a URL as the destination of a Markdown link, to stand between parentheses.

    Parentheses and what may be a character reference have a backslash, needed or not: see `escape.Relaxer`.
    """
    return _MAY_BE_READ.sub(r"\\\g<0>", _SHORTCODE.sub("%7B%7B", _UNFIT.sub(_percent, url)))


def image_source(url: str) -> str:
    """Return a URL for ``src="…"`` of a figure: raw CJK, spaces as ``%20``."""
    return html_attribute(_UNFIT_IN_QUOTES.sub(_percent, url))


def shortcode_source(url: str) -> str:
    """Return a URL for ``src="…"`` of a Hugo shortcode, where a backslash or quote would end or change it."""
    return _SHORTCODE.sub("%7B%7B", _UNFIT_IN_QUOTES.sub(_percent, url))


def html_text(text: str) -> str:
    """Return text for the inside of an HTML element, escaped only where it would show as something else."""
    return _without_shortcodes(_TAG_START.sub("&lt;", _REFERENCE.sub(_literal, text)))


def html_attribute(text: str) -> str:
    """Return text for an HTML attribute in double quotes, escaped only where it would read as something else."""
    return _without_shortcodes(_REFERENCE_IN_QUOTES.sub(_literal, text).replace('"', "&quot;"))


def _literal(match: re.Match[str]) -> str:
    """Escape the ampersand of a character reference; a name that HTML does not know is none."""
    return match[0] if unescape(match[0]) == match[0] else f"&amp;{match[0][1:]}"


def _without_shortcodes(text: str) -> str:
    """Keep Hugo from running ``{{<`` and ``{{%`` of a page; it looks for them before it looks for HTML."""
    return _SHORTCODE.sub("{&#123;", text)
