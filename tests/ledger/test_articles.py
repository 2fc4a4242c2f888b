from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scraper.ledger import Ledger
from scraper.models import State
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
