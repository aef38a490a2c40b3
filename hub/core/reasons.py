"""How a report and an event can end, and every reason why: closed lists, kept in rows and told."""

from dataclasses import dataclass
from enum import StrEnum


class ReportState(StrEnum):
    """What became of a report; every report received has a row with one of these.

    ``duplicate``: the same publisher, report id and bytes came before. ``parked``: it cannot be
    used now; its sealed bytes are kept, someone is told, it is tried again.
    """

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    PARKED = "parked"


class EventOutcome(StrEnum):
    """What became of one event of an accepted report.

    ``conflict``: an event with the same id and other content is already stored; both are kept.
    """

    STORED = "stored"
    REJECTED = "rejected"
    CONFLICT = "conflict"


class ParkReason(StrEnum):
    """Why a report cannot be used now."""

    TOO_LARGE = "too_large"
    VALUE_UNREADABLE = "value_unreadable"
    HEADER_UNREADABLE = "header_unreadable"
    SCHEMA_NOT_KNOWN = "schema_not_known"
    PUBLISHER_NOT_KNOWN = "publisher_not_known"
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_WRONG = "signature_wrong"
    FEED_WRONG = "feed_wrong"
    AGENCY_NOT_ALLOWED = "agency_not_allowed"
    SEQUENCE_UNUSABLE = "sequence_unusable"
    """Its epoch or its sequence number is out of range."""
    REPORT_ID_WRONG = "report_id_wrong"
    EXTRACT_UNUSABLE = "extract_unusable"
    """A slice of an extract or of a statement that is beyond the last, or from the future."""
    ATTENDANCE_REGISTER_UNUSABLE = "attendance_register_unusable"
    """A school register that is another school's, not on the schools feed, or from the future."""
    SUITE_NOT_KNOWN = "suite_not_known"
    SEALING_KEY_NOT_KNOWN = "sealing_key_not_known"
    BODY_DOES_NOT_OPEN = "body_does_not_open"
    BODY_UNREADABLE = "body_unreadable"
    TOO_MANY_EVENTS = "too_many_events"
    HUB_FAULT = "hub_fault"
    """A bug of ours: tried again after a release."""
    WORKER_DEATHS = "worker_deaths"
    """Present at three deaths of a worker."""


class RejectReason(StrEnum):
    """Why one event of an accepted report is not stored; told to the agency."""

    UNREADABLE = "unreadable"
    STATE_NOT_KNOWN = "state_not_known"
    KIND_NOT_ON_FEED = "kind_not_on_feed"
    SOURCE_KEY_UNUSABLE = "source_key_unusable"
    LOCAL_ID_UNUSABLE = "local_id_unusable"
    ROLE_NOT_ACCEPTED = "role_not_accepted"
    REVISION_OUT_OF_RANGE = "revision_out_of_range"
    TIME_ABSURD = "time_absurd"
    AUTHORITY_MISSING = "authority_missing"
    ENDS_BEFORE_START = "ends_before_start"
    NOTHING_SAID = "nothing_said"
    TEXT_UNUSABLE = "text_unusable"
    SCHOOL_NOT_ITS_OWN = "school_not_its_own"
    """A mark without a school, or of another school than the one that the report is for."""
    SESSION_MISSING = "session_missing"
    REGISTER_KEPT_BACK = "register_kept_back"
    """A register's entry that is not to be told yet: a check could not answer of it truly."""
    CHANGE_NOT_TAKEN = "change_not_taken"
    """A change of identity that is not known, or that this feed may not tell."""
    FORMER_MISSING = "former_missing"
    """A change of identity that does not say of which record, visit or number."""
    SAME_AS_BEFORE = "same_as_before"
    """A record merged with itself."""
    MARK_NOT_FOR_US = "mark_not_for_us"
    """A mark of presence, of absence with leave or of short sickness: those are never kept."""
    SICKNESS_NOT_ASKED = "sickness_not_asked"
    """A mark of long sickness where the rule on it is off in every policy: it is not kept."""


class EventFlag(StrEnum):
    """What is odd about an event that is stored all the same."""

    OCCURRED_IN_FUTURE = "occurred_in_future"
    RECORDED_IN_FUTURE = "recorded_in_future"
    DEPARTED_BEFORE_ARRIVAL = "departed_before_arrival"
    """An attendance matters more than its departure time; of a plan this is a reason to reject."""
    ENDED_BEFORE_BEGINNING = "ended_before_beginning"
    """Of an incident; which of the two times is wrong is not known."""
    KEPT_BACK_TOO_LONG = "kept_back_too_long"
    """It is to be told so late that the bound holds instead: ``handling.WITHHELD_MAX``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing about an event that keeps it from being stored."""

    reason: RejectReason
    field: str
    expected: str
