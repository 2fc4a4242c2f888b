"""Output folders with invented articles, for the site: documents, manifest, kept pictures."""

from __future__ import annotations

import hashlib
import io
import json
import random
from codecs import BOM_UTF16_LE
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from PIL import Image

from scraper.export.web.build import Built, Wanted, build
from scraper.export.web.inputs import read
from scraper.ledger.evidence import Tried
from scraper.markdown.document import render_document
from scraper.models import Article, AuthorBox
from scraper.paths import IDS_PER_FOLDER, IMAGES_LIST, MANIFEST_FOLDER, document_path, shard_path
from scraper.sites import get_site

STAMP = "20200102030405"
PICTURE = f"https://web.archive.org/web/{STAMP}im_/https://www.hkcnews.com/街市_large.jpg"
MISSING = f"https://web.archive.org/web/{STAMP}im_/https://www.hkcnews.com/碼頭_large.jpg"
FIGURE = '<figure>\n<img src="{}" alt="{}">\n<figcaption>{}</figcaption>\n</figure>'
COLUMN = "\n\n".join(
    [
        FIGURE.format(PICTURE, "街市", "街市翻新後重開。資料圖片"),
        (
            f"渡輪公司宣布取消深夜班次，**街坊** 說不便，見 [前文](/web/{STAMP}/https://www.hkcnews.com/article/1001/x)"
            f" 與 [別處](https://web.archive.org/web/{STAMP}/https://example.org/臺灣?a=1) 。"
        ),
        "#### 臺灣的船",
        FIGURE.format(MISSING, "", "碼頭。&lt;b&gt;"),
        f'{{{{< video src="//web.archive.org/web/{STAMP}if_/https://www.youtube.com/embed/_x_y_" >}}}}',
        "| 航線 | 末班 <br> 時間 |\n| --- | --- |\n| 中環 | 23:30 |",
        "- 第一站\n\n- 第二站",
        "> 引言一句",
        "The EU stayed neutral; a 5G 網絡 in 2020.",
    ]
)
HOSTILE = """<script>window.ran = 1</script>

text <img src=x onerror='window.ran = 2'> <svg onload='window.ran = 3'></svg>

[a](javascript:window.ran=4) [b](data:text/html,<script>window.ran=5</script>) [c](vbscript:x)
[d](https://evil.example/%zz"onmouseover=window.ran=6) [e](//evil.example/x) [f](/x) [g](#x)

![x](https://evil.example/tracker.png) ![y](javascript:1)

<figure>
<img src="https://evil.example/a.png" alt="">
</figure>

<figure>
<img src="x" onerror="window.ran=7" alt="">
</figure>

<figure>
<img src="javascript:window.ran=8" alt="&quot; onerror=&quot;window.ran=9">
</figure>

<iframe src="https://evil.example/"></iframe>

<style>@import "https://evil.example/x.css"</style>

<link rel="stylesheet" href="https://evil.example/x.css">

<meta http-equiv="refresh" content="0;url=https://evil.example/">

{{< video src="javascript:window.ran=10" >}}

{{< video src="https://evil.example/&quot; onload=&quot;window.ran=11" >}}

| a |
| :-: |
| <script>window.ran=12</script> |

<base href='https://evil.example/'>

```html onload=window.ran=13
</script><script>window.ran = 14</script>
```"""
HOSTILE_TEXT = "</script></title></textarea>\"'><script>window.ran = 15</script><img src=https://evil.example/p.png>"


@dataclass(slots=True)
class Folder:
    """An output folder in the making."""

    path: Path
    lines: dict[int, dict[str, object]] = field(default_factory=dict)
    pictures: list[dict[str, object]] = field(default_factory=list)

    def article(self, number: int, content: str, **fields: object) -> None:
        """Write an article's document."""
        values: dict[str, object] = {
            "title": f"渡輪消息 {number}", "date": "2020-01-02", "author": "記者甲", "category": "眾聞",
            "tags": ("渡輪", "ferry"),
        }  # fmt: skip
        original = f"https://www.hkcnews.com/article/{number}/x"
        article = Article(content=content, **values | fields)  # type: ignore[arg-type]
        data = render_document(article, original_url=original, timestamp=STAMP).encode()
        self.file(number, data)

    def file(self, number: int, data: bytes) -> None:
        """Write a document as it is."""
        original = f"https://www.hkcnews.com/article/{number}/x"
        path = self.path / document_path(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.lines[number] = {
            "id": number, "state": "written", "reason": "first intact capture in order",
            "capture": {"timestamp": STAMP, "original": original, "urlkey": "", "digest": "A" * 32,
                        "digest_check": "match"},
            "file": document_path(number), "file_sha256": hashlib.sha256(data).hexdigest(),
            "tried": [{"timestamp": STAMP, "original": original, "verdict": "article"}],
        }  # fmt: skip

    def lost(
        self, number: int, state: str = "unrecoverable", reason: str = "every capture was read", tried: bool = True
    ) -> None:
        """Note an article that has no document."""
        row = {"timestamp": STAMP, "original": f"https://www.hkcnews.com/article/{number}", "verdict": "farewell"}
        self.lines[number] = {"id": number, "state": state, "reason": reason, "tried": [row] if tried else []}

    def picture(self, address: str, *articles: int) -> str:
        """Keep a picture that these articles name; return its file."""
        stream = io.BytesIO()
        Image.new("RGB", (600, 400), (90, 120, 140)).save(stream, "PNG")
        sha256 = hashlib.sha256(stream.getvalue()).hexdigest()
        file = f"images/{sha256[:2]}/{sha256}.png"
        (self.path / file).parent.mkdir(parents=True, exist_ok=True)
        (self.path / file).write_bytes(stream.getvalue())
        self.pictures.append(
            {"address": address, "state": "kept", "file": file, "width": 600, "height": 400, "articles": list(articles)}
        )
        return file

    def manifest(self) -> None:
        """Write manifest and list of pictures."""
        (self.path / MANIFEST_FOLDER).mkdir(parents=True, exist_ok=True)
        for folder, ids in groupby(sorted(self.lines), key=lambda number: (number - 1) // IDS_PER_FOLDER):
            lines = "".join(json.dumps(self.lines[number], ensure_ascii=False) + "\n" for number in ids)
            (self.path / shard_path(folder * IDS_PER_FOLDER + 1)).write_text(lines, encoding="utf-8")
        pictures = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in self.pictures)
        (self.path / IMAGES_LIST).write_text(pictures, encoding="utf-8")


def make(folder: Folder, target: Path, *, texts: dict[int, list[list[Tried]]] | None = None, **wanted: object) -> Built:
    """Make the site of a folder."""
    folder.manifest()
    options = Wanted(**wanted)  # type: ignore[arg-type]
    inputs = read(folder.path, folder.lines.values(), texts or {})
    site = get_site("hkcnews")
    return build(folder.path, target, site, options, inputs, lambda *_: None)


def searched_texts(site: Path) -> dict[int, str]:
    """Return all that is searched of each article, as the scripts of the search have it."""
    found = {}
    for path in (site / "search/text").rglob("*.js"):
        data = path.read_bytes()
        text = data.decode("utf-16" if data.startswith(BOM_UTF16_LE) else "utf-8")
        found[int(path.stem)] = "\n".join(json.loads(text[text.index(",") + 1 : -2]))
    return found


def every_kind(path: Path) -> Folder:
    """Return a folder whose site has every kind of page, and everything that an article may hold."""
    folder = Folder(path)
    for number in range(1001, 1131):
        day = f"2020-0{1 + number % 3}-{1 + number % 27:02}"
        folder.article(
            number,
            f"第 {number} 篇。街坊說，碼頭外的燈壞了三個月。\n\n居民等船。",
            date=day,
            author=f"記者{number % 3}",
        )
    folder.article(
        1200, COLUMN, title="臺灣渡輪停航　街坊改乘巴士", category="眾說", author="海旁散步",
        last_updated="2020-01-03 10:20:30", tags=("渡輪", "Ferry", "臺灣"),
        author_box=AuthorBox("博客", "海旁散步", PICTURE, "在碼頭旁長大。\n寫城中小事。"),
    )  # fmt: skip
    folder.article(1201, "The night ferry is no more. It's \"a long way round\", one said.",
                   title="Night ferries to stop", author="Harbour Walker", category="tri-angles",
                   tags=("ferry",))  # fmt: skip
    folder.article(1202, HOSTILE, title=HOSTILE_TEXT, author=HOSTILE_TEXT, category=HOSTILE_TEXT, tags=(HOSTILE_TEXT,),
                   date="2020-01-02")  # fmt: skip
    folder.article(1203, "沒有日期的一篇。", date="", tags=())
    folder.lost(1300)
    for number in range(1310, 1320):
        folder.lost(number, "never_captured", "complete listings say so", tried=False)
    folder.picture(PICTURE, 1200)
    return folder


_ALPHABET = "甲乙丙丁臺台学學里裏香港人大"
_LATIN = ("ferry", "Lam", "Islam", "EU", "neutral", "COVID-19", "5G", "don't", "Été")


def random_text(dice: random.Random, length: int) -> str:
    """Return text in which strings come again and again, with Latin words and punctuation between."""
    pieces = []
    for _ in range(length):
        kind = dice.random()
        if kind < 0.8:
            pieces.append("".join(dice.choices(_ALPHABET, k=dice.randint(1, 5))))
        elif kind < 0.9:
            pieces.append(dice.choice(("，", "。", " ", "「", "」", "\n\n")))
        else:
            pieces.append(dice.choice((" {} ", "{}", "（{}）")).format(dice.choice(_LATIN)))
    return "".join(pieces)
