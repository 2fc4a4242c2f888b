"""What `make fuzz` found once, and that a round of it works."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.__main__ import FINDS, mutated
from tests.fuzz.readers import READERS, seeds


@pytest.mark.parametrize("path", sorted(FINDS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_is_read(path: Path) -> None:
    """It broke a promise when it was found."""
    READERS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", READERS)
def test_known_and_mutated_bytes_are_read(name: str) -> None:
    """Each seed as it is, and a few mutations, the same at every run."""
    dice = random.Random(20261129)
    for data in seeds()[name][:12]:
        READERS[name](data)
        READERS[name](mutated(data, dice))
