"""What becomes of one feed's worker is nothing to the others: an attendance is still received.

And the check answers it. Afterwards what the others were told is decided too, and nothing is lost.
"""

from datetime import timedelta

import pytest

from hub.api.users import DEMO_USERS_BY_ID
from hub.core.answer import CheckQuestion, SeenAnswer
from hub.core.identifiers import OdsCode
from hub.core.report import Feed
from hub.topics import PARTITIONS, report_topic
from tests.e2e import oracle
from tests.e2e.exports import absent
from tests.e2e.test_pauses import is_stopped
from tests.e2e.town import child
from tests.e2e.waiting import wait_until
from tests.service.laboratory import BRADFORD
from tests.service.schools import FRIDAY, SCHOOL

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

CLINICIAN = DEMO_USERS_BY_ID["clinician-rae01"]
OTHERS = [feed for feed in Feed if feed is not Feed.HEALTH]

REGISTERS, PUPILS = 90, 30
SLOW_SECONDS = 3
"""How long each statement takes that stores marks, so that a flood of them lasts."""


@pytest.fixture
def health(installation):
    """The worker of the hospitals' feed, at work and patient."""
    worker = installation.patient_worker()
    installation.shares([worker])
    return worker


def arrives(installation, number):
    """A child arrives at one hospital, and the other asks about it once that is received."""
    (at,) = installation.publish(installation.town.attendance(number, publisher="RR8"))
    wait_until(lambda: at in installation.stored(), "the attendance is received")
    assert installation.state_of(at) == ("accepted", None)
    one = child(number, "RAE")
    question = CheckQuestion(
        nhs_number=one.nhs_number,
        birth_date=one.birth_date,
        postcode=one.postcode,
        site=OdsCode("RAE01"),
    )
    answer = installation.hub.services.check(CLINICIAN, question)
    assert answer.seen is SeenAnswer.SEEN_BEFORE
    assert [seen.site_code for seen in answer.presentations] == [OdsCode("RR801")]


def backlog(installation, feed):
    """How many reports of a feed have no row yet."""
    waiting = set(installation.sent) - installation.stored()
    return len([at for at in waiting if at.topic == report_topic(feed)])


def everything_is_right_in_the_end(installation, health):
    installation.all_stored(120)
    installation.all_acknowledged()
    assert health.code is None
    assert health.log.count("Joined group") == 1, "its partitions were never in question"
    oracle.check(installation)


def test_while_the_workers_of_the_other_feeds_are_dead(installation, health):
    """Killed in the batch in which they were told of the children who then arrive."""
    town = installation.town
    dead = [installation.worker(feed, die_at="before Transaction.commit") for feed in OTHERS]
    told = [town.plan(1, publisher=BRADFORD), town.callout(2), town.mark(3)]
    installation.publish(*told)
    for worker in dead:
        assert worker.ended() != 0

    for number in range(4):
        arrives(installation, number)

    assert all(backlog(installation, feed) == 1 for feed in OTHERS)
    for feed in OTHERS:
        installation.worker(feed)
    everything_is_right_in_the_end(installation, health)


@pytest.mark.parametrize(
    ("feed", "point"),
    [
        (Feed.SOCIAL_CARE, "before Transaction.commit"),
        (Feed.SCHOOLS, "before Transaction.commit"),
        (Feed.POLICE, "after IdentityTransaction.lock_identity"),
        (Feed.SCHOOLS, "after IdentityTransaction.lock_identity"),
    ],
)
def test_while_the_worker_of_another_feed_is_stuck_with_what_the_attendance_needs(
    installation, health, feed, point
):
    """It holds the children themselves, or the lock under which everybody is linked."""
    town = installation.town
    if feed is Feed.SCHOOLS:  # nothing is locked for pupils who only wait
        _known(installation, range(4))
    stuck = installation.worker(feed, pause_at=point)
    tells = {Feed.SOCIAL_CARE: town.plan, Feed.POLICE: town.callout, Feed.SCHOOLS: town.mark}
    installation.publish(*map(tells[feed], range(4)))
    wait_until(lambda: is_stopped(stuck), "the worker stops itself")

    for number in range(4):
        arrives(installation, number)

    assert is_stopped(stuck)
    assert backlog(installation, feed) == 4
    stuck.kill()
    installation.worker(feed)
    everything_is_right_in_the_end(installation, health)


def _known(installation, numbers):
    worker = installation.worker(Feed.POLICE)
    installation.publish(*map(installation.town.callout, numbers))
    installation.all_stored()
    worker.stop()


def test_while_the_schools_flood_theirs_with_registers(installation, health):
    """Some of the pupils are children of whom others know, one of whom arrives too."""
    installation.execute(
        "CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF EXISTS (SELECT 1 FROM fresh WHERE kind = 'school_absence')"
        f" THEN PERFORM pg_sleep({SLOW_SECONDS}); END IF; RETURN NULL; END $$"
    )
    installation.execute(
        "CREATE TRIGGER slow AFTER INSERT ON event REFERENCING NEW TABLE AS fresh"
        " FOR EACH STATEMENT EXECUTE FUNCTION be_slow()"
    )
    _known(installation, range(4))
    installation.publish(*flood(installation.town))
    schools = installation.worker(Feed.SCHOOLS)
    wait_until(
        lambda: backlog(installation, Feed.SCHOOLS) < REGISTERS, "the flood is being worked off"
    )

    for number in range(50, 54):
        arrives(installation, number)
    assert backlog(installation, Feed.SCHOOLS) > 0, "the flood is not over"
    arrives(installation, 0)

    everything_is_right_in_the_end(installation, health)
    assert schools.code is None
    assert installation.one("SELECT count(*) FROM event WHERE kind = 'school_absence'") == (
        REGISTERS * PUPILS
    )


def flood(town):
    """Whole registers of one school, a morning and an afternoon of each day."""
    pupils = absent(*(child(number, SCHOOL.agency) for number in range(PUPILS)))
    days = [FRIDAY - timedelta(days=number // 2) for number in range(REGISTERS)]
    return [
        town.register_of(
            *pupils,
            partition=place % PARTITIONS,
            day=day,
            session="PM" if place % 2 else "AM",
            hour=15,
        )
        for place, day in enumerate(days)
    ]
