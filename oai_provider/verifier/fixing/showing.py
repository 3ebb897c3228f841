"""Repairs as people read them: what each is, and the lines that change."""

import difflib
from collections.abc import Iterator

from oai_provider.reporting.text import harmless
from oai_provider.verifier.fixing.files import Done

_CONTEXT = 2


def told(name: str, dones: tuple[Done, ...]) -> Iterator[str]:
    """Yield a line for each repair, also for those that are not made."""
    for one in dones:
        place = f"{name}:{one.line}" if one.line else name
        said = f"is not mended: {one.reason}" if one.reason else "can be mended"
        yield harmless(f"{place} {one.mend.field} {said} ({one.mend.rule})")


def difference(name: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines of a unified diff; what nobody sees is shown by its number."""
    old, new = _lines(before), _lines(after)
    same = _alike(old, new)
    skipped = max(same - _CONTEXT, 0)
    lines = difflib.unified_diff(
        old[skipped:], new[skipped:], name, name, n=_CONTEXT, lineterm=""
    )
    for line in lines:
        yield _shown(_moved(line, skipped) if line.startswith("@@") else line)


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _alike(old: list[str], new: list[str]) -> int:
    """Return with how many lines both begin: a long file is compared no further."""
    pairs = zip(old, new, strict=False)
    shortest = min(len(old), len(new))
    return next((n for n, (a, b) in enumerate(pairs) if a != b), shortest)


def _moved(line: str, by: int) -> str:
    """Return the head of a hunk for a file that begins some lines earlier."""
    _, old, new, _ = line.split(" ")
    return f"@@ {_later(old, by)} {_later(new, by)} @@"


def _later(numbers: str, by: int) -> str:
    start, comma, length = numbers[1:].partition(",")
    return f"{numbers[0]}{int(start) + by}{comma}{length}"


def _shown(line: str) -> str:
    return "".join(
        c if _is_seen(c) else f"<U+{ord(c):04X}>" for c in line.removesuffix("\r")
    )


def _is_seen(character: str) -> bool:
    """Tell whether a character is seen as what it is, and not as part of another."""
    is_accent = "\u0300" <= character <= "\u036f"
    return character == "\t" or (character.isprintable() and not is_accent)
