"""A page of a journal's web site, saved as text, becomes an item.

A field that the page does not give is absent. What the article is about, where and
when, is for a person to say: it is never derived. The page's second copy of the
title only serves to check the first. Every repair and every doubt stands in the
item's provenance, beside the name of the file, which stays as it was found.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final
from unicodedata import normalize

from oai_provider.sources.base import Place, Read, Unreadable
from oai_provider.sources.citation import parse_citation
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
    split_outside_parentheses,
)
from oai_provider.sources.page_report import Fields, PageReport, tagged
from oai_provider.sources.repairs import Repaired, Rule

ALL_RULES: Final = frozenset(Rule)

_LARGEST: Final = 2_000_000
_STATEMENT: Final = "Transformed by machine from the journal's article web page"


def read_journal_page(
    path: Path, *, rules: Collection[Rule] = ALL_RULES
) -> Iterator[Read]:
    """Yield the item of a page, its id being the name of the file, or why not."""
    if path.stat().st_size > _LARGEST:
        reason = f"is longer than {_LARGEST:,} bytes: no page of a journal is"
        yield Unreadable(place=Place(path), reason=reason)
        return
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
    fields = {
        "resource_type": "article",
        "titles": [_title(report, parts)],
        "descriptions": _abstracts(report, parts),
        "subjects": _subjects(report, parts),
        "creators": _creators(report, parts),
        **_host(report, parts.citation),
        "references": [
            {"text": report.text(f"references[{n}]", reference)}
            for n, reference in enumerate(parts.references)
        ],
    }
    repaired = "; extraction artefacts repaired" if report.repairs else ""
    provenance = {
        "source": {"file": file_name},
        "statement": f"{_STATEMENT}{repaired}.",
        "language": "en",
        "repairs": report.repairs,
        "warnings": report.warnings,
    }
    return {**fields, "provenance": provenance}


def _title(report: PageReport, parts: PageParts) -> Fields:
    is_glued = parts.glued is Section.TITLE
    title = report.prose("titles[0]", parts.title, is_glued=is_glued)
    copy = parts.title_copy
    if copy is not None and _folded(copy) not in {
        _folded(parts.title),
        _folded(str(title["value"])),
    }:
        report.doubt(
            "titles[0]",
            f"the title in the last line differs, {copy!r}: see which is right",
            rule="title-copy",
        )
    return title


def _folded(text: str) -> str:
    return normalize("NFC", " ".join(seen(text).split()))


def _abstracts(report: PageReport, parts: PageParts) -> list[Fields]:
    if not parts.abstract:
        return []
    is_glued = parts.glued is Section.ABSTRACT
    abstract = report.prose("descriptions[0]", parts.abstract, is_glued=is_glued)
    return [{**abstract, "type": "abstract"}]


def _subjects(report: PageReport, parts: PageParts) -> list[Fields]:
    terms = [
        term
        for line in parts.keywords
        for term in split_outside_parentheses(line, ",;")
    ]
    glued = len(terms) - 1 if parts.glued is Section.KEYWORDS else None
    return [
        report.prose(f"subjects[{n}]", term, is_glued=n == glued)
        for n, term in enumerate(terms)
    ]


def _creators(report: PageReport, parts: PageParts) -> list[Fields]:
    authors, nobodys = authors_of(parts.rows)
    for text in nobodys:
        report.doubt(
            "creators", f"{text!r} stands beside no name: left out", rule="no-name"
        )
    return [_creator(report, n, author) for n, author in enumerate(authors)]


def _creator(report: PageReport, n: int, author: Author) -> Fields:
    field = f"creators[{n}]"
    name = report.text(f"{field}.name", author.name)
    creator: Fields = {"type": "personal", "name": name}
    told_apart = family_and_given(name)
    if told_apart is None:
        message = "family and given name cannot be told apart: write them into the item"
        report.doubt(f"{field}.name", message, value=name, rule="name-order")
    else:
        creator["family"], creator["given"] = told_apart
    creator["affiliations"] = [
        {"name": report.prose(f"{field}.affiliations[{m}]", affiliation)}
        for m, affiliation in enumerate(author.affiliations)
    ]
    if author.emails:
        creator["email"] = {"value": author.emails[0], "public": False}
    if len(author.emails) > 1:
        message = "has more than one address: only the first was kept"
        report.doubt(f"{field}.email", message, rule="one-address")
    return creator


def _host(report: PageReport, printed: str | None) -> Fields:
    """Return the journal and the issue that the citation names."""
    if printed is None:
        return {}
    text = report.text("host.citation_text", printed).removesuffix(".")
    citation = parse_citation(text)
    if citation is None:
        message = f"{text!r} is not read apart: write title, year and issue"
        report.doubt("host.citation_text", message, rule="citation")
        return {"host": {"citation_text": text}}
    if citation.rest is not None:
        message = (
            f"{citation.rest!r} is not understood: write into the item what it says"
        )
        report.doubt(
            "host.citation_text", message, value=citation.rest, rule="citation"
        )
    host = {
        "titles": [tagged(citation.journal)],
        "volume": citation.volume,
        "issue": citation.issue,
        "whole_number": citation.whole_number,
        "pages": citation.pages,
        "year": citation.year,
        "citation_text": text,
    }
    dates = [{"type": "issued", "date": citation.year}] if citation.year else []
    return {"host": host, "dates": dates}
