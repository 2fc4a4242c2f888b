"""The scenario, decided with a simulated reader: no network, no files."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.models import DigestCheck, Lack, State, Verdict
from scraper.selection.candidates import Attempt, Candidate, PageRead, holds_for_digest
from scraper.selection.decision import Concluded, Decision, Policy, Read, Written, decide
from scraper.sites.hkcnews import HKCNEWS
from tests.scenario.table import SERVICE, Case, Row, load, shared_counts
from tests.selection.rows import differ, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.models import Capture

CASES = load()
SHARED = shared_counts(CASES)
START = datetime(2026, 11, 23, tzinfo=UTC)
_LACKS = {"english": Lack.ENGLISH, "nobox": Lack.NO_AUTHOR_BOX, "nobody": Lack.EMPTY_BODY}
_FINAL = (Verdict.EXCLUDED, Verdict.NOT_ARCHIVED)


class Archive:
    """Reads captures of the table as the program would, and remembers what it learnt."""

    def __init__(self, rows: Sequence[Row], policy: Policy) -> None:
        self.policy = policy
        self.now = START
        self.rows = {row.capture: row for row in rows}
        self.candidates = {row.capture: Candidate(row.capture, SHARED[row.capture.digest]) for row in rows}
        self.fetched: list[Capture] = []
        self.judged: dict[str, Verdict] = {}

    def run(self, article: int, steps: int = 1000) -> Decision:
        """Do one run over one id; cut it after so many steps."""
        self.now += timedelta(days=1)
        for capture, candidate in self.candidates.items():
            self.candidates[capture] = candidate._replace(attempted=False)
        order = list(self.candidates)
        while True:
            random.shuffle(order)
            decision = decide(
                [self.candidates[capture] for capture in order if self.rows[capture].id == article],
                site=HKCNEWS, policy=self.policy, witnesses=lambda: 2, now=self.now,
            )  # fmt: skip
            if not isinstance(decision, Read) or steps == 0:
                return decision
            self._read(decision.capture)
            steps -= 1

    def _read(self, capture: Capture) -> None:
        self.fetched.append(capture)
        row, candidate = self.rows[capture], self.candidates[capture]
        verdict = Verdict(row.line.page)
        if row.line.page in SERVICE:
            tries = candidate.attempt.tries + 1 if candidate.attempt else 1
            final = verdict in _FINAL
            failure = Attempt(verdict, tries, final, None if final else self.now + timedelta(hours=1))
            self.candidates[capture] = candidate._replace(attempt=failure, attempted=True)
            return
        lacks = frozenset(_LACKS[word] for word in row.line.words & set(_LACKS))
        text = "" if "nobody" in row.line.words else row.line.text
        read = PageRead(verdict, lacks, text, promised=DigestCheck.MATCH)
        self.candidates[capture] = candidate._replace(read=read, attempted=True)
        if holds_for_digest(capture, candidate.shared, verdict, DigestCheck.MATCH):
            lent = PageRead(verdict, by_digest=True)
            for other, known in self.candidates.items():
                if other.digest == capture.digest and known.read is None:
                    self.candidates[other] = known._replace(read=lent)


def settle(archive: Archive, article: int) -> Decision:
    """Run until a run has nothing left to do."""
    for _ in range(6):
        decision = archive.run(article)
        if not (isinstance(decision, Written) and decision.again) and state_of(decision) is not State.WAITING:
            break
    return decision


def names(case: Case) -> str:
    return f"{case.id} {case.name}"


@pytest.mark.parametrize("case", CASES, ids=names)
def test_every_id_ends_as_written_down_beforehand(case: Case) -> None:
    """State and chosen capture are those of the table, and there are other texts where it says so, in any order."""
    archive = Archive(case.rows, Policy())
    if case.after_one_run is not None:
        assert state_of(archive.run(case.id)) is case.after_one_run
    decision = settle(archive, case.id)
    assert state_of(decision) is case.state
    if isinstance(decision, Written):
        assert decision.capture.timestamp == case.chosen
        assert differ(*archive.candidates.values()) == bool(case.versions)
    if isinstance(decision, Concluded) and decision.state is State.UNKNOWN_LAYOUT:
        unknown = [row.capture.timestamp for row in case.rows if row.line.page == "unknown_layout"]
        assert decision.reason.partition("(capture ")[2].rstrip(")") in unknown
    if isinstance(decision, Concluded) and decision.state is State.UNRECOVERABLE:
        pages = Counter(row.line.page for row in case.rows if row.line.is_real)
        tried = decision.reason.removeprefix("all captures were tried: ").split(", ")
        assert sorted(tried) == sorted(f"{count} {page}" for page, count in pages.items())


def test_what_many_ids_share_is_read_once() -> None:
    """Over the whole scenario the farewell page under many ids is fetched for one of them only."""
    archive = Archive([row for case in CASES for row in case.rows], Policy())
    for case in CASES:
        settle(archive, case.id)
    shared = [capture for capture in archive.fetched if "shared" in archive.rows[capture].line.words]
    assert len(shared) == 1


def test_runs_cut_at_any_point_end_the_same() -> None:
    """Cut runs, each going on where the last one stopped, lead to the same decision as one that is not cut."""
    chance = random.Random(7)
    for case in CASES:
        whole, cut = Archive(case.rows, Policy()), Archive(case.rows, Policy())
        for _ in range(5):
            cut.run(case.id, steps=chance.randint(0, 3))
        expected, got = settle(whole, case.id), settle(cut, case.id)
        assert type(got) is type(expected), case
        if isinstance(expected, Written) or state_of(expected) is State.UNKNOWN_LAYOUT:
            assert got == expected, case


def test_the_table_is_large_and_has_every_state_and_verdict() -> None:
    """The scenario leaves no state and no verdict out."""
    assert len(CASES) >= 250
    assert {case.state for case in CASES} == set(State)
    assert {row.line.page for case in CASES for row in case.rows} == set(Verdict) - {Verdict.INTERSTITIAL}
