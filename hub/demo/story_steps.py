"""The steps of a story in the order of the world: what happens when, and in which agency."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from hub.demo.agencies import FORCE
from hub.demo.attendances import visit
from hub.demo.correction_steps import Correction, Told, corrections, who_came
from hub.demo.deliveries import MORNING, NOON, instant
from hub.demo.happenings import Absence
from hub.demo.incidents import Version, exported_at, past_versions, recent_versions
from hub.demo.marks import Reading, read_at
from hub.demo.people import Care, Person, Visit
from hub.demo.places import COUNCILS
from hub.demo.school_days import last_school_day
from hub.demo.schools import school_of
from hub.demo.sights import Moment
from hub.demo.story import Arrival, Asking, Story, Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that an agency does or is told.

    Attributes:
        at: when it leaves the agency, UTC.
        agency: in words.
        past: whether it lies before the day that is played, and is told as history.
        source: what the agency's files or messages are written from; a council's GSS code.
    """

    at: datetime
    moment: Moment
    agency: str
    said: str
    past: bool = False
    source: Visit | Version | Absence | Asking | Correction | str


def of_story_alone(town: Town, story: Story) -> Town:
    """Answer a town in which only the people of one story live."""
    return replace(
        town,
        people=story.people,
        adults=story.adults,
        plans=story.plans,
        unborn_plans=story.unborn_plans,
        care=story.care,
        stories=(story,),
    )


def steps(town: Town, story: Story, day: date) -> tuple[Step, ...]:
    """Answer what happens in a story on a played day, and what had happened before, in order."""
    alone = of_story_alone(town, story)
    found = [
        *_registers(story, day),
        *(one for arrival in story.arrivals for one in _arrival(town, arrival, day)),
        *(_callout(version, past=True) for version in past_versions(alone)),
        *(_callout(version, past=False) for version in recent_versions(alone, day)),
        *(one for absence in story.absences for one in _absence(absence, day)),
        *_changes(story, day),
        *(_told(one, past=False) for one in corrections(story, day)),
    ]
    return tuple(sorted(found, key=_in_order))


def _in_order(step: Step) -> tuple[bool, bool, datetime]:
    """Answer what steps are sorted by: as on the played day, the registers come before all else."""
    return (not step.past, step.moment is not Moment.REGISTER, step.at)


def name_of(person: Person) -> str:
    """Answer a name as people say it."""
    return f"{person.given_names[0]} {person.family_name}"


def _registers(story: Story, day: date) -> Iterator[Step]:
    people = {person.key: name_of(person) for person in (*story.people, *story.adults)}
    entries = [
        *(
            (plan.council, f"{people[plan.person]} is on a plan since {_day(plan.started_on)}")
            if plan.ended_on is None
            else (plan.council, f"a plan of {people[plan.person]} ended on {_day(plan.ended_on)}")
            for plan in story.plans
        ),
        *(
            (plan.council, f"a plan for the child that {people[plan.mother]} expects")
            for plan in story.unborn_plans
        ),
        *((care.council, _in_care(people[care.person], care)) for care in story.care),
    ]
    for council, name in COUNCILS.items():
        if held := [said for holder, said in entries if holder == council]:
            yield Step(
                at=instant(day, MORNING),
                moment=Moment.REGISTER,
                agency=name,
                said=f"Its register, told before all else: {'; '.join(held)}.",
                source=council,
            )


def _in_care(name: str, care: Care) -> str:
    ended = care.episodes[-1].ceased_on
    return f"{name} is looked after" if ended is None else f"care of {name} ended on {_day(ended)}"


def _changes(story: Story, day: date) -> Iterator[Step]:
    people = {person.key: name_of(person) for person in story.people}
    gone = {plan.key: plan for plan in story.plans if plan.key in story.noon_deleted}
    changed = [
        *((plan.council, f"Enters a plan of {people[plan.person]}.") for plan in story.noon_plans),
        *(
            (plan.council, f"Deletes the plan of {people[plan.person]}: it was an error.")
            for plan in gone.values()
        ),
    ]
    for council, said in changed:
        yield Step(
            at=instant(day, NOON),
            moment=Moment.REGISTER_CHANGED,
            agency=COUNCILS[council],
            said=said,
            source=council,
        )


def _arrival(town: Town, arrival: Arrival, day: date) -> Iterator[Step]:
    past = arrival.days_ago > 0
    made = visit(town, arrival, town.anchor if past else day)
    who, where = name_of(arrival.person), arrival.site.trust.name
    yield Step(
        at=made.arrived_at,
        moment=Moment.ARRIVAL,
        agency=where,
        said=" ".join((f"{who} arrives at {arrival.site.name}.", *(w.told for w in arrival.words))),
        past=past,
        source=made,
    )
    yield from (_told(one, past=past) for one in who_came(made))
    if made.cancelled_at is not None:
        yield Step(
            at=made.cancelled_at,
            moment=Moment.CANCELLED,
            agency=where,
            said=f"Takes the arrival of {who} back: it was a mistake.",
            past=past,
            source=made,
        )


def _told(told: Told, *, past: bool) -> Step:
    return Step(
        at=told.at,
        moment=told.moment,
        agency=told.agency,
        said=told.said,
        past=past,
        source=told.source,
    )


def _callout(version: Version, *, past: bool) -> Step:
    callout = version.occurrence.callout
    if version.status == "withdrawn":
        moment, said = Moment.LATER_WORD, "Withdraws its report of the callout."
    elif version.status == "amended":
        moment, said = Moment.LATER_WORD, f"Grades the callout {version.grade} now."
    else:
        there = [
            f"{name_of(child.person)} {'is there' if child.present else 'is away'}"
            for child in callout.children
        ]
        if callout.due_on:
            there.append(f"{name_of(callout.victim)} expects a child")
        moment = Moment.CALLOUT
        said = f"Reports a callout, graded {version.grade}: {', '.join(there)}."
    return Step(
        at=exported_at(version.updated_at),
        moment=moment,
        agency=FORCE.name,
        said=said,
        past=past,
        source=version,
    )


def _absence(absence: Absence, day: date) -> Iterator[Step]:
    on = last_school_day(day, absence.school_days_ago)
    school = school_of(absence.person, on)
    if school is None:
        return
    past = absence.school_days_ago > 0
    sessions = "all day" if len(absence.sessions) > 1 else "in the morning"
    last = Reading.AFTERNOON if "PM" in absence.sessions else Reading.MORNING
    who = name_of(absence.person)
    yield Step(
        at=read_at(on, last),
        moment=Moment.ABSENCE,
        agency=school.name,
        said=f"Marks {who} ill, on {absence.ill_days} school days in a row by now."
        if absence.ill_days
        else f"Knows no reason why {who} is missing {sessions}.",
        past=past,
        source=absence,
    )
    if absence.explained_as:
        yield Step(
            at=read_at(on, Reading.LATE_MORNING),
            moment=Moment.EXPLAINED,
            agency=school.name,
            said=f"Hears why {who} is missing.",
            past=past,
            source=absence,
        )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
