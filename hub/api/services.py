"""What the surfaces need done, as one protocol; ``hub/bootstrap`` passes the real thing in."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.api.chronology_views import ChronologyView, ChronologyWanted
from hub.api.contact_views import Contacts
from hub.api.desk_views import DeskShown
from hub.api.feed_views import FeedsView, Readiness
from hub.api.feedback_views import Feedbacks
from hub.api.matching_views import MatchingView
from hub.api.notice_views import NoticesView, NoticeView
from hub.api.register_views import ExtractView
from hub.api.related_views import RelatedView
from hub.api.review_views import Reviews
from hub.api.rules_views import RulesView
from hub.api.users import User
from hub.api.views import AlertView, ClaimView, InboxChangesView, InboxFilters, InboxView
from hub.core.answer import CheckAnswer, CheckQuestion, Phone
from hub.core.identifiers import Urn
from hub.ports import AnswerChanged, Notice
from hub.service.notice_answers import NoticeAnswer

Clock = Callable[[], datetime]
"""Answers the present instant, aware, in UTC."""


class Services(Protocol):
    """The use cases behind the surfaces.

    All are called from worker threads, several at once. ``check``, ``inbox``, ``inbox_changes``,
    ``alert``, ``chronology``, ``related``, ``acknowledge``, ``claim``, ``take_over``, ``release``,
    ``feeds``, ``matching`` and ``rules`` commit their audit row before they answer. If they cannot,
    they raise a ``HubError``; the surface then answers 503 "we could not check", with the numbers
    to ring and nothing else.
    """

    @property
    def reviews(self) -> Reviews:
        """The questions about who is who."""

    @property
    def feedback(self) -> Feedbacks:
        """What became of what agencies reported."""

    @property
    def contacts(self) -> Contacts:
        """What the front door does about alerts."""

    def check(self, user: User, question: CheckQuestion) -> CheckAnswer:
        """Answer the check, already cut down to what this user may know."""

    def changed_answers(self, user: User) -> tuple[AnswerChanged, ...]:
        """Answer which answers given to the user's organisation have changed; it is of nobody."""

    def acknowledge_changed(self, user: User, changed_id: UUID) -> bool:
        """Record that the user has seen that one has; ``False`` if there is none of theirs."""

    def inbox(self, user: User, filters: InboxFilters) -> InboxView:
        """Answer the alerts of the user's authority, as of now."""

    def inbox_changes(self, user: User, since: str) -> InboxChangesView:
        """Answer what changed in the user's inbox since the cursor of an earlier answer."""

    def inbox_changed(self, user: User, since: str) -> bool:
        """Answer whether the user's inbox changed since then; cheap, shows nothing."""

    def listen_to_inbox(self, user: User, told: Callable[[Notice], None]) -> Callable[[], None]:
        """Have ``told`` called, from any thread, when it changes; answer what ends it."""

    def alert(self, user: User, alert_id: UUID) -> AlertView | None:
        """Answer one alert; ``None`` if there is none or it is not this user's."""

    def chronology(
        self, user: User, alert_id: UUID, wanted: ChronologyWanted
    ) -> ChronologyView | None:
        """Answer a page of what was told of the alert's child; ``None`` as above."""

    def related(self, user: User, alert_id: UUID) -> RelatedView | None:
        """Answer the children related to the alert's child; ``None`` if they are not told."""

    def acknowledge(self, user: User, alert_id: UUID) -> AlertView | None:
        """Record that the user has seen it; a second time changes nothing. ``None`` as above."""

    def claim(self, user: User, alert_id: UUID) -> ClaimView | None:
        """Take the alert in hand for the user unless somebody has it; ``None`` as above."""

    def take_over(self, user: User, alert_id: UUID, holder: str) -> ClaimView | None:
        """Take the alert in hand for the user if this colleague has it; ``None`` as above."""

    def release(self, user: User, alert_id: UUID) -> ClaimView | None:
        """Give back an alert that the user has in hand; ``None`` as above."""

    def feeds(self, user: User) -> FeedsView:
        """Answer the feeds of the user's own agency (for the operator: all, without references)."""

    def registers(self, user: User) -> tuple[ExtractView, ...]:
        """Answer the extracts of the user's own council: those that wait, then decisions."""

    def matching(self, user: User) -> MatchingView:
        """Answer how well the records of the user's own council are matched."""
        ...

    def at_desk(self, user: User, authority: str) -> User | None:
        """Answer the user at another desk of the own front door; ``None`` if it has no such."""

    def at_all_desks(self, user: User) -> User:
        """Answer the user reading every desk of the own front door as one; as it is, for one."""

    def desks(self, user: User) -> tuple[DeskShown, ...]:
        """Answer the desks of the user's front door, if it serves several."""

    def rules(self, user: User, days: int) -> RulesView:
        """Answer what the alerts of the user's own council came to over so many days, by rule."""
        ...

    def decide_extract(self, user: User, extract_id: str, *, approve: bool, reason: str) -> bool:
        """Decide in the user's name; ``False`` if no such extract of that council waits."""

    def notices(self, user: User, page: int = 1) -> NoticesView:
        """Answer a page of the notices that the user may read, those that wait first."""

    def notice(self, user: User, notice_id: UUID) -> NoticeView | None:
        """Answer one notice; ``None`` if there is none or it is not this user's."""

    def answer_notice(
        self, user: User, notice_id: UUID, answer: NoticeAnswer, school: Urn | None
    ) -> bool:
        """Record an answer in the user's name; ``False`` if it is not theirs to give now."""

    def ready(self) -> Readiness:
        """Answer whether checks can be answered now; never raises."""

    def phones(self, user: User) -> tuple[Phone, ...]:
        """Answer whom to ring, from the policy files in memory; works while all else is away."""


class SurfaceSettings(Protocol):
    """The settings that the surfaces read."""

    @property
    def demo(self) -> bool:
        """Whether this installation holds made-up children only."""

    @property
    def search_beat_milliseconds(self) -> int:
        """Between two moments at which an answer to a search may leave; 0: at any."""
        ...
