"""Identifiers whose form is right and whose digits or parts are not."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from stdnum import isbn, isni, issn
from stdnum.iso7064 import mod_11_2, mod_97_10

from oai_provider.provider.repository import is_public
from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach, Check
from oai_provider.verifier.subject import Subject

_DOI: Final = re.compile(
    r"10\.\d{4,}(?:\.\d+)*/\S*[^\s.,;)\]>}\"']|10\.\d{4,}[\d.]*/\S*\(\S*\)"
)
_HANDLE: Final = re.compile(r"(?:\d[\w.]*|\d+\.\w[\w.]*)/\S+", re.ASCII)
_PLACEHOLDER: Final = "123456789/"
_URN: Final = re.compile(
    r"urn:(?!urn:)[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:"
    r"(?:[a-z0-9\-._~!$&'()*+,;=:@/]|%[0-9a-f]{2})+(?:[?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)
# A number in the digits of Crockford's base 32, and two check digits.
_ROR: Final = re.compile(r"(0[0-9a-hjkmnp-tv-z]{6})(\d\d)", re.ASCII)
_BASE_32: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ARK: Final = re.compile(
    r"ark:/?[0-9b-df-hjkmnp-tv-xz]{5,9}/(?:[\w=~*+@$./-]|%[0-9A-Fa-f]{2})*\w/?",
    re.ASCII,
)
_MONTH: Final = "(?:0[1-9]|1[0-2])"
# The number of digits grew in January 2015; before April 2007 it had an archive.
_ARXIV: Final = re.compile(
    rf"(?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4]){_MONTH})\.\d{{4}}(?:v\d+)?"
    rf"|(?:1[5-9]|[2-8]\d){_MONTH}\.\d{{5}}(?:v\d+)?"
    rf"|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{{2}})?/(?:9\d|0[0-7]){_MONTH}\d{{3}}(?:v\d+)?",
    re.ASCII,
)
_UNREAD: Final = re.compile(r"(?:\bdoi\b|doi\.org)\W|\b10\.\d{4,}/", re.IGNORECASE)
_EXAMPLE: Final = re.compile(r"(?:^|\.)example\.(?:com|org|net)$")


def _digits(
    code: str, name: str, schemes: frozenset[str], is_valid: Callable[[str], bool]
) -> Check:
    # Many items are of one journal, or by one author.
    is_known = lru_cache(maxsize=1024)(is_valid)

    @check(code)
    def rule(subject: Subject) -> Iterator[Breach]:
        for path, one in subject.identifiers:
            if one.scheme in schemes and not is_known(one.value):
                message = f"{one.value} is no {name}: its digits do not agree"
                yield Breach(message=message, field=f"{path}.value", value=one.value)

    return rule


def _is_orcid(value: str) -> bool:
    return bool(mod_11_2.is_valid(value.replace("-", "")))


def _is_ror(value: str) -> bool:
    found = _ROR.fullmatch(value.lower())
    if found is None:
        return False
    number = 0
    for digit in found[1]:
        number = number * len(_BASE_32) + _BASE_32.index(digit)
    return bool(mod_97_10.is_valid(f"{number}{found[2]}"))


def _form(
    code: str, scheme: str, says: str, is_right: Callable[[str], object]
) -> Check:
    @check(code)
    def rule(subject: Subject) -> Iterator[Breach]:
        for path, one in subject.identifiers:
            if one.scheme == scheme and not is_right(one.value):
                message = f"{one.value} {says}"
                yield Breach(message=message, field=f"{path}.value", value=one.value)

    return rule


@check("identifier-doi-unread")
def unread_doi(subject: Subject) -> Iterator[Breach]:
    """Find DOIs among the identifiers whose scheme could not be told."""
    for path, one in subject.identifiers:
        if one.scheme == "local" and _UNREAD.search(one.value):
            message = f"{one.value!r} seems to be a DOI and cannot be read as one"
            yield Breach(message=message, field=f"{path}.value", value=one.value)


@check("identifier-address-private")
def private_address(subject: Subject) -> Iterator[Breach]:
    """Find web addresses that lead nowhere outside."""
    for path, url in subject.addresses:
        if not _is_reachable(url):
            message = f"{url} can be reached by nobody outside"
            yield Breach(message=message, field=path, value=url)


def _is_reachable(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        # Brackets that hold no address of IPv6.
        return False
    return is_public(url) and not _EXAMPLE.search(host)


CHECKS = (
    _digits(
        "identifier-issn",
        "ISSN",
        frozenset(("issn", "pissn", "eissn", "lissn")),
        issn.is_valid,
    ),
    _digits("identifier-isbn", "ISBN", frozenset(("isbn",)), isbn.is_valid),
    _digits("identifier-isni", "ISNI", frozenset(("isni",)), isni.is_valid),
    _digits("identifier-orcid", "ORCID iD", frozenset(("orcid",)), _is_orcid),
    _digits("identifier-ror", "ROR id", frozenset(("ror",)), _is_ror),
    _form("identifier-doi", "doi", "has no prefix or end of a DOI", _DOI.fullmatch),
    _form("identifier-handle", "handle", "has no prefix of Handles", _HANDLE.fullmatch),
    _form(
        "identifier-handle-placeholder",
        "handle",
        "has the prefix that DSpace comes with",
        lambda value: not value.startswith(_PLACEHOLDER),
    ),
    _form("identifier-urn", "urn", "is no URN of RFC 8141", _URN.fullmatch),
    _form("identifier-ark", "ark", "is no ARK", _ARK.fullmatch),
    _form("identifier-arxiv", "arxiv", "is no id of arXiv", _ARXIV.fullmatch),
    unread_doi,
    private_address,
)
