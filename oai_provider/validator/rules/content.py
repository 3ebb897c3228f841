"""What records hold (OAI-PMH 2.5), as far as it shows how a repository was set up.

No judgement of metadata: what `oai-provider verify` does for items.
"""

import re
from collections.abc import Iterator
from typing import Final

from oai_provider.validator.answers import Header
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import text
from oai_provider.validator.finding import Breach, breach
from oai_provider.validator.rule import check

_DC_IDENTIFIER: Final = "{http://purl.org/dc/elements/1.1/}identifier"
_PLACEHOLDER: Final = re.compile(
    r"(?:hdl\.handle\.net/|hdl:|/handle/|^oai:[^:]+:)123456789/\S*"
)
# Bytes of UTF-8 that were taken for Latin-1: two to four letters in place of one.
_TWICE: Final = re.compile(
    "[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_ENOUGH: Final = 3
"""Records in which one address can be no accident."""


@check("record-handle-placeholder")
def handle_placeholder(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records under the handle that the software came with."""
    for header in endpoint.records:
        for told in (header.identifier, *_texts(header)):
            found = _PLACEHOLDER.search(told)
            if found:
                yield breach(
                    f"{header.identifier} has the handle {found[0]}",
                    header.exchange,
                    header.element,
                )
                break


@check("record-same-url")
def same_url(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield it if all records lead to one page."""
    found = [urls for header in endpoint.records if (urls := _urls(header))]
    different = frozenset[str]().union(*found)
    if len(found) >= _ENOUGH and len(different) == 1:
        yield breach(
            f"all of {len(found)} records have no other address than"
            f" {next(iter(different))}",
            endpoint.records[0].exchange,
            endpoint.records[0].element,
        )


@check("record-double-encoded")
def double_encoded(endpoint: Endpoint) -> Iterator[Breach]:
    """Yield records with letters that were encoded twice."""
    for header in endpoint.records:
        for told in _texts(header):
            found = next(filter(_is_a_letter, _TWICE.findall(told)), None)
            if found is not None:
                yield breach(
                    f"{header.identifier} has {found!r}, which was"
                    f" {_decoded(found)!r} before it was encoded twice",
                    header.exchange,
                    header.payload,
                )
                break


def _is_a_letter(letters: str) -> bool:
    """Tell whether letters are one letter that was encoded twice."""
    return _decoded(letters).isalpha()


def _decoded(letters: str) -> str:
    return letters.encode("latin-1").decode("utf-8", "replace")


def _texts(header: Header) -> Iterator[str]:
    if header.payload is not None:
        for element in header.payload.iter("*"):
            yield (element.text or "").strip()


def _urls(header: Header) -> frozenset[str]:
    """Return the web addresses that the metadata give for a record."""
    if header.payload is None:
        return frozenset()
    told = map(text, header.payload.iter(_DC_IDENTIFIER))
    return frozenset(one for one in told if one.startswith(("http://", "https://")))
