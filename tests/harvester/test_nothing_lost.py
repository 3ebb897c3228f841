"""Ways in which records went missing from a harvest that called itself complete.

Each was found by reading; each is told, or got round, now.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harvester.outcomes.trial import DAY, NOW, Trial, tried

from oai_provider.harvester.order import Order, OrderError, Verdict
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.state import StateError
from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import (
    Errors,
    Headers,
    Records,
    Response,
    ResumptionToken,
)
from oai_provider.testing.hostile import NO_FAULT, Fault, Reply, Visit

NOWHERE = "http://127.0.0.1:1/oai"
EVERYTHING = 20


@pytest.fixture(name="trial")
def _trial(tmp_path: Path) -> Iterator[Trial]:
    with tried(None, tmp_path) as trial:
        yield trial


def fault(**hooks: Any) -> Fault:
    return replace(NO_FAULT, name="of-a-test", **hooks)


def failing(status: int, *verbs: str, **headers: str) -> Fault:
    """Return what answers some verbs by a status."""

    def send(visit: Visit, reply: Reply) -> Reply:
        if visit.verb not in verbs:
            return reply
        told = tuple((n.replace("_", "-"), v) for n, v in headers.items())
        return replace(reply, status=status, headers=told, body=b"no")

    return fault(send=send)


def sized(change: Callable[[int], int]) -> Fault:
    """Return what changes the completeListSize of the pages of ListRecords."""

    def say(_visit: Visit, response: Response) -> Response:
        body = response.body
        if not isinstance(body, Records) or body.resumption_token is None:
            return response
        size = body.resumption_token.complete_list_size or 0
        token = replace(body.resumption_token, complete_list_size=change(size))
        return replace(response, body=replace(body, resumption_token=token))

    return fault(say=say)


def assert_all_is_kept(trial: Trial) -> None:
    assert trial.kept == trial.held()


# Targets and memories.


def test_a_wrong_address_never_empties_what_another_harvest_wrote(trial: Trial) -> None:
    trial.harvest(base_url=NOWHERE)
    trial.harvest()
    with pytest.raises(SinkError, match="name another file"):
        trial.harvest(base_url=NOWHERE)
    assert_all_is_kept(trial)
    assert trial.harvest().verdict is Verdict.COMPLETE


@pytest.mark.parametrize("name", ["copy/", "copy.db"])
def test_a_target_that_is_gone_is_told(trial: Trial, name: str) -> None:
    path = trial.folder / name.rstrip("/")
    trial.to = f"{path}/" if name.endswith("/") else f"sqlite:///{path}"
    trial.harvest()
    for one in trial.folder.glob(f"{path.name}*"):
        if not one.name.endswith(".harvest"):
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    with pytest.raises(StateError, match="put it back"):
        trial.harvest()


def test_a_memory_is_used_by_one_harvest_at_a_time(trial: Trial) -> None:
    trial.to = f"sqlite:///{trial.folder}/copy.db"
    with trial.opened(), pytest.raises(SinkError, match="another harvest"):
        trial.harvest()


def test_an_address_with_a_password_is_refused_without_telling_it() -> None:
    with pytest.raises(OrderError) as raised:
        Order(base_url="http://us:secret@127.0.0.1/oai", to="x.jsonl")
    assert "secret" not in str(raised.value)


def test_what_a_hopeless_answer_leaves_uncommitted_is_committed(trial: Trial) -> None:
    asked = iter(range(100))

    def say(visit: Visit, response: Response) -> Response:
        body = response.body
        if visit.verb == "ListRecords" and isinstance(body, Records):
            fewer = tuple(body.records)[:3]
            return replace(response, body=replace(body, records=fewer))
        return response

    def send(visit: Visit, reply: Reply) -> Reply:
        if visit.verb == "GetRecord" and next(asked) > 2:
            return replace(reply, status=403, body=b"no")
        return reply

    trial.endpoint.fault = fault(say=say, send=send)
    trial.harvest(prove=True)
    with trial.memory() as memory:
        assert memory.position() == Path(trial.order().to).stat().st_size
    trial.endpoint.fault = None
    assert trial.harvest(full=True).verdict is Verdict.COMPLETE
    assert_all_is_kept(trial)


# Watermarks.


def test_a_harvest_of_some_dates_moves_no_watermark(trial: Trial) -> None:
    trial.harvest(from_="2026-01-01T00:00:00Z")
    assert trial.harvest().records == EVERYTHING
    assert_all_is_kept(trial)


def test_dates_beyond_the_watermark_leave_no_gap(trial: Trial) -> None:
    trial.harvest()
    trial.clock.move(10 * DAY)
    trial.endpoint.add(3)
    trial.clock.move(10 * DAY)
    later = (NOW + timedelta(days=15)).strftime("%Y-%m-%dT%H:%M:%SZ")
    trial.harvest(from_=later)
    trial.harvest()
    assert_all_is_kept(trial)


def test_a_harvest_of_some_dates_leaves_what_was_begun(trial: Trial) -> None:
    trial.harvest(most=5)
    trial.harvest(from_="2026-01-01T00:00:00Z")
    trial.harvest()
    assert_all_is_kept(trial)


def test_a_clock_that_was_set_back_costs_a_full_harvest_and_no_record(
    trial: Trial,
) -> None:
    trial.harvest()
    trial.clock.move(-10 * DAY)
    trial.endpoint.add(3)
    trial.clock.move(DAY)
    trial.harvest()
    assert trial.froms == [""]
    trial.harvest()
    assert_all_is_kept(trial)


# Lists.


def test_what_was_fetched_beyond_the_most_comes_next_time(tmp_path: Path) -> None:
    with tried("record-left-out", tmp_path) as trial:
        report = trial.harvest(most=EVERYTHING - 1, prove=True)
        assert report.stopped
        assert trial.harvest().verdict is Verdict.COMPLETE
        assert_all_is_kept(trial)


def test_the_largest_size_that_was_told_is_believed(trial: Trial) -> None:
    sizes = iter([20, 20, 10, 10, 10, 10])
    trial.endpoint.fault = sized(lambda _: next(sizes))

    def say(visit: Visit, response: Response) -> Response:
        body = response.body
        if visit.verb != "ListRecords" or not isinstance(body, Records):
            return response
        size, token = (20, body.resumption_token) if visit.page == 1 else (10, None)
        told = replace(token or ResumptionToken(), complete_list_size=size)
        return replace(response, body=replace(body, resumption_token=told))

    trial.endpoint.fault = fault(say=say)
    assert trial.harvest().verdict is Verdict.COMPLETE
    assert_all_is_kept(trial)


def test_an_answer_to_another_verb_is_no_page(trial: Trial) -> None:
    def ask(
        _visit: Visit, arguments: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, str], ...]:
        return tuple(
            (n, "ListIdentifiers" if v == "ListRecords" else v) for n, v in arguments
        )

    trial.endpoint.fault = fault(ask=ask)
    trial.harvest()
    live = [line for line in trial.lines if not line["deleted"]]
    assert all(line["xml"] for line in live)
    assert_all_is_kept(trial)


def test_windows_reach_beyond_the_earliest_datestamp_that_is_told(
    trial: Trial,
) -> None:
    wrong = failing(500, "ListRecords")

    def send(visit: Visit, reply: Reply) -> Reply:
        is_whole = not (visit.asked.argument("from") or visit.asked.argument("until"))
        return wrong.send(visit, reply) if is_whole else reply

    def write(visit: Visit, document: bytes) -> bytes:
        if visit.verb != "Identify":
            return document
        return document.replace(
            b"<earliestDatestamp>2024-01-01", b"<earliestDatestamp>2024-01-20"
        )

    trial.endpoint.fault = fault(send=send, write=write)
    trial.harvest()
    assert_all_is_kept(trial)


# Quarantine.


def test_what_a_store_refuses_is_told_each_time(trial: Trial) -> None:
    def write(visit: Visit, document: bytes) -> bytes:
        if visit.verb == "Identify":
            return document
        return document.replace(b"<dc:title>", b"<dc:titel>", 1).replace(
            b"</dc:title>", b"</dc:titel>", 1
        )

    trial.to = f"sqlite:///{trial.folder}/copy.db"
    trial.endpoint.fault = fault(write=write)
    first = trial.harvest()
    again = trial.harvest(full=True)
    assert (first.verdict, again.verdict) == (Verdict.INCOMPLETE, Verdict.INCOMPLETE)
    assert first.quarantined
    trial.endpoint.fault = None
    assert trial.harvest(full=True).verdict is Verdict.COMPLETE


def test_a_record_out_of_quarantine_hides_none_that_is_missing(tmp_path: Path) -> None:
    def say(visit: Visit, response: Response) -> Response:
        body = response.body
        if visit.verb != "ListRecords" or not isinstance(body, Records):
            return response
        return replace(response, body=replace(body, records=tuple(body.records)[:1]))

    with tried("two-metadata-children", tmp_path, page=2) as trial:
        trial.harvest()
        trial.clock.move(10 * DAY)
        changed = [held.identifier for held in trial.endpoint.records[:3]]
        trial.endpoint.change(*changed)
        trial.clock.move(DAY)
        trial.endpoint.fault = fault(say=say)
        trial.harvest()
        assert_all_is_kept(trial)


def test_a_sweep_releases_only_what_was_received(trial: Trial) -> None:
    trial.harvest()
    trial.clock.move(10 * DAY)
    trial.endpoint.change(trial.endpoint.marked)
    trial.clock.move(DAY)
    trial.endpoint.fault = "two-metadata-children"
    assert trial.harvest(prove=True).verdict is Verdict.INCOMPLETE
    trial.clock.move(DAY)
    trial.endpoint.fault = None
    assert trial.harvest().verdict is Verdict.COMPLETE
    assert_all_is_kept(trial)


def test_what_is_in_quarantine_and_is_no_more_is_let_go(trial: Trial) -> None:
    trial.endpoint.fault = "two-metadata-children"
    trial.harvest()
    trial.endpoint.fault = None
    trial.endpoint.forget(trial.endpoint.marked)
    assert trial.harvest().verdict is Verdict.COMPLETE


# Deletions.


def test_a_sweep_of_an_increment_infers_no_deletion(trial: Trial) -> None:
    trial.harvest()
    trial.clock.move(10 * DAY)
    trial.endpoint.change(*(held.identifier for held in trial.endpoint.records[:15]))
    trial.clock.move(DAY)
    trial.endpoint.fault = sized(lambda size: size + 1)
    trial.harvest(prove=True)
    assert_all_is_kept(trial)


def test_a_record_that_cannot_be_read_is_not_taken_for_deleted(trial: Trial) -> None:
    trial.harvest()
    trial.clock.move(10 * DAY)
    trial.endpoint.change(trial.endpoint.marked)
    trial.clock.move(DAY)
    trial.endpoint.fault = "two-metadata-children"
    trial.harvest(full=True)
    deleted = {kept.identifier for kept in trial.kept if kept.deleted}
    assert trial.endpoint.marked not in deleted


def test_a_list_that_proves_nothing_infers_no_deletion(trial: Trial) -> None:
    trial.harvest()
    trial.clock.move(DAY)

    def say(visit: Visit, response: Response) -> Response:
        body = response.body
        if visit.verb != "ListRecords" or not isinstance(body, Records):
            return response
        token = None if visit.page == 3 else body.resumption_token
        told = token and replace(token, complete_list_size=None, cursor=None)
        return replace(response, body=replace(body, resumption_token=told))

    trial.endpoint.fault = fault(say=say)
    assert trial.harvest(full=True, force=True).verdict is Verdict.UNPROVABLE
    assert_all_is_kept(trial)


# Requests.


def test_a_sweep_of_one_page_for_ever_ends(trial: Trial) -> None:
    def ask(
        visit: Visit, arguments: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, str], ...]:
        if visit.asked.verb == "ListIdentifiers":
            return (("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc"))
        return arguments

    def say(visit: Visit, response: Response) -> Response:
        body = response.body
        if not isinstance(body, Headers):
            return response
        token = ResumptionToken(value=f"n{visit.number}")
        return replace(response, body=replace(body, resumption_token=token))

    trial.endpoint.fault = fault(ask=ask, say=say)
    assert trial.harvest(prove=True).verdict is Verdict.INCOMPLETE
    assert len(trial.asked) < 20


def test_a_token_that_is_not_found_costs_the_list_and_not_the_harvest(
    trial: Trial,
) -> None:
    def send(visit: Visit, reply: Reply) -> Reply:
        if visit.asked.argument("resumptionToken"):
            return replace(reply, status=404, body=b"gone")
        return reply

    trial.endpoint.fault = fault(send=send)
    trial.harvest()
    assert_all_is_kept(trial)


def test_who_asks_to_be_left_alone_is_left_alone(trial: Trial) -> None:
    lists = ("ListRecords", "ListIdentifiers")
    trial.endpoint.fault = failing(503, *lists, Retry_After="86400")
    assert trial.harvest().verdict is Verdict.INCOMPLETE
    assert len(trial.asked) == 3


def test_lists_that_never_come_are_soon_given_up(trial: Trial) -> None:
    trial.endpoint.fault = failing(500, "ListRecords", "ListIdentifiers")
    assert trial.harvest().verdict is Verdict.INCOMPLETE
    assert len(trial.asked) < 40


def test_a_set_that_is_refused_keeps_no_other_from_being_harvested(
    trial: Trial,
) -> None:
    def say(visit: Visit, response: Response) -> Response:
        if visit.asked.argument("set") != "odd":
            return response
        why = ProtocolError(ErrorCode.BAD_ARGUMENT, "no such set")
        return replace(response, body=Errors((why,)))

    trial.endpoint.fault = fault(say=say)
    report = trial.harvest(set_specs=("odd", "even"))
    assert report.verdict is Verdict.INCOMPLETE
    assert report.records
    assert any("no such set" in reason for reason in report.reasons)


def test_many_records_that_cannot_be_read_are_counted_and_some_are_named(
    tmp_path: Path,
) -> None:
    def write(visit: Visit, document: bytes) -> bytes:
        if visit.verb != "ListRecords":
            return document
        return document.replace(b"<metadata>", b"<metadata/><metadata>")

    with tried(None, tmp_path, records=300, page=100) as trial:
        trial.endpoint.fault = fault(write=write)
        report = trial.harvest()
    assert report.quarantined > 200
    assert len(report.reasons) == 101
    assert report.reasons[-1].startswith("and ")
