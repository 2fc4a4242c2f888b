"""One shape for all commands."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from scraper.cli.commands import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_module_that_runs_on_a_context(name: str) -> None:
    """The table imports it by its name, so nothing else would tell before it is called."""
    run = import_module(f"scraper.cli.{name}_command").run
    assert list(inspect.signature(run).parameters) == ["context"]
    assert inspect.get_annotations(run) == {"context": "Context", "return": "int"}
