"""What caches may keep, and what need not be sent again."""

import gzip
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from provider.world import ALL, REPOSITORY, SECOND, START, World
from web.caches import OPEN, seven, site_of
from web.samples import Fails, Reply, Site, wsgi_reply

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.model import Records
from oai_provider.protocol.read import read
from oai_provider.store.base import StoreAway

KEPT = "public, max-age=0, must-revalidate"
WINDOW = f"verb=ListRecords&{ALL}&until=2014-05-02T00:00:02Z"
HEADERS_WINDOW = WINDOW.replace("ListRecords", "ListIdentifiers")


@pytest.fixture
def world() -> World:
    return seven()


@pytest.fixture
def site(world: World) -> Site:
    return site_of(world)


def tag(reply: Reply) -> str:
    return reply.headers["ETag"]


def is_kept(reply: Reply) -> bool:
    """Tell whether a reply may be kept; no validator may stand in one that may not."""
    kept = reply.headers["Cache-Control"] == KEPT
    assert kept or reply.headers["Cache-Control"] == "no-store"
    assert kept is ("ETag" in reply.headers) is ("Last-Modified" in reply.headers)
    return kept


def way_on(reply: Reply) -> str:
    """Return the request for the page after this one."""
    response = read(reply.body)
    assert isinstance(response.body, Records)
    token = response.body.resumption_token
    return f"verb=ListRecords&resumptionToken={token.value if token else ''}"


# What is closed.


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
@pytest.mark.parametrize(
    ("until", "closed"),
    [
        ("&until=2014-05-01", True),
        ("&until=2014-05-02T00:00:04Z", True),
        ("&until=2014-05-02T00:00:05Z", False),
        ("&until=2014-05-02T00:00:06Z", False),
        ("&until=2014-05-02", False),
        ("&until=9999-12-31", False),
        ("&from=2014-05-01", False),
        ("", False),
    ],
)
def test_a_list_may_be_kept_when_the_last_second_of_its_until_is_over(
    site: Site, verb: str, until: str, closed: bool
) -> None:
    assert is_kept(site.oai(f"verb={verb}&{ALL}{until}")) is closed


@pytest.mark.parametrize(
    ("until", "closed"), [("2014-05-01", True), ("2014-05-02", False)]
)
def test_where_datestamps_are_days_a_day_is_closed_when_it_is_over(
    world: World, until: str, closed: bool
) -> None:
    world.repository = replace(REPOSITORY, granularity=Granularity.DAY)
    assert is_kept(site_of(world).oai(f"{OPEN}&until={until}")) is closed


def test_every_page_of_a_closed_window_may_be_kept(site: Site) -> None:
    second = site.oai(way_on(site.oai(WINDOW)))
    assert is_kept(second)


def test_no_page_of_an_open_list_may_be_kept(site: Site) -> None:
    second = site.oai(way_on(site.oai(OPEN)))
    last = site.oai(way_on(second))
    assert not is_kept(second)
    assert not is_kept(last)


def test_a_window_may_close_between_its_pages(world: World, site: Site) -> None:
    first = site.oai(f"{OPEN}&until=2014-05-02T00:00:05Z")
    world.now += SECOND
    assert not is_kept(first)
    assert is_kept(site.oai(way_on(first)))


@pytest.mark.parametrize(
    "query",
    [
        "verb=Identify",
        "verb=ListMetadataFormats",
        "verb=ListSets",
        f"verb=GetRecord&{ALL}&identifier=oai:example.org:1",
        f"{OPEN}&until=2014-04-30",
        f"{OPEN}&until=2014-05-01&until=2014-05-01",
        "verb=ListRecords&metadataPrefix=no&until=2014-05-01",
        "verb=ListRecords&resumptionToken=no",
        "",
    ],
)
def test_what_is_no_list_may_not_be_kept(site: Site, query: str) -> None:
    assert not is_kept(site.oai(query))


def test_sets_may_not_be_kept_page_by_page(world: World, site: Site) -> None:
    world.put(8, sets="a b c")
    body = site.oai("verb=ListSets").text
    token = body.partition('cursor="0">')[2].partition("<")[0]
    assert token
    assert not is_kept(site.oai(f"verb=ListSets&resumptionToken={token}"))


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("PUT", f"/oai?{WINDOW}", 405), ("GET", f"/oai?{WINDOW}&a={'a' * 70_000}", 414)],
)
def test_refusals_may_not_be_kept(
    site: Site, method: str, target: str, status: int
) -> None:
    reply = site.send(method, target)
    assert (reply.status, is_kept(reply)) == (status, False)


@pytest.mark.parametrize(
    ("error", "status"), [(StoreAway("gone"), 503), (RuntimeError("bug"), 500)]
)
def test_failures_may_not_be_kept(error: Exception, status: int) -> None:
    reply = Site(Fails(error).as_store()).oai(WINDOW)
    assert (reply.status, is_kept(reply)) == (status, False)


def test_the_answer_to_a_post_may_not_be_kept(site: Site) -> None:
    assert not is_kept(site.post(WINDOW.encode()))


# The tag.


def test_the_tag_is_of_the_content_and_not_of_the_moment(
    world: World, site: Site
) -> None:
    before = site.oai(WINDOW)
    world.put(8)
    after = site.oai(WINDOW)
    assert before.body != after.body
    assert tag(before) == tag(after)


def test_the_tag_is_weak_since_response_dates_differ(site: Site) -> None:
    assert tag(site.oai(WINDOW)).startswith('W/"')


@pytest.mark.parametrize("name", [1, 3, 5])
def test_the_tag_differs_when_a_record_has_left_the_window(
    world: World, site: Site, name: int
) -> None:
    before = tag(site.oai(WINDOW))
    world.delete(name)
    assert tag(site.oai(WINDOW)) != before


def test_the_tag_differs_when_a_record_changes_and_its_datestamp_does_not(
    world: World, site: Site
) -> None:
    before = tag(site.oai(WINDOW))
    now, world.now = world.now, START
    world.put(1, text=" revised")
    world.now = now
    after = site.oai(WINDOW)
    assert b"<dc:title>1 revised</dc:title>" in after.body
    assert tag(after) != before


def test_every_request_has_a_tag_of_its_own(site: Site) -> None:
    first = site.oai(WINDOW)
    tags = {tag(first), tag(site.oai(way_on(first))), tag(site.oai(HEADERS_WINDOW))}
    assert len(tags) == 3


# If-None-Match.


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", [WINDOW, HEADERS_WINDOW])
def test_what_the_client_has_kept_is_not_sent_again(
    world: World, site: Site, method: str, query: str
) -> None:
    kept = site.oai(query)
    world.now += timedelta(days=400)
    again = site.send(method, f"/oai?{query}", HTTP_IF_NONE_MATCH=tag(kept))
    headers = {"ETag": tag(kept), "Cache-Control": KEPT, "Vary": "Accept-Encoding"}
    assert again == Reply(304, headers, b"")


def test_pages_that_tokens_lead_to_are_not_sent_again_either(site: Site) -> None:
    query = way_on(site.oai(WINDOW))
    again = site.oai(query, HTTP_IF_NONE_MATCH=tag(site.oai(query)))
    assert again.status == 304


def test_what_has_changed_is_sent(world: World, site: Site) -> None:
    kept = site.oai(WINDOW)
    world.put(1, text=" revised")
    again = site.oai(WINDOW, HTTP_IF_NONE_MATCH=tag(kept))
    assert (again.status, again.body) == (200, site.oai(WINDOW).body)


@pytest.mark.parametrize(
    "spelling", ["{}", '"a", {}', '{},W/"b"', 'W/"", {} ', "{strong}", "*", " * "]
)
def test_a_tag_may_stand_among_others_and_be_any(site: Site, spelling: str) -> None:
    kept = tag(site.oai(WINDOW))
    value = spelling.format(kept, strong=kept.removeprefix("W/"))
    assert site.oai(WINDOW, HTTP_IF_NONE_MATCH=value).status == 304


@pytest.mark.parametrize(
    "value", ["", '"a"', 'W/"*"', '"*"', "{bare}", '"{bare}', "*, *", "\xff", "{upper}"]
)
def test_what_is_not_the_tag_changes_nothing(site: Site, value: str) -> None:
    kept = site.oai(WINDOW)
    bare = tag(kept).removeprefix("W/").strip('"')
    given_ = value.format(bare=bare, upper=f'W/"{bare.upper()}x"')
    assert site.oai(WINDOW, HTTP_IF_NONE_MATCH=given_) == kept


@pytest.mark.parametrize(
    "query", ["verb=Identify", OPEN, f"{OPEN}&until=2014-04-30", f"{WINDOW}&a=b"]
)
@pytest.mark.parametrize("known", ["*", "tag"])
def test_what_may_not_be_kept_is_sent_whatever_the_client_has(
    site: Site, query: str, known: str
) -> None:
    value = "*" if known == "*" else tag(site.oai(WINDOW))
    assert site.oai(query, HTTP_IF_NONE_MATCH=value) == site.oai(query)


@pytest.mark.parametrize("known", ["*", "tag"])
def test_a_post_is_answered_whatever_the_client_has(site: Site, known: str) -> None:
    value = "*" if known == "*" else tag(site.oai(WINDOW))
    reply = site.post(WINDOW.encode(), HTTP_IF_NONE_MATCH=value)
    assert (reply.status, is_kept(reply)) == (200, False)
    assert reply.body == site.oai(WINDOW).body


def test_head_has_the_validators_of_get(site: Site) -> None:
    head = site.send("HEAD", f"/oai?{WINDOW}")
    assert head == replace(site.oai(WINDOW), body=b"")


def test_a_compressed_page_is_not_what_a_client_has_that_kept_the_plain_one(
    site: Site,
) -> None:
    plain = site.oai(WINDOW)
    small = site.oai(WINDOW, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=tag(plain))
    assert gzip.decompress(small.body) == plain.body
    assert site.oai(WINDOW, HTTP_IF_NONE_MATCH=tag(small)) == plain
    coded = {"HTTP_ACCEPT_ENCODING": "gzip", "HTTP_IF_NONE_MATCH": tag(small)}
    assert site.oai(WINDOW, **coded).status == 304


def test_the_log_tells_of_a_page_that_was_not_sent_again(world: World) -> None:
    site = Site(world.store, base_url=REPOSITORY.base_url)
    site.oai(WINDOW, HTTP_IF_NONE_MATCH="*")
    (line,) = site.log
    assert (line["status"], line["verb"], line["records"]) == (304, "ListRecords", 5)


def test_a_304_keeps_the_rules_of_wsgi(site: Site) -> None:
    environ: dict[str, object] = {}
    setup_testing_defaults(environ)
    environ |= {"PATH_INFO": "/oai", "QUERY_STRING": WINDOW, "HTTP_IF_NONE_MATCH": "*"}
    assert wsgi_reply(validator(site.app), environ).status == 304


# Last-Modified.


def test_a_page_was_last_modified_when_its_response_date_was_written(
    world: World, site: Site
) -> None:
    world.now += timedelta(days=1, microseconds=7)
    reply = site.oai(WINDOW)
    modified = parsedate_to_datetime(reply.headers["Last-Modified"])
    assert reply.headers["Last-Modified"] == "Sat, 03 May 2014 00:00:05 GMT"
    assert modified == read(reply.body).response_date


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_no_date_that_a_client_has_keeps_a_page_from_being_sent(
    world: World, site: Site, days: int
) -> None:
    date = f"{world.now + timedelta(days=days):%a, %d %b %Y %H:%M:%S GMT}"
    assert site.oai(WINDOW, HTTP_IF_MODIFIED_SINCE=date) == site.oai(WINDOW)
