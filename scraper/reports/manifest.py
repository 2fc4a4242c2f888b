"""The manifest: one JSON object per article id, made from the ledger, the same each time; a file a folder of documents.

Every reader goes through `read_manifest`, every writer through `write_manifest`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scraper.errors import StoreError
from scraper.files import json_line, open_file, unwritable
from scraper.models import DigestCheck, State, Verdict
from scraper.paths import IDS_PER_FOLDER, SMALL_MANIFEST, document_path, shard_path, shards_below
from scraper.selection.decision import FIRST_INTACT

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from scraper.ledger import Ledger
    from scraper.ledger.evidence import Entry, Tried
    from scraper.models import Site
    from scraper.store.documents import Writer

MOST_IN_ONE = 1000
"""So many ids that were looked at stand in one file, too, as whoever recovers a few articles would look for them."""
_CAPTURE = ("timestamp", "original", "digest", "digest_check")


def entry_json(entry: Entry, site: Site) -> str:
    """Return the JSON object of one id as one line, without the line feed.

    What does not apply has no key, nor what is as nearly always or follows from the rest (docs/manifest.md). U+2028
    and the like are escaped: some readers split there.
    """
    chosen = entry.chosen
    capture = {name: getattr(chosen, name) for name in _CAPTURE} if chosen else {}
    if capture.get("digest_check") == DigestCheck.UNVERIFIABLE:
        del capture["digest_check"]
    told = {
        "id": entry.id,
        "state": entry.state,
        "reason": entry.reason != FIRST_INTACT and (entry.reason or "not looked at yet"),
        "capture": capture,
        "layout": chosen and chosen.layout != site.usual_readings["body"] and chosen.layout,
        "readings": chosen and dict(sorted(chosen.readings.items() - site.usual_readings.items())),
        "file_sha256": entry.file_sha256,
        "page_sha256": chosen and chosen.page_sha256,
        "tried": [one._asdict() for one in entry.tried if not _is_told(one, entry)],
        "provenance": chosen and dict(sorted(chosen.provenance.items())),
        "vanished": [dict(zip(_CAPTURE, one, strict=False)) for one in entry.vanished],
        "known_from": entry.known_from and entry.known_from._asdict(),
    }
    return json_line({key: value for key, value in told.items() if value}, compact=True)


def _is_told(tried: Tried, entry: Entry) -> bool:
    """Say whether this is the capture that was chosen, and its verdict follows from the state."""
    if entry.chosen is None or tried[:2] != entry.chosen[:2]:
        return False
    return tried.verdict == (Verdict.ARTICLE if entry.state is State.WRITTEN else entry.state)


def manifest_lines(ledger: Ledger, site: Site, low: int) -> Generator[bytes]:
    """Yield the lines of one file, the ids of the folder that begins with `low`, ascending, UTF-8 with line feed."""
    for entry in ledger.evidence.each(low, low + IDS_PER_FOLDER - 1):
        yield f"{entry_json(entry, site)}\n".encode("utf-8", "backslashreplace")


def write_manifest(ledger: Ledger, site: Site, root: Path, writer: Writer) -> list[Path]:
    """Write those files of the manifest below an output folder of which something has changed.

    Also those that are missing, or whose size or time has changed since. Files of ids that are not known any more are
    removed. As long as few ids were looked at, their objects are written to one more file, beside the others.

    Raises:
        StoreError: the ledger cannot be read or a file not written.
    """
    found = []
    for low in stale_shards(ledger, root):
        found.append(root / shard_path(low))
        writer.write_lines(shard_path(low), manifest_lines(ledger, site, low))
        ledger.shards.record(low, *_size_and_time(found[-1]))
    lows = ledger.shards.lows()
    gone = [path for low, path in shards_below(root).items() if low not in lows]
    few = set(ledger.articles.looked_at(MOST_IN_ONE + 1))
    if not 0 < len(few) <= MOST_IN_ONE:
        gone.append(root / SMALL_MANIFEST)
    elif found or not (root / SMALL_MANIFEST).exists():
        told = (one for one in _all_objects(root) if one["id"] in few)
        writer.write_lines(SMALL_MANIFEST, (f"{json_line(one, compact=True)}\n".encode() for one in told))
    for path in gone:
        try:
            if path.is_file():
                path.unlink()
        except OSError as error:
            raise unwritable(path, error) from error
    return found


def stale_shards(ledger: Ledger, root: Path) -> list[int]:
    """Return the first ids of those files that do not tell what the ledger does, are gone, or were changed."""
    written = ledger.shards.written()
    return [low for low in ledger.shards.lows() if written.get(low) != _size_and_time(root / shard_path(low))]


def _size_and_time(path: Path) -> tuple[int, int]:
    """Return size and time of change, by which a changed file is known; (-1, -1) if there is none."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return -1, -1
    return status.st_size, status.st_mtime_ns


def read_manifest(root: Path) -> Iterator[dict[str, Any]]:
    """Yield the object of each id in the manifest below an output folder, ascending, in flat memory.

    `reason`, `file` and `digest_check` are there also where the line leaves them out.

    Raises:
        StoreError: a file cannot be read, or holds something else.
    """
    yield from map(_whole, _all_objects(root))


def current_manifest(ledger: Ledger, site: Site, root: Path) -> Iterator[dict[str, Any]]:
    """Yield the same as the ledger has it now; a file that is, or may be, out of date is neither read nor written.

    Raises:
        StoreError: a file or the ledger cannot be read.
    """
    stale = stale_shards(ledger, root)
    for low in ledger.shards.lows():
        if low in stale:
            yield from map(_whole, map(json.loads, manifest_lines(ledger, site, low)))
        else:
            yield from map(_whole, _objects(root / shard_path(low)))


def _all_objects(root: Path) -> Iterator[dict[str, Any]]:
    for path in shards_below(root).values():
        yield from _objects(path)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with open_file(path) as file:
            yield from map(json.loads, file)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read ({error}). `hkcnews check --fix` makes it again.") from error


def _whole(one: dict[str, Any]) -> dict[str, Any]:
    """Fill in what a line leaves out because it is the usual thing."""
    one.setdefault("reason", FIRST_INTACT)
    if "file_sha256" in one:
        one.setdefault("file", document_path(one["id"]))
    if "capture" in one:
        one["capture"].setdefault("digest_check", DigestCheck.UNVERIFIABLE.value)
    return one
