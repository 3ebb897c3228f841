"""What is fit to be served, and should be looked at all the same."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from oai_provider.metadata.item import Item
from oai_provider.protocol.xml import Payload

EMAIL: Final = re.compile(
    rb"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"
)
_RULE: Final = "e-mail"


def doubts(item: Item, payloads: Mapping[str, Payload]) -> Iterator[str]:
    """Yield what is doubtful about an item's records.

    The field `email` is served nowhere, but whoever writes an address into a name
    or an affiliation has it served, and rarely means to.
    """
    told = item.provenance.warnings if item.provenance else ()
    if any(doubt.rule == _RULE for doubt in told):
        return
    found: dict[bytes, None] = {}
    for payload in payloads.values():
        # Looking for one byte first is what makes this cost nothing.
        if b"@" in payload.xml:
            found.update(dict.fromkeys(EMAIL.findall(payload.xml)))
    for address in found:
        yield f"the e-mail address {address.decode()} is served: see whether it may be"
