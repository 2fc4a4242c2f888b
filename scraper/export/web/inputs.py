"""What the site is made from, besides the documents: the manifest and the list of pictures of an output folder."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.errors import StoreError
from scraper.ledger.evidence import Tried, Witness
from scraper.models import State, Verdict
from scraper.paths import IMAGES_LIST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class Entry(NamedTuple):
    """What the manifest says of one id; empty text where it says nothing."""

    id: int
    state: str
    reason: str
    timestamp: str
    original: str
    digest: str
    digest_check: str
    file: str
    file_sha256: str
    tried: tuple[Tried, ...]
    known_from: Witness | None


class Picture(NamedTuple):
    """A kept picture: its file below the output folder, and its size in pixels."""

    file: str
    width: int
    height: int


class Inputs(NamedTuple):
    """Everything the output folder says besides the documents.

    Attributes:
        entries: by id, ascending.
        pictures: article id to the kept pictures that its document names, by their address.
    """

    entries: list[Entry]
    pictures: dict[int, dict[str, Picture]]

    @property
    def written(self) -> list[Entry]:
        """The articles that have a document."""
        return [entry for entry in self.entries if entry.state == State.WRITTEN and entry.file]

    @property
    def sha256(self) -> str:
        """A digest of all of it."""
        return hashlib.sha256(repr(self).encode("utf-8", "backslashreplace")).hexdigest()


def read(output: Path, manifest: Iterable[Mapping[str, Any]]) -> Inputs:
    """Return what the manifest's objects and the list of pictures say.

    Raises:
        StoreError: one of them cannot be understood.
    """
    try:
        entries = sorted(map(_entry, manifest))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"{output}: the manifest is of another form ({error}). `hkcnews rebuild` makes it again."
        ) from error
    if not entries:
        raise StoreError(
            f"{output}: has no manifest, so it is not known what is there. Name the folder of a run with --output."
        )
    return Inputs(entries, _pictures(output / IMAGES_LIST))


def _pictures(path: Path) -> dict[int, dict[str, Picture]]:
    found: dict[int, dict[str, Picture]] = {}
    if not path.exists():
        return found
    try:
        with path.open("rb") as file:
            for one in map(json.loads, file):
                if one["state"] == "kept":
                    picture = Picture(str(one["file"]), int(one.get("width") or 0), int(one.get("height") or 0))
                    for number in one["articles"]:
                        found.setdefault(number, {})[one["address"]] = picture
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read ({error}). `hkcnews images --offline` makes it again.") from error
    return found


def _entry(one: Mapping[str, Any]) -> Entry:
    capture = one.get("capture") or {}
    named = _texts(capture, "timestamp", "original", "digest", "digest_check")
    tried = [Tried(**_texts(row, *Tried._fields)) for row in one.get("tried") or ()]
    verdict = Verdict.ARTICLE if one["state"] == State.WRITTEN else str(one["state"])
    own = Tried(named["timestamp"], named["original"], verdict)
    if one.get("page_sha256") and not any(row[:2] == own[:2] for row in tried):  # the manifest may not say it twice
        tried = sorted([*tried, own])
    known = one.get("known_from")
    return Entry(
        id=int(one["id"]),
        **_texts(one, "state", "reason", "file", "file_sha256"),
        **named,
        tried=tuple(tried),
        known_from=Witness(**_texts(known, *Witness._fields)) if known else None,
    )


def _texts(one: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: str(one.get(name) or "") for name in names}
