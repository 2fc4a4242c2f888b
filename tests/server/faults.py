"""Faults to play: which there are, what each makes of an answer, and the plan that says when.

A plan is explicit (`Rule`: this kind, for these requests) or drawn from a seed (`Faults(seed=…)`), or both.
"""

from __future__ import annotations

import gzip
import random
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import brotli

from tests.server import pages
from tests.server.answers import Answer, html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.server.captures import Index


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault about to be played. `seconds` (archive's clock): for `refuse` and `429_retry_after`."""

    kind: str
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Rule:
    """When to play a fault: for requests of `service` whose path holds `contains`.

    The first `skip` of them are spared, then `times` are struck; ``None``: all that follow.
    """

    kind: str
    service: str = ""
    contains: str = ""
    skip: int = 0
    times: int | None = 1
    seconds: float = 60.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}; there are: {', '.join(KINDS)}")


class Faults:
    """A plan of faults; asked once for each request.

    Args:
        rules: explicit faults; the first that fits counts.
        seed: draws more from `kinds`: a random one of every few requests of a service gets the next kind of a
            shuffled list that holds each `rounds` times. None: no more.
        kinds: to draw from.
        every: mean number of requests from one drawn fault to the next; one number, or one for each service.
        rounds: how often each kind is drawn, or a number for single kinds in `only`.
        only: kind to number of draws, where it is not `rounds`.
        per_path: most faults on one path.
    """

    def __init__(
        self,
        rules: Iterable[Rule] = (),
        *,
        seed: int | None = None,
        kinds: Iterable[str] | None = None,
        every: int | Mapping[str, int] = 4,
        rounds: int = 1,
        only: dict[str, int] | None = None,
        per_path: int = 2,
    ) -> None:
        self.rules = list(rules)
        self._met: Counter[int] = Counter()
        self._on_path: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._every = dict(every) if isinstance(every, Mapping) else dict.fromkeys(("cdx", "replay"), every)
        self._per_path = per_path
        self._waiting: dict[str, list[str]] = {"cdx": [], "replay": []}
        self._gap = dict(self._every)
        if seed is not None:
            for kind in kinds if kinds is not None else KINDS:
                services = KINDS[kind].services
                for _ in range((only or {}).get(kind, rounds)):
                    self._waiting[self._random.choice(services)].append(kind)
            for service, waiting in self._waiting.items():
                self._random.shuffle(waiting)
                self._gap[service] = self._random.randint(1, 2 * self._every[service])

    @classmethod
    def parse(cls, text: str, *, seed: int | None = None) -> Faults:
        """Read a plan from the command line: ``kind[@service][~contains][+skip][*times]``, separated by commas."""
        rules = []
        for word in filter(None, text.split(",")):
            match = re.fullmatch(
                r"(?P<kind>\w+)(@(?P<service>cdx|replay))?(~(?P<contains>[^+*]+))?(\+(?P<skip>\d+))?(\*(?P<times>\d+|all))?",
                word.strip(),
            )
            if match is None:
                raise ValueError(f"not a fault: {word!r}")
            times = match["times"] or "1"
            rules.append(
                Rule(
                    match["kind"],
                    match["service"] or "",
                    match["contains"] or "",
                    int(match["skip"] or 0),
                    None if times == "all" else int(times),
                )
            )
        return cls(rules, seed=seed)

    @property
    def drawn_left(self) -> int:
        """How many faults of the seed have not been played yet."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def choose(self, service: str, path: str) -> Fault | None:
        """Return the fault for this request, or None."""
        with self._lock:
            for number, rule in enumerate(self.rules):
                if rule.service not in ("", service) or rule.contains not in path:
                    continue
                self._met[number] += 1
                if self._met[number] > rule.skip and (
                    rule.times is None or self._met[number] <= rule.skip + rule.times
                ):
                    return Fault(rule.kind, rule.seconds)
            return self._draw(service, path)

    def _draw(self, service: str, path: str) -> Fault | None:
        waiting = self._waiting[service]
        if not waiting:
            return None
        self._gap[service] -= 1
        if self._gap[service] > 0 or self._on_path[path] >= self._per_path:
            return None
        self._gap[service] = self._random.randint(1, 2 * self._every[service])
        self._on_path[path] += 1
        return Fault(waiting.pop(), 60.0)


@dataclass(frozen=True, slots=True)
class Context:
    """What a fault may need to know of the archive."""

    index: Index
    base: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: the services it may strike, what it makes of an answer, whether it is a refusal to all."""

    services: tuple[str, ...]
    change: Callable[[Answer, Fault, Context], Answer]
    refusal: bool = False


def play(fault: Fault, answer: Answer, context: Context) -> Answer:
    """Return what the fault makes of the answer."""
    return replace(KINDS[fault.kind].change(answer, fault, context), kind=f"fault:{fault.kind}")


BOTH = ("cdx", "replay")


def _page(status: int, reason: str, body: bytes) -> Callable[[Answer, Fault, Context], Answer]:
    return lambda _answer, _fault, _context: html(status, reason, body, "")


def _wire(wire: str, *, length: bool = False) -> Callable[[Answer, Fault, Context], Answer]:
    return lambda answer, _fault, _context: replace(answer, wire=wire, length=length, bare=True)


def _too_many(_answer: Answer, fault: Fault, _context: Context) -> Answer:
    return html(429, "Too Many Requests", pages.too_many(), "").with_headers(("Retry-After", str(int(fault.seconds))))


def _short(answer: Answer, _fault: Fault, _context: Context) -> Answer:
    """A whole answer by HTTP's measure, but with half of the body."""
    return replace(answer, body=answer.body[: len(answer.body) // 2], length=True, bare=True)


def _encoding(value: str, code: Callable[[bytes], bytes]) -> Callable[[Answer, Fault, Context], Answer]:
    def change(answer: Answer, _fault: Fault, _context: Context) -> Answer:
        if answer.header("Content-Encoding") is not None:
            return answer  # archived as encoded: what is stored is not ours to change
        return replace(answer.with_headers(("Content-Encoding", value)), body=code(answer.body))

    return change


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _no_datetime(answer: Answer, _fault: Fault, _context: Context) -> Answer:
    return replace(answer.without("Memento-Datetime", "Link", "X-Archive-Src"), status=200, reason="OK")


def _redirect(target: str) -> Callable[[Answer, Fault, Context], Answer]:
    def change(_answer: Answer, _fault: Fault, context: Context) -> Answer:
        location = target or f"{context.base}{context.path}"
        return Answer(302, "FOUND", (("Location", location), ("Content-Type", "text/plain")), b"", "", length=True)

    return change


def _wrong_url(answer: Answer, _fault: Fault, context: Context) -> Answer:
    """Another page's capture answers, at the same time by its header."""
    from tests.server.replay import memento

    asked = re.match(r"/web/\d+(?:\w\w_)?/(.*)", context.path, re.DOTALL)
    own = {one.url for one in context.index.captures(asked[1])} if asked else set()
    other = next((one for one in context.index.all_saved() if one.url not in own and one.status == 200), None)
    if other is None:
        return answer
    wrong = memento(context.index, other, "id_", context.base)
    stamp = answer.header("Memento-Datetime")
    return wrong.without("Memento-Datetime").with_headers(("Memento-Datetime", stamp)) if stamp else wrong


def _wrong_time(answer: Answer, _fault: Fault, _context: Context) -> Answer:
    """A capture of some other time answers without a redirect."""
    return answer.without("Memento-Datetime").with_headers(("Memento-Datetime", "Thu, 01 Feb 2018 03:04:05 GMT"))


def _cut_row(answer: Answer, _fault: Fault, _context: Context) -> Answer:
    """The list breaks off in the middle of a row, and yet the answer is whole by HTTP's measure."""
    rows = answer.body.rstrip(b"]\n")
    return replace(answer, body=rows[: max(1, len(rows) * 2 // 3)], length=True)


def _early_end(answer: Answer, _fault: Fault, context: Context) -> Answer:
    """The list ends well-formed, without a key, before it is at its end."""
    from tests.server import cdx

    found = cdx.answer(context.index, context.query)
    kept = found.rows[: len(found.rows) // 2]
    return replace(answer, body=replace(found, rows=kept, resume_key=None).body())


def _repeated_key(answer: Answer, _fault: Fault, context: Context) -> Answer:
    """The key that was sent comes back again."""
    from tests.server import cdx

    found = cdx.answer(context.index, context.query)
    key = context.query.get("resumeKey", [found.resume_key or ""])[0]
    return replace(answer, body=replace(found, resume_key=key or None).body())


KINDS: dict[str, Kind] = {
    "429": Kind(BOTH, _page(429, "Too Many Requests", pages.too_many()), refusal=True),
    "429_retry_after": Kind(BOTH, _too_many, refusal=True),
    "abuse": Kind(BOTH, _page(403, "Forbidden", pages.suspected_abuse()), refusal=True),
    "503": Kind(BOTH, _page(503, "Service Unavailable", pages.outage())),
    "502": Kind(BOTH, _page(502, "Bad Gateway", pages.gateway(502, "Bad Gateway"))),
    "504": Kind(BOTH, _page(504, "Gateway Time-out", pages.gateway(504, "Gateway Time-out"))),
    "refuse": Kind(BOTH, _wire("refuse"), refusal=True),
    "reset": Kind(BOTH, _wire("reset")),
    "reset_midway": Kind(BOTH, _wire("reset_midway")),
    "stall": Kind(BOTH, _wire("stall")),
    "stall_midway": Kind(BOTH, _wire("stall_midway")),
    "cut_length": Kind(BOTH, _wire("cut_length", length=True)),
    "cut_chunked": Kind(BOTH, _wire("cut_chunked")),
    "cut_whole": Kind(("replay",), _short),
    "encoding_blank": Kind(("replay",), _encoding("", lambda data: data)),
    "encoding_wrong": Kind(("replay",), _encoding("gzip", lambda data: data)),
    "encoding_doubled": Kind(("replay",), _encoding("gzip, gzip", lambda data: _gzip(_gzip(data)))),
    "encoding_named_twice": Kind(("replay",), _encoding("gzip, gzip", _gzip)),
    "brotli": Kind(("replay",), _encoding("br", brotli.compress)),
    "no_memento_datetime": Kind(("replay",), _no_datetime),
    "outage_200": Kind(BOTH, _page(200, "OK", pages.outage())),
    "landing": Kind(("replay",), _page(200, "OK", pages.landing())),
    "excluded": Kind(("replay",), _page(200, "OK", pages.excluded())),
    "redirect_loop": Kind(("replay",), _redirect("")),
    "redirect_off": Kind(("replay",), _redirect("http://elsewhere.example/landing")),
    "redirect_private": Kind(("replay",), _redirect("http://169.254.169.254/latest/meta-data/")),
    "wrong_url": Kind(("replay",), _wrong_url),
    "wrong_time": Kind(("replay",), _wrong_time),
    "endless": Kind(("replay",), _wire("endless")),
    "trickle": Kind(("replay",), _wire("trickle")),
    "cdx_cut_row": Kind(("cdx",), _cut_row),
    "cdx_early_end": Kind(("cdx",), _early_end),
    "cdx_repeated_key": Kind(("cdx",), _repeated_key),
    "cdx_empty_body": Kind(("cdx",), lambda answer, _fault, _context: replace(answer, body=b"", length=True)),
}
"""All faults, by name."""
