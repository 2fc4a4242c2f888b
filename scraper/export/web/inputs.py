"""What the site is made from, besides the documents: the manifest and the list of pictures of an output folder."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from scraper.errors import StoreError
from scraper.models import State
from scraper.paths import IMAGES_LIST, MANIFEST_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Tried(NamedTuple):
    """A capture that was asked for or judged, and what it was."""

    timestamp: str
    original: str
    verdict: str


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
        sha256: of the files these came from.
    """

    entries: list[Entry]
    pictures: dict[int, dict[str, Picture]]
    sha256: str

    @property
    def written(self) -> list[Entry]:
        """The articles that have a document."""
        return [entry for entry in self.entries if entry.state == State.WRITTEN and entry.file]


def read(output: Path) -> Inputs:
    """Read manifest and list of pictures.

    Raises:
        StoreError: there is no manifest, or a line of it cannot be understood.
    """
    digest = hashlib.sha256()
    entries = [_entry(one) for one in _objects(_manifests(output), digest)]
    pictures: dict[int, dict[str, Picture]] = {}
    images = output / IMAGES_LIST
    for one in _objects([images] if images.exists() else [], digest):
        if one.get("state") != "kept" or not one.get("file"):
            continue
        picture = Picture(str(one["file"]), int(one.get("width") or 0), int(one.get("height") or 0))
        for number in one.get("articles", ()):
            pictures.setdefault(number, {})[one["address"]] = picture
    return Inputs(sorted(entries), pictures, digest.hexdigest())


def _manifests(output: Path) -> list[Path]:
    """Return the manifest's files: one, or one for each folder of documents."""
    whole = output / MANIFEST_FILE
    parts = sorted((output / "manifest").glob("*.jsonl"))
    if parts or whole.exists():
        return parts or [whole]
    raise StoreError(
        f"{whole}: no such file, so it is not known what is written there. Name the folder of a run with --output; "
        "`hkcnews rebuild` makes the manifest again."
    )


def _objects(paths: list[Path], digest: hashlib._Hash) -> Iterator[dict[str, Any]]:
    for path in paths:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                digest.update(line)
                try:
                    value = json.loads(line)
                    _ = value["articles" if path.name == IMAGES_LIST else "id"]
                except (ValueError, KeyError, TypeError) as error:
                    raise StoreError(
                        f"{path}, line {number}: cannot be read ({error}). `hkcnews rebuild` makes the manifest again, "
                        "`hkcnews images --offline` the list of pictures."
                    ) from error
                yield value


def _entry(one: dict[str, Any]) -> Entry:
    capture = one.get("capture") or {}
    return Entry(
        id=int(one["id"]),
        **_texts(one, "state", "reason", "file", "file_sha256"),
        **_texts(capture, "timestamp", "original", "digest", "digest_check"),
        tried=tuple(Tried(**_texts(row, *Tried._fields)) for row in one.get("tried") or ()),
    )


def _texts(one: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: str(one.get(name) or "") for name in names}
