"""What can be wrong with a document, and how bad that is."""

from __future__ import annotations

import enum
from typing import NamedTuple, Self


class Weight(enum.IntEnum):
    """How bad a defect is."""

    POOR = 1
    """The text is whole and well-formed; something about it could be better."""
    MARRED = 2
    """The text is there, but the file shows it damaged or cannot be read by every program."""
    LOST = 3
    """The article, or a field of it, is not in the file: the page has to be had again."""


class Defect(enum.StrEnum):
    """A defect of a document: its name, how bad it is, and what it is, for people.

    The first ones were all found in the reference archive.
    """

    weight: Weight
    meaning: str

    def __new__(cls, name: str, weight: Weight, meaning: str) -> Self:
        """Make a member that is equal to its name."""
        defect = str.__new__(cls, name)
        defect._value_, defect.weight, defect.meaning = name, weight, meaning
        return defect

    FAREWELL = "farewell", Weight.LOST, "the closed site's farewell page in place of the article"
    OUTAGE = "outage", Weight.LOST, "the archive's own page in place of the article"
    EMPTY = "empty", Weight.LOST, "no title and no text"
    CUT = "cut", Weight.LOST, "the file ends before the document does"
    NO_DATE = "no_date", Weight.LOST, "no date"
    CHARSET = "charset", Weight.LOST, "the page was decoded with the wrong charset"
    INVALID_YAML = "invalid_yaml", Weight.MARRED, "front matter that is not valid YAML"
    URL_CUT = "url_cut", Weight.MARRED, "original_url is not the URL that url names"
    OTHER_CAPTURE = "other_capture", Weight.MARRED, "the links are of another capture than url names"
    BROKEN_TABLE = "broken_table", Weight.MARRED, "a table broken by a line break inside"
    BROKEN_HEADING = "broken_heading", Weight.MARRED, "a heading that is empty or broken by a line break inside"
    EMPTY_EMPHASIS = "empty_emphasis", Weight.MARRED, "emphasis around nothing, shown as asterisks"
    OPEN_EMPHASIS = "open_emphasis", Weight.MARRED, "emphasis closed behind a line break, shown as asterisks"
    EMAIL_LOST = "email_lost", Weight.MARRED, "e-mail addresses lost to Cloudflare"
    EMPTY_IMAGE = "empty_image", Weight.MARRED, "an image without address"
    LINK_WITH_SPACES = "link_with_spaces", Weight.MARRED, "link destinations with spaces, so no links"
    SWALLOWED_TEXT = "swallowed_text", Weight.MARRED, "characters of the text that Markdown takes for markup"
    LINE_ENDS = "line_ends", Weight.MARRED, "CR LF line ends"
    POOR_URL = "poor_url", Weight.POOR, "a URL with destroyed characters or none of its own"
    NOT_THE_FORM = "not_the_form", Weight.LOST, "no document of this form"


class FoundDefect(NamedTuple):
    """A defect found in a document; `detail` is the piece of it that shows it."""

    defect: Defect
    detail: str = ""
