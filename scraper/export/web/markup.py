"""A document's Markdown as HTML. Pages are hostile input: what is not known to be harmless is shown as text.

Raw HTML stands only for the figures that documents hold, in exactly their form, and for the line break of cells and
headings. Links lead to the web, to mail, or to other articles. Nothing in a text becomes a script, a frame, a style.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from scraper.export.plain import FIGURE, NESTING, VIDEO, text_of
from scraper.export.web import places
from scraper.urls import PUBLIC_ARCHIVE, page_host, parse_replay_url

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, MutableMapping, Sequence

    from markdown_it.utils import OptionsDict

    Env = MutableMapping[str, Any]

_FIGURE = re.compile(rf"{FIGURE}\n?")
_VIDEO = re.compile(VIDEO)
_BREAK = "<br>"
_LOCAL_PICTURE = re.compile(r"(?:\.\./){2}(images/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]{2,5})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AUTHORITY = re.compile(r"[^\s\"'<>\\^`{|}%\[\]]+")
_AS_IT_IS = "!$&'()*+,-./:;=?@_~%"
"""What stands in a URL as it is, besides letters and digits; the first ``#`` does too."""
REL = ' rel="nofollow noopener"'
_EXCERPT = 120
"""Characters of the text that lists and search engines show."""


class Picture(NamedTuple):
    """A kept picture: its file below the output folder, and its size in pixels."""

    file: str
    width: int
    height: int


class Surroundings(NamedTuple):
    """What links and pictures of an article are resolved with.

    Attributes:
        article_id: gives the article that a URL of the newspaper names, or None.
        held: ids that have a page here.
        pictures: the kept ones by address.
        labels: words of the interface, in the language of the article.
        up: the relative path from the page to the site's folder.
        embed: show what is not kept from the archive.
    """

    article_id: Callable[[str], int | None]
    held: Container[int]
    pictures: Mapping[str, Picture]
    labels: Mapping[str, str]
    up: str
    embed: bool


class Rendered(NamedTuple):
    """A text as HTML, as plain text, its beginning, the first kept picture in it, and the files of all of them."""

    html: str = ""
    text: str = ""
    excerpt: str = ""
    lead: Picture | None = None
    files: tuple[str, ...] = ()


def render(markdown: str, around: Surroundings) -> Rendered:
    """Return Markdown as safe HTML."""
    tokens = _parser().parse(markdown)
    _level_headings(tokens)
    _distrust(tokens)
    env: Env = {"around": around, "links": [], "shown": []}
    html = _parser().renderer.render(tokens, _parser().options, env)
    shown: list[Picture] = env["shown"]
    files = tuple(dict.fromkeys(picture.file for picture in shown))
    return Rendered(html, text_of(tokens), _excerpt(tokens), shown[0] if shown else None, files)


def web_address(address: str) -> str | None:
    """Return an address as a valid ``http(s)`` or ``mailto`` URL, or None if it leads nowhere that we link to.

    Documents hold links as the Wayback Machine rewrites them: ``/web/<ts>/…`` and ``//web.archive.org/…`` are its own.
    """
    url = address.strip()
    if url.startswith("//"):
        url = f"https:{url}"
    elif url.startswith("/web/"):
        url = f"{PUBLIC_ARCHIVE}{url}"
    scheme, colon, rest = url.partition(":")
    if not colon or scheme.lower() not in ("http", "https", "mailto"):
        return None
    if scheme.lower() != "mailto" and not (rest[:2] == "//" and _AUTHORITY.match(rest, 2)):
        return None
    before, mark, fragment = _STRAY_PERCENT.sub("%25", rest).partition("#")
    return f"{scheme.lower()}:" + mark.join(
        quote(part, safe=_AS_IT_IS, errors="replace") for part in (before, fragment)
    )


def host_of(url: str) -> str:
    """Return the host of what a replay URL shows, or of any other URL."""
    replay = parse_replay_url(url)
    shown = replay.original if replay else url
    return page_host(shown if "://" in shown else f"https://{shown.lstrip('/')}").removeprefix("www.")


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": NESTING, "xhtmlOut": False}, renderer_cls=_Renderer).enable(
        "table"
    )
    # Each address is examined when it is written.
    parser.validateLink = lambda url: True  # type: ignore[method-assign] # noqa: ARG005
    return parser


def _level_headings(tokens: Sequence[Token]) -> None:
    """Let headings go down one step at a time, below the title: readers by ear go through a page by them."""
    last = 1
    for token in tokens:
        if token.type == "heading_open":
            last = min(max(int(token.tag[1:]), 2), last + 1)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{last}"


def _distrust(tokens: Sequence[Token]) -> None:
    """Make text of all raw HTML but what documents hold, and a token of its own of each frame in a paragraph alone."""
    for token in tokens:
        if token.type == "html_block" and not _FIGURE.fullmatch(token.content):
            token.type, token.tag = "code_block", "code"
        for child in token.children or ():
            if child.type == "html_inline" and child.content != _BREAK:
                child.type = "text"
        if token.type == "inline" and (match := _VIDEO.fullmatch(token.content.strip())):
            token.children = [Token("video", "", 0, content=match["src"])]


def _excerpt(tokens: Sequence[Token]) -> str:
    """Return the beginning of the first paragraph that is one."""
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open":
            text = " ".join(text_of([token]).split())
            if text:
                return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1].rstrip()}…"
    return ""


def size_of(picture: Picture) -> str:
    """Return the attributes that keep a picture's place free until it is there, if its size is known."""
    return f' width="{picture.width}" height="{picture.height}"' if picture.width and picture.height else ""


def _picture(address: str, alt: str, env: Env) -> str:
    """Return a kept picture, or a quiet place that says where the archive may have it."""
    around: Surroundings = env["around"]
    kept = around.pictures.get(address)
    if kept is None and (local := _LOCAL_PICTURE.fullmatch(address)):
        kept = next((one for one in around.pictures.values() if one.file == local[1]), Picture(local[1], 0, 0))
    if kept is not None:
        env["shown"].append(kept)
        return f'<img src="{around.up}{escape(kept.file)}" alt="{escape(alt)}"{size_of(kept)} loading="lazy">'
    url = web_address(address)
    if around.embed and url and url.startswith(PUBLIC_ARCHIVE + "/"):
        return f'<img class="far" src="{escape(url)}" alt="{escape(alt)}" loading="lazy">'
    text = escape(around.labels["picture_elsewhere" if url else "picture_lost"])
    alt = f" <span>{escape(alt)}</span>" if alt.strip() else ""
    if url is None or env["links"]:
        return f'<span class="absent">{text}{alt}</span>'
    return f'<a class="absent" href="{escape(url)}"{REL}>{text}{alt}</a>'


class _Renderer(RendererHTML):
    """What differs from how Markdown is usually shown."""

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        match = _FIGURE.fullmatch(tokens[idx].content)
        assert match is not None, "`_distrust` leaves no other"
        caption = escape(unescape(match["caption"] or ""))
        picture = ""
        if match["src"] is not None:
            picture = _picture(unescape(match["src"]), unescape(match["alt"]), env)
        line = f"\n<figcaption>{caption}</figcaption>" if caption else ""
        return f"<figure>{picture}{line}</figure>\n"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return _picture(str(tokens[idx].attrs.get("src") or ""), tokens[idx].content, env)

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        around: Surroundings = env["around"]
        address = str(tokens[idx].attrs.get("href") or "")
        number = around.article_id(address)
        here = number is not None and number in around.held
        url = f"{around.up}{places.article(number or 0)}" if here else web_address(address)
        env["links"].append(url is not None)
        return "" if url is None else f'<a href="{escape(url)}"{"" if here else REL}>'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return "</a>" if env["links"].pop() else ""

    def video(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        labels = env["around"].labels
        url = web_address(unescape(tokens[idx].content))
        if url is None:
            return escape(labels["video_lost"])
        return f'<a class="video" href="{escape(url)}"{REL}>{escape(labels["video"])} {escape(host_of(url))}</a>'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        label = escape(env["around"].labels["table"])
        return f'<div class="wide" role="region" aria-label="{label}" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return "</table></div>\n"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return f"<{tokens[idx].tag}>"  # without the alignment, a style that our policy forbids

    th_open = td_open
