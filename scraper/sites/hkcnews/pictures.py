"""Under which URLs a picture of the site may have been captured."""

from __future__ import annotations

import re

from scraper.sites.hkcnews.urls import HOSTS

SIZES = ("_large", "", "_medium", "_small")
"""How the site named the sizes of one picture, largest first; the second is the picture as it was uploaded."""

_OF_THE_SITE = re.compile(
    rf"(?P<scheme>https?://)(?P<host>{'|'.join(map(re.escape, HOSTS))})(?P<port>:[0-9]+)?(?P<path>/[^#]*)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?P<stem>/[^?]*?)(?:_(?:large|medium|small))?(?P<tail>(?:\.[A-Za-z0-9]{1,5})?(?:\?.*)?)", re.DOTALL
)
_ONE_SIZE = "/uploads/"


def image_originals(original: str) -> tuple[str, ...]:
    """Return the URLs under which a picture may have been captured: largest size first, its own host before the other.

    Pictures of other sites, and avatars (``/uploads/``), came in one size only.
    """
    match = _OF_THE_SITE.match(original)
    if match is None:
        return (original,)
    host = match["host"].lower()
    hosts = (host, *(other for other in HOSTS if other != host))
    name = _NAME.fullmatch(match["path"])
    paths = [match["path"]]
    if name is not None and not match["path"].startswith(_ONE_SIZE):
        paths = [f"{name['stem']}{size}{name['tail']}" for size in SIZES]
    return tuple(f"{match['scheme']}{one}{match['port'] or ''}{path}" for path in paths for one in hosts)
