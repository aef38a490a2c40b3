"""What takes reports in, links, decides and corrects."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from hub.adapters.identity_reference import matching_within
from hub.adapters.registry import RegistryReader
from hub.adapters.schemas import shipped_schemas
from hub.adapters.store.blocks import children_estimated
from hub.adapters.store.changes import PostgresChanges
from hub.adapters.store.numbers import PostgresNumbers
from hub.adapters.store.publishers import PostgresPublishers
from hub.bootstrap.world import World
from hub.core.identity_matching import Matching
from hub.core.intake import Intake
from hub.core.sickness import sickness_asked
from hub.service.changes import Changes
from hub.service.correct import Correct
from hub.service.correlating import Correlating
from hub.service.decide import Decide
from hub.service.escalating import Escalating
from hub.service.households import Households
from hub.service.linking import Linking
from hub.service.noticing import Noticing
from hub.service.quota import UnverifiedQuota
from hub.service.receive import Receive
from hub.service.registers import DecideExtract
from hub.service.standing import Standing
from hub.service.superseding import Superseding
from hub.service.waking import Waking
from hub.topics import FEED_OF_TOPIC


@dataclass(frozen=True)
class Deciding(World):
    """From the bytes of a report to links, alerts and notices, and what is mended of them."""

    @cached_property
    def publishers(self) -> PostgresPublishers:
        """The publishers' registry."""
        return PostgresPublishers(self.postgres)

    @cached_property
    def intake(self) -> Callable[[], Intake]:
        """What answers what is needed to open reports, the registry as it is now."""
        registry = RegistryReader(self.publishers)
        schemas = shipped_schemas()

        def now() -> Intake:
            return Intake(
                publishers=registry(),
                topics=FEED_OF_TOPIC,
                open_body=self.keys.open_body,
                schemas=schemas,
                digests=self.keys.events,
                test_numbers=self.settings.demo,
                sickness_asked=sickness_asked(self.policies.every()),
            )

        return now

    @cached_property
    def matching(self) -> Matching:
        """How likeness is weighed, alike for who links, who asks and who reviews."""
        children = children_estimated(self.postgres)
        return matching_within(self.policies.hub.bands, children=children)

    @cached_property
    def standing(self) -> Standing:
        """Where records stand by what was decided about them."""
        return Standing(digests=self.keys.identity, matching=self.matching, signing=self.signing)

    @cached_property
    def linking(self) -> Linking:
        """Links records to children."""
        return Linking(
            store=self.store,
            digests=self.keys.identity,
            places=self.places,
            matching=self.matching,
            standing=self.standing,
            clock=self.clock,
        )

    @cached_property
    def correlating(self) -> Correlating:
        """From what is known of children to the alerts that must be written."""
        policies = self.policies.with_calendars(self.calendars)
        return Correlating(policies=policies, places=self.places)

    @cached_property
    def escalating(self) -> Escalating:
        """Passes on what nobody has acknowledged."""
        return Escalating(self.policies)

    @cached_property
    def noticing(self) -> Noticing:
        """Notices to schools, decided in the one transaction."""
        policies = self.policies.with_calendars(self.calendars)
        return Noticing(policies=policies, places=self.places, directory=self.schools)

    @cached_property
    def decide(self) -> Decide:
        """The one transaction."""
        quota = UnverifiedQuota(
            reports_per_day=self.settings.unverified_reports_per_day,
            bytes_per_day=self.settings.unverified_mebibytes_per_day * 1024 * 1024,
        )
        return Decide(
            store=self.store,
            correlator=self.correlating,
            noticing=self.noticing,
            clock=self.clock,
            quota=quota,
            households=Households.of(self.policies),
            waking=Waking.of(self.correlating),
            escalating=self.escalating,
        )

    @cached_property
    def receive(self) -> Receive:
        """The whole hub for a batch of reports."""
        return Receive(
            store=self.store,
            intake=self.intake,
            linking=self.linking,
            decide=self.decide,
            clock=self.clock,
        )

    @cached_property
    def decide_extract(self) -> DecideExtract:
        """A named person's decision on an extract that waits."""
        return DecideExtract(store=self.store, decide=self.decide, clock=self.clock)

    @cached_property
    def correct(self) -> Correct:
        """Joins and parts children by what was decided."""
        return Correct(
            store=self.store,
            standing=self.standing,
            signing=self.signing,
            clock=self.clock,
            rederive=lambda children: self.decide.recorrelate(*children),
        )

    @cached_property
    def changes(self) -> Changes:
        """Acts on what agencies told about who a person is."""
        told = PostgresChanges(self.postgres, self.keys.sealer)
        superseding = Superseding(
            store=PostgresNumbers(self.postgres, self.keys.sealer, self.keys.identity),
            rereading=self.linking,
            correct=self.correct,
            clock=self.clock,
        )
        return Changes(
            store=told,
            correct=self.correct,
            superseding=superseding,
            synonyms=self.matching.weights.synonyms,
            clock=self.clock,
        )
