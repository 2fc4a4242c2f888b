from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper import cli
from scraper.jobs import fixtures
from scraper.models import UNREAD, Verdict
from scraper.sites import get_site
from scraper.sites.hkcnews.layouts import LAYOUTS
from tests.server import Saved, TestArchive

if TYPE_CHECKING:
    from scraper.jobs.fixtures import Fixture

FOLDER = Path(__file__).parent.parent / "fixtures"
ALL = list(fixtures.read_fixtures(FOLDER))
BY_NAME = {fixture.path.stem.split("-", 1)[1]: fixture for fixture in ALL}


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_every_fixture_reads_as_expected(fixture: Fixture) -> None:
    """Each page gives the verdict, the readings and the document that lie beside it."""
    assert fixtures.differences(fixture, get_site("hkcnews")) == []


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_every_fixture_says_why_it_exists_and_lies_where_it_belongs(fixture: Fixture) -> None:
    """The folder is the layout or the verdict, the name begins with the timestamp."""
    facts = fixture.expected.facts
    assert len(fixture.why) > 10
    assert fixture.path.parent.name == (facts["layout"] if facts["verdict"] == Verdict.ARTICLE else facts["verdict"])
    assert fixture.path.stem.startswith(f"{fixture.page.timestamp}-")
    assert (fixture.expected.document is not None) == (facts["verdict"] == Verdict.ARTICLE)


def test_every_layout_has_a_fixture() -> None:
    """A layout that nobody has shown a page of cannot be kept working."""
    assert set(LAYOUTS) == {
        fixture.expected.facts["layout"] for fixture in ALL if fixture.expected.facts["verdict"] == Verdict.ARTICLE
    }


def test_every_verdict_on_a_page_has_a_fixture() -> None:
    """The verdicts that are of the service are none of a page, but for its outage page."""
    of_the_service = {*UNREAD, Verdict.NOT_ARCHIVED} - {Verdict.OUTAGE}
    assert {fixture.expected.facts["verdict"] for fixture in ALL} >= {
        verdict.value for verdict in Verdict if verdict not in of_the_service
    }


def test_one_capture_gives_one_document() -> None:
    """Raw, rewritten, and rewritten by a replay elsewhere."""
    documents = {fixture.expected.document for name, fixture in BY_NAME.items() if name.startswith("one-capture")}
    assert len(documents) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("english-interface", 'date: "2019-03-04"'),
        ("control-character", 'title: "渡輪\\b停航"'),
        ("second-web-in-url", 'original_url: "https://www.hkcnews.com/article/12091/web/20190304000000/%E6'),
        ("table-with-breaks", "| 航線 | 末班 <br> 時間 |"),
        ("heading-with-breaks", "#### 票價\n"),
        ("hidden-email", "catar3a@aol.com"),
        ("link-with-spaces", "%20"),
        ("wrong-charset", "渡輪公司今日宣布"),
        ("big5", "渡輪公司今日宣布"),
        ("big5-that-claims-utf-8", "渡輪公司今日宣布"),
        ("gb18030", "渡輪公司今日宣布"),
        ("utf-16", "渡輪公司今日宣布"),
        ("nul-bytes", "渡輪公司今日宣布"),
        ("deep-nesting", "渡輪公司今日宣布"),
        ("empty-image-source", "碼頭外的候船人"),
    ],
)
def test_the_references_defects_are_not_ours(name: str, expected: str) -> None:
    """What the reference lost or broke on such a page stands in the document."""
    document = BY_NAME[name].expected.document
    assert document is not None
    assert expected in document


@pytest.mark.parametrize(
    ("name", "unwanted"),
    [
        ("empty-emphasis", "****"),
        ("empty-emphasis", "### \n"),
        ("empty-image-source", "<img"),
        ("hidden-email", "protected]"),
        ("decoys-in-text", "看不見"),
        ("decoys-in-text", "廣告"),
        ("decoys-in-text", "街市檔主"),
        ("no-tags", "tags:"),
    ],
)
def test_what_the_page_does_not_show_is_left_out(name: str, unwanted: str) -> None:
    """Empty emphasis, empty pictures, hidden parts and other articles."""
    document = BY_NAME[name].expected.document
    assert document is not None
    assert unwanted not in document


def test_check_finds_a_difference_and_refresh_writes_only_when_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1 and the lines that differ; refresh alone changes nothing."""
    folder = tmp_path / "fixtures"
    shutil.copytree(FOLDER / "article-page", folder / "article-page")
    document = next(folder.glob("*/*-news.md"))
    good = document.read_bytes()
    document.write_bytes(good.replace("渡輪".encode(), b"X"))
    words = ["fixture", "--fixtures", str(folder)]
    assert cli.main([*words, "check"]) == 1
    assert "-news" in capsys.readouterr().out
    assert cli.main([*words, "refresh"]) == 1
    assert document.read_bytes() != good
    assert cli.main([*words, "refresh", "--write"]) == 0
    assert document.read_bytes() == good
    assert cli.main([*words, "check", "-q"]) == 0


def test_add_saves_a_page_with_its_expected_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bytes as they are, the document beside them, and what is known of the capture; a second time is refused."""
    page = BY_NAME["one-capture-rewritten"]
    saved = tmp_path / "saved.html"
    saved.write_bytes(page.page.body)
    words = ["fixture", "--fixtures", str(tmp_path / "f"), "add", str(saved), "--name", "my-page", "--why", "A reason."]
    assert cli.main([*words, "--json"]) == 0
    path = Path(json.loads(capsys.readouterr().out)["fixture"])
    assert path.read_bytes() == page.page.body
    assert path.with_suffix(".md").read_text(encoding="utf-8") == page.expected.document
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["url"] == page.page.original
    assert cli.main(words) == 2
    assert "already" in capsys.readouterr().err
    assert cli.main(["fixture", "--fixtures", str(tmp_path / "f"), "check"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "nothing.html", "--name", "x"], "no such file"),
        (["add", "x.html"], "--name"),
        (["check", "x"], "leave out x"),
        (["check"], "no fixtures there"),
    ],
)
def test_wrong_words_are_told_what_to_do(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2 and the next step."""
    assert cli.main(["fixture", "--fixtures", str(tmp_path), *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../x", "", "A b", "x/y", "x--y"])
def test_a_fixtures_name_cannot_lead_out_of_its_folder(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lower-case letters, digits and single hyphens only."""
    saved = tmp_path / "saved.html"
    saved.write_bytes(BY_NAME["one-capture-rewritten"].page.body)
    assert cli.main(["fixture", "--fixtures", str(tmp_path / "f"), "add", str(saved), "--name", name]) == 2
    assert not (tmp_path / "f").exists()


def test_add_fetches_a_target_and_takes_it_from_the_store_the_next_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By id from an archive; a second time without any request."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    config = tmp_path / "config.toml"
    config.write_text('contact = "test@example.org"\ncdx_per_minute = 6000\n', encoding="utf-8")
    held = BY_NAME["news"].page
    number = get_site("hkcnews").article_id(held.original)
    words = ["fixture", "--fixtures", str(tmp_path / "f"), "--config", str(config), "--output", str(tmp_path / "out")]
    with TestArchive([Saved(held.original, held.timestamp, held.body)]) as archive:
        words += ["--archive", archive.base]
        assert cli.main([*words, "add", str(number), "--name", "by-id", "--json"]) == 0
        path = Path(json.loads(capsys.readouterr().out)["fixture"])
        assert path.read_bytes() == held.body
        asked = len(archive.log.entries())
        assert cli.main([*words, "add", str(number), "--name", "again"]) == 0
        assert len(archive.log.entries()) == asked > 0
