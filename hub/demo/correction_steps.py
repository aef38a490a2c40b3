"""The steps by which agencies correct who is who, and those in which somebody asked before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hub.api.users import DEMO_USERS_BY_ID
from hub.demo.agencies import NUMBERS
from hub.demo.deliveries import instant
from hub.demo.expected import ASKED_BY
from hub.demo.happenings import Adoption, Birth, NumberReplaced, Retold, Settling
from hub.demo.people import Person, Visit
from hub.demo.places import COUNCILS
from hub.demo.sights import Moment
from hub.demo.story import Asking, Story

LONDON = ZoneInfo("Europe/London")

Correction = Adoption | Birth | NumberReplaced | Retold | Settling

_WHO = {
    "A40": (Moment.MERGED, "Finds that it knows {now} already: merges the two."),
    "A45": (Moment.VISIT_MOVED, "Finds that the visit is {now}'s: moves it to that patient."),
    "A47": (Moment.RENUMBERED, "Gives the patient another number: that of {now}."),
}
_AGAIN = "Corrects that: the patient has the number of {now}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a step is made of: when, after which moment sights follow, who says what."""

    at: datetime
    moment: Moment
    agency: str
    said: str
    source: Asking | Correction | Visit


def who_came(visit: Visit) -> Iterator[Told]:
    """Yield what a hospital says later about whose a visit is."""
    for number, one in enumerate(visit.became):
        moment, said = _WHO[one.trigger]
        again = number > 0
        yield Told(
            at=one.at,
            moment=Moment.CORRECTED if again else moment,
            agency=visit.site.trust.name,
            said=(_AGAIN if again else said).format(now=_name(one.person)),
            source=visit,
        )


def corrections(story: Story, day: date) -> Iterator[Told]:
    """Yield what is asked and what is corrected in a story on a played day."""
    for asking in story.askings:
        yield _asking(asking, day)
    for birth in story.births:
        said = f"Enters that the child whom it expected is born: {_name(birth.child)}."
        council = COUNCILS[birth.plan.council]
        yield _told(birth, day, Moment.BORN, council, f"{said} The plan is the child's now.")
    for adoption in story.adoptions:
        said = "Says that a child has been adopted, and has another id and name since."
        yield _told(adoption, day, Moment.ADOPTED, COUNCILS[adoption.council], said)
    for replaced in story.numbers:
        said = f"Says that an NHS number of {_name(replaced.now)} was replaced by another."
        yield _told(replaced, day, Moment.NUMBER_REPLACED, NUMBERS.name, said)
    for retold in story.retold:
        yield _told(retold, day, Moment.RETOLD, retold.trust.name, retold.said)
    for settling in story.settlings:
        people = [DEMO_USERS_BY_ID[one] for one in settling.by]
        said = f"{' and '.join(one.name for one in people)} answer: {settling.answer}."
        yield _told(settling, day, Moment.SETTLED, people[0].organisation_name, said)


def _asking(asking: Asking, day: date) -> Told:
    asked = asking.question
    user = DEMO_USERS_BY_ID[ASKED_BY[asked.asked_at]]
    said = f"{user.name} asks about {asked.given_name} {asked.family_name}."
    return _told(asking, day, Moment.ASKED, user.organisation_name, said)


def _told(source: Asking | Correction, day: date, moment: Moment, agency: str, said: str) -> Told:
    at = instant(day, source.at)
    return Told(at=at, moment=moment, agency=agency, said=said, source=source)


def _name(person: Person) -> str:
    return f"{person.given_names[0]} {person.family_name}"
