"""Our schemas and the published ones give the same verdict on the same document.

Asked over real records and over mutants of rich valid documents, for each format,
each container and whole responses of every verb.
"""

import copy
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree
from schemas.changes import every_change
from schemas.mutation import Vocabulary, mutants, schema_vocabulary

from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.xsd import CONTAINERS, ENVELOPE, SchemaFault, Schemas

SEEDS = Path(__file__).parent / "seeds"
OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = f"{OAI}oai_dc.xsd"
SIMPLE_DC = "http://dublincore.org/schemas/xmls/simpledc20021212.xsd"
MODS = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
RIGHTS = f"{OAI}rights.xsd"

# Schemas whose words a mutant may use: the format's own and those it imports.
FORMATS = {
    "oai_dc": (OAI_DC, SIMPLE_DC),
    "rights": (RIGHTS,),
    "rightsManifest": (RIGHTS,),
    "branding": (ENVELOPE,),
    "gateway": (ENVELOPE,),
    "oai-identifier": (),
    "friends": (),
    "eprints": (),
    "provenance": (),
}
RESPONSES = sorted(file.stem for file in SEEDS.glob("response-*.xml"))
MUTANTS_OF_A_FORMAT = 2000
MUTANTS_OF_A_RESPONSE = 1500
# At least this share of either verdict: else the comparison would prove little.
LEAST_SHARE = 0.1

# SLF001: lxml has no public name for the type of an element.
Judge = Callable[[Schemas, etree._Element], tuple[SchemaFault, ...]]  # noqa: SLF001


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """The two folders of schemas under comparison."""

    folders: tuple[Path, Path]
    ours: Schemas
    published: Schemas

    def vocabulary(self, urls: set[str]) -> Vocabulary:
        """Return the words of both, so that neither may know a name alone."""
        return schema_vocabulary(
            file for folder in self.folders for file in files_of(folder, urls)
        )

    def compare(
        self, documents: Iterable[etree._Element], judge: Judge
    ) -> Counter[bool]:
        """Count the verdicts, or fail on the first document they differ on."""
        verdicts: Counter[bool] = Counter()
        for number, document in enumerate(documents):
            # Validation marks IDs in the tree, so neither may always be second.
            if number % 2:
                ours, theirs = (
                    judge(self.ours, document),
                    judge(self.published, document),
                )
            else:
                theirs, ours = (
                    judge(self.published, document),
                    judge(self.ours, document),
                )
            assert bool(ours) == bool(theirs), _report(document, ours, theirs)
            verdicts[not ours] += 1
        return verdicts


def _report(
    document: etree._Element,
    ours: tuple[SchemaFault, ...],
    theirs: tuple[SchemaFault, ...],
) -> str:
    text = etree.tostring(document, encoding="unicode")
    return f"{text}\n\nours: {ours[:3]}\npublished: {theirs[:3]}"


def files_of(folder: Path, urls: set[str]) -> list[Path]:
    return [folder / url.removeprefix("http://") for url in urls]


def schema_url(name: str) -> str:
    return f"{OAI}{name}.xsd"


def judge_format(name: str) -> Judge:
    return lambda schemas, root: schemas.faults(root, schema_url(name))


def judge_response(schemas: Schemas, root: etree._Element) -> tuple[SchemaFault, ...]:
    return schemas.response_faults(root, (OAI_DC, MODS))


def real_records(shared: Path) -> list[etree._Element]:
    """Return the sample's Dublin Core records, valid and not."""
    lines = (shared / "records-sample" / "oai_dc.jsonl").read_text().splitlines()
    return [parse(json.loads(line)["xml"].encode()) for line in lines]


def seed_document(name: str) -> etree._Element:
    return parse((SEEDS / f"{name}.xml").read_bytes())


def grafts() -> list[etree._Element]:
    """Return what a wildcard may meet: known, unknown, of no namespace, its own."""
    unknown = etree.Element("{urn:elsewhere}x")
    known = [seed_document(name) for name in (*FORMATS, *RESPONSES[:1])]
    defined = [_definition(inside) for inside in (unknown, seed_document("rights"))]
    return [unknown, etree.Element("x"), *known, *defined]


def _definition(inside: etree._Element) -> etree._Element:
    rights = etree.Element(f"{{{OAI}rights/}}rightsDefinition")
    rights.append(copy.deepcopy(inside))
    return rights


def rivals_of(ours: Path, published: Path) -> Rivals:
    return Rivals(
        folders=(ours, published), ours=Schemas(ours), published=Schemas(published)
    )


@pytest.fixture(scope="module")
def rivals(shared: Path) -> Rivals:
    return rivals_of(schemas_folder(), shared / "schemas")


def assert_both_verdicts(verdicts: Counter[bool]) -> None:
    least = LEAST_SHARE * verdicts.total()
    assert verdicts[True] > least < verdicts[False], verdicts


def mutants_of_format(rivals: Rivals, name: str) -> Iterator[etree._Element]:
    seed = seed_document(name)
    words = rivals.vocabulary({schema_url(name), *FORMATS[name]})
    yield from every_change(seed, vocabulary=words, grafts=grafts())
    yield from mutants(seed, seed=31, count=MUTANTS_OF_A_FORMAT, vocabulary=words)


def mutants_of_response(rivals: Rivals, name: str) -> Iterator[etree._Element]:
    seed = seed_document(name)
    formats = (MODS,) if "mods" in name else (OAI_DC, SIMPLE_DC)
    words = rivals.vocabulary({ENVELOPE, RIGHTS, *CONTAINERS, *formats})
    own = rivals.vocabulary({ENVELOPE})
    # What stands inside the containers has its turn format by format.
    places = f"{{{OAI}}}*"
    yield from every_change(seed, vocabulary=own, grafts=grafts(), places=places)
    yield from mutants(seed, seed=31, count=MUTANTS_OF_A_RESPONSE, vocabulary=words)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_declares_the_published_names_and_values(
    rivals: Rivals, name: str
) -> None:
    ours, published = (
        schema_vocabulary(files_of(folder, {schema_url(name), *FORMATS[name]}))
        for folder in rivals.folders
    )

    assert ours == published


@pytest.mark.parametrize("name", FORMATS)
def test_mutants_of_a_format_get_the_published_verdict(
    rivals: Rivals, name: str
) -> None:
    documents = mutants_of_format(rivals, name)

    verdicts = rivals.compare(documents, judge_format(name))

    assert_both_verdicts(verdicts)


@pytest.mark.parametrize("name", RESPONSES)
def test_mutants_of_a_response_get_the_published_verdict(
    rivals: Rivals, name: str
) -> None:
    documents = mutants_of_response(rivals, name)

    verdicts = rivals.compare(documents, judge_response)

    assert_both_verdicts(verdicts)


def test_real_dublin_core_records_get_the_published_verdict(
    rivals: Rivals, shared: Path
) -> None:
    verdicts = rivals.compare(real_records(shared), judge_format("oai_dc"))

    assert verdicts[True] > 200 < verdicts.total()


def test_mutants_of_real_dublin_core_records_get_the_published_verdict(
    rivals: Rivals, shared: Path
) -> None:
    words = rivals.vocabulary({OAI_DC, SIMPLE_DC})
    documents = (
        mutant
        for number, record in enumerate(real_records(shared))
        for mutant in mutants(record, seed=number, count=8, vocabulary=words)
    )

    verdicts = rivals.compare(documents, judge_format("oai_dc"))

    assert_both_verdicts(verdicts)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("oai-identifier", 'fixed="oai"', 'default="oai"'),
        ("oai-identifier", "(\\.[A-Za-z]", "(\\.[A-Za-z0-9]"),
        ("friends", 'type="friendsType"/>', 'type="friendsType" nillable="true"/>'),
        (
            "branding",
            'type="xs:anyURI" minOccurs="0"',
            'type="xs:string" minOccurs="0"',
        ),
        ("eprints", "TextURLType", "textURLType"),
        ("provenance", "xs:date xs:dateTime", "xs:dateTime"),
        ("rights", 'processContents="strict"', 'processContents="lax"'),
        ("gateway", 'maxOccurs="unbounded"', 'maxOccurs="2"'),
    ],
)
def test_one_word_that_differs_is_found_out(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    changed = tmp_path / "schemas"
    shutil.copytree(schemas_folder(), changed)
    file = changed / schema_url(name).removeprefix("http://")
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    rivals = rivals_of(changed, schemas_folder())

    with pytest.raises(AssertionError, match="ours: "):
        rivals.compare(mutants_of_format(rivals, name), judge_format(name))


def test_the_same_seed_gives_the_same_mutants() -> None:
    rivals = rivals_of(schemas_folder(), schemas_folder())

    first, second = (
        [etree.tostring(mutant) for mutant in mutants_of_format(rivals, "friends")]
        for _ in range(2)
    )

    assert first == second
    assert len(set(first)) > 1000
