"""Where something failed, told without what it failed on: an error's own text may hold content."""

import traceback
from pathlib import Path


def place_of(error: BaseException) -> str:
    """File and line at which it arose, such as ``noticing.py:91``."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
