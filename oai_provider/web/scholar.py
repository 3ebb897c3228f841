"""The meta tags of a landing page, as Google Scholar and older crawlers read them.

An author's institutions follow that author. Dublin Core is what the item's own
oai_dc record says, element by element. E-mail addresses have no tag here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from oai_provider.metadata.access import File
from oai_provider.metadata.host import Host
from oai_provider.metadata.item import Item
from oai_provider.metadata.wording import inverted_name
from oai_provider.protocol.xml import XML_LANG, Payload, parse
from oai_provider.web.words import published, serial_numbers

_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Meta:
    """A meta element."""

    name: str
    content: str
    lang: str | None = None


def citation_tags(item: Item, url: str) -> Iterator[Meta]:
    """Yield the citation_* tags of an item whose landing page has this address."""
    if item.title:
        yield Meta("citation_title", item.title.value, item.title.lang)
    for author in item.creators:
        yield Meta("citation_author", inverted_name(author))
        for affiliation in author.affiliations:
            name = affiliation.name
            yield Meta("citation_author_institution", name.value, name.lang)
        for identifier in author.identifiers:
            if identifier.scheme == "orcid":
                yield Meta("citation_author_orcid", identifier.url or "")
    date = published(item)
    if date:
        # Google Scholar asks for 2010/5/12, or for the year alone.
        yield Meta("citation_publication_date", date.replace("-", "/"))
    if item.host:
        yield from _host_tags(item.host, in_book=_is_in_book(item))
    yield from _meeting_and_degree_tags(item)
    yield from _own_tags(item, url)


def _is_in_book(item: Item) -> bool:
    return item.resource_type is not None and item.resource_type.id == "book-part"


def _host_tags(host: Host, *, in_book: bool) -> Iterator[Meta]:
    kind = "citation_inbook_title" if in_book else "citation_journal_title"
    for title in host.titles[:1]:
        yield Meta(kind, title.value, title.lang)
    if host.abbreviated:
        yield Meta("citation_journal_abbrev", host.abbreviated.value)
    yield from _place_tags(host)


def _place_tags(host: Host) -> Iterator[Meta]:
    for issn in serial_numbers(host, "issn", "pissn", "eissn", "lissn"):
        yield Meta("citation_issn", issn)
    for isbn in serial_numbers(host, "isbn"):
        yield Meta("citation_isbn", isbn)
    if host.volume:
        yield Meta("citation_volume", host.volume)
    issue = host.issue or host.whole_number
    if issue:
        yield Meta("citation_issue", issue)
    if host.pages and host.pages.first:
        yield Meta("citation_firstpage", host.pages.first)
    if host.pages and host.pages.last:
        yield Meta("citation_lastpage", host.pages.last)


def _meeting_and_degree_tags(item: Item) -> Iterator[Meta]:
    if item.conference:
        yield Meta("citation_conference_title", item.conference.name.value)
    if item.thesis:
        yield Meta("citation_dissertation_name", item.thesis.degree.value)
        if item.thesis.grantor:
            grantor = item.thesis.grantor.name.value
            yield Meta("citation_dissertation_institution", grantor)


def _own_tags(item: Item, url: str) -> Iterator[Meta]:
    for identifier in item.identifiers:
        if identifier.scheme in {"doi", "isbn"}:
            yield Meta(f"citation_{identifier.scheme}", identifier.value)
    for publisher in item.publisher:
        yield Meta("citation_publisher", publisher.name.value)
    for language in item.languages:
        yield Meta("citation_language", language)
    for subject in item.subjects:
        yield Meta("citation_keywords", subject.value, subject.lang)
    yield Meta("citation_abstract_html_url", url)
    for file in item.files:
        if file.access in {None, "open"} and _is_pdf(file):
            yield Meta("citation_pdf_url", file.url)


def _is_pdf(file: File) -> bool:
    return file.media_type == _PDF or (
        file.media_type is None and file.url.lower().endswith(".pdf")
    )


def dublin_core_tags(oai_dc: Payload | None) -> Iterator[Meta]:
    """Yield a DC.* tag for every element of a record in oai_dc."""
    if oai_dc is None:
        return
    for element in parse(oai_dc.xml).iterchildren(tag=etree.Element):
        if element.text:
            name = f"DC.{etree.QName(element).localname}"
            yield Meta(name, element.text, element.get(XML_LANG))
