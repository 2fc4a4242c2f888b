"""The budget, and what follows a refusal."""

from __future__ import annotations

import bisect
import contextlib
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

from scraper.archive.ratelimit.budget import PROBE_LEASE, Budget, Permit
from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.archive.ratelimit.pace import START, WINDOW
from scraper.archive.ratelimit.statefile import state_path
from scraper.config import Config
from scraper.errors import ArchiveRefused, Stopped, StoreError
from tests.clocks import ManualClock, ScaledClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "budget.json"


def make_limiter(path: Path, clock: ManualClock, stop: threading.Event | None = None, **settings: int) -> RateLimiter:
    return RateLimiter(Config(**settings), clock=clock, stop=stop or threading.Event(), path=path)


def most_in_a_minute(moments: list[float]) -> int:
    ordered = sorted(moments)
    return max(bisect.bisect_left(ordered, moment + 60) - at for at, moment in enumerate(ordered))


@pytest.mark.parametrize(("service", "budget"), [("cdx", 24), ("replay", 480)])
def test_the_whole_budget_is_used_and_never_more(path: Path, service: str, budget: int) -> None:
    """From the third minute on 97 % of the budget is used, and no window of 60 s holds more than the budget."""
    clock = ManualClock()
    begin = clock.monotonic()
    moments: list[float] = []
    limiter = make_limiter(path, clock)
    while clock.monotonic() < begin + 240:
        moments.append(limiter.acquire(service).granted_at)
    assert most_in_a_minute(moments) <= budget
    assert sum(moment >= begin + 120 for moment in moments) >= 0.97 * budget * 2


def test_a_run_begins_with_four_requests_and_then_one_a_second(path: Path) -> None:
    """At once go four, in the first minute no more than one a second."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    moments = [limiter.acquire("replay").granted_at for _ in range(100)]
    assert sum(moment < moments[0] + 0.4 for moment in moments) == 4
    assert sum(moment < moments[0] + 60 for moment in moments) <= 60


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(0, 40), min_size=30, max_size=50), st.integers(1, 12))
def test_no_pattern_of_rests_breaks_the_window(
    tmp_path_factory: pytest.TempPathFactory, rests: list[float], budget: int
) -> None:
    """However irregularly requests are wanted, no window holds more than the budget."""
    clock = ManualClock()
    path = tmp_path_factory.mktemp("g") / "budget.json"
    limiter = make_limiter(path, clock, cdx_per_minute=budget)
    sent = []
    for rest in rests:
        clock.advance(rest / 4)
        sent.append(limiter.acquire("cdx").granted_at)
    assert most_in_a_minute(sent) <= budget


CHILD = """
import sys, threading
from pathlib import Path
from scraper.archive.ratelimit.limiter import RateLimiter
from scraper.config import Config
from tests.clocks import ScaledClock
clock = ScaledClock.from_environment()
limiter = RateLimiter(Config(replay_per_minute=120), clock=clock, stop=threading.Event(), path=Path(sys.argv[1]))
end = clock.monotonic() + 150
while clock.monotonic() < end:
    permit = limiter.acquire("replay")
    print(permit.granted_at)
"""


def test_processes_share_one_budget(path: Path) -> None:
    """Three processes at once together never send more than one budget in any 60 s, and use all of it."""
    environment = os.environ | ScaledClock(30).environment()
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
    """It stops other limiters of the same file too; when the archive refuses again at once, twice as long."""
    clock = ManualClock()
    one, other = make_limiter(path, clock), make_limiter(path, clock, sit_out=1000)
    for pause in (60, 120, 240):
        one.record_refusal(one.acquire("replay") if pause == 60 else other.acquire("replay"), "throttled")
        began = clock.monotonic()
        permit = other.acquire("cdx")
        assert permit.granted_at - began == pytest.approx(pause + 1, abs=0.5)
        assert permit.probe
        other.record_answer(permit)


def test_a_cool_down_longer_than_one_sits_out_raises_with_its_end(path: Path) -> None:
    """A cool-down that is too long to be waited for raises at once, and says until when."""
    clock = ManualClock()
    limiter = make_limiter(path, clock, sit_out=90)
    limiter.record_refusal(limiter.acquire("replay"), "throttled", retry_after=600)
    with pytest.raises(ArchiveRefused) as caught:
        limiter.acquire("replay")
    assert caught.value.until == clock.now() + timedelta(seconds=601)
    assert limiter.status().next_request_at == caught.value.until
    assert clock.waits == []


def test_requests_in_the_air_do_not_double_the_cool_down(path: Path) -> None:
    """Thirty requests refused together are one refusal."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    for permit in [limiter.acquire("replay") for _ in range(30)]:
        limiter.record_refusal(permit, "throttled")
    assert limiter.status().refusals == 1
    until = limiter.status().until
    assert until is not None
    assert until <= clock.now() + timedelta(seconds=61)


def test_after_a_cool_down_one_probe_goes_alone(path: Path) -> None:
    """Nobody follows the probe before it is answered."""
    clock = ManualClock()
    stop = threading.Event()
    limiter = make_limiter(path, clock, stop)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    probe = limiter.acquire("replay")
    assert probe.probe

    class Patient(ManualClock):
        """Sets the stop event once a minute has been waited in vain."""

        def wait(self, seconds: float, event: threading.Event) -> bool:
            super().wait(seconds, event)
            if self.monotonic() > 60 + probe.granted_at:
                event.set()
            return event.is_set()

    patient = Patient()
    patient.advance(clock.monotonic() - patient.monotonic())
    with pytest.raises(Stopped):
        make_limiter(path, patient, stop).acquire("replay")
    stop.clear()
    clock.advance(60)
    limiter.record_answer(probe)
    assert not limiter.acquire("replay").probe


def test_a_refusal_teaches_the_limit_and_the_next_process_knows_it(path: Path) -> None:
    """What was let through in the minute before is the limit; whoever comes later stays below it."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    moments = [limiter.acquire("replay").granted_at for _ in range(70)]
    let_through = sum(moments[-1] - 60 < moment < moments[-1] for moment in moments)
    limiter.record_refusal(Permit("replay", moments[-1], 0, probe=False), "throttled")
    limiter.record_answer(limiter.acquire("replay"))
    other = make_limiter(path, clock)
    status = other.status().services["replay"]
    assert (status.limit, status.why) == (let_through, "throttled")
    assert status.pace == pytest.approx(0.95 * let_through, rel=0.01)
    other_service = other.status().services["cdx"]
    assert (other_service.limit, other_service.why) == (None, None)
    moments = [other.acquire("replay").granted_at for _ in range(300)]
    assert most_in_a_minute(moments) <= let_through


def test_a_refusal_after_requests_that_were_answered_is_a_first_one_again(path: Path) -> None:
    """The cool-down grows only when the archive goes on refusing; so the same run can go on."""
    clock = ManualClock()
    limiter = make_limiter(path, clock, sit_out=90)
    for _ in range(5):
        for permit in [limiter.acquire("replay") for _ in range(6)]:
            limiter.record_answer(permit)
        limiter.record_refusal(limiter.acquire("replay"), "throttled")
        limiter.record_answer(limiter.acquire("replay"))


def test_the_first_refusal_of_a_day_says_that_others_may_be_asking(path: Path) -> None:
    """Nothing of ours can have caused it."""
    limiter = make_limiter(path, ManualClock(), sit_out=10)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    with pytest.raises(ArchiveRefused, match="others may be asking"):
        limiter.acquire("replay")


def test_a_block_of_the_address_says_what_it_is_and_whom_to_write_to(path: Path) -> None:
    """Connections that are refused."""
    limiter = make_limiter(path, ManualClock(), sit_out=10)
    limiter.record_refusal(limiter.acquire("replay"), "connection refused")
    with pytest.raises(ArchiveRefused, match=r"firewall.*info@archive\.org.*Run again then"):
        limiter.acquire("replay")


def test_more_requests_under_way_than_the_pace_keeps_busy_wait(path: Path) -> None:
    """Of answers that never come only a few are waited for: so many as the pace and the latency give, and two."""
    clock = ManualClock()
    stop = threading.Event()
    limiter = make_limiter(path, clock, stop)
    with contextlib.ExitStack() as stack:
        threading.Timer(1.0, stop.set).start()
        with contextlib.suppress(Stopped):
            for _ in range(100):
                stack.enter_context(limiter.in_flight(limiter.acquire("replay")))
        assert stop.is_set()
        assert limiter._in_flight["replay"] <= START / 60 * 4 + 3


def test_a_probe_that_died_is_replaced(path: Path) -> None:
    """A process that was killed while it probed holds the others up for some minutes only."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    first = limiter.acquire("replay")
    second = limiter.acquire("replay")
    assert second.probe
    assert second.granted_at - first.granted_at == pytest.approx(PROBE_LEASE, abs=1)


def test_a_probe_that_fails_means_another_cool_down(path: Path) -> None:
    """Trouble with a single capture is an outage if it was the probe's."""
    clock = ManualClock()
    limiter = make_limiter(path, clock, sit_out=1000)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    assert limiter.record_failure(limiter.acquire("replay"), "a", "server error")
    assert limiter.status().refusals == 2


def test_an_outage_that_is_found_late_stops_nobody_again(path: Path) -> None:
    """While one failure asks whether the archive is there, another stops all, and all go on: that one is over."""
    clock = ManualClock()
    limiter = make_limiter(path, clock, sit_out=1000)
    permits = [limiter.acquire("replay") for _ in range(3)]
    for key, permit in zip("ab", permits, strict=False):
        assert not limiter.record_failure(permit, key, "server error")

    def asked_for_long() -> bool:
        limiter.record_refusal(permits[0], "throttled")
        limiter.record_answer(limiter.acquire("replay"))
        return False

    assert limiter.record_failure(permits[2], "c", "server error", archive_answers=asked_for_long)
    began = clock.monotonic()
    assert limiter.acquire("replay").granted_at - began < 30


def test_a_clean_day_forgets(path: Path) -> None:
    """A day without refusal, and the next one counts as the first."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    limiter.record_answer(limiter.acquire("replay"))
    clock.advance(86_500)
    assert limiter.status().refusals == 0
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    assert limiter.status().refusals == 1


def test_one_capture_in_trouble_is_its_own_several_are_an_outage(path: Path) -> None:
    """One capture may fail again and again; three different ones within a minute stop everybody."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    for _ in range(5):
        assert not limiter.record_failure(limiter.acquire("replay"), "a", "server error")
    assert not limiter.record_failure(limiter.acquire("replay"), "b", "server error")
    assert limiter.record_failure(limiter.acquire("replay"), "c", "server error")
    assert limiter.status().until


def test_troubles_with_answers_between_are_no_outage(path: Path) -> None:
    """While others answer, captures in trouble do not stop anybody; nor do troubles more than a minute apart."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    for key in "abcdef":
        assert not limiter.record_failure(limiter.acquire("replay"), key, "server error")
        limiter.record_answer(limiter.acquire("replay"))
    for key in "ghi":
        assert not limiter.record_failure(limiter.acquire("replay"), key, "server error")
        clock.advance(40)


@pytest.mark.parametrize("jump", [-86_400.0 * 400, -3600.0, 3600.0, 86_400.0 * 400])
def test_a_jump_of_the_wall_clock_changes_nothing(path: Path, jump: float) -> None:
    """Neither budget nor cool-down is shorter or longer when the wall clock jumps."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    began = clock.monotonic()
    clock.jump = jump
    assert limiter.acquire("replay").granted_at - began == pytest.approx(61, abs=0.5)


@pytest.mark.parametrize(("off", "left"), [(0.0, 61.0), (25.0, 36.0), (-9e7, 61.0), (3600.0, 0.0)])
def test_a_restart_of_the_machine_keeps_the_cool_down(path: Path, off: float, left: float) -> None:
    """After a restart the monotonic clock begins anew; the wall clock then says how long the machine was off."""
    clock = ManualClock()
    limiter = make_limiter(path, clock)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    kept = json.loads(path.read_text())
    kept["boot"] = "an earlier one"
    pace = kept["paces"]["replay"]
    pace["sent"] = [moment + 5e9 for moment in pace["sent"]]
    pace |= {name: pace[name] + 5e6 for name in ("due", "used_at", "cut_at")}
    kept |= {name: kept[name] + 5e6 for name in ("mono", "until", "refused_at")}
    path.write_text(json.dumps(kept))
    clock.jump = off
    began = clock.monotonic()
    assert make_limiter(path, clock).acquire("replay").granted_at - began == pytest.approx(left, abs=1)


PACE = (
    '{"sent": [1], "due": 0, "rate": 60.0, "used_at": 0, "rested": 0, "limit": null, "cut_at": 0, "slowed_at": 0, '
    '"strains": [], "why": ""}'
)
SOUND = (
    f'{{"boot": "", "mono": 0, "wall": 0, "paces": {{"replay": {PACE}}}, "until": 0, "level": 0, "since": 0, '
    '"refusals": 0, "serial": 0, "probing": false, "probe": null, "refused_at": null, "reason": "", '
    '"unprovoked": false, "failures": []}'
)


def test_a_file_of_sound_values_is_no_damaged_one(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """So that the next test shows what it says."""
    path.parent.mkdir()
    path.write_text(SOUND)
    make_limiter(path, ManualClock()).acquire("replay")
    assert caplog.text == ""


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "{}", '{"boot": 1}', "\x00\x01",
                '{"paces": "x", "boot": "", "mono": 0, "wall": 0}',
                '{"boot": "", "mono": 0, "wall": 0, "until": "NaN"}',
                SOUND.replace("60.0", "-7"), SOUND.replace("60.0", '"x"'), SOUND.replace("[1]", "[null]"),
                SOUND.replace('"level": 0', '"level": null')],
)  # fmt: skip
def test_a_damaged_file_starts_carefully_and_says_so(
    path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With a file that cannot be understood, a full minute passes before the first request; the file is kept aside."""
    clock = ManualClock()
    began = clock.monotonic()
    path.parent.mkdir()
    path.write_text(content)
    assert make_limiter(path, clock).acquire("replay").granted_at - began >= 60
    assert "damaged" in caplog.text
    assert Path(f"{path}.damaged").read_text() == content


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(path: Path) -> None:
    """It is set aside like a damaged file."""
    clock = ManualClock()
    path.parent.mkdir()
    os.mkfifo(path)
    began = clock.monotonic()
    assert make_limiter(path, clock).acquire("replay").granted_at - began >= 60
    assert Path(f"{path}.damaged").is_fifo()


def test_a_state_folder_that_cannot_be_written_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    """Where the budget cannot be kept, no request is made; the message names the file and the variable."""
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    with pytest.raises(StoreError, match=r"XDG_STATE_HOME") as caught:
        make_limiter(blocker / "budget.json", ManualClock()).acquire("replay")
    assert str(blocker / "budget.json") in str(caught.value)


def test_a_process_killed_while_it_held_the_file_blocks_nobody(path: Path) -> None:
    """The lock goes with its process, and a half-written file never takes the place of a whole one."""
    clock = ManualClock()
    make_limiter(path, clock).acquire("replay")
    Path(f"{path}.new").write_text('{"sent": {"re')
    code = (
        "import fcntl, os, sys; handle = os.open(sys.argv[1], os.O_RDWR); fcntl.flock(handle, fcntl.LOCK_EX); "
        "print('held', flush=True); os.kill(os.getpid(), 9)"
    )
    holder = subprocess.run(
        [sys.executable, "-c", code, f"{path}.lock"], stdout=subprocess.PIPE, text=True, check=False
    )
    assert holder.stdout == "held\n"
    assert make_limiter(path, clock).status().services["replay"].used == 1
    make_limiter(path, clock).acquire("replay")


def test_whoever_has_to_wait_for_what_another_process_met_says_so_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whom it waits for, and how long: a minute of silence looks like a fault. Who was refused has said it already."""
    clock = ManualClock()
    refused = make_limiter(path, clock)
    refused.record_refusal(refused.acquire("replay"), "429", 45)
    caplog.clear()
    other = make_limiter(path, clock)
    for service in ("cdx", "replay"):
        other.record_answer(other.acquire(service))
    said = [record.message for record in caplog.records if record.message.startswith("waiting")]
    assert said == ["waiting 61 s for the archive at web.archive.org, which refused or is down (429)"]
    refused.acquire("replay")
    assert sum("waiting" in record.message for record in caplog.records) == 1


def test_stopping_ends_the_wait(path: Path) -> None:
    """A thread that waits for a cool-down, and those behind it, end when the stop event is set."""
    clock = ScaledClock(1)
    stop = threading.Event()
    limiter = RateLimiter(Config(), clock=clock, stop=stop, path=path)
    limiter.record_refusal(limiter.acquire("replay"), "throttled")
    ended: list[str] = []

    def wait() -> None:
        try:
            limiter.acquire("replay")
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
@given(st.floats(0, 1e7), st.integers(1, 600), st.floats(4, 600))
def test_a_delay_waited_out_lets_the_request_go(now: float, budget: int, rate: float) -> None:
    """Whatever the state, waiting as it says lets the request go, and is never longer than the slowest rate."""
    state = Budget()
    pace = state.pace("cdx")
    pace.rate, pace.limit, pace.used_at = rate, rate, now
    for _ in range(budget + 3):
        wait = max(0.0, pace.delay(budget, now))
        assert wait <= WINDOW + 61
        while isinstance(left := state.request("cdx", budget, now), float):
            now += left + 1e-6
        assert isinstance(left, Permit)
    assert most_in_a_minute(pace.sent) <= budget
