"""The end of a list, judged: by what came and by what the endpoint says there is.

Pure: the same evidence gives the same verdict, with its reasons.
"""

from collections.abc import Iterable
from typing import Final

from oai_provider.harvester.listing import is_nameless
from oai_provider.harvester.order import Verdict
from oai_provider.harvester.outcome import Outcome
from oai_provider.harvester.told import NOTHING, Told

_WORST: Final = (Verdict.INCOMPLETE, Verdict.UNPROVABLE, Verdict.COMPLETE)


def judged(outcome: Outcome, quarantined: Told) -> tuple[Verdict, tuple[str, ...]]:
    """Return what a list came to, and why it is not complete.

    `quarantined` are all records of its format that are not fit to be kept, and why.
    """
    told = NOTHING
    if outcome.stopped:
        told = told.and_told("stopped before its end, as asked")
    for hole in outcome.holes:
        told = told.and_told(hole)
    if outcome.missing and not outcome.swept and not outcome.stopped:
        told = told.and_told(outcome.missing)
    told = _with_unfit(told, outcome.quarantined, quarantined)
    if told:
        return Verdict.INCOMPLETE, tuple(told)
    doubt = _doubt(outcome)
    return (Verdict.UNPROVABLE, (doubt,)) if doubt else (Verdict.COMPLETE, ())


def _with_unfit(told: Told, of_list: Told, of_format: Told) -> Told:
    """Add each record that is not fit once, by its name."""
    named = {sentence.partition(": ")[0] for sentence in of_list.first}
    others = [s for s in of_format.first if s.partition(": ")[0] not in named]
    unfit = (*of_list.first, *others)
    for sentence in unfit:
        told = told.and_told(sentence)
    return told.and_more(max(of_list.count, of_format.count, len(unfit)) - len(unfit))


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
    return is_cut or any(map(is_nameless, told.first))


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
