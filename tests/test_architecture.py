"""Imports point one way, and what is pure stays pure."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scraper"

LAYERS = [
    {"models", "states", "errors", "timestamps", "urls", "clock", "durations", "jsonlines"},
    {"content", "archive_pages", "decoding", "elements", "page", "replayed"},
    {"markdown"},
    {"sites"},
    {"config", "parallel", "saved"},
    {"selection", "drift"},
    {"governor"},
    {"transport"},
    {"cdx", "replay", "replay_headers"},
    {"archive"},
    {"warc", "ledger", "lock", "writer", "logfile"},
    {"keeping", "discovery", "targets", "images", "fixtures"},
    {"pipeline", "manifest"},
    {"report", "status", "history", "collecting"},
    {"assembly"},
    {"job"},
    {"recovery", "importer", "rebuild", "check", "audit", "export"},
    {"cli"},
]
"""From the bottom to the top. A module imports from its own layer or one below; see docs/design.md. What a run needs of
the pictures (links in documents) lies below it, the fetching of pictures (`collecting`) above it."""

BELOW = {name: number for number, layer in enumerate(LAYERS) for name in layer}
IMPURE = {
    "requests",
    "sqlite3",
    "pathlib",
    "time",
    "os",
    "socket",
    "tempfile",
    "threading",
    "subprocess",
    "urllib.request",
}
PURE = ("selection", "sites", "markdown", "models", "states", "timestamps", "urls", "drift")


def imports(path: Path, *, run_time_only: bool) -> set[str]:
    """Return the modules that a file imports; those for the type checker alone are left out if asked."""
    names: set[str] = set()

    class Visitor(ast.NodeVisitor):
        def visit_If(self, node: ast.If) -> None:
            if run_time_only and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
                return
            self.generic_visit(node)

        def visit_Import(self, node: ast.Import) -> None:
            names.update(alias.name for alias in node.names)

        def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            if node.module == "scraper":
                names.update(f"scraper.{alias.name}" for alias in node.names)

    Visitor().visit(ast.parse(path.read_text(encoding="utf-8")))
    return names


def part_of(module: str) -> str:
    """Return the name under which a module of the package stands in LAYERS."""
    parts = module.split(".")[1:]
    return next((name for size in (2, 1) if (name := ".".join(parts[:size])) in BELOW), parts[0] if parts else "")


def layer_of(path: Path) -> str:
    return part_of(".".join(path.relative_to(ROOT).with_suffix("").parts))


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE or not path.name.startswith("__")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    """No module imports from a layer above its own."""
    own = layer_of(path)
    assert own in BELOW, f"{own}: give it a place in LAYERS and in docs/design.md"
    used = {name for name in imports(path, run_time_only=True) if name.startswith("scraper.")}
    assert [name for name in sorted(used) if BELOW.get(part_of(name), 0) > BELOW[own]] == []


@pytest.mark.parametrize(
    "path", [path for path in FILES if layer_of(path) in PURE], ids=lambda path: str(path.relative_to(ROOT))
)
def test_what_is_pure_stays_pure(path: Path) -> None:
    """Selection, sites and Markdown know no session, no path, no clock, no database."""
    assert {name for name in imports(path, run_time_only=True) if name.split(".")[0] in IMPURE} == set()


def test_only_the_command_line_prints() -> None:
    """Nothing outside of the command line writes to stdout or stderr."""
    said = [
        path
        for path in FILES
        if layer_of(path) != "cli" and re.search(r"(?<![\w.])print\(|sys\.stdout", path.read_text(encoding="utf-8"))
    ]
    assert said == []
