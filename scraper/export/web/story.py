"""One document read: what its page shows and what lists, feeds and the search need of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from scraper.export.web import places
from scraper.export.web.markup import Rendered, Surroundings, render, size_of
from scraper.export.web.words import LABELS, language_of
from scraper.images.documents import addresses
from scraper.markdown.document import BOX, parse_document

if TYPE_CHECKING:
    import re
    from collections.abc import Container, Mapping
    from pathlib import Path

    from scraper.export.web.inputs import Entry, Picture
    from scraper.models import Site


@dataclass(frozen=True, slots=True)
class Context:
    """What every piece of work needs to know. Lies in a file, which each process reads once."""

    output: Path
    target: Path
    scratch: Path
    site: Site
    held: Container[int]
    base_url: str
    embed: bool


class Story(NamedTuple):
    """A written article as lists show it. `date` is empty where the document has no day of the calendar."""

    id: int
    title: str
    date: str
    last_updated: str
    author: str
    category: str
    tags: tuple[str, ...]
    url: str
    original_url: str
    language: str
    excerpt: str
    lead: Picture | None
    pictures: tuple[str, ...]

    @property
    def order(self) -> tuple[str, int]:
        """Where it stands in time."""
        return self.date, self.id


class Body(NamedTuple):
    """What only the article's own page and the search need: the text and the author box as HTML, the text searched."""

    html: str
    box_html: str
    avatar: str
    text: str


def read_story(context: Context, entry: Entry, pictures: Mapping[str, Picture]) -> tuple[Story, Body]:
    """Read the document of an article, whose kept pictures are given by their address.

    Raises:
        OSError: it is not there.
        ValueError: it is not the file that was written, or is not of the form.
    """
    data = (context.output / entry.file).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry.file_sha256:
        raise ValueError("it is not the file that was written")
    document = parse_document(data.decode())
    head = document.front_matter
    box = BOX.search(document.body)
    content = document.body[: box.start()] if box else document.body
    language = language_of(head.title + content[:500])
    up = places.up(places.article(entry.id))
    around = Surroundings(context.site.article_id, context.held, pictures, LABELS[language], up, context.embed)
    body = render(content, around)
    boxed, avatar = _box(box, around) if box else (None, "")
    story = Story(
        id=entry.id,
        title=head.title,
        date=head.date if places.is_day(head.date) else "",
        last_updated=head.last_updated or "",
        author=head.author,
        category=head.category,
        tags=head.tags,
        url=head.url,
        original_url=head.original_url,
        language=language,
        excerpt=body.excerpt,
        lead=body.lead,
        pictures=body.files + (boxed.files if boxed else ()),
    )
    text = "\n".join(part for part in (body.text, boxed.text if boxed else "") if part)
    return story, Body(body.html, boxed.html if boxed else "", avatar, text)


def _box(match: re.Match[str], around: Surroundings) -> tuple[Rendered, str]:
    """Return name and words of an author box, and its picture if it is kept: a placeholder would be noise."""
    rendered = render(f"**{match['name']}**\n\n{match['bio']}", around)
    kept = [around.pictures.get(unescape(address)) for address in addresses(match[0])[:1]]
    if not kept or kept[0] is None:
        return rendered, ""
    html = f'<img class="avatar" src="{around.up}{escape(kept[0].file)}" alt=""{size_of(kept[0])} loading="lazy">'
    return rendered._replace(files=(kept[0].file,)), html


def searched(story: Story, body: Body) -> str:
    """Return all words of an article's page: title, byline, tags, text, author box; a line each."""
    return "\n".join(filter(None, (story.title, story.author, story.category, *story.tags, body.text)))
