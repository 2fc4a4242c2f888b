"""One document read: what its page shows and what lists, feeds and the search need of it."""

from __future__ import annotations

import hashlib
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from scraper.export.rows import BOX
from scraper.export.web import places
from scraper.export.web.markup import Rendered, Surroundings, render
from scraper.export.web.words import LABELS, language_of
from scraper.images.links import addresses
from scraper.markdown.document import parse_document

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Container, Mapping
    from pathlib import Path

    from scraper.export.web.inputs import Entry, Picture

_FRAME = "\n\n"


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


class Reader:
    """Reads documents.

    Args:
        output: the output folder.
        article_id: gives the article that a URL of the newspaper names, or None.
        held: ids that have a page.
        embed: show pictures that are not kept from the archive.
    """

    def __init__(
        self, output: Path, *, article_id: Callable[[str], int | None], held: Container[int], embed: bool
    ) -> None:
        self._output = output
        self._article_id = article_id
        self._held = held
        self._embed = embed

    def read(self, entry: Entry, pictures: Mapping[str, Picture]) -> tuple[Story, Body]:
        """Read the document of an article.

        Raises:
            OSError: it is not there.
            ValueError: it is not the file that was written, or is not of the form.
        """
        data = (self._output / entry.file).read_bytes()
        if hashlib.sha256(data).hexdigest() != entry.file_sha256:
            raise ValueError("it is not the file that was written")
        document = parse_document(data.decode())
        head = document.front_matter
        box = BOX.search(document.body)
        content = document.body[: box.start()] if box else document.body
        language = language_of(head.title + content[:500])
        around = Surroundings(
            self._article_id, self._held, pictures, LABELS[language], places.up(places.article(entry.id)), self._embed
        )
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
    size = f' width="{kept[0].width}" height="{kept[0].height}"' if kept[0].width and kept[0].height else ""
    html = f'<img class="avatar" src="{around.up}{Markup.escape(kept[0].file)}" alt=""{size} loading="lazy">'
    return rendered._replace(files=(kept[0].file,)), html


def searched(story: Story, body: Body) -> str:
    """Return all words of an article's page: title, byline, tags, text, author box; a line each."""
    return "\n".join(filter(None, (story.title, story.author, story.category, *story.tags, body.text)))
