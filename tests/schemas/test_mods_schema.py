"""MODS 3.8 in our own writing says exactly what the published schema says.

Three proofs need the published files: both schemas, reduced to plain facts, are
equal; each element, given every attribute, child and type there is, gets one
verdict from both; so do mutants of the seeds, and real records. Without those
files, the seeds exercise every declaration, and pairs of documents that differ in
one thing show where the border between valid and invalid runs.
"""

import copy
import itertools
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from lxml import etree
from schemas.mutation import mutants, schema_vocabulary

from oai_provider.protocol.xml import parse
from oai_provider.xsd import Schemas

HERE = Path(__file__).parent
OURS = HERE.parent.parent / "schemas"
SEEDS = sorted((HERE / "seeds").glob("mods-*.xml"))
MODS_XSD = "www.loc.gov/standards/mods/v3/mods-3-8.xsd"
URL = f"http://{MODS_XSD}"
DOCUMENTS = (
    MODS_XSD,
    "www.loc.gov/standards/xlink/xlink.xsd",
    "www.w3.org/2001/xml.xsd",
)
XS = "{http://www.w3.org/2001/XMLSchema}"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XLINK = "http://www.w3.org/1999/xlink"
MODS = "{http://www.loc.gov/mods/v3}"
XML = "http://www.w3.org/XML/1998/namespace"


# The first of each pair is valid; the second, which differs in one thing, is not.
PAIRS = """
<mods><note/></mods> | <mods/>
<mods><note/><titleInfo/><note/></mods> | <mods><note/><title/><note/></mods>
<mods><note/> <note/></mods> | <mods><note/>, <note/></mods>
<mods version="3.0"><note/></mods> | <mods version="2.0"><note/></mods>
<mods IDREF="a" ID="a"><note/></mods> | <mods ID="1"><note/></mods>
<mods><note ID="a"/><note ID="b"/></mods> | <mods><note ID="a"/><note ID="a"/></mods>
<mods><note/><note IDREF="a"/></mods> | <mods><note/><note IDREF="a b"/></mods>
<modsCollection><mods><note/></mods></modsCollection> | <modsCollection/>
<title xml:lang="kk"/> | <title xml:lang="k k"/>
<title xml:lang=""/> | <title xml:lang="-"/>
<title>one</title> | <title>one<subTitle/></title>
<nonSort xml:space="preserve"/> | <nonSort xml:space="keep"/>
<nonSort xml:space="default"/> | <title xml:space="default"/>
<titleInfo><title/><nonSort/></titleInfo> | <titleInfo><title/><etal/></titleInfo>
<titleInfo type="uniform"/> | <titleInfo type="Uniform"/>
<titleInfo supplied="yes"/> | <titleInfo supplied="no"/>
<titleInfo otherType="parallel"/> | <titleInfo other="parallel"/>
<titleInfo xlink:type="simple"/> | <titleInfo xlink:type="locator"/>
<titleInfo xlink:show="embed"/> | <titleInfo xlink:show="embedded"/>
<relatedItem otherTypeURI="http://["/> | <titleInfo otherTypeURI="http://["/>
<identifier invalid="yes"/> | <identifier invalid="true"/>
<classification usage="primary"/> | <classification usage="secondary"/>
<name type="family"/> | <name type="fictional"/>
<name><displayForm/><namePart/></name> | <name><displayForm/><title/></name>
<name><etal/><affiliation/></name> | <name><etal/><namePart/></name>
<name><etal/></name> | <name><etal/><etal/></name>
<name><alternativeName/></name> | <agent><alternativeName/><etal/></agent>
<name nameTitleGroup="1"/> | <subject><name nameTitleGroup="1"/></subject>
<name><etal/></name> | <subject><name><etal/></name></subject>
<alternativeName altType="pen name"/> | <alternativeName type="personal"/>
<namePart type="termsOfAddress"/> | <namePart type="title"/>
<role><roleTerm/><roleTerm/></role> | <role/>
<roleTerm type="code"/> | <roleTerm type="uri"/>
<typeOfResource>any text</typeOfResource> | <typeOfResource><genre/></typeOfResource>
<typeOfResource manuscript="yes"/> | <typeOfResource manuscript=""/>
<language><languageTerm/><scriptTerm/></language> | <language><scriptTerm/></language>
<languageTerm authority="any"/> | <languageTerm type="any"/>
<originInfo><dateIssued/></originInfo> | <originInfo/>
<dateIssued encoding="edtf"/> | <dateIssued encoding="EDTF"/>
<dateIssued point="start">May</dateIssued> | <dateIssued point="middle">May</dateIssued>
<dateIssued keyDate="yes"/> | <dateIssued keyDate="no"/>
<dateOther type="hijri"/> | <dateValid type="hijri"/>
<displayDate>2014</displayDate> | <displayDate xml:lang="en">2014</displayDate>
<place><placeTerm/><cartographics/></place> | <place/>
<placeIdentifier>urn:x</placeIdentifier> | <placeIdentifier type="urn">urn:x</placeIdentifier>
<publisher authority="a" supplied="yes"/> | <edition authority="a" supplied="yes"/>
<issuance>single unit</issuance> | <issuance>single  unit</issuance>
<digitalOrigin>born digital</digitalOrigin> | <digitalOrigin>born-digital</digitalOrigin>
<physicalDescription><form/></physicalDescription> | <physicalDescription/>
<part><extent><start/></extent></part> | <physicalDescription><extent><start/></extent></physicalDescription>
<extent unit="leaf">1</extent> | <part><extent unit="leaf">1</extent></part>
<part><extent><start/><end/></extent></part> | <part><extent><end/><start/></extent></part>
<part order="-1"/> | <part order="a"/>
<part><detail level="1"><number/></detail></part> | <part><detail level="0"><number/></detail></part>
<detail><number/><number/></detail> | <detail/>
<total> 8 </total> | <total>0</total>
<abstract shareable="no"/> | <abstract shareable="yes"/>
<subject/> | <hierarchicalGeographic/>
<subject><genre/></subject> | <subject><note/></subject>
<temporal point="end" authority="a"/> | <topic point="end" authority="a"/>
<state stateType="Land"/> | <country stateType="Land"/>
<city level="1"/> | <province level="1"/>
<cartographics><scale/></cartographics> | <cartographics><scale/><scale/></cartographics>
<relatedItem><relatedItem/></relatedItem> | <relatedItem>text</relatedItem>
<relatedItem type="isReferencedBy"/> | <relatedItem type="isPartOf"/>
<relatedItem otherTypeAuth="local"/> | <relatedItem altRepGroup="1"/>
<location><shelfLocator/><url/></location> | <location><url/><shelfLocator/></location>
<url usage="primary display"/> | <url usage="display"/>
<url note="free"/> | <url xml:lang="en"/>
<note typeURI="urn:x"/> | <copyInformation><note typeURI="urn:x"/></copyInformation>
<enumerationAndChronology unitType="3"/> | <enumerationAndChronology unitType="4"/>
<accessCondition>a<b xmlns="urn:x"/></accessCondition> | <mods>a<b xmlns="urn:x"/></mods>
<extension><b c="d" xmlns="urn:x"/></extension> | <extension c="d"/>
<extension><title/></extension> | <extension><title c="d"/></extension>
<recordInfo><recordOrigin/></recordInfo> | <recordInfo/>
<recordIdentifier source="local"/> | <recordOrigin source="local"/>
<edition xsi:type="publisherDefinition"/> | <publisher xsi:type="dateDefinition"/>
<displayDate xsi:type="yes">yes</displayDate> | <displayDate xsi:type="yes">no</displayDate>
"""


# 1 What a schema says, free of how it says it

PARTS = ("any", "attribute", "attributeGroup", "element", "enumeration", "group")
ONCE = ("1", "1")
PROPERTIES = (
    *("abstract", "block", "default", "final", "fixed", "form", "mixed"),
    *("nillable", "substitutionGroup", "value"),
)
DECLARED_ANEW = (
    *("copyInformation/note", "part/extent", "physicalDescription/note"),
    *("subject/name", "subject/titleInfo"),
)
BUILT_IN_TYPES = ("anyType", "string", "token", "anyURI", "language", "positiveInteger")
Facts = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Particle:
    """A part of a content model; alternatives within alternatives are levelled."""

    kind: str
    bounds: tuple[str, str]
    what: object = ""
    parts: tuple["Particle", ...] = ()

    def simplest(self) -> "Particle":
        parts = [p.parts if self._absorbs(p) else (p,) for p in self.parts]
        flat = tuple(itertools.chain.from_iterable(parts))
        if self.kind == "choice":
            flat = tuple(sorted(flat, key=repr))
        if len(flat) == 1 and ONCE in (self.bounds, flat[0].bounds):
            wider = self.bounds if flat[0].bounds == ONCE else flat[0].bounds
            return replace(flat[0], bounds=wider)
        return replace(self, parts=flat)

    def _absorbs(self, part: "Particle") -> bool:
        return part.kind == self.kind == "choice" and part.bounds == ONCE


class Declarations:
    """The declarations of some schema documents, with references to groups resolved.

    Whether attributes stand in place or in a group, and in which order, is no fact.
    The names of types are facts, since xsi:type tells them, and so are the groups of
    xlink and xml, which exist to be used by others.
    """

    def __init__(self, schemas: Iterable[etree._Element]) -> None:
        self._schemas = tuple(schemas)
        self._globals = {
            (
                _kind(node),
                f"{{{schema.get('targetNamespace')}}}{node.get('name')}",
            ): node
            for schema in self._schemas
            for node in schema.iterchildren(f"{XS}*")
            if node.get("name")
        }

    def names(self, kind: str) -> list[str]:
        return sorted(name for at, name in self._globals if at == kind)

    def attribute_names(self) -> list[str]:
        used = {fact.partition(" uses @")[2] for fact in self.facts()}
        return sorted(used - {""} | set(self.names("attribute")))

    def facts(self) -> dict[str, object]:
        found: dict[str, object] = {
            f"forms in {schema.get('targetNamespace')}": [
                schema.get(default, "unqualified")
                for default in ("elementFormDefault", "attributeFormDefault")
            ]
            for schema in self._schemas
        }
        for (kind, name), node in self._globals.items():
            found |= dict(self._described(kind, f"{kind} {name}", node))
        return found

    def _described(self, kind: str, path: str, node: etree._Element) -> Facts:
        match kind:
            case "element" | "attribute":
                return self._declared(path, node)
            case "simpleType":
                return ((path, self._values(node)),)
            case "complexType":
                return self._type(path, node)
            case "attributeGroup" if MODS not in path:
                return self._attributes(path, node)
        return ()

    def _declared(self, path: str, node: etree._Element) -> Facts:
        facts: Facts = ((path, (_name(node, "type"), _properties(node))),)
        for inline in node.iterchildren(f"{XS}simpleType"):
            facts += ((f"{path} values", self._values(inline)),)
        for inline in node.iterchildren(f"{XS}complexType"):
            facts += self._type(path, inline)
        return facts

    def _values(self, node: etree._Element) -> object:
        derived = node[0]
        parts = [
            self._values(part) if _kind(part) == "simpleType" else _properties(part)
            for part in derived
        ]
        members = derived.get("memberTypes", "").split()
        named = [_name(derived, "base"), *(_resolved(derived, m) for m in members)]
        return _kind(derived), named, sorted(parts, key=repr)

    def _type(self, path: str, node: etree._Element) -> Facts:
        body, derivation = node, ""
        for content in node.iterchildren(f"{XS}simpleContent", f"{XS}complexContent"):
            body = content[0]
            derivation = f"{_kind(content)} {_properties(content)} {_kind(body)}"
        models = (f"{XS}sequence", f"{XS}choice", f"{XS}group", f"{XS}all")
        model = [self._particle(inner) for inner in body.iterchildren(*models)]
        derived = (derivation, _name(body, "base"), _properties(node))
        attributes = self._attributes(path, body)
        return ((f"{path} is", derived), (f"{path} holds", model), *attributes)

    def _attributes(self, path: str, node: etree._Element) -> Facts:
        facts: Facts = ()
        for group in node.iterchildren(f"{XS}attributeGroup"):
            facts += self._attributes(path, self._referred(group))
        for attribute in node.iterchildren(f"{XS}attribute"):
            name = _name(attribute, "ref") or _own_name(attribute)
            facts += self._declared(f"{path} @{name}", attribute)
            facts += ((f"{path} uses @{name}", attribute.get("use", "optional")),)
        return facts

    def _particle(self, node: etree._Element) -> Particle:
        bounds = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
        kind = _kind(node)
        if kind == "any":
            what = node.get("namespace"), node.get("processContents")
            return Particle(kind=kind, bounds=bounds, what=what)
        if kind == "element":
            local = sorted(self._declared(node.get("name", ""), node), key=repr)
            what = (_name(node, "ref"), local)
            return Particle(kind=kind, bounds=bounds, what=what)
        inner = self._referred(node) if kind == "group" else node
        parts = tuple(self._particle(part) for part in inner.iterchildren(f"{XS}*"))
        return Particle(kind=kind, bounds=bounds, parts=parts).simplest()

    def _referred(self, node: etree._Element) -> etree._Element:
        return self._globals[_kind(node), _name(node, "ref")]


def _name(node: etree._Element, reference: str) -> str:
    named = node.get(reference)
    return _resolved(node, named) if named else ""


def _resolved(node: etree._Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    namespace = XML if prefix == "xml" else node.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}"


def _kind(node: etree._Element) -> str:
    return etree.QName(node).localname


def _properties(node: etree._Element) -> list[str]:
    return [f"{name}={node.get(name)}" for name in PROPERTIES if name in node.attrib]


def _own_name(node: etree._Element) -> str:
    namespace = node.getroottree().getroot().get("targetNamespace")
    name = node.get("name", "")
    return f"{{{namespace}}}{name}" if node.get("form") == "qualified" else name


def _read(schema: Path) -> etree._Element:
    root = parse(schema.read_bytes())
    etree.strip_elements(root, f"{XS}annotation", etree.Comment, with_tail=False)
    return root


def _changes(
    schema: etree._Element, *properties: str
) -> Iterator[tuple[str, etree._Element]]:
    """Yield the schema less one part or property, for each there is, and its name."""
    for index, node in enumerate(schema.iter(f"{XS}*")):
        for lost in (
            *_part(node),
            *(name for name in properties if name in node.attrib),
        ):
            changed = copy.deepcopy(schema)
            place = next(itertools.islice(changed.iter(f"{XS}*"), index, None))
            if lost in place.attrib:
                del place.attrib[lost]
            else:
                place.getparent().remove(place)
            yield f"{lost} of {etree.tostring(node)[:300]!r}", changed


def _part(node: etree._Element) -> tuple[str, ...]:
    parent, kind = node.getparent(), _kind(node)
    if parent is None or _kind(parent) == "schema" or kind not in PARTS:
        return ()
    # Without its only value a list would allow more, not less.
    return () if kind == "enumeration" and len(parent) == 1 else (kind,)


# 2 The schema by itself


@pytest.fixture(scope="module")
def ours() -> Schemas:
    return Schemas(OURS)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.stem)
def test_a_seed_is_valid(seed, ours):
    assert ours.faults(parse(seed.read_bytes()), URL) == ()


def test_the_seeds_exercise_every_declaration(tmp_path):
    folder = shutil.copytree(OURS, tmp_path / "schemas")
    seeds = [parse(seed.read_bytes()) for seed in SEEDS]
    unused = []
    for lost, schema in _changes(_read(OURS / MODS_XSD), "minOccurs", "maxOccurs"):
        (folder / MODS_XSD).write_bytes(etree.tostring(schema))
        smaller = Schemas(folder)
        if not any(smaller.faults(seed, URL) for seed in seeds):
            unused.append(lost)
    assert unused == []


@pytest.mark.parametrize("pair", PAIRS.strip().splitlines())
def test_one_thing_decides(pair, ours):
    valid, invalid = (_document(fragment) for fragment in pair.split(" | "))
    assert ours.faults(valid, URL) == ()
    assert ours.faults(invalid, URL) != ()


def _document(fragment: str) -> etree._Element:
    names = f'xmlns="{MODS[1:-1]}" xmlns:xlink="{XLINK}" xmlns:xsi="{XSI}"'
    return parse(re.sub(r"^<(\w+)", rf"<\1 {names}", fragment).encode())


# 3 Our schema and the published one


@pytest.fixture(scope="module")
def both(ours, shared: Path) -> tuple[Schemas, Schemas]:
    return ours, Schemas(shared / "schemas")


def test_the_facts_show_every_change():
    schema, *others = (_read(OURS / document) for document in DOCUMENTS)
    facts = Declarations([schema, *others]).facts()
    properties = "minOccurs", "maxOccurs", "type", "base", "mixed", "processContents"
    for lost, changed in _changes(schema, *properties):
        assert Declarations([changed, *others]).facts() != facts, lost


def test_both_state_the_same_facts(shared):
    stated, published = (
        Declarations(_read(folder / document) for document in DOCUMENTS).facts()
        for folder in (OURS, shared / "schemas")
    )
    assert stated == published


def test_both_give_each_attribute_of_each_element_one_verdict(both):
    verdicts = _verdicts(_with_attributes(), both)
    assert verdicts == Counter()


def test_both_give_each_child_of_each_element_one_verdict(both):
    assert _verdicts(_with_children(), both) == Counter()


def test_both_give_each_type_of_each_element_one_verdict(both):
    assert _verdicts(_with_types(), both) == Counter()


def test_both_give_mutants_one_verdict(both):
    vocabulary = schema_vocabulary(OURS / document for document in DOCUMENTS)
    documents = (
        mutant
        for seed in SEEDS
        for mutant in mutants(
            parse(seed.read_bytes()), seed=38, count=1200, vocabulary=vocabulary
        )
    )
    assert _verdicts(documents, both) == Counter()


def test_both_give_real_records_one_verdict(both, shared):
    lines = (shared / "records-sample" / "mods.jsonl").read_text().splitlines()
    records = [parse(json.loads(line)["xml"].encode()) for line in lines]
    assert _verdicts(records, both) == Counter()


def _verdicts(
    documents: Iterable[etree._Element], both: tuple[Schemas, Schemas]
) -> Counter[bool]:
    """Count how many are valid and how many not, once both schemas say the same."""
    verdicts: Counter[bool] = Counter()
    for document in documents:
        first, second = (not schemas.faults(document, URL) for schemas in both)
        assert first == second, etree.tostring(document, encoding="unicode")
        verdicts[first] += 1
    return verdicts


def _specimens() -> dict[str, tuple[etree._Element, etree._Element]]:
    """Return a small document for each element, and the place of the element in it."""
    found: dict[str, tuple[etree._Element, etree._Element]] = {}
    for seed in SEEDS:
        for element in parse(seed.read_bytes()).iter(f"{MODS}*"):
            parent = element.getparent()
            name = _kind(element)
            path = "" if parent is None else f"{_kind(parent)}/{name}"
            if path in DECLARED_ANEW:
                root = copy.deepcopy(parent)
                found.setdefault(path, (root, root[parent.index(element)]))
            else:
                root = copy.deepcopy(element)
                found.setdefault(name, (root, root))
    return found


def _with_attributes() -> Iterator[etree._Element]:
    values: dict[str, set[str]] = {}
    for element in itertools.chain(*(parse(s.read_bytes()).iter() for s in SEEDS)):
        for name, value in element.items():
            values.setdefault(name, {"", "x"}).add(value)
    for root, place in _specimens().values():
        for name in sorted(values):
            kept = place.get(name)
            for value in sorted(values[name]):
                place.set(name, value)
                yield root
            place.attrib.pop(name)
            if kept is not None:
                place.set(name, kept)


def _with_children() -> Iterator[etree._Element]:
    children = [copy.deepcopy(place) for _, place in _specimens().values()]
    for root, place in _specimens().values():
        for child in children:
            place.append(child)
            yield root
            place.remove(child)
        for child in [*place]:
            place.remove(child)
        for child in children:
            place.append(child)
            yield root
            place.remove(child)


def _with_types() -> Iterator[etree._Element]:
    declared = Declarations(_read(OURS / document) for document in DOCUMENTS)
    types = [*declared.names("complexType"), *declared.names("simpleType")]
    for root, place in _specimens().values():
        for name in (*types, *(XS + name for name in BUILT_IN_TYPES)):
            place.set(f"{{{XSI}}}type", etree.QName(name))
            yield root
