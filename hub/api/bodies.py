"""The JSON of the interface: the request body of a check, and every answer as plain values.

The answer of a check has the same keys for every outcome, so that no client can mistake an absent
list for "no plan". Instants are ISO 8601 in UTC, dates ISO dates.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from hub.api.feed_views import Alarm, FaultShown, FeedsView, FeedView, ParkedShown
from hub.api.json_values import Json, day_json, instant_json
from hub.api.users import Role
from hub.core.answer import (
    CannotSay,
    CheckAnswer,
    Phone,
    PlanAnswer,
    PlanShown,
    Presentation,
    SourceState,
)
from hub.core.status_wording import BY_NAME_WORDING, NUMBER_REPLACED_WORDING, PUBLIC_WORDING


class CheckBody(BaseModel):
    """What a client asks. ``nhs_number`` and ``birth_date`` must be there; null = not known."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    nhs_number: str | None = Field(max_length=60, repr=False)
    birth_date: str | None = Field(max_length=40, repr=False)
    family_name: str | None = Field(default=None, max_length=200, repr=False)
    given_name: str | None = Field(default=None, max_length=200, repr=False)
    postcode: str | None = Field(default=None, max_length=40, repr=False)


def check_json(answer: CheckAnswer, role: Role) -> Json:
    """Answer a check as JSON, in the one shape that this role is given."""
    provenance = {
        "checked_at": instant_json(answer.checked_at),
        "policy_version": answer.policy_version,
        "audit_id": answer.audit_id,
    }
    if role is Role.RECEPTION:
        return {"clinician_action_needed": clinician_action_needed(answer), **provenance}
    return {
        "plan": {
            "answer": answer.plan.value,
            "reasons": reasons_json(answer.plan_reasons),
            "plans": [_plan(plan) for plan in answer.plans],
        },
        "in_need": [_plan(one) for one in answer.in_need],
        "by_name": {"answer": answer.by_name.value, "wording": BY_NAME_WORDING[answer.by_name]},
        "number_replaced": {
            "answer": answer.number_replaced,
            "wording": NUMBER_REPLACED_WORDING if answer.number_replaced else "",
        },
        "seen_before": {
            "answer": answer.seen.value,
            "reasons": reasons_json(answer.seen_reasons),
            "visits": answer.visits,
            "sites": answer.sites,
            "days": answer.days,
            "none_known_since": instant_json(answer.none_known_since),
            "presentations": [_presentation(visit) for visit in answer.presentations],
        },
        "sources": {
            "joined": [_source(source) for source in answer.sources if source.joined],
            "not_joined": [_source(source) for source in answer.sources if not source.joined],
        },
        "phones": phones_json(answer.phones),
        **provenance,
    }


def clinician_action_needed(answer: CheckAnswer) -> bool:
    """Answer the one thing reception is told; anything but a clear "no plan found" needs somebody.

    "We could not check" needs a clinician too, so reception cannot tell it from a plan.
    """
    return answer.plan is not PlanAnswer.NO_PLAN_FOUND


def reasons_json(reasons: Sequence[CannotSay]) -> list[Json]:
    """Answer reasons with the one public wording of each."""
    return [{"code": reason.value, "wording": PUBLIC_WORDING[reason]} for reason in reasons]


def phones_json(phones: Sequence[Phone]) -> list[Json]:
    """Answer whom to ring."""
    return [{"label": p.label, "number": p.number, "hours": p.hours} for p in phones]


def feeds_json(view: FeedsView) -> Json:
    """Answer the feeds of an agency; alarms and faults of the hub are the operator's."""
    return {
        "feeds": [_feed(one) for one in view.feeds],
        "alarms": alarms_json(view.alarms),
        "hub_faults": [
            {"reference": one.reference, "sentence": one.sentence} for one in view.faults
        ],
    }


def alarms_json(alarms: Sequence[Alarm]) -> list[Json]:
    """Answer what must be looked at, in counts."""
    return [
        {
            "name": one.name,
            "count": one.count,
            "since": instant_json(one.since),
            "sentence": one.sentence,
        }
        for one in alarms
    ]


def _plan(plan: PlanShown) -> Json:
    return {
        "kind": plan.kind.value,
        "current": plan.current,
        "moved": plan.moved,
        "started_on": day_json(plan.started_on),
        "ended_on": day_json(plan.ended_on),
        "not_listed_since": day_json(plan.not_listed_since),
        "due_on": day_json(plan.due_on),
        "born_on": day_json(plan.born_on),
        "authority": plan.authority.reveal() if plan.authority else None,
        "authority_name": plan.authority_name,
        "worker": plan.worker,
        "team": plan.team,
        "as_of": instant_json(plan.as_of),
    }


def _presentation(visit: Presentation) -> Json:
    return {
        "arrived_at": instant_json(visit.arrived_at),
        "site_code": visit.site_code.reveal() if visit.site_code else None,
        "site_name": visit.site_name,
        "department": visit.department,
        "left_before_seen": visit.left_before_seen,
        "this_visit": visit.this_visit,
        "age_months": visit.age_months,
    }


def _source(source: SourceState) -> Json:
    return {
        "agency": source.agency,
        "name": source.name,
        "as_of": instant_json(source.as_of),
        "fresh": source.fresh,
        "complete": source.complete,
    }


def _fault(fault: FaultShown) -> Json:
    return {
        "sentence": fault.sentence,
        "subject": fault.subject,
        "count": fault.count,
        "to_mend": fault.to_mend,
    }


def _feed(view: FeedView) -> Json:
    return {
        "feed": view.feed,
        "agency": view.agency,
        "agency_name": view.agency_name,
        "last_heard_at": instant_json(view.last_heard_at),
        "source_as_of": instant_json(view.source_as_of),
        "fresh": view.fresh,
        "accepted": view.accepted,
        "parked": view.parked,
        "parked_overdue": view.parked_overdue,
        "parked_reports": [_parked(parked) for parked in view.parked_reports],
        "conflicts": view.conflicts,
        "gaps": [
            {
                "first_missing": gap.first_missing,
                "last_missing": gap.last_missing,
            }
            for gap in view.gaps
        ],
        "refusals": [
            {
                "outcome": refusal.outcome,
                "reference": refusal.reference,
                "field": refusal.field_name,
                "expected": refusal.expected,
                "refused_at": instant_json(refusal.refused_at),
            }
            for refusal in view.refusals
        ],
        "refusals_total": view.refusals_total,
        "faults": [_fault(fault) for fault in view.faults],
    }


def _parked(parked: ParkedShown) -> Json:
    return {
        "number": parked.number,
        "sentence": parked.sentence,
        "received_at": instant_json(parked.received_at),
        "settled": parked.settled,
    }
