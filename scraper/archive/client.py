"""The archive as the stages see it: its two services, over one transport and one budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scraper.archive.cdx import CdxClient
from scraper.archive.replay import ReplayClient
from scraper.archive.transport import Transport

if TYPE_CHECKING:
    import threading

    from scraper.archive.ratelimit.limiter import RateLimiter
    from scraper.config import Config
    from scraper.times import Clock


class Archive:
    """Holds the connections. Thread-safe; a context manager that closes them. Once `stop` is set no request waits."""

    def __init__(self, config: Config, limiter: RateLimiter, clock: Clock, stop: threading.Event) -> None:
        self.limiter = limiter
        self._transport = Transport(config, limiter, clock, stop)
        self.cdx = CdxClient(config, self._transport)
        self.replay = ReplayClient(config, self._transport)

    def expect(self, timestamp: str, original: str) -> None:
        """Name a capture that came in an earlier run: it is the canary until one has come in this run."""
        self._transport.canary = self.replay.address(timestamp, original)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
