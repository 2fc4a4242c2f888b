"""`hkcnews audit --adopt`: documents of another archive stand as they are, and only the rest is fetched."""

import pytest

from scraper.models import Capture
from scraper.times import format_timestamp
from tests.audit.documents import document
from tests.few_ids import know_few_ids, let_the_site_have_few_ids
from tests.jobs.folders import call, ledger_of, states, touched

SOUND, MARRED, LOST = 1001, 1002, 1003


@pytest.fixture
def adopted(tmp_path):
    """A clone with a sound, a marred and a lost document, adopted into a new output folder."""
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / f"article_{SOUND}.md").write_bytes(document(number=SOUND))
    (clone / f"article_{MARRED}.md").write_bytes(document("前文 **** 後文", number=MARRED))
    (clone / f"article_{LOST}.md").write_bytes(document("再見", number=LOST, title="眾新聞告別 感謝讀者"))
    output = know_few_ids(tmp_path / "output", range(174, 1100))
    done = call("audit", clone, "--adopt", "--output", output, "--jobs", "1")
    assert done.returncode == 1, done.stderr
    assert "2 documents adopted" in done.stdout
    return tmp_path


def test_what_is_whole_is_written_and_the_rest_is_due(adopted):
    """The documents are there byte for byte, with the capture they name; the lost one waits to be fetched."""
    output = adopted / "output"
    for number in (SOUND, MARRED):
        file = output / f"articles/1001-2000/article_{number}.md"
        assert file.read_bytes() == (adopted / f"clone/article_{number}.md").read_bytes()
    with ledger_of(output) as ledger:
        due = set(ledger.articles.due(format_timestamp(adopted_clock())))
        row = ledger.articles.get(MARRED)
    assert (row.timestamp, row.source) == ("20200102030405", "adopted")
    assert "empty_emphasis" in row.reason
    assert LOST in due
    assert not {SOUND, MARRED} & due


def adopted_clock():
    from scraper.times import SystemClock

    return SystemClock().now()


def test_the_folder_is_sound_afterwards_and_stays_as_it_is(adopted):
    """A check has nothing to say, a rebuild leaves adopted documents alone, adopting again changes nothing."""
    output = adopted / "output"
    call("rebuild", "--output", output, "--jobs", "1")
    assert (call("check", "--output", output).stdout, states(output)[SOUND]) == ("", "written")
    before = touched(output)
    call("audit", adopted / "clone", "--adopt", "--output", output, "--jobs", "1")
    assert touched(output) == before


def test_new_captures_do_not_fetch_what_was_adopted(adopted):
    """A complete list of the site names captures of every id; those of adopted ones make no work."""
    from scraper.ledger import Ledger, Question
    from scraper.sites.hkcnews import HKCNEWS
    from scraper.times import SystemClock

    output = adopted / "output"
    ledger = Ledger(output / "ledger.sqlite3", site=HKCNEWS, clock=SystemClock())
    listing = ledger.listings.open(Question("hkcnews.com/article/", "prefix")).id
    rows = [
        Capture(f"com,hkcnews)/article/{number}", "20210101000000", url, "text/html", "200", "A" * 32, "1")
        for number in (SOUND, LOST)
        if (url := f"https://hkcnews.com/article/{number}")
    ]
    ledger.listings.add_page(listing, rows, [], resume_key=None, complete=True)
    due = set(ledger.articles.due(ledger.now()))
    ledger.close()
    assert (SOUND in due, LOST in due) == (False, True)


def test_what_was_recovered_already_is_not_replaced(adopted, output):
    """An article that this program wrote from a kept page stands, whatever the other archive has."""
    clone = adopted / "clone"
    (clone / "article_302.md").write_bytes(document(number=302))
    before = (output / "articles/1-1000/article_302.md").read_bytes()
    call("audit", clone, "--adopt", "--output", output, "--jobs", "1")
    assert (output / "articles/1-1000/article_302.md").read_bytes() == before


def test_strict_leaves_marred_ones_to_be_fetched(adopted):
    """With --strict only what has no visible defect is taken over."""
    output = know_few_ids(adopted / "strict")
    call("audit", adopted / "clone", "--adopt", "--strict", "--output", output, "--jobs", "1")
    assert [path.name for path in output.glob("articles/*/*.md")] == [f"article_{SOUND}.md"]


def test_a_ledger_made_again_does_not_know_adopted_documents_and_says_so(adopted, monkeypatch):
    """Before the next run replaces them: what to do is said, and doing it makes the folder whole again."""
    let_the_site_have_few_ids(monkeypatch)
    output = adopted / "output"
    assert call("check", "--output", output).stdout == ""
    done = call("rebuild", "--ledger", "--output", output, "--jobs", "1")
    assert done.returncode == 1
    assert "2 documents are there" in done.stderr
    done = call("rebuild", "--ledger", "--ids", "1", "--output", output, "--jobs", "1")
    assert (done.returncode, done.stderr) == (0, "")  # of the others nothing is known yet
    found = call("check", "--output", output)
    assert found.stdout.count("is a document that the ledger does not know") == 2
    assert found.stdout.count("the same command again takes it in") == 2
    call("audit", adopted / "clone", "--adopt", "--output", output, "--jobs", "1")
    assert call("check", "--output", output).stdout == ""
