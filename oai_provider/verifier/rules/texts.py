"""What does not belong into a text, or was lost on its way into it.

Most texts are right: a pattern is here for what it never matches in good prose. What
XML cannot carry the item model refuses; what it carries and nobody means is found here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from ftfy.badness import is_bad

from oai_provider.provider.doubts import EMAIL
from oai_provider.sources.doubts import Suspicion
from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach, Check
from oai_provider.verifier.subject import Kind, Subject, Told

_ANY: Final = frozenset(Kind)
_TITLE: Final = frozenset((Kind.TITLE,))
_NAME: Final = frozenset((Kind.NAME,))
_PROSE: Final = frozenset((Kind.PROSE,))
_SUBJECT: Final = frozenset((Kind.SUBJECT,))

_CONTROL: Final = re.compile("[\x7f-\x84\x86-\x9f\ufdd0-\ufdef]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_LOST_MARK: Final = "\ufffd"
_LOST: Final = re.compile(_LOST_MARK)
_TAG: Final = re.compile(
    r"</?(?:\w+:)?(?:p|i|b|u|a|em|strong|sub|sup|br|div|span|ul|ol|li|h[1-6]|font|img"
    r"|italic|bold|title|sec|abstract|table|tr|td|inline-formula)(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>",
    re.IGNORECASE,
)
_ENTITY: Final = re.compile(
    r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d{0,2});", re.IGNORECASE
)
_TEX: Final = re.compile(
    r"\\(?:textit|textbf|emph|mathrm|mathbb|mathcal|frac|alpha|beta|gamma|sqrt|['\"`^~])"
    r"\s*\{|\{\\['\"`^~]\w\}|\$\\[a-z]+"
)
_EMAIL: Final = re.compile(EMAIL.pattern.decode())
_LABEL: Final = re.compile(
    r"^(?:abstract|summary|r\u00e9sum\u00e9|resumen|resumo|zusammenfassung"
    r"|\u0430\u043d\u043d\u043e\u0442\u0430\u0446\u0438\u044f)\s*[:.\u2014-]\s",
    re.IGNORECASE,
)
_PLACEHOLDERS: Final = frozenset(
    (
        "n/a",
        "none",
        "null",
        "nil",
        "nan",
        "undefined",
        "untitled",
        "unknown",
        "unknown title",
        "no title",
        "[no title]",
        "no abstract",
        "no abstract available",
        "not available",
        "not provided",
        "not specified",
        "abstract not available",
        "tbd",
        "tba",
        "todo",
        "lorem ipsum",
        "s.n.",
        "[s.n.]",
    )
)
_HYPHEN: Final = re.compile(r"-\s?([^\W\d_]{2,})\b")
_BEFORE: Final = re.compile(r"\b[^\W\d_]{2,}$")
_LONGEST_WORD: Final = 40
# The first byte of a letter in UTF-8, and another one, read as if by Windows.
_TWISTED: Final = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192"
    "\u02c6\u02dc\u2013-\u2122]"
    "|[\u0420\u0421][\u00a0-\u00bf\u0402-\u040f\u0450-\u045f\u0490\u0491\u2013-\u2122]"
)
# These are written both ways by good writers.
_PREFIXES: Final = re.compile(
    "anti|auto|bi|bio|co|counter|cross|cyber|de|eco|geo|hyper|inter|intra|macro|meta"
    "|micro|mid|mini|multi|neo|neuro|non|over|photo|poly|post|pre|pro|proto|pseudo"
    "|psycho|re|self|semi|socio|sub|super|trans|ultra|under|un|up",
    re.IGNORECASE,
)
_LAST_WORD: Final = re.compile(r"(?<![\w.])[^\W\d_]{4,}\.$")
_FEWEST_CAPITALS: Final = 10
_MOST_COMMAS: Final = 3
_SHOWN: Final = 40

Shows = Callable[[Told], str | None]
"""Returns what is wrong in a text, as it stands there."""
Sign = Callable[[Subject], bool]
"""Tells soon of most items that nothing is wrong: False where no text can be."""


def _any_item(_: Subject) -> bool:
    return True


def _has(sign: str) -> Sign:
    return lambda subject: sign in subject.text


def _has_unseen(subject: Subject) -> bool:
    return not subject.is_printable


def _is_beyond_ascii(subject: Subject) -> bool:
    return not subject.text.isascii()


def _rule(
    code: str,
    kinds: frozenset[Kind],
    says: str,
    shows: Shows,
    sign: Sign = _any_item,
) -> Check:
    @check(code)
    def rule(subject: Subject) -> Iterator[Breach]:
        if not sign(subject):
            return
        for text in subject.texts:
            if text.kind in kinds and (shown := shows(text)) is not None:
                yield Breach(message=says, field=text.path, value=shown)

    return rule


def _matching(pattern: re.Pattern[str]) -> Shows:
    def shows(text: Told) -> str | None:
        found = pattern.search(text.value)
        return found[0] if found else None

    return shows


def _coded(pattern: re.Pattern[str]) -> Shows:
    """Show what cannot be seen by its number and the words around it."""

    def shows(text: Told) -> str | None:
        found = pattern.search(text.value)
        if found is None:
            return None
        start = max(0, found.start() - _SHOWN // 2)
        around = text.value[start : found.end() + _SHOWN // 2]
        return f"U+{ord(found[0]):04X} in {pattern.sub('·', around)!r}"

    return shows


def _mojibake(text: Told) -> str | None:
    value = text.value
    # Who knows takes long over a whole text: it is asked of suspicious places only.
    for found in _TWISTED.finditer(value):
        around = value[max(0, found.start() - _SHOWN // 2) : found.end() + _SHOWN // 2]
        if is_bad(around):
            return around
    return None


def _not_nfc(text: Told) -> str | None:
    value = text.value
    if unicodedata.is_normalized("NFC", value):
        return None
    return unicodedata.normalize("NFC", value)[:_SHOWN]


def _placeholder(text: Told) -> str | None:
    value = text.value
    return value if value.strip(" .-").casefold() in _PLACEHOLDERS else None


def _wordless(text: Told) -> str | None:
    value = text.value
    return None if value[:1].isalnum() or any(map(str.isalnum, value)) else value


def _capitals(text: Told) -> str | None:
    value = text.value
    if not (value.isupper() and " " in value):
        return None
    return value if sum(map(str.isalpha, value)) >= _FEWEST_CAPITALS else None


def _full_stop(text: Told) -> str | None:
    found = _LAST_WORD.search(text.value)
    return found[0] if found else None


def _several(text: Told) -> str | None:
    value = _ENTITY.sub("", text.value)
    if ";" in value or " | " in value or value.count(",") > _MOST_COMMAS:
        return text.value
    return None


@check("text-cut-word")
def cut_words(subject: Subject) -> Iterator[Breach]:
    """Find words with a hyphen that the same text has without one."""
    if "-" not in subject.text:
        return
    for text in subject.texts:
        if text.kind is not Kind.PROSE or "-" not in text.value:
            continue
        for written, joined in _joinable(text.value):
            message = f"{written!r} is written {joined!r} in the same text"
            yield Breach(message=message, field=text.path, value=written)


def _joinable(text: str) -> Iterator[tuple[str, str]]:
    """Yield words with a hyphen, and the joined form that is in the text as well."""
    folded = text.casefold()
    for found in _HYPHEN.finditer(text):
        start = found.start()
        before = _BEFORE.search(text[max(0, start - _LONGEST_WORD) : start])
        if before is None or _PREFIXES.fullmatch(before[0]) or found[1][0].isupper():
            continue
        joined = f"{before[0]}{found[1]}"
        # The name of a host has no hyphen where the words may well have one.
        pattern = rf"(?<![\w/.@]){joined.casefold()}(?!\w|\.\w)"
        if joined.casefold() in folded and re.search(pattern, folded):
            yield f"{before[0]}{found[0]}", joined


def _is_proven(one: Suspicion, text: Told) -> bool:
    """Tell whether a cut word is in the same text as a whole, and told as that."""
    joined = re.sub(r"-\s?", "", one.value).casefold()
    return one.rule == "cut-word" and joined in text.value.casefold()


def _suspicious(code: str, suspicion: str) -> Check:
    @check(code)
    def rule(subject: Subject) -> Iterator[Breach]:
        for text, one in subject.suspicions:
            if one.rule == suspicion and not _is_proven(one, text):
                message = f"{one.value!r} {one.reason}"
                yield Breach(message=message, field=text.path, value=one.value)

    return rule


CHECKS = (
    _rule(
        "text-mojibake",
        _ANY,
        "has letters of another encoding",
        _mojibake,
        _is_beyond_ascii,
    ),
    _rule(
        "text-replacement", _ANY, "has lost a letter", _coded(_LOST), _has(_LOST_MARK)
    ),
    _rule(
        "text-control", _ANY, "has a control character", _coded(_CONTROL), _has_unseen
    ),
    _rule(
        "text-invisible",
        _ANY,
        "has a mark nobody sees",
        _coded(_INVISIBLE),
        _has_unseen,
    ),
    _rule(
        "text-not-nfc",
        _ANY,
        "has accents apart from their letters",
        _not_nfc,
        _is_beyond_ascii,
    ),
    _rule("text-html", _ANY, "has a tag", _matching(_TAG), _has("<")),
    _rule(
        "text-double-escaped", _ANY, "was escaped twice", _matching(_ENTITY), _has("&")
    ),
    _rule("text-tex", _ANY, "has commands of TeX", _matching(_TEX), _has("\\")),
    cut_words,
    _suspicious("text-cut-word-likely", "cut-word"),
    _suspicious("text-glued-words", "glued-words"),
    _suspicious("text-missing-hyphen", "missing-hyphen"),
    _suspicious("text-dash", "hyphen-for-dash"),
    _rule("text-email", _ANY, "has an e-mail address", _matching(_EMAIL), _has("@")),
    _rule(
        "text-placeholder", _ANY - _NAME, "stands where nothing was known", _placeholder
    ),
    _rule("text-without-words", _ANY, "has neither letter nor digit", _wordless),
    _rule("text-label", _PROSE, "begins with its own name", _matching(_LABEL)),
    _rule("title-capitals", _TITLE, "is all in capitals", _capitals),
    _rule("title-full-stop", _TITLE, "ends with a full stop", _full_stop),
    _rule("subject-several", _SUBJECT, "seems to be several terms", _several),
)
