"""The terms that values of records are compared with, by the names of `profiles.toml`.

Vocabularies themselves stand in `oai_provider.metadata.vocabularies`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from oai_provider.metadata.elements import read_language
from oai_provider.metadata.oai_dc.read import read_resource_type
from oai_provider.metadata.oai_dc.write import VERSIONS
from oai_provider.metadata.vocabularies import (
    COAR_ACCESS_RIGHT,
    EU_REPO,
    RESOURCE_TYPES,
    access_for,
    is_coar_type,
)

_DATE: Final = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-([0-2]\d|3[01])(T.*)?)?)?", re.ASCII
)
_CODE: Final = re.compile(r"[a-z]{2,3}([-_/].*)?", re.IGNORECASE | re.ASCII)
# Eight digits alone are the number of a record more often.
_ISSN: Final = re.compile(
    r"(?:(?<![\w-])(?=\d{4}-)|issn\W*|\()(\d{4})-?(\d{3}[\dX])(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
_LICENCE: Final = re.compile(r"https?://\S+|CC0.*|CC[ -]BY.*", re.IGNORECASE)
_FILE: Final = re.compile(
    r".*(\.(pdf|ps|docx?|odt|rtf|txt|epub|html?|xml|tex|djvu)"
    r"|/(bitstreams?|download|viewfile)/.*|/(download|content|pdf))",
    re.IGNORECASE,
)
_CLASSES: Final = frozenset(
    terms.eu_repo_uri for terms in RESOURCE_TYPES.values() if terms.eu_repo != "other"
)
"""The types of info:eu-repo that say something."""
_MODULUS: Final = 11


def _is_type(value: str) -> bool:
    return read_resource_type(value.removeprefix("doc-type:")) is not None


def _is_version(value: str) -> bool:
    return value.startswith(EU_REPO) and value.removeprefix(EU_REPO) in VERSIONS


def _is_access(value: str) -> bool:
    """Tell whether it is a level of access, or a licence that only open things have."""
    is_licence = "creativecommons.org/" in value and value.startswith("http")
    return access_for(value) is not None or is_licence


def _is_coar_access(value: str) -> bool:
    secure = value.replace("https:", "http:", 1)
    return secure.startswith(COAR_ACCESS_RIGHT) and access_for(secure) is not None


def _is_language(value: str) -> bool:
    """Tell whether it is a code of two or three letters that means a language."""
    code = value[:3].strip("-_/").lower()
    return bool(_CODE.fullmatch(value)) and read_language(code) not in {None, "und"}


def _is_licence(value: str) -> bool:
    return bool(_LICENCE.fullmatch(value)) and access_for(value) is None


def _is_file(value: str) -> bool:
    address = urlsplit(value)
    return address.scheme.startswith("http") and bool(_FILE.fullmatch(address.path))


def _has_issn(value: str) -> bool:
    """Tell whether an ISSN is in it: 1920-1929 has the form, and is two years."""
    return any(_is_issn("".join(found).upper()) for found in _ISSN.findall(value))


def _is_issn(digits: str) -> bool:
    numbers = ["0123456789X".index(digit) for digit in digits]
    weighed = (n * weight for n, weight in zip(numbers, range(8, 0, -1), strict=True))
    return sum(weighed) % _MODULUS == 0


TERMS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": lambda value: _DATE.fullmatch(value) is not None,
    "language": _is_language,
    "type": _is_type,
    "eu-repo-type": _CLASSES.__contains__,
    "eu-repo-version": _is_version,
    "coar-type": is_coar_type,
    "access": _is_access,
    "open": lambda value: access_for(value) == "open",
    "embargoed": lambda value: access_for(value) == "embargoed",
    "coar-access": _is_coar_access,
    "licence": _is_licence,
    "file": _is_file,
    "issn": _has_issn,
}
