"""Has the child been at any A&E before? The second closed answer.

``NONE_KNOWN`` means that none is known since a day, at named sites, and is answered only if every
joined hospital's feed is fresh and complete and nobody else on record may be this child.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core.answer import CannotSay, CheckQuestion, Presentation, SeenAnswer
from hub.core.chronology import Attendance, sites_at_least
from hub.core.identifiers import OdsCode
from hub.core.identity import Verdict
from hub.core.policy import LocalAuthorityPolicy, Policies, Source
from hub.core.status import (
    Knowledge,
    asked_person,
    attending_policy,
    question_problems,
)
from hub.core.status_others import doubt_problems
from hub.core.status_registers import feed_problems, is_live

PRESENTATIONS_MAX = 25
"""The latest 25 are shown, as CP-IS shows the last 25 accesses; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFound:
    """The second closed answer and what it rests on."""

    answer: SeenAnswer
    reasons: tuple[CannotSay, ...] = ()
    presentations: tuple[Presentation, ...] = ()
    visits: int = 0
    sites: int = 0
    days: int = 0
    none_known_since: datetime | None = None


def seen_answer(
    question: CheckQuestion, knowledge: Knowledge, policies: Policies, now: datetime
) -> SeenFound:
    """Answer whether the child has been at any joined hospital's emergency department before.

    An attendance that is open at the asker's own site is probably the present visit: it is shown
    and not counted. One there that is dated far ahead of now may be the present visit or an earlier
    one, by a clock that was wrong: it is shown, counts as neither, and forbids ``NONE_KNOWN``.
    Under SEEN_BEFORE the reasons say what could not be checked beside it.
    """
    policy = attending_policy(knowledge, policies)
    known = _recent(question, knowledge, policy, now)
    open_here = [one for one in known if _is_open_at(question.site, one)]
    around = timedelta(hours=policy.this_visit_hours)
    misdated = [one for one in open_here if one.arrived_at > now + around]
    present = next((one for one in open_here if abs(one.arrived_at - now) <= around), None)
    earlier = [one for one in known if one is not present and one not in misdated]
    reasons = _reasons(question, knowledge, policies, now)
    if misdated and CannotSay.FEED_INCOMPLETE not in reasons:
        reasons += (CannotSay.FEED_INCOMPLETE,)
    answer = SeenAnswer.CANNOT_SAY if reasons else SeenAnswer.NONE_KNOWN
    none_since = _since(policy, knowledge, policies, now)
    return SeenFound(
        answer=SeenAnswer.SEEN_BEFORE if earlier else answer,
        reasons=reasons,
        presentations=tuple(
            _shown(one, knowledge, this=one is present) for one in known[:PRESENTATIONS_MAX]
        ),
        visits=len(earlier),
        sites=sites_at_least(earlier),
        days=policy.seen_days,
        none_known_since=None if earlier or reasons else none_since,
    )


def hospitals_concerned(knowledge: Knowledge, policies: Policies) -> tuple[Source, ...]:
    """Answer the hospital feeds that the authorities concerned have joined, by agency."""
    joined = {
        source.agency: source
        for one in (None, *(concerned.authority for concerned in knowledge.authorities))
        for source in policies.of(one).hospitals()
    }
    return tuple(joined[agency] for agency in sorted(joined))


def _recent(
    question: CheckQuestion, knowledge: Knowledge, policy: LocalAuthorityPolicy, now: datetime
) -> list[Attendance]:
    """Answer the matched child's attendances in the window that is counted, the latest first."""
    if knowledge.verdict is not Verdict.MATCHED or question.birth_date is None:
        return []
    since = now - timedelta(days=policy.seen_days)
    recent = [one for one in knowledge.attendances if one.arrived_at >= since]
    return sorted(recent, key=lambda one: (one.arrived_at, one.fact_key), reverse=True)


def _is_open_at(site: OdsCode | None, attendance: Attendance) -> bool:
    return site is not None and attendance.site_code == site and attendance.departed_at is None


def _reasons(
    question: CheckQuestion, knowledge: Knowledge, policies: Policies, now: datetime
) -> tuple[CannotSay, ...]:
    problems = question_problems(question, knowledge)
    attended = (other for other in knowledge.others if other.attended)
    problems += doubt_problems(question, asked_person(question, knowledge), attended)
    hospitals = hospitals_concerned(knowledge, policies)
    if not hospitals or knowledge.attendances_withheld:
        problems.append(CannotSay.SOURCE_UNAVAILABLE)
    for source in hospitals:
        if is_live(source, now):
            state = knowledge.feeds.get(source.agency)
            problems += feed_problems(state, source.maximum_age, now)
    if hospitals and not any(is_live(source, now) for source in hospitals):
        problems.append(CannotSay.SOURCE_UNAVAILABLE)
    return tuple(dict.fromkeys(problems))


def _since(
    policy: LocalAuthorityPolicy, knowledge: Knowledge, policies: Policies, now: datetime
) -> datetime:
    """Answer since when every joined site is known: the latest go-live, or the window's start."""
    live = [one.live_from for one in hospitals_concerned(knowledge, policies) if is_live(one, now)]
    return max([now - timedelta(days=policy.seen_days), *live])


def _shown(attendance: Attendance, knowledge: Knowledge, *, this: bool) -> Presentation:
    site = attendance.site_code
    return Presentation(
        arrived_at=attendance.arrived_at,
        site_code=site,
        site_name=knowledge.site_names.get(site) if site else attendance.site_as_sent,
        department=attendance.department_type.value,
        left_before_seen=attendance.left_before_seen,
        age_months=attendance.age_months,
        this_visit=this,
    )
