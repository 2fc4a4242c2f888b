"""Services that end their lists early and know no way on: whatever they do then, no list of theirs is complete."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from scraper.errors import ArchiveRefused, ListingFailed
from scraper.models import Capture
from tests.archive.conftest import Reply, Request
from tests.archive.test_cdx import ROWS, as_json, as_pywb, as_text, key_behind, listed, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scraper.archive.client import Archive
    from tests.archive.conftest import Server

TO_A_KEY: dict[str, Callable[[Callable[[], Reply]], Reply]] = {
    "400": lambda first: Reply(400, body=b"bad resumeKey"),
    "404": lambda first: Reply(404, body=b"no such page"),
    "500": lambda first: Reply(500, body=b"Internal Server Error"),
    "503": lambda first: Reply(503, body=b"Service Unavailable"),
    "reset": lambda first: Reply(raw=b""),
    "nothing at all": lambda first: Reply(body=b""),
    "a page": lambda first: Reply(body=b"<html>Wayback Machine</html>"),
    "the same again": lambda first: first(),
    "half of the same": lambda first: Reply(body=first().body[:-40], length=9999),
}
FORMS: dict[str, Callable[[Sequence[Capture], str | None], bytes]] = {
    "json": as_json,
    "text": as_text,
    "pywb": lambda rows, _: as_pywb(rows),
}


def cap(rows: Sequence[Capture], request: Request, most: int | None, *, limits: bool) -> list[Capture]:
    """The first rows only, half of what is asked for where `most` is None; never more than `limit` if that is known."""
    asked = int(request.query.get("limit", "999")) if limits else 999
    chosen = within(request, rows)
    return chosen[: min(asked, max(1, len(chosen) // 2) if most is None else most)]


# Two kinds cannot be told from a whole list, and are no cases: an empty body is how a service without JSON says that
# there is no more; and one that knows no keys may leave out the same share of whatever it is asked for.
# Three caps, with and without `limit`, run every line and end in every way that all ten pairs did.
@pytest.mark.parametrize(
    ("form", "to_a_key", "end", "most", "limits"),
    [
        (form, to_a_key, end, most, limits)
        for form, to_a_key, end, (most, limits) in itertools.product(
            FORMS, TO_A_KEY, ("closed", "with a key", "cut"), ((1, True), (7, False), (None, True))
        )
        if (form == "json" or to_a_key != "nothing at all") and (most is not None or to_a_key != "the same again")
    ],
)
def test_a_list_that_always_ends_early_is_never_complete(
    server: Server, archive: Archive, form: str, to_a_key: str, end: str, most: int | None, *, limits: bool
) -> None:
    """Ended as if whole, with a key, or in the middle of a row; then each thing that services were seen to do."""

    def answer(request: Request) -> Reply:
        def first() -> Reply:
            rows = cap(ROWS, request, most, limits=limits)
            body = FORMS[form](rows, key_behind(rows[-1]) if end == "with a key" and rows else None)
            return Reply(body=body, length=len(body) + 500 if end == "cut" else -1)

        return TO_A_KEY[to_a_key](first) if "resumeKey" in request.query else first()

    server.answer = answer
    try:
        pages = listed(archive)
    except (ListingFailed, ArchiveRefused):
        return
    assert not pages[-1].complete


def test_a_service_that_gives_the_same_whatever_is_asked_proves_nothing(server: Server, archive: Archive) -> None:
    """It knows neither keys nor times, so that its end may be anywhere."""
    server.answer = lambda request: Reply(body=as_json(ROWS))
    with pytest.raises(ListingFailed, match="nothing proves"):
        listed(archive)


def test_a_list_of_one_moment_is_proved_by_what_is_not_around_it(server: Server, archive: Archive) -> None:
    """All rows of one second: nothing before, nothing behind."""
    rows = [row._replace(timestamp="20200101000000") for row in ROWS]
    server.answer = lambda request: Reply(body=as_json(within(request, rows)))
    assert listed(archive)[-1].complete
