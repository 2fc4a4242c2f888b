from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scraper.ledger import Ledger
from scraper.models import TO_BE_CONFIRMED, Capture, State
from tests.ledger.test_captures import PLAIN


@PLAIN
@given(states=st.lists(st.sampled_from(State), min_size=5, max_size=5))
def test_every_id_is_counted_in_its_state(ledger: Ledger, states: list[State]) -> None:
    """Each state is there, in the order of the program, with how many ids stand in it."""
    for article, state in enumerate(states, start=10):
        ledger.articles.set_state(article, state, "", due=None)
    counted = ledger.articles.states()
    assert counted == {state: states.count(state) for state in State}
    assert list(counted) == list(State)


def test_ids_that_have_to_be_asked_for_alone_are_all_counted(ledger: Ledger) -> None:
    """Also those nobody came to, once a list of all captures has none of them: the count falls as work is done."""
    before = ledger.articles.to_confirm(unseen=True)
    ledger.articles.add_ids([1, 2, 3, 4], "range")
    ledger.articles.set_state(1, State.WAITING, TO_BE_CONFIRMED, due="")
    ledger.articles.set_state(4, State.NEVER_CAPTURED, "asked for alone", due=None)
    url = "https://www.hkcnews.com/article/2"
    ledger.captures.add(2, Capture("com,hkcnews)/article/2", "20200101000000", url, "text/html", "200", "-", "-"))
    assert ledger.articles.to_confirm(unseen=True) == before + 2
    assert ledger.articles.to_confirm(unseen=False) == 1
