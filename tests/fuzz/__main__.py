"""``make fuzz``: mutated bytes for each reader. A find is kept in `finds/`, where a test reads it from then on."""

from __future__ import annotations

import argparse
import hashlib
import random
import signal
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.readers import READERS, seeds

FINDS = Path(__file__).parent / "finds"
LONGEST = 10
"""Seconds that one input may take."""
_PIECES = [
    b"\0",
    b"\xff",
    b"<",
    b">",
    b"</div>",
    b"<p>",
    b"&#x1;",
    b"{{<",
    b"WARC/1.0\r\n",
    b"\r\n\r\n",
    b"[",
    b'"',
    b"\\u0000",
]
_PIECES += [
    "\ufdd0".encode(),
    "\u202e".encode(),
    b"\x1f\x8b\x08",
    b"Content-Length: 99999999\r\n",
    b"<iframe>",
    b"<!--",
    b"9" * 40,
]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return bytes that differ in a few places: other bytes, pieces put in, stretches cut out, moved or repeated."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        here, there = sorted((dice.randint(0, len(made)), dice.randint(0, len(made))))
        there = min(there, here + dice.choice((1, 8, 200, 5000)))
        way = dice.randrange(5)
        if way == 0 and made:
            made[min(here, len(made) - 1)] = dice.randrange(256)
        elif way == 1:
            made[here:here] = dice.choice(_PIECES) * dice.choice((1, 1, 2, 50, 3000))
        elif way == 2:
            del made[here:there]
        elif way == 3:
            made[here:here] = made[here:there] * dice.choice((1, 1, 2, 100))
        else:
            made = made[:there]
    return bytes(made[: 1 << 20])


def _too_long(*_: object) -> None:
    raise TimeoutError(f"longer than {LONGEST} s")


def main() -> int:
    """Fuzz each reader; return 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="for each reader")
    parser.add_argument("--seed", type=int, default=None, help="of the dice, to repeat a round")
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    signal.signal(signal.SIGALRM, _too_long)
    found = 0
    for name, known in seeds().items():
        dice, tried, end = random.Random(seed), 0, time.monotonic() + options.seconds
        while time.monotonic() < end:
            data = mutated(dice.choice(known), dice)
            tried += 1
            signal.alarm(LONGEST)
            try:
                READERS[name](data)
            except Exception:  # noqa: BLE001 # whatever it is, it is a find
                found += 1
                path = FINDS / name / hashlib.sha256(data).hexdigest()[:16]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                print(f"{name}: {path}\n{traceback.format_exc(limit=-4)}")
                break  # one find a round: the next would be the same
            finally:
                signal.alarm(0)
        print(f"{name}: {tried} inputs, seed {seed}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
