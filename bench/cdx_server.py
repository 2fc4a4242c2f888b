"""A CDX service on loopback with as many rows as asked for, ready made, so that what is measured is the reader.

Answers pages of 10,000 rows from memory whatever limit was asked for, with resume keys, and ``[]`` behind the last row.
"""

from __future__ import annotations

import bisect
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote_plus, unquote_plus, urlsplit

ROWS_A_PAGE = 10_000
HEADER = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]


def row(number: int) -> list[str]:
    """Return one row; 20 captures of each article, in the order of the service."""
    article, capture = 10_000 + number // 20, number % 20
    slug = "%e7%a4%be%e5%8d%80-%e7%94%9f%e6%b4%bb" * 3
    timestamp = f"2019{1 + capture // 10:02d}{1 + capture % 10:02d}120000"
    digest = f"{number:032X}".translate(str.maketrans("0189", "GHIJ"))
    return [
        f"com,hkcnews)/article/{article}/{slug}",
        timestamp,
        f"https://www.hkcnews.com/article/{article}/{slug.upper()}",
        "text/html",
        "200",
        digest,
        "12345",
    ]


def key(one: list[str]) -> str:
    """Return where a row stands in the index."""
    return f"{one[0]} {one[1]}"


def behind(one: list[str]) -> str:
    """Return the archive's own key for what is behind a row: the last character one up."""
    text = key(one)
    return text[:-1] + chr(ord(text[-1]) + 1)


class Pages:
    """The listing, cut into pages."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.first: list[str] = []
        self.body: list[bytes] = []
        for start in range(0, count, ROWS_A_PAGE):
            self.first.append(key(row(start)))
            self.body.append(self._page(start, start))
        self.last = key(row(count - 1)) if count else ""

    def _page(self, start: int, begin: int) -> bytes:
        """Return what stands from row `begin` on of the page that starts with row `start`."""
        rows = [row(number) for number in range(begin, min(start + ROWS_A_PAGE, self._count))]
        tail = []
        if start + ROWS_A_PAGE < self._count:
            tail = [[], [quote_plus(behind(row(start + ROWS_A_PAGE - 1)))]]
        lines = ",\n".join(json.dumps(one) for one in [HEADER, *rows, *tail])
        return f"[{lines}]\n".encode()

    def at(self, resume_key: str | None) -> bytes:
        """Return the page that begins at a key."""
        if not self.body:
            return b"[]\n"
        if resume_key is None:
            return self.body[0]
        if resume_key > self.last:
            return b"[]\n"
        page = max(0, bisect.bisect_right(self.first, resume_key) - 1)
        start = page * ROWS_A_PAGE
        here = range(start, min(start + ROWS_A_PAGE, self._count))
        if resume_key > key(row(here[-1])):
            return self.body[page + 1]
        before = sum(key(row(number)) < resume_key for number in here) if resume_key > self.first[page] else 0
        return self._page(start, start + before) if before else self.body[page]


def main() -> None:
    """Serve until standard input is closed; prints the port."""
    pages = Pages(int(sys.argv[1]))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            resume = query.get("resumeKey")
            body = b"[]\n" if query.get("from") else pages.at(unquote_plus(resume[0]) if resume else None)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    import threading

    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
