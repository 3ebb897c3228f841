"""White space that comes of layout: line breaks and gaps where one space belongs."""

import re
from collections.abc import Iterator
from typing import Final

from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach
from oai_provider.verifier.subject import Kind, Subject

# In prose a break may begin a paragraph.
_IN_ONE_LINE: Final = frozenset((Kind.TITLE, Kind.SUBJECT, Kind.NAME))
_GAP: Final = re.compile(r"\s*[\n\r\t\v\f\u2028\u2029]\s*|  +")


@check("text-gap")
def gaps(subject: Subject) -> Iterator[Breach]:
    """Find line breaks and several spaces in what stands in one line."""
    for text in subject.texts:
        if text.kind in _IN_ONE_LINE and _GAP.search(text.value):
            shown = _GAP.sub(" ⎵ ", text.value)
            message = f"{shown!r} has a line break or several spaces at ⎵"
            yield Breach(message=message, field=text.path, value=text.value)


CHECKS = (gaps,)
