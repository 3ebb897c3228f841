"""An item's page: what people read, what machines find, what nobody may see."""

import json
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from item_strategies import item_data
from lxml import html
from memory_store import MemoryStore
from web.samples import (
    BASE_URL,
    HARVESTED,
    MODS,
    NOW,
    OAI_DC,
    PLAIN,
    PRIVATE,
    Reply,
    Site,
    dublin_core,
    fill,
    repository_at,
)

from oai_provider.metadata.item import read_item
from oai_provider.protocol.model import Header
from oai_provider.store.base import ItemWrite, Store
from oai_provider.web.landing import ItemPage
from oai_provider.web.linked_data import linked_data
from oai_provider.web.links import item_link
from oai_provider.web.scholar import citation_tags

URL = "https://repository.example.org/items/reading-2021"


@pytest.fixture(scope="module", name="site")
def _site(every_site: Site) -> Site:
    return every_site


@pytest.fixture(name="memory")
def _memory() -> Store:
    return MemoryStore(lambda: NOW)


@pytest.fixture(scope="module", name="page")
def _page(site: Site) -> html.HtmlElement:
    return site.get("/items/reading-2021").html


def meta(page: html.HtmlElement, name: str) -> list[str]:
    return [tag.get("content") for tag in page.xpath(f"//meta[@name='{name}']")]


def text(page: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in page.xpath(path)]


def json_ld(page: html.HtmlElement) -> dict[str, Any]:
    [script] = page.xpath("//script")
    assert script.get("type") == "application/ld+json"
    found: dict[str, Any] = json.loads(script.text_content())
    return found


def site_path(url: str) -> str:
    """Return the path of a URL as a server passes it on."""
    return unquote_to_bytes(urlsplit(url).path).decode("latin-1")


@pytest.mark.parametrize(
    "name", ["reading-2021", "oai:repository.example.org:reading-2021"]
)
def test_an_item_is_found_by_local_id_and_by_identifier(site: Site, name: str) -> None:
    assert site.get(f"/items/{name}").status == 200


@pytest.mark.parametrize("data", [PLAIN, HARVESTED])
def test_an_item_is_found_at_the_address_that_records_announce(
    site: Site, data: dict[str, object]
) -> None:
    item = read_item(data)
    repository = repository_at(BASE_URL)
    identifier = item.identifier or repository.identifier(item.id)
    reply = site.get("", PATH_INFO=site_path(repository.item_url(identifier)))
    assert (reply.status, reply.html.findtext(".//h1")) == (200, data["title"])


@pytest.mark.parametrize(
    "base_url",
    [
        "https://library.example.org/repo/oai",
        "https://library.example.org/%C3%A9/oai/",
        "https://library.example.org/repo/oai%2Fpmh",
    ],
)
def test_pages_stand_where_records_announce_them(store: Store, base_url: str) -> None:
    url = repository_at(base_url).item_url("oai:repository.example.org:reading-2021")
    assert Site(store, base_url=base_url).get(site_path(url)).status == 200


def test_an_identifier_that_exists_comes_before_a_local_id(memory: Store) -> None:
    name = str(HARVESTED["identifier"])
    like_it = {"id": name, "identifier": f"oai:repository.example.org:{name}"}
    fill(memory, [HARVESTED, PLAIN | like_it])
    page = Site(memory).get(f"/items/{HARVESTED['identifier']}").html
    assert page.findtext(".//h1") == HARVESTED["title"]


def test_a_query_does_not_belong_to_the_id(site: Site) -> None:
    assert site.get("/items/reading-2021?utm=1").status == 200


def test_the_title_says_its_language(page: html.HtmlElement) -> None:
    [title] = page.xpath("//h1")
    assert (title.text, title.get("lang")) == ("Reading the margins", "en")


def test_other_titles_say_theirs(page: html.HtmlElement) -> None:
    [title] = page.xpath("//p[@class='title']")
    assert (title.text, title.get("lang")) == ("Чтение на полях", "ru")


def test_authors_stand_with_their_affiliations(page: html.HtmlElement) -> None:
    first, second = text(page, "//ul[@class='agents']/li")
    assert first == "Ada Example orcid University of Examples Academy of Samples"
    assert second == "Иван Пример Sample College"


def test_contributors_stand_with_their_roles(page: html.HtmlElement) -> None:
    assert text(page, "//ul[@aria-label='Contributors']/li") == [
        "Karl Beispiel (editor)"
    ]


def test_the_abstract_says_its_language(page: html.HtmlElement) -> None:
    [abstract] = page.xpath("//section[@class='description']/p")
    assert (abstract.text, abstract.get("lang")) == ("Readers wrote in books.", "en")


def test_keywords_are_grouped_by_language(page: html.HtmlElement) -> None:
    lists = page.xpath("//section[@class='keywords']/ul")
    assert [(ul.get("lang"), [li.text for li in ul]) for ul in lists] == [
        ("en", ["marginalia", "readers"]),
        ("ru", ["маргиналии"]),
    ]


def test_the_journal_stands_with_volume_issue_and_pages(page: html.HtmlElement) -> None:
    assert text(page, "//dt[.='Published in']/following-sibling::dd[1]") == [
        "Journal of Examples vol. 12, no. 5 (31). p. 101-124 ISSN 1234-5679"
    ]


def test_what_a_journal_prints_of_its_place_stands_on_the_page(site: Site) -> None:
    host = {"title": "Examples", "issue": "5", "citation_text": "Examples. 2014. № 5"}
    page = rendered(site, PLAIN | {"id": "x", "host": host}).html
    assert text(page, "//span[@class='place']") == ["2014. № 5"]


def test_identifiers_files_and_licences_are_links(page: html.HtmlElement) -> None:
    links = set(page.xpath("//aside//a/@href"))
    assert {
        "https://doi.org/10.1234/example.567",
        "https://files.example.org/1.pdf",
        "https://creativecommons.org/licenses/by/4.0/",
    } <= links


def test_a_licence_in_words_is_no_link(site: Site) -> None:
    data = PLAIN | {"id": "x", "rights": {"license": "All rights reserved"}}
    page = rendered(site, data).html
    assert text(page, "//dt[.='Rights']/following-sibling::dd[1]") == [
        "All rights reserved"
    ]
    assert not page.xpath("//@href[contains(., 'reserved')]")
    assert "license" not in json_ld(page)


def test_places_and_periods_are_named(page: html.HtmlElement) -> None:
    about = text(page, "//dt[.='About']/following-sibling::dd")[:2]
    assert about == ["Kazakhstan", "1920\u20131929"]


def test_every_format_is_a_link_to_its_record(
    site: Site, page: html.HtmlElement
) -> None:
    links = page.xpath("//dd[@class='formats']/a")
    assert [link.text for link in links] == ["mods", "oai_dc"]
    assert [site.get(link.get("href")).errors for link in links] == [[], []]


def test_formats_are_announced_by_the_configured_address(
    page: html.HtmlElement,
) -> None:
    identifier = "oai:repository.example.org:reading-2021"
    request = f"{BASE_URL}?verb=GetRecord&identifier={identifier}"
    links = page.xpath("//link[@rel='alternate']")
    assert [(a.get("type"), a.get("title"), a.get("href")) for a in links] == [
        ("text/xml", prefix, f"{request}&metadataPrefix={prefix}")
        for prefix in ("mods", "oai_dc")
    ]


@pytest.mark.parametrize(
    ("rel", "href"),
    [
        ("canonical", URL),
        ("cite-as", "https://doi.org/10.1234/example.567"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
        ("item", "https://files.example.org/1.pdf"),
    ],
)
def test_links_for_machines_lead_where_they_say(
    page: html.HtmlElement, rel: str, href: str
) -> None:
    assert page.xpath(f"//head/link[@rel='{rel}']/@href") == [href]


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("citation_title", ["Reading the margins"]),
        ("citation_author", ["Example, Ada", "Пример, Иван"]),
        ("citation_publication_date", ["2021/05/14"]),
        ("citation_journal_title", ["Journal of Examples"]),
        ("citation_volume", ["12"]),
        ("citation_issue", ["5"]),
        ("citation_firstpage", ["101"]),
        ("citation_lastpage", ["124"]),
        ("citation_issn", ["1234-5679"]),
        ("citation_doi", ["10.1234/example.567"]),
        ("citation_language", ["en"]),
        ("citation_keywords", ["marginalia", "readers", "маргиналии"]),
        ("citation_publisher", ["Example Press"]),
        ("citation_abstract_html_url", [URL]),
        ("citation_pdf_url", ["https://files.example.org/1.pdf"]),
        ("DC.title", ["Reading the margins"]),
    ],
)
def test_meta_tags_say_what_the_item_says(
    page: html.HtmlElement, name: str, contents: list[str]
) -> None:
    assert meta(page, name) == contents


def test_institutions_follow_their_author(page: html.HtmlElement) -> None:
    tags = page.xpath("//meta[starts-with(@name, 'citation_author')]")
    assert [(tag.get("name")[16:], tag.get("content")) for tag in tags] == [
        ("", "Example, Ada"),
        ("institution", "University of Examples"),
        ("institution", "Academy of Samples"),
        ("orcid", "https://orcid.org/0000-0002-1825-0097"),
        ("", "Пример, Иван"),
        ("institution", "Sample College"),
    ]


def test_the_json_ld_says_what_the_item_says(page: html.HtmlElement) -> None:
    found = json_ld(page)
    assert found["@type"] == "ScholarlyArticle"
    assert found["@id"] == URL
    assert found["name"] == "Reading the margins"
    assert found["author"][0] == {
        "@type": "Person",
        "name": "Ada Example",
        "familyName": "Example",
        "givenName": "Ada",
        "sameAs": ["https://orcid.org/0000-0002-1825-0097"],
        "affiliation": [
            {"@type": "Organization", "name": "University of Examples"},
            {"@type": "Organization", "name": "Academy of Samples"},
        ],
    }
    assert found["editor"][0]["name"] == "Karl Beispiel"
    assert found["datePublished"] == "2021-05-14"
    assert (found["pageStart"], found["pageEnd"]) == ("101", "124")
    assert found["temporalCoverage"] == ["1920/1929"]
    assert found["isAccessibleForFree"] is True
    assert found["license"] == ["https://creativecommons.org/licenses/by/4.0/"]


def test_in_json_ld_issues_are_parts_of_volumes_of_journals(
    page: html.HtmlElement,
) -> None:
    assert json_ld(page)["isPartOf"] == {
        "@type": "PublicationIssue",
        "issueNumber": "5 (31)",
        "isPartOf": {
            "@type": "PublicationVolume",
            "volumeNumber": "12",
            "isPartOf": {
                "@type": "Periodical",
                "name": "Journal of Examples",
                "issn": ["1234-5679"],
            },
        },
    }


@pytest.mark.parametrize("address", [PRIVATE, "public@example.org"])
def test_no_e_mail_address_is_shown_or_hidden_in_a_page(
    site: Site, address: str
) -> None:
    for path in ("/", "/items/", "/items/reading-2021"):
        assert address.encode() not in site.get(path).body


HOSTILE = "</script><script>alert(1)</script><!-- ]]> \"'&amp;{{7*7}}"


def rendered(site: Site, data: dict[str, object]) -> Reply:
    """Return the page of an item, whether or not the store would take it."""
    item = read_item(data)
    repository = repository_at(BASE_URL)
    identifier = repository.identifier(item.id)
    label = item.title.value if item.title else identifier
    link = item_link(repository, identifier, label)
    page = ItemPage(
        link=link,
        item=item,
        header=Header(identifier, NOW, item.sets),
        formats=(),
        meta=tuple(citation_tags(item, link.url)),
        linked_data=linked_data(item, link.url),
    )
    with site.app.test_request_context():
        template = site.app.jinja_env.get_template("item.html")
        return Reply(200, {}, template.render(page=page).encode())


def hostile_item(value: str) -> dict[str, object]:
    return {
        "id": "x",
        "resource_type": "text",
        "title": value,
        "creators": [{"name": value, "affiliations": [value]}],
        "abstract": value,
        "subjects": [value],
        "places": [value],
        "publisher": [value],
        "host": {"title": value, "issue": value, "volume": value, "pages": value},
        "references": [value],
        "rights": {"statements": [value], "holder": value},
        "funding": [{"funder": value, "award": {"number": value}}],
        "identifiers": [{"scheme": "local", "value": value}],
    }


_texts = st.text(
    st.sampled_from("<>&\"'/!-[]{}%=;:\u2028\u2029 \nscriptaé"), min_size=1
).filter(str.strip)


@given(_texts.map(str.strip) | st.just(HOSTILE))
def test_no_text_breaks_out_of_its_place(site: Site, value: str) -> None:
    page = rendered(site, hostile_item(value)).html
    [script] = page.xpath("//script")
    assert json.loads(script.text_content())["name"] == value
    assert page.findtext(".//h1") == value
    assert meta(page, "citation_title") == [value]
    assert not page.xpath("//@onclick | //img | //iframe | //comment()")


@pytest.mark.parametrize(
    "field",
    [
        {"subjects": [{"value": "s", "uri": "javascript:alert(1)"}]},
        {"rights": {"license": {"uri": "javascript:alert(1)"}}},
        {"identifiers": [{"scheme": "url", "value": "javascript:alert(1)"}]},
        {
            "creators": [
                {
                    "name": "n",
                    "identifiers": [{"scheme": "url", "value": "javascript:alert(1)"}],
                }
            ]
        },
    ],
)
def test_only_web_addresses_become_links(site: Site, field: dict[str, object]) -> None:
    data = {"id": "x", "resource_type": "text", "title": "T"} | field
    hrefs = rendered(site, data).html.xpath("//@href")
    assert not [href for href in hrefs if href.startswith("javascript")]


@given(item_data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_item_has_a_page_without_e_mail_addresses(
    site: Site, data: dict[str, object]
) -> None:
    reply = rendered(site, data)
    assert b"name@example.org" not in reply.body
    assert json_ld(reply.html)["url"].startswith(
        "https://repository.example.org/items/"
    )


def test_an_id_is_escaped_in_its_address(site: Site) -> None:
    path = f"/items/{quote('a/b//c?d%20e')}"
    reply = site.get("", PATH_INFO=site_path(path))
    assert reply.html.xpath("//link[@rel='canonical']/@href") == [
        "https://repository.example.org/items/a/b//c%3Fd%2520e"
    ]


def test_an_item_without_title_is_called_by_its_identifier(site: Site) -> None:
    page = rendered(site, {"id": "x", "native": {"mods": "<mods/>"}}).html
    assert page.findtext(".//h1") == "oai:repository.example.org:x"
    assert meta(page, "citation_title") == []


@pytest.fixture(name="renamed")
def _renamed(memory: Store) -> Site:
    """A site whose items were stored by a release that had other fields."""
    memory.declare_formats([OAI_DC, MODS])
    for name, formats in {"both": [OAI_DC, MODS], "mods": [MODS]}.items():
        write = ItemWrite(
            identifier=f"oai:repository.example.org:{name}",
            source='{"id": "x", "name": "Reading"}',
            payloads={f.metadata_prefix: dublin_core("Reading") for f in formats},
        )
        list(memory.put([write]))
    return Site(memory)


def test_an_item_that_can_no_longer_be_read_is_shown_by_its_record(
    renamed: Site,
) -> None:
    reply = renamed.get("/items/both")
    assert (reply.status, reply.html.findtext(".//h1")) == (200, "Reading")
    assert json_ld(reply.html)["name"] == "Reading"


@pytest.mark.parametrize(
    ("name", "prefixes"), [("both", ["mods", "oai_dc"]), ("mods", ["mods"])]
)
def test_an_item_that_can_no_longer_be_read_leads_to_its_records(
    renamed: Site, name: str, prefixes: list[str]
) -> None:
    links = renamed.get(f"/items/{name}").html.xpath("//dd[@class='formats']/a")
    assert [link.text for link in links] == prefixes
    assert not any(renamed.get(link.get("href")).errors for link in links)


def test_an_item_that_can_no_longer_be_read_has_its_identifier_for_a_title(
    renamed: Site,
) -> None:
    page = renamed.get("/items/mods").html
    assert page.findtext(".//h1") == "oai:repository.example.org:mods"


@pytest.mark.parametrize("path", ["/", "/items/"])
def test_an_item_that_can_no_longer_be_read_is_listed_by_its_record(
    renamed: Site, path: str
) -> None:
    items = renamed.get(path).html.xpath("//ul[@class='items']/li/a")
    assert [item.text for item in items] == ["Reading"]
