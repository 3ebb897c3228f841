"""The end of a list, judged: by what came and by what the endpoint says there is.

Pure: the same evidence gives the same verdict, with its reasons.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from oai_provider.harvester.order import Verdict
from oai_provider.harvester.outcome import NAMELESS, Outcome
from oai_provider.harvester.told import NOTHING

_WORST: Final = (Verdict.INCOMPLETE, Verdict.UNPROVABLE, Verdict.COMPLETE)


def judged(
    outcome: Outcome, quarantined: Mapping[str, str]
) -> tuple[Verdict, tuple[str, ...]]:
    """Return what a list came to, and why it is not complete.

    `quarantined` are all records of its format that cannot be kept, and why.
    """
    told = NOTHING
    if outcome.stopped:
        told = told.and_told("stopped before its end, as asked")
    for hole in outcome.holes:
        told = told.and_told(hole)
    if outcome.missing and not outcome.swept and not outcome.stopped:
        told = told.and_told(outcome.missing)
    for sentence in outcome.quarantined.first:
        told = told.and_told(sentence)
    for name, reason in quarantined.items():
        if not any(s.startswith(f"{name}: ") for s in told.first):
            told = told.and_told(f"{name}: {reason}")
    if told:
        return Verdict.INCOMPLETE, tuple(told)
    doubt = _doubt(outcome)
    return (Verdict.UNPROVABLE, (doubt,)) if doubt else (Verdict.COMPLETE, ())


def is_named(outcome: Outcome) -> bool:
    """Tell whether all that the list has was named, fit to be kept or not.

    Only then is what was not named no longer there.
    """
    proven = outcome.swept or _doubt(outcome) is None
    return is_received(outcome) and proven and not is_nameless_in(outcome)


def is_nameless_in(outcome: Outcome) -> bool:
    """Tell whether a record came, or may have, of which nobody knows the name."""
    told = outcome.quarantined
    is_cut = told.count > len(told.first)
    return is_cut or any(sentence.startswith(NAMELESS) for sentence in told.first)


def is_received(outcome: Outcome) -> bool:
    """Tell whether all was received that there is, fit to be kept or not.

    Then the next harvest can begin here: one bad record never holds up the others.
    """
    is_missing = bool(outcome.missing) and not outcome.swept
    return not (outcome.stopped or outcome.holes or is_missing)


def _doubt(outcome: Outcome) -> str | None:
    """Return what the endpoint would have to say for the list to be proven."""
    size, came = outcome.size, outcome.distinct
    if size is not None and came < size:
        return (
            f"completeListSize is {size}, where ListRecords and ListIdentifiers have"
            f" {came}: it would have to be the number of records"
        )
    if outcome.swept:
        return None
    if size is None and outcome.pages > 1:
        return (
            "no completeListSize is told: the endpoint would have to tell it, or"
            " harvest with --prove"
        )
    if size is not None and came > size:
        return (
            f"completeListSize is {size}, and {came} records came: it would have to be"
            " the number of records, or harvest with --prove"
        )
    if size is None and not outcome.proper:
        return "the list has no end that OAI-PMH 3.5 knows: harvest with --prove"
    return None


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of verdicts; of none, that nothing is missing."""
    found = {*verdicts}
    return next((v for v in _WORST if v in found), Verdict.COMPLETE)
