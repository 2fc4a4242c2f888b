"""Several copies of one capture: the better one stands for it, in every order and from every source; all stay kept."""

import itertools

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.cli import main
from scraper.reports.manifest import read_manifest
from tests.few_ids import know_few_ids
from tests.server.captures import Saved
from tests.server.make import article_page, article_url, write_warc

URL, MOMENT = article_url(301, "harbour"), "20200607080910"
PAGE = article_page(301)
SAVED = (
    b"<!-- saved from url=(0090)https://web.archive.org/web/20200607080910/"
    + URL.encode()
    + b" -->\n"
    + PAGE.replace(b'src="/article/301/images/', b'src="./harbour_files/')
)


def warc(tmp_path, name, page, *, truncated=False):
    path = write_warc(tmp_path / f"{name}.warc", [Saved(URL, MOMENT, page)])
    if truncated:
        path.write_bytes(
            path.read_bytes().replace(b"WARC-Type: response", b"WARC-Truncated: length\r\nWARC-Type: response")
        )
    return path


def browser(tmp_path):
    path = tmp_path / "harbour.html"
    path.write_bytes(SAVED)
    return path


def copies(tmp_path):
    return {
        "whole": warc(tmp_path, "whole", PAGE),
        "cut": warc(tmp_path, "cut", PAGE[: PAGE.index(b"<h3>") + 2], truncated=True),
        "shorter": warc(tmp_path, "shorter", PAGE[: PAGE.index(b"<blockquote>") + 3]),
        "browser": browser(tmp_path),
    }


def run(output, *files):
    return main(["import", *map(str, files), "--output", str(output), "-q"])


def kept(output):
    """Return the payloads of all records that the store holds."""
    found = []
    for path in sorted(output.glob("warc/*.warc.gz")):
        with path.open("rb") as stream:
            found += [one.content_stream().read() for one in ArchiveIterator(stream) if one.rec_type == "response"]
    return found


def document(output):
    path = output / "articles/1-1000/article_301.md"
    return path.read_text(encoding="utf-8") if path.exists() else None


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    output = know_few_ids(folder / "output")
    run(output, warc(folder, "whole", PAGE))
    return document(output)


@pytest.mark.parametrize("order", list(itertools.permutations(["whole", "cut", "browser"])), ids=" ".join)
@pytest.mark.parametrize("together", [True, False], ids=["one import", "one by one"])
def test_the_better_copy_makes_the_document(tmp_path, expected, order, together):
    """Whichever comes first: the document is that of the whole copy, and nothing that came is lost."""
    files = copies(tmp_path)
    output = know_few_ids(tmp_path / "output")
    if together:
        run(output, *(files[name] for name in order))
    else:
        for name in order:
            run(output, files[name])
    assert document(output) == expected
    assert len(kept(output)) == 3


def test_what_was_imported_once_is_not_kept_twice(tmp_path, expected):
    """A worse copy neither: importing the same files again and again lets nothing grow."""
    files = copies(tmp_path)
    output = know_few_ids(tmp_path / "output")
    for _ in range(3):
        run(output, *files.values())
    assert len(kept(output)) == 4
    assert main(["check", "--output", str(output), "-q"]) == 0
    assert document(output) == expected


def test_a_ledger_made_anew_finds_the_better_copy_too(tmp_path, expected):
    """From the WARC files alone, though the worse copy was kept last."""
    files = copies(tmp_path)
    output = know_few_ids(tmp_path / "output")
    for name in ("shorter", "whole", "browser", "cut"):
        run(output, files[name])
    main(["rebuild", "--ledger", "--output", str(output), "-q", "--jobs", "1"])
    assert document(output) == expected
    assert len(kept(output)) == 4


def test_cut_copies_alone_write_nothing_and_leave_the_id_open(tmp_path):
    """Two parts are no page; the longer one is what can be looked at."""
    files = copies(tmp_path)
    output = know_few_ids(tmp_path / "output")
    run(output, files["shorter"], files["cut"])
    entry = next(one for one in read_manifest(output) if one["id"] == 301)
    assert (document(output), entry["state"]) == (None, "waiting")
    assert [one["verdict"] for one in entry["tried"]] == ["truncated"]


def test_what_a_browser_saved_is_written_as_long_as_there_is_nothing_else(tmp_path):
    """Its text is evidence; its pictures are files on somebody's disk, and no address is made up of them."""
    page = SAVED.replace(
        b"<h3>",
        b'<figure><img src="./harbour_files/a.jpg"></figure><iframe src="./harbour_files/b.html"></iframe><h3>',
        1,
    )
    path = tmp_path / "harbour.html"
    path.write_bytes(page)
    output = know_few_ids(tmp_path / "output")
    run(output, path)
    text = document(output)
    assert text is not None
    local = [line for line in text.splitlines() if "harbour_files" in line]
    assert local
    assert not [line for line in local if "archive.org" in line or "hkcnews.com" in line]
