"""The front matter of our documents reads the same in PyYAML, npm's `yaml` and `gray-matter`.

Not part of `make test`: run by `make interop`, which installs what it needs below ``build/interop``.
"""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import yaml

from scraper.markdown.document import render_document
from scraper.models import Article

ROOT = Path(__file__).resolve().parent.parent.parent
NODE = ROOT / "build" / "interop" / "node"
NASTY = (
    'say "yes" and \\"no\\"',
    "back\\slash \\n \\u0041 \\",
    "---",
    "--- # not the end\n---\nnor this",
    "line\nbreak\r\nand\rreturn",
    "tab\there",
    "bell\x07 escape\x1b null\x00 delete\x7f",
    "next line\x85 no-break\xa0 separators\u2028\u2029 bom\ufeff",
    "bidi \u202etxet\u202c and \u2066isolate\u2069",
    "中文標題：「引號」，《書名》",
    "emoji 😀 and beyond \U0002070e",
    "noncharacters \ufffe \uffff",
    "# comment",
    "key: value",
    "- item",
    "[a, b] {c: d}",
    "!!python/object:os.system x",
    "&anchor *alias",
    "% directive",
    "yes",
    "null",
    "1_000",
    "2019-06-05",
    "0o17",
    " leading and trailing ",
    "'single'",
    "{{< shortcode >}}",
    "@at `tick`",
    "",
)


def article(title: str, tags: tuple[str, ...] = ()) -> Article:
    return Article(title, "2019-06-05", title, "眾聞", "內文。", last_updated="2019-06-05 10:11:12", tags=tags)


def written(folder: Path) -> list[Path]:
    """Write a document for each nasty value, one with all as tags, and a few hundred of random characters."""
    source = random.Random(2)
    alphabet = [chr(code) for code in range(0x100)] + list(
        "\u2028\u2029\ufeff\u202e中文「」：—…😀\ud7ff\ue000\ufffd\ufffe"
    )
    noise = ["".join(source.choices(alphabet, k=source.randrange(1, 40))) for _ in range(400)]
    articles = [article(text) for text in (*NASTY, *noise)]
    articles.append(article("tags", tuple(text for text in NASTY if text)))
    paths = []
    for number, one in enumerate(articles):
        path = folder / f"article_{number}.md"
        text = render_document(
            one, original_url="https://www.hkcnews.com/article/1/%E6%96%87", timestamp="20200607080910"
        )
        path.write_bytes(text.encode())
        (folder / f"article_{number}.json").write_text(json.dumps([one.title, list(one.tags)]), encoding="utf-8")
        paths.append(path)
    return paths


def by_node(paths: list[Path]) -> dict[str, dict[str, dict[str, object]]]:
    """Read files with both readers of npm; fails if there is no node or the packages are not installed."""
    assert (NODE / "node_modules" / "gray-matter").is_dir(), f"{NODE} lacks the npm packages; run `make interop`"
    answer = subprocess.run(
        ["node", str(Path(__file__).with_name("front_matter.mjs"))],
        input="\n".join(str(path.resolve()) for path in paths),
        cwd=NODE,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, f"node could not read the documents (is node 18 or later there?):\n{answer.stderr}"
    found: dict[str, dict[str, dict[str, object]]] = json.loads(answer.stdout)
    return found


def by_pyyaml(path: Path) -> dict[str, object]:
    block = path.read_bytes().decode().split("\n---\n", 1)[0].removeprefix("---\n")
    found: dict[str, object] = yaml.safe_load(block)
    return found


def test_nasty_values_come_back_the_same_from_all_three_readers(tmp_path: Path) -> None:
    """Titles, authors and tags with quotes, breaks, control and bidi characters are read back exactly, three times."""
    paths = written(tmp_path)
    other = by_node(paths)
    for path in paths:
        title, tags = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        for reader, values in {"pyyaml": by_pyyaml(path), **other[str(path.resolve())]}.items():
            if reader == "content":
                continue
            assert values["title"] == values["author"] == title, (reader, path.name)
            assert values.get("tags", []) == tags, (reader, path.name)
            assert values["date"] == "2019-06-05", (reader, path.name)


EXPECTED = sorted((ROOT / "fixtures").rglob("*.md"))


def test_documents_of_all_fixtures_read_the_same_in_all_three_readers() -> None:
    """The expected document of each fixture has the same front matter for all readers, and nothing but texts in it."""
    documents = [path for path in EXPECTED if path.read_bytes().startswith(b"---\n")]
    assert documents, "no fixtures/ with documents in this checkout"
    other = by_node(documents)
    for path in documents:
        values = by_pyyaml(path)
        readings = other[str(path.resolve())]
        assert values == readings["yaml"] == readings["grayMatter"], path.name
        assert all(isinstance(value, str | list) for value in values.values()), path.name
