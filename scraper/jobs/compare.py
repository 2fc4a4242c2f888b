"""Documents that somebody else made, against what this program makes of the very captures that they name."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Unpack

from scraper import __version__
from scraper.audit.defects import Defect, Weight
from scraper.audit.differences import FIELDS, Difference, differences
from scraper.audit.examine import examine
from scraper.audit.folder import Document, draw, find_documents, kinds_of, read_document
from scraper.engine.outcomes import Progress, Refusal, Tally
from scraper.errors import ArchiveRefused, ExitStatus, Stopped, TargetError
from scraper.jobs.mementos import get_mementos
from scraper.jobs.targets import covers, unlisted_capture
from scraper.jobs.workspace import Means, open_archive, open_workspace
from scraper.markdown.document import render_document
from scraper.models import page_of
from scraper.reports import SCHEMA
from scraper.reports.summary import BeliefRow, belief_rows
from scraper.urls import urlkey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from scraper.config import Config
    from scraper.engine.workspace import Workspace
    from scraper.models import Capture, Memento, Page, Site

SAMPLE = 40
_THERE = frozenset({Defect.NO_DATE, Defect.NOT_THE_FORM})
"""Defects of documents that hold their article all the same."""
PAGE = "page"
"""The field of a capture that one side takes for the article and the other does not."""
_MANY = 0.1
"""A field that differs on more than this share of the documents is read wrongly, and not once."""
_ADVICE = {
    "run": "The pages are read as theirs were: go on with `hkcnews run`.",
    "look": "Nearly all is read as theirs was. Look at the differences, then go on with `hkcnews run`.",
    "mend": "Do not run yet: a field is read otherwise on many pages. `--fixture` keeps them for mending the reading.",
    "later": "The same command goes on where it stopped; what was fetched is kept.",
    "nothing": "No document could be compared.",
}
_OUTCOMES = ("same", "ours_right", "differs")


class Named(NamedTuple):
    """A document of theirs, and the defects that it shows by itself."""

    article: int
    file: Path
    text: str
    defects: frozenset[Defect]


class Found(NamedTuple):
    """A difference on the capture of one article; `file` is their document."""

    article: int
    file: Path
    capture: Capture
    difference: Difference


class Comparison:
    """What came of comparing.

    Attributes:
        compared, fetched: how many documents, and captures for it.
        counts: (field, ``same``, ``ours_right`` or ``differs``) to how many.
        found: all that is not the same.
        skipped: article to why its document could not be compared.
        tally, beliefs: what the pages say of what is believed of them; at the end as a table.
        refusals: of the archive as a whole; one at most.
    """

    def __init__(self) -> None:
        self.compared = 0
        self.fetched = 0
        self.counts: Counter[tuple[str, str]] = Counter()
        self.found: list[Found] = []
        self.skipped: dict[int, str] = {}
        self.tally = Tally()
        self.beliefs: list[BeliefRow] = []
        self.refusals: list[Refusal] = []
        self.stopped = False

    @property
    def differing(self) -> list[Found]:
        """The differences that no known defect of theirs explains."""
        return [one for one in self.found if not one.difference.defect]

    @property
    def exit_status(self) -> ExitStatus:
        """0: all is the same, or theirs is known to be wrong there; 1: something differs; 3: the archive refused."""
        if self.refusals:
            return ExitStatus.ARCHIVE
        return ExitStatus.INCOMPLETE if self.differing or not self.compared else ExitStatus.DONE

    @property
    def overall(self) -> str:
        """What to do now, in a word; `advice` says it in a sentence."""
        if self.refusals or self.stopped:
            return "later"
        if not self.compared:
            return "nothing"
        pages = Counter(field for _, field in {(one.article, one.difference.field) for one in self.differing})
        if pages and (most := max(pages.values())) > 1 and most > _MANY * self.compared:
            return "mend"
        return "look" if pages else "run"

    @property
    def advice(self) -> str:
        """What to do now."""
        return _ADVICE[self.overall]

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON knows."""
        return {
            "schema": SCHEMA,
            "version": __version__,
            "command": "compare",
            "exit_status": self.exit_status,
            "overall": self.overall,
            "compared": self.compared,
            "fetched": self.fetched,
            "fields": self.fields(),
            "differences": [
                {
                    "id": one.article,
                    "capture": {"timestamp": one.capture.timestamp, "original": one.capture.original},
                    "field": one.difference.field,
                    "theirs": one.difference.theirs,
                    "ours": one.difference.ours,
                    "defect": one.difference.defect or None,
                }
                for one in self.found
            ],
            "skipped": [{"id": article, "reason": reason} for article, reason in self.skipped.items()],
            "refusals": [one.message for one in self.refusals],
            "stopped": self.stopped,
            "beliefs": [one.as_json() for one in self.beliefs],
        }

    def fields(self) -> dict[str, dict[str, int]]:
        """Return for each field how often it is the same, ours is right, or it differs."""
        return {field: {outcome: self.counts[field, outcome] for outcome in _OUTCOMES} for field in (PAGE, *FIELDS)}


def compare(
    config: Config, folder: Path, *, ids: Sequence[range] = (), sample: int | None = SAMPLE, **means: Unpack[Means]
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
                if got.memento is None:
                    done.skipped[named.article] = str(got.error)
                elif got.memento.timestamp != capture.timestamp:
                    done.skipped[named.article] = f"the archive answered with the capture of {got.memento.timestamp}"
                else:
                    _compare(space.site, named, capture, got.memento, done)
                    progress = Progress("fetching", done.compared, len(documents), fetched=done.fetched)
                    space.progress(progress)
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
        alone = unlisted_capture(original, timestamp)
        rows = space.ledger.captures.rows(document.article)
        same = (row for row in rows if row.timestamp == timestamp and urlkey(row.original) == alone.urlkey)
        defects = frozenset(one.defect for one in examined.defects)
        text = data.decode("utf-8", "replace")
        yield Named(document.article, document.path, text, defects), next(same, alone)


def _compare(site: Site, named: Named, capture: Capture, memento: Memento, done: Comparison) -> None:
    """Compare a document with what the page gives."""
    done.compared += 1
    reading = site.read(page_of(memento))
    done.tally.add(named.article, reading.beliefs)
    if reading.article is None:
        lost = next((one for one in named.defects if one.weight is Weight.LOST and one not in _THERE), None)
        ours = f"{reading.verdict}{f' ({reading.detail})' if reading.detail else ''}"
        found = [Difference(PAGE, "article", ours, lost or "")]
    else:
        original = site.document_url(memento.original)
        text = render_document(reading.article, original_url=original, timestamp=memento.timestamp)
        found, same = differences(named.text, text, named.defects)
        done.counts.update({(field, "same"): count for field, count in same.items()})
        done.counts[PAGE, "same"] += 1
    for one in found:
        done.counts[one.field, "ours_right" if one.defect else "differs"] += 1
        done.found.append(Found(named.article, named.file, capture, one))


def kept_pages(config: Config, captures: Iterable[Capture], **means: Unpack[Means]) -> list[Page | None]:
    """Return the pages of captures from what is kept, None for one that is not."""
    with open_workspace(config, **means) as space:
        mementos = map(space.intake.load, captures)
        return [None if memento is None else page_of(memento) for memento in mementos]
