from __future__ import annotations

import itertools
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.ledger import Ledger, Question
from scraper.models import Capture

SITE = Question("hkcnews.com/article/", "prefix")


def capture(article: int, timestamp: str = "20200102030405", **other: str) -> Capture:
    values = {
        "urlkey": f"com,hkcnews)/article/{article}",
        "timestamp": timestamp,
        "original": f"https://www.hkcnews.com/article/{article}",
        "mimetype": "text/html",
        "statuscode": "200",
        "digest": "A" * 32,
        "length": "1234",
    }
    return Capture(**(values | other))


def test_a_cut_listing_goes_on_where_it_stood(open_ledger: Callable[..., Ledger]) -> None:
    """The resume key of a listing that was cut is there again in the next process, together with its rows."""
    first = open_ledger()
    listing = first.listings.open(SITE)
    first.listings.add_page(listing.id, [capture(11)], [], resume_key="com,hkcnews)/article/11 2020", complete=False)
    first.listings.cut(listing.id, "503 for everyone")
    first.close()
    again = open_ledger().listings.open(SITE)
    assert (again.id, again.resume_key, again.rows, again.complete) == (
        listing.id,
        "com,hkcnews)/article/11 2020",
        1,
        False,
    )
    assert again.error == "503 for everyone"


def test_a_complete_listing_is_not_gone_on_with(ledger: Ledger) -> None:
    """The same question asked after a complete answer is a new listing."""
    listing = ledger.listings.open(SITE)
    ledger.listings.add_page(listing.id, [], [], resume_key=None, complete=True)
    assert ledger.listings.open(SITE).id != listing.id


def test_only_what_is_new_makes_work(ledger: Ledger) -> None:
    """Rows of an overlap that were known already wake no article; a new row wakes its own article and no other."""
    listing = ledger.listings.open(SITE)
    rows = [capture(11), capture(12)]
    assert ledger.listings.add_page(listing.id, rows, [], resume_key=None, complete=True) == 2
    for article in range(10, 15):
        ledger.articles.set_due(article, None)
    later = ledger.listings.open(SITE)
    assert ledger.listings.add_page(later.id, rows, [], resume_key="k", complete=False) == 0
    assert ledger.articles.due(ledger.now()) == []
    rows.append(capture(12, "20210102030405"))
    assert ledger.listings.add_page(later.id, rows, [], resume_key=None, complete=True) == 1
    assert ledger.articles.due(ledger.now()) == [12]


def test_an_id_that_only_the_listing_knows_becomes_known(ledger: Ledger) -> None:
    """An id outside the range that is known beforehand has a state once a row names it."""
    listing = ledger.listings.open(SITE)
    ledger.listings.add_page(listing.id, [capture(99_999)], [], resume_key=None, complete=True)
    row = ledger.articles.get(99_999)
    assert row is not None
    assert (row.source, row.state) == ("cdx", "waiting")


def test_malformed_rows_are_kept_once_and_are_no_captures(ledger: Ledger) -> None:
    """A row that is no capture stays readable in the ledger, and asking twice does not double it."""
    listing = ledger.listings.open(SITE)
    for _ in range(2):
        ledger.listings.add_page(
            listing.id, [], ["com,hkcnews)/article/11 20000012170449 -"], resume_key="k", complete=False
        )
    assert ledger.listings.malformed() == 1
    assert ledger._db.value("SELECT count(*) FROM captures") == 0


def test_an_id_that_only_a_malformed_row_names_becomes_known(ledger: Ledger) -> None:
    """Every id in a row has a state, also when the row is no capture."""
    listing = ledger.listings.open(SITE)
    row = "no moment: com,hkcnews)/article/88888 20000012170449 https://hkcnews.com/article/88888 text/html 200 A 9"
    ledger.listings.add_page(listing.id, [], [row], resume_key=None, complete=True)
    known = ledger.articles.get(88_888)
    assert known is not None
    assert known.state == "waiting"


def test_ranges_and_partial_lists_prove_nothing(ledger: Ledger) -> None:
    """Only complete listings without limits in time are witnesses: one of an id alone, and one of it and others."""
    own, wider = "hkcnews.com/article/11", ["hkcnews.com/article/", "hkcnews.com/article/1"]
    limited = ledger.listings.open(Question(wider[0], "prefix", from_ts="20200101000000"))
    ledger.listings.add_page(limited.id, [], [], resume_key=None, complete=True)
    partial = ledger.listings.open(SITE)
    ledger.listings.add_page(partial.id, [], [], resume_key="k", complete=False)
    exact = ledger.listings.open(Question(own, "exact"))
    ledger.listings.add_page(exact.id, [], [], resume_key=None, complete=True)
    assert ledger.witnesses(own, wider) == 0
    alone = ledger.listings.open(Question(own, "prefix", article=11))
    ledger.listings.add_page(alone.id, [], [], resume_key=None, complete=True)
    assert ledger.witnesses(own, wider) == 1
    for url in wider:
        group = ledger.listings.open(Question(url, "prefix"))
        ledger.listings.add_page(group.id, [], [], resume_key=None, complete=True)
        assert ledger.witnesses(own, wider) == 2
    assert ledger.witnesses("hkcnews.com/article/22", wider[:1]) == 1


def test_a_complete_listing_wakes_those_that_begin_with_its_digits(ledger: Ledger) -> None:
    """And no others."""
    ledger.articles.add_ids([28, 281, 2_834, 3_281], "asked")
    for article in (28, 281, 2_834, 3_281):
        ledger.articles.set_due(article, None)
    ledger.articles.mark_waiting_due("28")
    assert {28, 281, 2_834, 3_281} & set(ledger.articles.due(ledger.now())) == {28, 281, 2_834}


def test_what_only_lacks_its_proof_is_begun_again_and_what_was_cut_is_gone_on_with(ledger: Ledger) -> None:
    """Whoever asks anew wants to know what there is today."""
    question = Question("hkcnews.com/article/11", "prefix", article=11)
    first = ledger.listings.open(question)
    ledger.listings.add_page(first.id, [], [], resume_key="k", complete=False)
    assert ledger.listings.open(question).resume_key == "k"
    assert ledger.listings.open(question, anew=True).resume_key is None
    second = ledger.listings.open(question)
    ledger.listings.add_page(second.id, [], [], resume_key="l", complete=False)
    ledger.listings.cut(second.id, "status 503")
    assert ledger.listings.open(question, anew=True).resume_key == "l"


VARIANTS = [
    capture(11, statuscode=status, digest=digest * 32, mimetype=kind)
    for status, digest, kind in itertools.product(("-", "200", "404"), "AB", ("text/html", "warc/revisit"))
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(VARIANTS))
def test_the_order_of_rows_that_cannot_be_told_apart_does_not_matter(
    open_ledger: Callable[..., Ledger], rows: list[Capture]
) -> None:
    """Of rows with the same article, URL and time the same one stays, in whatever order they come."""
    ledger = open_ledger()
    listing = ledger.listings.open(Question("any", "prefix"))
    with ledger.transaction():
        ledger._db.do("DELETE FROM captures")
        ledger.listings.add_page(listing.id, rows, [], resume_key="k", complete=False)
    (known,) = ledger.captures.of_article(11)
    assert known.capture == capture(11, statuscode="200", digest="B" * 32, mimetype="warc/revisit")
    ledger.close()


def test_a_capture_that_comes_back_in_a_better_row_has_not_vanished(ledger: Ledger) -> None:
    """It counts as new, and was given all the same; what came before and does not come back has vanished."""
    for row in (capture(11, statuscode="-"), capture(12), capture(11)):
        listing = ledger.listings.open(SITE)
        assert ledger.listings.add_page(listing.id, [row], [], resume_key=None, complete=True) == 1
        ledger.listings.note_vanished(listing.id, [range(10, 15)], lambda _: True)
    assert (len(ledger.listings.vanished(11)), len(ledger.listings.vanished(12))) == (0, 1)


def test_what_one_page_is_under_many_ids_is_counted(ledger: Ledger) -> None:
    """The number of ids that share a digest is known before any of them is fetched; an empty digest is none."""
    listing = ledger.listings.open(SITE)
    rows = [capture(article, digest="F" * 32) for article in range(10, 15)]
    rows += [capture(article, "20210101000000", digest=str(article) * 16) for article in range(10, 15)]
    rows += [capture(article, "20220101000000", digest="-") for article in range(10, 15)]
    ledger.listings.add_page(listing.id, rows, [], resume_key=None, complete=True)
    ledger.captures.count_shared()
    assert [known.shared for known in ledger.captures.of_article(12)] == [5, 1, 1]
