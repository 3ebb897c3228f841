"""The end of a list, judged."""

from dataclasses import replace

import pytest

from oai_provider.harvester.order import Verdict
from oai_provider.harvester.outcome import Outcome
from oai_provider.harvester.told import NOTHING, Told
from oai_provider.harvester.verdict import is_received, judged, worst


def told(sentence: str) -> Told:
    return NOTHING.and_told(sentence)


WHOLE = Outcome(distinct=20, pages=4, size=20, proper=True)


@pytest.mark.parametrize(
    ("outcome", "verdict", "why"),
    [
        (WHOLE, Verdict.COMPLETE, None),
        # A list of one page needs no token, and so no size.
        (Outcome(distinct=3, pages=1, proper=True), Verdict.COMPLETE, None),
        (Outcome(distinct=0, pages=1, size=0, proper=True), Verdict.COMPLETE, None),
        (replace(WHOLE, size=None), Verdict.UNPROVABLE, "no completeListSize"),
        (replace(WHOLE, size=None, swept=True), Verdict.COMPLETE, None),
        (replace(WHOLE, size=25), Verdict.INCOMPLETE, "20 of 25 records came"),
        (replace(WHOLE, size=25, swept=True), Verdict.UNPROVABLE, "where ListRecords"),
        (replace(WHOLE, size=15), Verdict.UNPROVABLE, "and 20 records came"),
        (replace(WHOLE, size=15, swept=True), Verdict.COMPLETE, None),
        (replace(WHOLE, holes=told("a window")), Verdict.INCOMPLETE, "a window"),
        (replace(WHOLE, quarantined=told("x: bad")), Verdict.INCOMPLETE, "x: bad"),
        (replace(WHOLE, stopped=True), Verdict.INCOMPLETE, "as asked"),
        # What the size tells needs no proper end.
        (replace(WHOLE, proper=False), Verdict.COMPLETE, None),
        (Outcome(distinct=1, pages=1), Verdict.UNPROVABLE, "no end"),
    ],
)
def test_verdict_follows_from_what_came_and_what_was_said(
    outcome: Outcome, verdict: Verdict, why: str | None
) -> None:
    found, reasons = judged(outcome, NOTHING)
    assert found is verdict
    assert why is None or any(why in reason for reason in reasons)
    assert bool(reasons) is (verdict is not Verdict.COMPLETE)


def test_record_that_is_not_fit_is_told_once_and_of_many_their_number() -> None:
    in_list = Told(("a: cut", "b: empty"), count=2)
    in_format = Told(("b: empty", "c: bad"), count=9)
    verdict, reasons = judged(replace(WHOLE, quarantined=in_list), in_format)
    assert verdict is Verdict.INCOMPLETE
    assert reasons == ("a: cut", "b: empty", "c: bad", "and 6 more")


@pytest.mark.parametrize(
    ("outcome", "received"),
    [
        (WHOLE, True),
        (replace(WHOLE, quarantined=told("x: bad")), True),
        (replace(WHOLE, size=21, quarantined=told("x: bad")), True),
        (replace(WHOLE, size=None), True),
        (replace(WHOLE, size=25, swept=True), True),
        (replace(WHOLE, size=25), False),
        (replace(WHOLE, holes=told("a window")), False),
        (replace(WHOLE, stopped=True), False),
    ],
)
def test_one_bad_record_does_not_hold_up_the_next_harvest(
    outcome: Outcome, *, received: bool
) -> None:
    assert is_received(outcome) is received


@pytest.mark.parametrize(
    ("verdicts", "found"),
    [
        ([], Verdict.COMPLETE),
        ([Verdict.COMPLETE, Verdict.UNPROVABLE], Verdict.UNPROVABLE),
        ([Verdict.INCOMPLETE, Verdict.UNPROVABLE], Verdict.INCOMPLETE),
    ],
)
def test_harvest_is_as_good_as_its_worst_list(
    verdicts: list[Verdict], found: Verdict
) -> None:
    assert worst(verdicts) is found
