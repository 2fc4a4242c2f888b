"""`config.toml` into a frozen `Config`. An unknown key is an error."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from scraper.errors import ConfigError
from scraper.times import parse_duration

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

NO_CONTACT = (
    "The archive cannot reach you: no contact is set. Please add a line to config.toml, "
    'such as contact = "you@example.org"; it goes into the User-Agent of every request.'
)


class Withheld(NamedTuple):
    """Ids of articles that are kept, but left out of every export and of the site, and why."""

    ids: frozenset[int] = frozenset()
    reason: str = ""

    @property
    def sentence(self) -> str:
        """``2 articles are withheld: at the author's wish``, as exports and the site say it; empty if none is."""
        what = "article is" if len(self.ids) == 1 else "articles are"
        return f"{len(self.ids)} {what} withheld: {self.reason}" if self.ids else ""

    def among(self, known: Container[int]) -> Withheld:
        """Return the same of the ids that are known."""
        return self._replace(ids=frozenset(one for one in self.ids if one in known))

    def strangers(self, known: Container[int]) -> list[str]:
        """Return a line for people about each id that is not known: it may be mistyped."""
        return [f"withhold names {one}, which no list or page knows" for one in sorted(self.ids) if one not in known]


class Config(NamedTuple):
    """All settings; the defaults here are those of `config.toml`, which explains each (a test compares them)."""

    site: str = "hkcnews"
    output: str = "output"
    archive: str = "https://web.archive.org"
    cdx_url: str = ""
    replay_url: str = ""
    contact: str = ""
    cdx_per_minute: int = 24
    replay_per_minute: int = 480
    in_flight: int = 48
    connect_timeout: float = 20.0
    read_timeout: float = 90.0
    total_timeout: float = 300.0
    max_body_megabytes: int = 64
    tries_per_capture: int = 4
    cool_down: int = 60
    sit_out: int = 90
    max_runtime: str = ""
    cdx_page_rows: int = 10_000
    listing_overlap_days: int = 30
    full_listing_days: int = 180
    captures_per_article: int = 1
    candidates_per_run: int = 12
    warc_megabytes: int = 1024
    images: str = "archive"
    log_megabytes: int = 10
    log_files: int = 5
    withhold: Withheld = Withheld()

    @property
    def cdx(self) -> str:
        """The CDX endpoint."""
        return self.cdx_url or f"{self.archive.rstrip('/')}/cdx/search/cdx"

    @property
    def replay(self) -> str:
        """The replay endpoint, up to before the timestamp."""
        return (self.replay_url or f"{self.archive.rstrip('/')}/web").rstrip("/")

    @property
    def output_path(self) -> Path:
        """The output folder."""
        return Path(self.output)


SITES = ("hkcnews",)
"""The sites there are; each is a folder of `scraper.sites`."""
DEFAULT_FILE = Path("config.toml")
_MAY_BE_ZERO = ("sit_out", "listing_overlap_days")
_MOST = 1_000_000_000
_MOST_DAYS = 100_000
"""Beyond that there is no calendar."""


def load_config(path: Path | None, **overrides: Any) -> Config:
    """Read a configuration file; `overrides` that are not None win over it.

    Args:
        path: the file, or None for ``config.toml`` in the working directory, if there is one.
        **overrides: settings from the command line.

    Raises:
        ConfigError: no such file, no TOML, an unknown key, a value of the wrong type or out of range.
    """
    chosen = path or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    values = _parse(chosen) if chosen else {}
    values |= {key: value for key, value in overrides.items() if value is not None}
    config = Config(**values)
    for fault in _faults(config):
        raise ConfigError(f"{chosen or 'configuration'}: {fault}")
    return config


def _parse(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: no such file. Name another with --config, or leave it out for the defaults."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}). Check its permissions and that it is UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}. Mend that line.") from error
    return {key: _typed(path, key, value) for key, value in table.items()}


def _typed(path: Path, key: str, value: Any) -> Any:
    if key not in Config._fields:
        near = difflib.get_close_matches(key, Config._fields, n=1)
        tip = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(Config._fields)}."
        raise ConfigError(f"{path}: unknown key {key!r}. {tip}")
    if key == "withhold":
        return _withheld(path, value)
    wanted = type(Config._field_defaults[key])
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted:
        raise ConfigError(
            f"{path}: {key} = {value!r} should be of type {wanted.__name__}. See the comments in config.toml."
        )
    return value


def _withheld(path: Path, value: Any) -> Withheld:
    form = '[withhold], then ids = [28325, 28326] and reason = "at the author\'s wish"'
    if not isinstance(value, dict) or not value.keys() <= {*Withheld._fields}:
        raise ConfigError(f"{path}: withhold is a table of two keys: {form}.")
    ids, reason = value.get("ids", []), value.get("reason", "")
    whole = isinstance(ids, list) and all(type(one) is int and one > 0 for one in ids)
    if not whole or not isinstance(reason, str) or (ids and not reason.strip()):
        raise ConfigError(f"{path}: withhold needs a list of ids, and a reason, which is given with exports: {form}.")
    return Withheld(frozenset(ids), reason.strip())


def _faults(config: Config) -> Iterator[str]:
    """Yield what is wrong with values of the right type."""
    if config.site not in SITES:
        yield f"site = {config.site!r} is not known. There are: {', '.join(SITES)}."
    if config.max_runtime:
        try:
            parse_duration(config.max_runtime)
        except ValueError as error:
            yield f"max_runtime = {error}"
    yield from _wrong_numbers(config)
    if not (config.contact.isascii() and config.contact.isprintable()):
        yield f"contact = {config.contact!r} must be one line of ASCII, as it stands in a header."
    if config.images not in ("archive", "local"):
        yield f'images = {config.images!r} must be "archive" or "local".'
    for key in ("archive", "cdx_url", "replay_url"):
        value = getattr(config, key)
        if (value or key == "archive") and not is_web_address(value):
            rule = "must start with http:// or https:// and name a host, with nothing behind a question mark."
            yield f"{key} = {value!r} {rule}"


def _wrong_numbers(config: Config) -> Iterator[str]:
    for key, value in config._asdict().items():
        if not isinstance(value, (int, float)):
            continue
        if key in _MAY_BE_ZERO and value < 0:
            yield f"{key} = {value} must be 0 or more."
        if key not in _MAY_BE_ZERO and not value > 0:  # nor is NaN, which TOML knows
            yield f"{key} = {value} must be greater than 0."
        if value > (most := _MOST_DAYS if key.endswith("_days") else _MOST):
            yield f"{key} = {value} must be {most} or less."


def is_web_address(text: str) -> bool:
    """Say whether a text is an address on the web, with a host and nothing behind its path."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # is read when it is asked for
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or any(map(str.isspace, text)))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain


MEGABYTE = 1 << 20
