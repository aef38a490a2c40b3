"""How large the index is, of a real one."""

import pytest

from hub.adapters.store.blocks import Block, children_estimated, read_blocks
from tests.service.laboratory import a_child, an_attendance

pytestmark = pytest.mark.stack


def test_blocks_are_told_by_kind_and_those_too_wide_counted(laboratory, monkeypatch):
    monkeypatch.setattr("hub.adapters.store.blocks.CANDIDATES_PER_KEY_MAX", 2)
    told = [an_attendance(f"V{number}", child=a_child(number)) for number in range(3)]
    laboratory.receive([laboratory.says(laboratory.hospital, *told)])
    blocks = {one.kind: one for one in read_blocks(laboratory.store)}
    assert blocks["nhs"] == Block(kind="nhs", keys=3, mean=1.0, p99=1, largest=1, wide=0)
    shared = blocks["birth_surname"]
    assert (shared.keys, shared.mean, shared.largest, shared.wide) == (1, 3.0, 3, 1)


def test_children_are_counted_as_the_database_estimates_them(laboratory):
    assert children_estimated(laboratory.store) == 0
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    with laboratory.store.reading() as connection:
        connection.execute("ANALYZE child")
    assert children_estimated(laboratory.store) == 1
