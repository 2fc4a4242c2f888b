"""An archive on loopback whose answers take their time, and which writes down when each request came.

One thread, no locks: what is measured is the client. So it also writes down how long it stood still itself at most, for
then requests that came one after the other are seen at once. All times are the client's seconds (real ones times a
factor).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from email.utils import format_datetime
from urllib.parse import unquote

from scraper.times import parse_timestamp
from tests.server.make import article_page, article_url

STAMP = "20210629000248"
FIRST = 1000
_TICK = 0.005
"""Real seconds between two looks at the clock, which tell whether the service stood still."""


def listing(count: int) -> bytes:
    """Return the one page of the list of captures."""
    rows = [["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]]
    rows += [
        [f"com,hkcnews)/article/{article}", STAMP, article_url(article), "text/html", "200", "-", "900"]
        for article in range(FIRST, FIRST + count)
    ]
    return json.dumps(rows).encode()


class Service:
    """Answers after `latency` seconds, all between its two equally likely, and remembers when it was asked."""

    def __init__(self, count: int, factor: float, latency: tuple[float, float]) -> None:
        self.opened = self.open = self.most_open = 0
        self._latency = latency
        self.arrivals: list[float] = []
        self.stall = 0.0
        self._listing = listing(count)
        self._listed = False
        self._page = article_page(FIRST, plea=True)  # a short one: this is about waiting, not about parsing
        self._factor = factor
        self._random = random.Random(count)
        self._moment = format_datetime(parse_timestamp(STAMP), usegmt=True)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        self.opened += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = unquote(head.split(b" ", 2)[1].decode())
                writer.write(await self._answer(path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def watch(self) -> None:
        """Measure how long this process stands still, until it is cancelled."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(_TICK)
            self.stall = max(self.stall, (time.monotonic() - before - _TICK) * self._factor)

    async def _answer(self, path: str) -> bytes:
        if path.startswith("/cdx/"):
            body = b"[]\n" if self._listed else self._listing
            self._listed = True
            return self._response(body, ["Content-Type: application/json"])
        self.arrivals.append(time.monotonic() * self._factor)
        await asyncio.sleep(self._random.uniform(*self._latency) / self._factor)
        original = path.split("id_/", 1)[1]
        article = original.split("/article/", 1)[1].split("/")[0]
        headers = [
            "Content-Type: text/html; charset=UTF-8",
            f"Memento-Datetime: {self._moment}",
            f'Link: <{original}>; rel="original"',
        ]
        return self._response(self._page + f"<!-- {article} -->".encode(), headers)

    @staticmethod
    def _response(body: bytes, headers: list[str]) -> bytes:
        lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
        return "\r\n".join(lines).encode() + body


async def serve(count: int, factor: float, latency: tuple[float, float]) -> None:
    """Serve until standard input is closed; prints the port first, and last the times of requests and its stall."""
    service = Service(count, factor, latency)
    server = await asyncio.start_server(service.talk, "127.0.0.1", 0, limit=1 << 16, backlog=200)
    watch = asyncio.create_task(service.watch())
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    watch.cancel()
    print(
        json.dumps(
            {"arrivals": service.arrivals, "stall": service.stall, "connections": [service.opened, service.most_open]}
        ),
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), (float(sys.argv[3]), float(sys.argv[4]))))
