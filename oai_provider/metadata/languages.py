"""Languages and scripts in the codes that formats ask for, from one BCP 47 tag.

A code is given only where it is certain; a format leaves out what is None.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import langcodes

# ISO 639-2 codes of languages that have no code of two letters.
_ISO639_2_ALONE: Final = frozenset(
    """
    ace ach ada ady afa afh ain akk ale alg alt ang anp apa arc arn arp art arw ast ath
    aus awa bad bai bal ban bas bat bej bem ber bho bih bik bin bla bnt bra btk bua bug
    byn cad cai car cau ceb cel chb chg chk chm chn cho chp chr chy cmc cnr cop cpe cpf
    cpp crh crp csb cus dak dar day del den dgr din doi dra dsb dua dum dyu efi egy eka
    elx enm ewo fan fat fil fiu fon frm fro frr frs fur gaa gay gba gem gez gil gmh goh
    gon gor got grb grc gsw gwi hai haw hil him hit hmn hsb hup iba ijo ilo inc ine inh
    ira iro jbo jpr jrb kaa kab kac kam kar kaw kbd kha khi kho kmb kok kos kpe krc krl
    kro kru kum kut lad lah lam lez lol loz lua lui lun luo lus mad mag mai mak man map
    mas mdf mdr men mga mic min mis mkh mnc mni mno moh mos mul mun mus mwl mwr myn myv
    nah nai nap nds new nia nic niu nog non nqo nso nub nwc nym nyn nyo nzi osa ota oto
    paa pag pal pam pap pau peo phi phn pon pra pro raj rap rar roa rom rup sad sah sai
    sal sam sas sat scn sco sel sem sga sgn shn sid sio sit sla sma smi smj smn sms snk
    sog son srn srr ssa suk sus sux syc syr tai tem ter tet tig tiv tkl tlh tli tmh tog
    tpi tsi tum tup tut tvl tyv udm uga umb und vai vot wak wal war was wen xal yao yap
    ypk zap zbl zen zgh znd zun zxx zza
    """.split()  # noqa: SIM905 - a list of codes is read as one
)
# ISO 639-5: families of languages, which ISO 639-3 has no codes for.
_FAMILIES: Final = frozenset(
    """
    aav afa alg alv apa aqa aql art ath auf aus awd azc bad bai bat ber bih bnt btk cai
    cau cba ccn ccs cdc cdd cel cmc cpe cpf cpp crp csu cus day dmn dra egx esx euq fiu
    fox gem gme gmq gmw grk hmx hok hyx iir ijo inc ine ira iro itc jpx kar kdo khi kro
    map mkh mno mun myn nah nai ngf nic nub omq omv oto paa phi plf poz pqe pqw pra qwe
    roa sai sal sdv sem sgn sio sit sla smi son sqj ssa syd tai tbq trk tup tut tuw urj
    wak wen xgn xnd ypk zhx zle zls zlw znd
    """.split()  # noqa: SIM905 - a list of codes is read as one
)


@lru_cache(maxsize=1024)
def iso639_2b(tag: str) -> str | None:
    """Return the bibliographic code of MODS and MARC: `ger`, not `deu`.

    A language that ISO 639-2 knows only within a larger one has that one's code:
    Mandarin, `cmn`, is `chi`.
    """
    language = langcodes.Language.get(tag)
    for known in (language, language.prefer_macrolanguage()):
        code = known.language or "und"
        if len(code) == 2 or code in _ISO639_2_ALONE or _is_local(code):  # noqa: PLR2004 - letters
            return _alpha3(known, "B")
    return None


@lru_cache(maxsize=1024)
def iso639_3(tag: str) -> str | None:
    """Return the code of ISO 639-3, which has no codes for families of languages."""
    code = _alpha3(langcodes.Language.get(tag), "T")
    return None if code in _FAMILIES else code


def _alpha3(language: langcodes.Language, variant: str) -> str | None:
    if language.language is None:
        return "und"
    try:
        return language.to_alpha3(variant=variant)
    except LookupError:
        return None


def _is_local(code: str) -> bool:
    return "qaa" <= code <= "qtz"


# ISO 15924 codes by the first words of Unicode's names for a script's letters.
_SCRIPTS: Final[Mapping[str, str]] = {
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "COPTIC": "Copt",
    "ARMENIAN": "Armn",
    "GEORGIAN": "Geor",
    "HEBREW": "Hebr",
    "ARABIC": "Arab",
    "SYRIAC": "Syrc",
    "ETHIOPIC": "Ethi",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "GURMUKHI": "Guru",
    "GUJARATI": "Gujr",
    "ORIYA": "Orya",
    "TAMIL": "Taml",
    "TELUGU": "Telu",
    "KANNADA": "Knda",
    "MALAYALAM": "Mlym",
    "SINHALA": "Sinh",
    "THAI": "Thai",
    "LAO": "Laoo",
    "TIBETAN": "Tibt",
    "MYANMAR": "Mymr",
    "KHMER": "Khmr",
    "MONGOLIAN": "Mong",
    "HANGUL": "Hang",
    "HIRAGANA": "Hira",
    "KATAKANA": "Kana",
    "CJK": "Hani",
}
# Letters that belong to no script: signs such as the micro sign, and letters that
# only modify others.
_COMMON: Final = frozenset(
    ("MICRO", "FEMININE", "MASCULINE", "MODIFIER", "MATHEMATICAL")
)


def script_of(text: str) -> str | None:
    """Return the script of a text, if every letter in it is of one script we know."""
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else None
    scripts = {_script(character) for character in set(text)} - {""}
    return scripts.pop() if len(scripts) == 1 else None


@lru_cache(maxsize=8192)
def _script(character: str) -> str | None:
    """Return a letter's script; "" for what is no letter, None for one unknown."""
    if not unicodedata.category(character).startswith("L"):
        return ""
    first = unicodedata.name(character, "").partition(" ")[0]
    return "" if first in _COMMON else _SCRIPTS.get(first)
