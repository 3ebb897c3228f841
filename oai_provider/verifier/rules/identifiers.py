"""Identifiers whose form is right and whose digits or parts are not."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from stdnum import isbn, isni, issn
from stdnum.iso7064 import mod_11_2

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
    _form("identifier-doi", "doi", "has no prefix or end of a DOI", _DOI.fullmatch),
    _form("identifier-handle", "handle", "has no prefix of Handles", _HANDLE.fullmatch),
    _form(
        "identifier-handle-placeholder",
        "handle",
        "has the prefix that DSpace comes with",
        lambda value: not value.startswith(_PLACEHOLDER),
    ),
    _form("identifier-urn", "urn", "is no URN of RFC 8141", _URN.fullmatch),
    unread_doi,
    private_address,
)
