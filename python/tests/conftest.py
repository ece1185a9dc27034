"""Where the invented records are."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The project's corpus."""
    return Path(__file__).parents[2] / "corpus"
