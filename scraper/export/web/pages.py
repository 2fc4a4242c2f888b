"""Pages from templates, and the files for programs: site map and feed.

Everything that comes from a document is escaped, but for the text that `markup` made.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.sax.saxutils import escape, quoteattr

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scraper.export.web import places
from scraper.export.web.lists import shown_parts
from scraper.export.web.markup import web_address
from scraper.export.web.words import CHINESE, LABELS, NAME, NAME_IN_ENGLISH, STATES, VERDICTS
from scraper.times import is_timestamp, moment
from scraper.urls import PUBLIC_ARCHIVE, public_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.export.web.inputs import Context, Story
    from scraper.export.web.lists import Page

_FORBIDDEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff]")
"""What HTML, or XML, may not hold; documents may, as pages did."""
_FEED_DAYS = 50
_SITEMAP = 50_000
"""Addresses that one site map may hold (https://www.sitemaps.org/protocol.html)."""
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'{images}; form-action 'self'{scripts}; base-uri 'none'"


def render_page(context: Context, page: Page) -> bytes:
    """Return a page.

    Besides what its template needs, its values may have `language`, `canonical` (the address that stands for it, if not
    its own) and `scripts` (whether it may run the site's own).
    """
    own = context.base_url + page.path if context.base_url else ""
    values = {"language": CHINESE, "canonical": own, "scripts": False, **page.values}
    language, scripts, up = values["language"], values["scripts"], places.up(page.path)
    policy = _POLICY.format(
        images=f" {PUBLIC_ARCHIVE}" if context.embed else "", scripts="; script-src 'self'" if scripts else ""
    )
    template = _environment().get_template(page.template)
    html: str = template.render(
        up=up,
        labels=LABELS[language],
        states=STATES[language],
        verdicts=VERDICTS[language],
        policy=policy,
        top=_frame("top.html", up, language, scripts),
        bottom=_frame("bottom.html", up, language, scripts),
        base_url=context.base_url,
        **values,
    )
    return _FORBIDDEN.sub("\ufffd", html).encode()


@lru_cache(maxsize=64)
def _frame(template: str, up: str, language: str, scripts: bool) -> Markup:  # a key of the cache
    """Return what stands above or below every page; of one depth and language it is always the same."""
    values = {"up": up, "language": language, "labels": LABELS[language], "scripts": scripts}
    return Markup(_environment().get_template(template).render(values))  # noqa: S704 # escaped by the template


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"places": places, "capture_url": capture_url, "shown_parts": shown_parts}
    environment.filters |= {"moment": moment, "json": script_json, "readable": readable}
    environment.filters |= {"number": "{:,}".format, "web": lambda url: web_address(url) or ""}
    return environment


def script_json(value: object) -> Markup:
    """Return a value as JSON that may stand in a ``script`` element, whatever text it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 # nothing in it can end the element


def readable(url: str) -> str:
    """Return a URL with the characters that its percent-encoding stands for, where they are text."""
    try:
        return unquote(url, errors="strict")
    except UnicodeDecodeError:
        return url


def capture_url(timestamp: str, original: str) -> str:
    """Return the address of a capture in the Wayback Machine, or nothing if it has none."""
    known = is_timestamp(timestamp) and original
    return web_address(public_url(timestamp, original)) or "" if known else ""


def structured(story: Story, address: str, image: str) -> Mapping[str, object]:
    """Return an article as schema.org describes news articles (https://schema.org/NewsArticle)."""
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "inLanguage": story.language,
        "author": {"@type": "Person", "name": story.author},
        "publisher": {"@type": "NewsMediaOrganization", "name": NAME, "alternateName": NAME_IN_ENGLISH},
        "articleSection": story.category,
        "isBasedOn": story.original_url,
        "archivedAt": story.url,
    }
    optional = {
        "datePublished": story.date,
        "dateModified": story.last_updated.replace(" ", "T") + "+08:00" if story.last_updated else "",
        "keywords": list(story.tags),
        "description": story.excerpt,
        "url": address,
        "image": image,
    }
    return found | {name: value for name, value in optional.items() if value}


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


def feed(stories: Sequence[Story], base_url: str) -> tuple[str, bytes]:
    """Return path and content of an Atom feed of the last days on which articles appeared, given in order of time."""
    days = sorted({story.date for story in stories if story.date})[-_FEED_DAYS:]
    latest = [story for story in reversed(stories) if story.date in days]
    updated = max(map(_updated, latest), default="2016-12-30T00:00:00+08:00")
    entries = "".join(_feed_entry(story, base_url) for story in latest)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-HK">\n'
        f"<title>{NAME} {NAME_IN_ENGLISH}</title>\n<id>{escape(base_url)}</id>\n<updated>{updated}</updated>\n"
        f'<link rel="self" href="{escape(base_url)}feed.xml"/>\n<link href="{escape(base_url)}"/>\n'
        f"<author><name>{NAME}</name></author>\n{entries}</feed>\n"
    )
    return "feed.xml", _FORBIDDEN.sub("\ufffd", text).encode()


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
