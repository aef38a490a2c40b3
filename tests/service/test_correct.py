"""Joining and parting children by what was decided, over a real PostgreSQL."""

from dataclasses import replace

import pytest

from hub.core.identity_decision import DecisionCause, DecisionKind, decision
from hub.errors import ConfigurationError, DecisionRefused, TransientFault
from hub.service.correct import PersonNeeded, TooManyRecords
from tests.service.laboratory import NOW, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

MIRA = a_child(local_id="M1")
AGAIN = replace(
    a_child(local_id="M9"),
    nhs_number=None,
    family_name="Nobody",
    given_names=("Else",),
    birth_date=None,
    postcode=None,
)
"""The same girl, of whom another hospital wrote down nothing that is right."""
SAME, DIFFERENT, ADOPTED = DecisionKind.SAME, DecisionKind.DIFFERENT, DecisionKind.ADOPTED


def record_of(laboratory, agency, child):
    return laboratory.keys.events.record_ref(agency.name, child.local_id)


def says(laboratory, agency, *events):
    laboratory.receive([laboratory.says(agency, *events)])


@pytest.fixture
def visited(laboratory):
    """Three visits within 90 days, of what the hub takes to be two children."""
    says(laboratory, laboratory.hospital, an_attendance("V1", days_ago=40, child=MIRA))
    says(laboratory, laboratory.hospital, an_attendance("V2", days_ago=20, child=MIRA))
    other = an_attendance("V3", days_ago=5, site="RR801", child=AGAIN)
    says(laboratory, laboratory.other_hospital, other)
    mira = record_of(laboratory, laboratory.hospital, MIRA)
    again = record_of(laboratory, laboratory.other_hospital, AGAIN)
    assert laboratory.standing() == set()
    return mira, again


def decided(kind, one, other, *, cause=DecisionCause.PERSON, occasion=b"1"):
    return decision(
        kind,
        one,
        other,
        cause=cause,
        by="reviewer-1",
        role="identity reviewer",
        organisation="E08000032",
        reason="Her mother told both hospitals.",
        at=NOW,
        occasion=occasion,
    )


def reverse(laboratory, one, **more):
    return laboratory.a_correct().reverse(
        one.decision_id,
        by="reviewer-2",
        role="identity reviewer",
        organisation="E08000032",
        reason="It was her cousin.",
        **more,
    )


def links(laboratory):
    return {
        bytes(ref): (bytes(child), verdict, tuple(map(bytes, possible)), tuple(evidence))
        for ref, child, verdict, possible, evidence in laboratory.rows(
            "SELECT record_ref, child_ref, verdict, possible, evidence FROM link"
        )
    }


def of_records(laboratory, grounds):
    statement = "SELECT DISTINCT record_ref FROM event WHERE fact_key = ANY(%s)"
    return laboratory.rows(statement, list(grounds))


def test_children_that_are_one_have_their_visits_counted_together(laboratory, visited):
    before = links(laboratory)
    done = laboratory.a_correct().decide([decided(SAME, *visited)])

    assert (len(done.children), done.records_moved, done.rederived) == (2, 1, True)
    after = links(laboratory)
    mira, again = visited
    assert after[mira] == before[mira]
    assert after[again] == (before[mira][0], "matched", (), ("decided by a person: one child",))
    ((rule, child, grounds),) = laboratory.standing()
    assert (rule, child) == ("repeat_attendance", before[mira][0])
    assert {bytes(ref) for (ref,) in of_records(laboratory, grounds)} == {mira, again}
    assert laboratory.one("SELECT count(*) FROM correlation_pending") == 0
    told = laboratory.one("SELECT sentence FROM alert_step WHERE kind = 'raised'")
    assert "when who is who was corrected" in told


def test_what_is_reversed_leaves_links_and_alerts_as_they_were(laboratory, visited):
    before, made = links(laboratory), decided(SAME, *visited)
    laboratory.a_correct().decide([made])
    done = reverse(laboratory, made)

    assert (len(done.children), done.records_moved) == (2, 1)
    assert links(laboratory) == before
    assert laboratory.standing() == set()
    steps = [sentence for (sentence,) in laboratory.rows("SELECT sentence FROM alert_step")]
    assert any("does not concern this child" in sentence for sentence in steps)
    assert laboratory.one("SELECT count(*) FROM identity_base") == 0


def test_a_decision_and_a_reversal_told_twice_change_nothing_the_second_time(laboratory, visited):
    made = decided(SAME, *visited)
    laboratory.a_correct().decide([made])
    assert laboratory.a_correct().decide([made]).children == ()
    reverse(laboratory, made)
    assert reverse(laboratory, made).children == ()
    assert laboratory.a_correct().decide([made]).children == ()
    assert laboratory.standing() == set()
    anew = decided(SAME, *visited, occasion=b"2")
    assert laboratory.a_correct().decide([anew]).records_moved == 1


def test_what_comes_later_follows_the_decision_and_goes_back_with_its_reversal(laboratory, visited):
    made = decided(SAME, *visited)
    laboratory.a_correct().decide([made])
    says(
        laboratory,
        laboratory.other_hospital,
        an_attendance("V4", days_ago=2, site="RR801", child=AGAIN),
    )
    ((_, _, grounds),) = laboratory.standing()
    assert len(grounds) == 4
    reverse(laboratory, made)
    assert laboratory.standing() == set()


def test_records_that_are_different_part_and_stay_apart_whatever_is_learnt(laboratory):
    twin = replace(MIRA, local_id="M2")
    says(laboratory, laboratory.hospital, an_attendance("V1", days_ago=40, child=MIRA))
    says(laboratory, laboratory.hospital, an_attendance("V2", days_ago=20, child=MIRA))
    other = an_attendance("V3", days_ago=5, site="RR801", child=twin)
    says(laboratory, laboratory.other_hospital, other)
    assert len(laboratory.standing()) == 1
    one = record_of(laboratory, laboratory.hospital, MIRA)
    two = record_of(laboratory, laboratory.other_hospital, twin)
    before = links(laboratory)
    made = decided(DIFFERENT, one, two)

    laboratory.a_correct().decide([made])

    assert laboratory.standing() == set()
    apart = links(laboratory)
    assert apart[one] == before[one]
    assert apart[two][0] != apart[one][0]
    assert apart[two][1] == "new"
    learnt = replace(twin, given_names=("Mira", "Jane"), postcode=None)
    says(
        laboratory,
        laboratory.other_hospital,
        an_attendance("V4", days_ago=1, site="RR801", child=learnt),
    )
    assert links(laboratory)[two][0] == apart[two][0]
    reverse(laboratory, made)
    assert links(laboratory)[two][0] == before[one][0]
    assert len(laboratory.standing()) == 1


def test_a_decision_about_a_record_that_nobody_has_told_of_holds_when_it_comes(laboratory):
    says(laboratory, laboratory.hospital, an_attendance("V1", days_ago=40, child=MIRA))
    mira = record_of(laboratory, laboratory.hospital, MIRA)
    again = record_of(laboratory, laboratory.other_hospital, AGAIN)
    assert laboratory.a_correct().decide([decided(SAME, mira, again)]).children == ()
    says(
        laboratory,
        laboratory.other_hospital,
        an_attendance("V3", days_ago=5, site="RR801", child=AGAIN),
    )
    found = links(laboratory)
    assert found[mira][0] == found[again][0]


def test_a_child_with_a_plan_is_joined_by_people_alone(laboratory, visited):
    plan = a_plan(child=replace(MIRA, local_id="C1"))
    laboratory.receive(laboratory.extract(laboratory.council, plan))
    for cause in (DecisionCause.AGENCY, DecisionCause.BRIDGED):
        with pytest.raises(PersonNeeded):
            laboratory.a_correct().decide([decided(SAME, *visited, cause=cause)])
    assert laboratory.one("SELECT count(*) FROM identity_decision") == 0
    assert laboratory.a_correct().decide([decided(SAME, *visited)]).records_moved == 1


def test_an_adoption_is_lifted_only_by_who_means_it(laboratory, visited):
    made = decided(ADOPTED, *visited, cause=DecisionCause.AGENCY)
    laboratory.a_correct().decide([made])
    with pytest.raises(DecisionRefused, match="since an adoption"):
        laboratory.a_correct().decide([decided(SAME, *visited)])
    with pytest.raises(DecisionRefused, match="since an adoption"):
        reverse(laboratory, made)
    reverse(laboratory, made, adoption=True)
    assert laboratory.a_correct().decide([decided(SAME, *visited)]).records_moved == 1


def test_too_many_records_are_named_and_not_moved(laboratory, visited, monkeypatch):
    monkeypatch.setattr("hub.service.correct.RECORDS_MAX", 1)
    with pytest.raises(TooManyRecords, match="2 records; at most 1"):
        laboratory.a_correct().decide([decided(SAME, *visited)])
    with pytest.raises(DecisionRefused, match="no decision"):
        reverse(laboratory, decided(SAME, *visited))


def test_a_decision_that_the_hub_did_not_sign_is_not_followed_and_is_told(laboratory, visited):
    made = decided(SAME, *visited)
    laboratory.a_correct().decide([made])
    laboratory.rows("UPDATE identity_decision SET role = 'somebody' RETURNING 1")

    (read,) = laboratory.a_correct().about(visited[:1])
    assert not read.genuine
    with pytest.raises(ConfigurationError, match="signature"):
        reverse(laboratory, made)
    laboratory.a_correct().decide([decided(DIFFERENT, visited[0], b"x" * 16)])
    found = links(laboratory)
    assert found[visited[0]][0] != found[visited[1]][0]
    faults = laboratory.rows("SELECT code, subject FROM operator_fault")
    assert set(faults) == {("decision_unsigned", made.decision_id.hex())}


def test_a_decision_is_read_with_what_it_moved_and_with_its_reversal(laboratory, visited):
    made = decided(SAME, *visited)
    laboratory.a_correct().decide([made])
    reverse(laboratory, made)
    (read,) = laboratory.a_correct().about(visited)
    assert read.genuine
    assert read.decision.reason == "Her mother told both hospitals."
    assert read.decision.reversal.reason == "It was her cousin."
    assert [link.record_ref for link in read.moved] == [visited[1]]
    dumped = repr(laboratory.rows("SELECT * FROM identity_decision"))
    assert "mother" not in dumped
    assert "cousin" not in dumped


def test_what_could_not_be_looked_at_again_is_looked_at_together_by_a_worker(laboratory, visited):
    def away(_):
        raise TransientFault("the database is away")

    correct = laboratory.a_correct()
    correct._rederive = away
    done = correct.decide([decided(SAME, *visited)])
    assert not done.rederived
    assert laboratory.one("SELECT count(*) FROM correlation_pending") == 2
    assert laboratory.one("SELECT count(DISTINCT together) FROM correlation_pending") == 1

    laboratory.a_decide().recorrelate(done.children[0])

    assert laboratory.one("SELECT count(*) FROM correlation_pending") == 0
    assert len(laboratory.standing()) == 1
