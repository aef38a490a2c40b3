"""NO_PLAN_FOUND over a real PostgreSQL: each condition of it is made false, and forbids it.

The core's own test goes over all combinations of faults; here each fault is brought about as it
comes about in life, by what an agency says or leaves unsaid, and must be seen by the store. The
faults that ``test_check.py`` already plants are not planted again.

Every test first asks while nothing is wrong and is told NO_PLAN_FOUND.
"""

import itertools
import uuid
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from hub.adapters.schemas import shipped_schemas
from hub.adapters.store import search as search_module
from hub.adapters.store.questions import PostgresQuestions
from hub.core import codec
from hub.core.answer import CannotSay, CheckQuestion, PlanAnswer
from hub.core.disclosure import Role
from hub.core.event import (
    EventState,
    Mother,
    SubjectRole,
    UnbornChildProtectionPlanFacts,
)
from hub.core.identifiers import GssCode, NhsNumber, OdsCode, Postcode
from hub.core.report import (
    ConnectorStatus,
    Extract,
    FeedFault,
    OpenPlan,
    RegisterStatement,
)
from hub.errors import TransientFault
from hub.service.asker import Asker, Surroundings
from hub.service.check import Check
from hub.service.registers import DecideExtract
from tests.service.laboratory import (
    NOW,
    NUMBERS,
    FewPlaces,
    a_child,
    a_plan,
    an_attendance,
    shuffled,
)

pytestmark = pytest.mark.stack

CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)
BORN = date(2021, 5, 4)
NUMBER, OTHER_NUMBER = NhsNumber(NUMBERS[0]), NhsNumber(NUMBERS[1])
HOME, FORMER_HOME = Postcode.parse("BD1 1HX"), Postcode.parse("LS1 4AP")
CHILD = a_child(0, birth_date=BORN, family_name="Ashworth", given_names=("Mira",), postcode=HOME)
QUESTION = CheckQuestion(
    nhs_number=NUMBER,
    birth_date=BORN,
    family_name="Ashworth",
    given_name="Mira",
    postcode=HOME,
    site=OdsCode("RAE01"),
)
STRANGER = replace(
    QUESTION, nhs_number=NhsNumber(NUMBERS[4]), family_name="Quill", given_name="Ada"
)


class MorePlaces(FewPlaces):
    """Also Cumberland, which has no policy here and so has not joined."""

    def authority_of_postcode(self, postcode):
        if postcode.reveal().startswith("CA"):
            return GssCode("E06000063")
        return super().authority_of_postcode(postcode)


def plans_of_others(*, as_at=NOW):
    """Seven plans of children who cannot be this child."""
    return [
        a_plan(
            f"P{n}",
            as_at=as_at,
            child=a_child(
                0,
                local_id=f"C{n}",
                nhs_number=None,
                birth_date=date(2012, 1, 1 + n),
                family_name=f"Kestrel{'abcdefg'[n]}",
                postcode=Postcode.parse("BD9 6RJ"),
            ),
        )
        for n in range(7)
    ]


class Asking:
    """A hub that knows the child, whole registers, and a clinician who asks."""

    def __init__(self, laboratory):
        self.hub = laboratory
        laboratory.places = MorePlaces()
        laboratory.receive = laboratory.a_receive()
        ids = (uuid.UUID(int=number) for number in itertools.count(1))
        questions = PostgresQuestions(
            laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
        )
        self.check = Check(
            Surroundings(
                questions=questions,
                policies=laboratory.policies,
                places=laboratory.places,
                clock=laboratory.clock,
                new_id=lambda: next(ids),
            )
        )

    def knows_the_child(self):
        """Leeds treated the child at a former home; then the family moved."""
        formerly = replace(CHILD, local_id="L1", postcode=FORMER_HOME)
        visit = an_attendance("V1", site="RR801", days_ago=400, child=formerly)
        moved = replace(
            visit,
            revision=2,
            state=EventState.CORRECTED,
            subject=replace(formerly, postcode=HOME),
        )
        self.hears(self.hub.other_hospital, visit, moved)

    def told_whole(self, *more, as_at=NOW):
        """Both registers whole, and both statements."""
        self.hub.receive(
            [
                *self.hub.extract(
                    self.hub.council, *plans_of_others(as_at=as_at), *more, as_at=as_at
                ),
                *self.hub.extract(self.hub.other_council, as_at=as_at),
            ]
        )

    def states(self, plans, *, as_at=NOW + timedelta(minutes=5)):
        """Bradford's daily statement alone: these plans are open."""
        listed = tuple(OpenPlan(kind=p.kind, source_key=p.source_key) for p in plans)
        stated = RegisterStatement(
            statement_id=f"s-{as_at.isoformat()}", as_at=as_at, slice=0, slices=1, open_plans=listed
        )
        self.hears(self.hub.council, statement=stated)

    def hears(self, agency, *events, **report):
        return self.hub.receive([self.hub.says(agency, *events, **report)])

    def plan_of(self, **holder):
        """A plan of somebody of that birth date, of whom nothing else is known but what is said."""
        nobody = a_child(
            0,
            local_id="C9",
            nhs_number=None,
            birth_date=BORN,
            family_name=None,
            given_names=None,
            postcode=None,
        )
        plan = a_plan("P9", child=replace(nobody, **holder), as_at=NOW + timedelta(minutes=1))
        assert self.hears(self.hub.council, plan).events == 1

    def passes(self, **time):
        self.hub.clock.instant += timedelta(**time)
        return self.hub.clock.instant

    def answer(self, question=QUESTION):
        return self.check(CLINICIAN, question)


@pytest.fixture
def asking(laboratory):
    found = Asking(laboratory)
    found.knows_the_child()
    found.told_whole()
    answer = found.answer()
    assert answer.plan is PlanAnswer.NO_PLAN_FOUND, answer.plan_reasons
    return found


# ------------------------------------------------------------------ faults of a register


def a_slice_is_missing(asking):
    later = asking.passes(hours=1)
    part = Extract(extract_id="x2", slice=0, slices=2, as_at=later, full=True)
    asking.hears(asking.hub.council, *plans_of_others(), extract=part)


def an_extract_waits_for_a_person(asking):
    later = asking.passes(hours=1)
    asking.hub.receive(asking.hub.extract(asking.hub.council, as_at=later))


def two_contents_of_one_plan(asking):
    plan = plans_of_others()[0]
    other = replace(plan, facts=replace(plan.facts, started_on=date(2026, 8, 1)))
    assert asking.hears(asking.hub.council, other).conflicts == 1


def a_parked_report(asking):
    value = codec.decode_value(asking.hub.council.report(a_plan("P8")), shipped_schemas())
    damaged = replace(value, sealed=value.sealed[:-1] + bytes([value.sealed[-1] ^ 1]))
    raw = asking.hub.raw(asking.hub.council, codec.encode_value(damaged, shipped_schemas()))
    assert asking.hub.receive([raw]).parked == 1


def a_row_that_the_connector_could_not_use(asking):
    fault = FeedFault(code="register_row_refused", subject="ssd_cp_plans")
    asking.hears(asking.hub.council, status=ConnectorStatus(read_count=1, faults=(fault,)))


def a_plan_that_the_statement_does_not_list(asking):
    asking.states(plans_of_others()[:6])


def a_report_that_the_hub_failed_on(asking, monkeypatch):
    """A bug of ours, met once: the report waits, and what it holds is not known."""

    def fails(*_):
        raise RuntimeError("a bug of ours")

    with monkeypatch.context() as patched:
        patched.setattr(asking.hub.receive, "_linking", SimpleNamespace(link=fails))
        assert asking.hears(asking.hub.council, a_plan("P8")).parked == 1


REGISTER_FAULTS = [
    a_slice_is_missing,
    an_extract_waits_for_a_person,
    two_contents_of_one_plan,
    a_parked_report,
    a_row_that_the_connector_could_not_use,
    a_plan_that_the_statement_does_not_list,
]


@pytest.mark.parametrize("plant", REGISTER_FAULTS)
def test_a_register_that_may_lack_something_forbids_it(asking, plant):
    plant(asking)

    answer = asking.answer()

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert CannotSay.REGISTER_INCOMPLETE in answer.plan_reasons


def test_a_report_of_the_council_that_the_hub_failed_on_forbids_it(asking, monkeypatch):
    a_report_that_the_hub_failed_on(asking, monkeypatch)

    answer = asking.answer()

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert CannotSay.REGISTER_INCOMPLETE in answer.plan_reasons


def test_after_every_fault_but_a_parked_report_a_whole_extract_and_statement_mend_it(asking):
    for plant in REGISTER_FAULTS:
        if plant is not a_parked_report:
            plant(asking)
    assert asking.answer().plan is PlanAnswer.CANNOT_SAY

    asking.told_whole(as_at=asking.passes(hours=2))

    answer = asking.answer()
    assert answer.plan is PlanAnswer.NO_PLAN_FOUND, answer.plan_reasons


def test_a_parked_report_forbids_it_until_it_is_dealt_with(asking):
    a_parked_report(asking)

    asking.told_whole(as_at=asking.passes(hours=2))

    assert asking.answer().plan is PlanAnswer.CANNOT_SAY


@pytest.mark.parametrize("approve", [True, False])
def test_an_extract_that_a_person_approved_counts_and_a_refused_one_does_not(asking, approve):
    an_extract_waits_for_a_person(asking)
    hub = asking.hub
    decide = DecideExtract(store=hub.store, decide=hub.receive._decide, clock=hub.clock)
    (waiting,) = decide.waiting()

    decide(waiting.agency, waiting.extract_id, approve=approve, by="A. Person", reason="checked")

    found = asking.answer().plan
    assert found is (PlanAnswer.NO_PLAN_FOUND if approve else PlanAnswer.CANNOT_SAY)


def test_the_registers_of_home_attending_and_former_authorities_must_each_be_fresh(asking):
    later = asking.passes(hours=49)
    asking.hub.receive(
        asking.hub.extract(asking.hub.council, *plans_of_others(as_at=later), as_at=later)
    )
    assert asking.answer(STRANGER).plan is PlanAnswer.NO_PLAN_FOUND, "Leeds does not concern them"

    for question in (
        QUESTION,  # formerly known in Leeds
        replace(STRANGER, site=OdsCode("RR801")),
        replace(STRANGER, postcode=FORMER_HOME),
    ):
        answer = asking.answer(question)
        assert answer.plan is PlanAnswer.CANNOT_SAY
        assert answer.plan_reasons == (CannotSay.REGISTER_STALE,)


def test_an_old_statement_is_as_bad_as_an_old_register(asking):
    later = asking.passes(hours=49)
    for council, plans in (
        (asking.hub.council, plans_of_others(as_at=later)),
        (asking.hub.other_council, []),
    ):
        asking.hub.receive(asking.hub.extract(council, *plans, as_at=later, statement=False))

    assert asking.answer().plan_reasons == (CannotSay.REGISTER_STALE,)


@pytest.mark.parametrize("missing", ["the first whole load", "the statement"])
def test_a_register_told_in_part_forbids_it_until_the_rest_has_come(laboratory, missing):
    asking = Asking(laboratory)
    laboratory.receive(laboratory.extract(laboratory.other_council))
    laboratory.receive(
        laboratory.extract(
            laboratory.council,
            *plans_of_others(),
            full=missing != "the first whole load",
            statement=missing != "the statement",
        )
    )
    assert asking.answer(STRANGER).plan_reasons == (CannotSay.REGISTER_INCOMPLETE,)

    if missing == "the statement":
        asking.states(plans_of_others())
    else:
        asking.told_whole(as_at=asking.passes(minutes=5))

    assert asking.answer(STRANGER).plan is PlanAnswer.NO_PLAN_FOUND


# ------------------------------------------------------------------ faults of the question


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"nhs_number": None}, CannotSay.NHS_NUMBER_NEEDED),
        ({"birth_date": None}, CannotSay.BIRTH_DATE_NEEDED),
        ({"birth_date": BORN + timedelta(days=1)}, CannotSay.DETAILS_DISAGREE),
        ({"postcode": Postcode.parse("HX1 1AA")}, CannotSay.AUTHORITY_NOT_KNOWN),
        ({"postcode": Postcode.parse("CA1 1AA")}, CannotSay.REGISTER_NOT_JOINED),
        ({"site": None}, CannotSay.AUTHORITY_NOT_KNOWN),
        ({"site": OdsCode("RXX99")}, CannotSay.AUTHORITY_NOT_KNOWN),
    ],
)
def test_what_is_asked_must_be_whole_and_contradict_nothing(asking, asked, reason):
    answer = asking.answer(replace(QUESTION, **asked))

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert reason in answer.plan_reasons


def test_a_postcode_on_record_will_do(asking):
    assert asking.answer(replace(QUESTION, postcode=None)).plan is PlanAnswer.NO_PLAN_FOUND


# ------------------------------------------------------------------ whose record is it?


def a_record_with_the_number_and_another_birth_date(asking):
    other = replace(CHILD, local_id="H7", birth_date=date(2020, 2, 2), family_name="Bell")
    asking.hears(asking.hub.hospital, an_attendance("V7", child=other))


def a_second_child_who_claims_the_number(asking):
    claims = replace(CHILD, local_id="H8", birth_date=None, family_name="Bell")
    asking.hears(asking.hub.hospital, an_attendance("V8", child=claims))


def test_a_record_that_contradicts_the_birth_date_forbids_it(asking):
    a_record_with_the_number_and_another_birth_date(asking)

    answer = asking.answer()

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert CannotSay.DETAILS_DISAGREE in answer.plan_reasons


def test_two_children_who_claim_the_number_forbid_it(asking):
    a_second_child_who_claims_the_number(asking)

    answer = asking.answer(replace(QUESTION, family_name="Bell"))

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert answer.plan_reasons == (CannotSay.POSSIBLE_MATCH,)


@pytest.mark.parametrize(
    "holder",
    [
        {"family_name": "Ashwerth"},
        {"family_name": "Other", "postcode": HOME},
        {"family_name": "Ashworth", "birth_date": None},
        {"nhs_number": OTHER_NUMBER, "family_name": "Ashworth", "given_names": ("Mira",)},
        {"nhs_number": OTHER_NUMBER, "family_name": "Ashworth"},
        {"nhs_number": NUMBER, "birth_date": date(2020, 2, 2)},
        {},
    ],
    ids=[
        "the surname sounds alike",
        "the postcode is the same",
        "without a birth date",
        "another number, the same given name",
        "another number, no given name",
        "the number, another birth date",
        "nothing but the birth date",
    ],
)
def test_a_plan_whose_holder_is_possibly_this_child_forbids_it(asking, holder):
    asking.plan_of(**holder)

    answer = asking.answer()

    assert answer.plan is PlanAnswer.CANNOT_SAY
    disagrees = {CannotSay.DETAILS_DISAGREE} if holder.get("nhs_number") == NUMBER else set()
    assert set(answer.plan_reasons) == {CannotSay.POSSIBLE_MATCH} | disagrees


@pytest.mark.parametrize(
    "holder",
    [
        {"family_name": "Ashworth", "birth_date": date(2019, 3, 3), "postcode": HOME},
        {"family_name": "Ashworth", "nhs_number": OTHER_NUMBER, "given_names": ("Tom",)},
        {"family_name": "Pemberton", "given_names": ("Tom",)},
    ],
    ids=["a sibling", "a twin", "a child born on that day"],
)
def test_a_plan_whose_holder_cannot_be_this_child_forbids_nothing(asking, holder):
    asking.plan_of(**holder)

    answer = asking.answer()

    assert answer.plan is PlanAnswer.NO_PLAN_FOUND, answer.plan_reasons


def test_the_name_is_asked_for_only_where_it_would_tell(asking):
    nameless = replace(STRANGER, family_name=None, given_name=None)
    assert asking.answer(nameless).plan is PlanAnswer.NO_PLAN_FOUND

    asking.plan_of(family_name="Pemberton", given_names=("Tom",))

    assert asking.answer(nameless).plan_reasons == (CannotSay.NAME_NEEDED,)
    assert asking.answer(STRANGER).plan is PlanAnswer.NO_PLAN_FOUND


def an_unborn_plan(*, due_on, mother=None):
    unborn = a_child(
        0,
        local_id="U1",
        nhs_number=None,
        birth_date=None,
        family_name=None,
        given_names=None,
        postcode=None,
        role=SubjectRole.UNBORN,
        due_on=due_on,
        mother=mother,
    )
    facts = UnbornChildProtectionPlanFacts(
        authority="E08000032", started_on=date(2026, 9, 1), due_on=due_on
    )
    plan = a_plan("U1", child=unborn, as_at=NOW + timedelta(minutes=1))
    return replace(plan, source_key="unborn_child_protection_plan|U1", facts=facts)


def test_a_newborn_is_possibly_any_unborn_child_with_a_plan_due_within_weeks(asking):
    newborn = replace(STRANGER, birth_date=NOW.date() - timedelta(days=3))
    assert asking.answer(newborn).plan is PlanAnswer.NO_PLAN_FOUND

    asking.hears(asking.hub.council, an_unborn_plan(due_on=NOW.date() + timedelta(days=200)))
    assert asking.answer(newborn).plan is PlanAnswer.NO_PLAN_FOUND

    sooner = an_unborn_plan(due_on=NOW.date() + timedelta(days=30))
    asking.hears(asking.hub.council, replace(sooner, revision=sooner.revision + 1))
    assert asking.answer(newborn).plan_reasons == (CannotSay.POSSIBLE_MATCH,)


def test_a_plan_before_birth_whose_mother_is_possibly_the_person_asked_about_forbids_it(asking):
    expectant = replace(STRANGER, birth_date=date(2009, 3, 3), family_name="Ashworth")
    assert asking.answer(expectant).plan is PlanAnswer.NO_PLAN_FOUND

    mother = Mother(local_id="M1", family_name="Ashworth", birth_date=date(2009, 3, 3))
    plan = an_unborn_plan(due_on=NOW.date() + timedelta(days=60), mother=mother)
    asking.hears(asking.hub.council, plan)

    assert asking.answer(expectant).plan_reasons == (CannotSay.POSSIBLE_MATCH,)


def test_more_children_behind_one_key_than_can_be_looked_through_are_never_looked_at_in_part(
    asking, monkeypatch
):
    monkeypatch.setattr(search_module, "BEHIND_KEY_MAX", 1)

    with pytest.raises(TransientFault, match="stand behind one key"):
        asking.answer()


# ------------------------------------------------------------------ all of them


def test_over_faults_that_add_up_it_never_appears_again(asking):
    """Each fault on top of those before, in an order that follows from a seed."""
    plants = [
        *REGISTER_FAULTS,
        a_record_with_the_number_and_another_birth_date,
        a_second_child_who_claims_the_number,
        lambda known: known.plan_of(family_name="Ashwerth"),
        lambda known: known.passes(hours=1),
        lambda known: known.passes(hours=49),
    ]
    asked = [
        QUESTION,
        replace(QUESTION, nhs_number=None),
        replace(QUESTION, birth_date=None),
        replace(QUESTION, postcode=Postcode.parse("CA1 1AA")),
        replace(QUESTION, site=None),
        replace(QUESTION, family_name=None, given_name=None),
    ]
    told = []
    for plant in shuffled(plants[:-2], seed=3) + plants[-2:]:
        plant(asking)
        told += [asking.answer(question).plan for question in asked]

    assert set(told) == {PlanAnswer.CANNOT_SAY}
