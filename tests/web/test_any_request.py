"""Whatever is sent, something is answered, and never with a 500."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from web.samples import Site

from oai_provider.protocol.xml import parse

_octets = st.text(st.characters(max_codepoint=255), max_size=40)
_pieces = st.sampled_from(
    [
        "verb=",
        "GetRecord",
        "ListRecords",
        "identifier=",
        "metadataPrefix=oai_dc",
        "from=2014-01-01",
        "resumptionToken=",
        *"&=%+;",
        "%ff",
    ]
)
_queries = st.lists(_pieces | _octets, max_size=8).map("".join)
_paths = st.sampled_from(["/oai", "/", "/items/", "/items/gone", "/static/"]) | (
    st.tuples(st.sampled_from(["/", "/items/", "/static/"]), _octets).map("".join)
)
_lengths = st.sampled_from(["0", "5", "-1", "x", "", "99999999"])
_requests = st.fixed_dictionaries(
    {
        "REQUEST_METHOD": st.sampled_from(["GET", "POST", "HEAD", "OPTIONS"]) | _octets,
        "PATH_INFO": _paths,
        "QUERY_STRING": _queries,
        "HTTP_HOST": _octets,
        "HTTP_ACCEPT_ENCODING": _octets | st.just("gzip;q=0.5, *;q=0"),
        "CONTENT_TYPE": _octets | st.just("application/x-www-form-urlencoded"),
        "CONTENT_LENGTH": _lengths,
        "wsgi.input": _queries.map(lambda form: io.BytesIO(form.encode("latin-1"))),
        "wsgi.input_terminated": st.booleans(),
    }
)


@given(_requests)
@settings(max_examples=500)
def test_no_request_is_beyond_the_site(
    every_site: Site, environ: dict[str, object]
) -> None:
    assert every_site.send("", "", **environ).status < 500


@given(_queries)
def test_every_answer_of_the_endpoint_is_xml(every_site: Site, query: str) -> None:
    assert parse(every_site.oai(query).body) is not None
