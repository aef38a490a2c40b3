"""What an acknowledgement says back to a sender."""

from datetime import UTC, datetime

import pytest

from connectors.health.acknowledgement import Answer, acknowledge
from connectors.health.message import read_header
from tests.connectors.health.messages import a_message

AT = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def answered(message, answer=Answer.ACCEPTED, *, enhanced=False):
    reply = acknowledge(read_header(message), answer, AT, enhanced=enhanced)
    return reply.decode().rstrip("\r").split("\r")


def test_sender_and_receiver_change_places_and_the_id_comes_back():
    header = {3: "PAS", 4: "RCB", 5: "SAFE", 6: "HUB1"}
    msh, msa = answered(a_message("A03", msh=header))
    assert msh == (
        "MSH|^~\\&|SAFE|HUB1|PAS|RCB|20260701093000+0100||ACK^A03|ACKMSG0001|P|2.4"
        "||||||UNICODE UTF-8"
    )
    assert msa == "MSA|AA|MSG0001"


@pytest.mark.parametrize("processing", ["P", "T", "D", "P^T"])
def test_the_processing_id_is_copied(processing):
    msh, _ = answered(a_message(msh={11: processing}))
    assert msh.split("|")[10] == processing


@pytest.mark.parametrize(
    ("answer", "original", "enhanced"),
    [
        (Answer.ACCEPTED, "AA", "CA"),
        (Answer.FAILED, "AE", "CE"),
        (Answer.REJECTED, "AR", "CR"),
    ],
)
def test_the_mode_is_a_setting_of_the_feed_and_asked_for_in_msh_15(answer, original, enhanced):
    asks, does_not = a_message(msh={15: "AL", 16: "NE"}), a_message()
    assert answered(asks, answer)[1].split("|")[1] == original
    assert answered(asks, answer, enhanced=True)[1].split("|")[1] == enhanced
    assert answered(does_not, answer, enhanced=True)[1].split("|")[1] == original


def test_a_message_without_a_readable_header_is_answered_too():
    msh, msa = answered(b"junk", Answer.REJECTED)
    assert msh.startswith("MSH|^~\\&|SAFEGUARDING|HUB|")
    assert msa == "MSA|AR|"


def test_an_echoed_field_cannot_end_the_frame_of_the_answer():
    _, msa = answered(a_message(msh={10: "ID7\x1c"}))
    assert msa == "MSA|AA|ID7"


def test_the_senders_separators_and_character_set_are_kept():
    swapped = str.maketrans("|^~\\&", "#*!?%")
    message = a_message(msh={4: "YÖRK", 18: "8859/1"}).translate(swapped).encode("latin-1")
    reply = acknowledge(read_header(message), Answer.ACCEPTED, AT, enhanced=False)
    assert reply.startswith("MSH#*!?%#HUB#HUB#PAS#YÖRK#".encode("latin-1"))
    assert reply.endswith(b"MSA#AA#MSG0001\r")


def test_the_answer_to_a_message_without_a_control_id_has_one_of_its_own():
    msh, msa = answered(a_message(msh={10: ""}))
    assert msa == "MSA|AA|"
    assert msh.split("|")[9] == "ACK20260701083000000000"


def test_the_answer_to_a_message_without_a_type_names_no_trigger():
    msh, msa = answered(a_message(msh={9: ""}))
    assert msh.split("|")[8] == "ACK"
    assert msa == "MSA|AA|MSG0001"
