"""The layouts: one function for each make-up of the article page. A further one is a function here and a fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.page.tree import common_ancestor
from scraper.sites.base import NOTHING, Fields
from scraper.sites.hkcnews.body import find_body, find_box, find_plea
from scraper.sites.hkcnews.fields import find_byline, read_category, read_date, read_stamp, read_tags, read_title
from scraper.sites.hkcnews.urls import is_revised
from scraper.sites.hkcnews.words import NEWS, PLEA_FROM, PLEA_TO, USUAL_READINGS

if TYPE_CHECKING:
    from scraper.page.view import PageView

_REQUIRED = ("title", "author", "category", "body")


def read_article_page(view: PageView) -> Fields:
    """Read the article page of 2016-12 to 2022-01: ``h1``, ``.article-info``, ``.group``, ``.article-content``.

    A field that such a page ought to have is read by `NOTHING` if it has not.
    """
    body = find_body(view)
    title, heading = read_title(view, body)
    byline = find_byline(view, body)
    fields = Fields(body, byline, title, category=read_category(view, body))
    readings = {name: USUAL_READINGS[name] for name in _REQUIRED if name not in fields.missing}
    fields.readings = readings
    if body is None or heading is None or byline is None or not byline.author:
        return fields
    column = common_ancestor(heading, body)
    fields.date, readings["date"] = read_date(byline)
    fields.needs_box = fields.category not in NEWS
    if fields.needs_box:
        fields.box = find_box(view, byline.author)
        readings["author_box"] = USUAL_READINGS["author_box"] if fields.box else NOTHING
    apart = [body] if fields.box is None else [body, fields.box.element]
    fields.last_updated, readings["last_updated"] = read_stamp(byline, column, view, apart)
    if not fields.last_updated and is_revised(view.page.original):
        readings["last_updated"] = NOTHING
    fields.tags, readings["tags"] = read_tags(view, column, body)
    fields.plea, readings["plea"] = find_plea(view, body)
    if not fields.plea and PLEA_FROM <= view.page.timestamp <= PLEA_TO:
        readings["plea"] = NOTHING
    fields.readings = {field: reading for field, reading in readings.items() if reading}
    return fields


LAYOUTS = {"article-page": read_article_page}
"""All layouts by name, the one to try first in front."""
