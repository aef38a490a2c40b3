"""The check never lies: what is there is shown, what is not there is told only if nothing hides."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.answer import ByName, CannotSay, PlanAnswer
from hub.core.chronology import Listing
from hub.core.event import Contact, EventKind
from hub.core.identifiers import GssCode, Postcode
from hub.core.identity import Verdict
from hub.core.status import Concern, ConcernedAuthority, children_in_need, plan_answer
from hub.core.status_others import Other
from hub.core.status_registers import RegisterState, register_problems
from hub.core.status_wording import BY_NAME_WORDING, PUBLIC_WORDING
from tests.core.builders import BRADFORD, LEEDS, a_number, a_policy, a_record, some_policies
from tests.core.status_builders import (
    ATTENDING,
    BORN,
    CARE,
    HOME,
    NOW,
    POLICIES,
    UNBORN_PLAN,
    a_mother,
    a_plan,
    a_question,
    a_register,
    an_unborn,
    days_ago,
    hours_ago,
    knowledge,
    somebody,
)

CORNWALL = GssCode("E06000052")


def heading(**more):
    return plan_answer(a_question(), knowledge(**more), POLICIES, NOW)[0]


def test_a_child_in_need_changes_no_heading_and_no_reason():
    need = a_plan("n1", kind=EventKind.CHILD_IN_NEED_PERIOD)
    for entries in ((), (a_plan(),), (a_plan(kind=CARE),), (a_plan(ended=50),)):
        without = plan_answer(a_question(), knowledge(entries=entries), POLICIES, NOW)
        beside = plan_answer(a_question(), knowledge(entries=(*entries, need)), POLICIES, NOW)
        assert beside == without
    alike = somebody(entries=(need,), birth_date=BORN, family_name="Holroyd")
    assert heading(others=(alike,)) is PlanAnswer.NO_PLAN_FOUND


def test_a_child_in_need_is_shown_only_of_the_child_that_was_recognised():
    entries = (a_plan("n1", kind=EventKind.CHILD_IN_NEED_PERIOD),)
    known = knowledge(entries=entries)
    assert len(children_in_need(a_question(), known, POLICIES, NOW)) == 1
    assert children_in_need(a_question(birth_date=None), known, POLICIES, NOW) == ()
    assert children_in_need(a_question(nhs_number=None), known, POLICIES, NOW) == ()
    for verdict in set(Verdict) - {Verdict.MATCHED}:
        unsure = replace(known, verdict=verdict)
        assert children_in_need(a_question(), unsure, POLICIES, NOW) == ()


def register_fault(**spoilt):
    """A fault of one register: of the former authority, whose absence is the easiest to miss."""

    def spoil(question, known):
        registers = dict(known.registers) | {LEEDS: a_register(**spoilt)}
        return question, replace(known, registers=registers)

    return spoil


def question_fault(**changed):
    return lambda question, known: (replace(question, **changed), known)


def knowledge_fault(**changed):
    return lambda question, known: (question, replace(known, **changed))


def another(other):
    return lambda question, known: (question, replace(known, others=(*known.others, other)))


def concerned(*authorities):
    return lambda question, known: (
        question,
        replace(known, authorities=(*known.authorities, *authorities)),
    )


def without_postcode(question, known):
    records = tuple(replace(record, postcode=None) for record in known.records)
    return replace(question, postcode=None), replace(known, records=records)


def without_names(question, known):
    records = tuple(replace(record, family_name=None, given_names=()) for record in known.records)
    nameless = replace(question, family_name=None, given_name=None)
    return nameless, replace(known, records=records)


def without_names_and_with(other):
    return lambda question, known: another(other)(*without_names(question, known))


def without(concern):
    def spoil(question, known):
        kept = tuple(one for one in known.authorities if one.concern is not concern)
        return question, replace(known, authorities=kept)

    return spoil


TWIN = {"birth_date": BORN, "family_name": "Holroyd", "nhs_number": a_number("0026")}

FAULTS = {
    "no NHS number": (question_fault(nhs_number=None), CannotSay.NHS_NUMBER_NEEDED),
    "no birth date": (question_fault(birth_date=None), CannotSay.BIRTH_DATE_NEEDED),
    "a record contradicts the birth date": (
        knowledge_fault(contradiction=True), CannotSay.DETAILS_DISAGREE),
    "two children claim the number": (
        knowledge_fault(verdict=Verdict.MANY), CannotSay.POSSIBLE_MATCH),
    "the records could not be searched": (
        knowledge_fault(verdict=Verdict.UNAVAILABLE), CannotSay.SOURCE_UNAVAILABLE),
    "no postcode": (without_postcode, CannotSay.POSTCODE_NEEDED),
    "the home authority is not known": (
        without(Concern.HOME_GIVEN), CannotSay.AUTHORITY_NOT_KNOWN),
    "the attending authority is not known": (
        without(Concern.ATTENDING), CannotSay.AUTHORITY_NOT_KNOWN),
    "a former authority could not be told": (
        concerned(ConcernedAuthority(authority=None, concern=Concern.FORMER)),
        CannotSay.AUTHORITY_NOT_KNOWN),
    "a former authority has not joined": (
        concerned(ConcernedAuthority(authority=CORNWALL, concern=Concern.FORMER)),
        CannotSay.REGISTER_NOT_JOINED),
    "the home authority has not joined": (
        concerned(ConcernedAuthority(authority=CORNWALL, concern=Concern.HOME_ON_RECORD)),
        CannotSay.REGISTER_NOT_JOINED),
    "the attending authority has not joined": (
        concerned(ConcernedAuthority(authority=CORNWALL, concern=Concern.ATTENDING)),
        CannotSay.REGISTER_NOT_JOINED),
    "a register was never told of": (
        knowledge_fault(registers={BRADFORD: a_register()}), CannotSay.REGISTER_NOT_JOINED),
    "a register is not joined": (register_fault(joined=False), CannotSay.REGISTER_NOT_JOINED),
    "a register is stale": (register_fault(as_of=hours_ago(36.1)), CannotSay.REGISTER_STALE),
    "a register was never read": (register_fault(as_of=None), CannotSay.REGISTER_STALE),
    "a register is of the future": (
        register_fault(as_of=hours_ago(-1)), CannotSay.REGISTER_STALE),
    "the first load is not whole": (
        register_fault(first_load_whole=False), CannotSay.REGISTER_INCOMPLETE),
    "the last extract is not whole": (
        register_fault(last_extract_whole=False), CannotSay.REGISTER_INCOMPLETE),
    "an extract waits for approval": (
        register_fault(waiting_approval=True), CannotSay.REGISTER_INCOMPLETE),
    "a sequence gap": (register_fault(sequence_gap=True), CannotSay.REGISTER_INCOMPLETE),
    "a rejected plan event": (
        register_fault(rejected_plan_events=1), CannotSay.REGISTER_INCOMPLETE),
    "a conflicting plan event": (
        register_fault(conflicting_plan_events=1), CannotSay.REGISTER_INCOMPLETE),
    "a parked report": (register_fault(parked_reports=1), CannotSay.REGISTER_INCOMPLETE),
    "a refused row": (register_fault(refused_rows=1), CannotSay.REGISTER_INCOMPLETE),
    "the statement disagrees": (
        register_fault(statement_agrees=False), CannotSay.REGISTER_INCOMPLETE),
    "no statement yet": (
        register_fault(statement_agrees=None, statement_as_at=None),
        CannotSay.REGISTER_INCOMPLETE),
    "the statement is old": (
        register_fault(statement_as_at=hours_ago(37)), CannotSay.REGISTER_STALE),
    "a numberless plan holder sounds alike": (
        another(somebody(birth_date=BORN, family_name="Holroid")), CannotSay.POSSIBLE_MATCH),
    "a numberless plan holder lives there": (
        another(somebody(birth_date=BORN, postcode=a_question().postcode)),
        CannotSay.POSSIBLE_MATCH),
    "a plan holder with another number has the same given name": (
        another(somebody(**TWIN, given_names=("Amina",))), CannotSay.POSSIBLE_MATCH),
    "a plan holder has the number and another birth date": (
        another(somebody(nhs_number=a_number())), CannotSay.POSSIBLE_MATCH),
    "a plan holder without a birth date sounds alike": (
        another(somebody(birth_date=None, family_name="Holroyd")), CannotSay.POSSIBLE_MATCH),
    "a plan holder of that birth date has neither name nor number": (
        another(somebody(birth_date=BORN, family_name=None, given_names=())),
        CannotSay.POSSIBLE_MATCH),
    "an alike holder's plan has ended but still shows": (
        another(somebody(birth_date=BORN, family_name="Holroyd",
                         entries=(a_plan("p9", ended=300),))),
        CannotSay.POSSIBLE_MATCH),
    "a plan before birth may be hers": (
        another(an_unborn(mother=a_mother(nhs_number=None))), CannotSay.POSSIBLE_MATCH),
}  # fmt: skip


def answer_with(names):
    question, known = a_question(), knowledge()
    for name in names:
        question, known = FAULTS[name][0](question, known)
    return plan_answer(question, known, POLICIES, NOW)


def test_with_every_condition_met_no_plan_is_found():
    assert answer_with(()) == (PlanAnswer.NO_PLAN_FOUND, (), ())


@pytest.mark.parametrize("verdict", [Verdict.MATCHED, Verdict.NEW, Verdict.POSSIBLE])
def test_no_plan_is_found_for_a_child_the_hub_has_never_seen(verdict):
    assert heading(verdict=verdict, records=()) is PlanAnswer.NO_PLAN_FOUND


@pytest.mark.parametrize("name", FAULTS)
def test_each_condition_planted_false_forbids_no_plan_found(name):
    answer, reasons, plans = answer_with([name])
    assert answer is PlanAnswer.CANNOT_SAY
    assert FAULTS[name][1] in reasons
    assert plans == ()


def test_any_two_faults_forbid_it_too():
    for pair in combinations(FAULTS, 2):
        assert answer_with(pair)[0] is PlanAnswer.CANNOT_SAY, pair


@settings(deadline=None)  # the machine is shared: a slow moment is no failure
@given(st.sets(st.sampled_from(sorted(FAULTS))))
def test_over_all_combinations_of_faults_no_plan_found_appears_only_without_any(names):
    answer, reasons, _ = answer_with(sorted(names))
    expected = PlanAnswer.CANNOT_SAY if names else PlanAnswer.NO_PLAN_FOUND
    assert answer is expected
    assert bool(reasons) is bool(names)
    assert len(set(reasons)) == len(reasons)


def test_the_name_is_asked_for_only_when_that_is_in_doubt():
    question, known = without_names(a_question(), knowledge())
    assert plan_answer(question, known, POLICIES, NOW)[0] is PlanAnswer.NO_PLAN_FOUND
    same_day = without_names_and_with(somebody(birth_date=BORN))(a_question(), knowledge())
    answer, reasons, _ = plan_answer(*same_day, POLICIES, NOW)
    assert (answer, reasons) == (PlanAnswer.CANNOT_SAY, (CannotSay.NAME_NEEDED,))
    named = another(somebody(birth_date=BORN))(a_question(), knowledge())
    assert plan_answer(*named, POLICIES, NOW)[0] is PlanAnswer.NO_PLAN_FOUND


def test_the_given_name_is_asked_for_when_only_it_tells_twins_apart():
    question, known = another(somebody(**TWIN))(a_question(given_name=None), knowledge(records=()))
    assert plan_answer(question, known, POLICIES, NOW)[1] == (CannotSay.NAME_NEEDED,)


def test_a_twin_with_another_number_and_given_name_is_excluded():
    question, known = another(somebody(**TWIN))(a_question(), knowledge())
    assert plan_answer(question, known, POLICIES, NOW)[0] is PlanAnswer.NO_PLAN_FOUND


@pytest.mark.parametrize(
    "other",
    [
        somebody(),
        somebody(family_name="Holroyd"),
        somebody(birth_date=BORN),
        somebody(birth_date=BORN, family_name="Holroyd", entries=()),
        somebody(birth_date=BORN, family_name="Holroyd", entries=(a_plan(ended=365),)),
    ],
    ids=["stranger", "sibling", "same day", "no plan", "long ended"],
)
def test_others_who_cannot_be_this_child_or_have_no_plan_forbid_nothing(other):
    question, known = another(other)(a_question(), knowledge())
    assert plan_answer(question, known, POLICIES, NOW)[0] is PlanAnswer.NO_PLAN_FOUND


def test_a_newborn_is_possibly_any_unborn_child_with_a_plan_due_within_weeks():
    question = a_question(birth_date=days_ago(3), nhs_number=a_number("0034"))
    known = knowledge(verdict=Verdict.NEW, records=(), others=(an_unborn(due_in_days=40),))
    assert plan_answer(question, known, POLICIES, NOW)[1] == (CannotSay.POSSIBLE_MATCH,)
    later = replace(known, others=(an_unborn(due_in_days=180),))
    assert plan_answer(question, later, POLICIES, NOW)[0] is PlanAnswer.NO_PLAN_FOUND


def test_an_unborn_child_whose_birth_is_noted_is_only_a_child_of_that_day():
    question = a_question(birth_date=days_ago(3), nhs_number=a_number("0034"))

    def born(ago):
        entry = replace(a_plan("u1", began=60, kind=UNBORN_PLAN), born_on=days_ago(ago))
        known = knowledge(verdict=Verdict.NEW, records=(), others=(an_unborn(entry=entry),))
        return plan_answer(question, known, POLICIES, NOW)[0]

    assert born(3) is PlanAnswer.CANNOT_SAY
    assert born(5) is PlanAnswer.NO_PLAN_FOUND


def test_an_unborn_child_who_is_known_as_a_born_one_is_no_other_newborn():
    """Its council keeps the child under another id since the birth, and its plan says no birth."""
    question = a_question(birth_date=days_ago(3), nhs_number=a_number("0034"))
    unborn = an_unborn(due_in_days=2)

    def known_as_born(ago):
        born = a_record(
            birth_date=days_ago(ago),
            nhs_number=a_number("0042"),
            family_name="Quill",
            given_names=("Una",),
            postcode=Postcode("LS9 7TF"),
        )
        other = replace(unborn, records=(*unborn.records, born))
        known = knowledge(verdict=Verdict.NEW, records=(), others=(other,))
        return plan_answer(question, known, POLICIES, NOW)[0]

    assert known_as_born(3) is PlanAnswer.CANNOT_SAY  # a twin is born on the same day
    assert known_as_born(5) is PlanAnswer.NO_PLAN_FOUND


# ---------------------------------------------------------------- what is there


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([a_plan()], PlanAnswer.ON_PLAN),
        ([a_plan(ended=0)], PlanAnswer.ON_PLAN),
        ([a_plan(ended=1)], PlanAnswer.PLAN_ENDED),
        ([a_plan(ended=364)], PlanAnswer.PLAN_ENDED),
        ([a_plan(began=500, ended=365)], PlanAnswer.NO_PLAN_FOUND),
        ([a_plan(kind=CARE)], PlanAnswer.LOOKED_AFTER),
        ([a_plan(kind=CARE, ended=9)], PlanAnswer.PLAN_ENDED),
        ([a_plan(kind=UNBORN_PLAN)], PlanAnswer.UNBORN_ON_PLAN),
        ([a_plan(kind=UNBORN_PLAN, ended=28)], PlanAnswer.PLAN_ENDED),
        ([a_plan(kind=UNBORN_PLAN, ended=29)], PlanAnswer.NO_PLAN_FOUND),
        ([a_plan("p1", ended=9), a_plan("p2", kind=CARE)], PlanAnswer.LOOKED_AFTER),
        ([a_plan("p1"), a_plan("p2", kind=CARE)], PlanAnswer.ON_PLAN),
        ([a_plan("p1", kind=UNBORN_PLAN), a_plan("p2", kind=CARE)], PlanAnswer.UNBORN_ON_PLAN),
        ([a_plan("p1", kind=UNBORN_PLAN), a_plan("p2")], PlanAnswer.ON_PLAN),
        ([a_plan(began=-3)], PlanAnswer.ON_PLAN),
        ([a_plan(ended=9, end_reason="transferred")], PlanAnswer.CANNOT_SAY),
        ([a_plan(ended=9, held_for_another_authority=True)], PlanAnswer.CANNOT_SAY),
        ([a_plan(kind=CARE, ended=9, end_reason="E3")], PlanAnswer.CANNOT_SAY),
        ([a_plan("p1", ended=9, end_reason="transferred"), a_plan("p2", ended=20)],
         PlanAnswer.CANNOT_SAY),
        ([a_plan("p1", ended=9, end_reason="transferred"), a_plan("p2", kind=CARE)],
         PlanAnswer.LOOKED_AFTER),
        ([a_plan("p1", ended=9, end_reason="transferred"),
          a_plan("p2", began=8, authority=LEEDS)], PlanAnswer.ON_PLAN),
        ([a_plan("p1", ended=50, end_reason="transferred"),
          a_plan("p2", began=49, ended=5, authority=LEEDS)], PlanAnswer.PLAN_ENDED),
    ],
)  # fmt: skip
def test_the_heading_follows_from_what_is_there(entries, expected):
    answer, _, plans = plan_answer(a_question(), knowledge(entries=tuple(entries)), POLICIES, NOW)
    assert answer is expected
    if expected is not PlanAnswer.NO_PLAN_FOUND:
        assert len(plans) == len(entries), "all facts beneath one heading"


def test_a_transferred_plan_never_reads_plan_ended_until_it_is_taken_up():
    entries = (a_plan(ended=9, end_reason="transferred"),)
    answer, reasons, plans = plan_answer(a_question(), knowledge(entries=entries), POLICIES, NOW)
    assert answer is PlanAnswer.CANNOT_SAY
    assert reasons == (CannotSay.PLAN_MOVED,)
    assert (plans[0].moved, plans[0].current) == (True, False)


def test_what_a_full_extract_no_longer_lists_is_no_longer_listed_since():
    entry = a_plan(listing=Listing.NOT_LISTED, not_listed_since=days_ago(2))
    answer, _, plans = plan_answer(a_question(), knowledge(entries=(entry,)), POLICIES, NOW)
    assert answer is PlanAnswer.PLAN_ENDED
    assert plans[0].not_listed_since == days_ago(2)
    assert plans[0].ended_on is None


@pytest.mark.parametrize("name", [n for n in FAULTS if "register" in n or "extract" in n])
def test_a_plan_is_shown_even_if_a_register_cannot_be_relied_on(name):
    question, known = FAULTS[name][0](a_question(), knowledge(entries=(a_plan(),)))
    answer, reasons, plans = plan_answer(question, known, POLICIES, NOW)
    assert (answer, reasons) == (PlanAnswer.ON_PLAN, ())
    assert plans[0].as_of == hours_ago(5)


def test_what_could_not_be_checked_is_said_beside_an_ended_plan():
    question, known = register_fault(sequence_gap=True)(
        a_question(), knowledge(entries=(a_plan(ended=9),))
    )
    answer, reasons, _ = plan_answer(question, known, POLICIES, NOW)
    assert (answer, reasons) == (PlanAnswer.PLAN_ENDED, (CannotSay.REGISTER_INCOMPLETE,))


def test_an_extract_that_waits_leaves_those_on_a_plan_on_it_and_says_nothing_of_the_rest():
    waiting = {BRADFORD: a_register(waiting_approval=True), LEEDS: a_register()}
    assert heading(registers=waiting, entries=(a_plan(),)) is PlanAnswer.ON_PLAN
    assert heading(registers=waiting) is PlanAnswer.CANNOT_SAY


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.MATCHED])
def test_nothing_is_shown_of_a_child_who_is_not_matched(verdict):
    known = knowledge(verdict=verdict, entries=(a_plan(),), records=())
    assert plan_answer(a_question(), known, POLICIES, NOW)[2] == ()


def test_a_number_without_the_birth_date_shows_nothing():
    known = knowledge(entries=(a_plan(),), records=(a_record(birth_date=None),))
    answer, reasons, plans = plan_answer(a_question(birth_date=None), known, POLICIES, NOW)
    assert (answer, plans) == (PlanAnswer.CANNOT_SAY, ())
    assert CannotSay.BIRTH_DATE_NEEDED in reasons


def mothers_answer(mother, entry=None, **more):
    known = knowledge(others=(an_unborn(mother=mother, entry=entry),), **more)
    return plan_answer(a_question(), known, POLICIES, NOW)


def test_a_mother_reads_unborn_on_plan_whether_or_not_the_hub_knew_her():
    for verdict in (Verdict.NEW, Verdict.MATCHED):
        answer, reasons, plans = mothers_answer(a_mother(), verdict=verdict)
        assert (answer, reasons) == (PlanAnswer.UNBORN_ON_PLAN, ())
        assert plans[0].kind is UNBORN_PLAN


@pytest.mark.parametrize(
    ("ended", "due_in_days", "expected"),
    [
        (None, 40, PlanAnswer.UNBORN_ON_PLAN),
        (5, 40, PlanAnswer.UNBORN_ON_PLAN),
        (5, -5, PlanAnswer.UNBORN_ON_PLAN),
        (40, -28, PlanAnswer.UNBORN_ON_PLAN),
        (28, -90, PlanAnswer.UNBORN_ON_PLAN),
        (29, -29, PlanAnswer.NO_PLAN_FOUND),
    ],
)
def test_until_28_days_after_the_later_of_end_and_due_date(ended, due_in_days, expected):
    due = (NOW + timedelta(days=due_in_days)).date()
    entry = replace(a_plan("u1", began=200, ended=ended, kind=UNBORN_PLAN), due_on=due)
    assert mothers_answer(a_mother(), entry)[0] is expected


def test_the_birth_is_noted_beneath():
    entry = replace(a_plan("u1", ended=3, kind=UNBORN_PLAN), born_on=days_ago(3))
    answer, _, plans = mothers_answer(a_mother(), entry)
    assert answer is PlanAnswer.UNBORN_ON_PLAN
    assert plans[0].born_on == days_ago(3)


def test_a_mother_whose_birth_date_conflicts_is_only_possible():
    answer, reasons, plans = mothers_answer(a_mother(birth_date=date(1999, 1, 1)))
    assert (answer, plans) == (PlanAnswer.CANNOT_SAY, ())
    assert reasons == (CannotSay.POSSIBLE_MATCH,)


def test_the_latest_worker_and_the_authoritys_name_are_given():
    contacts = (
        Contact(role="social worker", name="Old", team="East", since=date(2024, 1, 1)),
        Contact(role="social worker", name="New", team="West", since=date(2026, 1, 1)),
    )
    known = knowledge(entries=(a_plan(contacts=contacts),))
    plan = plan_answer(a_question(), known, POLICIES, NOW)[2][0]
    assert (plan.worker, plan.team, plan.authority) == ("New", "West", BRADFORD)
    assert plan.authority_name == "An authority"


def test_how_long_an_ended_plan_shows_is_the_policy_of_the_place():
    short = a_policy(BRADFORD)
    policies = replace(
        POLICIES,
        authorities={
            BRADFORD: replace(short, windows=replace(short.windows, ended_plan_days=10)),
            LEEDS: a_policy(LEEDS),
        },
    )
    known = knowledge(entries=(a_plan(ended=11),))
    assert plan_answer(a_question(), known, policies, NOW)[0] is PlanAnswer.NO_PLAN_FOUND


def test_a_register_whose_go_live_has_not_come_is_not_joined():
    policy = a_policy(LEEDS)
    register = replace(policy.register, live_from=NOW + timedelta(hours=1))
    sources = dict(policy.sources) | {LEEDS.reveal(): register}
    policies = replace(
        POLICIES, authorities={BRADFORD: a_policy(), LEEDS: replace(policy, sources=sources)}
    )
    answer, reasons, _ = plan_answer(a_question(), knowledge(), policies, NOW)
    assert (answer, reasons) == (PlanAnswer.CANNOT_SAY, (CannotSay.REGISTER_NOT_JOINED,))


def test_an_authority_without_a_policy_is_not_joined():
    answer, reasons, _ = plan_answer(a_question(), knowledge(), some_policies(BRADFORD), NOW)
    assert (answer, reasons) == (PlanAnswer.CANNOT_SAY, (CannotSay.REGISTER_NOT_JOINED,))


def test_a_whole_and_fresh_register_has_no_problem_up_to_its_maximum_age():
    state = a_register(as_of=hours_ago(36), statement_as_at=hours_ago(36))
    assert register_problems(state, timedelta(hours=36), NOW) == ()
    assert register_problems(RegisterState(), timedelta(hours=36), NOW) != ()


def test_a_postcode_on_record_is_as_good_as_one_that_is_given():
    question = a_question(postcode=None)
    on_record = replace(HOME, concern=Concern.HOME_ON_RECORD)
    known = knowledge(authorities=(on_record, ATTENDING))
    assert plan_answer(question, known, POLICIES, NOW)[0] is PlanAnswer.NO_PLAN_FOUND


def test_others_are_never_shown():
    known = knowledge(others=(somebody(birth_date=BORN, family_name="Holroyd"),))
    assert plan_answer(a_question(), known, POLICIES, NOW)[2] == ()
    assert isinstance(known.others[0], Other)
    for secret in ("Holroyd", "Amina", "2019", "999"):
        assert secret not in repr(known)


def test_every_reason_has_one_public_wording_that_says_what_to_do_and_tells_nothing():
    assert set(PUBLIC_WORDING) == set(CannotSay)
    assert len(set(PUBLIC_WORDING.values())) == len(CannotSay)
    for words in PUBLIC_WORDING.values():
        assert any(verb in words for verb in ("ring", "Ring", "Give", "Ask"))
        for telling in ("shield", "restrict", "protect", "refuge", "withheld", "hidden", "exclu"):
            assert telling not in words.lower()


def test_every_kind_of_plan_has_its_own_heading():
    kinds = {CARE, UNBORN_PLAN, EventKind.CHILD_PROTECTION_PLAN}
    assert len({heading(entries=(a_plan(kind=kind),)) for kind in kinds}) == 3


def test_one_child_found_by_name_stands_beside_no_word_of_several():
    assert "one child on record" in BY_NAME_WORDING[ByName.ONE]
    assert "more than one" not in PUBLIC_WORDING[CannotSay.POSSIBLE_MATCH]
