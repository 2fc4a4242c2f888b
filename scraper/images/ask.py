"""Asking the archive for one picture, and whether what it gives is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scraper.images.examine import NotAPicture, Picture, examine
from scraper.models import Capture, Memento
from scraper.times import is_timestamp, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.images.next_step import Ask


class Answer(NamedTuple):
    """A memento, and the picture it is or why it is none."""

    memento: Memento
    picture: Picture | None
    reason: str


class Service(NamedTuple):
    """The archive, as far as pictures need it; called in threads, raises as `replay` and `cdx` do.

    `fetch` gets the capture nearest to the moment of this one, `captures` lists those of a URL.
    """

    fetch: Callable[[Capture], Memento]
    captures: Callable[[str], list[Capture]]


def put_question(service: Service, ask: Ask, timestamp: str) -> Memento | list[str]:
    """Put a question; in a thread. A list is answered with the moments of what may be pictures, nearest first."""
    if ask.timestamp:
        return service.fetch(Capture(ask.original, ask.timestamp, ask.original, "", "", "", ""))
    wanted = parse_timestamp(timestamp)
    moments = {
        one.timestamp
        for one in service.captures(ask.original)
        if is_timestamp(one.timestamp)
        and one.statuscode in ("200", "-")
        and (one.mimetype.startswith("image/") or one.mimetype == "warc/revisit")
    }
    return sorted(moments, key=lambda moment: abs(parse_timestamp(moment) - wanted))


def examined(memento: Memento) -> Answer:
    """Return a memento with the picture that it is, or why it is none.

    For one thread: of a large picture each thread that decodes one keeps the memory.
    """
    if memento.status != 200:
        return Answer(memento, None, "")
    try:
        return Answer(memento, examine(memento.body), "")
    except NotAPicture as error:
        return Answer(memento, None, str(error))
