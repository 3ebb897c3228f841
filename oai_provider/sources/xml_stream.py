"""A large XML document, one element after the other, in constant memory.

As strict as `protocol.xml.parse`, and refused for the same reasons in the same
words: no DTD, no entity, no network, no recovery, no size beyond libxml2's limits.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from lxml import etree

from oai_provider.protocol.xml import XmlError


def root_tag(path: Path) -> str:
    """Return the name of the root element, as soon as it begins.

    Raises `XmlError` for what is not XML up to there, and for a DTD.
    """
    _, element = next(_events(path, None))
    if element.getroottree().docinfo.internalDTD is not None:
        reason = "a document type declaration is not accepted: remove <!DOCTYPE>"
        raise XmlError(reason)
    return str(element.tag)


def elements(
    path: Path, whole: Mapping[str, int], begun: Collection[str] = ()
) -> Iterator[etree._Element]:
    """Yield the elements named: whole ones, and those that have just begun.

    `whole` has the depth of each name, 1 below the root; elsewhere it means nothing.
    A whole element is emptied when the next is asked for, and what stood before it
    is dropped. Raises `XmlError` where the document stops being XML.
    """
    for event, element in _events(path, [*whole, *begun]):
        name = str(element.tag)
        if event == "end" and _depth(element) == whole.get(name):
            yield element
            _forget(element)
        elif event == "start" and name in begun and _depth(element) == 1:
            yield element


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _events(
    path: Path, names: Sequence[str] | None
) -> Iterator[tuple[str, etree._Element]]:
    with path.open("rb") as file:
        events = etree.iterparse(
            file,
            events=("start", "end"),
            tag=names,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            huge_tree=False,
            recover=False,
        )
        try:
            yield from events
        except etree.XMLSyntaxError as error:
            line, column = error.position
            raise XmlError(
                str(error.msg), line=line or 0, column=column or 0
            ) from error


def _forget(element: etree._Element) -> None:
    parent = element.getparent()
    element.clear(keep_tail=True)
    while parent is not None and element.getprevious() is not None:
        del parent[0]
