"""The state of the rate limiter, shared by all processes of this user: a small JSON file, changed under a lock.

All times in it are monotonic seconds of this machine, so no jump of the wall clock moves them; wall time only
carries them over a restart of the machine. The lock is a `flock`, which the kernel lets go when its process dies.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from scraper.archive.ratelimit.budget import Budget
from scraper.archive.ratelimit.pace import WINDOW, Pace
from scraper.errors import StoreError
from scraper.files import open_file, try_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.times import Clock

log = logging.getLogger(__name__)
T = TypeVar("T", Budget, Pace)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_MOMENTS = {"due", "used_at", "cut_at", "slowed_at", "until", "probe", "refused_at"}
"""Attributes that are times."""


def state_path(archive: str) -> Path:
    """Return the file that holds the budget for an archive's address, below the user's state folder."""
    parts = urlsplit(archive)
    host = (parts.hostname or "archive").replace(":", "-")
    port = f"-{parts.port}" if parts.port not in (None, 80, 443) else ""
    home = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not home.is_absolute():
        try:
            home = Path.home() / ".local" / "state"
        except RuntimeError as error:  # such as a number without a name in a container
            raise StoreError(
                "There is no place for the request budget: this user has no home folder. "
                "Name a folder in the environment variable XDG_STATE_HOME."
            ) from error
    return home / "hkcnews" / f"{host}{port}.budget.json"


class StateFile:
    """Reads and changes the state, one process and thread at a time. Methods raise StoreError if it cannot be written.

    Args:
        path: the file; its folder is made. ``<path>.lock`` beside it is what is locked.
        clock: tells the time.
        cool_down: seconds for which nothing is asked, at least a minute, when the file turns out to be damaged.
    """

    def __init__(self, path: Path, clock: Clock, cool_down: float) -> None:
        self.path = path
        self._clock = clock
        self._careful = max(cool_down, WINDOW)
        self._boot = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else ""

    @contextlib.contextmanager
    def edit(self) -> Iterator[Budget]:
        """Hand out the state under the lock, and write it back when the block ends without an error."""
        with self._locked():
            state = self._read()
            yield state
            self._write(state)

    def peek(self) -> Budget:
        """Return the state as it is in the file; what is done to it changes nothing."""
        with self._locked():
            return self._read()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                lock = stack.enter_context(os.fdopen(handle))
                try_lock(lock.fileno(), wait=True)
            except OSError as error:
                raise self._unwritable(error) from error
            yield

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self.path}: the request budget cannot be kept ({error.strerror}). Without it the archive could be asked "
            "too often. Make the folder writable, or name another one in the environment variable XDG_STATE_HOME."
        )

    def _read(self) -> Budget:
        try:
            with open_file(self.path) as file:
                return self._carry_over(json.load(file))
        except FileNotFoundError:
            return Budget()
        except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            return self._start_carefully(error)

    def _carry_over(self, kept: dict[str, Any]) -> Budget:
        boot, mono, wall = str(kept["boot"]), _number(kept["mono"]), _number(kept["wall"])
        now, ahead = self._clock.monotonic(), 0.0
        if boot != self._boot or now < mono - 1:
            # The machine was restarted. Wall time says how long ago; if it went back, then no time has passed.
            ahead = now - max(0.0, self._clock.now().timestamp() - wall) - mono
        state = _fill(Budget(), kept, ahead)
        state.paces = {service: _fill(Pace(), values, ahead) for service, values in kept["paces"].items()}
        return state

    def _start_carefully(self, error: Exception) -> Budget:
        """Return a state as after a refusal, which is the safe guess: nothing is known of the requests of late."""
        log.warning(
            "%s: the request budget's file is damaged (%s); waiting %.0f s before the next request, then going slowly.",
            self.path,
            error,
            self._careful,
        )
        with contextlib.suppress(OSError):
            self.path.replace(f"{self.path}.damaged")
        now = self._clock.monotonic()
        state = Budget()
        state.until, state.level, state.serial, state.probing = now + self._careful, 1, 1, True
        state.refused_at, state.refusals, state.reason = now, 1, "the file that remembers the requests was damaged"
        self._write(state)
        return state

    def _write(self, state: Budget) -> None:
        now = {"boot": self._boot, "mono": self._clock.monotonic(), "wall": self._clock.now().timestamp()}
        temporary = Path(f"{self.path}.new")
        try:
            # Milliseconds, rounded up: half of all time here goes into writing these numbers.
            paces = {
                service: vars(pace) | {"sent": [math.ceil(moment * 1000) for moment in pace.sent]}
                for service, pace in state.paces.items()
            }
            temporary.write_text(json.dumps(vars(state) | now | {"paces": paces}), encoding="utf-8")
            temporary.replace(self.path)
        except OSError as error:
            raise self._unwritable(error) from error


def _number(value: object) -> float:
    if not isinstance(value, int | float) or math.isnan(value):
        raise TypeError(f"not a number: {value!r}")
    return float(value)


def _fill(target: T, kept: dict[str, Any], ahead: float) -> T:
    """Set every attribute from what was kept, times `ahead`; KeyError, TypeError, ValueError unless all are sound."""
    for name, default in vars(target).items():
        value = kept[name]
        if name == "sent":
            value = [_number(moment) / 1000 + ahead for moment in value]
        elif name == "strains":
            value = [_number(moment) + ahead for moment in value]
        elif name == "failures":
            value = [(_number(moment) + ahead, str(service), str(key)) for moment, service, key in value]
        elif isinstance(default, bool | str):
            value = type(default)(value)
        elif isinstance(default, int):
            value = int(_number(value))
        elif not isinstance(default, dict) and (default is not None or value is not None):
            value = _number(value) + (ahead if name in _MOMENTS else 0)
        setattr(target, name, value)
    if isinstance(target, Pace) and not (target.rate > 0 and (target.limit is None or target.limit > 0)):
        raise ValueError("a pace of nothing")
    return target
