"""What can come of asking about an article id: a closed set of decisions, and the settings that decide."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from scraper.models import State

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.models import Capture, Verdict


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decide.

    Attributes:
        captures_per_article: how many intact captures of each article are read and compared.
        candidates_per_run: how many captures of one id a run asks for.
        tries_for_better: how often a capture is asked for in vain before an article that is already written no longer
            waits for it.
        offline: only what is held can be read.
    """

    captures_per_article: int = 1
    candidates_per_run: int = 12
    tries_for_better: int = 4
    offline: bool = False


class Wait(enum.StrEnum):
    """Why an id is waiting."""

    LISTING = "listing"
    WITNESS = "witness"
    ARCHIVE = "archive"
    RUN_LIMIT = "run_limit"
    NOT_FETCHED = "not_fetched"


@dataclass(frozen=True, slots=True)
class Read:
    """Read this capture next, then ask again."""

    capture: Capture
    state: ClassVar[State] = State.WAITING


@dataclass(frozen=True, slots=True)
class Written:
    """Write this capture, for a reason that is for people.

    `again`: ask again from then on, for a better capture is still unread; None when only new captures can change it.
    """

    capture: Capture
    reason: str
    again: datetime | None = None
    state: ClassVar[State] = State.WRITTEN


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing can be said yet. `until`: ask again from then on, aware UTC; None: at the next run."""

    cause: Wait
    reason: str
    until: datetime | None = None
    state: ClassVar[State] = State.WAITING


@dataclass(frozen=True, slots=True)
class UnknownLayout:
    """A page with text is held that no layout can read yet. `detail` names the field that could not be read."""

    capture: Capture
    detail: str = ""
    state: ClassVar[State] = State.UNKNOWN_LAYOUT


@dataclass(frozen=True, slots=True)
class Unrecoverable:
    """Every candidate was read, none is the article. `tried` has each with its verdict, in order."""

    tried: tuple[tuple[Capture, Verdict], ...]
    state: ClassVar[State] = State.UNRECOVERABLE


@dataclass(frozen=True, slots=True)
class NeverCaptured:
    """Complete listings have no capture of this id: one of many ids, and one of this id alone."""

    state: ClassVar[State] = State.NEVER_CAPTURED


Decision = Read | Written | Waiting | UnknownLayout | Unrecoverable | NeverCaptured
