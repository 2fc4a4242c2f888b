"""Run the bench and print its table."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Row

PARTS = ("startup", "pages", "listing", "pacing", "pace", "ledger", "kept", "rebuild", "site")


def only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse every connection beyond this machine: some of the libraries compared fetch pictures on their own."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1")):
            raise PermissionError(f"the bench opens no connection to {address[0]}")
    elif event == "socket.getaddrinfo" and arguments[0] not in (None, "", "localhost", "127.0.0.1", "::1"):
        raise PermissionError(f"the bench looks up no name such as {arguments[0]}")


def main() -> int:
    """Measure the parts asked for; 0 even where a goal is missed, since machines differ: the table says it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts (default: all)")
    parser.add_argument("--quick", action="store_true", help="small sizes, few rounds: shows that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure here too")
    options = parser.parse_args()
    sys.addaudithook(only_loopback)
    done: list[Row] = []
    for part in options.parts or PARTS:
        print(f"measuring {part} …", file=sys.stderr)
        for row in importlib.import_module(f"bench.{part}").rows(quick=options.quick):
            done.append(row)
            print(f"  {row.name}, against {row.against}: {row.ratio:.2f}", row.figures, file=sys.stderr)
    print_table(done)
    if options.json:
        facts = {
            "python": platform.python_version(),
            "quick": options.quick,
            "rows": [dataclasses.asdict(row) for row in done],
        }
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def print_table(done: list[Row]) -> None:
    """Print the rows as a Markdown table."""
    print("| what | against | ratio | goal | limit | figures of this run |")
    print("| --- | --- | ---: | ---: | --- | --- |")
    for row in done:
        goal = "" if row.goal is None else f"{row.goal:g}{'' if row.ratio <= row.goal else ' missed'}"
        figures = ", ".join(f"{key} {value}" for key, value in row.figures.items())
        print(f"| {row.name} | {row.against} | {row.ratio:.2f} | {goal} | {row.limit} | {figures} |")


if __name__ == "__main__":
    sys.exit(main())
