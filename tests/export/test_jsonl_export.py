"""Articles as JSON Lines."""

import dataclasses
import io
import json
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.export.rows import ExportRow, write_jsonl
from scraper.files import json_line


def test_a_line_is_an_article(make_row: Callable[..., ExportRow]) -> None:
    """Each line is an object with all fields of its article, in the order they were given."""
    rows = [make_row(1), make_row(2, last_updated="2020-01-03 01:02:03", box_label="博客")]
    file = io.BytesIO()
    assert write_jsonl(rows, file) == 2
    objects = [json.loads(line) for line in file.getvalue().decode().splitlines()]
    assert objects == [dataclasses.asdict(row) | {"tags": list(row.tags), "images": []} for row in rows]
    assert list(objects[0]) == [field.name for field in dataclasses.fields(ExportRow)]
    assert "抗疫".encode() in file.getvalue()


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_a_line(text: str) -> None:
    """Whatever characters a text has, its line stays one line for every reader, and gives the text back."""
    line = json_line({"text": text + "\u2028\u0085"})
    assert line.splitlines() == [line]
    assert json.loads(line)["text"] == text + "\u2028\u0085"
