"""Articles as the content of a Hugo site, with the few templates that they need. The documents stay as they are.

Hugo takes some of what documents hold for its own: ``url`` is its key for a page's place, raw HTML it leaves out, and
``{{<`` in a text would be a shortcode. So fields have other names here, figures, breaks and frames are shortcodes of
this folder, and nothing else in a text may be one.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from scraper.export.folder import files_below, put, renewing, sweep
from scraper.export.plain import FIGURE, VIDEO
from scraper.export.web.places import is_day
from scraper.markdown.front_matter import DocumentHandler
from scraper.paths import document_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

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
_FILES = {
    "hugo.toml": """baseURL = "https://example.org/"
title = "眾新聞 Citizen News"
enableRobotsTXT = false
[taxonomies]
tag = "tags"
category = "categories"
author = "authors"
""",
    "layouts/_default/baseof.html": """<!doctype html>
<html lang="zh-HK">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }}</title></head>
<body>{{ block "main" . }}{{ end }}</body>
</html>
""",
    "layouts/_default/single.html": """{{ define "main" }}<article>
<h1>{{ .Title }}</h1>
<p>{{ range .Params.authors }}{{ . }} {{ end }}{{ if not .Date.IsZero }}{{ .Date.Format "2006-01-02" }}{{ end }}</p>
{{ .Content }}
{{ with .Params.archive_url }}<p><a href="{{ . }}">Wayback Machine</a></p>{{ end }}
</article>{{ end }}
""",
    "layouts/_default/list.html": """{{ define "main" }}<h1>{{ .Title }}</h1>
<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
""",
    "layouts/shortcodes/picture.html": (
        '<figure>{{ with .Get "src" }}<img src="{{ htmlUnescape . }}" alt="{{ htmlUnescape ($.Get "alt") }}">{{ end }}'
        "{{ with .Inner }}<figcaption>{{ htmlUnescape . }}</figcaption>{{ end }}</figure>\n"
    ),
    "layouts/shortcodes/video.html": (
        '{{ $src := htmlUnescape (.Get "src") }}<p><a href="{{ $src }}">{{ $src }}</a></p>\n'
    ),
    "layouts/shortcodes/br.html": "<br>",
}


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
        for name, text in _FILES.items():
            if name.startswith("layouts/shortcodes/") or not (folder / name).exists():
                put(folder / name, text.encode())
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
        if shown := [value for value in values if _has_a_path(value)]:
            yield name, shown
    yield "archive_url", head.url
    yield "original_url", head.original_url


def _has_a_path(name: str) -> bool:
    """Say whether Hugo can make a page for a name: without a letter or digit in it there is no path."""
    return any(char.isalnum() for char in name)


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
