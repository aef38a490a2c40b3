"""Made-up children and what agencies tell of them, as reports of every partition of all feeds.

What a force and a school tell is read from their files by the real connectors.
"""

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
from tests.e2e.exports import (
    FORCE,
    LONG_AGO,
    THURSDAY,
    Pupil,
    a_register,
    a_victim,
    absent,
    an_incident,
    listed,
    read_incidents,
    read_registers,
    upn,
)
from tests.service.laboratory import BRADFORD, LEEDS, NOW, Agency, a_child, a_plan, an_attendance
from tests.service.schools import SCHOOL

PUBLISHERS = {
    "RAE": (Feed.HEALTH, 1),
    "RR8": (Feed.HEALTH, 2),
    BRADFORD: (Feed.SOCIAL_CARE, 3),
    LEEDS: (Feed.SOCIAL_CARE, 4),
    FORCE: (Feed.POLICE, 5),
    SCHOOL.agency: (Feed.SCHOOLS, 6),
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
    """One child as one agency knows it: hospitals know no pupil numbers."""
    return a_child(
        local_id=f"{knows}-{number}",
        nhs_number=nhs_number(number),
        upn=None if PUBLISHERS.get(knows, (Feed.HEALTH,))[0] is Feed.HEALTH else upn(number),
        family_name=_NAMES[number % len(_NAMES)],
        given_names=(f"Mira{'abcdefghij'[number // len(_NAMES) % 10]}",),
        birth_date=date(2012, 1, 3) + timedelta(days=97 * number % 5000),
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

    def incident(self, name, *children, partition=0, **said):
        """One version of an incident, as the real connector tells it."""
        (reading,) = read_incidents([an_incident(name, *children, **said)])
        return self.reads(FORCE, reading, partition=partition)

    def callout(self, number, *, visit="V", partition=None):
        """An incident of its own at which a child was."""
        where = number % PARTITIONS if partition is None else partition
        return self.incident(f"{visit}{number:03}", listed(child(number, FORCE)), partition=where)

    def register_of(self, *pupils, partition=0, **register):
        """One register of the school, as the real connector tells it."""
        (reading,) = read_registers(a_register(pupils, **register))
        return self.reads(SCHOOL.agency, reading, partition=partition)

    def mark(self, number, *, partition=None, **register):
        """A register that is not complete, and lists one pupil."""
        where = number % PARTITIONS if partition is None else partition
        absentees = absent(child(number, SCHOOL.agency))
        return self.register_of(*absentees, partition=where, complete=False, **register)

    def reads(self, publisher, reading, *, partition=0):
        """What a connector read, as the report that it becomes."""
        return self.says(
            publisher,
            *reading.events,
            partition=partition,
            attendance_register=reading.attendance_register,
        )

    def apart(self, numbers, *, visit="V", partition=None):
        """One report of every feed for each number, no two of one child."""
        told = []
        for number in numbers:
            told += [
                self.attendance(100 + number, visit=visit, partition=partition),
                self.plan(200 + number, partition=partition),
                self.callout(300 + number, visit=visit, partition=partition),
                self.mark(400 + number, partition=partition),
            ]
        return told

    def night(self):
        """Incidents through every partition, the later version of some before the earlier one.

        Present and away, with a child not born yet; a grade amended, one withdrawn, one merged into
        another, the third of a child within a year, and children whom nobody else has a number of.
        """
        here = {number: listed(child(number, FORCE)) for number in (0, 1, 2, 7, 8, 10, 50)}
        away = listed(child(4, FORCE), present=False)
        unnamed = listed(replace(child(5, FORCE), local_id="N51"), number=False)
        pregnant = a_victim("9", pregnant=True, due_date="2027-03-14")
        told = [
            an_incident("1", here[0], hour=9, status="amended", assessor_grade="high"),
            an_incident("1", here[0]),
            an_incident("2", here[1], away),
            an_incident("3", here[2], hour=9, status="withdrawn"),
            an_incident("3", here[2]),
            an_incident("4", here[7]),
            an_incident("5", here[10]),
            an_incident("4", here[7], hour=9, status="merged", merged_into="132605"),
            an_incident("5", here[7], here[10], hour=9, status="amended"),
            an_incident("8", here[8], began_at="2026-11-18T20:00:00Z"),
            an_incident("6", here[8], began_at="2026-05-02T20:00:00Z"),
            an_incident("7", here[8], began_at="2026-08-10T20:00:00Z"),
            an_incident("9", adults=[pregnant]),
            an_incident("10", here[50], unnamed),
        ]
        return [
            self.reads(FORCE, reading, partition=place % PARTITIONS)
            for place, reading in enumerate(read_incidents(told))
        ]

    def school_days(self):
        """Registers through every partition, the later reading of some before the earlier one.

        Marks of children who are known, of one who will be and of one whom nobody knows; an absence
        that a complete register ends, and one that is explained.
        """
        known = {number: child(number, SCHOOL.agency) for number in (0, 2, 6, 9, 11, 50, 90)}
        told = [
            a_register(absent(known[6], known[9], known[90]), hour=12),
            a_register(absent(known[0], known[6], known[9], known[90])),
            a_register(
                [*absent(known[0], known[2], known[50]), Pupil(child=known[11], code="O")],
                day=THURSDAY,
            ),
            a_register(
                [Pupil(child=known[9], code="I", previous="N")],
                session="PM",
                hour=15,
                complete=False,
            ),
            a_register(absent(known[9]), session="PM", hour=13, complete=False),
        ]
        return [
            self.reads(SCHOOL.agency, reading, partition=place % PARTITIONS)
            for place, reading in enumerate(read_registers(*told))
        ]

    def school_troubles(self):
        """A mark that has waited its time, and the late word that a pupil is another.

        The vendor tells that the pupil who was taken for child 6 is somebody else.
        """
        gone = self.register_of(*absent(child(92, SCHOOL.agency)), day=LONG_AGO)
        other = replace(
            child(6, SCHOOL.agency),
            upn=upn(91),
            family_name="Quill",
            given_names=("Thomas",),
            birth_date=date(2013, 7, 9),
        )
        (reading,) = read_registers(a_register(absent(other), session="PM", hour=14))
        value = VENDOR.report(*reading.events, attendance_register=reading.attendance_register)
        return [gone, Message(agency=VENDOR, value=value, signature=VENDOR.sign(value))]

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
        return told + self.school_troubles()

    def morning(self):
        """Reports of all feeds in every partition: plans, repeats, corrections, a withdrawal."""
        told = [self.plan(number) for number in range(0, 12, 3)]
        told += self.attendances(range(12))
        told += self.attendances(range(0, 12, 2), visit="W", publisher="RR8", days_ago=9.0)
        told.append(self.attendance(1, revision=5, state=EventState.CORRECTED, days_ago=2.0))
        told.append(self.attendance(3, revision=6, state=EventState.WITHDRAWN))
        told += [self.attendance(5, visit=f"X{n}", days_ago=40.0 * n) for n in range(1, 4)]
        return told + self.night() + self.school_days()


def message_of(raw):
    """A report as it lies in Kafka, whoever sent it."""
    agency = SimpleNamespace(key=raw.key)
    return Message(agency=agency, value=raw.value, signature=dict(raw.headers)[SIGNATURE_HEADER])


def of_feed(messages, feed):
    return [one for one in messages if one.agency.feed is feed]


def halves(messages):
    """The messages in two parts, each with reports of every feed, in the order of each."""
    told = [of_feed(messages, feed) for feed in Feed]
    before = [one for some in told for one in some[: len(some) // 2]]
    return before, [one for one in messages if one not in before]


def unsigned(message):
    """The same report under a signature that is not its own."""
    return replace(message, signature=bytes(64))
