"""One imported output folder, copied for each test."""

import shutil

import pytest

from tests.few_ids import let_the_site_have_few_ids
from tests.jobs.folders import imported


@pytest.fixture(scope="session")
def master(tmp_path_factory):
    return imported(tmp_path_factory.mktemp("master"))


@pytest.fixture
def output(master, tmp_path):
    """An output folder of twelve articles."""
    return shutil.copytree(master, tmp_path / "copied")


@pytest.fixture
def remade(output, monkeypatch):
    """The same, of a site of few ids, so that its ledger is the same when it is made anew."""
    let_the_site_have_few_ids(monkeypatch)
    return output
