"""The pages around the items: start, list, not found, withdrawn, robots, style."""

import gzip
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from web.samples import ARTICLE, BASE_URL, NOW, Reply, Site, fill

from oai_provider.store.engines import open_store


@pytest.fixture(scope="module", name="site")
def _site(every_site: Site) -> Site:
    return every_site


def words(reply: Reply) -> str:
    """Return what a reader sees, white space folded."""
    return " ".join(reply.html.text_content().split())


def test_the_start_page_says_what_this_is(site: Site) -> None:
    page = site.get("/")
    assert page.html.findtext(".//h1") == "Example Repository"
    assert "holds the descriptions of 3 items" in words(page)
    assert "1 more was withdrawn" in words(page)


def test_the_start_page_shows_the_base_url(site: Site) -> None:
    assert BASE_URL in words(site.get("/"))


def test_the_start_page_names_formats_and_sets(site: Site) -> None:
    codes = {code.text for code in site.get("/").html.iterfind(".//td/code")}
    assert codes == {"oai_dc", "mods", "history", "history:asia"}


def test_every_example_request_has_an_answer(site: Site) -> None:
    links = site.get("/").html.xpath("//*[@class='requests']//a")
    assert [link.text for link in links] == [
        "Identify",
        "ListMetadataFormats",
        "ListSets",
        "ListIdentifiers",
        "ListRecords",
        "GetRecord",
    ]
    assert [site.get(link.get("href")).errors for link in links] == [[]] * 6


def test_the_start_page_of_an_empty_repository_has_no_example_without_answer(
    empty: Site,
) -> None:
    links = empty.get("/").html.xpath("//*[@class='requests']//a")
    assert [link.text for link in links] == ["Identify", "ListMetadataFormats"]


def test_the_start_page_of_an_empty_repository_says_so(empty: Site) -> None:
    assert "holds the descriptions of 0 items" in words(empty.get("/"))


def test_the_start_page_of_an_empty_repository_says_how_to_fill_it(
    empty: Site,
) -> None:
    assert "oai-provider load FILE" in words(empty.get("/"))


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Site:
    file = tmp_path_factory.mktemp("empty") / "items.db"
    return Site(open_store(f"sqlite:///{file}", clock=lambda: NOW))


def test_every_link_of_the_start_page_leads_somewhere(site: Site) -> None:
    paths = site.get("/").html.xpath("//@href[starts-with(., '/')]")
    assert len(paths) > 10
    assert [path for path in paths if _status(site, path) != 200] == []


def _status(site: Site, path: str) -> int:
    octets = unquote_to_bytes(urlsplit(path).path).decode("latin-1")
    return site.get(path, PATH_INFO=octets).status


def test_the_list_names_every_item_that_is_not_withdrawn(site: Site) -> None:
    titles = [a.text for a in site.get("/items/").html.xpath("//main//li/a")]
    assert titles == ["Reading the margins", "P", "From elsewhere"]


def test_the_list_names_authors_and_dates(site: Site) -> None:
    assert "Ada Example, Иван Пример · 2021-05-14" in words(site.get("/items/"))


def test_the_list_is_read_on_to_its_end(many: Site) -> None:
    page, titles = many.get("/items/").html, []
    while True:
        titles += [a.text for a in page.xpath("//main//li/a")]
        following = page.xpath("//main//a[@rel='next']/@href")
        if not following:
            break
        page = many.get(following[0]).html
    assert titles == [f"Title {number}" for number in range(120)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Site:
    file = tmp_path_factory.mktemp("many") / "items.db"
    store = open_store(f"sqlite:///{file}", clock=lambda: NOW)
    fill(
        store,
        [ARTICLE | {"id": str(n), "titles": [f"Title {n}"]} for n in range(120)],
    )
    return Site(store)


@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "\xff",
        "%ff",
        "%zz",
        "1",
        "1-",
        "-1-1",
        "%EF%BC%91-1",
        "1-1-1",
        "9" * 30 + "-1",
    ],
)
def test_a_list_that_reads_on_from_nowhere_is_not_found(site: Site, after: str) -> None:
    assert site.get(f"/items/?after={after}").status == 404


@pytest.mark.parametrize("after", ["0-0", "99999999999-999999999999999999"])
def test_a_list_that_reads_on_from_anywhere_is_a_page(site: Site, after: str) -> None:
    assert site.get(f"/items/?after={after}").status == 200


def test_no_page_is_reached_by_a_redirect(site: Site) -> None:
    assert [site.get(path).status for path in ("/items", "/items/")] == [200, 200]


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/items/nothing", "/items/\x00", "/items/\xff", "/static/none.css"],
)
def test_what_is_not_there_is_a_404_page_with_a_way_on(site: Site, path: str) -> None:
    reply = site.get(path)
    assert reply.status == 404
    assert reply.html.xpath("//main//a/@href") == ["/"]


@pytest.mark.parametrize("name", ["gone", "oai:repository.example.org:gone"])
def test_a_withdrawn_item_is_410_with_a_tombstone(site: Site, name: str) -> None:
    reply = site.get(f"/items/{name}")
    assert reply.status == 410
    assert "oai:repository.example.org:gone and withdrew it on 2026-02-03" in words(
        reply
    )


def test_a_tombstone_says_nothing_of_what_the_item_was(site: Site) -> None:
    assert "Gone" not in words(site.get("/items/gone"))


def test_a_tombstone_has_a_way_on(site: Site) -> None:
    assert site.get("/items/gone").html.xpath("//main//a/@href") == ["/"]


@pytest.mark.parametrize("path", ["/items/gone", "/nowhere"])
def test_pages_without_an_item_are_not_to_be_indexed(site: Site, path: str) -> None:
    robots = site.get(path).html.xpath("//meta[@name='robots']/@content")
    assert robots == ["noindex"]


def test_a_page_answers_no_post(site: Site) -> None:
    reply = site.send("POST", "/")
    assert reply.status == 405
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_robots_may_read_everything(site: Site) -> None:
    reply = site.get("/robots.txt")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert reply.text == "User-agent: *\nAllow: /\n"


@pytest.mark.parametrize(
    "path", ["/", "/items/", "/items/reading-2021", "/items/gone", "/nowhere"]
)
def test_no_page_may_run_a_script_or_be_framed(site: Site, path: str) -> None:
    policy = site.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/nowhere"])
def test_no_type_is_to_be_guessed(site: Site, path: str) -> None:
    assert site.get(path).headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_is_compressed_where_that_is_wanted(site: Site) -> None:
    plain = site.get("/")
    small = site.get("/", HTTP_ACCEPT_ENCODING="gzip")
    assert gzip.decompress(small.body) == plain.body
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Content-Length"] == str(len(small.body))
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("name", ["style.css", "icon.svg"])
def test_what_pages_link_to_is_kept_by_browsers(site: Site, name: str) -> None:
    reply = site.get(f"/static/{name}")
    assert (reply.status, reply.headers["Cache-Control"]) == (
        200,
        "public, max-age=86400",
    )


def test_no_page_asks_for_anything_from_elsewhere(site: Site) -> None:
    for path in ("/", "/items/", "/items/reading-2021", "/items/gone", "/nowhere"):
        page = site.get(path).html
        wanted = page.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //@src")
        assert wanted == ["/static/style.css", "/static/icon.svg"]


def test_the_host_header_stands_on_no_page(site: Site) -> None:
    for path in ("/", "/items", "/items/reading-2021", "/nowhere"):
        assert b"evil" not in site.get(path, HTTP_HOST="evil.example.com").body


@pytest.mark.parametrize("host", ["", "<script>", "[::1", "a:b:c", "\xff", "a" * 3000])
def test_a_host_header_that_is_none_does_no_harm(site: Site, host: str) -> None:
    assert site.get("/nowhere", HTTP_HOST=host).status == 404
