"""For every rule a provider that breaks it: ours, spoilt in one line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from validator.world import BASE_URL, Answered, Mutant, with_arguments

from oai_provider.metadata.oai_dc.write import SCHEMA
from oai_provider.protocol.verbs import ARGUMENTS, VERBS
from oai_provider.validator.endpoint import WHOLE
from oai_provider.validator.exchange import Pairs

Where = Callable[[dict[str, str]], bool]

KAZIEV: Final = "oai:library.example.edu:kaziev"
_LATEST: Final = (
    ("verb", "GetRecord"),
    ("identifier", "oai:library.example.edu:latest"),
    ("metadataPrefix", "oai_dc"),
)
CERIF: Final = "https://www.openaire.eu/cerif-profile/1.1/"
TIE_3: Final = "oai:library.example.edu:tie-3"
_IDENTIFY: Final = (("verb", "Identify"),)


def _always(_: Mapping[str, str]) -> bool:
    return True


def of(**wanted: str) -> Where:
    """Return what tells whether a request has arguments; "*" stands for any value."""
    return lambda given: all(
        name in given and value in {"*", given[name]} for name, value in wanted.items()
    )


def later(given: dict[str, str]) -> bool:
    """Tell whether a page is asked for that is not the first."""
    return "resumptionToken" in given


def answering(change: Callable[[Answered], Answered], where: Where = _always) -> Mutant:
    """Return one that changes answers to some requests."""
    return Mutant(answered=lambda a: change(a) if where(a.arguments) else a)


def swapped(
    old: str, new: str, verb: str = "", count: int = 1, where: Where = _always
) -> Mutant:
    """Return one whose answers (to a verb) say something else; `old` is a pattern."""
    pattern = re.compile(old.encode(), re.DOTALL)

    def change(answer: Answered) -> Answered:
        if verb and answer.arguments.get("verb") != verb:
            return answer
        return replace(answer, body=pattern.sub(new.encode(), answer.body, count=count))

    return answering(change, where)


def headed(name: str, value: str, where: Where = _always) -> Mutant:
    """Return one whose answers have another header."""
    return answering(lambda a: replace(a, headers={**a.headers, name: value}), where)


def changed(where: Where = _always, **fields: Any) -> Mutant:
    """Return one whose exchanges are otherwise."""
    return answering(lambda a: replace(a, **fields), where)


def erring(code: str, where: Where) -> Mutant:
    """Return one that answers some requests by an error."""
    error = rf'\1<error code="{code}">No.</error></OAI-PMH>'
    return swapped(r"(</request>|<request[^>]*/>).*</OAI-PMH>", error, where=where)


def taken(read: Callable[[Pairs], Pairs]) -> Mutant:
    """Return one that takes arguments for others."""
    return Mutant(asked=lambda r: with_arguments(r, read(r.arguments)))


def dropped(*names: str, where: Where = _always) -> Mutant:
    """Return one that does not see some arguments."""
    return taken(
        lambda pairs: tuple(
            pair for pair in pairs if pair[0] not in names or not where(dict(pairs))
        )
    )


def put(name: str, value: str, where: Where = _always) -> Mutant:
    """Return one that takes an argument for another, or finds it where it is not."""
    return taken(
        lambda pairs: (
            (*(pair for pair in pairs if pair[0] != name), (name, value))
            if where(dict(pairs))
            else pairs
        )
    )


def by_post(change: Callable[[Answered], Answered]) -> Mutant:
    """Return one whose answers to POST are others."""
    return Mutant(answered=lambda a: change(a) if a.request.method == "POST" else a)


def known_once(pairs: Pairs) -> Pairs:
    """Return the arguments that a verb takes, each once: nothing else is seen."""
    verb = VERBS.get(dict(pairs).get("verb", ""))
    names = ARGUMENTS[verb].all | {"verb"} if verb else {"verb"}
    first = {name: value for name, value in pairs[::-1] if name in names}
    return tuple(first.items())


def any_verb(pairs: Pairs) -> Pairs:
    """Return Identify for every request without a verb that there is."""
    return pairs if dict(pairs[:1]).get("verb") in VERBS else _IDENTIFY


def first_verb(pairs: Pairs) -> Pairs:
    """Return the request without its second verb."""
    return tuple(p for n, p in enumerate(pairs) if p[0] != "verb" or n == 0)


def not_empty(pairs: Pairs) -> Pairs:
    """Return the arguments that have a value."""
    return tuple(pair for pair in pairs if pair[1])


def says(name: str, value: str) -> Mutant:
    """Return one whose Identify says something else."""
    return swapped(f"<{name}>[^<]*<", f"<{name}>{value}<", "Identify")


def without_prefix(verb: str) -> Where:
    """Return what tells whether a verb is asked for without metadataPrefix."""
    return lambda given: (
        given.get("verb") == verb
        and not {"metadataPrefix", "resumptionToken"} & given.keys()
    )


def no_format(given: dict[str, str]) -> bool:
    """Tell whether a format is asked for that is none."""
    return given.get("metadataPrefix", "oai_dc") not in {"oai_dc", "mods"}


def no_item(given: dict[str, str]) -> bool:
    """Tell whether an item is asked for that is none."""
    return not given.get("identifier", KAZIEV).startswith("oai:library")


def dates_like(name: str, pattern: str) -> Where:
    """Return what tells whether a date is written in a way."""
    return lambda given: re.fullmatch(pattern, given.get(name, "")) is not None


def lenient(name: str, pattern: str) -> Mutant:
    """Return one that does not see a date that is written in a way."""
    return dropped(name, where=dates_like(name, pattern))


def serving_as(said: str) -> Mutant:
    """Return one that describes itself as a service of research information."""
    service = f'<description><Service xmlns="{CERIF}">{said}</Service></description>'
    return swapped("</Identify>", rf"{service}\g<0>", "Identify")


def _again(answer: Answered) -> bool:
    return answer.request.verb == "GetRecord" and answer.request.round == 1


# A format of which our catalogue has no schema; what is there is of its own address.
OWN_SCHEMA: Final = swapped(
    "<schema>[^<]*mods-3-8.xsd", "<schema>http://a.example/a.xsd", "ListMetadataFormats"
)


def _as_cerif(answer: Answered) -> Answered:
    """Return answers in which every record is a publication, and says it of others."""
    payload = (
        f'<Publication xmlns="{CERIF}" id="1"><Title>A</Title><PartOf><Publication'
        ' id="1"><Title>B</Title></Publication></PartOf><Authors><Person id="2"/>'
        "</Authors></Publication>"
    )
    body = re.sub(rb"<mods .*?</mods>", payload.encode(), answer.body, flags=re.DOTALL)
    return replace(answer, body=body.replace(b"http://www.loc.gov/mods/v3<", _DECLARED))


_DECLARED: Final = f"{CERIF}<".encode()
CRIS: Final = replace(answering(_as_cerif), depth=WHOLE)


MUTANTS: Final[dict[str, Mutant]] = {
    # Identify.
    "identify-answered": swapped("<Identify>.*</Identify>", "", "Identify"),
    "identify-elements-once": swapped(
        "<deletedRecord>.*?</deletedRecord>", "", "Identify"
    ),
    "identify-base-url": swapped("<baseURL>https", "<baseURL>http", "Identify"),
    "identify-repository-name": says("repositoryName", " "),
    "identify-protocol-version": swapped(">2.0<", ">1.1<", "Identify"),
    "identify-admin-email": swapped(
        "<adminEmail>", "<adminEmail>The Library ", "Identify"
    ),
    "identify-admin-email-reachable": swapped(
        "<adminEmail>[^<]*", "<adminEmail>root@localhost", "Identify"
    ),
    "identify-granularity": swapped("hh:mm:ssZ<", "HH:MM:SSZ<", "Identify"),
    "identify-deleted-record": swapped(
        "<deletedRecord>.*?<", "<deletedRecord>sometimes<", "Identify"
    ),
    "identify-earliest-datestamp": swapped(
        "<earliestDatestamp>.*?<", "<earliestDatestamp>0000-00-00<", "Identify"
    ),
    "identify-earliest-granularity": swapped(
        "<earliestDatestamp>.*?<", "<earliestDatestamp>1999-01-01<", "Identify"
    ),
    "identify-earliest-is-lowest": swapped(
        "<earliestDatestamp>20", "<earliestDatestamp>21", "Identify"
    ),
    "identify-compression": swapped(
        "<description>", "<compression>identity</compression><description>", "Identify"
    ),
    "identify-description-schema": swapped("<scheme>oai<", "<scheme>doi<", "Identify"),
    "identify-oai-identifier-once": swapped(
        "(<description><oai-identifier.*?</description>)", r"\1\1", "Identify"
    ),
    "identify-oai-identifier-domain": swapped(
        "<repositoryIdentifier>.*?<", "<repositoryIdentifier>library<", "Identify"
    ),
    "identify-oai-identifier-sample": swapped(
        "<sampleIdentifier>oai:", "<sampleIdentifier>oai:x", "Identify"
    ),
    "identify-oai-identifier-used": swapped(
        "<repositoryIdentifier>", "<repositoryIdentifier>x.", "Identify"
    ),
    "identify-version-1": swapped(
        'xmlns="http://www.openarchives.org/OAI/2.0/"',
        'xmlns="http://www.openarchives.org/OAI/1.1/OAI_Identify"',
        "Identify",
    ),
    "identify-admin-email-mailto": swapped(
        "<adminEmail>", "<adminEmail>mailto:", "Identify"
    ),
    "identify-admin-email-plain": swapped(
        "<adminEmail>library", "<adminEmail>library+oai", "Identify"
    ),
    "identify-description-given": swapped(
        "<description>.*</description>", "", "Identify"
    ),
    "identify-name-latin": says("repositoryName", "Библиотека"),
    "identify-oai-identifier-namespace": swapped(
        "2.0/oai-identifier", "1.1/oai-identifier", "Identify"
    ),
    "identify-oai-identifier-prefixed": swapped(
        '<oai-identifier xmlns=("[^"]*")(.*?)</oai-identifier>',
        r"<o:oai-identifier xmlns=\1 xmlns:o=\1\2</o:oai-identifier>",
        "Identify",
    ),
    # Formats.
    "formats-answered": erring("badVerb", of(verb="ListMetadataFormats")),
    "formats-oai-dc": swapped(">oai_dc<", ">dc<", "ListMetadataFormats"),
    "formats-oai-dc-namespace": swapped(
        "<metadataNamespace>[^<]*oai_dc/",
        "<metadataNamespace>http://purl.org/dc/elements/1.1/",
        "ListMetadataFormats",
    ),
    "formats-prefix-syntax": swapped(">mods<", ">mods 3/8<", "ListMetadataFormats"),
    "formats-prefix-unique": swapped(">mods<", ">oai_dc<", "ListMetadataFormats"),
    "formats-schema-url": swapped(
        "<schema>[^<]*", "<schema>mods-3-8.xsd", "ListMetadataFormats"
    ),
    "formats-namespace-given": swapped(
        "(<metadataNamespace>)[^<]*", r"\1mods", "ListMetadataFormats"
    ),
    "formats-of-item-declared": swapped(">mods<", ">marc21<", where=of(identifier="*")),
    "formats-of-item-answered": erring(
        "noMetadataFormats", of(verb="ListMetadataFormats", identifier=KAZIEV)
    ),
    "formats-of-item-disseminated": erring(
        "cannotDisseminateFormat", of(verb="GetRecord", metadataPrefix="mods")
    ),
    "formats-payload-namespace": swapped(
        'oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"',
        'oai_dc="http://www.openarchives.org/OAI/2.0/dc/"',
        "ListRecords",
    ),
    "formats-payload-schema-location": swapped(
        'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/[^"]*"',
        "",
        "ListRecords",
    ),
    "formats-payload-schema-agrees": swapped(
        r"2.0/oai_dc.xsd", "2.0/dc.xsd", "ListRecords"
    ),
    "formats-payload-schema": swapped("dc:title", "dc:headline", "ListRecords", 2),
    "formats-namespace-known": swapped("loc.gov/mods/v3", "loc.gov/MARC21/slim"),
    "formats-namespace-unique": swapped(
        "http://www.loc.gov/mods/v3<", "http://www.openarchives.org/OAI/2.0/oai_dc/<"
    ),
    "formats-schema-unique": swapped(
        "<schema>[^<]*mods-3-8.xsd", f"<schema>{SCHEMA}", "ListMetadataFormats"
    ),
    "formats-schema-official": swapped(
        "<schema>http://www.loc", "<schema>http://mods.loc", "ListMetadataFormats"
    ),
    "formats-schema-there": Mutant(
        asked=lambda r: replace(r, url=""), answered=OWN_SCHEMA.answered
    ),
    "formats-schema-namespace": OWN_SCHEMA,
    "formats-none-of-item": swapped(
        "<metadataFormat>.*</metadataFormat>", "", where=of(identifier=KAZIEV)
    ),
    "formats-of-deleted": erring(
        "idDoesNotExist", of(verb="ListMetadataFormats", identifier=TIE_3)
    ),
    # Sets.
    "sets-answered": erring("badVerb", of(verb="ListSets")),
    "sets-spec-syntax": swapped(">law<", ">law &amp; order<", "ListSets"),
    "sets-spec-unique": swapped("<setSpec>history<", "<setSpec>empty<", "ListSets"),
    "sets-name": swapped("Nothing yet", "", "ListSets"),
    "sets-parents": swapped("<setSpec>history<", "<setSpec>other<", "ListSets"),
    "sets-description-schema": swapped("dc:description", "dc:about", "ListSets", 2),
    "sets-in-headers-listed": swapped("<setSpec>law<", "<setSpec>rules<", "ListSets"),
    "sets-none-in-headers": erring("noSetHierarchy", of(verb="ListSets")),
    "sets-none-to-ask-for": replace(dropped("set"), library="setless"),
    "sets-unknown": dropped("set"),
    "sets-syntax-refused": dropped("set"),
    "sets-selective": dropped("set"),
    "sets-found-again": put("set", "empty", of(set="*")),
    "sets-none-to-ask-for-records": replace(dropped("set"), library="setless"),
    "sets-union": erring("noRecordsMatch", of(set="history")),
    # Records.
    "get-record-answered": erring("idDoesNotExist", of(verb="GetRecord")),
    "get-record-identifier": put("identifier", KAZIEV, of(verb="GetRecord")),
    "get-record-datestamp": swapped("<datestamp>2024", "<datestamp>2023", "GetRecord"),
    "get-record-sets": swapped("<setSpec>.*?</setSpec>", "", "GetRecord"),
    "get-record-status": swapped("<header>", '<header status="deleted">', "GetRecord"),
    "get-record-metadata": swapped("Title of", "Titel von", "GetRecord"),
    "record-identifier-uri": swapped(
        "<identifier>oai:library.example.edu:", "<identifier>", "ListRecords"
    ),
    "record-datestamp": swapped("T23:59:58Z<", "T23:59:58.123Z<", "ListRecords"),
    "record-datestamp-granularity": swapped("T23:59:58Z<", "<", "ListRecords"),
    "record-datestamp-future": swapped(
        "<datestamp>2024", "<datestamp>2034", "ListRecords"
    ),
    "record-set-spec-syntax": swapped(">history:asia<", ">history/asia<"),
    "record-has-metadata": swapped("<metadata>.*?</metadata>", "<metadata/>"),
    "record-about-schema": swapped("rightsReference ref", "rightsReference href"),
    "record-provenance-order": swapped('Date="2023', 'Date="2000', "ListRecords"),
    "record-provenance-unaltered": swapped(
        'altered="true"(.*?)oai_dc/<', r'altered="false"\1dc/<', "ListRecords"
    ),
    "record-provenance-elsewhere": swapped(
        "https://second.example.net/oai", BASE_URL, "ListRecords"
    ),
    "record-provenance-once": swapped(
        "</record>(.*?)(<about><provenance.*?</about>)",
        r"\2</record>\1\2",
        "ListRecords",
    ),
    "record-relations": swapped(
        "</dc:title>",
        r"\g<0><dc:relation>oai:library.example.edu:none</dc:relation>",
        "ListRecords",
    ),
    # What records hold.
    "record-handle-placeholder": swapped(
        "library.example.edu/items", "hdl.handle.net/123456789", "ListRecords"
    ),
    "record-same-url": swapped(
        "(<dc:identifier>)https:[^<]*", r"\1https://library.example.edu/", count=0
    ),
    "record-double-encoded": swapped("Title of", "TÃ­tle of", "ListRecords"),
    # Lists.
    "list-identifiers-answered": erring("badArgument", of(verb="ListIdentifiers")),
    "list-records-answered": erring("badArgument", of(verb="ListRecords")),
    # Deleted records.
    "deleted-policy-no": says("deletedRecord", "no"),
    "deleted-without-metadata": swapped(
        '("deleted">.*?</header>)', r"\1<metadata><a xmlns='urn:a'/></metadata>"
    ),
    "deleted-get-record": erring("idDoesNotExist", of(identifier=TIE_3)),
    "deleted-get-record-metadata": swapped(
        '("deleted">.*?</header>)', r"\1<metadata/>", "GetRecord"
    ),
    "deleted-in-window": swapped(
        '<header status="deleted">.*?</header>', "", where=of(until="*")
    ),
    "deleted-support": says("deletedRecord", "no"),
    "deleted-first-page": swapped(
        "<header>", '<header status="deleted">', "ListIdentifiers", 0
    ),
    # Dates.
    "dates-from": dropped("from"),
    "dates-until": dropped("until"),
    "dates-inclusive": erring("noRecordsMatch", of(**{"from": "*", "until": "*"})),
    "dates-days": erring("badArgument", dates_like("until", "[0-9-]{10}")),
    "dates-before-all": dropped("until"),
    "dates-future": dropped("from"),
    "dates-windows": dropped("from"),
    "dates-finer": replace(dropped("from"), library="days"),
    "dates-junk-from": lenient("from", "junk"),
    "dates-junk-until": lenient("until", "junk"),
    "dates-turned": erring("noRecordsMatch", of(until="2001-01-01")),
    "dates-mixed": lenient("from", "2001-01-01"),
    "dates-no-such-day": lenient("from", "2001-02-30"),
    "dates-no-such-month": lenient("until", "2001-13-01"),
    "dates-no-such-hour": lenient("from", ".*T25.*"),
    "dates-year-alone": lenient("from", "2001"),
    "dates-fraction": lenient("from", r".*\.0Z"),
    "dates-offset": lenient("from", r".*\+01:00"),
    "dates-without-z": lenient("from", ".*T[0-9:]{8}"),
    "dates-lower-case": lenient("from", ".*z"),
    "dates-blank": lenient("until", ".* .*"),
    "dates-inclusive-records": erring(
        "noRecordsMatch", of(**{"verb": "ListRecords", "from": "*", "until": "*"})
    ),
    "dates-moment": dropped("until", where=of(**{"from": "*"})),
    "dates-leap-second": erring("badVerb", of(until="2016-12-31T23:59:60Z")),
    "dates-no-leap-day": lenient("from", "1900-02-29"),
    "dates-hour-24": lenient("from", ".*T24.*"),
    "dates-no-such-minute": lenient("from", ".*:60:.*"),
    "dates-no-such-second": lenient("from", ".*:61Z"),
    "dates-zero": lenient("from", "0000.*"),
    "dates-without-hyphens": lenient("from", "[0-9]{8}"),
    "dates-junk-identifiers-from": lenient("from", "junk"),
    "dates-junk-identifiers-until": lenient("until", "junk"),
    # Tokens.
    "token-one": swapped(
        "(<resumptionToken.*?</resumptionToken>)", r"\1\1", "ListRecords"
    ),
    "token-first-not-empty": replace(
        swapped("</ListRecords>", "<resumptionToken/></ListRecords>"), library="whole"
    ),
    "token-leads-on": erring("badResumptionToken", later),
    "token-moves": answering(
        lambda a: replace(
            a,
            body=re.sub(
                rb"(<resumptionToken[^>]*>)[^<]+",
                rb"\g<1>" + a.arguments["resumptionToken"].encode(),
                a.body,
            ),
        ),
        later,
    ),
    "token-new-records": swapped("tie-5<", "tie-2<", "ListRecords"),
    "token-last-empty": swapped("<resumptionToken[^>]*?/>", ""),
    "token-again": Mutant(
        answered=lambda a: replace(a, body=b"") if a.request.round > 1 else a
    ),
    "token-exclusive": dropped("metadataPrefix", where=later),
    "token-exclusive-until": dropped("until", where=later),
    "token-unknown-records": erring("badArgument", of(verb="ListRecords")),
    "token-unknown-identifiers": erring("badArgument", of(verb="ListIdentifiers")),
    "token-unknown-sets": erring("badArgument", of(verb="ListSets")),
    "token-other-verb": put(
        "verb", "ListRecords", of(verb="ListIdentifiers", resumptionToken="*")
    ),
    "token-numbers": swapped('Size="12"', 'Size="about 12"'),
    "token-cursor": swapped('cursor="0"', 'cursor="1"'),
    "token-size-stable": swapped('Size="12"', 'Size="8"', where=later),
    "token-size-true": swapped('Size="12"', 'Size="120"'),
    "token-expiration-date": swapped(
        "<resumptionToken ", '<resumptionToken expirationDate="2035-01-01" '
    ),
    "token-expiration-ahead": swapped(
        "<resumptionToken ", '<resumptionToken expirationDate="2001-01-01T00:00:00Z" '
    ),
    "token-keeps-until": swapped("<datestamp>20", "<datestamp>21", where=later),
    "token-keeps-set": swapped("<setSpec>.*?</setSpec>", "", count=9, where=later),
    "token-keeps-format": swapped(
        "<oai_dc:dc.*?</oai_dc:dc>", "<a xmlns='urn:a'/>", count=9, where=later
    ),
    "token-tampered": answering(
        lambda a: (
            replace(a, status=500, body=b"") if b"badResumptionToken" in a.body else a
        )
    ),
    "token-by-post": by_post(
        lambda a: replace(a, body=b"") if later(a.arguments) else a
    ),
    "token-escaped": Mutant(
        answered=lambda a: replace(a, body=b"") if a.request.written else a
    ),
    "token-life": swapped(
        "<resumptionToken ", '<resumptionToken expirationDate="2024-03-02T00:00:00Z" '
    ),
    "token-lives": erring(
        "badResumptionToken", of(verb="ListIdentifiers", resumptionToken="*")
    ),
    "token-list-moved": swapped("<datestamp>20", "<datestamp>21", where=later),
    # Contradictions.
    "contradiction-post": by_post(
        lambda a: replace(a, body=a.body.replace(b"tie-1", b"tie-9"))
    ),
    "contradiction-order": Mutant(
        answered=lambda a: (
            a
            if a.request.arguments[:1] != (("metadataPrefix", "oai_dc"),)
            else replace(a, status=400, body=b"")
        )
    ),
    "contradiction-escapes": Mutant(
        answered=lambda a: replace(a, body=b"") if a.request.written else a
    ),
    "contradiction-again": Mutant(
        answered=lambda a: (
            replace(a, body=a.body.replace(b"tie-1", b"tie-9"))
            if a.request.round
            else a
        )
    ),
    "contradiction-identify": by_post(
        lambda a: replace(a, body=a.body.replace(b"URL>https", b"URL>http"))
    ),
    "contradiction-lists": swapped("tie-2<", "tie-x<", "ListIdentifiers"),
    "contradiction-headers": swapped("<setSpec>law</setSpec>", "", "ListIdentifiers"),
    # Errors.
    **dict.fromkeys(
        ("error-no-verb", "error-unknown-verb", "error-empty-verb", "error-verb-case"),
        taken(any_verb),
    ),
    "error-repeated-verb": taken(first_verb),
    **dict.fromkeys(
        (
            "error-identify-argument",
            "error-list-sets-argument",
            "error-list-formats-argument",
            "error-get-record-argument",
            "error-list-records-unknown-argument",
            "error-list-identifiers-unknown-argument",
            "error-list-records-identifier",
            "error-repeated-argument",
            "error-repeated-from",
            "error-get-record-token",
            "error-identify-token",
            "error-identify-unknown-argument",
            "error-list-sets-unknown-argument",
            "error-list-formats-unknown-argument",
            "error-get-record-unknown-argument",
            "error-get-record-set",
            "error-list-identifiers-identifier",
        ),
        taken(known_once),
    ),
    "error-argument-case": taken(
        lambda pairs: tuple((n.replace("prefix", "Prefix"), v) for n, v in pairs)
    ),
    "error-list-records-no-prefix": put(
        "metadataPrefix", "oai_dc", without_prefix("ListRecords")
    ),
    "error-list-identifiers-no-prefix": put(
        "metadataPrefix", "oai_dc", without_prefix("ListIdentifiers")
    ),
    "error-get-record-no-prefix": put(
        "metadataPrefix", "oai_dc", without_prefix("GetRecord")
    ),
    "error-get-record-no-identifier": put(
        "identifier", KAZIEV, lambda given: "identifier" not in given
    ),
    "error-empty-prefix": put("metadataPrefix", "oai_dc", of(metadataPrefix="")),
    "error-empty-from": taken(not_empty),
    "error-empty-until": taken(not_empty),
    "error-empty-token": erring("noRecordsMatch", of(resumptionToken="")),
    **dict.fromkeys(
        (
            "error-prefix-syntax",
            "error-list-records-format",
            "error-list-identifiers-format",
            "error-get-record-format",
        ),
        put("metadataPrefix", "oai_dc", no_format),
    ),
    "error-get-record-unknown-id": put("identifier", KAZIEV, no_item),
    "error-list-formats-unknown-id": dropped("identifier", where=no_item),
    "error-identifier-quote": swapped(
        "<request", '<request identifier="""', where=no_item
    ),
    "error-code-known": swapped('"badVerb"', '"noVerb"'),
    "error-message": swapped('("badVerb">)[^<]*', r"\1"),
    "error-status": changed(of(verb="NoSuchVerb"), status=400),
    "error-alone": swapped("<Identify>", '<error code="badVerb">x</error><Identify>'),
    "error-echo": swapped("<request>", '<request verb="NoSuchVerb">'),
    "error-server": changed(of(verb="NoSuchVerb"), status=500, body=b""),
    "error-empty-list": swapped("<record>.*</record>", "", "ListRecords"),
    "error-bare-word": taken(any_verb),
    "error-empty-set": taken(not_empty),
    "error-empty-identifier": put("identifier", KAZIEV, of(identifier="")),
    "error-get-record-empty-prefix": put(
        "metadataPrefix", "oai_dc", of(metadataPrefix="")
    ),
    **dict.fromkeys(
        ("error-junk-token-until", "error-junk-token-prefix"),
        erring("noRecordsMatch", of(resumptionToken="no-such-token")),
    ),
    **dict.fromkeys(
        ("error-escape-broken", "error-escape-not-utf8", "error-escape-control"),
        Mutant(
            answered=lambda a: replace(a, body=b"") if a.request.written else a,
        ),
    ),
    "error-escape-markup": swapped(
        "<request", "<request identifier='<!DOCTYPE", where=no_item
    ),
    # HTTP.
    "http-post": by_post(lambda a: replace(a, status=405, body=b"")),
    "http-post-charset": Mutant(
        answered=lambda a: replace(a, body=b"") if "UTF-8" in str(a.request) else a
    ),
    "http-content-type": headed("Content-Type", "application/xml"),
    "http-charset": headed("Content-Type", "text/xml; charset=ISO-8859-1"),
    "http-redirect": changed(url="https://www.example.edu/oai?verb=Identify"),
    "http-retry-after": changed(delays=(("503", ""),)),
    "http-identity": Mutant(
        asked=lambda r: replace(r, headers=(("Accept-Encoding", "gzip"),))
    ),
    "http-gzip": headed("Content-Encoding", "br"),
    "http-compression-declared": swapped("<compression>gzip</compression>", ""),
    "http-clock": headed("Date", "Thu, 01 Jan 1970 00:00:00 GMT"),
    "http-depth-time": changed(later, seconds=5.0),
    "http-time": changed(seconds=61.0),
    "http-redirect-permanent": changed(redirects=(("301", "https://example.edu/"),)),
    "http-redirect-host": changed(url="https://www.example.edu/oai?verb=Identify"),
    "http-redirect-ends": changed(
        of(verb="ListSets"), status=0, redirects=(("302", "ftp://example.edu/"),)
    ),
    "http-answered": changed(of(verb="ListSets"), status=0),
    "http-status": changed(of(verb="ListSets"), status=404),
    "http-size": changed(of(verb="ListSets"), fault="too large"),
    "http-retry-after-form": changed(delays=(("503", "soon"),)),
    "http-retry-after-date": changed(
        delays=(("503", "Thu, 29 Feb 2024 00:00:00 GMT"),)
    ),
    "http-retry-after-long": changed(delays=(("503", "7200"),)),
    "http-head": Mutant(
        answered=lambda a: replace(a, status=405) if a.request.method == "HEAD" else a
    ),
    "http-post-get-record": by_post(lambda a: replace(a, status=405, body=b"")),
    "http-post-same-record": by_post(
        lambda a: replace(a, body=a.body.replace(b"Title of", b"Titel von"))
    ),
    "http-codings-delivered": swapped(
        "<compression>", "<compression>deflate</compression><compression>"
    ),
    "http-cache": headed("Cache-Control", "public, max-age=86400"),
    "http-certificate": changed(certificate_until="2024-03-09T00:00:00Z"),
    # XML.
    "xml-well-formed": swapped("Examples &amp;", "Examples &"),
    "xml-doctype": swapped("<OAI-PMH", "<!DOCTYPE OAI-PMH>\n<OAI-PMH"),
    "xml-declaration": swapped(r"<\?xml.*?\?>\n", ""),
    "xml-utf8": swapped('encoding="UTF-8"', 'encoding="ISO-8859-1"'),
    "xml-bom": swapped("\\A", "\ufeff"),
    "xml-root": swapped(
        'xmlns="http://www.openarchives.org/OAI/2.0/"', 'xmlns="urn:a"'
    ),
    "xml-prefixed": swapped(
        "<OAI-PMH (.*)</OAI-PMH>",
        r'<o:OAI-PMH xmlns:o="http://www.openarchives.org/OAI/2.0/" \1</o:OAI-PMH>',
    ),
    "xml-schema-location": swapped(" xsi:schemaLocation=.*?>", ">"),
    "xml-response-date": swapped("02Z</responseDate>", "02.5Z</responseDate>"),
    "xml-request-base-url": swapped(">https://library", ">http://localhost"),
    "xml-request-echo": swapped(' metadataPrefix="oai_dc">', ">"),
    "xml-request-invented": swapped('verb="ListSets"', 'verb="ListSets" set="a"'),
    "xml-answer": swapped("ListSets>", "Sets>", count=2),
    "xml-envelope-schema": swapped("(<protocolVersion>.*?\\n)(<admin.*?\\n)", r"\2\1"),
    # Performance.
    "performance-page-size": swapped('Size="12"', 'Size="12000"'),
    "performance-first-byte": changed(first_byte=9.0),
    "performance-rate": changed(seconds=30.0),
    "performance-record-size": swapped("</ListRecords>", f"{' ' * 499_999}\\g<0>"),
    "performance-at-once": Mutant(
        answered=lambda a: replace(a, status=500, body=b"") if _again(a) else a
    ),
    "performance-not-mixed": Mutant(
        asked=lambda r: replace(r, arguments=_LATEST) if r.round else r
    ),
    "performance-vary": answering(
        lambda a: replace(a, headers={"Content-Encoding": "gzip", "Vary": "Origin"}),
        of(verb="Identify"),
    ),
    # Research information.
    "cris-service-one": swapped(
        "http://www.loc.gov/mods/v3<", f"{CERIF}<", "ListMetadataFormats"
    ),
    "cris-oai-identifier": swapped(
        "<description><oai-identifier.*?</description>",
        f'<description><Service xmlns="{CERIF}"/></description>',
        "Identify",
    ),
    "cris-service-acronym": serving_as("<Acronym>other.example.edu</Acronym>"),
    "cris-service-base-url": serving_as("<OAIPMHBaseURL>http://a/</OAIPMHBaseURL>"),
    "cris-service-format": serving_as("<Compatibility>urn:a#1.2</Compatibility>"),
    "cris-sets": serving_as(""),
    "cris-references": CRIS,
    "cris-conflicts": CRIS,
    "xml-utf8-bytes": answering(
        lambda a: replace(a, body=a.body.replace(b"Examples", b"Ex\xe4mples"))
    ),
    "xml-characters": swapped("Examples", "Examp&#12;les"),
    "xml-blank-first": swapped(r"\A", "\n"),
    "xml-schema-location-literal": swapped("xsi", "i", count=2),
}
