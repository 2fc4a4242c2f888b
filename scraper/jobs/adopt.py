"""Documents of another archive taken over as they are, so that only the rest needs to be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from scraper.jobs.targets import unlisted_capture
from scraper.jobs.workspace import Means, open_workspace, refresh_manifest
from scraper.models import State
from scraper.parallel import chunked
from scraper.paths import document_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.audit.folder import Audited
    from scraper.config import Config
    from scraper.engine.workspace import Workspace

_BATCH = 500


def adopt(config: Config, documents: Iterable[Audited], **means: Unpack[Means]) -> int:
    """Take documents over into the output folder; return how many of them are adopted, now or before.

    An article that was written from a page of ours already is left as it is. The rest is as in `scraper.jobs`.
    """
    with open_workspace(config, **means, all_ids=True) as space:
        adopted = 0
        for batch in chunked(documents, _BATCH):
            with space.ledger.transaction(), space.writer.together():
                adopted += sum(_adopt(space, audited) for audited in batch)
        refresh_manifest(space)
        return adopted


def _adopt(space: Workspace, audited: Audited) -> bool:
    article, timestamp, original, defects = audited.examined
    if article is None or timestamp is None or original is None:
        return False
    row = space.ledger.articles.get(article)
    if row is not None and row.state is State.WRITTEN and row.source != "adopted":
        return False
    name = document_path(article)
    # What lies there and is not in the ledger is somebody's: it is set aside, not written over.
    file = space.writer.write(name, audited.path.read_bytes(), known_sha256=row.file_sha256 if row else None)
    space.ledger.captures.add(article, unlisted_capture(original, timestamp))
    known = ", ".join(sorted({found.defect for found in defects}))
    reason = f"adopted as it was{f', with {known}' if known else ''}"
    space.ledger.articles.adopt(
        article, timestamp=timestamp, original=original, file=name, sha256=file.sha256, reason=reason
    )
    return True
