"""Repairs of values that have one right spelling: languages, dates, identifiers.

Each returns the value as it was where it could mean two things, or where its check
digit says that it is wrong.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from typing import Final

from stdnum import isbn, isni, issn
from stdnum.iso7064 import mod_11_2

from oai_provider.metadata.elements import read_language

_MONTHS: Final = {
    name[:length]: number
    for number, name in enumerate(
        (
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ),
        1,
    )
    for length in (3, len(name))
}
_WORDED: Final = re.compile(
    r"(?:(?P<day>\d{1,2})(?:[snrt][tdh])?\s+)?(?P<month>[a-z]{3,9})\.?,?"
    r"(?:\s+(?P<after>\d{1,2})(?:[snrt][tdh])?,)?\s+(?P<year>\d{4})",
    re.IGNORECASE | re.ASCII,
)
_MIDNIGHT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?", re.ASCII
)
_NUMBERS: Final = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})", re.ASCII)
_CIRCA: Final = re.compile(
    r"(?:circa|ca?\.?|about|approx\.|approximately)\s+(\d{4})", re.IGNORECASE | re.ASCII
)
_DECADE: Final = re.compile(r"(\d{3})0'?s", re.ASCII)
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_BEFORE: Final = re.compile(
    r"(?:https?://(?:www\.)?(?:portal\.issn\.org/resource/issn|orcid\.org|isni\.org"
    r"(?:/isni)?)/|(?:urn:)?(?:e-?issn|p-?issn|issn-?l?|isbn(?:-1[03])?|orcid(?: id)?"
    r"|isni)(?:\s*:\s*|\s+))",
    re.IGNORECASE,
)
_DOI: Final = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:dx\.)?doi\.org\s*/\s*|doi\s*[:.=]?\s*"
    r"(?:https?://(?:dx\.)?doi\.org/)?)(10\.\d{4,}(?:\.\d+)*/\S+)",
    re.IGNORECASE | re.ASCII,
)
_STOPS: Final = ".,;"
_CC: Final = re.compile(
    r"cc[ -](by(?:-nc)?(?:-sa|-nd)?)[ -](\d\.\d)(?: international)?", re.IGNORECASE
)
_CC_ZERO: Final = re.compile(r"cc[ -]?(?:0|zero)[ -]1\.0", re.IGNORECASE)
_ISSN_DIGITS: Final = 8
_SIXTEEN: Final = 16


def language(value: str) -> str:
    """Return the tag of a language whose English name is given."""
    return read_language(value) or value


def date(value: str) -> str:
    """Return a date in EDTF whose year, month and day cannot be taken for others."""
    value = value.strip()
    circa, decade = _CIRCA.fullmatch(value), _DECADE.fullmatch(value)
    if circa:
        return f"{circa[1]}~"
    if decade:
        return f"{decade[1]}X"
    midnight = _MIDNIGHT.fullmatch(value)
    if midnight:
        return midnight[1]
    return _worded(value) or _of_numbers(value) or value


def _worded(value: str) -> str | None:
    found = _WORDED.fullmatch(value)
    month = _MONTHS.get(found["month"].lower()) if found else None
    if found is None or month is None or (found["day"] and found["after"]):
        return None
    day = found["day"] or found["after"]
    year = int(found["year"])
    return _day(year, month, int(day)) if day else f"{year:04}-{month:02}"


def _of_numbers(value: str) -> str | None:
    """Return the one date that three numbers can be, None if they can be two."""
    found = _NUMBERS.fullmatch(value)
    readings = {*_readings(found[1], found[3], found[4])} if found else set()
    return readings.pop() if len(readings) == 1 else None


def _readings(first: str, second: str, third: str) -> Iterator[str]:
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4:  # noqa: PLR2004 - the digits of a year
        orders = [(a, b, c), (a, c, b)]
    elif len(third) == 4:  # noqa: PLR2004 - the digits of a year
        orders = [(c, a, b), (c, b, a)]
    else:
        orders = []
    yield from filter(None, (_day(*order) for order in orders))


def _day(year: int, month: int, day: int) -> str | None:
    # A month that no calendar has, or a year before there was one.
    if not (1 <= month <= 12 and year):  # noqa: PLR2004 - months
        return None
    if not 1 <= day <= monthrange(year, month)[1]:
        return None
    return f"{year:04}-{month:02}-{day:02}"


def digits(value: str) -> str:
    """Return an ISSN, ISBN, ISNI or ORCID iD in its one form, if its digits agree."""
    bare = _BEFORE.sub("", _DASHES.sub("-", value.strip()), count=1).rstrip("/.")
    plain = re.sub(r"[ -]", "", bare).upper()
    if len(plain) == _ISSN_DIGITS and issn.is_valid(plain):
        return f"{plain[:4]}-{plain[4:]}"
    if len(plain) == _SIXTEEN and mod_11_2.is_valid(plain):
        parts = (plain[n : n + 4] for n in range(0, _SIXTEEN, 4))
        return ("-" if "isni" not in value.lower() else " ").join(parts)
    return bare if isbn.is_valid(bare) or isni.is_valid(bare) else value


def doi(value: str) -> str:
    """Return a DOI without what stands before it, and without a stop after it."""
    found = _DOI.fullmatch(value.strip())
    return (found[1] if found else value).rstrip(_STOPS)


def licence(value: str) -> str:
    """Return the name by which SPDX lists a licence of Creative Commons."""
    found = _CC.fullmatch(value.strip())
    if found:
        return f"CC-{found[1].upper()}-{found[2]}"
    return "CC0-1.0" if _CC_ZERO.fullmatch(value.strip()) else value
