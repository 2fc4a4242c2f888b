"""docs/images.md describes the list of pictures."""

import re
from pathlib import Path

from scraper.images.examine import MAX_PIXELS
from scraper.ledger.images import ImageEntry, ImageState
from scraper.reports.images import image_json
from scraper.sites.hkcnews.urls import SIZES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "images.md").read_text(encoding="utf-8")


def test_every_key_is_described() -> None:
    """The table names the keys of the list's objects, in order."""
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", DOCUMENT, re.MULTILINE)
    entry = ImageEntry("a", ImageState.WAITING, "", None, (), ())
    assert [name for row in rows for name in re.findall(r"\w+", row)] == list(image_json(entry))


def test_limits_and_order_are_those_of_the_program() -> None:
    """What it says of sizes and limits is what the program does."""
    assert f"{MAX_PIXELS // 1_000_000} million pixels" in DOCUMENT
    assert [f"`{size}`" if size else "none" for size in SIZES] == re.findall(
        r"`_\w+`|none", DOCUMENT[DOCUMENT.index("in sizes named") :].split(".", 1)[0]
    )
