"""The services of this hub behind the surfaces: from people to askers, from use cases to views."""

from collections.abc import Callable
from uuid import UUID

from hub.api.alerts_shown import AlertsShown
from hub.api.askers import asker_of
from hub.api.chronology_shown import ChronologyShown
from hub.api.chronology_views import ChronologyView, ChronologyWanted
from hub.api.contacts_shown import ContactsShown
from hub.api.counted import Counted
from hub.api.desk_views import DeskShown
from hub.api.desks_shown import DesksShown
from hub.api.feed_views import Alarm, FeedsView, Readiness, ReadinessPart
from hub.api.feedback_shown import FeedbackShown
from hub.api.feeds_shown import NOT_KNOWN, FeedsShown
from hub.api.matching_views import MatchingView, matching_view
from hub.api.notice_views import NoticesView, NoticeView
from hub.api.notices import NoticesShown
from hub.api.register_views import ExtractView, extract_view
from hub.api.related_views import RelatedView, related_view
from hub.api.review_views import Reviews
from hub.api.rules_views import RulesView, rules_view
from hub.api.users import Role, User
from hub.api.views import AlertView, ClaimView, InboxChangesView, InboxFilters, InboxView
from hub.core.answer import CheckAnswer, CheckQuestion, Phone
from hub.core.identifiers import Urn
from hub.errors import HubError
from hub.ports import AnswerChanged, Held, InboxNotices, InboxShows, InboxWanted, Notice
from hub.service.asker import Asker, Surroundings
from hub.service.changed_answers import ChangedAnswers
from hub.service.check import Check
from hub.service.notice_answers import NoticeAnswer
from hub.service.notice_desk import NoticeDesk
from hub.service.register_desk import RegisterDesk
from hub.service.relatives import Relatives
from hub.service.rule_yield_keeping import RuleYieldKeeping
from hub.service.triage import Triage


class HubServices:
    """``hub.api.services.Services`` over the use cases."""

    def __init__(  # noqa: PLR0913, PLR0917  # the composition root passes each use case once
        self,
        around: Surroundings,
        notices: InboxNotices,
        registers: RegisterDesk,
        school_notices: NoticeDesk,
        reviews: Reviews,
        rule_yields: RuleYieldKeeping,
    ) -> None:
        self._rule_yields = rule_yields
        self._desks = DesksShown(around)
        self.reviews = reviews
        self._registers = registers
        self._notices = NoticesShown(school_notices)
        self._check = Check(around)
        self._changed = ChangedAnswers(around)
        self._feeds = FeedsShown(around)
        self._chronologies = ChronologyShown(around)
        self._relatives = Relatives(around)
        self._triage = Triage(around, notices)
        self._questions = around.questions
        self._policies = around.policies
        self._places = around.places
        self._clock = around.clock
        self._alerts = AlertsShown(around.policies, around.places, around.clock)
        self.contacts = ContactsShown(around, self._alerts, self._desks)
        self.feedback = FeedbackShown(around)

    def check(self, user: User, question: CheckQuestion) -> CheckAnswer:
        """Answer the check, already cut down to what this user may know."""
        return self._check(asker_of(user), question)

    def changed_answers(self, user: User) -> tuple[AnswerChanged, ...]:
        """Answer which answers given to the user's organisation have changed."""
        return self._changed.waiting(asker_of(user))

    def acknowledge_changed(self, user: User, changed_id: UUID) -> bool:
        """Record that the user has seen that one has; ``False`` if there is none of theirs."""
        return self._changed.acknowledge(asker_of(user), changed_id)

    def inbox(self, user: User, filters: InboxFilters) -> InboxView:
        """Answer the alerts of the user's authority, as of now."""
        wanted = InboxWanted(
            shows=filters.shows,
            held=filters.held,
            severity=filters.severity,
            page=filters.page,
            size=filters.size,
        )
        found = self._triage.inbox(asker_of(user), wanted)
        counted = Counted(found.counts, filters.severity)
        asked_for = counted.of(filters.shows, filters.held)
        now = self._clock.now()
        rows = tuple(self._alerts.row(item) for item in found.items)
        return InboxView(
            rows=rows,
            not_shown=max(0, asked_for - len(found.items)),
            page=found.page,
            pages=max(1, -(-asked_for // filters.size)),
            cursor=found.cursor,
            as_of=now,
            stale_feeds=found.stale,
            counts={shows: counted.of(shows, filters.held) for shows in InboxShows},
            held_counts={held: counted.of(filters.shows, held) for held in Held},
            tiers=counted.tiers(filters.shows, filters.held),
            next_due=min((at for row in rows if (at := row.due_at) and at > now), default=None),
        )

    def inbox_changes(self, user: User, since: str) -> InboxChangesView:
        """Answer what changed in the user's inbox since the cursor of an earlier answer."""
        found = self._triage.changes(asker_of(user), since)
        return InboxChangesView(
            rows=tuple(self._alerts.row(item) for item in found.items),
            removed=found.removed,
            cursor=found.cursor,
            complete=found.complete,
            more=found.more,
            as_of=self._clock.now(),
        )

    def inbox_changed(self, user: User, since: str) -> bool:
        """Answer whether the user's inbox changed since then."""
        return self._triage.changed(asker_of(user), since)

    def listen_to_inbox(self, user: User, told: Callable[[Notice], None]) -> Callable[[], None]:
        """Have ``told`` called when the user's inbox changes; answer what ends it."""
        return self._triage.listen(asker_of(user), told)

    def alert(self, user: User, alert_id: UUID) -> AlertView | None:
        """Answer one alert; ``None`` if there is none or it is not this user's."""
        item = self._triage.alert(self._at(user, alert_id), alert_id)
        return self._alerts.page(item) if item else None

    def chronology(
        self, user: User, alert_id: UUID, wanted: ChronologyWanted
    ) -> ChronologyView | None:
        """Answer what was told of the child of an alert; ``None`` as above."""
        return self._chronologies.chronology(self._at(user, alert_id), alert_id, wanted)

    def related(self, user: User, alert_id: UUID) -> RelatedView | None:
        """Answer the children related to the alert's child; ``None`` if they are not told."""
        told = self._relatives.of_alert(self._at(user, alert_id), alert_id)
        return related_view(told) if told else None

    def acknowledge(self, user: User, alert_id: UUID) -> AlertView | None:
        """Record that the user's team has seen it; a second time changes nothing."""
        item = self._triage.acknowledge(self._at(user, alert_id), alert_id)
        return self._alerts.page(item) if item else None

    def claim(self, user: User, alert_id: UUID) -> ClaimView | None:
        """Take the alert in hand for the user unless somebody has it."""
        found = self._triage.claim(self._at(user, alert_id), alert_id)
        return ClaimView(alert=self._alerts.page(found.item), done=found.done) if found else None

    def take_over(self, user: User, alert_id: UUID, holder: str) -> ClaimView | None:
        """Take the alert in hand for the user if this colleague has it."""
        found = self._triage.take_over(self._at(user, alert_id), alert_id, holder)
        return ClaimView(alert=self._alerts.page(found.item), done=found.done) if found else None

    def release(self, user: User, alert_id: UUID) -> ClaimView | None:
        """Give back an alert that the user has in hand."""
        found = self._triage.release(self._at(user, alert_id), alert_id)
        return ClaimView(alert=self._alerts.page(found.item), done=found.done) if found else None

    def feeds(self, user: User) -> FeedsView:
        """Answer the feeds of the user's own agency; for the operator all, without references."""
        return self._feeds.feeds(asker_of(user), mine=user.role is not Role.OPERATOR)

    def registers(self, user: User) -> tuple[ExtractView, ...]:
        """Answer the extracts of the user's own council: those that wait, then decisions."""
        return tuple(extract_view(one) for one in self._registers.extracts(asker_of(user)))

    def matching(self, user: User) -> MatchingView:
        """Answer how well the records of the user's own council are matched."""
        return matching_view(self._registers.match_reports(asker_of(user)), self._policies)

    def at_desk(self, user: User, authority: str) -> User | None:
        """Answer the user at another desk of the own front door; ``None`` if it has no such."""
        return self._desks.at(user, authority)

    def at_all_desks(self, user: User) -> User:
        """Answer the user reading every desk that their front door serves as one inbox."""
        return self._desks.at_all(user)

    def desks(self, user: User) -> tuple[DeskShown, ...]:
        """Answer the desks of the user's front door, if it serves several."""
        return self._desks.shown(user, here=user.organisation)

    def rules(self, user: User, days: int) -> RulesView:
        """Answer what the alerts of the user's own council came to over so many days, by rule."""
        asker = asker_of(user)
        return rules_view(
            self._rule_yields.told(asker, days), self._policies.of(asker.authority), days
        )

    def decide_extract(self, user: User, extract_id: str, *, approve: bool, reason: str) -> bool:
        """Decide in the user's name; ``False`` if no such extract of that council waits."""
        by = f"{user.name} ({user.user_id})"
        decided = self._registers.decide(
            asker_of(user), extract_id, approve=approve, by=by, reason=reason
        )
        return decided is not None

    def notices(self, user: User, page: int = 1) -> NoticesView:
        """Answer a page of the notices that the user may read, those that wait first."""
        return self._notices.listed(asker_of(user), page)

    def notice(self, user: User, notice_id: UUID) -> NoticeView | None:
        """Answer one notice; ``None`` if there is none or it is not this user's."""
        return self._notices.one(asker_of(user), notice_id)

    def answer_notice(
        self, user: User, notice_id: UUID, answer: NoticeAnswer, school: Urn | None
    ) -> bool:
        """Record an answer in the user's name; ``False`` if it is not theirs to give now."""
        return self._notices.answer(asker_of(user), notice_id, answer, school)

    def ready(self) -> Readiness:
        """Answer whether checks can be answered now."""
        try:
            self._questions.check_reachable()
        except HubError as error:
            part = ReadinessPart(name="database", ready=False, sentence=str(error))
            return Readiness(ready=False, parts=(part,))
        part = ReadinessPart(name="database", ready=True)
        return Readiness(ready=True, parts=(part,), alarms=self._alarms())

    def _at(self, user: User, alert_id: UUID) -> Asker:
        """Whoever reads several desks as one acts on an alert at the desk where they see it."""
        return asker_of(self._desks.of_alert(user, alert_id))

    def _alarms(self) -> tuple[Alarm, ...]:
        """What must be looked at; that it cannot be read is an alarm, and stops no check."""
        try:
            return self._feeds.alarms()
        except HubError as error:
            return (Alarm(name=NOT_KNOWN, count=1, since=None, sentence=str(error)),)

    def phones(self, user: User) -> tuple[Phone, ...]:
        """Answer whom to ring, from the policies in memory."""
        authority = user.authority
        if authority is None and user.site is not None:
            authority = self._places.authority_of_site(user.site)
        return self._policies.of(authority).phones_at(self._clock.now())
