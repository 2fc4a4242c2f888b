"""A real headless Chromium, as Debian has it, and what is needed beside it; without it tests skip and say so."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = Path(__file__).parents[3] / "build" / "browser" / "node_modules"
"""Where `make browser` puts axe-core and the validator."""
_PATIENCE = 120.0


def tool(path: str) -> Path:
    """Return a file that `make browser` installs, or skip."""
    if not (TOOLS / path).exists():
        pytest.skip(f"{path} is not here: `make browser` installs it")
    return TOOLS / path


class Browser:
    """Chromium with a tester's wishes. Every request that it makes is noted.

    Args:
        javascript: whether pages may run scripts.
    """

    def __init__(self, *, javascript: bool = True) -> None:
        webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not here: `make browser` installs it")
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        driver = shutil.which("chromedriver")
        if chromium is None or driver is None:
            pytest.skip("no chromium with its chromedriver here: `make browser` says how to install them")
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for word in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1100,900",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
        ):
            options.add_argument(word)
        if not javascript:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
        self.driver.set_script_timeout(120)

    def close(self) -> None:
        self.driver.quit()

    def open(self, address: str) -> None:
        self.driver.get(address)

    def run(self, script: str, *values: object) -> Any:
        return self.driver.execute_script(script, *values)

    def one(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def command(self, name: str, **values: object) -> Any:
        return self.driver.execute_cdp_cmd(name, values)

    def size(self, width: int, height: int = 900) -> None:
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def media(self, *, scheme: str = "light", kind: str = "screen") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("Emulation.setEmulatedMedia", media=kind, features=features)

    def until(self, script: str) -> None:
        """Wait until a script gives something true."""
        end = time.monotonic() + _PATIENCE
        while not self.run(script):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.02)

    def searched(self) -> list[int]:
        """Wait until the search is done; return the ids of its hits, and see that their number is shown."""
        self.until("return document.getElementById('results').dataset.state === 'done'")
        found = self.run("return [...document.querySelectorAll('#results a')].map(a => a.getAttribute('href'))")
        count = self.run("return document.getElementById('count').textContent")
        assert count in ("", f"{len(found)}")
        return [int(Path(href).stem) for href in found]

    def search(self, site: str, query: str, **limits: str) -> list[int]:
        """Open the search with a query in its address; return the ids of its hits."""
        words = "&".join(f"{name}={quote(value)}" for name, value in ({"q": query} | limits).items())
        self.open("about:blank")
        self.open(f"{site}/search.html#{words}")
        return self.searched()

    def search_again(self, query: str) -> list[int]:
        """Put another query into the address of the search, which is open; return the ids of its hits."""
        self.run(
            "document.getElementById('results').dataset.state = 'asked'; location.hash = arguments[0]",
            f"q={quote(query)}",
        )
        return self.searched()

    def complaints(self) -> list[str]:
        """Return what the browser had to say of pages since this was last asked: script errors, broken policies."""
        return [one["message"] for one in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for since this was last asked."""
        messages = (json.loads(one["message"])["message"] for one in self.driver.get_log("performance"))
        return [
            one["params"]["request"]["url"]
            for one in messages
            if one["method"] == "Network.requestWillBeSent" and not one["params"]["request"]["url"].startswith("about:")
        ]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; give its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def inside(address: str, folder: Path) -> bool:
    """Say whether an address is of a file of the folder."""
    parts = urlsplit(address)
    return parts.scheme == "file" and Path(unquote(parts.path)).is_relative_to(folder)
