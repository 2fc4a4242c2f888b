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
