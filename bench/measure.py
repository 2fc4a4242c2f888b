"""Ratios that hold on a noisy machine: contestants take turns (A B A B …), and medians are compared."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: what is measured.
        against: what it is compared with.
        ratio: median of ours over median of theirs; below 1 is faster.
        goal: the ratio not to be exceeded, or None where there is none.
        limit: what cannot be passed, whatever the program does.
        figures: absolute figures of this run, for orientation only.
    """

    name: str
    against: str
    ratio: float
    goal: float | None
    limit: str
    figures: Mapping[str, float | int | str] = field(default_factory=dict)


def take_turns(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of processor time of each; every round runs each once, after one round to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, call in contestants.items():
            start = time.process_time()
            call()
            if turn:
                taken[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in taken.items()}


@dataclass(frozen=True, slots=True)
class Ran:
    """What one subprocess took: seconds of wall time, of processor time, and its peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


_LAUNCHER = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
wall = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([status, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""
"""A small process between: Linux counts the memory of the process that starts another to the other's peak."""


UNTIL_IT_ASKS = """
import json, resource, socket, subprocess, sys, tempfile, time
server = socket.create_server(("127.0.0.1", 0))
server.settimeout(60)
names = {"BASE": f"http://127.0.0.1:{server.getsockname()[1]}", "NEW": tempfile.mkdtemp()}
start = time.perf_counter()
child = subprocess.Popen([names.get(word, word) for word in sys.argv[1:]], stdout=subprocess.DEVNULL)
connection, _ = server.accept()
status = 0 if connection.recv(1 << 16).startswith(b"GET ") else 1
child.kill()
child.wait()
wall = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([status, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""
"""A launcher that ends the command when its first request has come. In the command ``BASE`` stands for the address of
the service, which never answers, ``NEW`` for a new folder."""


def run_process(command: Sequence[str], env: Mapping[str, str] | None = None, *, launcher: str = _LAUNCHER) -> Ran:
    """Run a command to its end, quietly, with all that it starts; a non-zero exit is an error of the bench.

    Args:
        command: the words.
        env: its environment, if not ours. Bytecode is kept in any case, as it is of an installed program.
        launcher: what starts it and prints what it took.

    Raises:
        subprocess.CalledProcessError: the command failed.
    """
    env = {name: value for name, value in (env or os.environ).items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([PYTHON, "-S", "-c", launcher, *command], capture_output=True, text=True, env=env, check=True)
    status, wall, cpu, peak = json.loads(done.stdout)
    if status:
        raise subprocess.CalledProcessError(status, command, stderr=done.stderr)
    return Ran(wall, cpu, peak)


def processes_take_turns(
    commands: Mapping[str, Sequence[str]], rounds: int, launchers: Mapping[str, str] | None = None
) -> dict[str, Ran]:
    """Return the median wall and processor time and the largest peak of each command, run in turns.

    Some may have a launcher of their own.
    """
    own = launchers or {}
    ran: dict[str, list[Ran]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            one = run_process(command, launcher=own.get(name, _LAUNCHER))
            if turn:
                ran[name].append(one)
    return {
        name: Ran(
            statistics.median(one.wall for one in values),
            statistics.median(one.cpu for one in values),
            max(one.peak for one in values),
        )
        for name, values in ran.items()
    }


def peak_memory() -> float:
    """Return this process's peak memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
