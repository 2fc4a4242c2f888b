"""What is fuzzed: what reads bytes that others made. Each takes bytes, and raises only if a promise is broken."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

from scraper.archive.cdx_rows import NotAListing, OtherNames, RowReader
from scraper.markdown.document import parse_document, render_document
from scraper.models import Memento, Page, Verdict
from scraper.sites import get_site
from scraper.store.archives import read_archives
from tests.server.captures import Saved
from tests.server.make import article_page, article_url, write_warc

ROOT = Path(__file__).parents[2]
URL, TIME = "https://www.hkcnews.com/article/201/x", "20210304050607"
_LIMIT = 1 << 22
"""Bytes of a body: what is longer is bounded before it is read, which is another test's promise."""
_CDX = (
    '[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],\n'
    '["com,hkcnews)/article/201","20210304050607","https://www.hkcnews.com/article/201","text/html","200","A","9"],\n'
    '["com,hkcnews)/article/202","20210304050608","http://hkcnews.com:80/article/202","warc/revisit","-","B","-"],\n'
    '[],\n["com%2Chkcnews%29%2Farticle%2F203+20210304050609"]]\n'
)


def page(data: bytes) -> None:
    """A page is judged whatever it is; an article is a document that can be read back, without NUL or CR in it."""
    site = get_site("hkcnews")
    reading = site.read(Page(original=URL, timestamp=TIME, status=200, content_type="text/html", body=data))
    assert (reading.article is not None) == (reading.verdict is Verdict.ARTICLE)
    if reading.article is None:
        return
    document = render_document(reading.article, original_url=URL, timestamp=TIME)
    head = parse_document(document).front_matter
    assert (head.title, head.author) == (reading.article.title, reading.article.author)
    assert not set(document) & {"\0", "\r"}


def warc(data: bytes) -> None:
    """Whatever a file holds, what can be read comes, the rest is named, and it ends."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.warc", "b.warc.gz"):
            path = Path(folder) / name
            path.write_bytes(data if name == "a.warc" else gzip.compress(data, 1))
            for outcome in read_archives([path], max_body=_LIMIT):
                if isinstance(outcome, Memento):
                    assert len(outcome.body) <= _LIMIT


def cdx(data: bytes) -> None:
    """An answer is rows or a refusal, however it is cut into pieces."""
    text = data.decode("utf-8", "replace")
    found = []
    for size in (len(text) or 1, 7):
        reader = RowReader()
        try:
            for start in range(0, len(text), size):
                reader.feed(text[start : start + size])
            reader.finish()
            found.append(len(reader.captures))
        except (NotAListing, OtherNames):
            found.append(-1)
    assert found[0] == found[1], f"rows depend on how the answer is cut: {found}"


def seeds() -> dict[str, list[bytes]]:
    """What mutations start from, by reader."""
    pages = [path.read_bytes() for path in sorted((ROOT / "fixtures").glob("*/*.html"))]
    with tempfile.TemporaryDirectory() as folder:
        saved = [Saved(article_url(one), TIME, article_page(one)) for one in (201, 202)]
        packed = write_warc(Path(folder) / "a.warc.gz", saved).read_bytes()
    return {
        "page": pages,
        "warc": [gzip.decompress(packed)],
        "cdx": [_CDX.encode(), b"com,x)/ 20210304050607 http://x/ text/html 200 A 9\n"],
    }


READERS = {"page": page, "warc": warc, "cdx": cdx}
