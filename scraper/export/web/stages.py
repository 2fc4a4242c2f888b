"""The work that is spread over processes: each stage takes a piece of the articles, and leaves files."""

from __future__ import annotations

import hashlib
import marshal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from scraper.export.folder import put
from scraper.export.web import index, places
from scraper.export.web.inputs import Body, Context, read_story, searched
from scraper.export.web.lists import Page
from scraper.export.web.markup import web_address
from scraper.export.web.pages import render_page, structured
from scraper.export.web.search import fold, text_script
from scraper.export.web.words import LABELS

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Container, Mapping, Sequence

    from scraper.export.web.inputs import Entry, Story
    from scraper.export.web.markup import Picture
    from scraper.export.web.postings import Shard
    from scraper.ledger.evidence import Tried

CHUNK = 200
"""Ids whose articles are one piece of work."""
Written = list[tuple[str, bool]]
"""Path below the site's folder, and whether the file was changed."""
Neighbours = tuple["Story | None", "Story | None"]
"""The newer article and the older one."""


class ReadResult(NamedTuple):
    """What was read. The texts are in the scratch folder."""

    stories: list[Story]
    pairs: Counter[str]
    words: Counter[str]
    left_out: dict[int, str]
    written: Written


def hash_documents(files: Sequence[str]) -> bytes:
    """Return a digest of some documents; one that is not there counts as empty."""
    digest = hashlib.sha256()
    for file in files:
        try:
            data = Path(file).read_bytes()
        except OSError:
            data = b""
        digest.update(hashlib.sha256(data).digest())
    return digest.digest()


def read_documents(
    context: Context, held: Container[int], number: int, entries: Sequence[tuple[Entry, Mapping[str, Picture]]]
) -> ReadResult:
    """Read documents, each with its pictures: HTML and terms go to the scratch folder, the words to the search."""
    read: list[tuple[Story, Body]] = []
    left_out: dict[int, str] = {}
    for entry, named in entries:
        kept = {address: one for address, one in named.items() if (context.output / one.file).is_file()}
        try:
            read.append(read_story(context, entry, kept, held))
        except (OSError, ValueError) as error:  # DocumentError is a ValueError
            reason = error.strerror if isinstance(error, OSError) else None
            left_out[entry.id] = f"{entry.file}: {reason or error}"
    folded = [(story.id, fold(story.title), fold(searched(story, body))) for story, body in read]
    pairs = index.write_pairs(context.scratch / f"pairs-{number}", folded)
    words = index.write_words(context.scratch / f"words-{number}", folded)
    bodies = {story.id: tuple(body[:3]) for story, body in read}
    (context.scratch / f"bodies-{number}").write_bytes(marshal.dumps(bodies))
    scripts = (text_script(story, body.text) for story, body in read)
    written = [(path, put(context.target / path, data)) for path, data in scripts]
    return ReadResult([story for story, _ in read], pairs, words, left_out, written)


def write_articles(
    context: Context, number: int, left_out: Mapping[int, str],
    articles: Sequence[tuple[Entry, Story | None, Sequence[Neighbours], list[list[Tried]]]],
) -> Written:  # fmt: skip
    """Write the pages of articles: each with its document, its neighbours, the captures of its differing texts."""
    bodies = marshal.loads((context.scratch / f"bodies-{number}").read_bytes())  # noqa: S302 # ours
    pages = []
    for entry, story, near, texts in articles:
        if story:
            pages.append(_article(context.base_url, entry, story, bodies[entry.id], near, texts))
        else:
            reason = left_out[entry.id]
            values = {"title": f"{entry.id}", "description": reason, "entry": entry, "reason": reason}
            pages.append(Page("damaged.html", places.article(entry.id), values))
    return write_pages(context, pages)


def write_pages(context: Context, pages: Sequence[Page]) -> Written:
    """Write pages."""
    return [(page.path, put(context.target / page.path, render_page(context, page))) for page in pages]


def _article(
    base_url: str, entry: Entry, story: Story, body: tuple[str, str, str],
    near: Sequence[Neighbours], texts: list[list[Tried]],
) -> Page:  # fmt: skip
    html, box, avatar = map(Markup, body)  # made by `markup`
    labels = LABELS[story.language]
    path = places.article(entry.id)
    address = base_url + path if base_url else ""
    image = f"{base_url}{story.lead.file}" if story.lead and base_url else ""
    return Page("article.html", path, {
        "language": story.language,
        "title": story.title or str(story.id),
        "description": story.excerpt or story.title,
        "canonical": address or web_address(story.original_url) or "",
        "story": story,
        "entry": entry,
        "body": html,
        "box": box,
        "avatar": avatar,
        "texts": texts,
        "near": [(labels[name], *both) for name, both in zip(("of_day", "of_author"), near, strict=True)],
        "structured": structured(story, address, image),
    })  # fmt: skip


def make_index(context: Context, kind: str, chunks: Sequence[int], chars: Sequence[str], last_id: int) -> list[Shard]:
    """Return the shards of a range of first characters, in order, from scratch files of a kind: pairs or words."""
    scratch = [context.scratch / f"{kind}-{number}" for number in chunks]
    merge = index.merge_pairs if kind == "pairs" else index.merge_words
    return list(merge(scratch, chars, last_id))
