"""The work that is spread over processes: each stage takes a piece of the articles, and leaves files."""

from __future__ import annotations

import hashlib
import marshal
import pickle
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from scraper.export.folder import put
from scraper.export.web import pairs_index, places, words_index
from scraper.export.web.fold import fold
from scraper.export.web.markup import web_address
from scraper.export.web.pages import render_page, structured
from scraper.export.web.search_files import text_script
from scraper.export.web.story import Body, Context, read_story, searched
from scraper.export.web.words import LABELS

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence

    from scraper.export.web.inputs import Entry, Picture
    from scraper.export.web.lists import Page
    from scraper.export.web.postings import Shard
    from scraper.export.web.story import Story
    from scraper.ledger.evidence import Tried

CHUNK = 200
"""Ids whose articles are one piece of work."""
Written = list[tuple[str, bool]]
"""Path below the site's folder, and whether the file was changed."""


class ReadPiece(NamedTuple):
    """Articles to read, each with its kept pictures."""

    context: str
    number: int
    entries: list[tuple[Entry, Mapping[str, Picture]]]


class ReadResult(NamedTuple):
    """What was read. The texts are in the scratch folder."""

    stories: list[Story]
    pairs: Counter[str]
    words: Counter[str]
    left_out: dict[int, str]
    written: Written


class ArticlePiece(NamedTuple):
    """Articles whose pages are to be written: each with what lists know of it, its neighbours, its other texts."""

    context: str
    number: int
    articles: list[tuple[Entry, Story | None, Sequence[tuple[Story | None, Story | None]], list[list[Tried]]]]
    left_out: dict[int, str]


class IndexPiece(NamedTuple):
    """A range of first characters whose shards are to be made, from scratch files of a kind: ``pairs`` or ``words``."""

    context: str
    kind: str
    chunks: list[int]
    chars: list[str]
    last_id: int


@lru_cache(maxsize=1)
def _context(path: str) -> Context:
    context: Context = pickle.loads(Path(path).read_bytes())  # noqa: S301 # written by us a moment ago
    return context


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


def read_documents(piece: ReadPiece) -> ReadResult:
    """Read documents: their text as HTML and their terms go to the scratch folder, their words to the search."""
    context = _context(piece.context)
    stories: list[Story] = []
    bodies: dict[int, Body] = {}
    left_out: dict[int, str] = {}
    for entry, named in piece.entries:
        kept = {address: one for address, one in named.items() if (context.output / one.file).is_file()}
        try:
            story, bodies[entry.id] = read_story(context, entry, kept)
        except (OSError, ValueError) as error:  # DocumentError is a ValueError
            reason = error.strerror if isinstance(error, OSError) else None
            left_out[entry.id] = f"{entry.file}: {reason or error}"
            continue
        stories.append(story)
    folded = [(story.id, fold(story.title), fold(searched(story, bodies[story.id]))) for story in stories]
    pairs = pairs_index.write_scratch(context.scratch / f"pairs-{piece.number}", folded)
    words = words_index.write_scratch(context.scratch / f"words-{piece.number}", folded, context.threes)
    pages = {number: tuple(body[:3]) for number, body in bodies.items()}
    (context.scratch / f"bodies-{piece.number}").write_bytes(marshal.dumps(pages))
    scripts = (text_script(story, bodies[story.id].text) for story in stories)
    written = [(path, put(context.target / path, data)) for path, data in scripts]
    return ReadResult(stories, pairs, words, left_out, written)


def write_articles(piece: ArticlePiece) -> Written:
    """Write the pages of articles."""
    context = _context(piece.context)
    bodies = marshal.loads((context.scratch / f"bodies-{piece.number}").read_bytes())  # noqa: S302 # ours
    written: Written = []
    for entry, story, near, texts in piece.articles:
        path = places.article(entry.id)
        if story is None:
            reason = piece.left_out.get(entry.id, "")
            values = {"title": f"{entry.id}", "description": reason, "entry": entry, "reason": reason}
            written.append(_put_page(context, "damaged.html", path, values))
        else:
            values = _article(context.base_url, path, entry, story, bodies[entry.id], near, texts)
            written.append(_put_page(context, "article.html", path, values))
    return written


def _put_page(context: Context, template: str, path: str, values: Mapping[str, Any]) -> tuple[str, bool]:
    data = render_page(template, path, context.base_url, context.embed, **values)
    return path, put(context.target / path, data)


def _article(
    base_url: str, path: str, entry: Entry, story: Story, body: tuple[str, str, str],
    near: Sequence[tuple[Story | None, Story | None]], texts: list[list[Tried]],
) -> dict[str, Any]:  # fmt: skip
    """Return what the page of an article needs."""
    html, box, avatar = map(Markup, body)  # made by `markup`
    labels = LABELS[story.language]
    address = base_url + path if base_url else ""
    image = f"{base_url}{story.lead.file}" if story.lead and base_url else ""
    return {
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
    }


def write_pages(piece: tuple[str, list[Page]]) -> Written:
    """Write pages of lists."""
    context = _context(piece[0])
    return [_put_page(context, page.template, page.path, page.values) for page in piece[1]]


def make_index(piece: IndexPiece) -> list[Shard]:
    """Return the shards of a range, in order."""
    scratch = [_context(piece.context).scratch / f"{piece.kind}-{number}" for number in piece.chunks]
    merge = pairs_index.merge if piece.kind == "pairs" else words_index.merge
    return list(merge(scratch, piece.chars, piece.last_id))
