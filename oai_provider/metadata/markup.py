"""Elements as text: written by functions of texts, and not built as a tree.

A tree is built for whoever changes it or asks it something; a record is said once,
and as text that is several times as fast. `Markup` is a type of its own so that no
text is taken for it: only this module makes some, and escapes what goes into it.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NewType

from oai_provider.protocol.xml import Payload, attribute, text

Markup = NewType("Markup", str)
"""A sequence of elements, or what stands in a tag after its name."""

NOTHING: Final = Markup("")


def attributes(stated: Mapping[str, str]) -> Markup:
    """Return attributes as they stand in a tag, in their order."""
    return Markup("".join(f' {n}="{attribute(v)}"' for n, v in stated.items()))


def say(name: str, value: str, stated: Markup = NOTHING) -> Markup:
    """Return an element that holds a text."""
    return Markup(f"<{name}{stated}>{text(value)}</{name}>")


def say_if(name: str, value: str | None, stated: Markup = NOTHING) -> Markup:
    """Return an element that holds a text, nothing if there is none."""
    return NOTHING if value is None else say(name, value, stated)


def wrap(name: str, content: Markup, stated: Markup = NOTHING) -> Markup:
    """Return an element that holds others."""
    if not content:
        return Markup(f"<{name}{stated}/>")
    return Markup(f"<{name}{stated}>{content}</{name}>")


def encoded(parts: Iterable[Markup]) -> bytes:
    """Return elements one after the other, in UTF-8."""
    # One by one: a single wide character makes all it is joined to wide.
    return b"".join(map(str.encode, parts))


def finished(name: str, content: bytes, stated: Markup) -> Payload:
    """Return the payload of a root that declares what it uses, and no more."""
    start, end = f"<{name}{stated}>", f"</{name}>"
    return Payload(start.encode() + content + end.encode())


def joined(*parts: Markup) -> Markup:
    """Return elements, or attributes, one after the other."""
    return Markup("".join(parts))
