"""Every fault and every field that a connector or the hub can tell has words, and no code."""

import ast
from datetime import timedelta

import pytest

from connectors.health.case import _OTHER_VISIT_NUMBERS
from connectors.schools import mapping as schools
from connectors.social_care import findings
from connectors.writing_out import EVENT_REFUSED
from hub.api.wording_faults import (
    FAULT_WORDS,
    FEED_WORDS,
    FIELD_WORDS,
    FLAW_WORDS,
    LEFT_OUT,
    fault_shown,
    field_shown,
    refused_event_words,
)
from hub.core.event import EventKind
from hub.core.identifiers.base import Flaw
from hub.core.reasons import EventFlag
from hub.core.report import Feed
from hub.ports import RefusedEvent
from tests.api.fake_services import NOW
from tests.architecture.source_tree import dotted, modules


def told_codes():
    """Codes of faults as calls have them: ``x.fault("code")``, ``FeedFault(code="code")``."""
    for module in modules("connectors", "hub"):
        for call in module.calls:
            name = dotted(call.func)
            first = call.args[0] if name.endswith(".fault") and call.args else None
            if name in {"FeedFault", "FaultRow"}:
                first = next((k.value for k in call.keywords if k.arg == "code"), None)
            if isinstance(first, ast.Constant):
                yield first.value


def test_every_code_of_a_fault_has_words():
    constants = {
        EVENT_REFUSED,
        *(schools.CUT_OFF, schools.ROW_REFUSED, schools.TOO_MANY_MARKS),
        *(findings.ROW_REFUSED, findings.PERIOD_START_MISSING),
        *(findings.PERIOD_CONTINUATION_MISSING, findings.UNBORN_WITHOUT_MOTHER),
        *(f"visit_number_from_{name}" for _, _, name in _OTHER_VISIT_NUMBERS),
        *(flag.value for flag in EventFlag),
    }
    codes = set(told_codes()) | constants
    assert len(codes) > 15
    assert sorted(codes - set(FAULT_WORDS)) == []


def test_every_feed_and_every_flaw_of_an_identifier_has_words():
    assert set(FEED_WORDS) == set(Feed)
    assert set(FLAW_WORDS) == set(Flaw)


@pytest.mark.parametrize(
    ("code", "subject", "words"),
    [
        ("departed_before_arrival", "emergency_attendance", "Visit to A&E"),
        ("identifier_dropped", "subject.nhs_number: check_digit", "NHS number, with a wrong check"),
        ("sequence_fork", "RAE/main sequence 168", "Report 168 of RAE/main"),
        ("site_not_mapped", "RAE09", "RAE09"),
        ("connector_bug", "Value_Error", "Value Error"),
    ],
)
def test_what_a_fault_is_about_is_told_in_words(code, subject, words):
    shown = fault_shown(code, subject, 1)
    assert words in shown.subject
    assert "_" not in shown.sentence + shown.subject


def test_a_code_of_a_foreign_connector_is_shown_as_words():
    assert fault_shown("ward_closed", "", 1).sentence == "Ward closed"


@pytest.mark.parametrize("field", [name for name in FIELD_WORDS if name])
def test_the_hubs_names_of_fields_are_shown_in_words(field):
    assert "_" not in field_shown(field)
    assert "." not in field_shown(field)


def test_a_field_of_the_agencys_own_system_keeps_its_name():
    assert field_shown("PV1-44") == "PV1-44"


@pytest.mark.parametrize("kind", [*(kind.value for kind in EventKind), "unknown"])
def test_an_event_that_was_refused_is_named_by_its_report_and_place(kind):
    event = RefusedEvent(
        index=0, kind=kind, sequence=168, created_at=NOW - timedelta(hours=1), received_at=NOW
    )
    said = refused_event_words(event)
    assert said.startswith("Event 1, ")
    assert said.endswith(" of report 168 in its spool, made 22 November 2026, 13:02")
    assert "_" not in said


def test_without_a_number_it_is_named_by_when_it_came():
    event = RefusedEvent(
        index=2, kind="school_absence", sequence=None, created_at=None, received_at=NOW
    )
    assert refused_event_words(event) == (
        "Event 3, absence from school, of a report that came 22 November 2026, 14:02"
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("nhs_number_check_digit", "NHS number, with a wrong check digit"),
        ("nhs_number_repeated_digit", "NHS number, of one digit repeated"),
        ("birth_date_not_a_date", "Birth date, no date"),
        ("victim_birth_date_in_future", "Victim birth date, in the future"),
    ],
)
def test_a_value_that_could_not_be_used_is_to_be_mended_and_not_called_a_purpose(reason, words):
    shown = fault_shown(LEFT_OUT, reason, 3)
    assert shown.to_mend
    assert shown.subject == words


@pytest.mark.parametrize("reason", ["adult", "present", "authorised", "not_emergency", "no_child"])
def test_what_stays_with_an_agency_on_purpose_is_said_in_a_sentence(reason):
    shown = fault_shown(LEFT_OUT, reason, 3)
    assert not shown.to_mend
    assert len(shown.sentence.split()) > 3
