"""The site's pages against what others demand: axe-core for people with disabilities, the validator for HTML."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.export.web.browser import Browser, tool
from tests.export.web.conftest import KINDS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(fresh: Browser, site: Path, scheme: str) -> None:
    """No violation on any kind of page, light or dark."""
    axe = tool("axe-core/axe.min.js").read_text(encoding="utf-8")
    fresh.media(scheme=scheme)
    found = {}
    for kind, path in KINDS.items():
        fresh.open(f"{site.as_uri()}/{path}")
        if "search" in path:
            fresh.searched()
        fresh.run(axe)
        result = fresh.driver.execute_async_script("axe.run(document).then(arguments[0])")
        if result["violations"]:
            found[kind] = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in result["violations"]]
    assert found == {}


def test_the_html_is_valid(site: Path) -> None:
    """The Nu HTML checker has nothing to say about any page, style sheet included."""
    checker = tool("vnu-jar/build/dist/vnu.jar")
    if shutil.which("java") is None:
        pytest.skip("no java here: `make browser` says how to install it")
    command = ["java", "-jar", str(checker), "--format", "json", "--skip-non-html", str(site)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    # It also says that a policy of 'self' would block files opened from a disk. No browser does: see test_browser.
    messages = [one for one in json.loads(done.stderr)["messages"] if one["type"] != "info"]
    assert [(one["url"].rpartition("/site/")[2], one["message"], one.get("extract")) for one in messages] == []
