"""Elements of a page, made by lxml alone: no text becomes markup, whoever wrote it."""

from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from oai_provider.reporting.text import harmless

Element = etree._Element  # noqa: SLF001 - the class has no other name
Content = Element | str
_NONE: Final[Mapping[str, str]] = {}


def tag(name: str, *content: Content, attributes: Mapping[str, str] = _NONE) -> Element:
    """Return an element with its content."""
    made = etree.Element(name)
    for key, value in attributes.items():
        made.set(key, harmless(value))
    extend(made, content)
    return made


def of_class(kind: str, name: str, *content: Content) -> Element:
    """Return an element of a class of the style sheet."""
    return tag(name, *content, attributes={"class": kind})


def extend(parent: Element, content: Iterable[Content]) -> None:
    """Put more content at the end of an element."""
    for one in content:
        if not isinstance(one, str):
            parent.append(one)
        elif len(parent):
            last = parent[-1]
            last.tail = (last.tail or "") + harmless(one)
        else:
            parent.text = (parent.text or "") + harmless(one)


def table(
    caption: str, head: Iterable[str], rows: Iterable[Iterable[Content]]
) -> Element:
    """Return a table; the first cell of each row is what the row is about."""
    heads = (tag("th", word, attributes={"scope": "col"}) for word in head)
    made = tag("table", tag("caption", caption), tag("thead", tag("tr", *heads)))
    body = tag("tbody")
    for first, *others in rows:
        about = tag("th", first, attributes={"scope": "row"})
        body.append(tag("tr", about, *(tag("td", cell) for cell in others)))
    made.append(body)
    return made
