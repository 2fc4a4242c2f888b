"""What can be wrong with a document, and how bad that is."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Weight(enum.IntEnum):
    """How bad a defect is."""

    POOR = 1
    """The text is whole and well-formed; something about it could be better."""
    MARRED = 2
    """The text is there, but the file shows it damaged or cannot be read by every program."""
    LOST = 3
    """The article, or a field of it, is not in the file: the page has to be had again."""


class Defect(enum.StrEnum):
    """A defect of a document. The first ones were all found in the reference archive."""

    FAREWELL = "farewell"
    OUTAGE = "outage"
    EMPTY = "empty"
    NO_DATE = "no_date"
    CHARSET = "charset"
    INVALID_YAML = "invalid_yaml"
    URL_CUT = "url_cut"
    OTHER_CAPTURE = "other_capture"
    BROKEN_TABLE = "broken_table"
    BROKEN_HEADING = "broken_heading"
    EMPTY_EMPHASIS = "empty_emphasis"
    OPEN_EMPHASIS = "open_emphasis"
    EMAIL_LOST = "email_lost"
    EMPTY_IMAGE = "empty_image"
    LINK_WITH_SPACES = "link_with_spaces"
    SWALLOWED_TEXT = "swallowed_text"
    LINE_ENDS = "line_ends"
    POOR_URL = "poor_url"
    NOT_THE_FORM = "not_the_form"


_MEANINGS = {
    Defect.FAREWELL: (Weight.LOST, "the closed site's farewell page in place of the article"),
    Defect.OUTAGE: (Weight.LOST, "the archive's own page in place of the article"),
    Defect.EMPTY: (Weight.LOST, "no title and no text"),
    Defect.NO_DATE: (Weight.LOST, "no date"),
    Defect.CHARSET: (Weight.LOST, "the page was decoded with the wrong charset"),
    Defect.NOT_THE_FORM: (Weight.LOST, "no document of this form"),
    Defect.INVALID_YAML: (Weight.MARRED, "front matter that is not valid YAML"),
    Defect.URL_CUT: (Weight.MARRED, "original_url is not the URL that url names"),
    Defect.OTHER_CAPTURE: (Weight.MARRED, "the links are of another capture than url names"),
    Defect.BROKEN_TABLE: (Weight.MARRED, "a table broken by a line break inside"),
    Defect.BROKEN_HEADING: (Weight.MARRED, "a heading that is empty or broken by a line break inside"),
    Defect.EMPTY_EMPHASIS: (Weight.MARRED, "emphasis around nothing, shown as asterisks"),
    Defect.OPEN_EMPHASIS: (Weight.MARRED, "emphasis closed behind a line break, shown as asterisks"),
    Defect.EMAIL_LOST: (Weight.MARRED, "e-mail addresses lost to Cloudflare"),
    Defect.EMPTY_IMAGE: (Weight.MARRED, "an image without address"),
    Defect.LINK_WITH_SPACES: (Weight.MARRED, "link destinations with spaces, so no links"),
    Defect.SWALLOWED_TEXT: (Weight.MARRED, "characters of the text that Markdown takes for markup"),
    Defect.LINE_ENDS: (Weight.MARRED, "CR LF line ends"),
    Defect.POOR_URL: (Weight.POOR, "a URL with destroyed characters or none of its own"),
}


class FoundDefect(NamedTuple):
    """A defect found in a document; `detail` is the piece of it that shows it."""

    defect: Defect
    detail: str = ""


def weight_of(defect: Defect) -> Weight:
    """Return how bad a defect is."""
    return _MEANINGS[defect][0]


def meaning_of(defect: Defect) -> str:
    """Return what a defect is, for people."""
    return _MEANINGS[defect][1]
