"""Notices read and answered over a real PostgreSQL, as the people concerned would."""

import itertools
import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.adapters.narratives import Narratives
from hub.adapters.store.questions import PostgresQuestions
from hub.api.askers import asker_of
from hub.api.notice_views import notice_view
from hub.api.users import DEMO_USERS_BY_ID
from hub.core.disclosure import Role
from hub.core.disclosure_encompass import NoticePart
from hub.core.encompass_notice import NoticeState, RecipientKind
from hub.core.event import Audience, EventState, Handling
from hub.core.identifiers import Urn
from hub.core.incident_facts import Premises, RiskGrade
from hub.core.seal import seal_detail
from hub.ports import NoticeWrites
from hub.service.asker import Asker, Surroundings
from hub.service.notice_answers import NoticeAnswer
from hub.service.notice_desk import NOTICES_A_PAGE, NoticeDesk
from tests.service.encompass import (
    CHILD,
    MONDAY_0815,
    a_tick,
    an_incident,
    notices,
    on_roll,
    tell,
    timers,
    with_a_force,
)
from tests.service.laboratory import BRADFORD, NOW, a_child

pytestmark = pytest.mark.stack

LEAD = asker_of(DEMO_USERS_BY_ID["school-lead-107200"])
DEPUTY = Asker(
    user_id="school-deputy-107200",
    role=Role.SCHOOL_SAFEGUARDING_LEAD,
    organisation="URN107200",
)
OTHER_LEAD = Asker(
    user_id="school-lead-107201", role=Role.SCHOOL_SAFEGUARDING_LEAD, organisation="URN107201"
)
DESK = asker_of(DEMO_USERS_BY_ID["police-desk-pol13"])
DUTY = asker_of(DEMO_USERS_BY_ID["duty-worker-e08000032"])
CLINICIAN = asker_of(DEMO_USERS_BY_ID["clinician-rae01"])
EVERYBODY = (LEAD, DEPUTY, OTHER_LEAD, DESK, DUTY, CLINICIAN)
KEY = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
IDS = itertools.count(1)


@pytest.fixture
def hub(laboratory):
    return with_a_force(laboratory)


@pytest.fixture
def desk(hub):
    return a_desk(hub)


def a_desk(hub):
    around = Surroundings(
        questions=PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity),
        policies=hub.policies,
        places=hub.places,
        clock=hub.clock,
        new_id=lambda: uuid.UUID(int=next(IDS)),
    )
    return NoticeDesk(
        around,
        store=hub.store,
        noticing=hub.noticing(),
        directory=hub.directory,
        read_narrative=Narratives({"disclosure-1": KEY}),
    )


def readers(desk):
    """Who has a notice on their list."""
    return [one for one in EVERYBODY if desk.listed(one).items]


def the_one(desk, asker):
    (item,) = desk.listed(asker).items
    return item


def answer(desk, asker, given, school=None):
    return desk.answer(asker, the_one(desk, asker).disclosed.notice.notice_id, given, school)


def told(desk, asker):
    kinds = {LEAD: RecipientKind.SCHOOL, DESK: RecipientKind.FORCE, DUTY: RecipientKind.COUNCIL}
    return dict(notice_view(the_one(desk, asker), kinds.get(asker)).facts)


def test_only_the_named_lead_reads_the_notice(hub, desk):
    on_roll(hub)
    tell(hub, an_incident(facts={"premises": Premises.HOME}))

    assert readers(desk) == [LEAD]
    item = the_one(desk, LEAD)
    assert (item.child_name, item.birth_date) == ("Mira Ashworth", CHILD.birth_date)
    assert told(desk, LEAD) == {
        "Police reference": "O1",
        "When": "21 November 2026, 22:40",
        "Where": "At home",
        "The child": "The child was there and lives there.",
        "What the child said": "The police have it written down. Ask, quoting the reference.",
        "Circumstances": "Suspect: step-parent.",
    }
    assert desk.one(DESK, item.disclosed.notice.notice_id) is None


def test_what_the_child_said_is_opened_only_when_it_is_read(hub, desk):
    on_roll(hub)
    event = an_incident()
    words = json.dumps({"voice": "I hid under the bed.", "adults": [{"family_name": "Pike"}]})
    sealed = seal_detail(
        words.encode(),
        public_key=KEY.public_key(),
        key_id="disclosure-1",
        agency="POL13",
        source_key=event.source_key,
    )
    tell(hub, an_incident(detail=sealed))

    assert told(desk, LEAD)["What the child said"] == "I hid under the bed."
    assert "Pike" not in repr(told(desk, LEAD))


def test_a_view_is_audited_with_the_child_and_the_parts_and_no_value(hub, desk):
    on_roll(hub)
    tell(hub, an_incident())
    desk.listed(LEAD)

    ((actor, action, subjects, fields, outcome),) = hub.rows(
        "SELECT actor, action, subjects, fields, outcome FROM audit_leaf"
    )
    assert (actor, action, len(subjects)) == ("school-lead-107200", "notices", 1)
    assert set(fields) >= {"child", "incident", "reference"}
    assert "Ashworth" not in outcome


def test_a_look_that_is_refused_is_audited_with_the_id_that_was_asked_for(hub, desk):
    """Else nobody could tell who tries one id after the other, or whose notice was asked for."""
    on_roll(hub)
    tell(hub, an_incident())
    notice_id = hub.one("SELECT notice_id FROM encompass_notice")
    assert desk.one(replace(LEAD, user_id="somebody-else"), notice_id) is None
    told = hub.rows("SELECT action, outcome, subjects FROM audit_leaf")
    assert told == [("notice", f"{notice_id}: none", [])]


def test_acknowledging_ends_the_wait_and_no_timer_fires(hub, desk):
    on_roll(hub)
    tell(hub, an_incident())

    assert answer(desk, LEAD, NoticeAnswer.ACKNOWLEDGE)

    assert timers(hub) == [(MONDAY_0815, "cancelled")]
    hub.clock.instant = MONDAY_0815 + timedelta(hours=1)
    assert a_tick(hub)() == 0
    assert hub.rows("SELECT kind, by_whom FROM encompass_step ORDER BY step") == [
        ("made", None),
        ("acknowledged", "school-lead-107200"),
    ]
    assert not answer(desk, LEAD, NoticeAnswer.ACKNOWLEDGE)


def test_a_school_that_only_the_force_names_is_asked_and_then_told(hub, desk):
    tell(hub, an_incident(facts={"school_urn": "107200"}))
    item = the_one(desk, LEAD)
    assert item.disclosed.parts == {NoticePart.CHILD}
    assert item.disclosed.incident is None
    assert told(desk, LEAD) == {}
    assert not answer(desk, LEAD, NoticeAnswer.ACKNOWLEDGE)

    assert answer(desk, LEAD, NoticeAnswer.ON_ROLL)

    assert told(desk, LEAD)["Police reference"] == "O1"
    assert answer(desk, LEAD, NoticeAnswer.ACKNOWLEDGE)


def test_not_on_our_roll_goes_to_the_force_and_that_school_is_not_told_again(hub, desk):
    tell(hub, an_incident(facts={"school_urn": "107200"}))
    assert answer(desk, LEAD, NoticeAnswer.NOT_ON_ROLL)

    assert readers(desk) == [LEAD, DESK]  # the lead sees that it is no longer theirs
    assert the_one(desk, LEAD).disclosed.notice.state == "passed_on"
    tell(hub, an_incident("O2", facts={"school_urn": "107200"}))
    assert [recipient for recipient, *_ in notices(hub)].count("URN107200") == 1
    reasons = {reason for recipient, reason, *_ in notices(hub) if recipient == "POL13"}
    assert reasons == {"not_on_roll"}


def test_a_lead_who_knows_the_people_passes_it_to_the_deputy_for_good(hub, desk):
    on_roll(hub)
    tell(hub, an_incident())
    assert answer(desk, LEAD, NoticeAnswer.NOT_ME)
    tell(hub, an_incident("O2"))

    assert readers(desk) == [DEPUTY]
    assert len(desk.listed(DEPUTY).items) == 2
    (first, _) = desk.listed(DEPUTY).items
    assert desk.answer(DEPUTY, first.disclosed.notice.notice_id, NoticeAnswer.NOT_ME)
    reasons = {one.disclosed.notice.reason.value for one in desk.listed(DESK).items}
    assert reasons == {"nobody_to_address"}


def test_a_council_names_the_school_and_it_is_told(hub, desk):
    tell(hub, an_incident())
    assert readers(desk) == [DUTY]
    assert not answer(desk, DUTY, NoticeAnswer.SCHOOL, Urn("107900"))  # of Leeds
    assert answer(desk, DUTY, NoticeAnswer.SCHOOL, Urn("107201"))

    assert the_one(desk, OTHER_LEAD).disclosed.notice.reason == "council_named_school"
    tell(hub, an_incident("O2"))
    assert len(desk.listed(OTHER_LEAD).items) == 2


def test_the_desk_reads_what_its_force_told_and_why_no_school_was(hub, desk):
    on_roll(hub)
    tell(hub, an_incident(handling=Handling(audience=Audience.SOCIAL_CARE_ONLY)))

    assert readers(desk) == [DESK]
    item = the_one(desk, DESK)
    assert item.child_name == "Mira Ashworth"
    view = notice_view(item, RecipientKind.FORCE)
    assert view.reason == "The police asked that schools are not told."
    assert dict(view.facts)["Police reference"] == "O1"


def test_a_late_notice_is_shown_to_deputy_and_desk_and_the_desk_can_ring(hub, desk):
    on_roll(hub)
    tell(hub, an_incident())
    hub.clock.instant = MONDAY_0815
    a_tick(hub)()

    assert readers(desk) == [LEAD, DEPUTY, DESK]
    view = notice_view(the_one(desk, DESK), RecipientKind.FORCE)
    assert view.late
    assert view.reason.startswith("Made-up Primary School was told, and nobody there")
    assert [words for _, words in view.answers] == ["I have told the school by telephone"]
    assert answer(desk, DESK, NoticeAnswer.ACKNOWLEDGE)
    assert hub.one("SELECT kind FROM encompass_step ORDER BY step DESC LIMIT 1") == (
        "told_by_telephone"
    )


def test_what_changes_after_it_was_acknowledged_is_told_again(hub, desk):
    on_roll(hub)
    tell(hub, an_incident())
    answer(desk, LEAD, NoticeAnswer.ACKNOWLEDGE)
    tell(hub, an_incident(revision=2, facts={"injured": True}))

    item = the_one(desk, LEAD)
    assert item.disclosed.notice.waits
    assert "The child was injured" in told(desk, LEAD)["The child"]


def test_what_is_withdrawn_is_told_to_who_saw_it_and_says_no_more(hub, desk):
    on_roll(hub)
    tell(hub, an_incident(), an_incident("O2"))
    for name in ("O1", "O2"):
        tell(hub, an_incident(name, revision=2, state=EventState.WITHDRAWN))
    assert desk.listed(LEAD).items == ()

    tell(hub, an_incident("O3"))
    desk.listed(LEAD)
    tell(hub, an_incident("O3", revision=2, state=EventState.WITHDRAWN))
    item = the_one(desk, LEAD)
    assert item.disclosed.notice.state == "withdrawn"
    assert told(desk, LEAD) == {}
    assert item.answers == ()


def test_before_the_force_allows_it_nobody_reads_it(hub, desk):
    on_roll(hub)
    wait = NOW + timedelta(days=2)
    tell(hub, an_incident(handling=Handling(not_before=wait)))
    assert readers(desk) == []
    assert hub.rows("SELECT next_at FROM outbox") == [(wait,)]
    hub.clock.instant = wait
    assert readers(desk) == [LEAD]


def test_of_a_shielded_child_nothing_is_told_that_places_it(hub, desk):
    on_roll(hub)
    tell(hub, an_incident(facts={"premises": Premises.REFUGE}, shielded=True))

    item = the_one(desk, LEAD)
    assert item.disclosed.parts == {NoticePart.CHILD, NoticePart.INCIDENT, NoticePart.FORCE}
    assert told(desk, LEAD) == {}
    assert item.disclosed.incident.premises is Premises.UNKNOWN


def test_the_grade_is_quoted_only_where_that_is_agreed(hub, desk):
    on_roll(hub)
    tell(hub, an_incident(facts={"officer_grade": RiskGrade.HIGH}))
    assert the_one(desk, LEAD).disclosed.incident.grade is RiskGrade.UNKNOWN
    assert "High" not in repr(told(desk, LEAD))


def test_a_school_reads_the_names_of_its_own_record_and_no_others(hub, desk):
    on_roll(hub)
    tell(hub, an_incident(child=a_child(local_id="N1003", given_names=("Myra",))))
    assert the_one(desk, LEAD).child_name == "Mira Ashworth"


def test_reading_does_not_undo_what_changes_meanwhile(hub, desk):
    on_roll(hub)
    tell(hub, an_incident())
    with hub.store.transaction() as transaction:
        (seen,) = transaction.notices_at(["staff:school-lead-107200"], NOW, NOW, 10).notices
    tell(hub, an_incident(revision=2, facts={"injured": True}))
    desk.listed(LEAD)
    assert hub.rows("SELECT version FROM encompass_notice") == [(seen.version + 1,)]


def test_a_council_of_elsewhere_and_a_clinician_read_nothing(hub, desk):
    tell(hub, an_incident())
    notice_id = the_one(desk, DUTY).disclosed.notice.notice_id
    leeds = asker_of(DEMO_USERS_BY_ID["duty-worker-e08000035"])
    for other in (leeds, CLINICIAN, LEAD):
        assert desk.one(other, notice_id) is None
        assert not desk.answer(other, notice_id, NoticeAnswer.ACKNOWLEDGE)
    assert notices(hub)[0][0] == BRADFORD


def test_a_notice_that_is_read_while_it_is_taken_back_says_so(hub, desk):
    on_roll(hub)
    tell(hub, an_incident())
    with hub.store.transaction() as transaction:
        (unseen,) = transaction.notices_at(["staff:school-lead-107200"], NOW, NOW, 1).notices
    assert desk.one(LEAD, unseen.notice_id)

    gone = replace(unseen, state=NoticeState.WITHDRAWN, changed_at=NOW)
    with hub.store.transaction() as transaction:
        transaction.write_notices(NoticeWrites(notices=(gone,)), NOW)

    assert desk.one(LEAD, unseen.notice_id).disclosed.notice.state is NoticeState.WITHDRAWN


def test_more_than_a_page_is_told_in_pages_with_how_many_there_are(hub, desk):
    on_roll(hub)
    tell(hub, *(an_incident(f"O{number}") for number in range(NOTICES_A_PAGE + 2)))

    first, second, beyond = (desk.listed(LEAD, page) for page in (1, 2, 3))

    assert (len(first.items), len(second.items), beyond.items) == (NOTICES_A_PAGE, 2, ())
    assert {one.total for one in (first, second, beyond)} == {NOTICES_A_PAGE + 2}
    assert {one.pages for one in (first, second, beyond)} == {2}
    ids = {one.disclosed.notice.notice_id for one in (*first.items, *second.items)}
    assert len(ids) == NOTICES_A_PAGE + 2


def test_a_row_that_cannot_be_read_is_counted_and_costs_no_other(hub, desk):
    on_roll(hub)
    tell(hub, *(an_incident(f"O{number}") for number in range(3)))
    with hub.store.connection() as connection:
        connection.execute(
            "UPDATE encompass_notice SET reason = 'of_tomorrow' WHERE notice_id ="
            " (SELECT min(notice_id::text)::uuid FROM encompass_notice)"
        )

    found = desk.listed(LEAD)

    assert (len(found.items), found.total, found.unreadable) == (2, 3, 1)
    assert hub.one("SELECT outcome FROM audit_leaf") == "2 notices, 1 unreadable"


def test_words_that_do_not_open_cost_their_own_notice_and_name_nobody(hub, desk, caplog):
    on_roll(hub)
    tell(hub, an_incident("O1"), an_incident("O2"))
    with hub.store.connection() as connection:
        connection.execute(
            "UPDATE event SET sealed = 'damaged' WHERE event_id ="
            " (SELECT event_id FROM event WHERE kind = 'domestic_abuse_incident' LIMIT 1)"
        )

    found = desk.listed(LEAD)

    assert (len(found.items), found.unreadable) == (1, 1)
    assert "Ashworth" not in caplog.text
