"""A record that is told again in the words it holds: one number changes, and no answer does."""

import json
from dataclasses import replace
from itertools import permutations

import pytest

from hub.core.identifiers import Postcode
from hub.service.locking import LinksChanged
from tests.service.laboratory import a_child, an_attendance

pytestmark = pytest.mark.stack

AT_HOME = a_child()
MOVED = replace(AT_HOME, postcode=Postcode.parse("LS1 3EX"))
UNNAMED = replace(AT_HOME, family_name=None, given_names=None)


def told(child, revision, **changes):
    """A visit of its own at a revision; only what is said of the child matters here."""
    visit = f"{child.local_id}-{revision}"
    return an_attendance(visit, child=child, revision=revision, **changes)


def the_record(laboratory):
    ((ref, sealed, version, revision, shielded, authorities),) = laboratory.rows(
        "SELECT record_ref, sealed, version, said_revision, shielded, authorities FROM record"
    )
    return ref, sealed, version, revision, shielded, authorities


def ledger(laboratory):
    """Each field with the revision that said it last, whatever way it is kept."""
    ref, *_ = the_record(laboratory)
    return laboratory.store.record_rows([ref])[ref].ledger


def test_the_same_words_at_a_newer_revision_leave_the_sealed_words_as_they_are(laboratory):
    laboratory.receive([laboratory.says(laboratory.hospital, told(AT_HOME, 1))])
    _, sealed, version, first, _, _ = the_record(laboratory)

    laboratory.receive([laboratory.says(laboratory.hospital, told(AT_HOME, 7))])

    _, sealed_now, version_now, second, _, authorities = the_record(laboratory)
    assert (sealed_now, version_now) == (sealed, version)
    assert (first, second) == (1, 7)
    assert authorities == {"E08000032": 7}
    assert {revision for _, revision in ledger(laboratory).values()} == {7}
    assert laboratory.one("SELECT count(*) FROM event") == 2


def test_the_same_words_at_an_older_revision_change_nothing(laboratory):
    laboratory.receive([laboratory.says(laboratory.hospital, told(AT_HOME, 7))])
    before = the_record(laboratory)

    laboratory.receive([laboratory.says(laboratory.hospital, told(AT_HOME, 3))])

    assert the_record(laboratory) == before


def test_words_from_between_do_not_win_over_words_told_again_since(laboratory):
    for child, revision in ((AT_HOME, 1), (AT_HOME, 5), (MOVED, 3)):
        laboratory.receive([laboratory.says(laboratory.hospital, told(child, revision))])

    assert ledger(laboratory)["postcode"] == ("BD1 1HX", 5)


def test_words_that_shield_are_never_taken_for_the_same(laboratory):
    laboratory.receive([laboratory.says(laboratory.hospital, told(AT_HOME, 1))])
    laboratory.receive([laboratory.says(laboratory.hospital, told(AT_HOME, 2, shielded=True))])

    assert the_record(laboratory)[4] is True


def test_the_digest_of_the_same_words_differs_from_record_to_record(laboratory):
    laboratory.receive(
        [
            laboratory.says(laboratory.hospital, told(AT_HOME, 1)),
            laboratory.says(laboratory.other_hospital, an_attendance(site="RR801", child=AT_HOME)),
        ]
    )

    assert laboratory.one("SELECT count(DISTINCT said) FROM record") == 2


def test_other_words_said_meanwhile_let_the_batch_begin_again(laboratory, monkeypatch):
    laboratory.receive([laboratory.says(laboratory.hospital, told(AT_HOME, 1))])
    receive = laboratory.a_receive()
    link, tries = receive._linking.link, []

    def linked_and_then_told_otherwise(observations):
        found = link(observations)
        if not tries:
            laboratory.receive([laboratory.says(laboratory.hospital, told(MOVED, 3))])
        tries.append(found)
        return found

    monkeypatch.setattr(receive._linking, "link", linked_and_then_told_otherwise)
    batch = [laboratory.says(laboratory.hospital, told(AT_HOME, 5))]
    with pytest.raises(LinksChanged, match="told other words"):
        receive(batch)
    assert laboratory.one("SELECT count(*) FROM event") == 2

    received = receive(batch)

    assert received.accepted == 1
    assert [len(found) for found in tries] == [1, 0]
    assert ledger(laboratory)["postcode"] == ("BD1 1HX", 5)


SAID = ((AT_HOME, 1), (MOVED, 2), (AT_HOME, 3), (UNNAMED, 4))


def test_what_is_held_does_not_depend_on_the_order_in_which_it_was_said(laboratory):
    """Every order, each of a person of its own, told one by one and twice in one batch."""
    found = {}
    for number, order in enumerate(permutations(SAID)):
        for times in (1, 2):
            name = f"H{number}-{times}"
            reports = [
                laboratory.says(
                    laboratory.hospital,
                    told(replace(child, local_id=name, nhs_number=None), revision),
                )
                for child, revision in order
            ]
            for first in range(0, len(reports), times):
                laboratory.receive(reports[first : first + times])
    rows = laboratory.rows("SELECT record_ref, authorities FROM record")
    held = laboratory.store.record_rows([ref for ref, _ in rows])
    for ref, authorities in rows:
        found[json.dumps([held[ref].ledger, authorities], sort_keys=True)] = ref
    assert len(rows) == 48
    assert len(found) == 1
