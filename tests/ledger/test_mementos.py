"""What the ledger knows of the kept pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.ledger.mementos import Kept

if TYPE_CHECKING:
    from scraper.ledger import Ledger


def kept(article: int | None, timestamp: str) -> Kept:
    """Return a made-up place of a page; two captures of an id have URLs whose order is not that of their times."""
    original = f"https://www.hkcnews.com/article/{article}/{int(timestamp[:4]) % 2}"
    return Kept(original, timestamp, article, "captures-00001.warc.gz", 0, 1, "A" * 32, "0" * 64, "match")


def test_kept_pages_come_article_by_article(ledger: Ledger) -> None:
    """All of them, each article once, ascending, its pages by time; also if more is written meanwhile."""
    stamps = ("20210102030405", "20220102030405")
    with ledger.transaction():
        for article in range(5000, 1000, -3):
            for stamp in stamps:
                ledger.mementos.add(kept(article, stamp))
        ledger.mementos.add(kept(None, stamps[0]))
    found = []
    for of_one in ledger.mementos.of_articles(1500, 4500):
        assert [one.timestamp for one, _ in of_one] == list(stamps)
        assert {was_read for _, was_read in of_one} == {False}
        found.append(of_one[0][0].article)
        ledger.set_meta("seen", str(found[-1]))
    assert found == [article for article in range(1001, 5001) if article % 3 == 2 and 1500 <= article <= 4500]
    assert list(ledger.mementos.of_articles(10, 20)) == []
