"""The address announced, and the addresses that requests come to."""

import pytest
from web.samples import BASE_URL, Site

from oai_provider.protocol.read import read
from oai_provider.store.base import Store

WARNING = "a request came to another address than the one announced"


def warnings(site: Site) -> list[str]:
    return [line["address"] for line in site.log if line["event"] == WARNING]


def test_the_base_url_is_the_configured_one_whatever_the_host(site: Site) -> None:
    reply = site.oai("verb=Identify", HTTP_HOST="evil.example.com")
    assert read(reply.body).base_url == BASE_URL
    assert b"evil" not in reply.body


def test_a_request_to_the_announced_address_is_no_news(site: Site) -> None:
    site.oai("verb=Identify")
    assert warnings(site) == []


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_HOST": "repository.example.org:443"},
        {"HTTP_HOST": "REPOSITORY.example.ORG"},
    ],
)
def test_the_same_address_spelt_otherwise_is_no_news(
    site: Site, environ: dict[str, object]
) -> None:
    site.oai("verb=Identify", **environ)
    assert warnings(site) == []


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"HTTP_HOST": "oai.example.org"}, "https://oai.example.org/oai"),
        ({"wsgi.url_scheme": "http"}, "http://repository.example.org/oai"),
        (
            {"HTTP_HOST": "repository.example.org:8443"},
            "https://repository.example.org:8443/oai",
        ),
        ({"PATH_INFO": "/oai/"}, "https://repository.example.org/oai/"),
        ({"HTTP_HOST": ""}, "https://127.0.0.1:8080/oai"),
    ],
)
def test_a_request_to_another_address_is_a_warning(
    site: Site, environ: dict[str, object], address: str
) -> None:
    site.oai("verb=Identify", **environ)
    assert warnings(site) == [address]


def test_the_warning_names_the_announced_address_and_the_setting(site: Site) -> None:
    site.oai("verb=Identify", HTTP_HOST="oai.example.org")
    assert site.log[0]["base_url"] == BASE_URL
    assert "repository.base_url" in site.log[0]["remedy"]


def test_each_address_is_a_warning_once(site: Site) -> None:
    for host in ("a.example", "b.example", "a.example", "b.example"):
        site.oai("verb=Identify", HTTP_HOST=host)
    assert warnings(site) == ["https://a.example/oai", "https://b.example/oai"]


def test_made_up_hosts_do_not_fill_the_log(site: Site) -> None:
    for number in range(300):
        site.oai("verb=Identify", HTTP_HOST=f"{number}.example")
    assert len(warnings(site)) < 100


def test_a_warning_escapes_what_the_client_made_up(site: Site) -> None:
    site.oai("verb=Identify", HTTP_HOST="a\x1b[31m\xff")
    assert warnings(site) == ["https://a%1B[31m%FF/oai"]


FORWARDED = {
    "wsgi.url_scheme": "http",
    "HTTP_HOST": "127.0.0.1:8080",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "repository.example.org",
    "HTTP_X_FORWARDED_FOR": "198.51.100.9",
}


def test_forwarded_headers_are_not_believed_by_default(site: Site) -> None:
    site.oai("verb=Identify", **FORWARDED)
    assert warnings(site) == ["http://127.0.0.1:8080/oai"]


def test_forwarded_headers_of_a_trusted_proxy_are_believed(store: Store) -> None:
    site = Site(store, trusted_proxies=1)
    site.oai("verb=Identify", **FORWARDED)
    assert warnings(site) == []


def test_the_client_behind_a_trusted_proxy_stands_in_the_log(store: Store) -> None:
    site = Site(store, trusted_proxies=1)
    site.oai("verb=Identify", **FORWARDED)
    assert site.log[-1]["client"] == "198.51.100.9"


def test_the_endpoint_is_found_where_it_is_mounted(store: Store) -> None:
    site = Site(store, base_url="https://library.example.org/repo/oai")
    mounted = {"SCRIPT_NAME": "/repo", "PATH_INFO": "/oai"}
    assert site.oai("verb=Identify", **mounted).errors == []


def test_the_prefix_of_a_trusted_proxy_is_part_of_the_path(store: Store) -> None:
    site = Site(
        store, base_url="https://library.example.org/repo/oai", trusted_proxies=1
    )
    cut = {"PATH_INFO": "/oai", "HTTP_X_FORWARDED_PREFIX": "/repo"}
    assert site.oai("verb=Identify", **cut).errors == []


def test_a_path_that_a_proxy_cut_short_is_a_warning(store: Store) -> None:
    site = Site(store, base_url="https://library.example.org/repo/oai")
    assert site.get("/oai?verb=Identify").status == 404
    assert warnings(site) == ["https://library.example.org/oai"]


def test_pages_are_found_where_the_application_is_mounted(store: Store) -> None:
    site = Site(store, base_url="https://library.example.org/repo/oai")
    reply = site.get("/", SCRIPT_NAME="/repo", PATH_INFO="/items/reading-2021")
    assert reply.status == 200


def test_links_of_pages_stand_below_the_folder_of_the_endpoint(store: Store) -> None:
    site = Site(store, base_url="https://library.example.org/repo/oai")
    page = site.get("/repo/").html
    paths = [path for path in page.xpath("//@href") if not path.startswith("http")]
    assert paths
    assert all(path.startswith("/repo/") for path in paths)


def test_an_escaped_base_url_is_found_by_its_octets(store: Store) -> None:
    site = Site(store, base_url="https://library.example.org/%C3%A9/oai")
    as_wsgi_has_it = "/é/oai".encode().decode("latin-1")
    assert site.get(f"{as_wsgi_has_it}?verb=Identify").errors == []
