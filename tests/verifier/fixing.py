"""Items and files mended as the command mends them, on a day that stands."""

from functools import cache
from pathlib import Path
from typing import Any

from verifier.cases import WHOLE, Changes
from verifier.judging import reading

from oai_provider.verifier.fixing.files import Mended, mended_file
from oai_provider.verifier.fixing.items import Judging
from oai_provider.verifier.fixing.stored import mended_data
from oai_provider.verifier.rules import checks

_ALL = range(1, 1000)


@cache
def judging() -> Judging:
    """Return how items are judged while they are mended."""
    return Judging(reading=reading(), checks=checks())


def item(changes: Changes) -> dict[str, Any]:
    """Return an item that differs from the one that is whole."""
    data = {**WHOLE, **changes}
    return {name: value for name, value in data.items() if value is not None}


def mended(changes: Changes) -> tuple[dict[str, Any], list[str]]:
    """Return an item after its repairs, and the rules these answer."""
    after, mends = mended_data(item(changes), judging())
    return after, [mend.rule for mend in mends]


def mended_text(text: str, folder: Path, name: str = "items.yaml") -> str:
    """Return a file after its repairs."""
    return in_file(text, folder, name).after.decode()


def in_file(text: str, folder: Path, name: str = "items.yaml") -> Mended:
    """Return what becomes of a file."""
    file = folder / name
    file.write_bytes(text.encode())
    return mended_file(file, _ALL, judging())
