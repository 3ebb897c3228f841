"""Hypothesis strategies for the values of the protocol, shared by all tests.

They draw every legal value, not only likely ones: all years, all text that XML can
carry, payloads with every arrangement of namespaces.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from hypothesis import strategies as st

from oai_provider.protocol.datestamp import Granularity
from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import (
    Body,
    DeletedRecord,
    Errors,
    Header,
    Headers,
    Identity,
    MetadataFormat,
    MetadataFormats,
    Record,
    Records,
    Response,
    ResumptionToken,
    Set,
    Sets,
)
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import Continuation, Position
from oai_provider.protocol.verbs import ARGUMENT_ORDER, ARGUMENTS, Verb
from oai_provider.protocol.xml import XSI, attribute, parse, payload, text

XML_SPACE = " \t\r\n"
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"

T = TypeVar("T")


def _some(
    values: st.SearchStrategy[T], least: int = 1
) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(values, min_size=least, max_size=2).map(tuple)


# Text.

# Production 2 of XML 1.0, and what has broken XML writers before.
xml_characters = st.characters(
    exclude_categories=("Cs", "Cc"),
    include_characters="\t\n\r\x7f\x85",
    exclude_characters="\ufffe\uffff",
)
_TRAPS = (
    *("]]>", "<", "&", "&amp;", "<![CDATA[", "<!--", "-->", "<?", "\r\n", "\r", "\t"),
    *('"', "'", " ", "\u00a0", "\u2028", "\ufdd0", "\U0001f600", "\U0010ffff", "a:b"),
)
xml_texts = st.lists(xml_characters | st.sampled_from(_TRAPS), max_size=8).map("".join)
stripped_texts = xml_texts.map(lambda value: value.strip(XML_SPACE))
# What a request may hold: anything Python's str can, lone surrogates too.
any_texts = st.lists(
    st.characters()
    | st.sampled_from([*_TRAPS, *"\x00\x0b\x1f\ufffe\uffff\ud800\udfff"])
).map("".join)

# Names and moments.

metadata_prefixes = st.text(UNRESERVED, min_size=1, max_size=40)
set_specs = st.lists(
    st.text(UNRESERVED, min_size=1, max_size=8), min_size=1, max_size=4
).map(":".join)
identifiers = st.builds(
    str.__add__,
    st.sampled_from(["oai:example.org:", "http://example.org/", "urn:isbn:", "hdl:1?"]),
    st.text(UNRESERVED + "$&+,;=:@/%", min_size=1, max_size=20).map(
        lambda value: value.replace("%", "%C3")
    ),
)
urls = st.text(UNRESERVED, max_size=10).map(lambda path: f"http://example.org/{path}")
moments = st.datetimes(timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


def datestamps(granularity: Granularity) -> st.SearchStrategy[datetime]:
    if granularity is Granularity.DAY:
        return moments.map(lambda moment: moment.replace(hour=0, minute=0, second=0))
    return moments


# XML documents.

# Neither relative nor with &: those cannot be canonicalised. "" undeclares.
_NAMESPACES = ("http://example.org/a", "http://example.org/b?x=1", "urn:x:y", XSI)
_PREFIXES = ("a", "b", "dc", "пр", "xsi")


@dataclass(frozen=True)
class _Scope:
    """The namespaces declared where an element stands."""

    default: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)

    def attributes(self, outer: "_Scope") -> str:
        """Write the declarations that lead here."""
        changed = [
            f' xmlns:{prefix}="{attribute(uri)}"'
            for prefix, uri in self.prefixes.items()
            if outer.prefixes.get(prefix) != uri
        ]
        if self.default != outer.default:
            changed.append(f' xmlns="{attribute(self.default)}"')
        return "".join(changed)


@st.composite
def _scopes(draw: st.DrawFn, outer: _Scope) -> _Scope:
    default = draw(st.sampled_from(["", *_NAMESPACES[:3], outer.default]))
    declared = draw(
        st.dictionaries(
            st.sampled_from(_PREFIXES[:4]), st.sampled_from(_NAMESPACES[:3]), max_size=2
        )
    )
    xsi = draw(st.sampled_from([{}, {"xsi": XSI}]))
    return _Scope(default, {**outer.prefixes, **declared, **xsi})


@st.composite
def _elements(draw: st.DrawFn, outer: _Scope, depth: int) -> str:
    """Draw an element; the outermost is always in a namespace."""
    scope = draw(_scopes(outer))
    names = [f"{prefix}:e" for prefix in scope.prefixes if prefix != "xsi"]
    if depth == 0 and not scope.default and not names:
        scope = _Scope(_NAMESPACES[0], scope.prefixes)
    unprefixed = ["e"] if depth or scope.default else []
    name = draw(st.sampled_from(unprefixed + names))
    content = "".join(draw(st.lists(_contents(scope, depth), max_size=3)))
    attributes = draw(_attributes(scope))
    return f"<{name}{scope.attributes(outer)}{attributes}>{content}</{name}>"


@st.composite
def _attributes(draw: st.DrawFn, scope: _Scope) -> str:
    # Local names differ, so that no two prefixes make one name of two.
    names = ["plain", *(f"{prefix}:{prefix}" for prefix in scope.prefixes)]
    chosen = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    return "".join(f' {name}="{attribute(draw(_values(scope)))}"' for name in chosen)


def _values(scope: _Scope) -> st.SearchStrategy[str]:
    """Draw text that may be, or hold, QNames of the scope."""
    qnames = [f"{prefix}:q" for prefix in (*scope.prefixes, "xsi")]
    return xml_texts | st.sampled_from(qnames)


def _contents(scope: _Scope, depth: int) -> st.SearchStrategy[str]:
    plain = st.text("abc: \n", max_size=5)
    leaves = (
        _values(scope).map(text)
        | plain.map("<!--{}-->".format)
        | plain.map("<?pi {}?>".format)
        | st.sampled_from(["<![CDATA[a:b & c]]>", "&#13;", "&lt;"])
    )
    return leaves | _elements(scope, depth + 1) if depth < 2 else leaves


documents = _elements(_Scope(), 0).map(str.encode)
payloads = documents.map(lambda document: payload(parse(document)))

# Responses.


def headers(granularity: Granularity) -> st.SearchStrategy[Header]:
    return st.builds(
        Header,
        identifier=identifiers,
        datestamp=datestamps(granularity),
        set_specs=_some(set_specs, 0),
        deleted=st.booleans(),
    )


@st.composite
def records(draw: st.DrawFn, granularity: Granularity) -> Record:
    header = draw(headers(granularity))
    if header.deleted:
        return Record(header)
    return Record(header, draw(payloads), draw(_some(payloads, 0)))


_sizes = st.integers(0, 10**18 - 1)
token_elements = st.none() | st.builds(
    ResumptionToken,
    value=stripped_texts,
    complete_list_size=st.none() | _sizes,
    cursor=st.none() | _sizes,
    expiration_date=st.none() | moments,
)
_descriptions = _some(payloads, 0)


def identities(granularity: Granularity) -> st.SearchStrategy[Identity]:
    return st.builds(
        Identity,
        repository_name=xml_texts,
        base_url=urls,
        admin_emails=_some(st.emails()),
        earliest_datestamp=datestamps(granularity),
        deleted_record=st.sampled_from(DeletedRecord),
        granularity=st.just(granularity),
        compressions=_some(stripped_texts, 0),
        descriptions=_descriptions,
    )


_formats = st.builds(
    MetadataFormat, metadata_prefix=metadata_prefixes, schema=urls, namespace=urls
)
_sets = st.builds(Set, spec=set_specs, name=xml_texts, descriptions=_descriptions)
_errors = st.builds(ProtocolError, st.sampled_from(ErrorCode), xml_texts)
undated_bodies: st.SearchStrategy[Body] = (
    st.builds(MetadataFormats, _some(_formats))
    | st.builds(Sets, _some(_sets), token_elements)
    | st.builds(Errors, _some(_errors))
)


def dated_bodies(granularity: Granularity) -> st.SearchStrategy[Body]:
    return (
        identities(granularity)
        | records(granularity)
        | st.builds(Headers, _some(headers(granularity)), token_elements)
        | st.builds(Records, _some(records(granularity)), token_elements)
    )


@st.composite
def responses(draw: st.DrawFn) -> Response:
    granularity = draw(st.sampled_from(Granularity))
    dated = draw(st.booleans())
    names = draw(st.lists(st.sampled_from(ARGUMENT_ORDER), unique=True))
    return Response(
        response_date=draw(moments),
        base_url=draw(urls),
        arguments=tuple((name, draw(xml_texts)) for name in names),
        body=draw(dated_bodies(granularity) if dated else undated_bodies),
        granularity=granularity if dated else Granularity.SECOND,
    )


# Tokens.

selections = st.builds(
    Selection,
    metadata_prefix=metadata_prefixes,
    from_=st.none() | moments,
    until=st.none() | moments,
    set_spec=st.none() | set_specs,
)
_positions = st.builds(Position, datestamp=moments, key=st.integers(0, 2**63 - 1))


@st.composite
def continuations(draw: st.DrawFn) -> Continuation:
    sizes = st.integers(0, 2**32 - 1)
    verb = draw(
        st.sampled_from([Verb.LIST_RECORDS, Verb.LIST_IDENTIFIERS, Verb.LIST_SETS])
    )
    of_sets = verb is Verb.LIST_SETS
    return Continuation(
        verb=verb,
        cursor=draw(sizes),
        complete_list_size=draw(sizes),
        selection=None if of_sets else draw(selections),
        after=None if of_sets else draw(st.none() | _positions),
        after_set=draw(st.none() | set_specs) if of_sets else None,
        expires=draw(st.none() | moments),
    )


# Requests.

Pairs = list[tuple[str, str]]

_LEGAL: dict[str, st.SearchStrategy[str]] = {
    "identifier": identifiers,
    "metadataPrefix": metadata_prefixes,
    "from": st.just("2001-01-01"),
    "until": st.just("2002-02-02"),
    "set": set_specs,
    "resumptionToken": st.text(UNRESERVED, min_size=1),
}


@st.composite
def legal_requests(draw: st.DrawFn) -> Pairs:
    """Draw the arguments of a request without fault, in any order."""
    verb = draw(st.sampled_from(Verb))
    table = ARGUMENTS[verb]
    optional = (
        st.sampled_from(sorted(table.optional)) if table.optional else st.nothing()
    )
    names = [*table.required, *draw(st.sets(optional))]
    if table.exclusive and draw(st.booleans()):
        names = [table.exclusive]
    pairs = [("verb", str(verb)), *((name, draw(_LEGAL[name])) for name in names)]
    return draw(st.permutations(pairs))


_names = st.sampled_from([*ARGUMENT_ORDER, "Verb", "metadataprefix"]) | any_texts
_values_near = st.sampled_from([*Verb, "oai_dc", "2001-01-01", "a:b", ""]) | any_texts
any_requests: st.SearchStrategy[Pairs] = st.lists(
    st.tuples(_names, _values_near), max_size=6
) | st.builds(
    lambda pairs, more: [*pairs, *more],
    legal_requests(),
    st.lists(st.tuples(_names, _values_near), max_size=3),
)
