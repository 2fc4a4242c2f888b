"""The pages beside the articles: lists by day, category, author and tag; the lost ones; front page, about, search."""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from scraper.export.web import places
from scraper.export.web.words import CHINESE, LABELS, NAME, NAME_IN_ENGLISH
from scraper.models import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from scraper.export.web.inputs import Entry, Story

T = TypeVar("T")
Year = tuple[str, int, list[tuple[str, int]]]
"""Name, how many articles it has, and its months, each with how many."""
_ROWS = 100
"""Articles on one page of a list."""
_NAMES = 400
"""Names on one page of a list of names."""
_OF_A_DAY = 5
"""Articles of each day on the page of a month."""
_FRONT_DAYS, _FRONT_ARTICLES, _FRONT_AUTHORS = 3, 6, 40
_CHINESE = LABELS[CHINESE]


class Page(NamedTuple):
    """A page to be made: its template, its place, what the template needs."""

    template: str
    path: str
    values: Mapping[str, Any]


class Month(NamedTuple):
    """A month as weeks of days, 0 where a week reaches into another month; day to how many articles it has."""

    name: str
    weeks: list[list[int]]
    counts: dict[int, int]


def list_pages(entries: Sequence[Entry], stories: Sequence[Story], *, embed: bool, withheld: str) -> Iterator[Page]:
    """Yield all pages but those of the articles, in order of time; `embed` and `withheld` are as in `Wanted`."""
    days = {day: list(group) for day, group in groupby(stories, key=lambda story: story.date)}
    undated = days.pop("", [])
    months = _months_of(days)
    years = _years_of(months.values())
    yield from _calendar_pages(days, months, years, undated)
    categories = by_name(stories, lambda story: (story.category,))
    authors = by_name(stories, lambda story: (story.author,))
    tags = by_name(stories, lambda story: story.tags)
    yield from _named_lists("category", "categories", categories)
    yield from _named_lists("author", "authors", authors)
    yield from _named_lists("tag", "tags", tags)
    lost = [entry for entry in entries if entry.state != State.WRITTEN]
    yield from _lost_pages(lost)
    latest = [
        (day, sorted(group, key=lambda story: (story.lead is None, -story.id))[:_FRONT_ARTICLES], len(group))
        for day, group in list(days.items())[: -_FRONT_DAYS - 1 : -1]
    ]  # of each day first the articles with a picture
    yield Page("front.html", places.FRONT, {
        "title": _CHINESE["site"], "total": len(stories), "years": years,
        "description": "眾新聞（Citizen News）的文章，由網際網路檔案館的典藏修復，可以閱讀和搜尋。",
        "days": latest, "categories": _counted("category", categories),
        "authors": _counted("author", authors)[:_FRONT_AUTHORS],
    })  # fmt: skip
    figures = [
        ("文章", "articles", len(stories)),
        ("日", "days", len(days)),
        ("作者", "authors", len(authors)),
        ("標籤", "tags", len(tags)),
        ("圖片", "pictures kept", len(kept_pictures(stories))),
        ("失落或待處理的文章", "articles lost or waiting", len(lost)),
    ]
    yield Page("about.html", places.ABOUT, {
        "title": _CHINESE["about"], "figures": figures, "embed": embed, "withheld": withheld,
        "description": f"{NAME}（{NAME_IN_ENGLISH}）文章典藏：這是什麼、怎樣核對、文章屬誰。",
    })  # fmt: skip
    spelled = Counter(story.category for story in stories)
    yield Page("search.html", places.SEARCH, {
        "title": _CHINESE["search"], "description": f"{NAME}：{_CHINESE['search_all']}", "scripts": True,
        "years": [year for year, _, _ in years],
        "categories": sorted(spelled, key=lambda name: (-spelled[name], name)),
    })  # fmt: skip


def kept_pictures(stories: Iterable[Story]) -> list[str]:
    """Return the files of all pictures that pages show, below the output folder as below the site's."""
    return sorted({file for story in stories for file in story.pictures})


def by_name(stories: Sequence[Story], names: Callable[[Story], Sequence[str]]) -> list[tuple[str, list[Story]]]:
    """Group articles under names; those differing in letter case are one, spelled as most articles have it."""
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    groups: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        for name in names(story):
            spelled[name.casefold()][name] += 1
            groups[name.casefold()].append(story)
    return [(min(spelled[key], key=lambda name: (-spelled[key][name], name)), group) for key, group in groups.items()]


def _named_lists(kind: str, label: str, groups: Sequence[tuple[str, list[Story]]]) -> Iterator[Page]:
    """Yield the pages of all categories, authors or tags, as `by_name` has them, and those that list the names."""
    heading, index = _CHINESE[label], f"{kind}/index.html"
    for name, group in groups:
        yield from _paged(places.listed(kind, name), name or "—", group[::-1], above=(heading, index))
    found = _counted(kind, groups)
    for path, names, values in _parts(index, heading, found, _NAMES):
        yield Page("names.html", path, {**values, "heading": heading, "total": len(found), "names": names})


def _counted(kind: str, groups: Sequence[tuple[str, list[Story]]]) -> list[tuple[str, str, int]]:
    """Return names with their pages and how many articles they have, most first."""
    found = [(name, places.listed(kind, name), len(group)) for name, group in groups]
    return sorted(found, key=lambda one: (-one[2], one[0]))


def _parts(path: str, heading: str, rows: Sequence[T], size: int) -> Iterator[tuple[str, Sequence[T], dict[str, Any]]]:
    """Yield the parts of a list: the page of each, its rows, and what its template needs to say which one it is."""
    count = max(1, -(-len(rows) // size))
    for number in range(1, count + 1):
        title = heading if number == 1 else f"{heading} {number}"
        values = {"title": title, "description": f"{NAME}：{title}", "number": number, "count": count, "path": path}
        yield places.part(path, number), rows[(number - 1) * size : number * size], values


def _paged(
    path: str, heading: str, stories: Sequence[Story], *, above: tuple[str, str],
    beside: Sequence[tuple[str, str]] | None = None, size: int = _ROWS,
) -> Iterator[Page]:  # fmt: skip
    """Yield the pages of a list of articles, which are given newest first."""
    if beside is None and len(stories) > size:  # where each year begins
        first = {story.date[:4]: at for at, story in reversed(list(enumerate(stories))) if story.date}
        beside = [(year, places.part(path, at // size + 1)) for year, at in sorted(first.items(), reverse=True)]
    for place, some, values in _parts(path, heading, stories, size):
        yield Page("list.html", place, {
            **values, "heading": heading, "total": len(stories), "stories": some,
            "above": above, "beside": beside or (),
            "first": some[0].date if some else "", "last": some[-1].date if some else "",
        })  # fmt: skip


def _months_of(days: Mapping[str, Sequence[Story]]) -> dict[str, Month]:
    """Return the tables of all months, by name, ``YYYY-MM``."""
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for day, stories in days.items():
        counts[day[:7]][int(day[8:])] = len(stories)
    weeks = calendar.Calendar().monthdayscalendar
    return {name: Month(name, weeks(int(name[:4]), int(name[5:])), found) for name, found in counts.items()}


def _years_of(months: Iterable[Month]) -> list[Year]:
    """Return the years, the newest first, of the months in order of time."""
    years = []
    for year, group in groupby(months, key=lambda month: month.name[:4]):
        counts = [(month.name, sum(month.counts.values())) for month in group]
        years.append((year, sum(many for _, many in counts), counts))
    return years[::-1]


def _calendar_pages(
    days: Mapping[str, list[Story]], months: Mapping[str, Month], years: Sequence[Year], undated: Sequence[Story]
) -> Iterator[Page]:
    """Yield the pages of the calendar."""
    heading = _CHINESE["calendar"]
    above = (heading, places.CALENDAR)
    yield Page("years.html", places.CALENDAR, {
        "title": heading, "description": f"{NAME}：{heading}", "years": years, "undated": len(undated),
        "total": sum(map(len, days.values())) + len(undated),
    })  # fmt: skip
    yield from _paged("date/undated.html", _CHINESE["undated"], undated[::-1], above=above)
    beside = _neighbours([year for year, _, _ in reversed(years)], places.year)
    for year, many, counts in years:
        yield Page("calendar.html", places.year(year), {
            "title": year, "heading": f"{year} 年", "description": f"{NAME} {year} 年文章", "total": many,
            "above": above, "beside": beside[year], "days": (),
            "months": [months[month] for month, _ in counts],
        })  # fmt: skip
    beside = _neighbours(list(months), places.month)
    for name, group in groupby(days, key=lambda day: day[:7]):
        listed = [(day, days[day][: -_OF_A_DAY - 1 : -1], len(days[day])) for day in group]
        yield Page("calendar.html", places.month(name), {
            "title": name, "heading": name, "description": f"{NAME} {name} 文章",
            "total": sum(months[name].counts.values()),
            "above": (f"{name[:4]} 年", places.year(name[:4])), "beside": beside[name],
            "months": [months[name]], "days": listed,
        })  # fmt: skip
    beside = _neighbours(list(days), places.day)
    for day, stories in days.items():
        above = (day[:7], places.month(day[:7]))
        yield from _paged(places.day(day), day, stories[::-1], above=above, beside=beside[day], size=len(stories))


def _neighbours(names: Sequence[str], path: Callable[[str], str]) -> dict[str, list[tuple[str, str]]]:
    """Return the one before and the one after each name, as links."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in names}
    for older, newer in pairwise(names):
        found[newer].insert(0, (f"← {older}", path(older)))
        found[older].append((f"{newer} →", path(newer)))
    return found


def _lost_pages(lost: Sequence[Entry]) -> Iterator[Page]:
    """Yield the pages of the articles that have no text here."""
    rows: list[tuple[Entry, int]] = []  # neighbours of which nothing is known but the same state are one row, to an id
    for entry in lost:
        first, last = rows[-1] if rows else (entry, entry.id)
        if last == entry.id - 1 and first._replace(id=entry.id) == entry and not (entry.tried or entry.known_from):
            rows[-1] = first, entry.id
        else:
            rows.append((entry, entry.id))
    counts = Counter(entry.state for entry in lost).most_common()
    for path, some, values in _parts(places.LOST, _CHINESE["lost"], rows, _ROWS):
        yield Page("lost.html", path, {**values, "counts": counts, "entries": some})


def shown_parts(number: int, count: int) -> list[int]:
    """Return the numbers to show of a list in parts: first and last, those around this one, 0 for what is left out."""
    near = {1, count, *range(max(1, number - 2), min(count, number + 2) + 1)}
    shown: list[int] = []
    for one in sorted(near):
        if shown and one - shown[-1] > 1:
            shown.append(0)
        shown.append(one)
    return shown
