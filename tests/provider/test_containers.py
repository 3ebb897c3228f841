"""Containers: every value makes valid XML, and what would not is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree
from provider.container_strategies import containers
from pydantic import BaseModel, ValidationError

from oai_provider.protocol.xml import SCHEMA_LOCATION, parse, payload
from oai_provider.provider.containers import (
    METADATA_ENTITY,
    Branding,
    Container,
    Eprints,
    Friends,
    Icon,
    OaiIdentifier,
    OriginDescription,
    Provenance,
    Rendering,
    Rights,
    RightsManifest,
    SetDescription,
    Statement,
    container,
)
from oai_provider.resources import schemas_folder
from oai_provider.xsd import Schemas

URL = "https://example.org/"
INLINE = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:rights>Free</dc:rights></oai_dc:dc>'
)


@pytest.fixture(scope="module")
def ours() -> Schemas:
    return Schemas(schemas_folder())


@pytest.fixture(scope="module")
def published(shared: Path) -> Schemas:
    return Schemas(shared / "schemas")


def faults(schemas: Schemas, value: Container) -> list[str]:
    """Validate a container against the schema it names."""
    root = parse(container(value).xml)
    namespace, url = root.get(SCHEMA_LOCATION, "").split()
    assert namespace == etree.QName(root).namespace
    return [fault.message for fault in schemas.faults(root, url)]


@given(containers)
def test_every_container_is_valid(ours: Schemas, value: Container) -> None:
    assert faults(ours, value) == []


@given(containers)
def test_every_container_is_valid_as_published(
    published: Schemas, value: Container
) -> None:
    assert faults(published, value) == []


@given(containers)
def test_every_container_is_in_the_form_of_a_payload(value: Container) -> None:
    made = container(value)
    assert payload(parse(made.xml)) == made


# What stands in them.

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
OAI = "http://www.openarchives.org/OAI/2.0/"
ORIGIN = OriginDescription(
    base_url="https://a.example/oai",
    identifier="oai:a.example:1",
    datestamp="2001-01-01",
    metadata_namespace=f"{OAI}oai_dc/",
    harvest_date="2002-02-02T14:10:02Z",
    altered=True,
    origin=OriginDescription(
        base_url="https://b.example/oai",
        identifier="oai:b.example:1",
        datestamp="2000-01-01",
        metadata_namespace=f"{OAI}oai_dc/",
        harvest_date="2001-01-01",
        altered=False,
    ),
)
WRITTEN: dict[str, tuple[Container, str]] = {
    "oai-identifier": (
        OaiIdentifier(repository_identifier="a.example", sample="oai:a.example:1"),
        (
            f'<oai-identifier xmlns="{OAI}oai-identifier" {XSI} xsi:schemaLocation='
            f'"{OAI}oai-identifier {OAI}oai-identifier.xsd"><scheme>oai</scheme>'
            "<repositoryIdentifier>a.example</repositoryIdentifier>"
            "<delimiter>:</delimiter><sampleIdentifier>oai:a.example:1"
            "</sampleIdentifier></oai-identifier>"
        ),
    ),
    "friends": (
        Friends(base_urls=("https://a.example/oai", "https://b.example/oai")),
        (
            f'<friends xmlns="{OAI}friends/" {XSI} xsi:schemaLocation='
            f'"{OAI}friends/ {OAI}friends.xsd"><baseURL>https://a.example/oai</baseURL>'
            "<baseURL>https://b.example/oai</baseURL></friends>"
        ),
    ),
    "branding": (
        Branding(
            icon=Icon(url=f"{URL}i", link=f"{URL}l", title="T", width=88, height=31),
            renderings=(Rendering(url=f"{URL}s", metadata_namespace="urn:a"),),
        ),
        (
            f'<branding xmlns="{OAI}branding/" {XSI} xsi:schemaLocation='
            f'"{OAI}branding/ {OAI}branding.xsd"><collectionIcon><url>{URL}i</url>'
            f"<link>{URL}l</link><title>T</title><width>88</width><height>31</height>"
            '</collectionIcon><metadataRendering metadataNamespace="urn:a"'
            f' mimeType="text/xsl">{URL}s</metadataRendering></branding>'
        ),
    ),
    "eprints": (
        Eprints(
            content=Statement(texts=("C",)),
            metadata_policy=Statement(urls=(f"{URL}m",)),
            data_policy=Statement(texts=("D", "d"), urls=(f"{URL}d",)),
            submission_policy=Statement(texts=("S",)),
            comments=("1", "2"),
        ),
        (
            f'<eprints xmlns="http://www.openarchives.org/OAI/1.1/eprints" {XSI}'
            ' xsi:schemaLocation="http://www.openarchives.org/OAI/1.1/eprints'
            ' http://www.openarchives.org/OAI/1.1/eprints.xsd"><content><text>C</text>'
            f"</content><metadataPolicy><URL>{URL}m</URL></metadataPolicy><dataPolicy>"
            f"<URL>{URL}d</URL><text>D</text><text>d</text></dataPolicy>"
            "<submissionPolicy><text>S</text></submissionPolicy><comment>1</comment>"
            "<comment>2</comment></eprints>"
        ),
    ),
    "rightsManifest": (
        RightsManifest(
            rights=(Rights(reference=f"{URL}a"), Rights(reference="urn:b:c"))
        ),
        (
            f'<rightsManifest xmlns="{OAI}rights/" {XSI} xsi:schemaLocation='
            f'"{OAI}rights/ {OAI}rightsManifest.xsd" appliesTo="{METADATA_ENTITY}">'
            f'<rights><rightsReference ref="{URL}a"/></rights>'
            '<rights><rightsReference ref="urn:b:c"/></rights></rightsManifest>'
        ),
    ),
    "rights": (
        Rights(inline=INLINE),
        (
            f'<rights xmlns="{OAI}rights/" {XSI} xsi:schemaLocation='
            f'"{OAI}rights/ {OAI}rights.xsd"><rightsDefinition>{INLINE}'
            "</rightsDefinition></rights>"
        ),
    ),
    "provenance": (
        Provenance(origin=ORIGIN),
        (
            f'<provenance xmlns="{OAI}provenance" {XSI} xsi:schemaLocation='
            f'"{OAI}provenance {OAI}provenance.xsd"><originDescription'
            ' harvestDate="2002-02-02T14:10:02Z" altered="true">'
            "<baseURL>https://a.example/oai</baseURL><identifier>oai:a.example:1"
            "</identifier><datestamp>2001-01-01</datestamp><metadataNamespace>"
            f"{OAI}oai_dc/</metadataNamespace><originDescription"
            ' harvestDate="2001-01-01" altered="false"><baseURL>https://b.example/oai'
            "</baseURL><identifier>oai:b.example:1</identifier><datestamp>2000-01-01"
            f"</datestamp><metadataNamespace>{OAI}oai_dc/</metadataNamespace>"
            "</originDescription></originDescription></provenance>"
        ),
    ),
    "set description": (
        SetDescription(text="All of <it>"),
        (
            f'<oai_dc:dc xmlns:oai_dc="{OAI}oai_dc/"'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/" {XSI} xsi:schemaLocation='
            f'"{OAI}oai_dc/ {OAI}oai_dc.xsd"><dc:description>All of &lt;it&gt;'
            "</dc:description></oai_dc:dc>"
        ),
    ),
}


@pytest.mark.parametrize(("value", "xml"), WRITTEN.values(), ids=WRITTEN.keys())
def test_a_container_is_written_as_its_schema_orders(
    value: Container, xml: str
) -> None:
    assert container(value).xml.decode() == xml


def test_inline_rights_are_valid_where_a_record_holds_them(ours: Schemas) -> None:
    about = container(Rights(inline=INLINE)).xml
    document = (
        f'<OAI-PMH xmlns="{OAI}"><responseDate>2024-01-01T00:00:00Z</responseDate>'
        "<request>https://example.org/oai</request><GetRecord><record><header>"
        "<identifier>oai:a.example:1</identifier><datestamp>2024-01-01</datestamp>"
        f"</header><metadata>{INLINE}</metadata><about>{about.decode()}</about>"
        "</record></GetRecord></OAI-PMH>"
    )
    root = parse(document.encode())
    assert ours.response_faults(root, [f"{OAI}oai_dc.xsd"]) == ()


# What is refused.

ADDRESS = "is not a web address: use http(s)://host"
NO_URI = "is not a URI: begin it with a scheme"
EMPTY = "is empty or holds what XML cannot carry"
REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Friends(base_urls=()), "friends says nothing"),
    (lambda: Friends(base_urls=("ftp://a.example/",)), f"'ftp://a.example/' {ADDRESS}"),
    (lambda: Friends(base_urls=("http:///oai",)), f"'http:///oai' {ADDRESS}"),
    (lambda: Friends(base_urls=(URL, "")), f"base_urls '' {NO_URI}"),
    (lambda: Friends(base_urls=(URL, "https://a b/")), f"'https://a b/' {NO_URI}"),
    (lambda: Friends(base_urls=("https://a/\x00",)), f"a/\\x00' {NO_URI}"),
    (lambda: Friends(base_urls=("https://a/\ud800",)), f"a/\\ud800' {NO_URI}"),
    (lambda: Friends(base_urls=("https://a/\ufffe",)), f"a/\\ufffe' {NO_URI}"),
    (Branding, "branding says nothing"),
    (lambda: Icon(url="icon.png"), f"url 'icon.png' {NO_URI}"),
    (lambda: Icon(url=URL, link="x:y"), f"link 'x:y' {ADDRESS}"),
    (lambda: Icon(url=URL, title=" "), f"title ' ' {EMPTY}"),
    (lambda: Icon(url=URL, title="\x0b"), f"title '\\x0b' {EMPTY}"),
    (lambda: Icon(url=URL, width=0), "width 0 is no number of pixels"),
    (lambda: Icon(url=URL, height=-1), "height -1 is no number of pixels"),
    (lambda: Rendering(url="x", metadata_namespace="urn:a"), f"url 'x' {NO_URI}"),
    (
        lambda: Rendering(url=URL, metadata_namespace="a"),
        f"metadata_namespace 'a' {NO_URI}",
    ),
    *(
        (
            lambda kind=kind: Rendering(
                url=URL, metadata_namespace="urn:a", mime_type=kind
            ),
            f"mime_type {kind!r} is not like text/xsl",
        )
        for kind in ("text", "Text/xsl", "text/xsl+xml", "text/xsl\n", "text/", "/xsl")
    ),
    (Statement, "the statement says nothing"),
    (lambda: Statement(texts=("",)), f"texts '' {EMPTY}"),
    (lambda: Statement(urls=("x",)), f"urls 'x' {NO_URI}"),
    (
        lambda: Eprints(
            metadata_policy=Statement(texts=("a",)),
            data_policy=Statement(texts=("a",)),
            comments=("\t",),
        ),
        f"comments '\\t' {EMPTY}",
    ),
    (lambda: RightsManifest(rights=()), "the rights manifest says nothing"),
    (
        lambda: RightsManifest(rights=(Rights(reference=URL),), applies_to="x"),
        f"applies_to is {METADATA_ENTITY}, not x",
    ),
    (Rights, "either a reference or inline XML: give one"),
    (lambda: Rights(reference=URL, inline=INLINE), "either a reference or inline XML"),
    (lambda: Rights(reference="free"), f"reference 'free' {NO_URI}"),
    (lambda: Rights(inline="<a>"), "inline rights are not XML: Premature end"),
    (lambda: Rights(inline="\ud800"), "inline rights are not XML"),
    (
        lambda: Rights(inline="<a/>"),
        "inline rights are not XML: <a> is in no namespace",
    ),
    (
        lambda: Rights(inline=f'<a xmlns="{OAI}rights/"/>'),
        f"inline rights are in {OAI}rights/: use another",
    ),
    (lambda: replace(ORIGIN, base_url="oai"), f"base_url 'oai' {NO_URI}"),
    (lambda: replace(ORIGIN, identifier="1"), f"identifier '1' {NO_URI}"),
    (
        lambda: replace(ORIGIN, metadata_namespace="oai_dc"),
        f"metadata_namespace 'oai_dc' {NO_URI}",
    ),
    (lambda: replace(ORIGIN, datestamp="2001-1-1"), "write it as YYYY-MM-DD"),
    (lambda: replace(ORIGIN, harvest_date="2001-02-30"), "no such day or time"),
    (lambda: SetDescription(text="\n"), f"text '\\n' {EMPTY}"),
    *(
        (
            lambda name=name, sample=sample: OaiIdentifier(
                repository_identifier=name, sample=sample
            ),
            f"sample {sample!r} is not oai:{name}: and a local identifier",
        )
        for name, sample in (
            ("a.example", "oai:b.example:1"),
            ("a.example", "oai:a.example:"),
            ("a.example", "oai:a.example:1 "),
            ("example", "oai:example:1"),
            ("1.example", "oai:1.example:1"),
        )
    ),
]


@pytest.mark.parametrize(("make", "reason"), REFUSED)
def test_a_value_that_would_not_be_valid_is_refused(
    make: Callable[[], object], reason: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the reason is compared
        make()
    assert reason in str(caught.value)


# As settings.


class Settings(BaseModel):
    """A configuration that uses the containers as types."""

    friends: Friends | None = None
    branding: Branding | None = None
    eprints: Eprints | None = None
    rights_manifest: RightsManifest | None = None


def test_containers_are_read_from_settings() -> None:
    statement = {"texts": ["a"]}
    settings = Settings.model_validate(
        {
            "friends": {"base_urls": [URL]},
            "branding": {"icon": {"url": URL, "width": 88}},
            "eprints": {"metadata_policy": statement, "data_policy": statement},
            "rights_manifest": {"rights": [{"reference": URL}]},
        }
    )
    assert settings == Settings(
        friends=Friends(base_urls=(URL,)),
        branding=Branding(icon=Icon(url=URL, width=88)),
        eprints=Eprints(
            metadata_policy=Statement(texts=("a",)), data_policy=Statement(texts=("a",))
        ),
        rights_manifest=RightsManifest(rights=(Rights(reference=URL),)),
    )


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"friends": {"base_url": [URL]}}, "friends.base_url"),
        ({"branding": {"icon": {"url": URL, "alt": "a"}}}, "branding.icon.alt"),
        ({"branding": {"renderings": [{"href": URL}]}}, "branding.renderings.0.href"),
        ({"eprints": {"policy": "a"}}, "eprints.policy"),
        ({"eprints": {"content": {"text": "a"}}}, "eprints.content.text"),
        ({"rights_manifest": {"licence": URL}}, "rights_manifest.licence"),
        ({"rights_manifest": {"rights": [{"ref": 1}]}}, "rights_manifest.rights.0.ref"),
    ],
)
def test_a_setting_no_container_knows_is_refused(
    settings: dict[str, object], place: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(settings)
    unknown = {
        ".".join(map(str, error["loc"]))
        for error in caught.value.errors()
        if error["type"] == "unexpected_keyword_argument"
    }
    assert unknown == {place}


def test_a_setting_that_is_no_address_is_refused_where_it_stands() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"branding": {"icon": {"url": "x"}}})
    (error,) = caught.value.errors()
    assert error["loc"] == ("branding", "icon")
    assert NO_URI in error["msg"]
