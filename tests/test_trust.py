"""What docs/trust.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/trust.md").read_text(encoding="utf-8")


def test_each_promise_names_tests_that_exist() -> None:
    """Every row says how it is tested, by files and `make` targets that are there."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "| ---"))]
    assert len(rows) > 15
    for row in rows:
        assert re.search(r"`(?:tests/|make )", row), row
    for path in re.findall(r"`(tests/[a-z_/.]+)`", TEXT):
        assert (ROOT / path).exists() or path == "tests/fuzz/finds", path
    assert set(re.findall(r"make ([a-z]+)", TEXT)) - {"a"} <= targets
