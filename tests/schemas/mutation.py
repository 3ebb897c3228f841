"""Broken and half-broken copies of a valid document, for comparing two schemas.

A mutant differs from its seed document in one place, seldom in two or three. The
words it is made of are drawn from a `Vocabulary` read from the schemas under
comparison, so most mutants are near misses: a real element in a wrong place, a
real value in the wrong list, a pattern missed by one character. The same seed
number always gives the same mutants. The mutants of one call are new trees.
"""

import copy
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
XML = "{http://www.w3.org/XML/1998/namespace}"

BUILT_IN_TYPES = tuple(
    f"{XS}{name}"
    for name in (
        *("anyType", "anySimpleType", "string", "normalizedString", "token"),
        *("language", "NCName", "ID", "anyURI", "boolean", "decimal", "integer"),
        *("positiveInteger", "date", "dateTime", "gYear"),
    )
)
NAMES_EVERYWHERE = (f"{XML}lang", f"{XML}id", f"{XML}space", f"{XML}base", "id")
VALUES_EVERYWHERE = (
    *("", " ", "x", "x y", "\n x \n", "é", "\u00a0", "٣", "😀"),
    *("0", "1", "-1", "+1", "01", "1.0", "1e3", "99999999999999999999"),
    *("true", "false", "TRUE", "yes"),
    *("2014", "2014-05", "2014-05-01", "2014-02-29", "2016-02-29", "2014-13-01"),
    *("2014-05-01Z", "2014-05-01+02:00", "-0044-03-15", "0000-01-01", "12014-05-01"),
    *("2014-05-01T10:00:00Z", "2014-05-01T10:00:00", "2014-05-01T24:00:00Z"),
    *("2014-05-01T10:00:00.5Z", "2014-05-01T10:00:00+00:00", "2014-05-01T10:00Z"),
    *("2014-05-01T10:00:60Z", "2014-05-01T10:00:00z", " 2014-05-01T10:00:00Z "),
    *("en", "EN-gb", "e n", "abcdefghi", "en-", "1"),
    *("http://example.org/", "http://a b/", "#x", "%zz", "a:b", "http://[", "::"),
    *("a@b.c", "a@b", "a@b..c", "@b.c", "a b@c.d", "a.b", "a.b.", "1.b", "a_b.c"),
    *("oai:a.b:1", "oai:a.b:", "oai:ab:1", "text/css", "text/x-css", "Text/css"),
)
_EDIT_CHARACTERS = "aZ0 .:-_/@#%é\t\n!*~'();?&=+$,[]{}|\\^\"<>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The names (in Clark's notation) and values that schemas declare."""

    elements: tuple[str, ...]
    attributes: tuple[str, ...]
    types: tuple[str, ...]
    values: tuple[str, ...]


def schema_vocabulary(files: Iterable[Path]) -> Vocabulary:
    """Return what the schema documents declare: elements, attributes, types, values."""
    declared: defaultdict[str, set[str]] = defaultdict(set)
    for file in files:
        # Published schemas carry DOCTYPEs, which protocol.xml refuses.
        parser = etree.XMLParser(load_dtd=False, no_network=True)  # noqa: TID251 - see above
        tree = etree.parse(file, parser)  # noqa: TID251 - see above
        for node in tree.getroot().iter(f"{XS}*"):
            for kind, word in _declarations(node):
                declared[kind].add(word)
    return Vocabulary(
        elements=tuple(sorted(declared["element"])),
        attributes=tuple(sorted(declared["attribute"])),
        types=tuple(sorted(declared["type"])),
        values=tuple(sorted(declared["value"])),
    )


def mutants(
    root: etree._Element,
    *,
    seed: int,
    count: int,
    vocabulary: Vocabulary,
) -> Iterator[etree._Element]:
    """Yield `count` changed copies of a document, the same ones for the same seed."""
    draw = Draw(rng=random.Random(seed), words=vocabulary)
    model = with_prefixes(root, vocabulary.types)
    for _ in range(count):
        yield _mutant(model, draw)


def with_prefixes(root: etree._Element, types: Iterable[str]) -> etree._Element:
    """Copy the document, every namespace of a type having a prefix at its root."""
    namespaces = sorted({str(etree.QName(name).namespace) for name in types})
    prefixes: dict[str | None, str] = {"xs": XS[1:-1]}
    prefixes |= {f"t{number}": name for number, name in enumerate(namespaces)}
    model = etree.Element(root.tag, root.attrib, nsmap=prefixes | root.nsmap)
    model.text = root.text
    model.extend(list(copy.deepcopy(root)))
    return model


def set_type(place: etree._Element, name: str) -> None:
    """Give the element the type by xsi:type; `with_prefixes` declared its prefix."""
    qname = etree.QName(name)
    prefixes = [p for p, uri in place.nsmap.items() if p and uri == qname.namespace]
    place.set(f"{XSI}type", f"{prefixes[0]}:{qname.localname}")


def _mutant(root: etree._Element, draw: "Draw") -> etree._Element:
    mutant = copy.deepcopy(root)
    changes = draw.rng.choices((1, 2, 3), weights=(8, 2, 1))[0]
    while changes:
        place = draw.rng.choice(list(mutant.iter("*")))
        if draw.rng.choice(OPERATIONS)(place, draw):
            changes -= 1
    return mutant


def _declarations(node: etree._Element) -> Iterator[tuple[str, str]]:
    kind = etree.QName(node).localname
    if kind == "enumeration":
        yield "value", node.get("value", "")
    if node.get("fixed") is not None:
        yield "value", node.get("fixed", "")
    if kind in {"simpleType", "complexType"} and node.get("name"):
        yield "type", _declared_name(node, qualified=True)
    if kind in {"element", "attribute"}:
        yield kind, _declared_name(node, qualified=kind == "element")


def _declared_name(node: etree._Element, *, qualified: bool) -> str:
    """Return the name in Clark's notation; local attributes have no namespace."""
    schema = node.getroottree().getroot()
    local, namespace = node.get("name", ""), schema.get("targetNamespace")
    if node.get("ref"):
        prefix, _, local = node.get("ref", "").rpartition(":")
        namespace = XML[1:-1] if prefix == "xml" else node.nsmap.get(prefix or None)
    elif not qualified and node.getparent() is not schema:
        namespace = None
    return f"{{{namespace}}}{local}" if namespace else local


@dataclass(slots=True, kw_only=True)
class Draw:
    """What chance picks: a name near the one that stands there, a telling value."""

    rng: random.Random
    words: Vocabulary
    _near: dict[str, list[str]] = field(default_factory=dict)

    def element_name(self, standing: str) -> str:
        if self.rng.random() < 0.1:
            local = etree.QName(standing).localname
            return self.rng.choice((local, f"{{urn:elsewhere}}{local}", f"{standing}s"))
        near = self._names_of(etree.QName(standing).namespace or "")
        if near and self.rng.random() < 0.8:
            return self.rng.choice(near)
        return self.rng.choice(self.words.elements)

    def attribute_name(self) -> str:
        if self.words.attributes and self.rng.random() < 0.8:
            return self.rng.choice(self.words.attributes)
        return self.rng.choice(NAMES_EVERYWHERE)

    def type_name(self) -> str:
        if self.words.types and self.rng.random() < 0.7:
            return self.rng.choice(self.words.types)
        return self.rng.choice(BUILT_IN_TYPES)

    def value(self, standing: str) -> str:
        dice = self.rng.random()
        if standing and dice < 0.5:
            return self._edited(standing)
        if self.words.values and dice < 0.75:
            return self.rng.choice(self.words.values)
        return self.rng.choice(VALUES_EVERYWHERE)

    def _edited(self, text: str) -> str:
        at = self.rng.randrange(len(text) + 1)
        new = self.rng.choice(_EDIT_CHARACTERS)
        return self.rng.choice(
            (
                text[:at] + new + text[at:],
                text[:at] + text[at + 1 :],
                text[:at] + new + text[at + 1 :],
                text[:at] + text[at : at + 1] + text[at:],
                text + text,
                f" {text} ",
                text.swapcase(),
            )
        )

    def _names_of(self, namespace: str) -> list[str]:
        if namespace not in self._near:
            start = f"{{{namespace}}}"
            same = [name for name in self.words.elements if name.startswith(start)]
            self._near[namespace] = same
        return self._near[namespace]


# An operation changes the tree at one element and says whether it could.


def _remove(place: etree._Element, _: Draw) -> bool:
    parent = place.getparent()
    if parent is None:
        return False
    parent.remove(place)
    return True


def _double(place: etree._Element, _: Draw) -> bool:
    if place.getparent() is None:
        return False
    place.addnext(copy.deepcopy(place))
    return True


def _rename(place: etree._Element, draw: Draw) -> bool:
    place.tag = draw.element_name(str(place.tag))
    return True


def _move(place: etree._Element, draw: Draw) -> bool:
    root = place.getroottree().getroot()
    target = draw.rng.choice(list(root.iter("*")))
    if place is root or any(place is at for at in (target, *target.iterancestors())):
        return False
    target.insert(draw.rng.randint(0, len(target)), place)
    return True


def _swap(place: etree._Element, _: Draw) -> bool:
    later = place.getnext()
    if later is None:
        return False
    later.addnext(place)
    return True


def _copy_elsewhere(place: etree._Element, draw: Draw) -> bool:
    root = place.getroottree().getroot()
    if place is root:
        return False
    target = draw.rng.choice(list(root.iter("*")))
    target.insert(draw.rng.randint(0, len(target)), copy.deepcopy(place))
    return True


def _insert(place: etree._Element, draw: Draw) -> bool:
    near = place[0].tag if len(place) and isinstance(place[0].tag, str) else place.tag
    new = etree.Element(draw.element_name(str(near)))
    new.text = draw.value("")
    place.insert(draw.rng.randint(0, len(place)), new)
    return True


def _empty(place: etree._Element, _: Draw) -> bool:
    if not len(place) and not place.text:
        return False
    for child in list(place):
        place.remove(child)
    place.text = None
    return True


def _alter_text(place: etree._Element, draw: Draw) -> bool:
    if len(place) and draw.rng.random() < 0.8:
        return False
    place.text = draw.value(place.text or "")
    return True


def _alter_tail(place: etree._Element, draw: Draw) -> bool:
    if place.getparent() is None or draw.rng.random() < 0.8:
        return False
    place.tail = draw.rng.choice(("x", " ", "\u00a0"))
    return True


def _add_comment(place: etree._Element, draw: Draw) -> bool:
    if draw.rng.random() < 0.7:
        return False
    place.insert(
        draw.rng.randint(0, len(place)),
        draw.rng.choice((etree.Comment("x"), etree.ProcessingInstruction("x", "y"))),
    )
    return True


def _remove_attribute(place: etree._Element, draw: Draw) -> bool:
    if not place.attrib:
        return False
    del place.attrib[draw.rng.choice(list(place.attrib))]
    return True


def _alter_attribute(place: etree._Element, draw: Draw) -> bool:
    if not place.attrib:
        return False
    name = str(draw.rng.choice(list(place.attrib)))
    place.set(name, draw.value(str(place.get(name))))
    return True


def _rename_attribute(place: etree._Element, draw: Draw) -> bool:
    if not place.attrib:
        return False
    name = draw.rng.choice(list(place.attrib))
    place.set(draw.attribute_name(), place.attrib.pop(name))
    return True


def _add_attribute(place: etree._Element, draw: Draw) -> bool:
    place.set(draw.attribute_name(), draw.value(""))
    return True


def _add_type(place: etree._Element, draw: Draw) -> bool:
    set_type(place, draw.type_name())
    return True


def _add_instance_attribute(place: etree._Element, draw: Draw) -> bool:
    name, value = draw.rng.choice(
        (
            ("nil", "true"),
            ("nil", "false"),
            ("schemaLocation", "urn:x http://example.org/x.xsd"),
            ("noNamespaceSchemaLocation", "http://example.org/x.xsd"),
            ("type", "nowhere"),
            ("other", "x"),
        )
    )
    place.set(f"{XSI}{name}", value)
    return True


OPERATIONS: tuple[Callable[[etree._Element, Draw], bool], ...] = (
    *(_remove, _double, _rename, _move, _swap, _copy_elsewhere, _insert, _empty),
    *(_alter_text, _alter_text, _alter_text, _alter_tail, _add_comment),
    *(_remove_attribute, _alter_attribute, _alter_attribute, _rename_attribute),
    *(_add_attribute, _add_attribute, _add_type, _add_instance_attribute),
)
