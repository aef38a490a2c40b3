"""The whole hub: beside what decides and answers, the work of feeds and what is due."""

import time
from dataclasses import dataclass
from functools import cached_property

from hub.adapters.delivery.channels import Channels
from hub.adapters.delivery.email import Emails
from hub.adapters.delivery.webhook import Webhooks
from hub.adapters.email_settings import domains_of, mail_server
from hub.adapters.keys import load_webhook_secrets
from hub.adapters.store.lives import PostgresLives
from hub.adapters.store.loads import PostgresLoads
from hub.adapters.store.outbox import PostgresOutbox
from hub.adapters.store.parked import PostgresParked
from hub.adapters.store.positions import PostgresPositions
from hub.bootstrap.asking import Asking
from hub.core.reasons import ParkReason
from hub.core.report import Feed
from hub.ports import WAKE, AsideState, AsideWanted, Outbox
from hub.service.addresses_in_force import EmailAddresses, WebhookAddresses
from hub.service.deliver import Deliver
from hub.service.escalating import ALERT_DISPUTED, ALERT_UNSEEN
from hub.service.expire import ExpireWaiting
from hub.service.hearing_back import REPORT_UNSEEN, report_unseen
from hub.service.households import HOUSEHOLD_LOOK, LookForAnother
from hub.service.living import Living
from hub.service.noticing import NOTICE_DUE
from hub.service.policy_telling import PolicyTelling
from hub.service.received import Received
from hub.service.reconcile import Reconcile
from hub.service.retry import RetryParked
from hub.service.tick import Handler, Tick
from hub.service.turns_anew import TurnsAnew
from hub.service.waking import WakeUp
from hub.service.withholding import TOLD_LATER, DecideAgain
from hub.service.work import Work
from hub.topics import report_topic

RETRIED_BY_ITSELF = (
    ParkReason.SCHEMA_NOT_KNOWN.value,
    ParkReason.PUBLISHER_NOT_KNOWN.value,
    ParkReason.SIGNATURE_WRONG.value,
    ParkReason.AGENCY_NOT_ALLOWED.value,
    ParkReason.SUITE_NOT_KNOWN.value,
    ParkReason.SEALING_KEY_NOT_KNOWN.value,
    ParkReason.HUB_FAULT.value,
)
"""What a release, a new key or a new entry in the registry may mend."""


@dataclass(frozen=True)
class Hub(Asking):
    """Everything of the hub that a process may need, made when it is first asked for."""

    @cached_property
    def outbox(self) -> Outbox:
        """What waits to go out."""
        return PostgresOutbox(self.postgres)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Tells agencies that want it that something waits for them."""
        return Webhooks(
            addresses=WebhookAddresses(self.policies, self.schools),
            secrets=lambda agency: load_webhook_secrets(self.settings.keys, agency),
            to_this_machine=self.settings.demo,
        )

    @cached_property
    def emails(self) -> Emails:
        """Tells desks by e-mail that something waits for them."""
        return Emails(
            addresses=EmailAddresses(self.policies),
            policies=self.policies,
            server=mail_server(self.settings),
            sender=self.settings.smtp_sender,
            domains=domains_of(self.settings),
            inbox=f"{self.settings.public_url}/inbox",
        )

    @cached_property
    def deliver(self) -> Deliver:
        """Drains the outbox."""
        channels = Channels(webhooks=self.webhooks, emails=self.emails)
        return Deliver(outbox=self.outbox, channel=channels, clock=self.clock)

    @cached_property
    def tick(self) -> Tick:
        """Fires what is due."""
        handlers: dict[str, Handler] = {
            NOTICE_DUE: self.noticing.late,
            TOLD_LATER: DecideAgain(self.decide.correlate),
            HOUSEHOLD_LOOK: LookForAnother(self.decide.for_another),
            WAKE: WakeUp(self.decide.for_another),
            ALERT_UNSEEN: self.escalating,
            ALERT_DISPUTED: self.escalating,
            REPORT_UNSEEN: report_unseen,
        }
        return Tick(store=self.store, clock=self.clock, handlers=handlers)

    @cached_property
    def turns_anew(self) -> TurnsAnew:
        """Sets the turns of alerts by the clocks of a policy that has changed."""
        return TurnsAnew(
            store=self.store,
            policies=self.policies,
            escalating=self.escalating,
            clock=self.clock,
        )

    @cached_property
    def policy_telling(self) -> PolicyTelling:
        """Tells the operator of policy files that are not taken."""
        watch = self.policy_watch
        return PolicyTelling(self.policies, lambda: watch.refused, self.operator_flags, self.clock)

    @cached_property
    def expire_waiting(self) -> ExpireWaiting:
        """Removes marks of absence that have waited their time."""
        return ExpireWaiting(store=self.store, calendars=self.calendars, clock=self.clock)

    @cached_property
    def positions(self) -> PostgresPositions:
        """Positions and attempts."""
        return PostgresPositions(self.postgres)

    @cached_property
    def parked(self) -> PostgresParked:
        """The reports that wait."""
        return PostgresParked(self.postgres)

    @cached_property
    def loads(self) -> PostgresLoads:
        """How first loads stand."""
        return PostgresLoads(self.postgres)

    @cached_property
    def retry(self) -> RetryParked:
        """Tries chosen parked reports again."""
        return RetryParked(parked=self.parked, kafka=self.kafka, receive=self.receive)

    def retry_parked(self, topic: str | None = None) -> Received:
        """Try parked reports again, of one topic or of all: after a release or a new entry.

        Those on which workers died are left to a person: `hub reports retry`.
        """
        wanted = AsideWanted(
            state=AsideState.PARKED, topic=topic, reasons=RETRIED_BY_ITSELF, unsettled=True
        )
        chosen = tuple(one.position for one in self.parked.aside(wanted))
        return self.receive.retry(self.parked.raw(chosen))

    def reconcile(self, feed: Feed, group: str) -> Reconcile:
        """The reconciler of one feed."""
        return Reconcile(
            positions=self.positions,
            kafka=self.kafka,
            receive=self.receive,
            clock=self.clock,
            topic=report_topic(feed),
            group=group,
        )

    def living(self, process: str) -> Living:
        """What notes that this process is at work."""
        return Living(
            lives=PostgresLives(self.postgres),
            clock=self.clock,
            process=process,
            worker=self.worker_name,
        )

    def work(self, feed: Feed) -> Work:
        """What a worker process of this feed does with its batches."""
        return Work(
            receive=self.receive,
            positions=self.positions,
            clock=self.clock,
            worker=self.worker_name,
            topic=report_topic(feed),
            monotonic=time.monotonic,
            sleep=time.sleep,
            expire=self.expire_waiting.if_due if feed is Feed.SCHOOLS else None,
        )
