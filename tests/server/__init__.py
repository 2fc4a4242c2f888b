"""The project's own test archive: CDX and replay on loopback, with faults to order.

    with TestArchive([saved, …], faults=Faults([Rule("429", service="cdx")])) as archive:
        main(["run", "--archive", archive.base, …])
    assert not archive.log.during_cool_downs()

By hand: ``python -m tests.server FILE.warc.gz… --port 8080 --faults '503@replay~/28325/*2'``.
"""

from tests.server.captures import HTML, Index, RawRow, Saved, read_warc, surt
from tests.server.faults import KINDS, Fault, Faults, Rule
from tests.server.log import Entry, RequestLog
from tests.server.server import TestArchive

__all__ = [
    "HTML",
    "KINDS",
    "Entry",
    "Fault",
    "Faults",
    "Index",
    "RawRow",
    "RequestLog",
    "Rule",
    "Saved",
    "TestArchive",
    "read_warc",
    "surt",
]
