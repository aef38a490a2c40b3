"""Faults of a feed in plain words, for the team that can mend them."""

from hub.api.feed_views import FaultShown
from hub.api.times import moment
from hub.api.wording_chronology import KIND_WORDS
from hub.core.identifiers.base import Flaw
from hub.ports import RefusedEvent

LEFT_OUT = "left_out"

FEED_WORDS = {
    "health": "emergency attendances",
    "social_care": "plan register",
    "police": "domestic-abuse incidents",
    "schools": "attendance registers",
}
"""What each feed tells of."""

FAULT_WORDS = {
    "site_not_mapped": "A place that the mapping does not name; counted by patient class",
    "observation_not_mapped": "A value of an observation that the mapping does not name",
    "attendance_category_not_mapped": "An attendance category that the mapping does not name",
    "department_not_mapped": "A department that the mapping does not name",
    "code_not_mapped": "A code that the mapping does not name",
    "handling_code_not_mapped": "A handling code that the mapping does not name",
    "area_not_mapped": "An area that the mapping does not name",
    "mapped_column_missing": "A column that the mapping names is not in the file: it is blank",
    "register_row_refused": "A row of the register could not be used; the register is incomplete",
    "register_cut_off": "A register was cut off: it is taken as not complete",
    "register_too_large": "A register had more marks than one report holds: it is not complete",
    "event_refused": "Something that was read could not be told; it is missing here",
    "period_start_missing": "A period of care whose first episode is not in the extract",
    "period_continuation_missing": "A period of care that goes on, but the next episode is missing",
    "unborn_without_mother": "A plan for an unborn child without its mother",
    "person_without_number": "A person without a hospital number",
    "person_without_reference": "A person without the force's own reference",
    "message_without_control_id": "A message without a control id: its answer cannot say which",
    "character_set_not_as_declared": "A message in another character set than it says",
    "visit_number_from_pv1_50": "A visit known by its alternate number, for want of its own",
    "visit_number_from_pid_18": "A visit known by its account number, for want of its own",
    "purge_names_nothing": "A purge that does not name what is to be deleted; nothing was",
    "clock_ahead": "The sender's clock is ahead of ours",
    "connector_bug": "The connector failed on a record; please report it",
    "extract_contradicts_itself": "One extract was told with two dates, kinds or numbers of slices",
    "sequence_fork": "Two different reports bear one number; was a spool restored?",
    "identifier_dropped": "An identifier that is not valid was left out",
    "occurred_in_future": "Something is said to have happened in the future",
    "recorded_in_future": "Something is said to have been recorded in the future",
    "departed_before_arrival": "A visit is said to have ended before it began",
    "ended_before_beginning": "An incident is said to have ended before it began",
    "kept_back_too_long": "Not to be told for more than 28 days: it is told on the 28th",
}
"""Words for each code of a fault; a foreign connector's own code is shown with its spaces."""

OUTCOME_WORDS = {
    "refused": "Refused by the connector",
    "rejected": "Rejected by the hub",
    "conflict": "In conflict with what came before",
}

FIELD_WORDS = {
    "": "The whole record",
    "kind": "Kind of event",
    "state": "Whether it is new, corrected or withdrawn",
    "revision": "Revision",
    "source_key": "Your own key of the event",
    "occurred_at": "When it happened",
    "recorded_at": "When it was recorded",
    "facts": "What is told of it",
    "handling.not_before": "From when it may be told",
    "facts.authority": "Council that holds the plan",
    "facts.ended_on": "Last day",
    "facts.school": "School",
    "facts.session_date": "Day of the session",
    "facts.code": "Attendance code",
    "subject.local_id": "Your own number of the person",
    "subject.role": "Role of the person",
    "nhs_number": "NHS number",
    "upn": "UPN",
    "postcode": "Postcode",
    "mother.nhs_number": "Mother's NHS number",
    "mother.postcode": "Mother's postcode",
}
"""The hub's own names of fields, in words; a field of the agency's own system is its own term."""

FLAW_WORDS = {
    Flaw.EMPTY: "empty",
    Flaw.LENGTH: "of the wrong length",
    Flaw.CHARACTERS: "with characters that it cannot have",
    Flaw.SHAPE: "not in its form",
    Flaw.CHECK_DIGIT: "with a wrong check digit",
    Flaw.REPEATED_DIGIT: "of one digit repeated",
    Flaw.PLACEHOLDER: "a placeholder",
    Flaw.TEST_NUMBER: "a test number",
    Flaw.NOT_ISSUED: "never issued",
    Flaw.UNKNOWN_AREA: "of an area that there is not",
}


LEFT_OUT_WORDS = {
    "adult": "A person who is not a child",
    "not_emergency": "A visit that was not to an emergency department",
    "not_domestic_abuse": "An incident that is no domestic abuse",
    "no_child": "An incident in which no child is named",
    "present": "A mark that says the pupil was there",
    "authorised": "A mark of an absence that the school has allowed",
    "row_listed_twice": "A row that is listed twice",
    "address_default": "An address that stands for none",
}
"""What stays with an agency as it should; other reasons are shown with their spaces."""

VALUE_WORDS = {
    **{flaw.value: words for flaw, words in FLAW_WORDS.items()},
    "not_valid": "not in its form",
    "not_mapped": "that the mapping does not name",
    "not_a_time": "no time",
    "not_a_date": "no date",
    "not_a_number": "no number",
    "not_a_code": "no code",
    "implausible": "not plausible",
    "in_future": "in the future",
    "ahead": "ahead of the clock",
    "several": "more than one",
    "ambiguous": "of more than one person",
}
"""How a value was wrong that its record stands without."""

VALUE_LEFT_OUT = "A value that cannot be used; the record stands without it"


def outcome_shown(outcome: str) -> str:
    """Answer what became of a record or an event, in words."""
    return OUTCOME_WORDS.get(outcome, outcome)


def field_shown(field: str) -> str:
    """Answer which field it was, in words where the name is the hub's own."""
    words = FIELD_WORDS.get(field)
    return words or FIELD_WORDS.get(field.removeprefix("subject."), field)


def refused_event_words(event: RefusedEvent) -> str:
    """Answer which event of which report it was, so that its agency can find it in its spool.

    It holds nothing of a person: the connector's own number of the report, and the event's place.
    """
    what = _kind_words(event.kind) or "an event"
    if event.sequence is None:
        return f"Event {event.index + 1}, {what}, of a report that came {moment(event.received_at)}"
    sent = f", made {moment(event.created_at)}" if event.created_at else ""
    return f"Event {event.index + 1}, {what}, of report {event.sequence} in its spool{sent}"


def fault_shown(code: str, subject: str, count: int) -> FaultShown:
    """Answer a fault as the feeds page shows it."""
    if code == LEFT_OUT:
        return _left_out_shown(subject, count)
    words = FAULT_WORDS.get(code) or _spaced(code)
    return FaultShown(
        sentence=words, subject=_subject_words(code, subject), count=count, to_mend=True
    )


def _left_out_shown(reason: str, count: int) -> FaultShown:
    """Answer what an agency keeps on purpose, or a value of its own that it should mend."""
    ends = [end for end in VALUE_WORDS if reason.endswith(f"_{end}")]
    if not ends or reason in LEFT_OUT_WORDS:
        words = LEFT_OUT_WORDS.get(reason) or _spaced(reason)
        return FaultShown(sentence=words, subject="", count=count, to_mend=False)
    end = max(ends, key=len)
    field = field_shown(reason.removesuffix(f"_{end}"))
    about = f"{_spaced(field)}, {VALUE_WORDS[end]}"
    return FaultShown(sentence=VALUE_LEFT_OUT, subject=about, count=count, to_mend=True)


def _subject_words(code: str, subject: str) -> str:
    """Answer what a fault is about: a kind of event or a field in words, else as it was told."""
    if code == "identifier_dropped":
        field, _, flaw = subject.partition(": ")
        flaws = {one.value: words for one, words in FLAW_WORDS.items()}
        return f"{field_shown(field)}, {flaws.get(flaw, _spaced(flaw).lower())}"
    if code == "sequence_fork":
        sender, _, number = subject.partition(" sequence ")
        return f"Report {number} of {sender}" if number else subject
    return _KINDS.get(subject) or subject.replace("_", " ")


_KINDS = {kind.value: words for kind, words in KIND_WORDS.items()}


def _kind_words(kind: str) -> str:
    words = _KINDS.get(kind, "")
    return words[:1].lower() + words[1:]


def _spaced(code: str) -> str:
    words = code.replace("_", " ")
    return words[:1].upper() + words[1:]
