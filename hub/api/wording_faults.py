"""Faults of a feed in plain words, for the team that can mend them."""

from hub.api.views import FaultShown

LEFT_OUT = "left_out"

FAULT_WORDS = {
    "site_not_mapped": "A place that the mapping does not name; counted by patient class",
    "department_not_mapped": "A department that the mapping does not name",
    "register_row_refused": "A row of the register could not be used; the register is incomplete",
    "event_refused": "Something that was read could not be told; it is missing here",
    "period_start_missing": "A period of care whose first episode is not in the extract",
    "period_continuation_missing": "A period of care that goes on, but the next episode is missing",
    "unborn_without_mother": "A plan for an unborn child without its mother",
    "person_without_number": "A person without a hospital number",
    "message_without_control_id": "A message without a control id: its answer cannot say which",
    "purge_names_nothing": "A purge that does not name what is to be deleted; nothing was",
    "clock_ahead": "The sender's clock is ahead of ours",
    "connector_bug": "The connector failed on a record; please report it",
    "extract_contradicts_itself": "One extract was told with two dates, kinds or numbers of slices",
    "sequence_fork": "Two different reports bear one number; was a spool restored?",
    "identifier_dropped": "An identifier that is not valid was left out",
    "occurred_in_future": "Something is said to have happened in the future",
    "recorded_in_future": "Something is said to have been recorded in the future",
}
"""Words for each code of a fault; one that is not here is shown by its code."""


OUTCOME_WORDS = {
    "refused": "Refused by the connector",
    "rejected": "Rejected by the hub",
    "conflict": "In conflict with what came before",
}


def outcome_shown(outcome: str) -> str:
    """Answer what became of a record or an event, in words."""
    return OUTCOME_WORDS.get(outcome, outcome)


def fault_shown(code: str, subject: str, count: int) -> FaultShown:
    """Answer a fault as the feeds page shows it."""
    if code == LEFT_OUT:
        words = subject.replace("_", " ")
        return FaultShown(
            sentence=words[:1].upper() + words[1:], subject="", count=count, to_mend=False
        )
    words = FAULT_WORDS.get(code, code.replace("_", " "))
    return FaultShown(sentence=words, subject=subject, count=count, to_mend=True)
