"""Requests that nobody should send, drawn from a seed.

Half are noise; half are legal requests with something done to them, since what is
nearly right gets deepest. Everything is bytes, as a WSGI server hands them on.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote_from_bytes

FORM: Final = b"application/x-www-form-urlencoded"
# If this is ever found in an answer, markup was reflected.
MARKUP: Final = b"<fuzz x='1'>"

_NAMES: Final = [
    *(b"verb", b"identifier", b"metadataPrefix", b"from", b"until", b"set"),
    *(b"resumptionToken", b"Verb", b"", b"metadataprefix", b"callback", b"verb "),
]
_VALUES: Final = [
    *(b"Identify", b"ListSets", b"ListRecords", b"ListIdentifiers", b"GetRecord"),
    *(b"ListMetadataFormats", b"oai_dc", b"mods", b"history", b"history:asia"),
    *(b"oai:library.example.org:kaziev", b"2024-02-29", b"2024-02-29T00:00:00Z"),
    *(b"marcxml", b"empty", b"oai:library.example.org:absent", b"9999-12-31"),
    *(b"0001-01-01", b"2024-02-30", b"", b" ", MARKUP, b"]]>", b"&lt;", b"'\"--"),
]
_NASTY: Final = [
    *(b"%", b"%0", b"%zz", b"%00", b"%0d%0aX-Injected:1", b"%c0%af", b"%ed%a0%80"),
    *(b"%f4%90%80%80", b"%ff%fe", b"%EF%BF%BE", b"%EF%B7%90", b"%C2%85", b"%E2%80%A8"),
    *(b"\x00", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\x7f"),
    *(b"+", b"&", b"=", b";", b"#", b"?", b"&&", b"==", b"%26", b"%3D", b"%25", b"\t"),
    *(b"${jndi:ldap://x}", b"../../etc/passwd", b"{{7*7}}", b"' OR 1=1 --", b"\\"),
    *(b"\xd9\xa1\xd9\xa2", b"\xe2\x80\xae", b"<!DOCTYPE x>", b"&#0;", b"\r\n", MARKUP),
]
_METHODS: Final = [
    *(["GET"] * 40 + ["POST"] * 20 + ["HEAD"] * 4),
    *("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "G", "QUERY"),
]
_TYPES: Final = [
    *([FORM] * 20 + [FORM + b"; charset=utf-8", FORM + b";charset=utf-16", b""]),
    *(FORM + b"; charset=\xff", FORM.upper(), b"multipart/form-data; boundary=x"),
    *(b"text/xml", b"application/json", b";", b"a" * 5000, b"text/plain\x00", MARKUP),
]
_ENCODINGS: Final = [
    *(b"gzip", b"gzip;q=0", b"*", b"*;q=0", b"identity;q=0", b"gzip;q=nan", b",,,"),
    *(b"gzip;q=1.0000000", b"gzip;q=-1", b"gzip;;q", b"br", b"\xff", b"gzip" * 2000),
    *(b"gzip;q=1e999", b"deflate, gzip;q=0.5, *;q=0.1", b"x-gzip", b"gzip;q="),
]
_HEADERS: Final = [
    *("HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_ACCEPT"),
    *("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PREFIX", "HTTP_RANGE", "HTTP_COOKIE"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_TRANSFER_ENCODING"),
    *("HTTP_EXPECT", "HTTP_CONTENT_ENCODING", "HTTP_USER_AGENT", "HTTP_X_\xff"),
]
_PATHS: Final = [
    *(b"/", b"/items/", b"/items/kaziev", b"/items/tie-3", b"/items/absent"),
    *(b"/oai/", b"//oai", b"/OAI", b"/oai/x", b"", b"/robots.txt", b"/static/x"),
    *(b"/static/../../oai_provider/config.py", b"/items/%2e%2e", b"/items/\xff\x00"),
    *(b"/items/" + MARKUP, b"/\r\nX: 1", b"/items/" + b"a" * 9000, b"/favicon.ico"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A request as a server would hand it on; `length` is what it claims to be."""

    method: str = "GET"
    path: bytes = b"/oai"
    query: bytes = b""
    body: bytes = b""
    length: str | None = None
    content_type: bytes = FORM
    ended: bool = False
    """Whether the server tells the application where the body ends."""
    headers: dict[str, bytes] = field(default_factory=dict)


class Attacker:
    """Draws attacks; the tokens are real ones, to be altered."""

    def __init__(self, seed: int, tokens: Sequence[str]) -> None:
        self._random = random.Random(seed)
        self._tokens = [token.encode() for token in tokens]
        self._forms: list[Callable[[], bytes]] = [
            *[self._altered] * 6,
            *(self._token, self._pairs, self._many, self._noise),
        ]

    def draw(self) -> Attack:
        """Return the next attack."""
        random_, choice = self._random, self._random.choice
        method, form = choice(_METHODS), choice(self._forms)()
        attack = Attack(method=method, query=form, headers=self._headers())
        if method == "POST" or random_.random() < 0.05:
            attack = self._with_body(attack, form)
        if random_.random() < 0.1:
            attack = replace(attack, path=choice(_PATHS))
        return attack

    def long(self, size: int) -> Attack:
        """Return a request whose body, or one value in it, is of that size."""
        filler = self._random.choice(
            [b"a", b"%41", b"&", b"=", b"%", b"+", b"\x00", b"a=b&", b"verb=Identify&"]
        )
        verb = self._random.choice([b"", b"verb=Identify&a=", b"verb=GetRecord&set="])
        verb = verb or b"verb=ListRecords&resumptionToken="
        body = (verb + filler * (size // len(filler) + 1))[:size]
        return Attack(method="POST", body=body, length=str(size))

    # Forms.

    def _noise(self) -> bytes:
        size = self._random.choice([0, 1, 3, 20, 200])
        return self._random.randbytes(size)

    def _value(self) -> bytes:
        random_ = self._random
        value = random_.choice(_VALUES) if random_.random() < 0.7 else self._noise()
        if random_.random() < 0.3:
            value = self._spoilt(value)
        return quote_from_bytes(value).encode() if random_.random() < 0.4 else value

    def _pair(self) -> bytes:
        name = self._random.choice(_NAMES)
        return (
            name + self._random.choice([b"=", b"=", b"=", b"", b"=="]) + self._value()
        )

    def _pairs(self) -> bytes:
        pairs = [self._pair() for _ in range(self._random.randrange(7))]
        verb = self._legal()[0] if self._random.random() < 0.7 else b""
        return b"&".join([verb, *pairs])

    def _many(self) -> bytes:
        if self._random.random() < 0.9:
            return self._pairs()
        count = self._random.choice([99, 101, 1000, 5000])
        return b"&".join([self._altered(), *([self._pair()] * count)])

    def _legal(self) -> list[bytes]:
        verb = self._random.choice(
            [
                b"verb=Identify",
                b"verb=ListSets",
                b"verb=ListMetadataFormats",
                b"verb=ListMetadataFormats&identifier=oai:library.example.org:kaziev",
                (
                    b"verb=GetRecord&identifier=oai:library.example.org:kaziev"
                    b"&metadataPrefix=oai_dc"
                ),
                b"verb=ListRecords&metadataPrefix=mods&set=history",
                (
                    b"verb=ListIdentifiers&metadataPrefix=oai_dc&from=2024-02-28"
                    b"&until=2024-02-29"
                ),
                b"verb=ListRecords&metadataPrefix=oai_dc&from=2024-02-29T00:00:00Z",
                b"verb=ListRecords&resumptionToken="
                + self._random.choice(self._tokens),
            ]
        )
        return verb.split(b"&")

    def _altered(self) -> bytes:
        """Return a legal request with one thing done to it, or nothing."""
        pairs, random_ = self._legal(), self._random
        place = random_.randrange(len(pairs))
        match random_.randrange(8):
            case 0:
                del pairs[place]
            case 1:
                pairs.append(pairs[place])
            case 2:
                pairs[place] = self._spoilt(pairs[place])
            case 3:
                pairs.append(self._pair())
            case 4:
                name = pairs[place].partition(b"=")[0]
                pairs[place] = name + b"=" + self._value()
            case 5:
                pairs[place] = pairs[place].swapcase()
            case 6:
                random_.shuffle(pairs)
            case _:
                pass
        return b"&".join(pairs)

    def _token(self) -> bytes:
        token = self._random.choice(self._tokens)
        verb = self._random.choice([b"ListRecords", b"ListIdentifiers", b"ListSets"])
        altered = self._random.choice(
            [self._spoilt(token), token[:-1], token + b"A", token + b"=", token * 9]
        )
        return b"verb=" + verb + b"&resumptionToken=" + altered

    def _spoilt(self, value: bytes) -> bytes:
        place = self._random.randrange(len(value) + 1)
        put = self._random.choice([*_NASTY, b"", self._random.randbytes(1)])
        return value[:place] + put + value[place + self._random.randrange(2) :]

    # HTTP.

    def _headers(self) -> dict[str, bytes]:
        random_, headers = self._random, {}
        if random_.random() < 0.5:
            headers["HTTP_ACCEPT_ENCODING"] = random_.choice(_ENCODINGS)
        while random_.random() < 0.3:
            headers[random_.choice(_HEADERS)] = self._value() + random_.choice(_NASTY)
        return headers

    def _with_body(self, attack: Attack, form: bytes) -> Attack:
        lengths = [str(len(form))] * 12
        lies = ["0", "-1", "1e3", "", "٣", " 5", "99999999999999999999", "70000"]
        more_or_less = [str(len(form) + 1), str(max(0, len(form) - 1))]
        length = self._random.choice([*lengths, *lies, *more_or_less, None])
        return replace(
            attack,
            query=self._random.choice([b"", b"", b"verb=Identify", attack.query]),
            body=form,
            length=length,
            content_type=self._random.choice(_TYPES),
            ended=self._random.random() < 0.3,
        )
