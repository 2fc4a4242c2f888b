"""The differing texts of one article, from what is kept: which there were, and what changed from one to the next."""

from __future__ import annotations

import difflib
import itertools
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.models import Verdict
from scraper.reports.words import counted
from scraper.selection.comparison import IN_THE_TEXT
from scraper.times import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scraper.ledger import Ledger
    from scraper.ledger.mementos import Kept
    from scraper.models import Article, Capture, Reading

_FILE, _WARNING = "X-Archive-Src", "Warning"
_REPLAY_PREFIX = re.compile(r"(?:https?:)?(?://web\.archive\.org)?/web/[0-9]{14}(?:[a-z]{2}_)?/(?=[a-z]+:)")
"""What the archive puts before a link. It names the capture, so it differs where the text does not."""


class Text(NamedTuple):
    """One text of an article, and the captures that show it, earliest first.

    Attributes:
        shown: the one of them that `lines` are from: the one that was written, else the earliest.
        written: whether this is the text that was written.
        lines: the article as lines to compare, free of what depends on the capture.
        told: what the archive said of `shown`, by header, such as its own file or a warning.
    """

    text_sha256: str
    captures: list[Capture]
    shown: Capture
    written: bool
    lines: list[str]
    told: Mapping[str, str]


class History(NamedTuple):
    """The texts of one article in the order in which they were first seen.

    Attributes:
        unread: how many captures were not read.
        vanished: captures, as (timestamp, original), that the archive listed once and does not any more, and when that
            was noticed, 14 digits.
    """

    article: int
    texts: list[Text]
    unread: int
    vanished: Mapping[tuple[str, str], str]

    def differences(self) -> Iterator[dict[str, str]]:
        """Yield what changed from each text to the next, as unified diff, and the moments of those."""
        for old, new in itertools.pairwise(self.texts):
            stamps = old.shown.timestamp, new.shown.timestamp
            diff = difflib.unified_diff(old.lines, new.lines, *stamps, lineterm="")
            yield {"from": stamps[0], "to": stamps[1], "diff": "\n".join(diff)}

    def as_json(self) -> dict[str, Any]:
        """Return the history as values that JSON knows."""
        return {
            "id": self.article,
            "versions": [
                {
                    "text_sha256": text.text_sha256,
                    "written": text.written,
                    "timestamp": text.shown.timestamp,
                    "original": text.shown.original,
                    "source": text.told.get(_FILE),
                    "provenance": dict(text.told),
                    "captures": [{"timestamp": one.timestamp, "original": one.original} for one in text.captures],
                }
                for text in self.texts
            ],
            "differences": list(self.differences()),
            "unread": self.unread,
            "vanished": [
                {"timestamp": timestamp, "original": original, "noticed_at": at}
                for (timestamp, original), at in self.vanished.items()
            ],
        }

    def as_text(self) -> str:
        """Return the history for people: the texts, then the differences as unified diff."""
        lines = [f"Article {self.article}: {counted(len(self.texts), 'text')} in the captures read"]
        for text in self.texts:
            mark, captures = ">" if text.written else " ", counted(len(text.captures), "capture")
            told = "; ".join([captures, *(text.told[name] for name in (_FILE, _WARNING) if name in text.told)])
            lines.append(f"{mark} {text.shown.timestamp}  {text.shown.original} ({told})")
        if self.unread:
            lines.append(
                f"{counted(self.unread, 'capture')} not read: one intact one is enough. "
                "captures_per_article in config.toml makes runs read and compare more."
            )
        gone = "was listed once and has vanished from the archive's list, as noticed"
        lines += [f"  {stamp}  {original} {gone} {moment(at)}" for (stamp, original), at in self.vanished.items()]
        lines += [f"\n{one['diff']}" for one in self.differences()]
        return "\n".join(lines)


def read_history(ledger: Ledger, article: int, read: Callable[[Kept], Reading]) -> History | None:
    """Return the history of an id, or None if the ledger does not know it; `read` reads a kept page again.

    A page that lacks a part of the text is left out, unless there is nothing else.

    Raises:
        StoreError: the ledger or the store cannot be read.
    """
    row = ledger.articles.get(article)
    if row is None:
        return None
    known = ledger.captures.of_article(article)
    pages = [(one.capture, one.read) for one in known if one.read and one.read.verdict is Verdict.ARTICLE]
    same: dict[str, list[Capture]] = {}
    for capture, page in [pair for pair in pages if not pair[1].lacks & IN_THE_TEXT] or pages:
        same.setdefault(page.text_sha256, []).append(capture)
    texts = []
    for digest, captures in same.items():
        used = [one for one in captures if (one.timestamp, one.original) == (row.timestamp, row.original)]
        shown = used[0] if used else captures[0]
        kept = ledger.mementos.get(shown.original, shown.timestamp)
        article_read = read(kept).article if kept else None
        lines = _lines_to_compare(article_read) if article_read else []
        told = json.loads(kept.provenance) if kept else {}
        texts.append(Text(digest, captures, shown, bool(used), lines, told))
    unread = sum(one.own_read is None for one in known)
    return History(article, texts, unread, ledger.listings.vanished(article))


def _lines_to_compare(article: Article) -> list[str]:
    """Return an article as lines: its fields, then its text."""
    names = ("title", "date", "last_updated", "author", "category")
    fields = [f"{name}: {value}" for name in names if (value := getattr(article, name)) is not None]
    tags = [f"tag: {tag}" for tag in article.tags]
    return [*fields, *tags, "", *_REPLAY_PREFIX.sub("", article.content).splitlines()]
