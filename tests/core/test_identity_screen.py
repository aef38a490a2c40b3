"""Who is left out unread is nobody whom weighing would have named: the same resolution, always."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.identity_reference import shipped_matching
from hub.core.event import NhsNumberStatus, OtherName, Sex, Subject, SubjectRole
from hub.core.identifiers import Postcode, Upn
from hub.core.identity import Candidate, evidence_of
from hub.core.identity_screen import Screen
from hub.core.identity_weighed import resolve_by_weights
from hub.core.person import NUMBER_NOW, evidence_said, ledger_of, subject_of, values_of
from tests.core.builders import a_number, digest

SHIPPED = shipped_matching()
WIDER = replace(
    SHIPPED,
    weights=replace(SHIPPED.weights, bands=replace(SHIPPED.weights.bands, review=1e-6)),
)
"""As a policy that asks people about nearly everybody."""

GIVEN = (
    *("Muhammad", "Mohammed", "Mohammed Ali", "Ali Muhammad", "Aisha", "Ayesha", "Olivia Grace"),
    *("Grace Olivia", "Bartholomew", "Bartolomew", "M", "Twin 1", "Baby", "Oliver (Ollie)"),
    *("Ollie", "Khan", "Holroyd", "OliviaGrace", "Nadia", "Sadia", "Zephyrine", "Zefyrine", ""),
)
FAMILY = (
    *("Khan", "Kahn", "Holroyd", "Holroyd-Bell", "Bell", "Bell (Smith)", "Smyth", "Smith"),
    *("Muhammad", "Zephyrine", "unknown", "van der Berg", "Vandenberg", "Quackenbush", "Aisha"),
)
POSTCODES = ("BD9 6RJ", "BD9 6JR", "BD9 6RL", "BD9 5AA", "BD8 9AA", "LS9 7TF", "LS97 7TF")
LINES = (("12 Park Road", "Bradford"), ("12 Park Rd",), ("Flat 2, 12 Park Road",), ("3 Mill Lane",))
DATES = st.one_of(
    st.sampled_from([date(2019, 5, 4), date(2019, 4, 5), date(2019, 1, 1), date(2018, 5, 4)]),
    st.dates(date(2018, 1, 1), date(2019, 12, 31)),
)
OTHERS = st.builds(
    lambda family, name: OtherName(family_name=family, given_names=tuple(name.split())),
    st.sampled_from((None, *FAMILY)),
    st.sampled_from(GIVEN),
)
SUBJECTS = st.builds(
    Subject,
    local_id=st.just("l1"),
    role=st.sampled_from((SubjectRole.CHILD,) * 9 + (SubjectRole.UNBORN,)),
    nhs_number=st.sampled_from((None,) * 6 + (a_number(), a_number("0026"))),
    nhs_number_status=st.sampled_from(NhsNumberStatus),
    upn=st.sampled_from((None,) * 4 + (Upn("H801200001001"),)),
    family_name=st.sampled_from((None, *FAMILY)),
    given_names=st.one_of(st.none(), st.sampled_from(GIVEN).map(lambda n: tuple(n.split()))),
    other_names=st.one_of(
        st.none(), st.none(), st.lists(OTHERS, min_size=1, max_size=2).map(tuple)
    ),
    birth_date=st.one_of(DATES, DATES, DATES, st.none()),
    birth_date_partial=st.sampled_from((None,) * 6 + ("2019", "2019-05", "2018-13")),
    sex=st.sampled_from(Sex),
    postcode=st.sampled_from((None, *map(Postcode, POSTCODES))),
    address_lines=st.one_of(st.none(), st.sampled_from(LINES)),
)
CHILDREN = st.lists(st.lists(SUBJECTS, min_size=1, max_size=3), min_size=1, max_size=4)


def _said(subject):
    return values_of(ledger_of(subject, 1))


def _read(said, name):
    return evidence_said(said, record_ref=digest(name), agency="RAE")


def _candidates(children):
    return [
        (
            [_said(subject) for subject in records],
            Candidate(
                child_ref=digest(f"c{place}"),
                records=tuple(_read(_said(s), f"{place}.{n}") for n, s in enumerate(records)),
            ),
        )
        for place, records in enumerate(children)
    ]


@settings(max_examples=600)
@given(SUBJECTS, CHILDREN, st.sampled_from((SHIPPED, WIDER)))
def test_a_record_is_resolved_alike_without_those_who_are_left_out(subject, children, matching):
    record = _read(_said(subject), "r1")
    known = _candidates(children)
    screen = Screen(record, matching)
    kept = [child for said, child in known if not screen.rules_out(said)]
    whole = resolve_by_weights(record, [child for _, child in known], matching)
    assert resolve_by_weights(record, kept, matching) == whole


@settings(max_examples=300)
@given(SUBJECTS, st.lists(SUBJECTS, min_size=1, max_size=3))
def test_whoever_is_left_out_would_have_been_new(subject, records):
    record = _read(_said(subject), "r1")
    [(said, child)] = _candidates([records])
    if Screen(record, SHIPPED).rules_out(said):
        found = resolve_by_weights(record, [child], SHIPPED)
        assert (found.verdict.value, found.possible, found.contradiction) == ("new", (), False)


A_CHILD = Subject(
    local_id="l1",
    family_name="Holroyd",
    given_names=("Amina",),
    birth_date=date(2019, 5, 4),
    sex=Sex.FEMALE,
    postcode=Postcode("BD9 6RJ"),
)


def test_a_namesake_born_on_another_day_elsewhere_is_left_out():
    other = replace(A_CHILD, birth_date=date(2019, 11, 17), postcode=Postcode("LS9 7TF"))
    assert Screen(_read(_said(A_CHILD), "r1"), SHIPPED).rules_out([_said(other)])


def test_whoever_is_born_on_the_day_and_has_other_names_is_left_out():
    other = replace(A_CHILD, family_name="Okafor", given_names=("Zuzanna",), postcode=None)
    assert Screen(_read(_said(A_CHILD), "r1"), SHIPPED).rules_out([_said(other)])


def test_a_child_is_left_out_only_if_none_of_its_records_speaks_for_it():
    other = replace(A_CHILD, birth_date=date(2019, 11, 17), postcode=Postcode("LS9 7TF"))
    screen = Screen(_read(_said(A_CHILD), "r1"), SHIPPED)
    assert not screen.rules_out([_said(other), _said(A_CHILD)])


def test_nobody_is_left_out_who_shares_a_number_or_is_not_born():
    number = a_number()
    asked = _read(_said(replace(A_CHILD, nhs_number=number)), "r1")
    other = Subject(local_id="l2", nhs_number=number, birth_date=date(2004, 1, 9))
    unborn = Subject(local_id="l3", role=SubjectRole.UNBORN, due_on=date(2019, 5, 1))
    assert not Screen(asked, SHIPPED).rules_out([_said(other)])
    assert not Screen(asked, SHIPPED).rules_out([_said(unborn)])
    assert not Screen(_read(_said(unborn), "r1"), SHIPPED).rules_out([_said(A_CHILD)])


@given(SUBJECTS)
def test_what_a_ledger_says_is_the_evidence_of_its_subject(subject):
    ledger = ledger_of(replace(subject, cleared=("family_name", "birth_date", "sex")), 7)
    read = evidence_said(values_of(ledger), record_ref=digest("r1"), agency="RAE")
    assert read == evidence_of(subject_of(ledger, "l1"), record_ref=digest("r1"), agency="RAE")


def test_the_number_that_stands_now_is_read_in_place_of_the_one_told():
    told = replace(A_CHILD, nhs_number=a_number(), nhs_number_status=NhsNumberStatus.VERIFIED)
    ledger = ledger_of(told, 7) | {NUMBER_NOW: (a_number("0026").reveal(), 7)}
    read = evidence_said(values_of(ledger), record_ref=digest("r1"), agency="RAE")
    assert (read.nhs_number, read.nhs_number_verified) == (a_number("0026"), True)
    nobody = evidence_said({NUMBER_NOW: a_number().reveal()}, record_ref=b"", agency="RAE")
    assert nobody.nhs_number is None
