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
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree
from schemas.mutation import Vocabulary, mutants, schema_vocabulary

from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.xsd import SchemaError, Schemas

OURS = schemas_folder()
SEEDS = sorted((Path(__file__).parent / "seeds").glob("mods-*.xml"))
MODS_XSD = "www.loc.gov/standards/mods/v3/mods-3-8.xsd"
XLINK_XSD = "www.loc.gov/standards/xlink/xlink.xsd"
DOCUMENTS = (MODS_XSD, XLINK_XSD, "www.w3.org/2001/xml.xsd")
URL = f"http://{MODS_XSD}"

XS = "{http://www.w3.org/2001/XMLSchema}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
MODS = "{http://www.loc.gov/mods/v3}"
PREFIXES = (
    f'xmlns="{MODS[1:-1]}" xmlns:xlink="http://www.w3.org/1999/xlink"'
    f' xmlns:xsi="{XSI_TYPE[1:-5]}"'
)
# Elements that have another type here than elsewhere.
DECLARED_ANEW = (
    *("copyInformation/note", "part/extent", "physicalDescription/note"),
    *("subject/name", "subject/titleInfo"),
)

# The first of each pair is valid; the second, which differs in one thing, is not.
PAIRS = """
<mods><note/></mods> | <mods/>
<mods><note/><titleInfo/><note/></mods> | <mods><note/><title/><note/></mods>
<mods version="3.0"><note/></mods> | <mods version="2.0"><note/></mods>
<mods><note ID="a"/><note ID="b"/></mods> | <mods><note ID="a"/><note ID="a"/></mods>
<modsCollection><mods><note/></mods></modsCollection> | <modsCollection/>
<title xml:lang="kk"/> | <title xml:lang="k k"/>
<title>one</title> | <title>one<subTitle/></title>
<nonSort xml:space="preserve"/> | <nonSort xml:space="keep"/>
<titleInfo><title/><nonSort/></titleInfo> | <titleInfo><title/><etal/></titleInfo>
<titleInfo type="uniform"/> | <titleInfo type="Uniform"/>
<titleInfo supplied="yes"/> | <titleInfo supplied="no"/>
<titleInfo xlink:type="simple"/> | <titleInfo xlink:type="locator"/>
<relatedItem otherTypeURI="http://["/> | <titleInfo otherTypeURI="http://["/>
<identifier invalid="yes"/> | <identifier invalid="true"/>
<classification usage="primary"/> | <classification usage="secondary"/>
<name type="family"/> | <name type="fictional"/>
<name><etal/><affiliation/></name> | <name><etal/><namePart/></name>
<name><alternativeName/></name> | <agent><alternativeName/><etal/></agent>
<name nameTitleGroup="1"/> | <subject><name nameTitleGroup="1"/></subject>
<name><etal/></name> | <subject><name><etal/></name></subject>
<role><roleTerm/><roleTerm/></role> | <role/>
<typeOfResource>any text</typeOfResource> | <typeOfResource><genre/></typeOfResource>
<typeOfResource manuscript="yes"/> | <typeOfResource manuscript=""/>
<language><languageTerm/></language> | <language><scriptTerm/></language>
<originInfo><dateIssued/></originInfo> | <originInfo/>
<dateIssued encoding="edtf"/> | <dateIssued encoding="EDTF"/>
<dateIssued point="start">May</dateIssued> | <dateIssued point="middle">May</dateIssued>
<dateOther type="hijri"/> | <dateValid type="hijri"/>
<displayDate>2014</displayDate> | <displayDate xml:lang="en">2014</displayDate>
<place><placeTerm/><cartographics/></place> | <place/>
<publisher authority="a" supplied="yes"/> | <edition authority="a" supplied="yes"/>
<issuance>single unit</issuance> | <issuance>single  unit</issuance>
<physicalDescription><form/></physicalDescription> | <physicalDescription/>
<part><extent><start/></extent></part> | <extent><start/></extent>
<extent unit="leaf">1</extent> | <part><extent unit="leaf">1</extent></part>
<detail level="1"><number/></detail> | <detail level="0"><number/></detail>
<total> 8 </total> | <total>0</total>
<abstract shareable="no"/> | <abstract shareable="yes"/>
<subject/> | <hierarchicalGeographic/>
<temporal point="end" authority="a"/> | <topic point="end" authority="a"/>
<state stateType="Land"/> | <country stateType="Land"/>
<cartographics><scale/></cartographics> | <cartographics>1:200</cartographics>
<relatedItem><relatedItem/></relatedItem> | <relatedItem>text</relatedItem>
<relatedItem type="isReferencedBy"/> | <relatedItem type="isPartOf"/>
<relatedItem otherTypeAuth="local"/> | <relatedItem altRepGroup="1"/>
<location><shelfLocator/><url/></location> | <location><url/><shelfLocator/></location>
<note typeURI="urn:x"/> | <copyInformation><note typeURI="urn:x"/></copyInformation>
<holdingExternal><b xmlns="urn:x"/></holdingExternal> | <mods><b xmlns="urn:x"/></mods>
<extension><b c="d" xmlns="urn:x"/></extension> | <extension c="d"/>
<extension><title/></extension> | <extension><title c="d"/></extension>
<recordInfo><recordOrigin/></recordInfo> | <recordInfo/>
<edition xsi:type="publisherDefinition"/> | <publisher xsi:type="dateDefinition"/>
<subLocation xsi:type="noteDefinition"/> | <subLocation xsi:type="urlDefinition"/>
"""


# 1 The facts of a schema

BOUNDS = ("minOccurs", "maxOccurs")
REFERENCES = ("base", "memberTypes", "ref", "type")
GROUPS = ("attributeGroup", "group")
USUAL = {
    **dict.fromkeys(BOUNDS, "1"),
    **dict.fromkeys(("attributeFormDefault", "elementFormDefault"), "unqualified"),
    "form": "unqualified",
    "mixed": "false",
    "use": "optional",
}


class Term(NamedTuple):
    """An element of a schema: what it states beyond the usual, with names in full."""

    kind: str
    states: tuple[tuple[str, str], ...]
    parts: list["Term"]


class Declarations:
    """What schema documents say, whatever the order and the groups they say it in.

    The names of types stay, since xsi:type tells them; and so do the groups of xlink
    and xml, which are there for other schemas to use.
    """

    def __init__(self, schemas: Iterable[etree._Element]) -> None:
        self._globals = {
            (
                _kind(node),
                f"{{{schema.get('targetNamespace')}}}{node.get('name')}",
            ): node
            for schema in schemas
            for node in (schema, *schema.iterchildren(f"{XS}*"))
            if node is schema or node.get("name")
        }

    def facts(self) -> dict[str, object]:
        return {
            f"{kind} {name}": _stated(node) if kind == "schema" else self._terms(node)
            for (kind, name), node in self._globals.items()
            if not (MODS in name and kind in GROUPS)
        }

    def _terms(self, node: etree._Element) -> list[Term]:
        kind, states = _kind(node), _stated(node)
        group = states.pop("ref", "") if kind in GROUPS else ""
        children = self._globals[kind, group] if group else node
        parts = [term for child in children for term in self._terms(child)]
        if group and kind == "attributeGroup":
            return parts
        if kind != "sequence":
            parts.sort()
        return [_simplest(Term(kind, tuple(states.items()), parts))]


def _simplest(term: Term) -> Term:
    """Return a content model without choices in choices and without groups of one."""
    if term.kind not in ("choice", "group", "sequence"):
        return term
    parts: list[Term] = []
    for part in term.parts:
        levels = part.kind == term.kind == "choice" and not part.states
        parts += part.parts if levels else [part]
    if len(parts) == 1 and not (term.states and {*BOUNDS} & {*dict(parts[0].states)}):
        states = sorted((*parts[0].states, *term.states))
        return parts[0]._replace(states=tuple(states))
    return term._replace(parts=sorted(parts) if term.kind == "choice" else parts)


def _kind(node: etree._Element) -> str:
    return etree.QName(node).localname


def _stated(node: etree._Element) -> dict[str, str]:
    return {
        name: _full(node, value) if name in REFERENCES else value
        for name, value in sorted(node.items())
        if value != USUAL.get(name) and name[0] != "{"
    }


def _full(node: etree._Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{'xml' if prefix == 'xml' else node.nsmap[prefix or None]}}}{local}"


def _read(schema: Path) -> etree._Element:
    root = parse(schema.read_bytes())
    etree.strip_elements(root, f"{XS}annotation", etree.Comment, with_tail=False)
    return root


def _changes(
    schema: etree._Element, *properties: str
) -> Iterator[tuple[str, etree._Element]]:
    """Yield the schema less one of its parts or properties, for each there is."""
    for index, node in enumerate(schema.iter(f"{XS}*")):
        stated = [name for name in properties if name in node.attrib]
        for lost in (*_removable(node), *stated):
            changed = copy.deepcopy(schema)
            place = next(itertools.islice(changed.iter(f"{XS}*"), index, None))
            parent = place.getparent()
            if lost in place.attrib:
                del place.attrib[lost]
            elif parent is not None:
                parent.remove(place)
            yield f"{lost} of {etree.tostring(node)[:300]!r}", changed


def _removable(node: etree._Element) -> tuple[str, ...]:
    parent, kind = node.getparent(), _kind(node)
    if parent is None or _kind(parent) == "schema":
        return ()
    # Without its only value a list would allow more, not less.
    if kind == "enumeration" and len(parent) == 1:
        return ()
    parts = ("any", "attribute", "attributeGroup", "element", "enumeration", "group")
    return (kind,) if kind in parts else ()


# 2 Our schema by itself


@pytest.fixture(scope="module")
def ours() -> Schemas:
    return Schemas(OURS)


@pytest.mark.parametrize("seed", SEEDS, ids=[seed.stem for seed in SEEDS])
def test_a_seed_is_valid(seed: Path, ours: Schemas) -> None:
    assert ours.faults(parse(seed.read_bytes()), URL) == ()


def test_the_seeds_exercise_every_declaration(tmp_path: Path) -> None:
    folder = shutil.copytree(OURS, tmp_path / "schemas")
    seeds = [parse(seed.read_bytes()) for seed in SEEDS]
    whole = _read(OURS / MODS_XSD)
    unused = []
    for lost, schema in [("nothing", whole), *_changes(whole, *BOUNDS)]:
        (folder / MODS_XSD).write_bytes(etree.tostring(schema))
        smaller = Schemas(folder)
        with suppress(SchemaError):  # one loss makes a content model ambiguous
            if not any(smaller.faults(seed, URL) for seed in seeds):
                unused.append(lost)
    assert unused == ["nothing"]


@pytest.mark.parametrize("pair", PAIRS.strip().splitlines())
def test_one_thing_decides(pair: str, ours: Schemas) -> None:
    declared = re.sub(r"(^| )<(\w+)", rf"\1<\2 {PREFIXES}", pair)
    valid, invalid = (parse(text.encode()) for text in declared.split(" | "))
    assert ours.faults(valid, URL) == ()
    assert ours.faults(invalid, URL) != ()


# 3 Our schema and the published one

Rivals = tuple[Schemas, Schemas]
MUTANTS_OF_A_SEED = 1500


@pytest.fixture(scope="module")
def both(ours: Schemas, shared: Path) -> Rivals:
    return ours, Schemas(shared / "schemas")


def test_the_facts_show_any_change() -> None:
    schema, *others = (_read(OURS / document) for document in DOCUMENTS)
    facts = Declarations([schema, *others]).facts()
    changes = _changes(schema, *USUAL, "base", "type")
    for lost, changed in itertools.islice(changes, 0, None, 5):  # a fifth, for time
        assert Declarations([changed, *others]).facts() != facts, lost


def test_both_state_the_same_facts(shared: Path) -> None:
    stated, published = (
        Declarations(_read(folder / document) for document in DOCUMENTS).facts()
        for folder in (OURS, shared / "schemas")
    )
    assert stated == published


def test_both_judge_every_attribute_of_every_element_alike(both: Rivals) -> None:
    verdicts = _verdicts(_with_attributes(), both)
    assert min(verdicts[True], verdicts[False]) > 5000


def test_both_judge_every_child_of_every_element_alike(both: Rivals) -> None:
    verdicts = _verdicts(_with_children(), both)
    assert min(verdicts[True], verdicts[False]) > 1000


def test_both_judge_every_type_of_every_element_alike(both: Rivals) -> None:
    verdicts = _verdicts(_with_types(), both)
    assert min(verdicts[True], verdicts[False]) > 500


def test_both_judge_mutants_alike(both: Rivals) -> None:
    verdicts = _verdicts(_mutants(), both)
    assert min(verdicts[True], verdicts[False]) > 4000


def test_both_judge_real_records_alike(both: Rivals, shared: Path) -> None:
    lines = (shared / "records-sample" / "mods.jsonl").read_text().splitlines()
    records = (parse(json.loads(line)["xml"].encode()) for line in lines)
    verdicts = _verdicts(records, both)
    assert min(verdicts[True], verdicts[False]) > 10


def _verdicts(documents: Iterable[etree._Element], both: Rivals) -> Counter[bool]:
    """Count valid and invalid documents, or fail on the first that is both."""
    verdicts: Counter[bool] = Counter()
    # Validation marks IDs in the tree, so they take turns in being first.
    for document, rivals in zip(documents, itertools.cycle((both, both[::-1]))):
        one, other = (not rival.faults(document, URL) for rival in rivals)
        assert one == other, etree.tostring(document, encoding="unicode")
        verdicts[one] += 1
    return verdicts


def _mutants() -> Iterator[etree._Element]:
    words = _vocabulary()
    for seed in SEEDS:
        root = parse(seed.read_bytes())
        yield from mutants(root, seed=38, count=MUTANTS_OF_A_SEED, vocabulary=words)


def _vocabulary() -> Vocabulary:
    return schema_vocabulary(OURS / document for document in DOCUMENTS)


def _specimens() -> dict[str, tuple[etree._Element, etree._Element]]:
    """Return a small document for each element, and the element's place in it."""
    found: dict[str, tuple[etree._Element, etree._Element]] = {}
    for element in _seed_elements():
        parent, name = element.getparent(), _kind(element)
        path = "" if parent is None else f"{_kind(parent)}/{name}"
        if parent is not None and path in DECLARED_ANEW:
            root = copy.deepcopy(parent)
            found.setdefault(path, (root, root[parent.index(element)]))
        else:
            root = copy.deepcopy(element)
            found.setdefault(name, (root, root))
    return found


def _seed_elements() -> list[etree._Element]:
    roots = (parse(seed.read_bytes()) for seed in SEEDS)
    return [element for root in roots for element in root.iter(f"{MODS}*")]


def _with_attributes() -> Iterator[etree._Element]:
    uses = {(str(n), str(v)) for e in _seed_elements() for n, v in e.items()}
    names = {name for name, _ in uses} | {*_vocabulary().attributes}
    uses |= {(name, value) for name in names for value in ("", "x")}
    for root, place in _specimens().values():
        before = dict(place.attrib)
        for name, value in sorted(uses):
            place.set(name, value)
            yield root
            place.attrib.clear()
            place.attrib.update(before)


def _with_children() -> Iterator[etree._Element]:
    children = [place for _, place in _specimens().values()]
    for root, place in _specimens().values():
        for child in map(copy.deepcopy, children):
            place.append(child)
            yield root
            place.remove(child)
        del place[:]
        for child in map(copy.deepcopy, children):
            place.append(child)
            yield root
            place.remove(child)


def _with_types() -> Iterator[etree._Element]:
    types = _vocabulary().types
    for root, place in _specimens().values():
        for name in types:
            place.set(XSI_TYPE, etree.QName(name).localname)
            yield root
