"""One imported output folder, copied for each test."""

import shutil

import pytest

from tests.jobs.folders import imported


@pytest.fixture(scope="session")
def master(tmp_path_factory):
    return imported(tmp_path_factory.mktemp("master"))


@pytest.fixture
def output(master, tmp_path):
    """An output folder of twelve articles."""
    return shutil.copytree(master, tmp_path / "copied")


@pytest.fixture(scope="session")
def full_master(tmp_path_factory):
    return imported(tmp_path_factory.mktemp("full_master"), all_ids=True)


@pytest.fixture
def full_output(full_master, tmp_path):
    """The same, with all ids, as a ledger that is made anew knows them."""
    return shutil.copytree(full_master, tmp_path / "copied")
