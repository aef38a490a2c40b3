"""What answers people: questions, registers, reviews, notices and reports on matching."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from hub.adapters.keys import load_disclosure_keys
from hub.adapters.narratives import Narratives
from hub.adapters.store.answers import PostgresAnswers
from hub.adapters.store.match_reports import PostgresMatchReports
from hub.adapters.store.notices import PostgresNotices
from hub.adapters.store.operator_flags import PostgresOperatorFlags
from hub.adapters.store.questions import PostgresQuestions
from hub.adapters.store.reviews import PostgresReviews
from hub.adapters.store.rule_yields import PostgresKeptYields, PostgresRuleYields
from hub.api.hub_services import HubServices
from hub.api.reviews_shown import ReviewsShown
from hub.bootstrap.clock import new_id
from hub.bootstrap.deciding import Deciding
from hub.ports import Answers
from hub.service.asker import Surroundings
from hub.service.changed_answers import AskAgain
from hub.service.match_reporting import MatchReporting
from hub.service.notice_desk import NoticeDesk
from hub.service.register_desk import RegisterDesk
from hub.service.review_answers import ReviewAnswers
from hub.service.review_desk import ReviewDesk
from hub.service.reviewing import Reviewing
from hub.service.rule_yield_keeping import RuleYieldKeeping
from hub.service.rule_yielding import RuleYielding
from hub.service.settle import Settle


@dataclass(frozen=True)
class Asking(Deciding):
    """What the surfaces and the commands ask, and where people decide."""

    @cached_property
    def questions(self) -> PostgresQuestions:
        """What the surfaces ask of the database."""
        return PostgresQuestions(self.postgres, self.keys.sealer, self.keys.identity)

    @cached_property
    def surroundings(self) -> Surroundings:
        """What every question needs."""
        return Surroundings(
            questions=self.questions,
            policies=self.policies,
            places=self.places,
            clock=self.clock,
            new_id=new_id,
            matching=self.matching,
            parked_alarm_after=timedelta(hours=self.settings.parked_alarm_hours),
        )

    @cached_property
    def answers(self) -> Answers:
        """The answers that were given."""
        return PostgresAnswers(self.postgres, self.keys.sealer)

    @cached_property
    def ask_again(self) -> AskAgain:
        """Finds which answers have changed."""
        return AskAgain(self.surroundings, self.answers)

    @cached_property
    def services(self) -> HubServices:
        """What the surfaces need done."""
        desk = RegisterDesk(
            self.surroundings,
            store=self.store,
            decide=self.decide_extract,
            reports=self.match_reporting,
        )
        reviews = ReviewsShown(self.surroundings, self.review_desk, self.review_answers)
        return HubServices(
            self.surroundings,
            self.notices,
            desk,
            self.notice_desk,
            reviews,
            self.rule_yield_keeping,
        )

    @cached_property
    def reviews(self) -> PostgresReviews:
        """The questions about who is who."""
        return PostgresReviews(self.postgres, self.keys.sealer)

    @cached_property
    def reviewing(self) -> Reviewing:
        """Asks people what linking is not sure of."""
        return Reviewing(
            store=self.reviews,
            policies=self.policies,
            places=self.places,
            matching=self.matching,
            clock=self.clock,
        )

    @cached_property
    def review_desk(self) -> ReviewDesk:
        """Where questions about who is who are read."""
        return ReviewDesk(self.surroundings, self.reviews, self.matching)

    @cached_property
    def review_answers(self) -> ReviewAnswers:
        """Where they are answered, and what was decided is carried out."""
        return ReviewAnswers(
            desk=self.review_desk,
            store=self.reviews,
            corrections=self.correct,
            clock=self.clock,
        )

    @cached_property
    def notice_desk(self) -> NoticeDesk:
        """Where notices to schools are read and answered."""
        return NoticeDesk(
            self.surroundings,
            store=self.store,
            noticing=self.noticing,
            directory=self.schools,
            read_narrative=self.narratives,
        )

    @cached_property
    def narratives(self) -> Narratives:
        """Opens what agencies told in words; only what discloses asks for it."""
        return Narratives(load_disclosure_keys(self.settings.keys))

    @cached_property
    def notices(self) -> PostgresNotices:
        """What tells when an inbox changes; it connects when somebody first listens."""
        url = self.settings.database_url.get_secret_value()
        return PostgresNotices(url, name=f"{self.name}-notices")

    @cached_property
    def settle(self) -> Settle:
        """Settles what is missing from feeds."""
        return Settle(self.surroundings)

    @cached_property
    def match_reports(self) -> PostgresMatchReports:
        """Reports on matching, and what they are made of."""
        return PostgresMatchReports(self.postgres, self.keys.sealer)

    @cached_property
    def match_reporting(self) -> MatchReporting:
        """Counts how well each authority's records are matched."""
        return MatchReporting(self.surroundings, self.match_reports)

    @cached_property
    def rule_yielding(self) -> RuleYielding:
        """Counts what the alerts of each rule came to."""
        yields = PostgresRuleYields(self.postgres, self.keys.sealer)
        return RuleYielding(self.surroundings, yields)

    @cached_property
    def operator_flags(self) -> PostgresOperatorFlags:
        """Faults that stand for as long as something holds."""
        return PostgresOperatorFlags(self.postgres)

    @cached_property
    def rule_yield_keeping(self) -> RuleYieldKeeping:
        """Keeps those counts for managers, and flags rules."""
        kept = PostgresKeptYields(self.postgres)
        return RuleYieldKeeping(self.surroundings, self.rule_yielding, kept, self.operator_flags)
