"""What is not text: pictures, frames, films, and preformatted text."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from lxml import etree

from scraper.markdown.addresses import html_attribute, html_text, image_source, shortcode_source, tidy
from scraper.markdown.visible import clean, is_hidden, plain_text
from scraper.page.tree import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from scraper.urls import LinkRewriter

_LARGE = re.compile(r"_large(?:\.[a-zA-Z0-9]+)?(?:[?#]|\Z)")
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-url")
_BOUND = frozenset({"v-lazy", ":src", "v-bind:src"})
_BOUND_TEXT = re.compile(r"""\s*(?:(["'`])(?P<quoted>[^"'`{}]*)\1|(?P<plain>(?:https?:)?/[^"'`{}]*))\s*""")
"""An address in an expression; what else stands there names a variable, which the page does not hold."""
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_PLACEHOLDER = re.compile(
    r"(?:(?:placeholder|blank|spacer|loading|loader|lazy|lazyload|transparent|gr[ae]y|pixel|1x1)[-_]?)+\d*\.\w+",
    re.IGNORECASE,
)
"""The name of a file that stands in for a picture until a script puts that in."""
_CANDIDATE = re.compile(
    r"\s*+(?P<url>\S(?:[^\s,]++|\s++|,)*?)(?:\s++(?P<size>[0-9]+(?:\.[0-9]+)?)[wx])?\s*+(?:,\s+|,?\s*\Z|(?<=[0-9][wx]),)"
)
_MAX_SRCSET = 20_000
"""Characters of a srcset that are looked at: the site's hold a few hundred."""
_NO_FIGURE = ("iframe", "video", "audio", "embed", "object", "table", "blockquote", "ul", "ol", "pre")
_LINE_BREAKS = re.compile(r"[\t\r\n]+")


def _srcset(value: str) -> list[tuple[float, str]]:
    """Return the candidates of a srcset as (size, URL). A URL may hold spaces: the site's file names did."""
    candidates = _CANDIDATE.finditer(value[:_MAX_SRCSET].rstrip())
    return [(float(match["size"] or 1), tidy(match["url"])) for match in candidates]


def picture_source(element: _Element) -> str:
    """Return the address of the largest picture that an ``img`` or ``picture`` offers, "" for none.

    The site named its sizes ``_large``, ``_medium``, ``_small``: the large one counts, wherever it is offered. Where a
    script was to put the picture in, the address may be known to its attributes only, or to a ``noscript`` beside it.
    """
    images = [attributes(node) for node in ([element] if element.tag == "img" else element.iter("img"))]
    sources = [] if element.tag == "img" else [attributes(node) for node in element.iter("source")]
    sets = [value for held in sources + images for name in _SETS if (value := held.get(name))]
    sized: list[tuple[float, str]] = []
    for value in sets:
        candidates = _srcset(value)
        for _, url in candidates:
            if _LARGE.search(url) and _is_usable(url):
                return url
        sized += candidates
    usable = list(filter(_is_usable, _single(images, sources)))
    kept = (tidy(value) for held in images + sources for name, value in held.items() if name.startswith("data-"))
    large = next(filter(_LARGE.search, chain(usable, kept)), None)
    if large is not None:
        return large
    if usable and not _PLACEHOLDER.fullmatch(usable[0].rpartition("/")[2]):
        return usable[0]
    if not usable and sized:
        return max(sized, key=lambda candidate: candidate[0])[1]
    return _beside(element) or (usable[0] if usable else "")


def _single(images: list[dict[str, str]], sources: list[dict[str, str]]) -> Iterator[str]:
    """Yield the addresses in attributes that hold one, those that scripts read before those that browsers do."""
    for held in images + sources:
        for name in _LAZY:
            if value := held.get(name):
                yield tidy(value)
        if not _BOUND.isdisjoint(held):
            yield from map(_bound, filter(None, map(held.get, sorted(_BOUND))))
    for held in images + sources:
        if value := held.get("src"):
            yield tidy(value)


def _bound(value: str) -> str:
    match = _BOUND_TEXT.fullmatch(value)
    return tidy(match["quoted"] or match["plain"] or "") if match else ""


def _beside(element: _Element) -> str:
    """Return the address in a ``noscript`` right behind a picture that names none itself, or an empty string."""
    node = element.getnext()
    held = list(islice(node.iter("img"), 2)) if node is not None and node.tag == "noscript" else []
    return picture_source(held[0]) if len(held) == 1 else ""


def _is_usable(url: str) -> bool:
    return url != "" and not url.startswith("data:")


def _alt(element: _Element) -> str:
    image = element if element.tag == "img" else next(element.iter("img"), None)
    return "" if image is None else _LINE_BREAKS.sub(" ", image.get("alt") or "")


def image_of(element: _Element, links: LinkRewriter) -> dict[str, str] | None:
    """Return ``src`` and ``alt`` of a picture in a line of text, or None if it leads nowhere."""
    source = picture_source(element)
    if not source:
        return None
    return {"src": links.absolute(source, "im_"), "alt": clean(_alt(element))}


def _pictures(figure: _Element) -> list[tuple[_Element, str]]:
    """Return the ``picture`` elements of a figure and the ``img`` that stand alone, each with its address.

    Those in a ``noscript`` count where no other has an address.
    """
    found: list[_Element] = []
    unscripted: list[_Element] = []
    walker = etree.iterwalk(figure, events=("start",))
    for _, element in walker:
        if element.tag == "noscript":
            unscripted += element.iter("img")
            walker.skip_subtree()
        elif element is not figure and is_hidden(element):
            walker.skip_subtree()
        elif element.tag in {"picture", "img"}:
            found.append(element)
            walker.skip_subtree()
    shown = [(picture, source) for picture in found if (source := picture_source(picture))]
    return shown or [(image, source) for image in unscripted if (source := picture_source(image))]


def figure_blocks(figure: _Element, links: LinkRewriter) -> list[str]:
    """Return a figure, one for each of its pictures with the caption below the last.

    Empty if the element holds something else than pictures and a caption, such as a table or a film.
    """
    if any(node is not figure for node in islice(figure.iter("figure", *_NO_FIGURE), 2)):
        return []
    caption = html_text(" ".join(filter(None, (plain_text(node) for node in figure.iter("figcaption")))))
    images = [
        f'<img src="{image_source(links.absolute(source, "im_"))}" alt="{html_attribute(_alt(picture))}">\n'
        for picture, source in _pictures(figure)
    ]
    line = f"<figcaption>{caption}</figcaption>\n" if caption else ""
    if not images:
        return [f"<figure>\n{line}</figure>"] if line else []
    return [f"<figure>\n{image}{line if image is images[-1] else ''}</figure>" for image in images]


def frame_block(element: _Element, links: LinkRewriter) -> str | None:
    """Return the shortcode of an embedded page or film, or None if it names no address."""
    nodes = [element, *element.iter("source")] if element.tag in {"video", "audio"} else [element]
    for node in nodes:
        for name in ("data" if node.tag == "object" else "src", *_LAZY):
            url = tidy(node.get(name) or "")
            if url and not url.startswith("about:"):
                return f'{{{{< video src="{shortcode_source(links.rewrite(url, "if_"))}" >}}}}'
    return None


def code_block(element: _Element) -> str:
    """Return preformatted text as a fenced block whose fence is longer than any in it."""
    text = "".join(map(str, element.itertext())).strip("\n").replace("\r", "")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}" if text.strip() else ""
