"""What extraction did to a text, undone by rule; every change is told.

A rule changes only what it can prove from the text alone. Changes are kept in the
order they were made, and `offset` counts characters in the text as the rule found
it: undone from the last to the first they give back the text as it was printed. A
rule that is not in the set asked for leaves its fault as it stands.
"""
# ruff: noqa: RUF001 - the texts, and the words that tell, are Russian too

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from unicodedata import normalize

LETTERS: Final = r"[^\W\d_]"


class Rule(StrEnum):
    """A repair that can be switched off, by the name reports give it."""

    ENCODING = "encoding"
    GLUED_HEADING = "glued-heading"
    SOFT_HYPHEN = "soft-hyphen"
    ZERO_WIDTH = "zero-width"
    NO_BREAK_SPACE = "no-break-space"
    DECOMPOSED = "decomposed"
    HYPHENATION = "hyphenation"
    HYPHEN_SPACE = "hyphen-space"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What stood at an offset of a text, and what was put in its place."""

    rule: Rule
    before: str
    after: str
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair, and the changes that led to it, in their order."""

    text: str
    changes: tuple[Change, ...] = ()


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that texts hold, as `repair_hyphens` takes them for evidence."""
    return frozenset(w.casefold() for text in texts for w in _WORD.findall(text))


def repair_characters(text: str, rules: Collection[Rule]) -> Repaired:
    """Repair characters that nobody sees or that have another form, in any text."""
    return _apply(Repaired(text), _CHARACTER_RULES, rules, frozenset())


def repair_hyphens(
    text: str, rules: Collection[Rule], words: Collection[str]
) -> Repaired:
    """Repair the spelling of words; `words` are the evidence, those of the page."""
    return _apply(Repaired(text), _HYPHEN_RULES, rules, words)


_Rewrite = Callable[[re.Match[str], Collection[str]], str]
_Rewrites = Mapping[Rule, tuple[re.Pattern[str], _Rewrite]]


def _apply(
    repaired: Repaired,
    rewrites: _Rewrites,
    rules: Collection[Rule],
    words: Collection[str],
) -> Repaired:
    for rule, (pattern, rewrite) in rewrites.items():
        if rule in rules:
            text, found = repaired.text, []
            for match in pattern.finditer(text):
                after = rewrite(match, words)
                if after != match[0]:
                    found.append((match.start(), match[0], after))
            changed = _changed(text, rule, found)
            repaired = Repaired(changed.text, repaired.changes + changed.changes)
    return repaired


def _changed(text: str, rule: Rule, found: Iterable[tuple[int, str, str]]) -> Repaired:
    """Put what comes after in the place of what was before, from left to right."""
    pieces: list[str] = []
    changes: list[Change] = []
    end = length = 0
    for start, before, after in found:
        pieces += (text[end:start], after)
        offset = length + start - end
        changes.append(Change(rule=rule, before=before, after=after, offset=offset))
        end, length = start + len(before), offset + len(after)
    return Repaired("".join((*pieces, text[end:])), tuple(changes))


def _without(characters: str) -> _Rewrite:
    pattern = re.compile(characters)
    return lambda match, _: pattern.sub("", match[0])


def _composed(match: re.Match[str], _: Collection[str]) -> str:
    return normalize("NFC", match[0])


def _joined(match: re.Match[str], words: Collection[str]) -> str:
    """Join a word cut by a hyphen, if the page has it whole somewhere else."""
    left, right = match[1], match[2]
    compound = left.casefold() in _PREFIXES or (
        left.casefold() in words and right.casefold() in words
    )
    proven = (left + right).casefold() in words and right.islower() and not compound
    return left + right if proven else match[0]


def _closed(match: re.Match[str], _: Collection[str]) -> str:
    """Close `Nation- building`, but neither `pre- and post-` nor a dash."""
    left, right = match[1], match[2]
    return match[0] if right.casefold() in _NO_SECOND_PART else f"{left}-{right}"


_WORD: Final = re.compile(rf"(?<![\w-]){LETTERS}+(?![\w-])")
_BIT: Final = rf"{LETTERS}{{2,}}"
# A joiner means something between letters of Arabic or Indic scripts; not below.
_ZERO_WIDTH: Final = (
    "[\u200b\u2060\ufeff]|(?<![\u0590-\u1fff])[\u200c\u200d](?![\u0590-\u1fff])"
)

_CHARACTER_RULES: Final[_Rewrites] = {
    Rule.SOFT_HYPHEN: (re.compile(r"\S+"), _without("\u00ad")),
    Rule.ZERO_WIDTH: (re.compile(_ZERO_WIDTH), lambda _match, _words: ""),
    Rule.NO_BREAK_SPACE: (re.compile("[\u00a0\u2007\u202f]"), lambda _m, _words: " "),
    Rule.DECOMPOSED: (re.compile(r"\S+"), _composed),
}
_HYPHEN_RULES: Final[_Rewrites] = {
    Rule.HYPHENATION: (
        re.compile(rf"(?<![\w-])({_BIT})-\s?({_BIT})(?![\w-])"),
        _joined,
    ),
    Rule.HYPHEN_SPACE: (
        re.compile(rf"(?<![\w-])({_BIT}(?:-{LETTERS}+)*)-\s({LETTERS}+)(?!\w|-\s)"),
        _closed,
    ),
}

# Before these a hyphen may be the author's, also where others write one word.
_PREFIXES: Final = frozenset(
    """
    anti auto bi bio co contra counter cross cyber de eco electro ethno euro ex extra
    geo hyper infra inter intra macro mega meta micro mid mini mono multi neo neuro non
    on off over pan para poly post pre pro proto pseudo quasi re self semi socio sub
    super supra trans tri ultra un under vice
    анти авто био вице военно гео евро из контр кое макро меж микро много нео обер
    по полу пост про прото псевдо северо социо супер транс ультра экс этно юго
    """.split()  # noqa: SIM905 - a list of words is read as one
)
# A word that no compound ends in: what stands before it is a suspended hyphen,
# `pre- and post-`, `Vor- und`, `одно- и`, or a hyphen typed for a dash.
_NO_SECOND_PART: Final = frozenset(
    """
    and as but nor not or rather resp respectively than then through to versus vs with
    a an at by for from he her his in is it its of on she that the their these they
    this those was we were which who
    als auch beziehungsweise bis bzw noch oder sondern sowie statt und wie zu
    e et ed mais ni o ou u y
    а без бы в для до же за и из или к как либо на не но о он она они от по при с со
    так то у что это
    """.split()  # noqa: SIM905 - a list of words is read as one
)
