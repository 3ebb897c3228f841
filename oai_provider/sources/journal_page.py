"""A page of a journal's web site, saved as text, becomes an item.

A field that the page does not give is absent. What the article is about, where and
when, is for a person to say: it is never derived. The page's second copy of the
title only serves to check the first. Every repair and every doubt stands in the
item's provenance, beside the name of the file, which stays as it was found.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from oai_provider.sources.base import Place, Read, Unreadable
from oai_provider.sources.citation import Citation, parse_citation
from oai_provider.sources.encoding import EncodingError, page_text
from oai_provider.sources.local_id import stem_id
from oai_provider.sources.mapping import read_mapping
from oai_provider.sources.page_authors import Author, authors_of, family_and_given
from oai_provider.sources.page_parts import (
    PageError,
    PageParts,
    Section,
    parse_page,
    seen,
)
from oai_provider.sources.page_report import Fields, PageReport, tagged
from oai_provider.sources.repairs import Repaired, Rule

ALL_RULES: Final = frozenset(Rule)

_STATEMENT: Final = "Transformed by machine from the journal's article web page"
# A comma inside parentheses belongs to the term.
_BETWEEN_TERMS: Final = re.compile(r"[,;](?![^()]*\))")


def read_journal_page(
    path: Path, *, rules: Collection[Rule] = ALL_RULES
) -> Iterator[Read]:
    """Yield the item of a page, its id being the name of the file, or why not."""
    try:
        text = page_text(path.read_bytes(), rules)
        parts = parse_page(text.text)
    except EncodingError as error:
        yield Unreadable(place=Place(path, error.line), reason=error.reason)
    except PageError as error:
        yield Unreadable(place=Place(path), reason=str(error))
    else:
        item = {"id": stem_id(path), **_item(parts, text, path.name, rules)}
        yield from read_mapping(item, Place(path))


def _item(
    parts: PageParts, text: Repaired, file_name: str, rules: Collection[Rule]
) -> Fields:
    report = PageReport(parts, rules)
    report.tell_repairs("encoding", text.changes)
    title = report.prose("titles[0]", parts.title, is_glued=parts.glued is Section.TITLE)
    ...
