"""Pages that stand alone, and the files for machines: about, search, site map, feed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from scraper.export.web import places
from scraper.export.web.lists import Page
from scraper.export.web.pages import FORBIDDEN
from scraper.export.web.words import CHINESE, LABELS, NAME, NAME_IN_ENGLISH
from scraper.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.export.web.inputs import Inputs, Story

_FEED_DAYS = 50
_SITEMAP = 50_000
"""Addresses that one site map may hold (https://www.sitemaps.org/protocol.html)."""


def about_page(inputs: Inputs, stories: Sequence[Story], kept: int, *, embed: bool, withheld: str) -> Page:
    """Return the page that says what this is."""
    states = Counter(entry.state for entry in inputs.entries)
    dated = sorted(story.date for story in stories if story.date)
    figures = [
        ("文章", "articles", len(stories)),
        ("日", "days", len(set(dated))),
        ("作者", "authors", len({story.author.casefold() for story in stories})),
        ("標籤", "tags", len({tag.casefold() for story in stories for tag in story.tags})),
        ("圖片", "pictures kept", kept),
        ("失落或待處理的文章", "articles lost or waiting", sum(states.values()) - states[State.WRITTEN]),
    ]
    return Page("about.html", places.ABOUT, {
        "title": LABELS[CHINESE]["about"],
        "description": f"{NAME}（{NAME_IN_ENGLISH}）文章典藏：這是什麼、怎樣核對、文章屬誰。",
        "figures": figures, "embed": embed, "withheld": withheld,
    })  # fmt: skip


def search_page(stories: Sequence[Story]) -> Page:
    """Return the page of the search."""
    categories = Counter(story.category for story in stories)
    years = sorted({story.date[:4] for story in stories if story.date}, reverse=True)
    return Page("search.html", places.SEARCH, {
        "title": LABELS[CHINESE]["search"], "description": f"{NAME}：{LABELS[CHINESE]['search_all']}", "scripts": True,
        "years": years, "categories": sorted(categories, key=lambda name: (-categories[name], name)),
    })  # fmt: skip


def sitemap(paths: Sequence[str], base_url: str) -> Iterator[tuple[str, bytes]]:
    """Yield the site map: one file, or several and one that names them."""
    parts = [paths[at : at + _SITEMAP] for at in range(0, len(paths), _SITEMAP)] or [[]]
    if len(parts) == 1:
        yield "sitemap.xml", _urls("urlset", "url", parts[0], base_url)
        return
    names = [f"sitemap-{number}.xml" for number, _ in enumerate(parts, start=1)]
    yield "sitemap.xml", _urls("sitemapindex", "sitemap", names, base_url)
    for name, part in zip(names, parts, strict=True):
        yield name, _urls("urlset", "url", part, base_url)


def _urls(root: str, element: str, paths: Sequence[str], base_url: str) -> bytes:
    lines = "".join(f"<{element}><loc>{escape(base_url + path)}</loc></{element}>\n" for path in paths)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{lines}</{root}>\n"
    ).encode()


def feed(days: Mapping[str, Sequence[Story]], base_url: str) -> tuple[str, bytes]:
    """Return path and content of an Atom feed of the last days on which articles appeared."""
    latest = [story for day in sorted(days, reverse=True)[:_FEED_DAYS] for story in reversed(days[day])]
    updated = max(map(_updated, latest), default="2016-12-30T00:00:00+08:00")
    entries = "".join(_feed_entry(story, base_url) for story in latest)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-HK">\n'
        f"<title>{NAME} {NAME_IN_ENGLISH}</title>\n<id>{escape(base_url)}</id>\n<updated>{updated}</updated>\n"
        f'<link rel="self" href="{escape(base_url)}feed.xml"/>\n<link href="{escape(base_url)}"/>\n'
        f"<author><name>{NAME}</name></author>\n{entries}</feed>\n"
    )
    return "feed.xml", FORBIDDEN.sub("\ufffd", text).encode()


def _feed_entry(story: Story, base_url: str) -> str:
    address = escape(base_url + places.article(story.id))
    return (
        f'<entry xml:lang="{story.language}"><title>{escape(story.title or str(story.id))}</title><id>{address}</id>'
        f'<link href="{address}"/><published>{story.date}T00:00:00+08:00</published>'
        f"<updated>{_updated(story)}</updated>"
        f"<author><name>{escape(story.author)}</name></author><category term={quoteattr(story.category)}/>"
        f"<summary>{escape(story.excerpt)}</summary></entry>\n"
    )


def _updated(story: Story) -> str:
    """Return when an article last changed: its stamp, if it has one that is a moment, or its day."""
    day, _, time = story.last_updated.partition(" ")
    if places.is_day(day) and len(time) == 8 and time.replace(":", "").isdigit():
        return f"{day}T{time}+08:00"
    return f"{story.date}T00:00:00+08:00"
