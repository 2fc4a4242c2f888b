from __future__ import annotations

from scraper.reports.images import ImagesReport
from scraper.reports.words import counted, first_of


def test_a_long_list_says_how_much_of_it_is_not_shown() -> None:
    """Nothing is left out in silence, and nothing is added to a list that is shown whole."""
    assert first_of(["a", "b"], most=2) == ["a", "b"]
    assert first_of(["id 1", "id 2", "id 3", "id 4"], most=2, rest=": see the list") == [
        "id 1",
        "id 2",
        "and 2 more: see the list",
    ]


def test_one_is_not_many() -> None:
    """Counts agree with their nouns."""
    assert [counted(count, "row") for count in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]


def test_one_picture_is_not_many() -> None:
    """What people read of a single thing has no plural."""
    report = ImagesReport(waiting=1, remade=1, documents_changed=1)
    assert report.problems() == ["1 picture could not be had yet; a later run asks again"]
    assert report.summary()[1:] == ["1 file made again from what is kept", "pictures named anew in 1 document"]
