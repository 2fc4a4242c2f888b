"""One document against what it should be: pure, from its bytes to its defects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.audit.defects import Defect, FoundDefect, Weight
from scraper.audit.markup import examine_blocks, examine_text
from scraper.markdown.blocks import BREAK
from scraper.markdown.document import LooseDocument, read_loosely
from scraper.models import Verdict
from scraper.page.archive_pages import judge
from scraper.times import is_timestamp
from scraper.urls import parse_replay_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.models import Site

_CLOUDFLARE = re.compile(r"\[email[\s\xa0]*protected\\?\]|/cdn-cgi/l/email-protection", re.IGNORECASE)
_OWN_LINK = re.compile(r"(?:src=\"https://web\.archive\.org|\]\()/web/(?P<timestamp>\d{14})(?:[a-z]{2}_)?/")
_MOJIBAKE = re.compile("[\u00c2-\u00ef][\u0080-\u00bf\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_REQUIRED = ("title", "author", "category")
_SECOND = re.compile(r"---\r?\ntitle: ")
"""No line of a text ends so: a rule has an empty line behind it, and other dashes have a backslash or a break."""
_SHORT = 3000
_MAX_DETAIL = 100
_MAX_FRONT_MATTER = 100_000
_ENDS_WITH_EMPTY_LINE = re.compile(r"\| |\{\{<|---\Z")
"""Tables, frames and rules have two empty lines before and behind them; text that begins with a bar has one."""
_MAY_END_WITH_EMPTY_LINE = re.compile(r">.*|.* {2}", re.DOTALL)
"""A quote of text only does so, too; a break is itself a line end."""


class Examined(NamedTuple):
    """What a document was found to be: the id that its name says, the capture that its `url` names, what is wrong."""

    article: int | None
    timestamp: str | None
    original: str | None
    defects: tuple[FoundDefect, ...]

    @property
    def weight(self) -> Weight | None:
        """How bad its worst defect is; None: it is sound."""
        return max((found.defect.weight for found in self.defects), default=None)


def examine(data: bytes, article: int | None, site: Site) -> Examined:
    """Find the defects of a document.

    Args:
        data: the file.
        article: the id that its name says, or None.
        site: knows the farewell page and which URLs are poor.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Examined(article, None, None, (FoundDefect(Defect.NOT_THE_FORM, f"not UTF-8 at byte {error.start}"),))
    document = read_loosely(text) if "\n---" in text[:_MAX_FRONT_MATTER] else None
    if document is None:
        return Examined(article, None, None, (FoundDefect(Defect.NOT_THE_FORM, "no front matter"),))
    url = document.fields.get("url", "")
    named = parse_replay_url(url) if url.startswith(("https://", "http://")) else None
    timestamp = named.timestamp if named and is_timestamp(named.timestamp) else None
    original = named.original if named else None
    found = [*_absence(text, document, article, timestamp and original, site)] or _flaws(
        document, timestamp, original, site
    )
    return Examined(article, timestamp, original, tuple(one._replace(detail=_shown(one.detail)) for one in found))


def _shown(text: str) -> str:
    """Return a piece of the file as it can stand in a report."""
    line = " ".join(text[:1000].split())
    return line if len(line) <= _MAX_DETAIL else f"{line[: _MAX_DETAIL - 3]}..."


def _absence(
    text: str, document: LooseDocument, article: int | None, original: str | None, site: Site
) -> Iterator[FoundDefect]:
    """Yield why this file does not hold the article at all; nothing else about it matters then."""
    title = document.fields.get("title", document.title or "")
    shown = f"{title}\n{document.content}"
    if site.is_farewell(title, article):
        yield FoundDefect(Defect.FAREWELL, title)
    elif len(shown) < _SHORT and (found := judge(shown.strip().encode())) and found[0] is Verdict.OUTAGE:
        yield FoundDefect(Defect.OUTAGE, found[1])
    elif not shown.strip():
        yield FoundDefect(Defect.EMPTY)
    elif article is None or original is None:
        yield FoundDefect(
            Defect.NOT_THE_FORM, "no id in the file's name" if article is None else "url names no capture"
        )
    elif missing := [name for name in _REQUIRED if not document.fields.get(name, "").strip()]:
        yield FoundDefect(Defect.NOT_THE_FORM, f"without {' and '.join(missing)}")
    elif _SECOND.search(text, len("---\n")):
        yield FoundDefect(Defect.NOT_THE_FORM, "a second document behind the first")
    elif site.article_id(original) != article:
        yield FoundDefect(Defect.NOT_THE_FORM, f"url is of another article: {original}")
    elif cut := find_cut(text, document, site):
        yield FoundDefect(Defect.CUT, cut)
    elif _wrong_charset(shown):
        yield FoundDefect(Defect.CHARSET, title)


def find_cut(text: str, document: LooseDocument | None, site: Site) -> str | None:
    """Return where the text of a file was cut off, for people; None if it is a whole document.

    `document` is what could be read of it. A cut between two paragraphs leaves the empty line between them; one that is
    the end of a paragraph, in a category without author box, cannot be told from the end.
    """
    if document is None:
        return "ends in its front matter"
    if "\0\0" in text:  # of a disk or copy that failed: no document has any
        return "zero bytes in place of text"
    category = document.fields.get("category", "")
    lacks_box = bool(category) and site.has_author_box(category) and not document.box
    plain = text.replace("\r\n", "\n")
    ends = len(plain) - len(plain.rstrip("\n"))
    if not ends:
        return f"no newline behind {plain[-20:]!r}"
    before, _, last = plain.rstrip("\n").rpartition("\n\n")
    if not document.content and not document.box and not last.isspace():  # a break alone is content, too
        whole = document.title is not None and ends >= 3
        return ("no author box" if lacks_box else None) if whole else "ends with its title"
    if last.count("<figure>") > last.count("</figure>"):
        return "ends inside a figure"
    if lacks_box:
        return "no author box"
    if document.box:
        bio = document.box.partition("**\n\n")[2].strip("\n")  # may be empty: then its line is
        return "ends before the bio" if (ends > 1 if bio else ends < 3) else None
    if before.endswith("\n") and not before.endswith(BREAK) and _ENDS_WITH_EMPTY_LINE.match(last):
        return "ends inside or right behind a table, frame or rule" if ends != 2 else None
    return "ends between two blocks" if ends > 1 and not _MAY_END_WITH_EMPTY_LINE.fullmatch(last) else None


def _wrong_charset(text: str) -> bool:
    beyond = sum(not character.isascii() for character in text)
    broken = text.count("\ufffd") + sum("\x80" <= character <= "\x9f" for character in text)
    mojibake = sum(len(found) for found in _MOJIBAKE.findall(text))
    return broken * 20 > beyond + 20 or mojibake * 3 > beyond + 20


def _flaws(document: LooseDocument, timestamp: str | None, original: str | None, site: Site) -> Iterator[FoundDefect]:
    if not document.fields.get("date"):
        yield FoundDefect(Defect.NO_DATE)
    if document.crlf:
        yield FoundDefect(Defect.LINE_ENDS)
    if document.yaml_error:
        yield FoundDefect(Defect.INVALID_YAML, document.yaml_error)
    written = document.fields.get("original_url", "")
    if original is not None and site.document_url(original) != written:
        yield FoundDefect(Defect.URL_CUT, written)
    shown = {match["timestamp"] for match in _OWN_LINK.finditer(document.content)}
    if shown and timestamp not in shown:
        yield FoundDefect(Defect.OTHER_CAPTURE, min(shown))
    if _CLOUDFLARE.search(document.content) or _CLOUDFLARE.search(document.box):
        yield FoundDefect(Defect.EMAIL_LOST)
    content = f"{document.content}\n\n{document.box}"
    yield from examine_blocks(content)
    yield from examine_text(content)
    if original is not None and site.is_poor_url(original):
        yield FoundDefect(Defect.POOR_URL, written)
