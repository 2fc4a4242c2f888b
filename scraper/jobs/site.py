"""The newspaper as static files, made from an output folder: documents, manifest, kept pictures."""

from __future__ import annotations

from contextlib import closing, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scraper.check.folder import unknown_documents
from scraper.errors import LockHeld, StoreError, TargetError, Unlisted
from scraper.export.web.build import Built, Wanted, build
from scraper.export.web.inputs import read
from scraper.files import if_idle
from scraper.ledger import Ledger
from scraper.paths import LEDGER_FILE, document_path, require_folder
from scraper.reports.manifest import current_manifest, read_manifest
from scraper.reports.words import counted
from scraper.selection.comparison import IN_THE_TEXT
from scraper.sites import get_site
from scraper.times import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from scraper.config import Config, Withheld


def make_site(
    config: Config, target: Path, wanted: Wanted, show: Callable[[str, int, int], None]
) -> tuple[Built, Withheld]:
    """Make the site of an output folder in the folder `target`, or bring it up to date.

    Nothing is written to the output folder. Returned is also what is really withheld: of the ids that the settings
    name, those that the manifest knows.

    No run can begin there before it is made. `show` is told the stage, how much of it is done, and how much there is.

    Raises:
        LockHeld: a run is at work on the output folder, or another process on the site.
        StoreError: there is no manifest, or the site's folder holds other things.
        TargetError: the site's folder is a part of the output folder.
        Unlisted: there are documents that the manifest does not name. The site is as it was.
    """
    output, site = config.output_path, get_site(config.site)
    require_folder(output)
    if target.resolve().is_relative_to(output.resolve()):
        raise TargetError(f"{target}: lies in the output folder {output}. Name a folder beside it.")
    path = output / LEDGER_FILE
    with (
        if_idle(output) as idle,
        closing(Ledger(path, clock=SYSTEM_CLOCK, read_only=True)) if path.exists() else nullcontext() as ledger,
    ):
        if idle is None:
            raise StoreError(
                f"{output}: file locks do not work on this file system, so nothing tells whether a run is at work "
                "there. Copy the folder to a local disk, and make the site of the copy."
            )
        if not idle:
            raise LockHeld(
                f"{output}: a run is at work here, and the manifest says what there is only when it has ended. "
                "Make the site then."
            )
        withheld: set[int] = set()
        manifest = current_manifest(ledger, site, output) if ledger else read_manifest(output)
        # As in `reports.history`, a page that lacks the text itself shows no text of its own.
        texts = dict(ledger.evidence.differing_texts(IN_THE_TEXT)) if ledger else {}
        inputs = read(output, _given_away(manifest, config.withhold, withheld), texts)
        listed = {entry.file for entry in inputs.written}.union(map(document_path, config.withhold.ids))
        unknown = unknown_documents(output, listed)
        if unnamed := unknown.keys() - {entry.id for entry in inputs.entries}:
            raise Unlisted(
                f"{output}: the manifest does not name {counted(len(unnamed), 'document')}, which the site would lack. "
                "It is left as it was. `hkcnews check --fix` makes the manifest again, or says what to do."
            )
        kept_back = config.withhold.among(withheld)
        wanted = replace(wanted, withheld=kept_back.sentence)
        built = build(output, target, site, wanted, inputs, show)
        built.left_out |= {one: f"{name}: was not taken over as the article" for one, name in unknown.items()}
        return built, kept_back


def _given_away(manifest: Iterable[dict[str, Any]], named: Withheld, withheld: set[int]) -> Iterator[dict[str, Any]]:
    """Yield the manifest's objects but those of withheld articles, whose ids are put aside."""
    for one in manifest:
        if one["id"] in named.ids:
            withheld.add(one["id"])
        else:
            yield one
