"""The budget, and what follows a refusal."""

from __future__ import annotations

import bisect
import json
import os
import pwd
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.ratelimit import budget as pacing
from scraper.archive.ratelimit.budget import State
from scraper.archive.ratelimit.limiter import Governor, Ticket
from scraper.archive.ratelimit.statefile import state_path
from scraper.errors import ArchiveRefused, Stopped, StoreError
from tests.clocks import ManualClock, ScaledClock

BUDGETS = {"cdx": 24, "replay": 480}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "budget.json"


def governor(path: Path, clock: ManualClock, stop: threading.Event | None = None, **settings: float) -> Governor:
    return Governor(path, BUDGETS, clock=clock, stop=stop or threading.Event(), **settings)


def most_in_a_minute(moments: list[float]) -> int:
    ordered = sorted(moments)
    return max(bisect.bisect_left(ordered, moment + 60) - at for at, moment in enumerate(ordered))


@pytest.mark.parametrize(("service", "budget"), [("cdx", 24), ("replay", 480)])
def test_the_whole_budget_is_used_and_never_more(path: Path, service: str, budget: int) -> None:
    """Over four minutes 97 % of the budget is used, and no window of 60 s holds more than the budget."""
    clock = ManualClock()
    begin = clock.monotonic()
    moments: list[float] = []
    keeper = governor(path, clock)
    while clock.monotonic() < begin + 240:
        moments.append(keeper.acquire(service).counted)
    assert most_in_a_minute(moments) <= budget
    assert len(moments) >= 0.97 * budget * 4


def test_requests_are_spread_with_a_modest_burst(path: Path) -> None:
    """After a rest no more than an eighth of the budget goes within a second."""
    clock = ManualClock()
    keeper = governor(path, clock)
    moments = [keeper.acquire("replay").counted for _ in range(200)]
    assert sum(1 for moment in moments if moment < moments[0] + 1) <= 480 / 8 + 9


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(0, 40), min_size=30, max_size=50), st.integers(1, 12))
def test_no_pattern_of_rests_breaks_the_window(
    tmp_path_factory: pytest.TempPathFactory, rests: list[float], budget: int
) -> None:
    """However irregularly requests are wanted and however late they go out, no window holds more than the budget."""
    clock = ManualClock()
    path = tmp_path_factory.mktemp("g") / "budget.json"
    keeper = Governor(path, {"cdx": budget}, clock=clock, stop=threading.Event())
    sent = []
    for rest in rests:
        clock.advance(rest / 4)
        ticket = keeper.acquire("cdx")
        clock.advance(rest / 8)  # a slow connection
        ticket = keeper.sent(ticket) or ticket
        sent.append(clock.monotonic() if rest / 8 > 0.05 else ticket.counted)
        keeper.departed(ticket)
    assert most_in_a_minute(sent) <= budget


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 12), st.floats(0, 150)), min_size=30, max_size=50), st.integers(1, 12))
def test_leave_that_is_used_late_breaks_no_window(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[float, float]], budget: int
) -> None:
    """Many that were let go and then held up, for minutes even, may go together: the window holds nevertheless."""
    clock = ManualClock()
    path = tmp_path_factory.mktemp("g") / "budget.json"
    keeper = Governor(path, {"replay": budget}, clock=clock, stop=threading.Event())
    held: list[tuple[float, Ticket]] = []
    gone = []
    for rest, hold in (*plan, (150.0, 0.0)):
        clock.advance(rest)
        ticket = keeper.acquire("replay")
        held.append((clock.monotonic() + hold, ticket))
        for late in sorted((one for one in held if one[0] <= clock.monotonic()), key=lambda one: one[0]):
            held.remove(late)
            leaving = keeper.sent(late[1])
            assert leaving is not None
            clock.advance(hold / 100)  # a busy machine
            gone.append(clock.monotonic())
            keeper.departed(leaving)
    assert most_in_a_minute(gone) <= budget


class _Impatient(ManualClock):
    """Has the run stopped at the second wait."""

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        if self.waits:
            stop.set()
        return super().wait(seconds, stop)


def test_one_that_waits_for_its_place_takes_back_its_own_count_only(path: Path) -> None:
    """Another request that was counted at the same moment stays counted, however often the first looks for room."""
    clock = _Impatient()
    small = Governor(path, {"replay": 2}, clock=clock, stop=threading.Event())
    first, _ = small.acquire("replay"), small.acquire("replay")
    large = Governor(path, {"replay": 4}, clock=clock, stop=threading.Event())
    clock.advance(1)
    for _ in range(2):
        large.acquire("replay")
    clock.waits.clear()
    clock.advance(3)
    with pytest.raises(Stopped):
        small.sent(first)
    assert len(clock.waits) == 2
    assert small.snapshot().used == {"replay": 3}


CHILD = """
import sys, threading
from pathlib import Path
from scraper.archive.ratelimit.limiter import Governor
from tests.clocks import ScaledClock
clock = ScaledClock.from_environment()
keeper = Governor(Path(sys.argv[1]), {"replay": 120}, clock=clock, stop=threading.Event())
end = clock.monotonic() + 150
while clock.monotonic() < end:
    ticket = keeper.acquire("replay")
    print(ticket.counted)
"""


def test_processes_share_one_budget(path: Path) -> None:
    """Three processes at once together never send more than one budget in any 60 s, and use all of it."""
    environment = os.environ | ScaledClock(60).environment()
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path)], env=environment, stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(3)
    ]  # fmt: skip
    moments = [float(line) for child in children for line in child.communicate(timeout=60)[0].split()]
    assert all(child.returncode == 0 for child in children)
    assert most_in_a_minute(moments) <= 120
    assert len(moments) > 200


def test_a_refusal_stops_everybody_for_a_minute_then_twice_as_long(path: Path) -> None:
    """A refusal stops other governors of the same file too; the second cool-down of a day is twice the first."""
    clock = ManualClock()
    one, other = governor(path, clock), governor(path, clock, sit_out=1000)
    for pause in (60, 120, 240):
        one.refused(one.acquire("replay") if pause == 60 else other.acquire("replay"), "throttled")
        began = clock.monotonic()
        ticket = other.acquire("cdx")
        assert pause <= ticket.counted - began < pause + 1
        assert ticket.probe
        other.answered(ticket)


def test_a_cool_down_longer_than_one_sits_out_raises_with_its_end(path: Path) -> None:
    """A cool-down that is too long to be waited for raises at once, and says until when."""
    clock = ManualClock()
    keeper = governor(path, clock, sit_out=90)
    keeper.refused(keeper.acquire("replay"), "throttled", retry_after=600)
    with pytest.raises(ArchiveRefused) as caught:
        keeper.acquire("replay")
    assert caught.value.until == clock.now() + timedelta(seconds=600)
    assert keeper.next_request_at() == caught.value.until
    assert clock.waits == []


def test_requests_in_the_air_do_not_double_the_cool_down(path: Path) -> None:
    """Thirty requests refused together are one refusal."""
    clock = ManualClock()
    keeper = governor(path, clock)
    for ticket in [keeper.acquire("replay") for _ in range(30)]:
        keeper.refused(ticket, "throttled")
    assert keeper.snapshot().refusals == 1
    until = keeper.snapshot().until
    assert until is not None
    assert until <= clock.now() + timedelta(seconds=60)


def test_after_a_cool_down_one_probe_goes_alone_then_slowly_faster(path: Path) -> None:
    """Nobody follows the probe before it is answered; then the rate is half the budget and grows."""
    clock = ManualClock()
    stop = threading.Event()
    keeper = governor(path, clock, stop)
    keeper.refused(keeper.acquire("replay"), "throttled")
    probe = keeper.acquire("replay")
    assert probe.probe

    class Patient(ManualClock):
        """Sets the stop event once a minute has been waited in vain."""

        def wait(self, seconds: float, event: threading.Event) -> bool:
            super().wait(seconds, event)
            if self.monotonic() > 1060 + probe.counted - 1000:
                event.set()
            return event.is_set()

    patient = Patient()
    patient.advance(clock.monotonic() - patient.monotonic())
    with pytest.raises(Stopped):
        governor(path, patient, stop).acquire("replay")
    stop.clear()
    clock.advance(60)
    keeper.answered(probe)
    share = keeper.snapshot().share
    assert share == pytest.approx(0.5)
    moments = [keeper.acquire("replay").counted for _ in range(200)]
    assert most_in_a_minute(moments) <= 480 * 0.6
    clock.advance(900)
    assert keeper.snapshot().share == pytest.approx(1.0)


def test_a_probe_that_died_is_replaced(path: Path) -> None:
    """A process that was killed while it probed holds the others up for some minutes only."""
    clock = ManualClock()
    keeper = governor(path, clock)
    keeper.refused(keeper.acquire("replay"), "throttled")
    first = keeper.acquire("replay")
    second = keeper.acquire("replay")
    assert second.probe
    assert second.counted - first.counted == pytest.approx(pacing.PROBE_LEASE, abs=1)


def test_a_probe_that_fails_means_another_cool_down(path: Path) -> None:
    """Trouble with a single capture is an outage if it was the probe's."""
    clock = ManualClock()
    keeper = governor(path, clock, sit_out=1000)
    keeper.refused(keeper.acquire("replay"), "throttled")
    assert keeper.trouble(keeper.acquire("replay"), "a", "server error")
    assert keeper.snapshot().refusals == 2


def test_a_clean_day_forgets(path: Path) -> None:
    """A day without refusal, and the next one counts as the first."""
    clock = ManualClock()
    keeper = governor(path, clock)
    keeper.refused(keeper.acquire("replay"), "throttled")
    keeper.answered(keeper.acquire("replay"))
    clock.advance(86_500)
    assert keeper.snapshot().refusals == 0
    keeper.refused(keeper.acquire("replay"), "throttled")
    assert keeper.snapshot().refusals == 1


def test_one_capture_in_trouble_is_its_own_several_are_an_outage(path: Path) -> None:
    """One capture may fail again and again; three different ones within a minute stop everybody."""
    clock = ManualClock()
    keeper = governor(path, clock)
    for _ in range(5):
        assert not keeper.trouble(keeper.acquire("replay"), "a", "server error")
    assert not keeper.trouble(keeper.acquire("replay"), "b", "server error")
    assert keeper.trouble(keeper.acquire("replay"), "c", "server error")
    assert keeper.snapshot().cooling


def test_troubles_with_answers_between_are_no_outage(path: Path) -> None:
    """While others answer, captures in trouble do not stop anybody; nor do troubles more than a minute apart."""
    clock = ManualClock()
    keeper = governor(path, clock)
    for key in "abcdef":
        assert not keeper.trouble(keeper.acquire("replay"), key, "server error")
        keeper.answered(keeper.acquire("replay"))
    for key in "ghi":
        assert not keeper.trouble(keeper.acquire("replay"), key, "server error")
        clock.advance(40)


@pytest.mark.parametrize("jump", [-86_400.0 * 400, -3600.0, 3600.0, 86_400.0 * 400])
def test_a_jump_of_the_wall_clock_changes_nothing(path: Path, jump: float) -> None:
    """Neither budget nor cool-down is shorter or longer when the wall clock jumps."""
    clock = ManualClock()
    keeper = governor(path, clock)
    keeper.refused(keeper.acquire("replay"), "throttled")
    began = clock.monotonic()
    clock.jump = jump
    assert keeper.acquire("replay").counted - began == pytest.approx(60, abs=1)


@pytest.mark.parametrize(("off", "left"), [(0.0, 60.0), (25.0, 35.0), (-9e7, 60.0), (3600.0, 0.0)])
def test_a_restart_of_the_machine_keeps_the_cool_down(path: Path, off: float, left: float) -> None:
    """After a restart the monotonic clock begins anew; the wall clock then says how long the machine was off."""
    clock = ManualClock()
    keeper = governor(path, clock)
    keeper.refused(keeper.acquire("replay"), "throttled")
    kept = json.loads(path.read_text())
    kept["boot"] = "an earlier one"
    for moments in (kept["sent"]["replay"],):
        moments[:] = [moment + 5e9 for moment in moments]
    kept |= {name: kept[name] + 5e6 for name in ("mono", "until", "refused_at", "share_at")}
    path.write_text(json.dumps(kept))
    clock.jump = off
    began = clock.monotonic()
    assert governor(path, clock).acquire("replay").counted - began == pytest.approx(left, abs=1)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "{}", '{"boot": 1}', "\x00\x01",
                '{"sent": "x", "boot": "", "mono": 0, "wall": 0}',
                '{"boot": "", "mono": 0, "wall": 0, "until": "NaN"}', '{"boot": "", "mono": 0, "wall": 0, "share": 7}'],
)  # fmt: skip
def test_a_damaged_file_starts_carefully_and_says_so(
    path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With a file that cannot be understood, a full minute passes before the first request; the file is kept aside."""
    clock = ManualClock()
    began = clock.monotonic()
    path.parent.mkdir()
    path.write_text(content)
    assert governor(path, clock).acquire("replay").counted - began >= 60
    assert "damaged" in caplog.text
    assert Path(f"{path}.damaged").read_text() == content


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(path: Path) -> None:
    """It is set aside like a damaged file."""
    clock = ManualClock()
    path.parent.mkdir()
    os.mkfifo(path)
    began = clock.monotonic()
    assert governor(path, clock).acquire("replay").counted - began >= 60
    assert Path(f"{path}.damaged").is_fifo()


def test_a_state_folder_that_cannot_be_written_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    """Where the budget cannot be kept, no request is made; the message names the file and the variable."""
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    with pytest.raises(StoreError, match=r"XDG_STATE_HOME") as caught:
        governor(blocker / "budget.json", ManualClock()).acquire("replay")
    assert str(blocker / "budget.json") in str(caught.value)


def test_a_process_killed_while_it_held_the_file_blocks_nobody(path: Path) -> None:
    """The lock goes with its process, and a half-written file never takes the place of a whole one."""
    clock = ManualClock()
    governor(path, clock).acquire("replay")
    Path(f"{path}.new").write_text('{"sent": {"re')
    code = (
        "import fcntl, os, sys; handle = os.open(sys.argv[1], os.O_RDWR); fcntl.flock(handle, fcntl.LOCK_EX); "
        "print('held', flush=True); os.kill(os.getpid(), 9)"
    )
    holder = subprocess.run(
        [sys.executable, "-c", code, f"{path}.lock"], stdout=subprocess.PIPE, text=True, check=False
    )
    assert holder.stdout == "held\n"
    assert governor(path, clock).snapshot().used["replay"] == 1
    governor(path, clock).acquire("replay")


def test_stopping_ends_the_wait(path: Path) -> None:
    """A thread that waits for a cool-down, and those behind it, end when the stop event is set."""
    clock = ScaledClock(1)
    stop = threading.Event()
    keeper = Governor(path, BUDGETS, clock=clock, stop=stop)
    keeper.refused(keeper.acquire("replay"), "throttled")
    ended: list[str] = []

    def wait() -> None:
        try:
            keeper.acquire("replay")
        except Stopped:
            ended.append("stopped")

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    stop.set()
    for thread in threads:
        thread.join(10)
    assert ended == ["stopped"] * 3


def test_each_archive_has_its_own_file_below_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file lies below XDG_STATE_HOME and is named for the archive's host, and its port if it is an odd one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_path("https://web.archive.org/web") == tmp_path / "hkcnews" / "web.archive.org.budget.json"
    assert state_path("http://127.0.0.1:8080/web").name == "127.0.0.1-8080.budget.json"


def test_a_user_without_a_home_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container a user may be a number without name and home: the message names the variable to set."""

    def nobody(uid: int) -> None:
        raise KeyError(uid)

    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(StoreError, match="XDG_STATE_HOME"):
        state_path("https://web.archive.org/web")


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1e7), st.integers(1, 600), st.floats(1 / 16, 1))
def test_a_delay_waited_out_lets_the_request_go(now: float, budget: int, share: float) -> None:
    """Whatever the state, waiting as it says lets the request go, and is never longer than the slowest rate."""
    state = State()
    state.share, state.share_at = share, now
    for _ in range(budget + 3):
        wait = max(0.0, pacing.delay(state, "cdx", budget, now))
        assert wait <= pacing.LONGEST_WINDOW / budget * 17 + pacing.LONGEST_WINDOW
        while (left := pacing.delay(state, "cdx", budget, now)) > 0:
            now += left + 1e-6
        pacing.admit(state, "cdx", budget, now)
    assert most_in_a_minute(state.sent["cdx"]) <= budget
