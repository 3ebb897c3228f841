"""A large XML document, one element after the other, in constant memory.

Read by `protocol.xml.events`, as strictly as any document.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from lxml import etree

from oai_provider.protocol.xml import events


def root_tag(path: Path) -> str:
    """Return the name of the root element, as soon as it begins.

    Raises `XmlError` for what is not XML up to there, and for a DTD.
    """
    with path.open("rb") as file:
        _, element = next(events(file))
        return str(element.tag)


def elements(
    path: Path, whole: Mapping[str, int], begun: Collection[str] = ()
) -> Iterator[etree._Element]:
    """Yield the elements named: whole ones, and those that have just begun.

    `whole` has the depth of each name, 1 below the root; elsewhere it means nothing.
    A whole element is emptied when the next is asked for, and what stood before it
    is dropped. Raises `XmlError` where the document stops being XML.
    """
    with path.open("rb") as file:
        for event, element in events(file, [*whole, *begun]):
            name = str(element.tag)
            if event == "end" and _depth(element) == whole.get(name):
                yield element
                _forget(element)
            elif event == "start" and name in begun and _depth(element) == 1:
                yield element


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _forget(element: etree._Element) -> None:
    parent = element.getparent()
    element.clear(keep_tail=True)
    while parent is not None and element.getprevious() is not None:
        del parent[0]
