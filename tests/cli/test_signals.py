"""What signals do to a command that is at work."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, signal, sys, time
from scraper.cli.work import stop_on_signals
with stop_on_signals() as signals:
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
    print("at work", signals.stop.is_set(), signals.exit_status, flush=True)
    time.sleep(0.6)
    os.kill(os.getpid(), signal.SIGINT)
    print("still here", flush=True)
"""


def test_a_doubled_signal_lets_the_run_end_in_good_order_and_a_later_one_ends_it_at_once() -> None:
    """`timeout` sends a signal to the process and to its group: two at once. Half a second later it is impatience."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("at work True 143\n", 130), done.stderr


HANGUP = """
import os, signal, sys
from scraper.cli.work import stop_on_signals
with stop_on_signals() as signals:
    os.kill(os.getpid(), signal.SIGHUP)
    print(signals.stop.is_set(), signals.exit_status, flush=True)
"""


@pytest.mark.parametrize(("before", "said"), [((), "True 129\n"), (("nohup",), "False None\n")])
def test_a_closed_terminal_lets_the_run_end_in_good_order_unless_nohup_says_otherwise(
    before: tuple[str, ...], said: str
) -> None:
    """SIGHUP is like SIGTERM; what was told to ignore it goes on."""
    words = [*before, sys.executable, "-c", HANGUP]
    done = subprocess.run(
        words,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # the tests themselves may run under nohup
    )
    assert done.stdout == said


EARLY = """
import scraper.cli
def interrupted(argv=None):
    raise KeyboardInterrupt
scraper.cli.main = interrupted
scraper.cli.entry()
"""


def test_an_interrupt_before_the_work_has_begun_is_quiet() -> None:
    """Ctrl-C while the program is still being loaded ends it with 130, and without a traceback."""
    done = subprocess.run(
        [sys.executable, "-c", EARLY], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 130)
