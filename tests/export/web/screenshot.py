"""``make screenshot``: the picture of the site in README.md, of the demo's invented articles."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from tests.export.web.browser import Browser

SITE = Path("build/demo/site").resolve()
_WIDTH, _HEIGHT = 820, 620
_COLOURS = 48


def main(path: Path) -> None:
    """Show the search and an article side by side, in few colours."""
    browser = Browser()
    shots = []
    try:
        browser.size(_WIDTH, _HEIGHT)
        browser.search(SITE.as_uri(), "通宵巴士")
        shots.append(browser.driver.get_screenshot_as_png())
        browser.one("#results ol li:nth-child(2) a").click()
        browser.until("return document.readyState === 'complete'")
        shots.append(browser.driver.get_screenshot_as_png())
    finally:
        browser.close()
    picture = Image.new("RGB", (2 * _WIDTH + 20, _HEIGHT), "white")
    for number, shot in enumerate(shots):
        picture.paste(Image.open(io.BytesIO(shot)).convert("RGB"), (number * (_WIDTH + 20), 0))
    picture.quantize(_COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
