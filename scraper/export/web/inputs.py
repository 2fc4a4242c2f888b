"""What the site is made from: the manifest and the list of pictures of an output folder, and each document, read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.errors import StoreError
from scraper.export.web import places
from scraper.export.web.markup import Picture, Rendered, Surroundings, render, size_of
from scraper.export.web.words import LABELS, language_of
from scraper.images.documents import addresses
from scraper.ledger.evidence import Tried, Witness
from scraper.markdown.document import BOX, parse_document
from scraper.models import State, Verdict
from scraper.paths import IMAGES_LIST

if TYPE_CHECKING:
    import re
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from scraper.models import Site


class Entry(NamedTuple):
    """What the manifest says of one id; empty text where it says nothing."""

    id: int
    state: str
    reason: str
    timestamp: str
    original: str
    digest: str
    digest_check: str
    file: str
    file_sha256: str
    tried: tuple[Tried, ...]
    known_from: Witness | None


class Inputs(NamedTuple):
    """Everything the output folder says besides the documents.

    Attributes:
        entries: by id, ascending.
        pictures: article id to the kept pictures that its document names, by their address.
        texts: for articles of which several texts are known, the captures that show each.
    """

    entries: list[Entry]
    pictures: dict[int, dict[str, Picture]]
    texts: Mapping[int, list[list[Tried]]]

    @property
    def written(self) -> list[Entry]:
        """The articles that have a document."""
        return [entry for entry in self.entries if entry.state == State.WRITTEN and entry.file]


def read(output: Path, manifest: Iterable[Mapping[str, Any]], texts: Mapping[int, list[list[Tried]]]) -> Inputs:
    """Return what the manifest's objects and the list of pictures say, and these differing texts.

    Raises:
        StoreError: one of them cannot be understood.
    """
    try:
        entries = sorted(map(_entry, manifest))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"{output}: the manifest is of another form ({error}). `hkcnews rebuild` makes it again."
        ) from error
    if not entries:
        raise StoreError(
            f"{output}: has no manifest, so it is not known what is there. Name the folder of a run with --output."
        )
    return Inputs(entries, _pictures(output / IMAGES_LIST), texts)


def _pictures(path: Path) -> dict[int, dict[str, Picture]]:
    found: dict[int, dict[str, Picture]] = {}
    if not path.exists():
        return found
    try:
        with path.open("rb") as file:
            for one in map(json.loads, file):
                if one["state"] == "kept":
                    picture = Picture(str(one["file"]), int(one.get("width") or 0), int(one.get("height") or 0))
                    for number in one["articles"]:
                        found.setdefault(number, {})[one["address"]] = picture
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read ({error}). `hkcnews images --offline` makes it again.") from error
    return found


def _entry(one: Mapping[str, Any]) -> Entry:
    capture = one.get("capture") or {}
    named = _texts(capture, "timestamp", "original", "digest", "digest_check")
    tried = [Tried(**_texts(row, *Tried._fields)) for row in one.get("tried") or ()]
    verdict = Verdict.ARTICLE if one["state"] == State.WRITTEN else str(one["state"])
    own = Tried(named["timestamp"], named["original"], verdict)
    if one.get("page_sha256") and not any(row[:2] == own[:2] for row in tried):  # the manifest may not say it twice
        tried = sorted([*tried, own])
    known = one.get("known_from")
    return Entry(
        id=int(one["id"]),
        **_texts(one, "state", "reason", "file", "file_sha256"),
        **named,
        tried=tuple(tried),
        known_from=Witness(**_texts(known, *Witness._fields)) if known else None,
    )


def _texts(one: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: str(one.get(name) or "") for name in names}


@dataclass(frozen=True, slots=True)
class Context:
    """What every piece of work needs to know; `base_url` and `embed` are as in `Wanted`."""

    output: Path
    target: Path
    scratch: Path
    site: Site
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


class Body(NamedTuple):
    """What only the article's own page and the search need: the text and the author box as HTML, the text searched."""

    html: str
    box_html: str
    avatar: str
    text: str


def read_story(
    context: Context, entry: Entry, pictures: Mapping[str, Picture], held: Container[int]
) -> tuple[Story, Body]:
    """Read the document of an article, whose kept pictures are given by their address. `held` has ids with a page.

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
    around = Surroundings(context.site.article_id, held, pictures, LABELS[language], up, context.embed)
    body = render(content, around)
    boxed, avatar = _box(box, around) if box else (Rendered(), "")
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
        pictures=body.files + boxed.files,
    )
    return story, Body(body.html, boxed.html, avatar, "\n".join(filter(None, (body.text, boxed.text))))


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
