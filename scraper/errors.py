"""Everything that can go wrong, as exceptions, each with the exit status of a command that it ends.

The tree::

    ScraperError
    ├── UsageError              wrong arguments or settings (exit status 2)
    │   ├── ConfigError         config.toml
    │   └── TargetError         an id, URL or file named on the command line
    ├── ArchiveError            the archive as a whole (exit status 3, run again later)
    │   ├── ArchiveRefused      it said no, or nothing, to everyone: cool down, then probe
    │   └── ListingFailed       a CDX question that got no usable answer; what was read so far stands
    │       └── ListingBlocked  the archive shows nothing of this site, to anyone
    ├── CaptureError            one capture cannot be had; carries the verdict, and the run goes on
    ├── StoreError              the output folder cannot be written or read (exit status 2)
    │   ├── Unlisted            documents that no line of the manifest names (exit status 1)
    │   └── WrongVersion        its ledger is whole, but of another version of this program
    ├── ProcessLost             a process that did a part of the work was ended by somebody else (exit status 2)
    ├── LockHeld                another process is at work on this output folder (exit status 4)
    └── Stopped                 somebody asked the run to end (SIGTERM, SIGINT, --max-runtime)

A skip is not an error but a value with a reason, and "not an article" is a `Verdict`.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.models import Verdict


class ExitStatus(enum.IntEnum):
    """What a command tells its caller. A command that a signal ended has 128 and the signal's number instead."""

    DONE = 0
    INCOMPLETE = 1
    """Done, but some articles could not be written, or something was found."""
    UNUSABLE = 2
    """Usage, configuration, or an output folder that cannot be used."""
    ARCHIVE = 3
    """The archive refused or was unavailable: run again later."""
    LOCKED = 4


class ScraperError(Exception):
    """Base of all errors raised on purpose. The message names the thing and the next step."""

    exit_status: ClassVar[ExitStatus] = ExitStatus.UNUSABLE
    """The exit status of a command that such an error ends."""


class UsageError(ScraperError):
    """Arguments or settings are wrong."""


class ConfigError(UsageError):
    """`config.toml` cannot be used as it is."""


class TargetError(UsageError):
    """An id, URL or file that was named cannot be understood."""


class ArchiveError(ScraperError):
    """The archive as a whole cannot be worked with just now."""

    exit_status = ExitStatus.ARCHIVE


class ArchiveRefused(ArchiveError):
    """The archive refuses or is down until then, aware UTC. Never a fact about any article."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class ListingFailed(ArchiveError):
    """A CDX question got no usable answer. Never an empty list.

    `too_wide`: the service took too long or holds something back, so narrower questions may be answered.
    """

    def __init__(self, message: str, *, too_wide: bool = False) -> None:
        super().__init__(message)
        self.too_wide = too_wide


class ListingBlocked(ListingFailed):
    """The archive does not show this site (``AdministrativeAccessControlException``). No fact about any article."""


class CaptureError(ScraperError):
    """One capture cannot be read; the archive as a whole is fine.

    `verdict` is what to remember of it; `final`: asking again is pointless unless somebody asks for it.
    """

    def __init__(self, message: str, *, verdict: Verdict, final: bool) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.final = final


class StoreError(ScraperError):
    """The output folder, a WARC file or the ledger cannot be written or read."""


class Unlisted(StoreError):
    """Documents lie in the output folder that no line of the manifest names."""

    exit_status = ExitStatus.INCOMPLETE


class WrongVersion(StoreError):
    """The ledger is whole, but of another version of this program."""


class ProcessLost(ScraperError):
    """A process that did a part of the work was ended by somebody else, such as a system that was short of memory."""


class LockHeld(ScraperError):
    """Another run is at work on this output folder."""

    exit_status = ExitStatus.LOCKED


class Stopped(ScraperError):
    """The run was asked to end before its work was done."""
