"""A WACZ of what is kept: valid for Webrecorder's own validator, and a browser shows its articles.

Not part of `make test`: run by `make interop`, which installs the validator, the player and what drives the browser
below ``build/interop``. The browser is Chromium (Debian: ``chromium``).
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.server import Saved, TestArchive
from tests.server.make import article_page, article_url, made_up_title, saved_article, write_warc

ROOT = Path(__file__).resolve().parent.parent.parent
INTEROP = ROOT / "build" / "interop"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
CJK = article_url(28325, "%E7%81%A3%E4%BB%94/%E5%B7%B4%E5%A3%AB")
OLD = "http://hkcnews.com:80/article/400/-"
PICTURE = "https://www.hkcnews.com/news_%E6%96%B0%E8%81%9E/2020/06/%E7%81%A3%E4%BB%94%20a_large.png"
FIGURE = '<figure class="image"><img src="/news_新聞/2020/06/灣仔 a_large.png"></figure><p>圖中是碼頭。</p>'


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def wacz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Captures taken in, a picture fetched, and all of it given away again by the program itself."""
    folder = tmp_path_factory.mktemp("wacz")
    captures = [
        saved_article(28325, "20200607080910", url=CJK),
        Saved(OLD, "20190102030405", article_page(400)),
        Saved(article_url(400), "20210102030405", article_page(400)),
        Saved(article_url(401), "20210102030406", article_page(401, body=FIGURE)),
    ]
    kept = Saved(PICTURE, "20210102030407", picture(), headers=(("Content-Type", "image/png"),))
    source = write_warc(folder / "source.warc.gz", captures)
    (folder / "config.toml").write_text('contact = "interop@example.org"\n', encoding="utf-8")
    with TestArchive([kept]) as archive:
        for words in (
            ["import", str(source)],
            ["images", "--archive", archive.base],
            ["export", "--wacz", str(folder / "kept.wacz")],
        ):
            where = ["--config", str(folder / "config.toml"), "--output", str(folder / "output"), "-q"]
            subprocess.run(
                [sys.executable, "-m", "scraper", *words, *where],
                cwd=ROOT,
                env=os.environ | {"XDG_STATE_HOME": str(folder / "state")},
                timeout=120,
                check=True,
            )
    return folder / "kept.wacz"


def test_is_valid(wacz: Path) -> None:
    """py-wacz finds the description, all digests and all files in order."""
    command = [INTEROP / "venv" / "bin" / "wacz", "validate", "-f", wacz]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (result.returncode, "is valid" in result.stdout) == (0, True), result.stdout + result.stderr


def test_the_player_shows_the_articles(wacz: Path) -> None:
    """replayweb.page shows each article, also at a Chinese address or one with a port, and pictures that are kept."""
    assert BROWSER, "no Chromium; install it (Debian: apt install chromium)"
    pages = [
        {"url": CJK, "ts": "20200607080910", "wanted": made_up_title(28325)},
        {"url": OLD.replace(":80", ""), "ts": "20190102030405", "wanted": made_up_title(400)},
        {"url": article_url(401), "ts": "20210102030406", "wanted": "圖中是碼頭"},
    ]
    result = subprocess.run(
        ["node", Path(__file__).with_name("player.mjs"), INTEROP / "node", INTEROP / "player", BROWSER, wacz],
        input=json.dumps(pages),
        capture_output=True,
        text=True,
        timeout=400,
        check=True,
    )
    found = json.loads(result.stdout)
    assert [page["url"] for page, seen in zip(pages, found, strict=True) if seen is None] == []
    assert found[2]["pictures"], "the kept picture does not show"
