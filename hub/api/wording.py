"""The words of the check page: for each answer its own heading, next step, icon and colour.

Present tense, under 12 words a line, no codes. No two answers share a heading, a shape or a next
step; "we could not check" never looks like "no plan found", and nothing is green.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.api.times import day
from hub.core.answer import CheckAnswer, PlanAnswer, PlanShown, SeenAnswer, SourceState
from hub.core.event import EventKind

GSS_LENGTH = 9
"""A council's code has nine characters; a hospital's ODS code is shorter."""

YOUNGEST_MOTHER_YEARS = 10
"""Below this age a plan made before birth is the person's own, not an unborn baby's."""

DATE_IN_BOXES = "birth date: day, month and year were expected, each as a number."
"""What the form's three boxes take."""

DEPARTMENTS = {
    "major": "A&E",
    "single_specialty": "Specialist A&E",
    "minor_or_urgent": "Urgent treatment or minor injuries",
    "walk_in": "Walk-in centre",
    "ambulatory": "Same day emergency care",
    "unknown": "Not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWords:
    """How one plan answer is shown. ``shape`` names the icon, ``look`` the colour block."""

    heading: str
    meaning: str
    next_step: str
    shape: str
    look: str


def plan_words(answer: CheckAnswer, *, of_child: bool = False) -> AnswerWords:
    """Answer the words, shape and colours of the plan answer.

    Args:
        answer: what is shown.
        of_child: the person asked about is too young to be a mother, so a plan made before birth
            is that person's own.
    """
    match answer.plan:
        case PlanAnswer.ON_PLAN:
            return AnswerWords(
                heading="On a child protection plan now",
                meaning="",
                next_step="Tell the senior doctor. Then ring the council.",
                shape="octagon",
                look="on-plan",
            )
        case PlanAnswer.PLAN_ENDED:
            return AnswerWords(
                heading=_ended_heading(answer.plans, of_child=of_child),
                meaning="",
                next_step="Think about it in your assessment. Ring if you are worried.",
                shape="clock",
                look="plan-ended",
            )
        case PlanAnswer.LOOKED_AFTER:
            return AnswerWords(
                heading=f"In the care of {_holder(answer.plans)}",
                meaning="",
                next_step="Find out who can consent to treatment. Ring the council.",
                shape="house",
                look="looked-after",
            )
        case PlanAnswer.UNBORN_ON_PLAN:
            whose = "On a plan made before birth" if of_child else "Her unborn baby is on a plan"
            whom = "senior doctor and the midwife" if of_child else "midwife"
            return AnswerWords(
                heading=whose,
                meaning=_birth_noted(answer.plans),
                next_step=f"Tell the {whom}. Then ring the council.",
                shape="diamond",
                look="unborn",
            )
        case PlanAnswer.NO_PLAN_FOUND:
            return AnswerWords(
                heading="No plan found",
                meaning="This does not mean there is no risk.",
                next_step="Follow your own assessment. Ring if you are worried.",
                shape="empty",
                look="no-plan",
            )
        case PlanAnswer.CANNOT_SAY:
            return AnswerWords(
                heading="We could not check",
                meaning="There may be a plan.",
                next_step="Ring the council now, and check CP-IS.",
                shape="question",
                look="cannot-say",
            )


def seen_words(answer: CheckAnswer) -> str:
    """Answer in one sentence whether the child has been to any A&E before."""
    match answer.seen:
        case SeenAnswer.SEEN_BEFORE:
            places = "one A&E" if answer.sites == 1 else f"{answer.sites} A&Es"
            visits = "1 visit" if answer.visits == 1 else f"{answer.visits} visits"
            return f"{visits} to {places} in the last {answer.days} days"
        case SeenAnswer.NONE_KNOWN:
            return "No earlier A&E visit is known"
        case SeenAnswer.CANNOT_SAY:
            return "We cannot say if there were earlier A&E visits"


def hospital_names(sources: Sequence[SourceState]) -> list[str]:
    """Answer the hospitals among the sources that are joined: where "none known" holds."""
    return [s.name for s in sources if s.joined and len(s.agency) < GSS_LENGTH]


def source_name(source: SourceState) -> str:
    """Answer what a source is called: of a council it is its register that was asked."""
    return f"Plan register, {source.name}" if len(source.agency) == GSS_LENGTH else source.name


def source_words(source: SourceState) -> str:
    """Answer in words how far a source can be relied on."""
    if not source.joined:
        return "Not joined to the hub"
    if not source.fresh:
        return "Out of date"
    if not source.complete:
        return "Not complete"
    return "Up to date"


def plan_line(plan: PlanShown) -> str:
    """Answer what one plan or period is and when it ran, in one line."""
    what = {
        EventKind.CHILD_PROTECTION_PLAN: "Child protection plan",
        EventKind.UNBORN_CHILD_PROTECTION_PLAN: "Child protection plan before birth",
        EventKind.LOOKED_AFTER_PERIOD: "In care",
        EventKind.CHILD_IN_NEED_PERIOD: "Child in need",
    }.get(plan.kind, "Plan")
    if plan.moved:
        return f"{what}, passed to another council"
    since = f" since {day(plan.started_on)}" if plan.started_on else ""
    if plan.current:
        return f"{what}{since}"
    if plan.not_listed_since and not plan.ended_on:
        return f"{what}{since}, no longer listed since {day(plan.not_listed_since)}"
    return f"{what}{since}, ended {day(plan.ended_on)}"


def plan_facts(plan: PlanShown) -> list[str]:
    """Answer what else may be said of a plan, each a short phrase; withheld ones are left out."""
    facts = [
        plan.authority_name,
        plan.team,
        f"Worker: {plan.worker}" if plan.worker else None,
        f"Due {day(plan.due_on)}" if plan.due_on and not plan.born_on else None,
        f"Born {day(plan.born_on)}" if plan.born_on else None,
    ]
    return [fact for fact in facts if fact]


def _ended_heading(plans: Sequence[PlanShown], *, of_child: bool) -> str:
    ended = [plan for plan in plans if not plan.current]
    last = max(ended, key=_last_day, default=None)
    if last is None:
        return "Was on a plan that has ended"
    if last.kind is EventKind.LOOKED_AFTER_PERIOD:
        was = f"Was in the care of {last.authority_name or 'a council'}"
    elif last.kind is EventKind.UNBORN_CHILD_PROTECTION_PLAN:
        was = "Was on a plan before birth" if of_child else "Her baby was on a plan before birth"
    else:
        was = "Was on a child protection plan"
    if last.ended_on:
        return f"{was} until {day(last.ended_on)}"
    if last.not_listed_since:
        return f"{was}, no longer listed since {day(last.not_listed_since)}"
    return was


def _last_day(plan: PlanShown) -> date:
    return plan.ended_on or plan.not_listed_since or plan.started_on or date.min


def _holder(plans: Sequence[PlanShown]) -> str:
    current = [p for p in plans if p.current and p.kind is EventKind.LOOKED_AFTER_PERIOD]
    return next((p.authority_name for p in current if p.authority_name), "a council")


def _birth_noted(plans: Sequence[PlanShown]) -> str:
    born = next((plan.born_on for plan in plans if plan.born_on), None)
    return f"The baby was born on {day(born)}." if born else ""
