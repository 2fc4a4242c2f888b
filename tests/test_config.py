from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from scraper.config import Config, load_config
from scraper.errors import ConfigError

FILE = Path(__file__).parents[1] / "config.toml"


def test_the_file_shows_every_setting_with_its_default() -> None:
    """config.toml has each key once, in the order of the program, and the default as its value."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert table == Config()._asdict() | {"withhold": {"ids": [], "reason": ""}}
    assert list(table) == sorted(table, key=FILE.read_text(encoding="utf-8").index)
    assert load_config(FILE) == Config()


def test_every_setting_is_explained() -> None:
    """Right above each key stands a comment."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    keys = [number for number, line in enumerate(lines) if re.match(r"[a-z_]+ =", line)]
    assert len(keys) == len(Config._fields) - 1 + len(Config().withhold)
    assert [lines[number] for number in keys if not lines[number - 1].startswith("# ")] == []


@pytest.mark.parametrize(
    ("text", "tip"),
    [
        ("in_fligt = 3", "in_flight"),
        ("in_flight = '3'", "int"),
        ("in_flight = true", "int"),
        ("in_flight = 0", "greater than 0"),
        ("images = 'nowhere'", "local"),
        ("archive = 'web.archive.org'", "https://"),
        ("archive = 'http:///web'", "name a host"),
        ("archive = ", "TOML"),
        ('contact = "a@example.org\\nX-Other: 1"', "one line"),
        ("contact = '眾新聞讀者'", "ASCII"),
        ("cool_down = -1", "greater than 0"),
        ("read_timeout = nan", "greater than 0"),
        ("sit_out = -1", "0 or more"),
        ("listing_overlap_days = -1", "0 or more"),
        ("max_runtime = 'soon'", "50m"),
        ("max_runtime = '45'", "50m"),
        ("site = 'nosuch'", "hkcnews"),
        ("archive = ''", "https://"),
        ("archive = 'http://127.0.0.1:99999'", "https://"),
        ("archive = 'http://127.0.0.1:abc'", "https://"),
        ("archive = 'http://[::1'", "https://"),
        ("cdx_url = 'https://x.example/cdx?a=b'", "question mark"),
        ("read_timeout = inf", "or less"),
        ("listing_overlap_days = 99999999999", "or less"),
        ("cdx_page_rows = 99999999999999999999", "or less"),
        ("withhold = 28325", "table of two keys"),
        ("[withhold]\nid = [28325]", "table of two keys"),
        ("[withhold]\nids = [28325]", "a reason"),
        ("[withhold]\nids = ['28325']\nreason = 'asked for'", "list of ids"),
        ("[withhold]\nids = 28325\nreason = 'asked for'", "list of ids"),
    ],
)
def test_a_wrong_setting_says_what_to_do(tmp_path: Path, text: str, tip: str) -> None:
    """The message names the file and the way out."""
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=tip) as caught:
        load_config(path)
    assert str(path) in str(caught.value)


def test_options_win_over_the_file(tmp_path: Path) -> None:
    """What is said on the command line counts; what is not said there does not."""
    path = tmp_path / "config.toml"
    path.write_text('output = "from-file"\narchive = "http://file"\n')
    config = load_config(path, output="from-option", archive=None)
    assert (config.output, config.archive) == ("from-option", "http://file")


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    """As some editors write it."""
    path = tmp_path / "config.toml"
    path.write_text("in_flight = 3\n", encoding="utf-8-sig")
    assert load_config(path).in_flight == 3
