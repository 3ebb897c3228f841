import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import pytest
from lxml import etree

from oai_provider.protocol.xml import parse
from oai_provider.resources import schemas_folder
from oai_provider.xsd import CONTAINERS, ENVELOPE, SchemaError, SchemaFault, Schemas

SEEDS = Path(__file__).parent / "schemas" / "seeds"
OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = f"{OAI}oai_dc.xsd"
MODS = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
MODS_NAMESPACE = "http://www.loc.gov/mods/v3"
CATALOGUE = "urn:oasis:names:tc:entity:xmlns:xml:catalog"
DC = "http://purl.org/dc/elements/1.1/"


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(schemas_folder())


def seed(name: str) -> etree._Element:
    return parse((SEEDS / f"{name}.xml").read_bytes())


def dublin_core(inside: str) -> etree._Element:
    return parse(
        f'<oai_dc:dc xmlns:oai_dc="{OAI}oai_dc/" xmlns:dc="{DC}"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{inside}</oai_dc:dc>'.encode()
    )


def response(payload: str, *, about: str = "") -> etree._Element:
    return parse(
        f'<OAI-PMH xmlns="{OAI}" xmlns:oai_dc="{OAI}oai_dc/" xmlns:dc="{DC}">'
        "<responseDate>2014-05-02T14:10:02Z</responseDate>"
        "<request>https://example.org/oai</request>"
        "<GetRecord><record><header><identifier>oai:a.example:1</identifier>"
        "<datestamp>2014-05-01</datestamp></header>\n"
        f"<metadata>{payload}</metadata>{about}"
        "</record></GetRecord></OAI-PMH>".encode()
    )


def folder_of(
    folder: Path, documents: dict[str, str], *, addresses: Iterable[str] = ()
) -> Path:
    """Write schemas `http://a.example/<name>` and their catalogue."""
    for name, document in documents.items():
        (folder / name).write_text(document)
    names = "".join(
        f'<uri name="http://a.example/{name}" uri="{name}"/>'
        for name in (*documents, *addresses)
    )
    (folder / "catalog.xml").write_text(
        f'<catalog xmlns="{CATALOGUE}">{names}</catalog>'
    )
    return folder


def schema(inside: str, *, target: str = "urn:a") -> str:
    return (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' targetNamespace="{target}" xmlns:a="urn:a">{inside}</xs:schema>'
    )


class TestCatalogue:
    def test_the_addresses_are_listed_in_order(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path, {"b.xsd": schema(""), "a.xsd": schema("")})

        assert Schemas(folder).urls() == (
            "http://a.example/a.xsd",
            "http://a.example/b.xsd",
        )

    def test_a_schema_is_known_by_every_address_it_is_met_under(
        self, schemas: Schemas
    ) -> None:
        assert schemas.knows(MODS)
        assert schemas.knows(MODS.replace("http:", "https:"))
        assert schemas.knows("http://www.loc.gov/mods/v3/mods-3-8.xsd")
        assert not schemas.knows("http://www.loc.gov/mods/v3/mods-3-9.xsd")

    def test_a_schema_tells_its_namespace(self, schemas: Schemas) -> None:
        assert schemas.namespace(OAI_DC) == f"{OAI}oai_dc/"

    def test_an_unknown_schema_is_named(self, schemas: Schemas) -> None:
        with pytest.raises(
            SchemaError, match=r"http://a\.example/a\.xsd .*catalog\.xml"
        ):
            schemas.faults(seed("oai_dc"), "http://a.example/a.xsd")

    def test_a_folder_without_catalogue_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SchemaError, match=str(tmp_path / "catalog.xml")):
            Schemas(tmp_path)

    def test_a_schema_file_that_is_missing_is_named(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path, {}, addresses=("lost.xsd",))

        with pytest.raises(SchemaError, match=str(tmp_path / "lost.xsd")):
            Schemas(folder).namespace("http://a.example/lost.xsd")

    def test_a_schema_file_that_is_not_xml_is_named(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path, {"a.xsd": "<html>"})

        with pytest.raises(SchemaError, match=str(tmp_path / "a.xsd")):
            Schemas(folder).namespace("http://a.example/a.xsd")

    def test_a_schema_without_namespace_is_of_no_use(self, tmp_path: Path) -> None:
        document = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'
        folder = folder_of(tmp_path, {"a.xsd": document})

        with pytest.raises(SchemaError, match="has no targetNamespace"):
            Schemas(folder).namespace("http://a.example/a.xsd")

    def test_an_import_from_an_unknown_address_is_an_error_not_a_download(
        self, tmp_path: Path
    ) -> None:
        link = '<xs:import namespace="urn:b" schemaLocation="http://b.example/b.xsd"/>'
        folder = folder_of(tmp_path, {"a.xsd": schema(link)})

        with pytest.raises(SchemaError, match=r"b\.example.*http://a\.example/a\.xsd"):
            Schemas(folder).faults(
                parse(b'<a xmlns="urn:a"/>'), "http://a.example/a.xsd"
            )

    def test_a_local_file_cannot_be_named_past_the_catalogue(
        self, tmp_path: Path
    ) -> None:
        link = f'<xs:include schemaLocation="{(tmp_path / "b.xsd").as_uri()}"/>'
        folder = folder_of(tmp_path, {"a.xsd": schema(link), "b.xsd": schema("")})

        with pytest.raises(SchemaError, match="file:///"):
            Schemas(folder).faults(
                parse(b'<a xmlns="urn:a"/>'), "http://a.example/a.xsd"
            )

    def test_relative_locations_are_relative_to_the_address(
        self, tmp_path: Path
    ) -> None:
        documents = {
            "a.xsd": schema('<xs:include schemaLocation="b.xsd"/>'),
            "b.xsd": schema('<xs:element name="a"/>'),
        }
        folder = folder_of(tmp_path, documents)
        root = parse(b'<a xmlns="urn:a"/>')

        assert Schemas(folder).faults(root, "http://a.example/a.xsd") == ()

    def test_schemas_may_import_each_other(self, tmp_path: Path) -> None:
        there = '<xs:import namespace="urn:b" schemaLocation="b.xsd"/>'
        back = '<xs:import namespace="urn:a" schemaLocation="a.xsd"/>'
        documents = {
            "a.xsd": schema(f'{there}<xs:element name="a"/>'),
            "b.xsd": schema(back, target="urn:b"),
        }
        folder = folder_of(tmp_path, documents)
        root = parse(b'<a xmlns="urn:a"/>')

        assert Schemas(folder).faults(root, "http://a.example/a.xsd") == ()

    def test_an_import_without_location_is_left_alone(self, tmp_path: Path) -> None:
        inside = '<xs:import namespace="urn:b"/><xs:element name="a"/>'
        folder = folder_of(tmp_path, {"a.xsd": schema(inside)})
        root = parse(b'<a xmlns="urn:a"/>')

        assert Schemas(folder).faults(root, "http://a.example/a.xsd") == ()

    def test_a_schema_that_does_not_compile_is_an_error(self, tmp_path: Path) -> None:
        inside = '<xs:element name="a" type="a:unknown"/>'
        folder = folder_of(tmp_path, {"a.xsd": schema(inside)})

        with pytest.raises(SchemaError, match=r"http://a\.example/a\.xsd .*unknown"):
            Schemas(folder).faults(
                parse(b'<a xmlns="urn:a"/>'), "http://a.example/a.xsd"
            )


class TestPayload:
    def test_a_fault_has_the_line_the_path_and_readable_words(
        self, schemas: Schemas
    ) -> None:
        root = dublin_core("<dc:title/>\n<dc:title level='1'/>\n<dc:subject/>")

        assert schemas.faults(root, OAI_DC) == (
            SchemaFault(
                line=3,
                path="/dc/title[2]",
                message="Element 'title', attribute 'level': "
                "The attribute 'level' is not allowed.",
            ),
        )

    def test_an_element_without_prefix_has_its_name_in_the_path(
        self, schemas: Schemas
    ) -> None:
        root = parse(
            f'<friends xmlns="{OAI}friends/"><baseURL/><url/></friends>'.encode()
        )
        etree.SubElement(root, f"{{{OAI}friends/}}url")

        fault = schemas.faults(root, f"{OAI}friends.xsd")[0]

        assert fault.path == "/friends/url[1]"

    def test_names_that_only_the_namespace_tells_apart_keep_it(
        self, schemas: Schemas
    ) -> None:
        root = dublin_core('<title xmlns="http://purl.org/dc/terms/"/>')

        message = schemas.faults(root, OAI_DC)[0].message

        assert "{http://purl.org/dc/terms/}title" in message
        assert f"{{{DC}}}title" in message

    def test_an_element_never_read_from_text_has_line_0(self, schemas: Schemas) -> None:
        root = etree.Element(f"{{{OAI}oai_dc/}}dc")
        etree.SubElement(root, f"{{{DC}}}abstract")

        assert schemas.faults(root, OAI_DC)[0].line == 0

    def test_a_root_of_another_namespace_is_a_fault(self, schemas: Schemas) -> None:
        # dc:title is declared, but it is no record.
        title = dublin_core("<dc:title/>")[0]

        fault = schemas.faults(title, OAI_DC)[0]

        assert (fault.line, fault.path) == (2, "/title")
        assert DC in fault.message
        assert f"{OAI}oai_dc/" in fault.message

    def test_a_root_of_no_namespace_is_a_fault(self, schemas: Schemas) -> None:
        fault = schemas.faults(parse(b"<dc/>"), OAI_DC)[0]

        assert "in no namespace" in fault.message

    def test_a_payload_inside_a_response_is_validated_alone(
        self, schemas: Schemas
    ) -> None:
        root = response("<oai_dc:dc>\n<dc:title/>\n<dc:abstract/></oai_dc:dc>")
        payload = root.find(".//{*}dc")
        assert payload is not None

        fault = schemas.faults(payload, OAI_DC)[0]

        assert (fault.line, fault.path) == (4, "/dc/abstract")

    def test_xsi_type_may_use_a_prefix_declared_outside_the_payload(
        self, schemas: Schemas
    ) -> None:
        root = parse(
            f'<x xmlns:t="{DC}"><dc xmlns="{OAI}oai_dc/"><title xmlns="{DC}"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            ' xsi:type="t:elementType"/></dc></x>'.encode()
        )

        assert schemas.faults(root[0], OAI_DC) == ()

    def test_an_id_may_occur_once_in_each_payload_of_a_response(
        self, schemas: Schemas
    ) -> None:
        one = f'<mods xmlns="{MODS_NAMESPACE}"><note ID="a"/></mods>'
        root = parse(f"<x>{one}{one}</x>".encode())

        assert [schemas.faults(payload, MODS) for payload in root] == [(), ()]

    def test_validating_twice_gives_the_same_faults(self, schemas: Schemas) -> None:
        notes = '<note ID="a"/><note ID="a"/>'
        root = parse(f'<mods xmlns="{MODS_NAMESPACE}">{notes}</mods>'.encode())

        first = schemas.faults(root, MODS)

        assert len(first) == 1
        assert schemas.faults(root, MODS) == first


class TestResponse:
    def test_a_response_with_a_valid_record_has_no_fault(
        self, schemas: Schemas
    ) -> None:
        root = response("<oai_dc:dc><dc:title/></oai_dc:dc>")

        assert schemas.response_faults(root, (OAI_DC,)) == ()

    def test_a_broken_record_is_a_fault_with_line_and_path(
        self, schemas: Schemas
    ) -> None:
        root = response("<oai_dc:dc>\n<dc:titel/></oai_dc:dc>")

        faults = schemas.response_faults(root, (OAI_DC,))

        assert [(fault.line, fault.path) for fault in faults] == [
            (3, "/OAI-PMH/GetRecord/record/metadata/dc/titel")
        ]

    def test_a_record_of_a_format_not_named_is_a_fault(self, schemas: Schemas) -> None:
        root = response("<oai_dc:dc/>")

        assert schemas.response_faults(root, (MODS,))

    def test_each_container_is_known_whatever_the_formats(
        self, schemas: Schemas
    ) -> None:
        assert schemas.response_faults(seed("response-identify"), ()) == ()

    def test_a_broken_container_is_a_fault(self, schemas: Schemas) -> None:
        about = f'<about><provenance xmlns="{OAI}provenance"/></about>'
        root = response("<oai_dc:dc/>", about=about)

        fault = schemas.response_faults(root, (OAI_DC,))[0]

        assert fault.path == "/OAI-PMH/GetRecord/record/about/provenance"

    def test_each_format_keeps_the_edition_of_xml_xsd_it_imports(
        self, schemas: Schemas
    ) -> None:
        # Simple DC refuses an empty xml:lang, MODS takes it.
        empty_dc = response('<oai_dc:dc><dc:title xml:lang=""/></oai_dc:dc>')
        empty_mods = response(
            f'<mods xmlns="{MODS_NAMESPACE}"><note xml:lang=""/></mods>'
        )

        for urls in ((OAI_DC, MODS), (MODS, OAI_DC)):
            assert schemas.response_faults(empty_dc, urls)
            assert schemas.response_faults(empty_mods, urls) == ()

    def test_two_schemas_of_one_namespace_are_an_error(self, schemas: Schemas) -> None:
        other = OAI_DC.replace("http:", "https:")

        with pytest.raises(SchemaError, match=f"{OAI_DC} and {other} both describe"):
            schemas.response_faults(response("<oai_dc:dc/>"), (OAI_DC, other))

    def test_a_schema_of_a_containers_namespace_is_an_error(
        self, schemas: Schemas
    ) -> None:
        with pytest.raises(SchemaError, match="both describe"):
            schemas.response_faults(response("<oai_dc:dc/>"), (f"{OAI}rights.xsd",))

    @pytest.mark.parametrize("url", [ENVELOPE, *CONTAINERS])
    def test_a_container_may_be_named_among_the_formats(
        self, schemas: Schemas, url: str
    ) -> None:
        root = response("<oai_dc:dc/>")

        assert schemas.response_faults(root, (OAI_DC, url, OAI_DC)) == ()


class TestThreads:
    def test_four_threads_get_the_right_verdicts(self) -> None:
        schemas = Schemas(schemas_folder())
        paths = [f"/dc/wrong{number}" for number in range(4)]

        def verdicts(number: int) -> set[tuple[str, ...]]:
            valid, broken = seed("oai_dc"), dublin_core(f"<dc:wrong{number}/>")
            found = set()
            for _ in range(200):
                assert schemas.faults(valid, OAI_DC) == ()
                faults = schemas.faults(broken, OAI_DC)
                found.add(tuple(fault.path for fault in faults))
            return found

        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(verdicts, range(4)))

        assert results == [{(path,)} for path in paths]

    def test_compiling_is_whole_while_other_threads_parse(self) -> None:
        # A parser that ends resets libxml2's only loader of external files.
        document = b"<a>" + b"<b>x</b>" * 20_000 + b"</a>"
        done = threading.Event()

        def parse_on() -> None:
            while not done.is_set():
                parse(document)

        with ThreadPoolExecutor(2) as pool:
            busy = [pool.submit(parse_on) for _ in range(2)]
            try:
                for _ in range(20):
                    fresh = Schemas(schemas_folder())
                    assert fresh.faults(seed("oai_dc"), OAI_DC) == ()
            finally:
                done.set()
        assert [future.result() for future in busy] == [None, None]


def test_an_id_that_two_records_share_is_a_fault_of_the_page_alone(
    schemas: Schemas,
) -> None:
    # XML knows ids of whole documents: docs/decisions/0009-ids-in-records.md.
    title = '<titleInfo ID="a"><title>A</title></titleInfo>'
    mods = f'<mods xmlns="{MODS_NAMESPACE}">{title}</mods>'
    one = response(mods)
    assert not schemas.faults(parse(mods.encode()), MODS)
    assert not schemas.response_faults(one, [MODS])
    get_record = one[-1]
    get_record.tag = f"{{{OAI}}}ListRecords"
    get_record.append(copy(get_record[0]))
    (fault,) = schemas.response_faults(one, [MODS])
    assert "xs:ID" in fault.message
