"""A stand-in for questions about who is who; ``asked`` and ``broken`` are those of the services."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from hub.api.review_views import (
    AnswerView,
    EarlierView,
    PairRowView,
    ReviewRowView,
    ReviewsView,
    ReviewView,
    SaidView,
    SideView,
    StepView,
    UrgentView,
    WaitsView,
)
from hub.api.wording_review import REFUSAL_WORDS, STALE_WORDS
from hub.core.answer import Phone
from hub.core.review_answer import Refusal, reason_is_missing
from hub.ports.review import ReviewShows
from hub.service.review_answers import AnswerOutcome

NOW = datetime(2026, 11, 22, 14, 2, 31, tzinfo=UTC)


def review_id(number=1):
    return uuid.UUID(int=0x5E71E << 64 | number)


def a_question(number=1, **changes):
    told = {
        "review_id": review_id(number),
        "reason": "Alike, and not surely the same child",
        "urgent": ("on a Child Protection Plan",),
        "state": "open",
        "state_words": "Waits for an answer",
        "sides": (
            SideView(label="Girl, 5 years", name="Mira Ashworth", birth_date=date(2021, 5, 4)),
            SideView(label="Child, 5 years", name="Ashworth", birth_date=date(2021, 5, 4)),
        ),
        "opened_at": NOW - timedelta(hours=3 * number),
        "changed_at": NOW - timedelta(hours=3 * number),
    }
    return ReviewRowView(**(told | changes))


ROWS = (
    a_question(1),
    a_question(2, urgent=()),
    a_question(
        3,
        proposed="Same child",
        proposed_by="identity-reviewer-e08000032",
        proposed_at=NOW - timedelta(minutes=20),
    ),
)
COUNCIL = "Bradford children's social care, 21 November 2026"
HOSPITAL = "Bradford Teaching Hospitals, 22 November 2026"


def a_pair(*, shielded=False):
    def said(text, source=COUNCIL):
        return (SaidView(text=text, sources=(source,)),)

    def row(label, one, other, *compared):
        tells, mark, weight = (*compared, "")[:3]
        return PairRowView(label=label, one=one, other=other, tells=tells, mark=mark, weight=weight)

    hidden = "It would tell where a child is who must not be found."
    home = (
        row("Home", (), (), "withheld", "Not shown", hidden)
        if shielded
        else row(
            "Home",
            said("14 Loom Street, Bradford, BD1 1HX"),
            said("BD1 1HX", HOSPITAL),
            "for",
            "Same postcode",
            "Speaks strongly for one child (+10).",
        )
    )
    return (
        row(
            "Given names",
            said("Mira Jane"),
            said("Mirabel", HOSPITAL),
            "against",
            "Differs",
            "Speaks clearly against one child (-4).",
        ),
        row(
            "Family name",
            said("Ashworth"),
            said("Ashworth", HOSPITAL),
            "for",
            "Agrees",
            "Speaks strongly for one child (+13).",
        ),
        row(
            "Birth date",
            said("4 May 2021"),
            said("4 May 2021", HOSPITAL),
            "for",
            "Agrees",
            "Speaks strongly for one child (+13).",
        ),
        row("Sex", said("Female"), (), "not_known", "One side only"),
        row("NHS number", said("ends in 0018"), (), "not_known", "One side only"),
        home,
    )


OPENED = StepView(words="Asked, since matching is not sure", at=NOW - timedelta(hours=3))


def a_review(row=None, **changes):
    told = {
        "row": row or a_question(),
        "pair": a_pair(),
        "chance": "Likely one child (0.89)",
        "otherwise": "If not one child, most likely twins.",
        "though_unlikely": "",
        "words": (),
        "shielded": False,
        "waits": (
            (
                WaitsView(
                    kind="Child protection plan",
                    on=datetime(2026, 9, 1, tzinfo=UTC),
                    source="Bradford children's social care",
                ),
            ),
            tuple(
                WaitsView(
                    kind="Visit to A&E",
                    on=NOW - timedelta(days=n),
                    source="Bradford Teaching Hospitals",
                )
                for n in range(10)
            ),
        ),
        "waits_total": (1, 10),
        "kept_back": False,
        "alerts": (0, 1),
        "steps": (OPENED,),
        "earlier": (
            EarlierView(
                review_id=review_id(9),
                state_words="Decided",
                last=StepView(
                    words="Decided: different children",
                    at=NOW - timedelta(days=3),
                    by="identity-reviewer-e08000032",
                ),
            ),
        ),
        "plan": True,
        "together": False,
        "desks": ("Bradford", "Leeds"),
        "phones": (
            Phone(
                label="Bradford emergency duty team",
                number="01274 000001",
                hours="Nights and weekends",
            ),
        ),
        "previous_id": None,
        "next_id": review_id(2),
        "may_answer": (row or a_question()).state == "open" and not (row and row.proposed),
        "seconds": frozenset({"same", "take_back"}),
        "puts_together": (
            "Child A: 2 records (Bradford children's social care); 1 period in care; no alert.",
            "Child B: 1 record (Bradford Teaching Hospitals); 10 visits to A&E; 1 standing alert.",
        )
        if (row or a_question()).state == "open"
        else (),
        "may_claim": (row or a_question()).state == "open",
        "stand": "stand-1",
        "as_of": NOW,
    }
    return ReviewView(**(told | changes))


SAID = StepView(
    words="Said: same child. A second person must confirm it",
    at=NOW - timedelta(minutes=20),
    by="identity-reviewer-e08000032",
    reason="An agency was asked and confirms it",
    own_words="Rang the ward.",
)
PROPOSED = {"steps": (OPENED, SAID), "may_confirm": True}
OWN = {"steps": (OPENED, SAID), "own_proposal": True}
DECIDED = a_question(
    4,
    state="decided",
    state_words="Decided",
    choice="same",
    urgent=(),
    outcome="Decided: same child",
    decided_by=("identity-reviewer-e08000032", "second-identity-reviewer-e08000032"),
)
TAKE_BACK = {
    "may_take_back": True,
    "moves": "2 records go back to the other child, with 3 visits to A&E. One alert rests on that:"
    " what no longer holds is withdrawn.",
}
SHIELDED = {
    "pair": a_pair(shielded=True),
    "chance": None,
    "otherwise": None,
    "shielded": True,
    "desks": ("Bradford Council",),
}


@dataclass
class FakeReviews:
    """Answers what the tests have put in."""

    note: Callable
    rows: tuple = ROWS
    behind: int = 0
    urgent_only: bool = False
    outcome: AnswerOutcome = AnswerOutcome.DONE
    refusal: Refusal | None = None
    changes: dict = field(default_factory=dict)
    """What is different about every question's page."""

    def listed(self, user, wanted):
        self.note("reviews", user, wanted)
        kept = {
            ReviewShows.WAITING: [r for r in self.rows if r.state == "open" or r.proposed],
            ReviewShows.SECOND: [r for r in self.rows if r.proposed],
            ReviewShows.SET_ASIDE: [r for r in self.rows if r.choice == "cannot_tell"],
            ReviewShows.ENDED: [
                r for r in self.rows if r.state != "open" and r.choice != "cannot_tell"
            ],
        }
        rows = kept[wanted.shows]
        pages = max(1, -(-len(rows) // wanted.size))
        page = min(wanted.page, pages)
        waiting = kept[ReviewShows.WAITING]
        return ReviewsView(
            rows=tuple(rows[(page - 1) * wanted.size : page * wanted.size]),
            shows=wanted.shows,
            counts={shows: len(some) for shows, some in kept.items()},
            urgent=sum(bool(r.urgent) for r in waiting),
            oldest_at=min((r.opened_at for r in waiting), default=None),
            behind=self.behind,
            urgent_only=self.urgent_only,
            page=page,
            pages=pages,
            as_of=NOW,
        )

    def one(self, user, review_id):
        self.note("review", user, review_id)
        row = next((r for r in self.rows if r.review_id == review_id), None)
        return replace(a_review(row), **self.changes) if row else None

    def answer(self, user, review_id, answer):
        self.note("answer_review", user, review_id, answer)
        view = self.one(user, review_id)
        if view is None:
            return None
        if self.refusal or self.outcome is not AnswerOutcome.DONE:
            sentence = REFUSAL_WORDS[self.refusal] if self.refusal else STALE_WORDS
            return AnswerView(
                outcome=self.outcome, review=view, refusal=self.refusal, sentence=sentence
            )
        if reason_is_missing(answer.action, answer.code, answer.words):
            refusal = Refusal.REASON_MISSING
            return AnswerView(
                outcome=AnswerOutcome.REFUSED,
                review=view,
                refusal=refusal,
                sentence=REFUSAL_WORDS[refusal],
            )
        decided = replace(
            view.row, state="decided", state_words="Decided", choice=answer.action.value
        )
        self.rows = tuple(decided if r.review_id == review_id else r for r in self.rows)
        self.changes = {**self.changes, "may_answer": False, "may_take_back": True}
        return AnswerView(outcome=AnswerOutcome.DONE, review=view)

    def claim(self, user, review_id, *, looks):
        self.note("claim_review", user, review_id, looks)
        by, at = (user.user_id, NOW) if looks else (None, None)
        self.rows = tuple(
            replace(r, claimed_by=by, claimed_at=at) if r.review_id == review_id else r
            for r in self.rows
        )
        self.changes = {**self.changes, "may_claim": not looks, "may_release": looks}
        return any(r.review_id == review_id for r in self.rows)

    def urgent(self, user):
        self.note("urgent_reviews", user)
        waiting = [r for r in self.rows if r.urgent and r.state == "open"]
        oldest = min((r.opened_at for r in waiting), default=None)
        return UrgentView(count=len(waiting), oldest_at=oldest)

    def about(self, user, alert_id):
        self.note("reviews_about", user, alert_id)
        return (review_id(1),)
