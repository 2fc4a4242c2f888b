"""The newspaper as static files, made from an output folder: documents, manifest, kept pictures."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.check.folder import unknown_documents
from scraper.errors import LockHeld, TargetError, Unlisted
from scraper.export.web.build import Wanted, build
from scraper.export.web.inputs import read
from scraper.files import if_idle
from scraper.jobs.workspace import open_workspace, refresh_manifest
from scraper.ledger import Ledger
from scraper.ledger.evidence import Tried
from scraper.models import Verdict
from scraper.paths import LEDGER_FILE, document_path, require_folder
from scraper.reports.manifest import read_manifest, stale_shards
from scraper.reports.words import counted
from scraper.selection.comparison import IN_THE_TEXT
from scraper.sites import get_site
from scraper.times import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.config import Config, Withheld
    from scraper.export.web.build import Built

__all__ = ["Wanted", "make_site"]


def make_site(config: Config, target: Path, wanted: Wanted, show: Callable[[str, int, int], None]) -> Built:
    """Make the site of an output folder in the folder `target`, or bring it up to date.

    No run can begin there before it is made. `show` is told the stage, how much of it is done, and how much there is.

    Raises:
        LockHeld: a run is at work on the output folder, or another process on the site.
        StoreError: there is no manifest, or the site's folder holds other things.
        TargetError: the site's folder is a part of the output folder.
        Unlisted: there are documents that the manifest does not name. The site is as it was.
    """
    output = config.output_path
    require_folder(output)
    if target.resolve().is_relative_to(output.resolve()):
        raise TargetError(f"{target}: lies in the output folder {output}. Name a folder beside it.")
    _refresh(config)
    with if_idle(output) as idle:
        if not idle:
            raise LockHeld(
                f"{output}: a run is at work here, and the manifest says what there is only when it has ended. "
                "Make the site then."
            )
        withheld, named = withheld_of(config), config.withhold.ids
        inputs = read(output, (one for one in read_manifest(output) if one["id"] not in named))
        listed = {entry.file for entry in inputs.written}.union(map(document_path, named))
        if unknown := unknown_documents(output, listed):
            raise Unlisted(
                f"{output}: the manifest does not name {counted(unknown, 'document')}, which the site would lack. "
                "It is left as it was. `hkcnews check --fix` makes the manifest again, or says what to do."
            )
        wanted = replace(wanted, withheld=withheld.sentence)
        return build(output, target, get_site(config.site), wanted, inputs, texts=_texts(output), show=show)


def _refresh(config: Config) -> None:
    """Bring the manifest up to date with the ledger, if there is one and a run was killed or a file is gone."""
    path = config.output_path / LEDGER_FILE
    if not path.exists():
        return
    with contextlib.closing(Ledger(path, clock=SYSTEM_CLOCK, read_only=True)) as ledger:
        if not stale_shards(ledger, config.output_path):  # so a folder that cannot be written will do
            return
    with open_workspace(config, clock=SYSTEM_CLOCK) as space:
        refresh_manifest(space)


def withheld_of(config: Config) -> Withheld:
    """Return what is really withheld: of the ids that the settings name, those that the manifest knows.

    Raises:
        StoreError: there is no manifest.
    """
    ids = config.withhold.ids
    return config.withhold.among({one["id"] for one in read_manifest(config.output_path)} if ids else ids)


def _texts(output: Path) -> dict[int, list[list[Tried]]]:
    """Return the captures of each text of articles of which several are known; nothing without a ledger.

    As in `reports.history`, a page that lacks the text itself shows no text of its own.
    """
    path = output / LEDGER_FILE
    if not path.exists():
        return {}
    found: dict[int, list[list[Tried]]] = {}
    with contextlib.closing(Ledger(path, clock=SYSTEM_CLOCK, read_only=True)) as ledger:
        for article, readings in ledger.evidence.differing_texts():
            groups: dict[str, list[Tried]] = {}
            for one in readings:
                if IN_THE_TEXT.isdisjoint(one.lacks):
                    groups.setdefault(one.text_sha256, []).append(Tried(one.timestamp, one.original, Verdict.ARTICLE))
            if len(groups) > 1:
                found[article] = list(groups.values())
    return found
