"""What marks a person as shielded, and that nothing of where they live leaves the hospital."""

import pytest

from hub.core.codec_json import event_to_json
from tests.connectors.health.messages import OTHER_NHS_NUMBER, a_message, event_of

SECRETS = ("MADE UP LANE", "YO31", "07700900123", "JUNE", "GP7788", "MALTON", "M77", "robin@")
NEWBORN_WITH_EVERYTHING = {
    7: "20261119",
    6: "BAKER^JUNE",
    13: "07700900123^PRN^PH^robin@made-up.test",
    14: "07700900123",
    21: f"M77^^^RCB^MR~{OTHER_NHS_NUMBER}^^^NHS",
}
MORE = (
    "PD1|||MALTON GP PRACTICE^^Y06601|GP7788^Townley^Gregory^^^Dr^^^GMC",
    "NK1|1|ARKWRIGHT^JUNE|MTH|4 MADE UP LANE^^YORK^^YO31 8HE^GBR^H|07700900123",
)
MARKS = [
    ({16: "S"}, ()),
    ({16: "Y"}, ()),
    ({16: "s"}, ()),
    ({}, ("ZU8|U|1|Yes|2",)),
    ({}, ("ZU8|U|1|Yes|1",)),
]


@pytest.mark.parametrize(("pv1", "more"), MARKS)
@pytest.mark.parametrize("trigger", ["A01", "A04", "A08", "A03", "A28", "A31"])
def test_of_a_shielded_child_nothing_leads_to_the_home(trigger, pv1, more):
    event = event_of(a_message(trigger, pid=NEWBORN_WITH_EVERYTHING, pv1=pv1, more=MORE + more))
    assert event.shielded
    told = event_to_json(event)
    assert not [secret for secret in SECRETS if secret in told]
    assert OTHER_NHS_NUMBER not in told
    assert event.subject.cleared == ("address_lines", "mother", "postcode")


def test_the_same_message_without_the_mark_tells_the_home():
    told = event_to_json(event_of(a_message(pid=NEWBORN_WITH_EVERYTHING, more=MORE)))
    assert "MADE UP LANE" in told
    assert "JUNE" in told


@pytest.mark.parametrize("secret", ["07700900123", "robin@", "GP7788", "MALTON"])
def test_phones_and_gp_are_told_of_nobody(secret):
    event = event_of(a_message(pid=NEWBORN_WITH_EVERYTHING, more=MORE))
    assert secret not in event_to_json(event)


@pytest.mark.parametrize(("pv1", "more"), MARKS)
def test_name_number_and_birth_date_of_a_shielded_child_stay(pv1, more):
    person = event_of(a_message(pv1=pv1, more=more)).subject
    assert person.family_name == "ARKWRIGHT"
    assert person.nhs_number is not None
    assert person.birth_date is not None


@pytest.mark.parametrize(("pv1", "more"), [({16: '""'}, ()), ({}, ('ZU8|U|1|Yes|""',)), ({}, ())])
def test_two_quotes_or_silence_never_say_that_a_shield_is_lifted(pv1, more):
    event = event_of(a_message("A31", pv1=pv1, more=more))
    assert not event.shielded
    assert not {"shielded", "handling"} & {*event.cleared, *event.subject.cleared}


def test_two_quotes_in_one_place_leave_the_mark_in_the_other():
    assert event_of(a_message(pv1={16: '""'}, more=("ZU8|U|1|Yes|2",))).shielded


def test_other_values_are_no_shield():
    assert not event_of(a_message(pv1={16: "V"}, more=("ZU8|Z|1|No",))).shielded


def test_a_cancel_of_a_shielded_childs_visit_says_so():
    assert event_of(a_message("A11", pv1={16: "S"})).shielded
