"""The words of questions about who is who: why asked, what speaks for it, what was done."""

from collections.abc import Mapping, Sequence
from typing import Final

from hub.core.event import EventKind
from hub.core.identity_weights import Kinship
from hub.core.review import (
    UNLIKELY_BELOW,
    Choice,
    Proposed,
    ReviewReason,
    ReviewState,
    Urgency,
)
from hub.core.review_answer import Action, Refusal
from hub.core.review_pair import IN_PART, Pair, PairField, PairRow, Tells
from hub.ports.review import ReviewRow, ReviewStep
from hub.service.review_moves import Joined, Moves

REASON_WORDS: Final[Mapping[ReviewReason, str]] = {
    ReviewReason.POSSIBLE: "Alike, and not surely the same child",
    ReviewReason.MANY: "Several children strongly claim one record",
    ReviewReason.AGENCY_MERGE: "An agency says that its two records are of one child",
    ReviewReason.AGENCY_SPLIT: "An agency says that these are two children",
    ReviewReason.BRIDGED: "A later record makes two children one, and a plan is concerned",
}

URGENCY_WORDS: Final[Mapping[Urgency, str]] = {
    Urgency.PLAN: "on a Child Protection Plan",
    Urgency.LOOKED_AFTER: "looked after",
    Urgency.UNDER_ONE: "under one year",
    Urgency.IMMEDIATE_ALERT: "an Immediate alert waits",
}

FIELD_WORDS: Final[Mapping[PairField, str]] = {
    PairField.GIVEN: "Given names",
    PairField.FAMILY: "Family name",
    PairField.OTHER_NAMES: "Also known as",
    PairField.BIRTH: "Birth date",
    PairField.DUE: "Due date",
    PairField.MOTHER: "Mother",
    PairField.SEX: "Sex",
    PairField.NHS_NUMBER: "NHS number",
    PairField.UPN: "Unique pupil number",
    PairField.HOME: "Home",
}

STATE_WORDS: Final[Mapping[ReviewState, str]] = {
    ReviewState.OPEN: "Waits for an answer",
    ReviewState.DECIDED: "Decided",
    ReviewState.WITHDRAWN: "Settled by itself",
}

PROPOSED_WORDS: Final[Mapping[Proposed, str]] = {
    Proposed.SAME: "Same child",
    Proposed.DIFFERENT: "Different children",
    Proposed.TAKE_BACK: "Take the decision back",
}

_STEP_WORDS: Final[Mapping[tuple[str, str | None], str]] = {
    ("opened", "possible"): "Asked, since matching is not sure",
    ("opened", "many"): "Asked, since several children claim one record",
    ("opened", "agency_merge"): "Asked by an agency",
    ("opened", "agency_split"): "Asked by an agency",
    ("opened", "bridged"): "Asked, since a later record makes two children one",
    ("opened", "uncertain_again"): "Asked again: it is uncertain again",
    ("opened", "new_evidence"): "Asked again: something new is known",
    ("withdrawn", "together"): "Settled by itself: both records are one child's by now",
    ("withdrawn", "apart"): "Settled by itself: by what is known now it is not asked any more",
    ("withdrawn", "gone"): "Settled by itself: one of the records is with no child any more",
}

_KIND_WORDS: Final[Mapping[str, str]] = {
    "proposed_same": "Said: same child. A second person must confirm it",
    "proposed_different": "Said: different children. A second person must confirm it",
    "proposed_take_back": "Wants to take the decision back. A second person must confirm it",
    "confirmed": "Confirmed by a second person",
    "refused": "Not confirmed by a second person",
    "retracted": "Taken back by who had said it, before it was confirmed",
    "decided_same": "Decided: same child",
    "decided_different": "Decided: different children",
    "cannot_tell": "Could not tell",
    "taken_back": "Decision taken back",
    "not_carried_out": "Could not be carried out, since another decision stands against it",
}

_LIKELY: Final = (
    (0.95, "Very likely one child"),
    (0.7, "Likely one child"),
    (0.3, "As likely one child as not"),
    (UNLIKELY_BELOW, "Unlikely to be one child"),
    (0.0, "Very unlikely to be one child"),
)
"""From which chance on it is said so; this project's own words."""

_OTHERWISE: Final[Mapping[Kinship, str]] = {
    Kinship.TWIN: "twins",
    Kinship.SIBLING: "brothers or sisters",
    Kinship.STRANGER: "two children who have nothing to do with each other",
}

_STRENGTH: Final = ((8.0, "strongly"), (3.0, "clearly"), (0.0, "a little"))
_SHOWN_LEAST, _SHOWN_MOST = 0.01, 0.99


def chance_words(chance: float | None) -> str | None:
    """Answer how likely it is that both are one child, in words with the number."""
    if chance is None:
        return None
    said = next(words for least, words in _LIKELY if chance >= least)
    if chance < _SHOWN_LEAST:
        return f"{said} (less than {_SHOWN_LEAST})"
    if chance > _SHOWN_MOST:
        return f"{said} (more than {_SHOWN_MOST})"
    return f"{said} ({chance:.2f})"


def though_unlikely_words(pair: Pair) -> str:
    """Answer why it is asked of two who are hardly one child: a number of both is the same."""
    same = [r.name for r in pair.rows if r.name in IN_PART and r.tells is Tells.FOR]
    if pair.chance is None or pair.chance >= UNLIKELY_BELOW or not same:
        return ""
    numbers = " and the same ".join(FIELD_WORDS[name] for name in same)
    return f"It is asked since both have the same {numbers}, which may be in the wrong record."


def otherwise_words(other: Kinship | None) -> str | None:
    """Answer whom else the two may be, if they are not one child."""
    said = _OTHERWISE.get(other) if other else None
    return f"If not one child, most likely {said}." if said else None


def mark_words(row: PairRow) -> str:
    """Answer in a word or two whether the two sides of a field agree."""
    if row.tells is Tells.WITHHELD:
        return "Not shown"
    if row.level:
        return row.level[0].upper() + row.level[1:]
    if row.tells is Tells.NOT_KNOWN:
        return "One side only"
    return "Cannot be compared"


def weight_words(row: PairRow) -> str:
    """Answer what agreement or difference in a field speaks for, and how strongly."""
    if row.tells is Tells.WITHHELD:
        return "It would tell where a child is who must not be found."
    if row.bits is None:
        return ""
    if row.tells is Tells.LITTLE:
        return "Tells little."
    strength = next(words for least, words in _STRENGTH if abs(row.bits) >= least)
    speaks = "for" if row.tells is Tells.FOR else "against"
    return f"Speaks {strength} {speaks} one child ({row.bits:+.0f})."


def step_words(step: ReviewStep) -> str:
    """Answer what happened to a question in one line."""
    return _STEP_WORDS.get((step.kind, step.code)) or _KIND_WORDS.get(step.kind, step.kind)


ACTION_WORDS: Final[Mapping[Action, str]] = {
    Action.SAME: "Same child",
    Action.DIFFERENT: "Different children",
    Action.CANNOT_TELL: "Cannot tell",
}
"""What a first person can answer, in the order of the form."""

CODE_WORDS: Final[Mapping[str, str]] = {
    "same_identifier": "A number or a document shows it",
    "agency_confirmed": "An agency was asked and confirms it",
    "family_confirmed": "The family or a carer confirms it",
    "details_agree": "All details agree; what differs is spelling or a move",
    "name_changed": "The name has changed",
    "twins": "They are twins",
    "siblings": "They are brothers or sisters",
    "agency_two": "An agency was asked and knows two children",
    "number_wrong": "A number stands in the wrong record",
    "chance_likeness": "The likeness is by chance",
    "not_enough": "Too little is known",
    "agency_asked": "An agency was asked and has not answered yet",
}

REFUSAL_WORDS: Final[Mapping[Refusal, str]] = {
    Refusal.NOT_OPEN: "There is nothing here to answer any more. This is how it stands now.",
    Refusal.OWN: (
        "You said this yourself. Somebody else must confirm it: signing in again does not make"
        " you a second person."
    ),
    Refusal.ANSWERED: "A colleague has answered. Confirm that, or say that it is not so.",
    Refusal.REASON_MISSING: "Choose a reason, and say in a few words why. Both are kept.",
}

STALE_WORDS: Final = (
    "Something has changed since you opened this page. Nothing was recorded. This is how it stands"
    " now."
)


def moves_words(moves: Moves) -> str:
    """Answer in a sentence what taking a decision back would move."""
    kinds = _kinds(moves.events)
    if not moves.records:
        return "No record by itself."
    records = _counted(moves.records, "record", "records")
    goes = "goes" if moves.records == 1 else "go"
    told = f", with {', '.join(kinds)}" if kinds else ""
    sentence = f"{records} {goes} back to the other child{told}."
    if not moves.alerts:
        return f"{sentence} No alert rests on that."
    rest = "One alert rests" if moves.alerts == 1 else f"{moves.alerts} alerts rest"
    return f"{sentence} {rest} on that: what no longer holds is withdrawn."


def joined_words(joined: Joined, label: str, agencies: Sequence[str]) -> str:
    """Answer in a sentence what one of the two brings along.

    Args:
        joined: what it is.
        label: what the page calls that child.
        agencies: the names of who told of it; none where that must not be known.
    """
    records = _counted(joined.records, "record", "records")
    of = f" ({', '.join(agencies)})" if agencies else ""
    told = ", ".join(_kinds(joined.events)) or "nothing told beside"
    alerts = _counted(joined.alerts, "standing alert", "standing alerts")
    return f"{label}: {records}{of}; {told}; {alerts if joined.alerts else 'no alert'}."


def outcome_words(row: ReviewRow, ended: Sequence[ReviewStep]) -> str:
    """Answer what became of a question that is open no longer; empty for one that is open."""
    if row.state is ReviewState.DECIDED:
        choice = row.choice or Choice.CANNOT_TELL
        return _KIND_WORDS["cannot_tell" if choice is Choice.CANNOT_TELL else f"decided_{choice}"]
    if row.state is ReviewState.WITHDRAWN:
        last = next((step for step in reversed(ended) if step.kind == "withdrawn"), None)
        return step_words(last) if last else STATE_WORDS[row.state]
    return ""


def _kinds(events: Sequence[tuple[EventKind, int]]) -> list[str]:
    return [_counted(count, *_MOVED[kind]) for kind, count in events if kind in _MOVED]


_MOVED: Final[Mapping[EventKind, tuple[str, str]]] = {
    EventKind.EMERGENCY_ATTENDANCE: ("visit to A&E", "visits to A&E"),
    EventKind.DOMESTIC_ABUSE_INCIDENT: ("domestic-abuse incident", "domestic-abuse incidents"),
    EventKind.SCHOOL_ABSENCE: ("absence from school", "absences from school"),
    EventKind.CHILD_PROTECTION_PLAN: ("Child Protection Plan", "Child Protection Plans"),
    EventKind.UNBORN_CHILD_PROTECTION_PLAN: ("plan before birth", "plans before birth"),
    EventKind.LOOKED_AFTER_PERIOD: ("period in care", "periods in care"),
    EventKind.CHILD_IN_NEED_PERIOD: ("period in need", "periods in need"),
}


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
