"""Articles as the content of a Hugo site, with the few templates that they need. The documents stay as they are.

Hugo takes some of what documents hold for its own: ``url`` is its key for a page's place, raw HTML it leaves out, and
``{{<`` in a text would be a shortcode. So fields have other names here, figures, breaks and frames are shortcodes of
this folder, and nothing else in a text may be one.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.export.folder import files_below, put, renewing, sweep
from scraper.export.plain import FIGURE, VIDEO
from scraper.export.web.places import is_day
from scraper.markdown.front_matter import DocumentHandler
from scraper.paths import document_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.markdown.document import Document
    from scraper.markdown.front_matter import FrontMatter

_FIGURE = re.compile(f"^{FIGURE}$", re.MULTILINE)
_VIDEO = re.compile(f"^{VIDEO}$", re.MULTILINE)
_KEPT = re.compile("\ue000([0-9]+)\ue001")
_SHORTCODE = re.compile(r"\{\{(?=[<%])")
_TAG = re.compile(r"(?<!\\)<(?=[a-zA-Z/!?])")
_STAMP = re.compile(r"[0-9-]{10} (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")

MARK = "hkcnews.json"
"""Says that the folder was made here."""
_DOCUMENT = re.compile(r"content/article/[0-9]+-[0-9]+/article_[0-9]+\.md")
_TEMPLATES = Path(__file__).parent / "hugo_folder"
"""What the folder holds beside the articles, in the same places."""


def write_hugo(articles: Iterable[tuple[int, Document]], folder: Path) -> int:
    """Fill a folder, or renew one that was made here; return how many articles there were.

    Articles that are the same are not touched, those that are no more go. What a person makes of the settings and
    templates stays. The same articles give the same bytes.

    Raises:
        LockHeld: another process fills it.
        StoreError: it holds something else, or cannot be written.
        TargetError: it is an output folder's own.
    """
    made = set()
    with renewing(folder, MARK, b"{}\n"):
        for path in filter(Path.is_file, sorted(_TEMPLATES.rglob("*"))):
            place = folder / path.relative_to(_TEMPLATES)
            if path.parent.name == "shortcodes" or not place.exists():
                put(place, path.read_bytes())
        for article, document in articles:
            name = document_path(article).replace("articles/", "content/article/", 1)
            put(folder / name, page_of(article, document).encode("utf-8", "replace"))
            made.add(name)
        sweep(folder, filter(_DOCUMENT.fullmatch, files_below(folder, "content/article")), made)
    return len(made)


def page_of(article: int, document: Document) -> str:
    """Return an article as Hugo reads it."""
    head = DocumentHandler().export(dict(_fields(article, document.front_matter)))
    return f"---\n{head}\n---\n\n{content(document.body)}\n"


def _fields(article: int, head: FrontMatter) -> Iterator[tuple[str, object]]:
    yield "title", head.title
    yield "url", f"/article/{article}/"
    if is_day(head.date):
        yield "date", head.date
    if head.last_updated and _STAMP.fullmatch(head.last_updated) and is_day(head.last_updated[:10]):
        yield "lastmod", head.last_updated.replace(" ", "T") + "+08:00"
    for name, values in (("authors", [head.author]), ("categories", [head.category]), ("tags", head.tags)):
        if shown := [value for value in values if any(map(str.isalnum, value))]:  # or Hugo has no path for its page
            yield name, shown
    yield "archive_url", head.url
    yield "original_url", head.original_url


def content(markdown: str) -> str:
    """Return a document's Markdown with our shortcodes in the place of raw HTML, and no others."""
    kept: list[str] = []

    def keep(shortcode: str) -> str:
        kept.append(shortcode)
        return f"\ue000{len(kept) - 1}\ue001"

    def figure(match: re.Match[str]) -> str:
        source = "" if match["src"] is None else f' src="{_value(match["src"])}" alt="{_value(match["alt"])}"'
        return keep(f"{{{{< picture{source} >}}}}{_value(match['caption'] or '')}{{{{< /picture >}}}}")

    text = _KEPT.sub(r"\1", markdown)
    text = _FIGURE.sub(figure, text)
    text = _VIDEO.sub(lambda match: keep(f'{{{{< video src="{_value(match["src"])}" >}}}}'), text)
    text = text.replace("<br>", keep("{{< br >}}"))
    text = _TAG.sub("&lt;", _SHORTCODE.sub("{&#123;", text))
    return _KEPT.sub(lambda match: kept[int(match[1])], text)


def _value(text: str) -> str:
    """Return text, escaped for HTML in any case, as it may stand in a shortcode and between two."""
    escaped = html.escape(html.unescape(text))
    return escaped.replace("\\", "&#92;").replace("{", "&#123;").replace("`", "&#96;")
