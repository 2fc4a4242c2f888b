"""A change in the make-up of the pages is noticed within a run, and nothing else is."""

from __future__ import annotations

import random

from scraper.engine.drift import WINDOW, DriftWatch
from scraper.models import Reading, Verdict


def page(*, title: str = "h1", layout: str | None = "article") -> Reading:
    if layout is None:
        return Reading(Verdict.UNKNOWN_LAYOUT, detail="title")
    return Reading(Verdict.ARTICLE, layout=layout, readings={"title": title, "author": "byline"})


def findings(*pages: Reading, before: dict[str, dict[str, int]] | None = None) -> list[str]:
    watch = DriftWatch(before or {})
    for number, one in enumerate(pages):
        watch.add(one, f"page {number}")
    return watch.findings()


def test_pages_that_are_all_alike_are_no_drift():
    """A run over one era finds nothing."""
    assert findings(*[page()] * 300) == []


def test_a_fallback_that_becomes_usual_is_found_once_and_with_an_example():
    """The title comes from somewhere else from page 100 on."""
    (found,) = findings(*[page()] * 100, *[page(title="og:title")] * 100)
    assert "title was read by 'og:title' on 25 of 25 pages in a row (before: 0 of 100)" in found
    assert "page 100" in found


def test_a_fallback_that_is_rare_and_steady_is_no_drift():
    """One page in ten was always like that."""
    chance = random.Random(3)
    assert findings(*[page(title="og:title" if chance.random() < 0.1 else "h1") for _ in range(1000)]) == []


def test_earlier_runs_are_what_a_run_is_compared_with():
    """The first pages of a run count as drift if earlier runs read them otherwise, and not if they did not."""
    now = [page(title="og:title")] * WINDOW
    assert len(findings(*now, before={"title": {"h1": 1000}})) == 1
    assert findings(*now, before={"title": {"h1": 500, "og:title": 500}}) == []


def test_a_first_run_has_nothing_to_compare_its_first_window_with():
    """Whatever wins first is the usual one."""
    assert findings(*[page(title="og:title")] * WINDOW) == []


def test_pages_of_unknown_layout_are_found_even_in_a_first_short_run():
    """Three pages that nobody can read, of ten."""
    (found,) = findings(*[page()] * 7, *[page(layout=None)] * 3)
    assert found.startswith("no layout could read 3 of 10 pages in a row")


def test_a_few_unknown_layouts_among_many_pages_are_no_drift():
    """They are reported one by one anyway."""
    assert findings(*([page()] * 50 + [page(layout=None)]) * 4) == []


def test_unknown_layouts_that_have_always_been_so_frequent_are_no_jump():
    """The share is compared with that of earlier runs."""
    pages = [page()] * 20 + [page(layout=None)] * 5
    assert findings(*pages, before={"layout": {"article": 800, "unknown": 200}}) == []
    assert len(findings(*pages, before={"layout": {"article": 990, "unknown": 10}})) == 1


def test_another_layout_that_takes_over_is_found():
    """Layouts are counted like the readings of a field."""
    (found,) = findings(*[page()] * 50, *[page(layout="article_2018")] * 50)
    assert "layout was read by 'article_2018'" in found


def test_pages_that_are_no_article_count_for_nothing():
    """A thousand farewell pages say nothing about layouts."""
    assert findings(*[Reading(Verdict.FAREWELL)] * 1000) == []
