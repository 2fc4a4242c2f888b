"""A CDX answer whose status is not 200: what it means, when it is asked again, and whom to write to at the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.archive import retries
from scraper.archive.ratelimit.status import CONTACT
from scraper.archive.retries import rule_of_page

if TYPE_CHECKING:
    from scraper.archive.answer import Answer


def check_status(answer: Answer) -> None:
    """Raise the Failure that an answer is which is no listing: its status is not 200."""
    if answer.status == 200:
        return
    page = answer.page()
    error = (answer.header("X-Archive-Wayback-Runtime-Error") or page[:200].decode("utf-8", "replace")).strip()[:120]
    rule = rule_of_page(page + error.encode())
    if rule is retries.EXCLUDED:
        rule = retries.BLOCKED_SITE
        said = (
            f"the archive blocks this site ({error}). Its captures cannot be listed; pages that you have yourself can "
            f"be read with import or parse. The next run asks again; if it should not be blocked, write to {CONTACT}."
        )
    elif rule is None and answer.status in (401, 403):
        rule = retries.FORBIDDEN
        wants = "asks for a login" if answer.status == 401 else "is closed to this address or User-Agent"
        said = (
            f"the CDX service {wants} (status {answer.status}: {error}). That says nothing about any article. The next "
            f"run asks again; if it lasts for days, write to {CONTACT}."
        )
    else:
        rule = rule or (retries.BAD_REQUEST if answer.status == 400 else retries.OTHER_STATUS)
        said = f"status {answer.status} instead of a listing ({error})."
    raise answer.failure(rule, said)
