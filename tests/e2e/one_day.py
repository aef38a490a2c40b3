"""One day of a hub in one process, without Faust: every call that changes what survives a crash.

It reads what the group has not acknowledged from the real Kafka, decides it in the real PostgreSQL,
acknowledges, and does what people do: approve an extract, retry what was parked, acknowledge an
alert. Run again after a death at any point, it finishes what was begun.
"""

import logging
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from uuid import UUID

from hub.adapters.calendar_files import load_calendars
from hub.adapters.kafka import PositionReader
from hub.adapters.store.answers import PostgresAnswers
from hub.adapters.store.outbox import PostgresOutbox
from hub.adapters.store.positions import PostgresPositions
from hub.api.users import DEMO_USERS_BY_ID
from hub.api.views import InboxFilters, InboxShows
from hub.bootstrap import Hub
from hub.core.alert_life import Act, Outcome
from hub.core.answer import CheckQuestion
from hub.core.identifiers import GssCode, NhsNumber, OdsCode
from hub.core.identity_decision import DecisionCause, DecisionKind, decision
from hub.core.report import Feed
from hub.ports import Answers, AsideState, AsideWanted, Outbox, Positions, Questions, Store
from hub.service.expire import ExpireWaiting
from hub.service.front_door import Wish
from hub.topics import PARTITIONS, report_topic
from tests.e2e.town import LATECOMER, VENDOR
from tests.e2e.watched import Watched
from tests.e2e.worker_process import dying_at
from tests.service.laboratory import NOW, NUMBERS, SetClock

REGISTER_TEAM = DEMO_USERS_BY_ID["register-staff-e08000032"]
DUTY_WORKER = DEMO_USERS_BY_ID["duty-worker-e08000032"]
CLINICIAN = DEMO_USERS_BY_ID["clinician-rae01"]


class OneConsumer(PositionReader):
    """Reads as ever, but all of a day by one consumer.

    The first answer of each consumer takes kafka-python 100 ms, and a day asks some thirty times.
    """

    def __init__(self, servers):
        super().__init__(servers)
        self._kept = ExitStack()
        self._one = self._kept.enter_context(super()._consumer())

    @contextmanager
    def _consumer(self, group=None):
        assert group is None, "the one consumer is of no group"
        yield self._one
        self._one.assign([])

    def close(self):
        self._kept.close()


def one_day(settings, groups, die_at=""):
    """Do the whole day, or end at a point of it."""
    logging.basicConfig(level="WARNING")
    hook = dying_at(die_at)
    with closing(OneConsumer(settings.kafka)) as kafka:
        hub = _watched_hub(settings, kafka, hook)
        for feed in Feed:
            _work(hub, feed, groups[feed])
        _operate(_watched_hub(settings, kafka, hook))


def _watched_hub(settings, kafka, hook):
    hub = Hub(settings, name="day", wrap_store=lambda store: Watched(store, Store, hook))
    hub.__dict__["kafka"] = kafka
    hub.__dict__["positions"] = Watched(PostgresPositions(hub.postgres), Positions, hook)
    hub.__dict__["outbox"] = Watched(PostgresOutbox(hub.postgres), Outbox, hook)
    answers = PostgresAnswers(hub.postgres, hub.keys.sealer)
    hub.__dict__["answers"] = Watched(answers, Answers, hook)
    hub.__dict__["questions"] = Watched(hub.questions, Questions, hook)
    return hub


def _work(hub, feed, group):
    """What a worker process does between its start and its end."""
    topic = report_topic(feed)
    reconcile = hub.reconcile(feed, group)
    reconcile.refuse_over_restored_database()
    reconcile()
    work = hub.work(feed)
    work.assigned(range(PARTITIONS))
    began, ends = hub.kafka.committed(group, topic), hub.kafka.ends(topic)
    batch = [
        raw
        for partition, (first, end) in sorted(ends.items())
        if began.get(partition, first) < end
        for raw in hub.kafka.fetch(topic, partition, began.get(partition, first), end)
    ]
    last = {raw.partition: raw.offset for raw in batch}
    for some in (
        [raw for raw in batch if raw.offset != last[raw.partition]],
        [
            raw for raw in batch if raw.offset == last[raw.partition]
        ],  # told again of the same people
    ):
        if some:
            work.batch(some)
    hub.kafka.set_committed(group, topic, {partition: end for partition, (_, end) in ends.items()})
    work.stopped()
    reconcile()


def _operate(hub):
    """What people do: a publisher entered late, a decision on an extract, a gap settled."""
    hub.publishers.add(
        LATECOMER.name,
        public_key=LATECOMER.signer.public_key().public_bytes_raw(),
        reports_for=[(LATECOMER.name, LATECOMER.feed)],
        now=NOW.replace(year=2024),
    )
    hub.publishers.add(
        VENDOR.name,
        public_key=VENDOR.signer.public_key().public_bytes_raw(),
        reports_for=[(VENDOR.agency, VENDOR.feed)],
        now=NOW.replace(year=2024),
    )
    parked = hub.parked.aside(AsideWanted(state=AsideState.PARKED))
    waiting = tuple(one.position for one in parked)
    hub.receive.retry(tuple(hub.parked.raw(waiting)))
    hub.receive([])
    calendars = load_calendars(hub.settings.calendars)
    ExpireWaiting(store=hub.store, calendars=calendars, clock=SetClock(NOW))()
    for one in hub.decide_extract.waiting():
        team = replace(REGISTER_TEAM, authority=GssCode(one.agency))
        decided = hub.services.decide_extract(
            team, one.extract_id, approve=True, reason="It is so."
        )
        assert decided
    for missing in hub.settle.standing():
        hub.settle(missing.reference, by="Lee Hargreaves", reason="It was looked up.")
    while hub.deliver():
        pass
    _ask_again(hub)
    _look_again(hub)
    _correct(hub)
    _disbelieve(hub)
    inbox = hub.services.inbox(DUTY_WORKER, InboxFilters(shows=InboxShows.ALL))
    alert_id = min(row.alert_id for row in inbox.rows)
    hub.services.claim(DUTY_WORKER, alert_id)
    hub.services.release(DUTY_WORKER, alert_id)
    hub.services.acknowledge(DUTY_WORKER, alert_id)
    row = hub.services.alert(DUTY_WORKER, alert_id).row
    if row.outcome is None:  # a day that is gone over again decides nothing a second time
        wish = Wish(
            act=Act.DECIDE, stand=row.stand, outcome=Outcome.EARLY_HELP, words="It was agreed."
        )
        assert not hub.services.contacts.act(DUTY_WORKER, alert_id, wish).refused
    with hub.postgres.connection() as connection:
        taken_back = connection.execute(
            "SELECT alert_id FROM alert WHERE state = 'withdrawn' AND owner = 'E08000032'"
            " ORDER BY alert_id"
        ).fetchall()
    assert taken_back, "nothing was taken back that day"
    hub.services.contacts.note_ending(DUTY_WORKER, taken_back[0][0])


def _ask_again(hub):
    """What was asked is asked again, once it is in doubt; and somebody looks what has changed."""
    question = CheckQuestion(
        nhs_number=NhsNumber(NUMBERS[0]), birth_date=NOW.date(), site=OdsCode("RAE01")
    )
    hub.services.check(CLINICIAN, question)
    with hub.postgres.connection() as connection:
        connection.execute(
            "INSERT INTO answer_doubt (child_ref, seen_at)"
            " SELECT DISTINCT unnest(about), now() - interval '1 hour' FROM answer_given"
        )
    while hub.ask_again():
        pass
    hub.services.acknowledge_changed(CLINICIAN, UUID(int=1))


def _look_again(hub):
    """A child whose links changed, that could not be looked at, and then could."""
    with hub.postgres.connection() as connection:
        ((child_ref,),) = connection.execute(
            "SELECT child_ref FROM child ORDER BY child_ref LIMIT 1"
        ).fetchall()
        connection.execute(
            "INSERT INTO correlation_pending (child_ref, since) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING",
            (child_ref, NOW),
        )
    hub.decide.defer(child_ref)
    hub.decide.recorrelate(child_ref)


def _disbelieve(hub):
    """An agency says of two children without plans that they are one; they are plainly not."""
    with hub.postgres.connection() as connection:
        (one,), (other,) = connection.execute(
            "SELECT (array_agg(record_ref ORDER BY record_ref))[1] FROM link"
            " WHERE child_ref NOT IN (SELECT child_ref FROM link JOIN plan USING (record_ref))"
            " AND child_ref NOT IN (SELECT child_ref FROM link JOIN born_of USING (record_ref))"
            " GROUP BY child_ref ORDER BY child_ref LIMIT 2"
        ).fetchall()
    made = decision(
        DecisionKind.SAME,
        one,
        other,
        cause=DecisionCause.AGENCY,
        by="RAE01",
        role="agency",
        organisation="RAE01",
        reason="They were merged.",
        at=NOW,
        occasion=b"one day of an agency",
    )
    hub.correct.decide([made])


def _correct(hub):
    """Two children are said to be one, and then not: nothing of it stays but that it was said."""
    with hub.postgres.connection() as connection:
        found = connection.execute("SELECT record_ref FROM link ORDER BY record_ref").fetchall()
    (one,), (other,) = found[0], found[-1]
    made = decision(
        DecisionKind.SAME,
        one,
        other,
        cause=DecisionCause.PERSON,
        by="Lee Hargreaves",
        role="reviewer",
        organisation="E08000032",
        reason="They are one.",
        at=NOW,
        occasion=b"one day",
    )
    hub.correct.decide([made])
    hub.correct.reverse(
        made.decision_id,
        by="Lee Hargreaves",
        role="reviewer",
        organisation="E08000032",
        reason="They are not.",
    )
