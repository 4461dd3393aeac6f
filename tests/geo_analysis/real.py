"""The real leak data, which stand beside the repository in the workplace and nowhere else."""

from pathlib import Path

import pytest

LEAKS = Path(__file__).parents[4] / "shared" / "data" / "water_main_leaks_2010_2012.csv"
CANDIDATES = (LEAKS, Path(__file__).parents[3] / "shared" / "data" / LEAKS.name)


def leaks() -> Path:
    """Skips where the file is not."""
    found = next((one for one in CANDIDATES if one.is_file()), None)
    if found is None:
        pytest.skip(f"{LEAKS.name} is not at hand: real data are not part of the repository")
    return found
