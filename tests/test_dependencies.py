"""What the program needs: bounds for those who have it already, digests for those who want exactly that."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))


def test_every_dependency_is_locked_within_its_bounds() -> None:
    """`make lock` was run after the last change of pyproject.toml."""
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for requirement in map(Requirement, needed):
        name = canonicalize_name(requirement.name)
        assert name in LOCKED, requirement
        assert requirement.specifier.contains(LOCKED[name]), requirement


def test_each_locked_package_has_digests_and_nothing_says_where_it_came_from() -> None:
    """So whatever registry or mirror answers, only these very files are taken."""
    for entry in re.split(r"\n(?=[A-Za-z])", LOCK.partition("make lock\n")[2].strip()):
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in LOCK
    assert "index" not in LOCK
