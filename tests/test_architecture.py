"""The house: which rooms there are, that imports point one way, and what is pure stays pure. See docs/design.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from scraper.config import SITES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scraper"

LEVELS = [
    {"headers", "compression"},
    {"models", "times", "urls"},
    {"errors", "payload"},
    {"page", "selection", "paths"},
    {"config", "files", "parallel", "ledger", "markdown"},
    {"archive", "store", "sites"},
    {"engine", "audit"},
    {"images"},
    {"reports"},
    {"export", "check"},
    {"jobs"},
    {"cli"},
]
"""Rooms and single files, from the ground up. A room imports from lower levels only; imports for types count."""
LEVEL = {name: number for number, level in enumerate(LEVELS) for name in level}
PURE = {"models", "times", "urls", "headers", "compression", "payload", "page", "selection", "markdown", "sites"}
IMPURE = {"requests", "sqlite3", "pathlib", "os", "socket", "tempfile", "subprocess", "threading", "urllib.request"}
LONGEST_FILE = 320
MOST_LINES = 23_450
MOST_DOORS = 25
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    """Return the dotted name of a file's module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}


def room_of(module: str) -> str:
    """Return the room a module stands in: the name directly below the package, empty for the package itself."""
    return ".".join(module.split(".")[1:2])


def imported(path: Path) -> list[str]:
    """Return the modules that a file imports from, those for the type checker included."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            found += sorted({name if (name := f"{base}.{alias.name}") in MODULES else base for alias in node.names})
    return found


def test_every_room_has_its_level() -> None:
    """Each folder and file of the package stands on one level, and each site that the settings know is a folder."""
    rooms = {room_of(module_of(path)) for path in FILES} - {"", "__main__"}
    assert rooms == set(LEVEL)
    assert {path.parent.name for path in PACKAGE.glob("sites/*/__init__.py")} == set(SITES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    """A room imports from lower levels only."""
    own = room_of(module_of(path))
    used = {room_of(name) for name in imported(path) if name.startswith("scraper.")} - {own, ""}
    assert [name for name in sorted(used) if LEVEL[name] >= LEVEL.get(own, len(LEVELS))] == []


def test_no_module_imports_itself_by_a_detour() -> None:
    """There is no circle, not even one of imports for types. The package itself loads its names when they are used."""
    uses = {module_of(path): set(imported(path)) & MODULES - {module_of(path), "scraper"} for path in FILES}
    left = dict(uses)
    while ready := [name for name, used in left.items() if not used & left.keys()]:
        for name in ready:
            del left[name]
    assert left == {}


@pytest.mark.parametrize(
    "path", [path for path in FILES if room_of(module_of(path)) in PURE], ids=lambda path: str(path.relative_to(ROOT))
)
def test_what_is_pure_stays_pure(path: Path) -> None:
    """Pages, selection, sites and Markdown know no session, no path, no database, no thread."""
    assert {name for name in runtime_imports(path) if name in IMPURE or name.split(".")[0] in IMPURE} == set()


def runtime_imports(path: Path) -> set[str]:
    """Return what a file imports when it runs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_only_the_command_line_prints() -> None:
    """Nothing outside of the command line writes to stdout or stderr."""
    said = [
        path
        for path in FILES
        if room_of(module_of(path)) != "cli"
        and re.search(r"(?<![\w.])print\(|sys\.stdout", path.read_text(encoding="utf-8"))
    ]
    assert said == []


def test_no_file_is_long_and_the_whole_is_not() -> None:
    """A file is one idea; somebody who picks this up has to know his room in a minute."""
    lines = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}
    assert sum(lines.values()) <= MOST_LINES


def test_imports_stand_at_the_top() -> None:
    """Only a few doors that keep start-up fast are imported when they are first used."""
    doors = [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path in FILES
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    ]
    assert len(doors) <= MOST_DOORS, doors
