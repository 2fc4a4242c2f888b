from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.export.web.browser import Browser
from tests.export.web.made import every_kind, make


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that has every kind of page, made once."""
    place = tmp_path_factory.mktemp("web")
    make(every_kind(place / "output"), place / "site")
    return place / "site"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    one = Browser()
    yield one
    one.close()


@pytest.fixture
def fresh(browser: Browser) -> Browser:
    """The browser as if it had just been started: usual size, light, nothing noted."""
    browser.size(1100)
    browser.media()
    browser.open("about:blank")
    browser.complaints()
    browser.requests()
    return browser


KINDS = {
    "front": "index.html",
    "calendar": "date/index.html",
    "year": "date/2020/index.html",
    "month": "date/2020/02/index.html",
    "day": "date/2020/01/02.html",
    "undated": "date/undated.html",
    "article": "article/1/1200.html",
    "English article": "article/1/1201.html",
    "hostile article": "article/1/1202.html",
    "categories": "category/index.html",
    "authors": "author/index.html",
    "tags": "tag/index.html",
    "lost": "lost/index.html",
    "about": "about.html",
    "search": "search.html#q=%E6%B8%A1%E8%BC%AA",
}
