"""Made-up children and what agencies tell of them, as reports of every partition of both feeds."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace

from kafka.partitioner.default import murmur2

from hub.core.event import EventState
from hub.core.identifiers import NhsNumber, Postcode
from hub.core.intake import SIGNATURE_HEADER
from hub.core.report import (
    ConnectorStatus,
    Extract,
    Feed,
    FeedFault,
    OpenPlan,
    Refusal,
    RegisterStatement,
)
from hub.topics import PARTITIONS
from tests.service.encompass import an_incident
from tests.service.laboratory import BRADFORD, LEEDS, NOW, Agency, a_child, a_plan, an_attendance
from tests.service.schools import PM, SCHOOL, a_register, an_absence, read_at

PUBLISHERS = {
    "RAE": (Feed.HEALTH, 1),
    "RR8": (Feed.HEALTH, 2),
    BRADFORD: (Feed.SOCIAL_CARE, 3),
    LEEDS: (Feed.SOCIAL_CARE, 4),
    SCHOOL.agency: (Feed.SCHOOLS, 6),
    "POL13": (Feed.POLICE, 7),
}
LATECOMER = Agency("RCB", Feed.HEALTH, seed=9)
"""A trust that is not in the publishers' registry until somebody enters it."""

VENDOR = Agency("registers-limited", Feed.SCHOOLS, seed=10, agency=SCHOOL.agency)
"""A vendor that is not in the registry until somebody enters it, and then speaks for the school."""

SITE_OF = {"RAE": "RAE01", "RR8": "RR801"}
_NAMES = ("Ashworth", "Bell", "Cole", "Dunn", "Ellis", "Frost", "Grant", "Hale", "Ives", "Joyce")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One report before it has a place in Kafka."""

    agency: Agency
    value: bytes
    signature: bytes


def partition_of(key):
    """The partition to which Kafka's producer sends a key."""
    return (murmur2(key) & 0x7FFFFFFF) % PARTITIONS


def agencies():
    """Every publisher with a connector for each partition: ``[publisher, partition]``."""
    found = {}
    for name, (feed, seed) in PUBLISHERS.items():
        number = 0
        while len([one for one in found if one[0] == name]) < PARTITIONS:
            agency = Agency(name, feed, seed=seed, connector=f"ward-{number}")
            found.setdefault((name, partition_of(agency.key)), agency)
            number += 1
    return found


def nhs_number(number):
    """A number of the 999 range, which is never issued; a few of them have no check digit."""
    digits = f"999{100_000 + number:06d}"
    check = 11 - sum(int(one) * (10 - place) for place, one in enumerate(digits)) % 11
    return nhs_number(number + 500_000) if check == 10 else NhsNumber(f"{digits}{check % 11}")


def child(number, knows):
    """One child as one agency knows it."""
    return a_child(
        local_id=f"{knows}-{number}",
        nhs_number=nhs_number(number),
        family_name=_NAMES[number % len(_NAMES)],
        given_names=(f"Mira{'abcdefghij'[number // len(_NAMES) % 10]}",),
        birth_date=date(2018, 1, 3) + timedelta(days=97 * number),
        postcode=Postcode.parse("BD1 1HX"),
    )


class Town:
    """Tells reports on purpose: who, of which child, through which partition."""

    def __init__(self):
        self.agencies = agencies()

    def says(self, publisher, *events, partition=0, **report):
        agency = self.agencies[publisher, partition]
        value = agency.report(*events, **report)
        return Message(agency=agency, value=value, signature=agency.sign(value))

    def attendance(self, number, *, visit="V", publisher="RAE", partition=None, **changes):
        """An attendance of a child, a day or more ago."""
        changes.setdefault("days_ago", 1.0)
        event = an_attendance(
            f"{visit}-{number}",
            child=child(number, publisher),
            site=SITE_OF[publisher],
            **changes,
        )
        where = number % PARTITIONS if partition is None else partition
        return self.says(publisher, event, partition=where)

    def plan(self, number, *, publisher=BRADFORD, partition=None, **changes):
        """A plan for a child."""
        event = a_plan(f"P{number}", child=child(number, publisher), authority=publisher, **changes)
        where = number % PARTITIONS if partition is None else partition
        return self.says(publisher, event, partition=where)

    def attendances(self, numbers, **changes):
        return [self.attendance(number, **changes) for number in numbers]

    def heartbeat(self):
        """A connector's word on what it could not use and what a person should mend."""
        status = ConnectorStatus(
            read_count=9,
            refusals=(Refusal(reference="line 4", field="EVN-2", expected="A time.", at=NOW),),
            faults=(FeedFault(code="site_not_mapped", subject="RAE77"),),
        )
        return self.says("RAE", status=status)

    def register(self, numbers, *, as_at):
        """A full extract of Leeds with a plan for each child, and the statement of what is open."""
        plans = [
            a_plan(f"L{number}", child=child(number, LEEDS), authority=LEEDS, as_at=as_at)
            for number in numbers
        ]
        name = as_at.date().isoformat()
        extract = Extract(extract_id=f"x-{name}", slice=0, slices=1, as_at=as_at, full=True)
        statement = RegisterStatement(
            statement_id=f"s-{name}",
            as_at=as_at,
            slice=0,
            slices=1,
            open_plans=tuple(OpenPlan(kind=p.kind, source_key=p.source_key) for p in plans),
        )
        return [
            self.says(LEEDS, *plans, extract=extract),
            self.says(LEEDS, statement=statement),
        ]

    def school_day(self):
        """Marks of children who are known and of one who is not; an absence that has ended.

        The vendor tells later that the pupil who was taken for child 6 has another number.
        """
        morning, noon = read_at(hour=9), read_at(hour=12)
        marks = [
            an_absence(pupil=child(number, SCHOOL.agency), as_at=morning) for number in (0, 6, 90)
        ]
        afternoon = an_absence(
            pupil=replace(child(6, SCHOOL.agency), nhs_number=nhs_number(91)),
            session=PM,
            as_at=read_at(hour=14),
        )
        late = VENDOR.report(
            afternoon, attendance_register=a_register(session=PM, as_at=read_at(hour=14))
        )
        return [
            self.says(SCHOOL.agency, *marks, attendance_register=a_register(as_at=morning)),
            self.says(
                SCHOOL.agency, *(replace(one, revision=one.revision + 1) for one in marks[:1])
            ),
            self.says(SCHOOL.agency, attendance_register=a_register(as_at=noon, complete=False)),
            Message(agency=VENDOR, value=late, signature=VENDOR.sign(late)),
        ]

    def whole_day(self):
        """A morning, two extracts of which the second waits for a person, and every trouble."""
        told = self.morning()
        told += self.register(range(20, 28), as_at=NOW - timedelta(days=2))
        told += self.register([20], as_at=NOW - timedelta(days=1))
        late = a_plan("P40", child=child(40, BRADFORD), ended=date(2026, 1, 1))
        next(self.agencies["RAE", 0].sequence)  # a report that never comes
        told += [self.heartbeat(), self.says(BRADFORD, late)]
        value = LATECOMER.report(an_attendance("V41", child=child(41, "RCB"), site="RCB55"))
        told.append(Message(agency=LATECOMER, value=value, signature=LATECOMER.sign(value)))
        told.append(self.attendance(7, days_ago=5.0))  # in conflict with the morning's
        told.append(self.attendance(1, revision=7, state=EventState.CORRECTED, days_ago=2.0))
        return told + self.school_day() + self.night()

    def night(self):
        """Incidents of a child whose school is known, of one whose is not, and an amendment."""
        told = [an_incident(f"O{n}", child=child(n, "POL13")) for n in (0, 1)]
        amended = replace(told[1], revision=2, facts=replace(told[1].facts, injured=True))
        return [self.says("POL13", *told), self.says("POL13", amended)]

    def morning(self):
        """Reports of both feeds in every partition: plans, repeats, corrections, a withdrawal."""
        told = [self.plan(number) for number in range(0, 12, 3)]
        told += self.attendances(range(12))
        told += self.attendances(range(0, 12, 2), visit="W", publisher="RR8", days_ago=9.0)
        told.append(self.attendance(1, revision=5, state=EventState.CORRECTED, days_ago=2.0))
        told.append(self.attendance(3, revision=6, state=EventState.WITHDRAWN))
        told += [self.attendance(5, visit=f"X{n}", days_ago=40.0 * n) for n in range(1, 4)]
        return told


def message_of(raw):
    """A report as it lies in Kafka, whoever sent it."""
    agency = SimpleNamespace(key=raw.key)
    return Message(agency=agency, value=raw.value, signature=dict(raw.headers)[SIGNATURE_HEADER])


def of_feed(messages, feed):
    return [one for one in messages if one.agency.feed is feed]


def unsigned(message):
    """The same report under a signature that is not its own."""
    return replace(message, signature=bytes(64))
