"""A force, a school and the council of Bradford for tests of notices to schools."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.core.event import DomesticAbuseIncidentFacts, Event, EventState
from hub.core.identifiers import GssCode
from hub.core.incident_facts import AdultRole, IncidentAdult, RelationToChild, RiskGrade
from hub.core.policy import Source
from hub.core.report import Feed
from hub.service.noticing import NOTICE_DUE
from hub.service.tick import Tick
from hub.service.withholding import TOLD_LATER, DecideAgain
from tests.service.laboratory import BRADFORD, NOW, a_child
from tests.service.schools import an_absence, joined, told

NIGHT = datetime(2026, 11, 21, 22, 40, tzinfo=UTC)
MONDAY_0815 = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
CHILD = a_child(local_id="N1003")


def with_a_force(laboratory):
    """The laboratory whose authorities have all joined the force."""
    force = Source(
        agency="POL13",
        feed=Feed.POLICE,
        name="West Yorkshire Police",
        live_from=NOW - timedelta(days=300),
        maximum_age=timedelta(hours=24),
    )

    def with_force(policy):
        return replace(policy, sources={**policy.sources, "POL13": force})

    policies = laboratory.policies
    laboratory.policies = replace(
        policies,
        hub=with_force(policies.hub),
        authorities={code: with_force(one) for code, one in policies.authorities.items()},
    )
    laboratory.receive = laboratory.a_receive()
    return laboratory


def an_incident(name="O1", *, child=CHILD, revision=1, facts=None, began=NIGHT, **changes):
    """A made-up incident at the child's home in Bradford, graded medium."""
    recorded = DomesticAbuseIncidentFacts(
        occurrence=name,
        began_at=began,
        place_authority=BRADFORD,
        officer_grade=RiskGrade.MEDIUM,
        present=True,
        resident=True,
        voice_recorded=True,
        adults=(
            IncidentAdult(
                role=AdultRole.SUSPECT, relation=RelationToChild.STEP_PARENT, person="N1002"
            ),
        ),
    )
    event = Event(
        source_key=f"POL13|{name}|{child.local_id}",
        revision=revision,
        state=EventState.REPORTED,
        occurred_at=began,
        recorded_at=began,
        subject=child,
        facts=replace(recorded, **(facts or {})),
    )
    return replace(event, **changes)


def tell(laboratory, *events, **report):
    """Have the force tell of incidents."""
    return laboratory.receive([laboratory.says(laboratory.force, *events, **report)])


def on_roll(laboratory, **changes):
    """Have the school report a mark of absence, and the hospital the child."""
    from tests.service.laboratory import an_attendance  # noqa: PLC0415  # one name, two builders

    school = joined(laboratory)
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance(days_ago=30))])
    laboratory.receive([told(laboratory, school, an_absence(**changes))])
    return school


def notices(laboratory):
    """Recipient, reason, state and version of every notice, in order."""
    return laboratory.rows(
        "SELECT recipient, reason, state, version FROM encompass_notice ORDER BY made_at, recipient"
    )


def outbox(laboratory):
    """Recipients in the outbox, in order."""
    rows = laboratory.rows("SELECT recipient FROM outbox ORDER BY created_at, recipient")
    return [recipient for (recipient,) in rows]


def timers(laboratory):
    """When the timer of each notice is due, and its state."""
    return laboratory.rows(
        "SELECT due_at, state FROM timer WHERE kind = %s ORDER BY due_at, state", NOTICE_DUE
    )


def a_tick(laboratory, store=None):
    """What fires timers."""
    return Tick(
        store=store or laboratory.store,
        clock=laboratory.clock,
        handlers={
            NOTICE_DUE: laboratory.noticing().late,
            TOLD_LATER: DecideAgain(laboratory.a_decide(store).correlate),
        },
    )


def council():
    """Bradford."""
    return GssCode(BRADFORD)
