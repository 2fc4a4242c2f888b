from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.path.name != "test_soak.py")
