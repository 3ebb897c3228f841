"""A record in XML as the mapping of an item: its header's values, and its payload.

The payload is kept whole, as `native`. Of what was harvested nothing is read out of it
until somebody asks: see `metadata.own_xml`. All else in a record that is not understood
is refused, since it would be lost in silence.
"""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from oai_provider.errors import OaiProviderError
from oai_provider.metadata.format import Formats
from oai_provider.protocol.names import OAI_NS
from oai_provider.protocol.xml import Payload, parse, payload, root_tag
from oai_provider.sources.local_id import id_of_identifier
from oai_provider.sources.origins import Exchange, is_provenance, origin_of

Fields = dict[str, object]

OAI: Final = f"{{{OAI_NS}}}"
_HEADER: Final = f"{OAI}header"
_IDENTIFIER: Final = f"{OAI}identifier"
_DATESTAMP: Final = f"{OAI}datestamp"
_SET_SPEC: Final = f"{OAI}setSpec"
_METADATA: Final = f"{OAI}metadata"
_ABOUT: Final = f"{OAI}about"
_PARTS: Final = (_HEADER, _METADATA, _ABOUT)


class RecordError(OaiProviderError):
    """A record is not what OAI-PMH says, or of no format installed here."""


def payload_fields(element: etree._Element, formats: Formats) -> Fields:
    """Return what a payload says, and the payload itself."""
    prefix = _prefix_of(str(element.tag), formats)
    read = formats[prefix].read
    said = read(element) if read else {}
    return {**said, "native": {prefix: _finished(element)}}


def record_fields(
    record: etree._Element, formats: Formats, exchange: Exchange
) -> Fields:
    """Return what an OAI-PMH record says, header and containers included."""
    parts = _children(record)
    unknown = next((e for e in parts if e.tag not in _PARTS), None)
    if unknown is not None:
        raise RecordError(f"<{unknown.tag!s}> has no place in a <record>")
    header = _header_fields(record)
    metadata = [e for e in parts if e.tag == _METADATA]
    # OAI-PMH 2.5: a record has metadata, unless it is deleted, and then never.
    if len(metadata) != (0 if header["deleted"] else 1):
        status = "deleted record" if header["deleted"] else "record"
        raise RecordError(f"a {status} here has {len(metadata)} <metadata> elements")
    if not metadata:
        return header
    about = [_only_child(e) for e in parts if e.tag == _ABOUT]
    root = _only_child(metadata[0])
    native = {_prefix_of(str(root.tag), formats): _finished(root)}
    return {**_described(native, about, header, formats, exchange), **header}


def finished_fields(
    header: Fields,
    metadata: Payload,
    about: Sequence[Payload],
    formats: Formats,
    exchange: Exchange,
) -> Fields:
    """Return what `record_fields` does, of a record that was taken apart before."""
    native = {_prefix_of(root_tag(metadata), formats): metadata.xml.decode()}
    containers = [parse(container.xml) for container in about]
    return {**_described(native, containers, header, formats, exchange), **header}


def header_fields(
    identifier: str, datestamp: str, set_specs: Sequence[str], *, deleted: bool
) -> Fields:
    """Return what a header says."""
    return {
        "id": id_of_identifier(identifier),
        "identifier": identifier,
        "datestamp": datestamp or None,
        "sets": [*set_specs],
        "deleted": deleted,
    }


def _prefix_of(tag: str, formats: Formats) -> str:
    found = (p for p, f in formats.items() if tag.startswith(f"{{{f.namespace}}}"))
    prefix = next(found, None)
    if prefix is None:
        known = ", ".join(formats)
        raise RecordError(f"<{tag}> is of no installed format ({known})")
    return prefix


def _finished(element: etree._Element) -> str:
    # This refuses the undeclared prefixes, too, that a stream lets pass.
    return payload(element).xml.decode()


def _described(
    native: dict[str, str],
    about: list[etree._Element],
    header: Fields,
    formats: Formats,
    exchange: Exchange,
) -> Fields:
    """Return what metadata and containers say, and where they were harvested."""
    (prefix,) = native
    origin = origin_of(exchange, header, formats[prefix].namespace, about)
    kept = [a for a in about if origin is None or not is_provenance(a)]
    provenance: Fields = {"harvested": exchange.moment or header["datestamp"]}
    if origin is not None:
        provenance["origin_descriptions"] = [origin]
    elif any(map(is_provenance, about)):
        message = "has provenance that is not understood: it is kept as it is"
        provenance["warnings"] = [{"message": message, "field": "record_about"}]
    containers = [_finished(element) for element in kept]
    return {
        "native": native,
        "provenance": provenance,
        "record_about": {prefix: containers} if containers else {},
    }


def identifier_of(record: etree._Element) -> str | None:
    """Return the identifier in the header of a record, if there is one."""
    header = record.find(_HEADER)
    name = None if header is None else header.findtext(_IDENTIFIER)
    return (name or "").strip() or None


def _header_fields(record: etree._Element) -> Fields:
    header = next(record.iterchildren(_HEADER), None)
    said = [] if header is None else [(e.tag, (e.text or "").strip()) for e in header]
    # Of what stands there twice the first is meant.
    first = dict(reversed(said))
    identifier = first.get(_IDENTIFIER)
    if header is None or not identifier:
        raise RecordError("the record has no identifier in a <header>")
    status = header.get("status")
    if status not in {None, "deleted"}:
        raise RecordError(f"status {status!r} is not 'deleted'")
    set_specs = [text for tag, text in said if tag == _SET_SPEC]
    datestamp = first.get(_DATESTAMP, "")
    return header_fields(identifier, datestamp, set_specs, deleted=status is not None)


def _only_child(element: etree._Element) -> etree._Element:
    children = _children(element)
    if len(children) != 1:
        name = etree.QName(element).localname
        raise RecordError(f"<{name}> holds {len(children)} elements instead of one")
    return children[0]


def _children(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str)]
