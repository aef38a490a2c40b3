"""Every page in every state, as one table: a new page or state is one line of it.

A line says how to get there, what must be read there, and which status it is answered with. Each
is then looked at in every width, zoomed, in forced colours, without scripts and by keyboard alone.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from hub.api.desk_views import DeskShown
from hub.api.signing import SESSION_LONGEST
from hub.api.views import PAGE_SIZE, Standing
from hub.core.alert import AlertState, Severity
from hub.core.alert_life import Outcome, Stage
from hub.core.answer import ByName
from hub.errors import TooManyQuestions
from hub.service.review_answers import AnswerOutcome
from tests.api import fake_feedback, fake_reviews, fake_yields
from tests.api import fake_services as fake
from tests.api.fake_contacts import decided
from tests.api.fake_services import AWAY, NOW, ROWS, alert_id

CLINICIAN = "clinician-rae01"
RECEPTION = "reception-rae01"
DUTY_WORKER = "duty-worker-e08000032"
COLLEAGUE = "second-duty-worker-e08000032"
INTEGRATION = "hospital-integration-rae"
SCHOOL_LEAD = "school-lead-107200"
POLICE_DESK = "police-desk-pol13"
REGISTER_STAFF = "register-staff-e08000032"
MANAGER = "front-door-manager-e08000032"
REVIEWER = "identity-reviewer-e08000032"
SECOND_REVIEWER = "second-identity-reviewer-e08000032"


@dataclass(frozen=True)
class State:
    """One page in one state: ``visit`` brings a visitor there, who then reads ``says``."""

    visit: object
    says: str
    status: int = 200
    one_screen: bool = False
    """It must fit a screen of 1366 by 768 without scrolling."""


def at(path, user_id=DUTY_WORKER, *, broken=None, **changes):
    """Open an address as somebody, with the services changed so before."""

    def visit(visitor, services):
        services.__dict__.update(changes)
        visitor.sign_in(user_id)
        services.broken = broken
        visitor.page.goto(visitor.url + path)

    return visit


DESKS = (
    DeskShown(authority="E08000032", name="Bradford", waiting=2),
    DeskShown(authority="E08000033", name="Calderdale", waiting=1),
    DeskShown(authority="E10000017", name="Lancashire", waiting=0),
)
SHARED = tuple(
    replace(row, desk=desk.authority, desk_name=desk.name)
    for row, desk in zip(ROWS, (DESKS[0], DESKS[1], DESKS[0], DESKS[0]), strict=True)
)
SEVERAL = {"own_desks": DESKS, "rows": SHARED}


def rules_open(visitor, services):
    at("/rules", MANAGER)(visitor, services)
    for summary in visitor.page.locator("summary").all():
        summary.click()


def signed_out(visitor, services):
    del services
    visitor.page.goto(f"{visitor.url}/sign-in")


def checked(number, user_id=CLINICIAN, *, broken=None, born=("3", "5", "2023"), **fields):
    """Ask about a child, as a form is filled in."""

    def visit(visitor, services):
        visitor.sign_in(user_id)
        services.broken = broken
        visitor.check(number, born=born, **fields)

    return visit


def searched_by_name(by_name, *, broken=None):
    """Ask about a child without an NHS number."""

    def visit(visitor, services):
        services.by_name = by_name
        names = {"family_name": "Example", "given_name": "Ayesha", "postcode": "BD9 6RJ"}
        checked("", broken=broken, **names)(visitor, services)

    return visit


def asked(path="/reviews", user_id=REVIEWER, *, broken=None, **changes):
    """Open the queue of questions, or one of them, with the questions changed so before."""

    def visit(visitor, services):
        services.reviews.__dict__.update(changes)
        at(path, user_id, broken=broken)(visitor, services)

    return visit


def answer_given(path, button, *, choice=None, **changes):
    """Open a question, choose an answer and send it; the questions are changed so before."""

    def visit(visitor, services):
        asked(path, **changes)(visitor, services)
        if choice:
            visitor.page.check(choice)
        with visitor.page.expect_navigation():
            visitor.page.click(button)

    return visit


def question(number):
    """The address of a question about who is who."""
    return f"/reviews/{fake_reviews.review_id(number)}"


def report(number):
    """The address of what became of a report."""
    return f"/feedback/{fake_feedback.feedback_id(number)}"


def pressed(path, button, user_id=DUTY_WORKER, *, before=None, **changes):
    """Open an address, let something happen, and press a button."""

    def visit(visitor, services):
        at(path, user_id, **changes)(visitor, services)
        if before:
            before(services)
        with visitor.page.expect_navigation():
            visitor.page.click(button)

    return visit


def all_visits_open(visitor, services):
    checked(fake.MANY_VISITS)(visitor, services)
    visitor.page.click("summary")


CONTACT = f"/contacts/{alert_id(1)}"
BOTH = (alert_id(1), alert_id(2))
FOR_ALL = 'button:has-text("Record it for all")'
DECIDE = 'button:has-text("Record the decision")'
FAMILY = (ROWS[0], replace(ROWS[1], child_name="Sam Example", child_label="Boy, 14 months"))
DISPUTED = (replace(ROWS[0], disputed_at=NOW - timedelta(hours=1), stage=Stage.DISPUTED),)
REPEATED = (
    replace(
        ROWS[0],
        acknowledged_at=NOW - timedelta(days=3),
        acknowledged_by=DUTY_WORKER,
        more=2,
        more_last_at=NOW - timedelta(hours=2),
    ),
)
TOLD = tuple(fake.a_row(number, Severity.INFORMATION) for number in (21, 22, 23))


def taken_meanwhile(services):
    services.rows = (held_by(COLLEAGUE), *ROWS[1:])


def session_ended(services):
    services.now += SESSION_LONGEST + timedelta(seconds=1)


def held_by(user_id):
    return replace(ROWS[0], claimed_by=user_id, claimed_at=NOW - timedelta(minutes=9))


def notice(number):
    """The address of a notice to a school."""
    return f"/notices/{fake.a_notice(number).notice_id}"


ALERT = f"/alerts/{alert_id(1)}"
EXTRACT = f"/registers/{fake.an_extract().extract_id}"
QUIET = ("Leeds General Infirmary (hospital)",)
MANY = tuple(fake.a_row(n, Severity.TODAY) for n in range(1, 2 * PAGE_SIZE + 5))
WITHDRAWN = (replace(ROWS[0], state=AlertState.WITHDRAWN), *ROWS[1:])
OVERDUE = (replace(ROWS[0], due_at=NOW - timedelta(hours=2)), *ROWS[1:])
DUE = (replace(ROWS[0], due_at=NOW + timedelta(hours=2)), *ROWS[1:])
TAKE = f"#claim-{alert_id(1)}"
SEEN = f"#seen-{alert_id(1)}"
REACHED = fake.a_match("E08000032", verified=95, alone=5)
SCHOOLS = tuple(fake.a_match(f"URN1072{n:02}", verified=n + 5, waiting=90) for n in range(60))
FLAWED = (fake.an_extract(flawed=True),)

STATES = {
    "sign-in": State(signed_out, "Choose a demo role"),
    "check, empty": State(at("/check", CLINICIAN), "Give the NHS number", one_screen=True),
    "check, mistakes": State(
        checked("9990000019", born=("31", "2", "2023"), postcode="NOWHERE"),
        "Put this right first",
        status=422,
        one_screen=True,
    ),
    "check, on plan": State(
        checked(fake.ON_PLAN), "On a child protection plan now", one_screen=True
    ),
    "check, plan ended": State(checked(fake.PLAN_ENDED), "until 3 May 2026", one_screen=True),
    "check, no longer listed": State(
        checked(fake.NOT_LISTED), "no longer listed since", one_screen=True
    ),
    "check, looked after": State(
        checked(fake.LOOKED_AFTER), "In the care of Bradford Council", one_screen=True
    ),
    "check, baby on plan": State(
        checked(fake.UNBORN), "On a plan made before birth", one_screen=True
    ),
    "check, unborn on plan": State(
        checked(fake.UNBORN, born=("3", "5", "1998")),
        "Her unborn baby is on a plan",
        one_screen=True,
    ),
    "check, no plan found": State(
        checked(fake.NO_PLAN), "This does not mean there is no risk.", one_screen=True
    ),
    "check, in need": State(checked(fake.IN_NEED), "which is not a plan", one_screen=True),
    "check, in need and on plan": State(
        checked(fake.IN_NEED_ON_PLAN), "which is not a plan", one_screen=True
    ),
    "check, cannot say": State(checked(fake.CANNOT_SAY), "We could not check", one_screen=True),
    "check, many reasons": State(checked(fake.MANY_REASONS), "We could not check", one_screen=True),
    "check, more than shown": State(
        checked(fake.MORE_THAN_SHOWN), "There may be more than is shown here.", one_screen=True
    ),
    "check, postcode needed": State(
        checked(fake.NEEDS_POSTCODE), "Needed to answer", one_screen=True
    ),
    "check, nobody by name": State(
        searched_by_name(ByName.NONE), "not the same as no plan", one_screen=True
    ),
    "check, one by name": State(searched_by_name(ByName.ONE), "no proof", one_screen=True),
    "check, narrow it": State(
        searched_by_name(ByName.NARROW_IT), "not enough to tell", one_screen=True
    ),
    "check, searched too often": State(
        searched_by_name(
            ByName.NONE, broken=TooManyQuestions("this account asks too often.", retry_seconds=600)
        ),
        "We have not checked",
        status=429,
    ),
    "check, shielded": State(checked(fake.SHIELDED), "Place not shown", one_screen=True),
    "check, everything at once": State(checked(fake.EVERYTHING), "On a child protection plan now"),
    "check, in care and a plan before birth": State(
        checked(fake.BEFORE_BIRTH_AND_IN_CARE), "In the care of"
    ),
    "check, many visits": State(checked(fake.MANY_VISITS), "25 visits", one_screen=True),
    "check, all visits": State(all_visits_open, "Show 22 more"),
    "check, down": State(
        checked(fake.ON_PLAN, broken=AWAY), "We could not check", status=503, one_screen=True
    ),
    "reception, action": State(
        checked(fake.ON_PLAN, RECEPTION), "Clinician action needed", one_screen=True
    ),
    "reception, none": State(
        checked(fake.NO_PLAN, RECEPTION), "Nothing for reception to do", one_screen=True
    ),
    "matching": State(at("/matching", REGISTER_STAFF), "Below 95%"),
    "matching, reached": State(
        at("/matching", REGISTER_STAFF, match_reports=(fake.a_match_report(REACHED),)),
        "Your own records: 95.0%",
    ),
    "matching, many agencies": State(
        at("/matching", REGISTER_STAFF, match_reports=(fake.a_match_report(REACHED, *SCHOOLS),)),
        "10 more are in the CSV.",
    ),
    "matching, no records": State(
        at("/matching", REGISTER_STAFF, match_reports=(fake.a_match_report(),)), "No records"
    ),
    "matching, no report": State(
        at("/matching", REGISTER_STAFF, match_reports=()), "No report has been made yet."
    ),
    "matching, down": State(
        at("/matching", REGISTER_STAFF, broken=AWAY), "We cannot show this now", status=503
    ),
    "rules": State(at("/rules", MANAGER), "less than 5%"),
    "rules, sources, ages and sexes open": State(rules_open, "Bradford Teaching Hospitals"),
    "rules, nothing told": State(
        at("/rules?weeks=4", MANAGER, rule_yields=fake_yields.NOTHING),
        "No alert was told in these 4 weeks.",
    ),
    "rules, review overdue": State(
        at("/rules?weeks=52", MANAGER, rule_yields=fake_yields.OVERDUE), "its review was due by"
    ),
    "rules, not counted yet": State(
        at("/rules", MANAGER, rule_yields=None), "Nothing has been counted yet."
    ),
    "rules, down": State(at("/rules", MANAGER, broken=AWAY), "We cannot show this now", status=503),
    "inbox": State(at("/inbox"), "Third A&E visit in 61 days"),
    "inbox, several desks": State(at("/inbox", **SEVERAL), "All authorities"),
    "inbox, one desk of several": State(
        at("/inbox?authority=E08000033", **SEVERAL), "Third A&E visit in 61 days"
    ),
    "inbox, several desks and a contact": State(
        at("/inbox", **SEVERAL | {"grouped": ((alert_id(1), alert_id(3)),)}), "One contact"
    ),
    "inbox, a desk that is not served": State(
        at("/inbox?authority=E08000035", **SEVERAL), "", status=404
    ),
    "digest, several desks": State(
        at("/digest", for_information=SHARED[-1:], own_desks=DESKS), "All authorities"
    ),
    "alert, of another desk": State(at(f"/alerts/{alert_id(2)}", **SEVERAL), "Calderdale"),
    "contact, of several desks": State(at(f"/contacts/{alert_id(1)}", **SEVERAL), "Bradford"),
    "reviews, several desks": State(at("/reviews", own_desks=DESKS), "Calderdale"),
    "notices, several desks": State(at("/notices", own_desks=DESKS), "Calderdale"),
    "inbox, all": State(at("/inbox?shows=all", stale_feeds=QUIET), "Not heard from lately"),
    "inbox, first of pages": State(at("/inbox", rows=MANY), "2 of 3"),
    "inbox, middle of pages": State(at("/inbox?page=2", rows=MANY), "3 of 3"),
    "inbox, empty": State(at("/inbox", rows=()), "Nothing waits."),
    "inbox, empty and a feed quiet": State(
        at("/inbox", rows=(), stale_feeds=QUIET), "Alerts from there may be missing."
    ),
    "inbox, mine and none": State(at("/inbox?held=mine"), "You have none of these in hand."),
    "inbox, mine": State(at("/inbox?held=mine", rows=(held_by(DUTY_WORKER),)), "You have it since"),
    "inbox, a colleague's": State(
        at("/inbox", rows=(held_by(COLLEAGUE),)), "Imran Siddiqui has it"
    ),
    "inbox, overdue": State(at("/inbox", rows=OVERDUE), "Overdue since today, 12:02"),
    "inbox, withdrawn": State(at("/inbox?shows=all", rows=WITHDRAWN), "Taken back."),
    "inbox, a contact": State(at("/inbox", rows=FAMILY, grouped=(BOTH,)), "One contact: 2 alerts"),
    "inbox, decided": State(
        at("/inbox?shows=decided", rows=(decided(ROWS[0]),)), "No further action."
    ),
    "inbox, disputed": State(at("/inbox", rows=DISPUTED), "Disputed since"),
    "inbox, for information": State(at("/inbox", for_information=TOLD), "Read the digest"),
    "inbox, taken back": State(at("/inbox", taken_back=WITHDRAWN), "Taken back since you saw them"),
    "digest": State(at("/digest", for_information=TOLD), "We have read these"),
    "digest, empty": State(at("/digest"), "Nothing for information."),
    "digest, down": State(at("/digest", broken=AWAY), "We cannot show this now", status=503),
    "contact": State(at(CONTACT, rows=FAMILY, grouped=(BOTH,)), "Decide all 2 that are open"),
    "contact, nothing chosen": State(
        pressed(CONTACT, FOR_ALL, rows=FAMILY, grouped=(BOTH,)),
        "Choose what is done about it.",
        status=422,
    ),
    "contact, one decided": State(
        at(CONTACT, rows=(decided(FAMILY[0]), FAMILY[1]), grouped=(BOTH,)),
        "Decide the one that is open",
    ),
    "contact, down": State(at(CONTACT, broken=AWAY), "We cannot show this now", status=503),
    "inbox, down": State(at("/inbox", broken=AWAY), "We cannot show this now", status=503),
    "inbox, no such page": State(at("/inbox?page=0"), "page: ", status=422),
    "inbox, no such list": State(at("/inbox?shows=bogus"), "shows: ", status=422),
    "inbox, signed out meanwhile": State(
        pressed("/inbox", SEEN, before=session_ended), "Choose a demo role"
    ),
    "alert": State(at(ALERT), "What agencies told of this child"),
    "alert, due": State(at(ALERT, rows=DUE), "Due by today, 16:02."),
    "alert, overdue": State(at(ALERT, rows=OVERDUE), "Overdue since today, 12:02"),
    "alert, acknowledged": State(at(f"/alerts/{alert_id(4)}"), "Nadia Rahman, 22 November"),
    "alert, possible match": State(at(f"/alerts/{alert_id(3)}"), "Possible match, not confirmed"),
    "alert, withdrawn": State(at(ALERT, rows=WITHDRAWN), "Withdrawn: what it rested on"),
    "alert, taken now": State(pressed("/inbox", TAKE), "You have it since today, 14:02."),
    "alert, taken by a colleague": State(
        at(ALERT, rows=(held_by(COLLEAGUE),)), "Imran Siddiqui has it since today, 13:53."
    ),
    "alert, conflict": State(
        pressed("/inbox", TAKE, before=taken_meanwhile), "A colleague has it", status=409
    ),
    "alert, nothing told": State(at(ALERT, lines=()), "as far as the hub can say"),
    "alert, shielded": State(
        at(ALERT, lines=fake.SHIELDED_LINES, notes=(fake.HIDDEN,)),
        "Where this child is must not be known",
    ),
    "alert, many lines": State(at(f"{ALERT}?period=all", lines=fake.LINES * 40), "2 of 3"),
    "alert, decided": State(at(ALERT, rows=(decided(ROWS[0]),)), "Decided: no further action"),
    "alert, decided before": State(
        at(ALERT, before=(Outcome.NO_FURTHER_ACTION,)), "Decided before: no further action on"
    ),
    "alert, disputed": State(at(ALERT, rows=DISPUTED), "Disputed: to be decided again"),
    "alert, more since": State(at(ALERT, rows=REPEATED), "2 more since, last on"),
    "alert, informed of a decision": State(
        at(ALERT, rows=(replace(decided(ROWS[0]), standing=Standing.INFORMED),)),
        "I disagree with this decision",
    ),
    "alert, nothing chosen": State(
        pressed(ALERT, DECIDE), "Choose what is done about it.", status=422
    ),
    "alert, down": State(at(ALERT, broken=AWAY), "We cannot show this now", status=503),
    "feeds": State(at("/feeds", INTEGRATION), "Reports 418 to 420 are missing"),
    "feeds, operator": State(at("/feeds", "operator"), "Faults of the hub"),
    "feeds, operator, nothing to be looked at": State(
        at("/feeds", "operator", alarms=(), hub_faults=()), "Kept aside, and why"
    ),
    "feeds, none": State(at("/feeds", INTEGRATION, feed_views=()), "No feed of yours is joined"),
    "feeds, down": State(at("/feeds", INTEGRATION, broken=AWAY), "We cannot show this", status=503),
    "register": State(at("/registers", REGISTER_STAFF), "One extract waits"),
    "register, nothing waits": State(
        at("/registers", REGISTER_STAFF, extracts=()), "No extract waits."
    ),
    "register, an extract": State(at(EXTRACT, REGISTER_STAFF), "Would close 14 of 412 open plans"),
    "register, a flawed extract": State(
        at(EXTRACT, REGISTER_STAFF, extracts=FLAWED), "A row of it could not be used."
    ),
    "register, no reason": State(
        pressed(EXTRACT, "text=Approve: close 14", REGISTER_STAFF),
        "Nothing was decided",
        status=422,
    ),
    "reports": State(at("/feedback", POLICE_DESK), "Early help"),
    "reports, none": State(at("/feedback", SCHOOL_LEAD), "No alert rests on a report of yours."),
    "reports, middle of pages": State(
        at("/feedback?page=2", POLICE_DESK, reports_a_page=2), "3 of 3"
    ),
    "reports, down": State(
        at("/feedback", POLICE_DESK, broken=AWAY), "We cannot show this now", status=503
    ),
    "report, decided": State(at(report(1), POLICE_DESK), fake_feedback.TOLD),
    "report, overdue": State(at(report(2), POLICE_DESK), "Overdue: ring the front door"),
    "report, disputed": State(at(report(3), POLICE_DESK), "is to decide again"),
    "report, taken back": State(at(report(4), POLICE_DESK), "Keep nothing as a fact"),
    "report, added": State(at(report(5), POLICE_DESK), "With what they have in hand"),
    "report, no reason": State(
        pressed(report(1), 'button:has-text("We disagree")', POLICE_DESK),
        "Say in a few words why.",
        status=422,
    ),
    "report, of another agency": State(at(report(1), SCHOOL_LEAD), "", status=404),
    "notices": State(at("/notices", SCHOOL_LEAD), "One notice is late."),
    "notices, none": State(at("/notices", SCHOOL_LEAD, school_notices=()), "No notice waits."),
    "notices, police desk": State(at("/notices", POLICE_DESK), "Notices"),
    "notice, late": State(at(notice(1), SCHOOL_LEAD), "Late: it was due"),
    "notice, asks": State(at(notice(2), SCHOOL_LEAD), "Yes, on our roll"),
    "notice, at the council": State(at(notice(3)), "Send it to this school"),
    "notice, no school chosen": State(
        pressed(notice(3), "text=Send it to this school"), "Nothing was recorded", status=422
    ),
    "notice, taken back": State(at(notice(4), SCHOOL_LEAD), "Keep nothing that you wrote down"),
    "reviews": State(asked(), "3 wait, 2 of them urgent."),
    "reviews, first of pages": State(
        asked(rows=tuple(fake_reviews.a_question(n) for n in range(1, 60))), "2 of 3"
    ),
    "reviews, none": State(asked(rows=()), "No question waits."),
    "reviews, none that are known": State(
        asked(rows=(), behind=4), "Some questions may be missing."
    ),
    "reviews, duty worker": State(
        asked(user_id=DUTY_WORKER, urgent_only=True), "the others are for the matching team"
    ),
    "reviews, for a second person": State(asked("/reviews?shows=second"), "says: same child"),
    "reviews, nobody could tell": State(
        asked("/reviews?shows=set_aside"), "There is nothing that nobody could tell."
    ),
    "reviews, down": State(asked(broken=AWAY), "We cannot show this now", status=503),
    "review": State(asked(question(1)), "Likely one child (0.89)"),
    "review, shielded": State(
        asked(question(1), changes=fake_reviews.SHIELDED), "Where a child is must not be known."
    ),
    "review, for a second person": State(
        asked(question(3), SECOND_REVIEWER, changes=fake_reviews.PROPOSED),
        "Grace Holdsworth says: same child",
    ),
    "review, one's own word": State(
        asked(question(3), changes=fake_reviews.OWN), "It waits for a second person"
    ),
    "review, take back": State(
        asked(question(4), rows=(fake_reviews.DECIDED,), changes=fake_reviews.TAKE_BACK),
        "3 visits to A&E",
    ),
    "review, settled by itself": State(
        asked(
            question(4),
            rows=(fake_reviews.a_question(4, state="withdrawn", state_words="Settled by itself"),),
        ),
        "There is nothing to answer.",
    ),
    "review, nothing chosen": State(
        answer_given(question(1), "text=Record the answer"), "Choose an answer.", status=422
    ),
    "review, no reason": State(
        answer_given(question(1), "text=Record the answer", choice="#choice-same"),
        "Nothing was recorded",
        status=422,
    ),
    "review, stale": State(
        answer_given(
            question(1),
            "text=Record the answer",
            choice="#choice-different",
            outcome=AnswerOutcome.STALE,
        ),
        "Something has changed since you opened this page.",
        status=409,
    ),
    "review, not there": State(asked(question(99)), "There is nothing here", status=404),
    "forbidden": State(at("/inbox", CLINICIAN), "You cannot open this page", status=403),
    "not found": State(at("/nowhere", CLINICIAN), "There is nothing here", status=404),
}
