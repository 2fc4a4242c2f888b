"""One SQLite file: opened, migrated, its errors turned into ours."""

from __future__ import annotations

import contextlib
import sqlite3
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from scraper.errors import StoreError, WrongVersion
from scraper.urls import to_iri, to_uri, urlkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

Row = tuple[Any, ...]
Migration = tuple[str, str]
"""A name and its statements, as `Database.script` takes them."""
FUNCTIONS: dict[str, Callable[[str], str]] = {"iri": to_iri, "uri": to_uri, "surt": urlkey}
"""What statements may use. Originals are kept as `urls.to_iri` gives them, in all tables but those of lists."""
_REMEMBERED = 1 << 6
"""Texts of which each function remembers what it gave: each statement about an article has its few originals.

No more, since a server may list originals of 100,000 characters.
"""

REMEDY = "`hkcnews rebuild --ledger` sets it aside and makes it again from the kept pages."

_PRAGMAS = (
    # Of a new file; one that is there stays as it was made. A listing brings a million rows of 400 bytes: with ten of
    # them to a page of 4 KiB inserting takes a tenth longer. With 16 KiB the many small commits of a run write more.
    "PRAGMA page_size = 8192",
    # Readers (`status`) beside the one writer, and commits that do not wait for the disk. After a power loss the last
    # commits may be gone but the file is whole. That is enough: what must not be lost, the pages, is in the WARC files,
    # which are synced record by record and taken in again at the next start; a lost listing page is asked for again.
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA cache_size = -24000",
    "PRAGMA wal_autocheckpoint = 2000",
)


class Database:
    """A connection with explicit transactions; StoreError from every method when the file cannot be read or written.

    Args:
        path: the file; made if absent, unless read only.
        migrations: applied in order, each in one transaction with the record that it was applied.
        read_only: look only; fails if the file is absent, or not fully migrated.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration], *, read_only: bool = False) -> None:
        self.path = path
        if path.exists() and not path.is_file():  # SQLite would wait for somebody to write into a named pipe
            raise StoreError(f"{path}: is no file. {REMEDY}")
        self._errors = _Errors(path)
        with self._errors:
            self._connection = _open_read_only(path) if read_only else _open(path)
            for name, function in FUNCTIONS.items():
                once = lru_cache(_REMEMBERED)(function)
                self._connection.create_function(name, 1, partial(_of_text, once), deterministic=True)
        try:
            self._migrate(migrations, read_only=read_only)
        except BaseException:
            self._connection.close()
            raise

    def _migrate(self, migrations: Sequence[Migration], *, read_only: bool) -> None:
        if not read_only:
            self.do(
                "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID"
            )
        is_ours = self.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'")
        applied = {row[0] for row in self.all("SELECT name FROM migrations")} if is_ours else set()
        if unknown := [name for name in applied if name > migrations[-1][0]]:
            raise WrongVersion(
                f"{self.path}: made by a newer version of this program (it knows {min(unknown)!r}). Update first."
            )
        if applied and migrations[0][0] not in applied:
            raise WrongVersion(f"{self.path}: made by an older version of this program ({max(applied)!r}). {REMEDY}")
        missing = [migration for migration in migrations if migration[0] not in applied]
        if read_only and missing:
            raise (WrongVersion if applied else StoreError)(  # without any it holds nothing
                f"{self.path}: not brought up to date yet ({missing[0][0]!r}). `hkcnews rebuild --ids 1`, or "
                "the next `hkcnews run`, does that."
            )
        for name, statements in missing:
            with self.transaction():
                self.script(statements)
                self.do("INSERT INTO migrations VALUES (?, strftime('%Y%m%d%H%M%S', 'now'))", (name,))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another one it is a part of that."""
        if self._connection.in_transaction:
            yield
            return
        self.do("BEGIN IMMEDIATE")
        try:
            yield
            self.do("COMMIT")
        except BaseException:
            with contextlib.suppress(StoreError):  # SQLite has rolled back by itself after a full disk
                self.do("ROLLBACK")
            raise

    def do(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it changed."""
        with self._errors:
            return self._connection.execute(sql, values).rowcount

    def script(self, statements: str) -> None:
        """Run statements, each of which ends with a semicolon and its line, as one transaction."""
        with self.transaction():
            for statement in statements.split(";\n"):
                self.do(statement)

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> int:
        """Run one statement for each row, as one transaction; return how many rows were changed in all."""
        before = self._connection.total_changes
        with self.transaction(), self._errors:
            self._connection.executemany(sql, rows)
        return self._connection.total_changes - before

    def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Return the first row, or None."""
        with self._errors:
            row: Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def value(self, sql: str, values: Sequence[object] = ()) -> Any:
        """Return the first column of the first row, or None."""
        row = self.one(sql, values)
        return row[0] if row else None

    def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all rows."""
        with self._errors:
            return self._connection.execute(sql, values).fetchall()

    def each(self, sql: str, values: Sequence[object] = ()) -> Iterator[Row]:
        """Yield the rows one by one, in flat memory."""
        with self._errors:
            # `yield from` would close the cursor of a generator let go of, which fails once the file is closed.
            for row in self._connection.execute(sql, values):  # noqa: UP028
                yield row

    def close(self) -> None:
        """Close the file. What is committed stays."""
        with self._errors:
            self._connection.close()


class Part:
    """The ledger has one for each kind of thing that it knows; `now` gives the present as 14 digits."""

    def __init__(self, database: Database, now: Callable[[], str]) -> None:
        self._db = database
        self._now = now


def copy_database(source: Path, target: Path, *, idle: bool = False) -> None:
    """Copy a database file, whole, also while somebody writes to it; if nobody does (`idle`), without a trace."""
    with (
        _Errors(source),
        contextlib.closing(_open_read_only(source, idle=idle)) as original,
        contextlib.closing(sqlite3.connect(target)) as other,
    ):
        original.backup(other)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def _open_read_only(path: Path, *, idle: bool = False) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro"
    if idle and not path.with_name(f"{path.name}-wal").exists():
        return sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None)
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A folder that cannot be written holds no shared memory for the WAL; nobody writes there either.
        connection.close()
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None)
    return connection


def _of_text(function: Callable[[str], str], value: Any) -> Any:
    """Apply a function to a value of whatever type a damaged file holds."""
    return function(value) if isinstance(value, str) else value


class _Errors:
    """Turns what SQLite raises into what people can act on. No generator, as it stands around each statement."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, sqlite3.ProgrammingError):  # a mistake of this program's, such as one of a closed database
            return
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(f"{self._path}: {error}. {_tip(str(error))}") from error
        if isinstance(error, sqlite3.DatabaseError):
            raise StoreError(f"{self._path}: the ledger is damaged ({error}). {REMEDY}") from error


def _tip(text: str) -> str:
    """Return what to do about an operational error of SQLite's."""
    if "full" in text:
        return "The disk is full. Make room and run again: nothing that was kept is lost."
    if "locked" in text:
        return "Another program holds it open. Close that and run again."
    if "readonly" in text or "unable to open" in text or "I/O" in text:
        return (
            "Check that the folder is writable and has room, and that no limit on the size of files (`ulimit -f`) is "
            "in the way, or name another with --output; then run again. Nothing that was kept is lost."
        )
    if "no such" in text:
        return f"It is not this program's ledger, or damaged. {REMEDY}"
    return f"Run again; if that does not help, {REMEDY}"
