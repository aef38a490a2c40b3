"""The real connectors in processes of these tests, with a death planted if asked for."""

import time

import connectors.health
import connectors.police
import connectors.schools
import connectors.social_care
from connectors import packing, run
from connectors.contract import ConnectorContext
from connectors.spool import Spool
from hub.adapters.kafka import ReportProducer
from hub.core.report import Feed
from tests.e2e.exports import FORCE
from tests.e2e.worker_process import die
from tests.service.laboratory import LEEDS
from tests.service.schools import SCHOOL

CONNECTORS = {
    Feed.HEALTH: connectors.health.connector,
    Feed.SOCIAL_CARE: connectors.social_care.connector,
    Feed.POLICE: connectors.police.connector,
    Feed.SCHOOLS: connectors.schools.connector,
}
SENDERS = {
    Feed.HEALTH: run.Sender(publisher="RAE", connector="adt", agency="RAE"),
    Feed.SOCIAL_CARE: run.Sender(publisher=LEEDS, connector="extracts", agency=LEEDS),
    Feed.POLICE: run.Sender(publisher=FORCE, connector="exports", agency=FORCE),
    Feed.SCHOOLS: run.Sender(publisher=SCHOOL.agency, connector="registers", agency=SCHOOL.agency),
}

EVENTS_PER_REPORT = 25
"""Fewer than in service, so that a short file becomes several reports."""


def _dies(owner, name, *, before, nth):
    """Let the nth call of a method be the end of the process, before or after it is made."""
    method = getattr(owner, name)
    left = [nth]

    def dying(self, *arguments, **named):
        left[0] -= 1
        if before and not left[0]:
            die()
        answer = method(self, *arguments, **named)
        if not before and not left[0]:
            die()
        return answer

    setattr(owner, name, dying)


def _pauses(owner, name, seconds):
    """Let a method take its time, so that what goes on meanwhile goes on under load."""
    method = getattr(owner, name)

    def slow(self, *arguments, **named):
        time.sleep(seconds)
        return method(self, *arguments, **named)

    setattr(owner, name, slow)


def connector(  # noqa: PLR0913  # one for each fault
    settings,
    feed,
    path,
    *,
    mapping=None,
    die_at="",
    nth=1,
    pause_seconds=0.0,
    events_per_report=EVENTS_PER_REPORT,
):
    """`hub connector run AGENCY --from PATH` of a feed's agency, or until the planted death."""
    if pause_seconds:
        _pauses(Spool, "append", pause_seconds)
    if die_at:
        moment, _, call = die_at.partition(" ")
        owner, _, name = call.partition(".")
        owners = {"Spool": Spool, "ReportProducer": ReportProducer}
        _dies(owners[owner], name, before=moment == "before", nth=nth)
    packing.EVENTS_PER_REPORT_MAX = events_per_report
    sender = SENDERS[feed]
    context = ConnectorContext(
        started_at=run.now(), mapping_path=mapping, test_numbers=True, agency=sender.agency
    )
    run.run(CONNECTORS[feed], run.Source(path=path), context, sender, settings)
