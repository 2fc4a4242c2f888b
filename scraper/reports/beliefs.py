"""What is believed of the pages, with how many speak for and against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.engine.outcomes import Tally
    from scraper.models import Belief


class BeliefRow(NamedTuple):
    """A belief, how many pages bear it out, how many contradict it, the first articles of those.

    `doubted`: most pages contradict it.
    """

    belief: Belief
    held: int
    against: int
    ids: tuple[int, ...]
    doubted: bool

    def as_json(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "name": self.belief.name,
            "belief": self.belief.sentence,
            "place": self.belief.place,
            "known": self.belief.known,
            "for": self.held,
            "against": self.against,
            "ids": list(self.ids),
        }

    def line(self) -> str:
        """Return it as a line of the table."""
        such = f" (such as {', '.join(map(str, self.ids))})" if self.ids else ""
        inferred = "" if self.belief.known else ", inferred"
        return f"{self.held:>7} {self.against:>7}  {self.belief.sentence} [{self.belief.place}{inferred}]{such}"

    def problem(self) -> str:
        """Return what most pages contradict, for people."""
        ids = ", ".join(map(str, self.ids))
        return (
            f"BELIEF {self.belief.name}: {self.belief.sentence}: {self.against} of {self.held + self.against} pages "
            f"say otherwise, such as {ids}. "
            "Look at them; `hkcnews fixture add` makes a regression fixture of a kept page."
        )


def belief_rows(beliefs: Sequence[Belief], tally: Tally) -> list[BeliefRow]:
    """Return the whole table, also of what no page speaks of."""
    doubted = tally.doubted(beliefs)
    return [
        BeliefRow(
            one, tally.held[one.name], tally.against[one.name], tuple(tally.ids.get(one.name, ())), one.name in doubted
        )
        for one in beliefs
    ]


def belief_table(rows: Iterable[BeliefRow]) -> list[str]:
    """Return the lines of the table; of what no page speaks of there is none."""
    told = [row.line() for row in rows if row.held or row.against]
    return ["    for against  what is believed of the pages", *told] if told else []
