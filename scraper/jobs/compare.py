"""Documents that somebody else made, against what this program makes of the very captures that they name."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple, Unpack

from scraper.audit.defects import Defect, Weight
from scraper.audit.differences import Difference, differences
from scraper.audit.examine import examine
from scraper.audit.folder import find_documents, read_document
from scraper.audit.sample import Document, draw, kinds_of
from scraper.engine.outcomes import Progress, Refusal
from scraper.errors import ArchiveRefused, Stopped, TargetError
from scraper.jobs.mementos import get_mementos
from scraper.jobs.targets import covers
from scraper.jobs.workspace import Means, open_archive, open_workspace
from scraper.markdown.document import render_document
from scraper.models import Capture, page_of
from scraper.reports.beliefs import belief_rows
from scraper.reports.compare import PAGE, Comparison
from scraper.urls import urlkey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from scraper.config import Config
    from scraper.engine.workspace import Workspace
    from scraper.models import Memento, Page, Site

SAMPLE = 40
_THERE = frozenset({Defect.NO_DATE, Defect.NOT_THE_FORM})
"""Defects of documents that hold their article all the same."""


class Named(NamedTuple):
    """A document, and what is wrong with it as far as it says so itself."""

    document: Document
    text: str
    defects: frozenset[Defect]


def compare(
    config: Config,
    folder: Path,
    *,
    ids: Sequence[range] = (),
    sample: int | None = SAMPLE,
    **means: Unpack[Means],
) -> Comparison:
    """Read the captures that documents name and say in what ours differ. Nothing is written but what was fetched.

    The documents are ``article_<id>.md`` at any depth of `folder`, of `ids` only if there are any; so many of them as
    `sample` says, of every kind, or all. The rest is as in `scraper.jobs`.

    Raises:
        TargetError: there are no such documents.
    """
    done = Comparison()
    with contextlib.ExitStack() as stack:
        space = stack.enter_context(open_workspace(config, **means))
        documents = _chosen(folder, space.site, ids, sample)
        archive = stack.enter_context(open_archive(space))
        if kept := space.ledger.mementos.latest():
            archive.expect(kept.timestamp, kept.original)
        try:
            for named, capture, got in get_mementos(space, archive, _named(space, documents, done.skipped)):
                done.fetched += got.fetched
                article = named.document.article
                if got.memento is None:
                    done.skipped[article] = str(got.error)
                elif got.memento.timestamp != capture.timestamp:
                    done.skipped[article] = f"the archive answered with the capture of {got.memento.timestamp}"
                else:
                    _compare(space.site, named, capture, got.memento, done)
                    space.progress(
                        Progress("fetching", done.compared, len(documents), fetched=done.fetched, last=capture)
                    )
        except ArchiveRefused as error:
            done.refusals = [Refusal(str(error), error.until)]
        except Stopped:
            done.stopped = True
        done.beliefs = belief_rows(space.site.beliefs, done.tally)
    return done


def _chosen(folder: Path, site: Site, ids: Sequence[range], sample: int | None) -> list[Document]:
    """Return the documents to compare."""
    found = []
    for path in find_documents(folder):
        article = int(path.stem.rpartition("_")[2])
        if not ids or covers(ids, article):
            text = "" if sample is None else read_document(path).decode("utf-8", "replace")
            found.append(Document(article, path, kinds_of(text, site)))
    if not found:
        raise TargetError(f"{folder}: no article_<id>.md there that was asked for. Name a folder of documents.")
    return found if sample is None else draw(found, sample)


def _named(space: Workspace, documents: Iterable[Document], skipped: dict[int, str]) -> Iterator[tuple[Named, Capture]]:
    """Yield each document with the capture that it names: the row of the ledger, if a listing gave it."""
    for document in documents:
        data = read_document(document.path)
        examined = examine(data, document.article, space.site)
        timestamp, original = examined.timestamp, examined.original
        if timestamp is None or original is None or space.site.article_id(original) != document.article:
            skipped[document.article] = "its url names no capture of it"
            continue
        named = Capture(urlkey(original), timestamp, original, "text/html", "200", "-", "-")
        rows = space.ledger.captures.rows(document.article)
        same = (row for row in rows if row.timestamp == timestamp and urlkey(row.original) == named.urlkey)
        defects = frozenset(one.defect for one in examined.defects)
        yield Named(document, data.decode("utf-8", "replace"), defects), next(same, named)


def _compare(site: Site, named: Named, capture: Capture, memento: Memento, done: Comparison) -> None:
    """Compare a document with what the page gives."""
    article, path = named.document.article, named.document.path
    done.compared += 1
    reading = site.read(page_of(memento))
    done.tally.add(article, reading.beliefs)
    if reading.article is None:
        lost = next((one for one in named.defects if one.weight is Weight.LOST and one not in _THERE), None)
        ours = f"{reading.verdict}{f' ({reading.detail})' if reading.detail else ''}"
        done.note(article, path, capture, [Difference(PAGE, "article", ours, lost or "")])
        return
    original = site.document_url(memento.original)
    text = render_document(reading.article, original_url=original, timestamp=memento.timestamp)
    found, same = differences(named.text, text, named.defects)
    done.counts.update({(field, "same"): count for field, count in same.items()})
    done.counts[PAGE, "same"] += 1
    done.note(article, path, capture, found)


def kept_pages(config: Config, captures: Iterable[Capture], **means: Unpack[Means]) -> list[Page | None]:
    """Return the pages of captures from what is kept, None for one that is not."""
    with open_workspace(config, **means) as space:
        mementos = map(space.intake.load, captures)
        return [None if memento is None else page_of(memento) for memento in mementos]
