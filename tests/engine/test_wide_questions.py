"""A question that times out is cut by the next digit of the id, then by time, until it is answered."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, quote_plus, urlsplit

from tests.engine.conftest import Folder
from tests.server import Faults, Rule
from tests.server.make import saved_article

Open = Callable[..., Folder]
SITE = "hkcnews.com/article/"
FIELDS = "urlkey%2Ctimestamp%2Coriginal%2Cmimetype%2Cstatuscode%2Cdigest%2Clength"


def too_wide(*urls: str) -> Faults:
    """Answers 504 to each question whose URL, as sent, goes on so behind the site's prefix."""
    return Faults(Rule("504", "cdx", f"url={quote_plus(SITE)}{one}", times=None) for one in urls)


def asked(folder: Folder) -> list[str]:
    """What was asked of the CDX service, without the keys: the rest of the prefix, and the time."""
    queries = (dict(parse_qsl(urlsplit(entry.path).query)) for entry in folder.archive.log.entries("cdx"))
    return [f"{one['url'].removeprefix(SITE)} {one.get('from', '')}-{one.get('to', '')}" for one in queries]


def test_a_list_that_is_too_wide_is_asked_for_by_digits(open_folder: Open) -> None:
    """The site, then ids that begin with 2: all is written, and every list is complete in the end."""
    folder = open_folder(*map(saved_article, (201, 250, 301)), faults=too_wide("&", "2&matchType=prefix"))
    report = folder.run(ids=())
    assert sorted(report.outcomes.written) == [201, 250, 301]
    assert [one for one in report.listings if not one.complete] == []
    assert report.exit_status == 0
    assert {"1 -", "20 -", "25 -", "3 -", "9 -"} <= set(asked(folder))


def test_what_is_too_wide_for_digits_is_asked_for_by_time(open_folder: Open) -> None:
    """The question about one id is cut into halves of its time."""
    of_all_times = f"201&matchType=prefix&output=json&fl={FIELDS}&limit"
    folder = open_folder(saved_article(201), saved_article(202), faults=too_wide(of_all_times))
    report = folder.run(ids=(range(201, 202),))
    assert report.outcomes.written == [201]
    assert any(one.startswith("201 2") for one in asked(folder))


def test_one_part_that_is_never_answered_holds_up_no_other(open_folder: Open) -> None:
    """What lies elsewhere is written; the part is said to be open; later runs ask for that part alone."""
    faults = too_wide("&", "2&matchType=prefix", "20&matchType=prefix", "201")
    folder = open_folder(*map(saved_article, (150, 201, 301)), faults=faults)
    report = folder.run(ids=())
    assert sorted(report.outcomes.written) == [150, 301]
    assert report.exit_status == 3
    assert any("1 of its 9 parts stay open" in line for line in report.problems())
    folder.archive.log.clear()
    folder.run(ids=())
    assert {one[0] for one in asked(folder)} <= {" ", "2"}
