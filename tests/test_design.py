"""docs/design.md speaks of things that exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from tests.test_architecture import LEVELS

DOCUMENT = (Path(__file__).parents[1] / "docs" / "design.md").read_text(encoding="utf-8")
SECTIONS = dict(part.split("\n", 1) for part in DOCUMENT.split("\n## ")[1:])
TREE, WAY, FOLDER = SECTIONS["The tree"], SECTIONS["One capture's way"], SECTIONS["What lies in the output folder"]
ROOMS = set().union(*LEVELS)
WORDS = re.findall(r"`([a-z_]+(?:\.\w+)*)`", DOCUMENT.replace(FOLDER, ""))
NAMES = sorted({name for name in WORDS if name.split(".")[0] in ROOMS})


@pytest.mark.parametrize("name", NAMES)
def test_a_name_exists(name: str) -> None:
    """Each dotted name is a module of the package, or something in one."""
    thing = importlib.import_module("scraper")
    path = "scraper"
    for part in name.split("."):
        path = f"{path}.{part}"
        try:
            thing = getattr(thing, part, None) or importlib.import_module(path)
        except ModuleNotFoundError:
            pytest.fail(f"docs/design.md names {name}, and there is no {part}")


def test_the_tree_is_the_architecture() -> None:
    """The table has the rooms of the architecture test, each on its level."""
    told: dict[str, int] = {}
    for level, rooms in re.findall(r"^\| +([0-9]+) \| (.*?) \|", TREE, re.MULTILINE):
        told.update(dict.fromkeys(re.findall(r"`(\w+)`", rooms), int(level)))
    assert told == {name: number for number, level in enumerate(LEVELS, start=1) for name in level}
    assert len(re.findall(r"^[0-9]\. ", WAY, re.MULTILINE)) == 7
