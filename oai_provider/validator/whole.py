"""Whole numbers as endpoints write them, of which some have no end."""

import re
from typing import Final

_WHOLE: Final = re.compile("[0-9]{1,18}")


def whole(told: str) -> int | None:
    """Return the number that a text is, None for what is none or beyond all sense."""
    return int(told) if _WHOLE.fullmatch(told) else None
