"""A page as view mode shows it: links rewritten, scripts in the head, toolbar, comments at the end.

What is rewritten how was taken from recorded answers (the same capture raw and rewritten): bytes keep their charset;
comments, scripts and ``data-*`` attributes stand; a bare host gets its slash; ``../x`` is resolved, ``x`` stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from datetime import datetime

_MARKUP = re.compile(
    rb"<!--.*?-->|<(?P<raw>script|style|textarea)\b(?P<head>[^>]*)>(?P<text>.*?)</(?P=raw)\s*>"
    rb"|<(?P<tag>[a-zA-Z][a-zA-Z0-9]*)\b(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^'\">])*)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    rb"(?P<before>(?<![\w-])(?P<name>href|src|srcset|action|poster|background|content|style)\s*=\s*)"
    rb"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'>]+))",
    re.IGNORECASE,
)
_CSS_URL = re.compile(rb"(url\(\s*['\"]?)([^'\")]+)")
_MODIFIERS = {b"img": "im_", b"source": "im_", b"picture": "im_", b"script": "js_", b"iframe": "if_", b"frame": "if_"}
_STAND = ("javascript:", "tel:", "data:", "#", "about:")


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Rewrites one page.

    Attributes:
        base: ``https://web.archive.org`` or the test archive's own address.
        timestamp: of the capture.
        original: its URL.
        frame_modifier: ``if_``, or empty as older replays had it.
    """

    base: str
    timestamp: str
    original: str
    frame_modifier: str = "if_"

    def link(self, value: str, modifier: str = "") -> str:
        """Return one link as it stands in the rewritten page."""
        text = value.strip()
        stamp = f"/web/{self.timestamp}{modifier}/"
        if not text or text.lower().startswith(_STAND) or re.match(r"https?://web\.archive\.org/_static", text):
            return value
        if text.startswith("//"):
            return f"//{urlsplit(self.base).netloc}{stamp}https:{_slashed(text)}"
        if text.startswith("/") or ("../" in text and "://" not in text):
            parts = urlsplit(self.original)
            host = f"https://{parts.hostname}"
            return stamp + urljoin(f"{host}{parts.path or '/'}", text)
        if re.match(r"mailto:|[a-zA-Z][a-zA-Z0-9+.-]*://", text):
            return f"{self.base}{stamp}{_slashed(text)}"
        return value

    def page(self, body: bytes) -> bytes:
        """Return the page with all its links rewritten."""
        return _MARKUP.sub(self._element, body)

    def _element(self, match: re.Match[bytes]) -> bytes:
        whole = match.group(0)
        if match["raw"]:
            head = match["head"]
            new_head = self._attributes(match["raw"].lower(), head)
            text = self._css(match["text"]) if match["raw"].lower() == b"style" else match["text"]
            end = whole[whole.rindex(b"</") :]
            return b"<" + match["raw"] + new_head + b">" + text + end
        if match["tag"]:
            return b"<" + match["tag"] + self._attributes(match["tag"].lower(), match["attributes"]) + b">"
        return whole

    def _attributes(self, tag: bytes, attributes: bytes) -> bytes:
        return _ATTRIBUTE.sub(lambda match: self._attribute(tag, attributes, match), attributes)

    def _attribute(self, tag: bytes, attributes: bytes, match: re.Match[bytes]) -> bytes:
        name = match["name"].lower()
        value = next(match[group] for group in ("double", "single", "bare") if match[group] is not None)
        modifier = _MODIFIERS.get(tag, "")
        if tag in (b"iframe", b"frame"):
            modifier = self.frame_modifier
        if tag == b"link":
            modifier = "cs_" if b"stylesheet" in attributes else "im_" if b"icon" in attributes else ""
        if name == b"style":
            new = self._css(value)
        elif name == b"srcset":
            new = b", ".join(self._candidate(part) for part in value.split(b","))
        elif name == b"content":
            if tag != b"meta" or not re.match(rb"https?://", value):
                return match.group(0)
            new = self._encoded(value, "im_" if b"image" in attributes else "")
        else:
            new = self._encoded(value, "im_" if name in (b"poster", b"background") else modifier)
        quote = b"'" if b'"' in new else b'"'  # the archive writes rewritten values in double quotes
        return match["before"] + quote + new + quote

    def _candidate(self, part: bytes) -> bytes:
        url, space, size = part.strip().partition(b" ")
        return self._encoded(url, "im_") + space + size

    def _css(self, text: bytes) -> bytes:
        return _CSS_URL.sub(lambda match: match[1] + self._encoded(match[2], "im_"), text)

    def _encoded(self, value: bytes, modifier: str) -> bytes:
        return self.link(value.decode("latin-1"), modifier).encode("latin-1")


def _slashed(url: str) -> str:
    """Return a URL that is nothing but a host with the slash that the archive gives it."""
    return re.sub(r"\A([a-zA-Z]+:)?(//[^/?#]+)\Z", r"\1\2/", url)


def view(body: bytes, rewriter: Rewriter, moment: datetime, *, toolbar: bool) -> bytes:
    """Return the page with the archive's own parts around and in it."""
    page = rewriter.page(body)
    stamp, original = rewriter.timestamp, rewriter.original
    head = f"""<script src="//archive.org/includes/athena.js" type="text/javascript"></script>
<script type="text/javascript" src="/_static/js/bundle-playback.js?v=t3stArch" charset="utf-8"></script>
<script type="text/javascript" src="/_static/js/wombat.js?v=t3stArch" charset="utf-8"></script>
<script type="text/javascript">
  __wm.init("{rewriter.base}/web");
  __wm.wombat("{original}","{stamp}","{rewriter.base}/","web","/_static/",
          "{int(moment.timestamp())}");
</script>
<link rel="stylesheet" type="text/css" href="/_static/css/banner-styles.css?v=t3stArch" />
<link rel="stylesheet" type="text/css" href="/_static/css/iconochive.css?v=t3stArch" />
<!-- End Wayback Rewrite JS Include -->
""".encode()
    page = _insert(page, rb"<head\b[^>]*>", head) or _insert(page, rb"<html\b[^>]*>", head) or head + page
    if toolbar:
        bar = f"""<!-- BEGIN WAYBACK TOOLBAR INSERT -->
<script>__wm.rw(0);</script>
<div id="wm-ipp-base" lang="en" style="display:none;direction:ltr;" toolbar-mode="auto">
<div id="wm-ipp" style="position:fixed;left:0;top:0;right:0;"><div id="wm-ipp-inside">
<form target="_top" method="get" action="/web/submit" name="wmtb" id="wmtb">
<input type="text" name="url" id="wmtbURL" value="{original}"/></form>
<a class="nm" href="/web/{stamp}*/{original}">captures</a>
</div></div></div><div id="wm-ipp-print">The archive's copy</div>
<script type="text/javascript">
__wm.bt(700,27,25,2,"web","{original}","{stamp}",1996,"/_static/",[],false);
__wm.rw(1);
</script>
<!-- END WAYBACK TOOLBAR INSERT -->""".encode()
        page = _insert(page, rb"<body\b[^>]*>", bar) or page
    shown = moment.strftime("%H:%M:%S %b %d, %Y")
    return (
        page
        + f"""<!--
     FILE ARCHIVED ON {shown} AND RETRIEVED FROM THE
     INTERNET ARCHIVE ON 12:00:00 Nov 01, 2026.
     SCRIPTS ADDED BY THE TEST ARCHIVE.
-->
<!--
playback timings (ms):
  captures_list: 0.5
  load_resource: 12.5
-->""".encode()
    )


def _insert(page: bytes, pattern: bytes, addition: bytes) -> bytes | None:
    match = re.search(pattern, page, re.IGNORECASE)
    return page[: match.end()] + addition + page[match.end() :] if match else None
