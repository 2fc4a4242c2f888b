"""What a check may find."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import NamedTuple


class Kind(enum.StrEnum):
    """What kind of thing is wrong."""

    LEDGER = "ledger"
    MANIFEST = "manifest"
    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_CHANGED = "document_changed"
    ADOPTED_CHANGED = "adopted_changed"
    DOCUMENT_FORM = "document_form"
    DOCUMENT_CUT = "document_cut"
    DOCUMENT_UNKNOWN = "document_unknown"
    FOREIGN = "foreign"
    LEFTOVER = "leftover"
    WARC_MISSING = "warc_missing"
    WARC_DAMAGED = "warc_damaged"
    WARC_SCAR = "warc_scar"
    WARC_UNRECORDED = "warc_unrecorded"
    IMAGE_MISSING = "image_missing"
    IMAGE_DAMAGED = "image_damaged"


_REMEDIES = {
    Kind.LEDGER: "`hkcnews rebuild --ledger` makes it again from the kept pages",
    Kind.MANIFEST: "`hkcnews check --fix` writes it again",
    Kind.DOCUMENT_MISSING: "`hkcnews check --fix` makes it again",
    Kind.DOCUMENT_CHANGED: "`hkcnews check --fix` makes it again and keeps this one beside it as .orig",
    Kind.ADOPTED_CHANGED: "`hkcnews recover ID` fetches the article and keeps this one beside it as .orig",
    Kind.DOCUMENT_FORM: "`hkcnews rebuild --ids ID` makes it again; if that changes nothing, report the page",
    Kind.DOCUMENT_CUT: "`hkcnews recover ID` fetches the article anew",
    Kind.DOCUMENT_UNKNOWN: "If a command was cut off as it wrote it, the same command again takes it in. Else "
    "`hkcnews audit --adopt` takes it over from a copy of its folder; the run that writes this article puts its own in "
    "its place and keeps this one beside it as .orig",
    Kind.FOREIGN: "Move it elsewhere if it is yours; nothing here reads or removes it",
    Kind.LEFTOVER: "`hkcnews check --fix` removes it: the run that was writing it was killed",
    Kind.WARC_MISSING: "Restore it from a backup, or `hkcnews check --fix` and `hkcnews run` to fetch its pages again",
    Kind.WARC_DAMAGED: "Restore the file from a backup, or `hkcnews check --fix` and `hkcnews run` to fetch it again",
    Kind.WARC_SCAR: "Restore the file from a backup; without one nothing is lost, as no record of the ledger is there",
    Kind.WARC_UNRECORDED: "The next run takes it in, or cuts off what is torn",
    Kind.IMAGE_MISSING: "`hkcnews images` fetches it again",
    Kind.IMAGE_DAMAGED: "Remove it and run `hkcnews images`",
}


class Finding(NamedTuple):
    """Something that is not as it should be.

    `file` is below the output folder, `problem` in words, `offset` that of a record.
    """

    kind: Kind
    file: str
    problem: str
    article: int | None = None
    offset: int | None = None

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return _REMEDIES[self.kind].replace("ID", str(self.article)) if self.article else _REMEDIES[self.kind]


Piece = Callable[[], list[Finding]]
"""A part of a check, which may be done in any process, so it can be pickled."""
