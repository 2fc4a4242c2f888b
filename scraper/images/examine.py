"""Says whether bytes are a picture. They are hostile: only decoding them proves anything, and that within limits."""

from __future__ import annotations

import io
import warnings
from typing import NamedTuple

MAX_PIXELS = 64_000_000
"""Width times height; cameras of the time gave 50 million at most. Decoded, that is 256 MB."""

# What browsers show and Pillow decodes by itself. SVG is not among them: it is a program, not a picture. Vector
# formats and those that call other programs (EPS) are left out as well.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "ICO")
_EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "BMP": "bmp", "ICO": "ico"}
"""Format to extension; MPO is what Pillow calls a JPEG with more pictures behind it."""


class Picture(NamedTuple):
    """What bytes were found to be. `extension` follows from the content; sizes in pixels."""

    extension: str
    width: int
    height: int


def examine(data: bytes) -> Picture | str:
    """Decode a picture (of an animation the first frame), whatever its headers or name claim, or say why it is none.

    Not safe for threads; what is larger than `MAX_PIXELS` is not decoded.
    """
    if not data:
        return "it is empty"
    if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "it is a text, such as HTML or SVG"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decode(data)
        except Exception as error:  # noqa: BLE001 # decoders of hostile bytes raise whatever they stumble over
            return f"it cannot be decoded ({type(error).__name__}: {error})"[:300]


def _decode(data: bytes) -> Picture | str:
    from PIL import Image  # loads of itself what it needs for a format that is named

    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        kind, (width, height) = image.format or "", image.size
        if width * height > MAX_PIXELS:
            return f"its {width} × {height} pixels are more than {MAX_PIXELS}"
        image.load()
    return Picture(_EXTENSIONS[kind], width, height)
